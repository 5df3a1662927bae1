"""All calculators by name, and the one way to run them."""

from collections.abc import Mapping

from desk.errors import Invalid
from desk.legal import contract, housing_fund, injury, leave, overtime, retirement, severance, time_limits, wages
from desk.legal.answers import parse_input
from desk.legal.calculation import Calculation, Calculator, Input
from desk.legal.checking import checked
from desk.legal.money import plain

__all__ = ["CALCULATORS", "calculate", "parse_input", "schema"]

CALCULATORS: dict[str, Calculator] = {
    calculator.name: calculator
    for noun in (severance, contract, overtime, leave, injury, time_limits, retirement, wages, housing_fund)
    for calculator in noun.CALCULATORS
}


def calculate(name: str, values: Mapping[str, object]) -> Calculation:
    """Runs a calculator on plain values: numbers, ISO dates (or dates), YYYY-MM months, true and false, lists of dates.

    What is missing or None takes its ordinary value. Raises Invalid naming the field that is wrong and what would be right.
    """
    calculator = CALCULATORS.get(name)
    if calculator is None:
        raise Invalid(f"calculator：没有“{name[:60]}”，现有的是 {'、'.join(CALCULATORS)}", field="calculator")
    return calculator.run(checked(calculator, values))


def schema(calculator: Calculator) -> dict[str, object]:
    """What the calculator wants, for a listing in JSON."""
    return {
        "name": calculator.name,
        "title": calculator.title,
        "topic": calculator.topic,
        "inputs": [_input_schema(item) for item in calculator.inputs],
    }


def _input_schema(item: Input) -> dict[str, object]:
    described: dict[str, object] = {
        "name": item.name, "kind": item.kind, "question": item.question, "required": item.required, "example": item.example,
    }  # fmt: skip
    if item.choices is not None:
        described["choices"] = dict(item.choices)
    if item.kind == "number":
        described |= {"minimum": plain(item.low), "maximum": plain(item.high), "whole": item.whole}
    return described

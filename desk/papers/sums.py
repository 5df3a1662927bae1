"""Sums: the amounts and days of a paper, from the calculators, each with how it came about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from desk.errors import Invalid
from desk.legal.calculation import Calculation
from desk.legal.catalogue import CALCULATORS, calculate
from desk.legal.money import cents, show
from desk.papers.amounts import figures
from desk.papers.conditions import holds
from desk.papers.template_file import CalculatedFile
from desk.papers.wording import as_number
from desk.questions import SKIPPED

# A calculator's message begins with the input's name, which says nothing to a worker.
_FIELD = re.compile(r"^[a-z_]+：")


@dataclass(frozen=True)
class Sum:
    """An amount in yuan (or an ISO day) of the paper. `value` is None where something needed is missing or unusable."""

    name: str
    title: str
    value: Decimal | str | None
    steps: tuple[str, ...] = ()
    law: tuple[str, ...] = ()
    problem: str = ""
    reading: tuple[str, ...] = ()


def work_out(files: list[CalculatedFile], facts: Mapping[str, object]) -> list[Sum]:
    """Those that matter for these facts and do not come to nothing."""
    found = [_one(file, facts) for file in files if holds(file.when, facts)]
    return [each for each in found if each.value != 0]


def _one(file: CalculatedFile, facts: Mapping[str, object]) -> Sum:
    if file.calculator is None:
        amount = as_number(facts.get(file.amount or ""))
        given = None if amount is None or amount < 0 else cents(amount)
        return Sum(file.name, file.title, given, (file.basis,) if file.basis else ())
    if file.any_of and all(facts.get(name) in (None, SKIPPED) for name in file.any_of):
        return Sum(file.name, file.title, None)
    values: dict[str, object] = dict(file.fixed)
    kinds = {item.name: item.kind for item in CALCULATORS[file.calculator].inputs}
    for name, sources in file.inputs.items():
        value = next((facts[source] for source in sources if facts.get(source) not in (None, SKIPPED)), None)
        number = as_number(value) if kinds[name] == "number" else None
        values[name] = value if number is None else number
    times = as_number(facts.get(file.times)) if file.times else Decimal(1)
    try:
        calculation = calculate(file.calculator, values)
    except Invalid as error:
        missing = any(item.required and values.get(item.name) is None for item in CALCULATORS[file.calculator].inputs)
        return Sum(file.name, file.title, None, problem="" if missing else _FIELD.sub("", error.message))
    return _taken(file, calculation, times)


def _taken(file: CalculatedFile, calculation: Calculation, times: Decimal | None) -> Sum:
    steps, law = list(calculation.steps), tuple(dict.fromkeys(f"《{c.law}》{c.article or ''}" for c in calculation.citations))
    result = calculation.result.get(file.take)
    value: Decimal | str | None
    if isinstance(result, int | float) and not isinstance(result, bool):
        amount = Decimal(str(result))
        value = None if times is None or times < 0 else cents(amount * times)
        if file.times and isinstance(value, Decimal):
            steps.append(f"{figures(amount)} × {show(times or Decimal(0))} 个月 = {figures(value)} 元")
    else:
        value = result if isinstance(result, str) else None
    return Sum(file.name, file.title, value, tuple(steps), law, reading=tuple(calculation.reading))

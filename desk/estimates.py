"""Estimates: sums that a story already allows. Said under an answer with what they rest on, before any form is opened.

Whoever writes "six years, 5,000 a month, dismissed" wants the sum. The calculators that an article names are run on the facts
that the message plainly tells (desk/facts.py); where one of their inputs is not told, nothing is said.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from desk.legal.catalogue import calculate
from desk.legal.periods import add_months, month_end

Told = Mapping[str, Any]
Inputs = dict[str, Any] | None


def _service(told: Told, today: dt.date) -> dict[str, str]:
    """First and last day of as many months as were worked; which ones they were makes no difference to the sum."""
    first = add_months(today, -told["worked"])
    return {"start": first.isoformat(), "end": month_end(first, told["worked"]).isoformat()}


def _severance(told: Told, today: dt.date) -> Inputs:
    if "worked" not in told or "wage" not in told:
        return None
    return {**_service(told, today), "avg_monthly_wage": told["wage"]}


def _double_wage(told: Told, today: dt.date) -> Inputs:
    # Of more than a year, a part may be out of time: that is for the form, which asks for the days.
    if told.get("contract") is not False or "wage" not in told or not 1 < told.get("worked", 0) <= 12:
        return None
    return {**_service(told, today), "monthly_wage": told["wage"]}


def _disability(told: Told, today: dt.date) -> Inputs:
    return {"grade": told["grade"], "own_wage": told["wage"]} if "grade" in told and "wage" in told else None


_KNOWN: dict[str, Callable[[Told, dt.date], Inputs]] = {
    "economic_compensation": _severance,
    "unlawful_dismissal_2n": _severance,
    "no_contract_double_wage": _double_wage,
    "injury_disability": _disability,
}


def estimates(calculators: Iterable[str], told: Told, today: dt.date) -> list[str]:
    """For each of `calculators` that can be run on `told` (facts as desk/facts.py names them): how its sum comes about, a line each."""
    lines = []
    for name in calculators:
        inputs = _KNOWN[name](told, today) if name in _KNOWN else None
        if inputs is not None:
            lines += [step for step in calculate(name, inputs).steps if "=" in step]
    return lines

"""Conditions of a template: when something is asked or shown.

`owed` (given, and neither no nor zero), `not owed`, `leaving = unlawful | forced`, `avg_monthly_wage >= 15000`; alternatives
with ` or `. Of a list of conditions all must hold.
"""

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation

from desk.questions import SKIPPED

_TERM = re.compile(r"(?P<negated>not )?(?P<name>[a-z_]+)(?: = (?P<values>[a-z_0-9]+(?: \| [a-z_0-9]+)*)| >= (?P<least>\d+))?")


def holds(conditions: Sequence[str], facts: Mapping[str, object]) -> bool:
    """Whether all of `conditions` hold for what is known. What is unknown or skipped is as good as no."""
    return all(any(_term_holds(term, facts) for term in condition.split(" or ")) for condition in conditions)


def names_in(conditions: Sequence[str]) -> list[str]:
    """What the conditions speak about. Raises ValueError for one that cannot be read."""
    names = []
    for condition in conditions:
        for term in condition.split(" or "):
            match = _TERM.fullmatch(term.strip())
            if match is None:
                raise ValueError(f"not a condition: {condition}")
            names.append(match["name"])
    return names


def _term_holds(term: str, facts: Mapping[str, object]) -> bool:
    match = _TERM.fullmatch(term.strip())
    if match is None:
        raise ValueError(f"not a condition: {term}")
    value = facts.get(match["name"])
    if match["values"]:
        held = str(value) in match["values"].split(" | ")
    elif match["least"]:
        held = _at_least(value, match["least"])
    else:
        held = bool(value) and value != SKIPPED
    return held != bool(match["negated"])


def _at_least(value: object, least: str) -> bool:
    if isinstance(value, bool):
        return False
    try:
        return Decimal(str(value)) >= Decimal(least)
    except InvalidOperation:
        return False

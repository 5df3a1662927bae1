"""What goes into a calculator and what comes out of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from desk.knowledge.statutes import article_name
from desk.legal.values import Values

Kind = Literal["number", "date", "month", "boolean", "choice", "dates"]


@dataclass(frozen=True)
class Citation:
    """An article that a result rests on, and what it lays down in our own words. `law` is a name of data/laws-index."""

    law: str
    article: str | None
    says: str


def cite(law: str, article: int | None, says: str) -> Citation:
    """Citation of an article by its number, or of a paper without numbered text."""
    return Citation(law, article_name(article) if article else None, says)


@dataclass(frozen=True)
class Calculation:
    """A result with how it came about. Dates in `result` are ISO text, so that it is JSON as it stands."""

    result: dict[str, object]
    unit: str
    steps: list[str]
    citations: list[Citation]
    reading: list[str]


@dataclass(frozen=True)
class Input:
    """One thing a calculator wants to know. `choices` maps each value to its Chinese label; low and high bound a number."""

    name: str
    kind: Kind
    question: str
    required: bool
    example: object
    choices: Mapping[str, str] | None = field(default=None, hash=False)
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(100_000_000)
    whole: bool = False


@dataclass(frozen=True)
class Calculator:
    """A calculation by name. `topic` is one of the topics a question can have."""

    name: str
    title: str
    topic: str
    inputs: tuple[Input, ...]
    run: Callable[[Values], Calculation]


def number(
    name: str,
    question: str,
    example: object,
    *,
    required: bool = True,
    low: str | int = 0,
    high: str | int = 100_000_000,
    whole: bool = False,
) -> Input:
    """An input that is a number between `low` and `high`."""
    return Input(name, "number", question, required, example, None, Decimal(low), Decimal(high), whole)


def date(name: str, question: str, example: str, *, required: bool = True) -> Input:
    """An input that is a day."""
    return Input(name, "date", question, required, example)


def yes_no(name: str, question: str, *, example: bool = False) -> Input:
    """An input that is yes or no, no when it is missing."""
    return Input(name, "boolean", question, False, example)


def choice(name: str, question: str, choices: Mapping[str, str], *, required: bool = True) -> Input:
    """An input that is one of `choices`."""
    return Input(name, "choice", question, required, next(iter(choices)), choices)

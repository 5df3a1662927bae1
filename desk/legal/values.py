"""Checked values of a calculation, by name and kind."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from desk.errors import Invalid


class Values:
    """What a calculator was given, already checked: numbers are Decimal, days are dates, months (year, month)."""

    def __init__(self, given: Mapping[str, object]) -> None:
        self._given = given

    def number(self, name: str, default: int | None = None) -> Decimal:
        """The number, or `default`. Raises Invalid naming the field where neither is there."""
        value = self.optional(name)
        if value is None:
            if default is None:
                raise Invalid(f"{name}：没有填，请填一个数字")
            return Decimal(default)
        return value

    def optional(self, name: str) -> Decimal | None:
        value = self._given.get(name)
        return value if isinstance(value, Decimal) else None

    def day(self, name: str) -> dt.date:
        """The day. Raises Invalid naming the field where it is missing."""
        value = self.optional_day(name)
        if value is None:
            raise Invalid(f"{name}：没有填，请填日期，例如 2024-03-01")
        return value

    def optional_day(self, name: str) -> dt.date | None:
        value = self._given.get(name)
        return value if isinstance(value, dt.date) else None

    def days(self, name: str) -> list[dt.date]:
        """The days, earliest first; none when missing."""
        value = self._given.get(name)
        return sorted(v for v in value if isinstance(v, dt.date)) if isinstance(value, list) else []

    def month(self, name: str) -> tuple[int, int]:
        """(year, month). Raises Invalid naming the field where it is missing."""
        value = self._given.get(name)
        if not isinstance(value, tuple):
            raise Invalid(f"{name}：没有填，请填年月，例如 1970-05")
        return int(value[0]), int(value[1])

    def flag(self, name: str) -> bool:
        """True only where yes was said."""
        return self._given.get(name) is True

    def choice(self, name: str) -> str | None:
        value = self._given.get(name)
        return value if isinstance(value, str) else None

    def has(self, name: str) -> bool:
        return self._given.get(name) is not None

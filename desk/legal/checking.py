"""Checks what a calculator is given: every message names the field, says what is wrong and what would be right."""

import datetime as dt
import math
import re
from collections.abc import Mapping
from decimal import Decimal

from desk.errors import Invalid
from desk.legal.calculation import Calculator, Input
from desk.legal.money import show
from desk.legal.values import Values

FIRST_YEAR, LAST_YEAR = 1900, 2100


def checked(calculator: Calculator, given: Mapping[str, object]) -> Values:
    """The values of `given` for this calculator. Raises Invalid for an unknown, missing or unusable field."""
    if not isinstance(given, Mapping):
        raise Invalid(f"values：要填“名称: 值”的对象，可以填的有 {'、'.join(item.name for item in calculator.inputs)}", field="values")
    known = {item.name: item for item in calculator.inputs}
    for name in given:
        if name not in known:
            raise Invalid(f"{name}：{calculator.name} 没有这一项，可以填的有 {'、'.join(known)}", field=name)
    found: dict[str, object] = {}
    for name, item in known.items():
        value = given.get(name)
        if value is not None:
            found[name] = _value(item, value)
        elif item.required:
            raise Invalid(f"{name}：没有填。{item.question}例如 {item.example}", field=name)
    return Values(found)


def _value(item: Input, value: object) -> object:
    if item.kind == "number":
        return number_value(item, value)
    if item.kind == "date":
        return _day(item, value)
    if item.kind == "month":
        return _month(item, value)
    if item.kind == "dates":
        if not isinstance(value, list | tuple):
            raise _wrong(item, value, '要填日期的列表，例如 ["2024-09-01"]')
        return [_day(item, each) for each in value]
    if item.kind == "boolean":
        if not isinstance(value, bool):
            raise _wrong(item, value, "要填 true 或 false")
        return value
    choices = item.choices or {}
    if not isinstance(value, str) or value not in choices:
        raise _wrong(item, value, f"只能是 {'、'.join(choices)} 之一")
    return value


def number_value(item: Input, value: object) -> Decimal:
    """A finite number between the bounds of the input. Raises Invalid naming the field."""
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _wrong(item, value, f"要填数字，例如 {item.example}")
    if isinstance(value, int) and abs(value) > 10**18:
        raise Invalid(f"{item.name}：数字太大了，不能超过 {show(item.high)}", field=item.name)
    if (isinstance(value, float) and not math.isfinite(value)) or (isinstance(value, Decimal) and not value.is_finite()):
        raise _wrong(item, value, f"要填普通的数字，例如 {item.example}")
    problem = number_problem(item, exact := Decimal(str(value)))
    if problem:
        raise _wrong(item, value, problem)
    return exact


def number_problem(item: Input, value: Decimal) -> str | None:
    """Why a number is out of the input's bounds, in Chinese, or None."""
    if value < item.low:
        return "不能是负数" if item.low == 0 else f"不能小于 {show(item.low)}"
    if value > item.high:
        return f"太大了，不能超过 {show(item.high)}"
    if item.whole and value != value.to_integral_value():
        return "要填整数"
    return None


def _day(item: Input, value: object) -> dt.date:
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
        try:
            value = dt.date.fromisoformat(value)
        except ValueError:
            raise _wrong(item, value, "日历上没有这一天，请填存在的日期，例如 2024-03-01") from None
    if not isinstance(value, dt.date):
        raise _wrong(item, value, "要填 年-月-日，例如 2024-03-01")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise _wrong(item, value, f"年份要在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
    return value


def _month(item: Input, value: object) -> tuple[int, int]:
    if isinstance(value, dt.date):
        value = value.isoformat()
    match = re.fullmatch(r"(\d{4})-(\d{2})(?:-\d{2})?", value, re.ASCII) if isinstance(value, str) else None
    if not match or not 1 <= int(match[2]) <= 12:
        raise _wrong(item, value, "要填 年-月，例如 1970-05")
    if not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        raise _wrong(item, value, f"年份要在 {FIRST_YEAR} 到 {LAST_YEAR} 之间")
    return int(match[1]), int(match[2])


def _wrong(item: Input, value: object, right: str) -> Invalid:
    text = str(value)
    return Invalid(f"{item.name}：“{text[:40]}”不能用，{right}", field=item.name)

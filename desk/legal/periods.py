"""Counting months and days as the law does: corresponding days, ends of months, days worked from first to last."""

import calendar
import datetime as dt


def add_months(day: dt.date, months: int) -> dt.date:
    """The corresponding day `months` later, or the end of that month where it has no such day (民法典第二百零二条)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: dt.date, years: int) -> dt.date:
    """The corresponding day `years` later; 29 February becomes 28 February where needed."""
    return add_months(day, years * 12)


def full_months(first: dt.date, last: dt.date) -> int:
    """Whole months worked from `first` to `last`, both days counted: 1 January to 30 June is six months."""
    after = last + dt.timedelta(days=1)
    months = (after.year - first.year) * 12 + after.month - first.month
    return months - 1 if after.day < first.day else months


def month_end(first: dt.date, months: int) -> dt.date:
    """The last day of the `months`-th month that began on `first`: from 1 January, 1 month ends on 31 January."""
    same = add_months(first, months)
    return same if same.day != first.day else same - dt.timedelta(days=1)


def weekdays(first: dt.date, last: dt.date) -> int:
    """Mondays to Fridays from `first` to `last`, both counted; statutory holidays stay in, as they are paid days."""
    days = (last - first).days + 1
    if days <= 0:
        return 0
    weeks, rest = divmod(days, 7)
    return weeks * 5 + sum((first.weekday() + i) % 7 < 5 for i in range(rest))


def years_and_months(months: int) -> str:
    """52 -> 4 年 4 个月."""
    years, rest = divmod(months, 12)
    return f"{years} 年 {rest} 个月" if years else f"{rest} 个月"

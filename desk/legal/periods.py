"""Counting months and days as the law does: corresponding days, ends of months, days worked from first to last."""

import calendar
import datetime as dt

CONTRACT_LAW_FROM = dt.date(2008, 1, 1)  # 劳动合同法 98
WEEKEND = {5: "周六", 6: "周日"}
HOLIDAYS = {(1, 1): "元旦", (5, 1): "劳动节", (5, 2): "劳动节", (10, 1): "国庆节", (10, 2): "国庆节", (10, 3): "国庆节"}


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


def day_off(day: dt.date) -> str | None:
    """The name of a weekend or of a holiday fixed by the solar calendar, or None. Moved holidays are not known here."""
    return HOLIDAYS.get((day.month, day.day)) or WEEKEND.get(day.weekday())


def after_days_off(day: dt.date) -> dt.date:
    """The first day from `day` on that is no day off: where a time runs to whose last day is one (民法典第二百零三条)."""
    while day_off(day):
        day += dt.timedelta(days=1)
    return day


def last_day_off(last: dt.date, law: str) -> list[str]:
    """What to say of a last day that is a day off: by `law` the time runs on. The day named stays the calendar's, the safe one."""
    name = day_off(last)
    return (
        [f"{last} 是{name}：最后一天是法定休假日的，顺延到休假结束后的第一天（{law}），调休上班的除外。写出的仍是原来那天，别等顺延。"]
        if name
        else []
    )


def years_and_months(months: int) -> str:
    """52 -> 4 年 4 个月."""
    years, rest = divmod(months, 12)
    return f"{years} 年 {rest} 个月" if years else f"{rest} 个月"

"""What holds for every input: nothing falls when it should rise, caps hold, a day before and a day after agree."""

import datetime as dt
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.legal.catalogue import calculate
from desk.legal.money import cents
from desk.legal.periods import add_months, after_days_off, full_months, month_end, weekdays

DAYS = st.dates(dt.date(2008, 1, 1), dt.date(2060, 12, 31))
MONEY = st.decimals(0, 1_000_000, places=2)
ONE = dt.timedelta(days=1)
SOME = settings(max_examples=60, deadline=None)


def value(name: str, key: str, **given_values: object) -> Decimal:
    return Decimal(str(calculate(name, given_values).result[key]))


@SOME
@given(DAYS, st.integers(0, 400))
def test_a_month_that_ends_is_a_whole_month(first: dt.date, months: int) -> None:
    if months:
        last = month_end(first, months)
        assert full_months(first, last) == months
        assert full_months(first, last - ONE) == months - 1
    assert add_months(first, months) >= first


@SOME
@given(DAYS, st.integers(0, 900))
def test_weekdays_are_those_one_counts(first: dt.date, length: int) -> None:
    last = first + dt.timedelta(days=length)
    assert weekdays(first, last) == sum((first + dt.timedelta(days=i)).weekday() < 5 for i in range(length + 1))


@SOME
@given(DAYS, st.integers(0, 12000), MONEY)
def test_severance_never_falls_with_another_day_and_2n_is_twice(start: dt.date, length: int, wage: Decimal) -> None:
    end = start + dt.timedelta(days=length)
    given_values: dict[str, object] = {"start": start, "avg_monthly_wage": wage, "local_avg_monthly_wage": 7000}
    months = value("economic_compensation", "months", end=end, **given_values)
    assert Decimal("0.5") <= months <= value("economic_compensation", "months", end=end + ONE, **given_values)
    assert abs(months - Decimal(length + 1) / Decimal("365.25")) <= 1 or months == 12
    amount = value("economic_compensation", "amount", end=end, **given_values)
    assert abs(value("unlawful_dismissal_2n", "amount", end=end, **given_values) - amount * 2) <= Decimal("0.01")
    if wage > 21000:
        assert amount <= 21000 * 12


@SOME
@given(DAYS, st.integers(0, 800), MONEY)
def test_the_double_wage_grows_and_stops_at_eleven_months(start: dt.date, length: int, wage: Decimal) -> None:
    end = start + dt.timedelta(days=length)
    found = calculate("no_contract_double_wage", {"start": start, "end": end, "monthly_wage": wage}).result
    later = calculate("no_contract_double_wage", {"start": start, "end": end + ONE, "monthly_wage": wage}).result
    assert 0 <= int(str(found["full_months"])) <= int(str(later["full_months"])) <= 11
    assert int(str(found["extra_workdays"])) <= 23
    signed = calculate("no_contract_double_wage", {"start": start, "end": dt.date(2099, 1, 1), "signed": end + ONE, "monthly_wage": wage})
    assert signed.result == found
    if length >= 366:
        assert found["extra_amount"] == later["extra_amount"] and found["full_months"] == 11


@SOME
@given(MONEY, st.integers(0, 100), st.integers(0, 100), st.integers(0, 100))
def test_overtime_adds_up_from_its_parts(wage: Decimal, workday: int, rest: int, holiday: int) -> None:
    whole = value("overtime", "amount", monthly_wage=wage, weekday_hours=workday, restday_hours=rest, holiday_hours=holiday)
    parts = [("weekday_hours", workday), ("restday_hours", rest), ("holiday_hours", holiday)]
    assert abs(whole - sum(value("overtime", "amount", monthly_wage=wage, **{key: hours}) for key, hours in parts)) <= Decimal("0.02")
    less = value("overtime", "amount", monthly_wage=wage, weekday_hours=workday, restday_hours=rest, compensatory_leave=True)
    assert less == value("overtime", "amount", monthly_wage=wage, weekday_hours=workday)


@SOME
@given(st.integers(0, 366), st.sampled_from([5, 10, 15]), st.integers(0, 20))
def test_leave_on_leaving_is_whole_and_within_the_entitlement(elapsed: int, full: int, taken: int) -> None:
    days = value("leave_proration_leaving", "unused_days", elapsed_days=elapsed, entitlement=full, taken=taken, monthly_wage_ex_ot=4350)
    assert days == max(0, elapsed * full // 365 - taken) <= full


@SOME
@given(st.integers(1, 10), MONEY)
def test_the_injury_base_lies_between_sixty_and_three_hundred_percent(grade: int, wage: Decimal) -> None:
    base = value("injury_disability", "base", grade=grade, own_wage=wage, regional_avg_wage=8000)
    assert 4800 <= base <= 24000
    if grade > 1:
        better = value("injury_disability", "lump_sum", grade=grade - 1, own_wage=wage, regional_avg_wage=8000)
        assert better > value("injury_disability", "lump_sum", grade=grade, own_wage=wage, regional_avg_wage=8000)


@SOME
@given(MONEY, st.booleans(), st.integers(0, 10))
def test_dependants_never_get_more_than_the_wage(wage: Decimal, spouse: bool, others: int) -> None:
    assert value("injury_dependants", "monthly_total", own_wage=wage, spouse=spouse, others=others) <= wage


@SOME
@given(MONEY, st.integers(1, 5000), MONEY)
def test_a_deduction_leaves_the_minimum_wage(wage: Decimal, minimum: int, loss: Decimal) -> None:
    most = value("damage_deduction", "max_deduction", wage=wage, local_min_wage=minimum, loss=loss)
    assert 0 <= most <= min(loss, cents(wage / 5)) + Decimal("0.01")
    assert most == 0 or wage - most >= minimum


@SOME
@given(st.sampled_from(["male", "female55", "female50"]), st.integers(1940 * 12, 2010 * 12))
def test_retirement_months_rise_with_birth_and_the_delay_keeps_its_cap(category: str, month: int) -> None:
    def look(at: int) -> tuple[int, str]:
        found = calculate("retirement_age", {"category": category, "birth": f"{at // 12}-{at % 12 + 1:02}"}).result
        assert int(str(found["age_years"])) * 12 + int(str(found["age_months"])) == int(str(found["delay_months"])) + old
        return int(str(found["delay_months"])), str(found["retire_month"])

    old = {"male": 60, "female55": 55, "female50": 50}[category] * 12
    (delay, when), (next_delay, next_when) = look(month), look(month + 1)
    assert 0 <= delay <= next_delay <= delay + 1 <= (61 if category == "female50" else 37)
    assert when < next_when


@SOME
@given(DAYS, st.lists(st.integers(0, 1500), max_size=5), st.integers(0, 2000))
def test_interruptions_only_lengthen_the_time(known: dt.date, shifts: list[int], wait: int) -> None:
    filed = known + dt.timedelta(days=wait)
    base: dict[str, object] = {"known_date": known, "filing_date": filed}
    plain = calculate("arbitration_limitation", base).result
    longer = calculate("arbitration_limitation", {**base, "interruptions": [known + dt.timedelta(days=s) for s in shifts]}).result
    assert str(longer["last_day"]) >= str(plain["last_day"])
    assert longer["time_barred"] is (filed > after_days_off(dt.date.fromisoformat(str(longer["last_day"]))))


@SOME
@given(st.decimals(0, 60, places=2), st.integers(0, 24))
def test_unemployment_months_stay_within_two_years(years: Decimal, left: int) -> None:
    months = value("unemployment_months", "max_months", contribution_years=years, unused_previous_months=left)
    assert 0 <= months <= 24
    assert months <= value("unemployment_months", "max_months", contribution_years=years + 1, unused_previous_months=left)

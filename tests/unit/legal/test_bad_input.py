"""Bad input is refused, and the message names the field."""

import datetime as dt
from decimal import Decimal

import pytest

from desk.errors import Invalid
from desk.legal.catalogue import CALCULATORS, calculate

GOOD = {"start": "2021-01-01", "end": "2022-01-01", "avg_monthly_wage": 6000}

BAD: list[tuple[str, dict[str, object], str]] = [
    ("economic_compensation", {**GOOD, "end": "2020-12-31"}, "end"),
    ("economic_compensation", {**GOOD, "start": "2021-1-1"}, "start"),
    ("economic_compensation", {**GOOD, "start": "01/02/2021"}, "start"),
    ("economic_compensation", {**GOOD, "start": "2021-02-29"}, "start"),
    ("economic_compensation", {**GOOD, "start": 20210101}, "start"),
    ("economic_compensation", {**GOOD, "start": "0001-01-01"}, "start"),
    ("economic_compensation", {"end": "2022-01-01", "avg_monthly_wage": 6000}, "start"),
    ("economic_compensation", {**GOOD, "start": None}, "start"),
    ("economic_compensation", {**GOOD, "avg_monthly_wage": -1}, "avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "avg_monthly_wage": "8000"}, "avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "avg_monthly_wage": True}, "avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "avg_monthly_wage": float("nan")}, "avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "avg_monthly_wage": float("inf")}, "avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "avg_monthly_wage": Decimal("NaN")}, "avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "avg_monthly_wage": 1e12}, "avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "avg_monthly_wage": 10**6000}, "avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "avg_monthly_wage": [6000]}, "avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "local_avg_monthly_wage": 0}, "local_avg_monthly_wage"),
    ("economic_compensation", {**GOOD, "salary": 6000}, "salary"),
    ("no_contract_double_wage", {"start": "2021-01-01", "monthly_wage": 6000}, "end"),
    ("no_contract_double_wage", {"start": "2021-01-01", "end": "2020-01-01", "monthly_wage": 6000}, "end"),
    ("overtime", {"monthly_wage": 6000, "weekday_hours": 800}, "weekday_hours"),
    ("overtime", {"monthly_wage": 6000, "compensatory_leave": "yes"}, "compensatory_leave"),
    ("overtime", {"monthly_wage": 6000, "compensatory_leave": 1}, "compensatory_leave"),
    ("comprehensive_hours", {"period": "month", "total_hours": 8, "holiday_hours": 16}, "holiday_hours"),
    ("comprehensive_hours", {"period": "week", "total_hours": 169}, "total_hours"),
    ("comprehensive_hours", {"period": "month", "total_hours": 745}, "total_hours"),
    ("comprehensive_hours", {"period": "decade", "total_hours": 8}, "period"),
    ("medical_period", {"total_years": 3, "unit_years": 4}, "unit_years"),
    ("injury_disability", {"grade": 0, "own_wage": 6000}, "grade"),
    ("injury_disability", {"grade": 11, "own_wage": 6000}, "grade"),
    ("injury_disability", {"grade": 5.5, "own_wage": 6000}, "grade"),
    ("injury_dependants", {"own_wage": 6000, "others": -1}, "others"),
    ("leave_proration_leaving", {"elapsed_days": 367, "entitlement": 5, "monthly_wage_ex_ot": 6000}, "elapsed_days"),
    ("maternity_leave", {"babies": 0}, "babies"),
    ("probation_max", {"type": "fixed"}, "contract_months"),
    ("probation_max", {"type": "whatever", "contract_months": 3}, "type"),
    ("arbitration_limitation", {"filing_date": "2025-01-01"}, "known_date"),
    ("arbitration_limitation", {"known_date": "2025-01-01", "filing_date": "2024-12-31"}, "filing_date"),
    ("arbitration_limitation", {"known_date": "2025-01-01", "interruptions": "2025-02-01"}, "interruptions"),
    ("arbitration_limitation", {"known_date": "2025-01-01", "interruptions": ["soon"]}, "interruptions"),
    (
        "arbitration_limitation",
        {"claim": "unpaid_wages", "employed": True, "termination_date": "2024-01-01", "filing_date": "2025-01-01"},
        "termination_date",
    ),
    ("retirement_age", {"category": "male", "birth": "1970-13"}, "birth"),
    ("retirement_age", {"category": "male", "birth": "1970"}, "birth"),
    ("retirement_age", {"category": "male", "birth": "1870-01"}, "birth"),
    ("retirement_age", {"category": "robot", "birth": "1970-01"}, "category"),
    ("pension_min_years", {"retire_year": 2030.5}, "retire_year"),
    ("minimum_wage_check", {"gross": 100, "overtime": 200, "local_min_wage": 2490}, "gross"),
    ("heat_allowance", {"monthly_rate": 300}, "months"),
    ("heat_allowance", {"months": 2}, "monthly_rate"),
    ("heat_allowance", {"months": 2, "daily_rate": 10}, "monthly_rate"),
    ("housing_fund_arrears", {"monthly_base": 6000, "months": 12, "percent": 13}, "percent"),
    ("housing_fund_arrears", {"monthly_base": 6000, "months": 12, "paid_base": 6001}, "paid_base"),
    ("platform_minimum", {"hours": 100}, "hourly_min_wage"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "field"), BAD)
def test_the_message_names_the_field(name: str, values: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        calculate(name, values)
    assert caught.value.message.startswith(f"{field}：")
    assert len(caught.value.message) > len(field) + 4


def test_an_unknown_calculator_lists_those_there_are() -> None:
    with pytest.raises(Invalid, match="overtime"):
        calculate("horoscope", {})


@pytest.mark.parametrize("name", CALCULATORS)
def test_every_required_input_is_asked_for_by_name(name: str) -> None:
    required = [item for item in CALCULATORS[name].inputs if item.required]
    example = {item.name: item.example for item in CALCULATORS[name].inputs}
    for item in required:
        with pytest.raises(Invalid, match=f"^{item.name}："):
            calculate(name, {key: value for key, value in example.items() if key != item.name})


def test_a_date_object_does_as_well_as_its_text() -> None:
    given = {**GOOD, "start": dt.date(2021, 1, 1)}
    assert calculate("economic_compensation", given) == calculate("economic_compensation", GOOD)

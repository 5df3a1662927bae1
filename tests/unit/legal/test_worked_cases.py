"""Worked cases, each counted by hand from the statute it names."""

import pytest

from desk.legal.catalogue import calculate

WAGE = {"avg_monthly_wage": 6000, "local_avg_monthly_wage": 7000}

CASES: list[tuple[str, dict[str, object], dict[str, object]]] = [
    # 劳动合同法 47: both days are worked, so 1 January to 30 June is six months; one day less is under six
    ("economic_compensation", {"start": "2021-01-01", "end": "2021-06-30", **WAGE}, {"months": 1, "amount": 6000, "capped": False}),
    ("economic_compensation", {"start": "2021-01-01", "end": "2021-06-29", **WAGE}, {"months": 0.5, "amount": 3000}),
    ("economic_compensation", {"start": "2021-01-01", "end": "2021-01-01", **WAGE}, {"months": 0.5}),
    ("economic_compensation", {"start": "2021-01-01", "end": "2021-12-31", **WAGE}, {"months": 1}),
    ("economic_compensation", {"start": "2021-01-01", "end": "2022-01-01", **WAGE}, {"months": 1.5}),
    ("economic_compensation", {"start": "2020-02-29", "end": "2021-02-28", **WAGE}, {"months": 1}),
    ("economic_compensation", {"start": "2020-08-31", "end": "2021-02-27", **WAGE}, {"months": 0.5}),
    ("economic_compensation", {"start": "2020-08-31", "end": "2021-02-28", **WAGE}, {"months": 1}),
    # three times the average caps the wage and, only then, the years
    (
        "economic_compensation",
        {"start": "2009-01-01", "end": "2025-12-31", "avg_monthly_wage": 21000.01, "local_avg_monthly_wage": 7000},
        {"months": 12, "base": 21000, "amount": 252000, "capped": True},
    ),
    (
        "economic_compensation",
        {"start": "2009-01-01", "end": "2025-12-31", "avg_monthly_wage": 21000, "local_avg_monthly_wage": 7000},
        {"months": 17, "base": 21000, "amount": 357000, "capped": False},
    ),
    ("economic_compensation", {"start": "2021-01-01", "end": "2022-12-31", "avg_monthly_wage": 30000}, {"amount": 60000, "capped": False}),
    # 实施条例 27: at least the minimum wage
    (
        "economic_compensation",
        {"start": "2021-01-01", "end": "2022-12-31", "avg_monthly_wage": 1500, "local_min_wage": 2010},
        {"base": 2010, "amount": 4020},
    ),
    (
        "notice_pay_n_plus_1",
        {"start": "2020-01-01", "end": "2022-08-15", **WAGE, "last_month_wage": 5500, "notice_days": 29},
        {"months": 3, "compensation": 18000, "notice_pay": 5500, "total": 23500},
    ),
    (
        "notice_pay_n_plus_1",
        {"start": "2020-01-01", "end": "2022-08-15", **WAGE, "last_month_wage": 5500, "notice_days": 30},
        {"notice_pay": 0, "total": 18000},
    ),
    ("notice_pay_n_plus_1", {"start": "2020-01-01", "end": "2022-08-15", **WAGE}, {"notice_pay": 6000, "total": 24000}),
    (
        "unlawful_dismissal_2n",
        {"start": "2009-01-01", "end": "2025-12-31", "avg_monthly_wage": 30000, "local_avg_monthly_wage": 7000},
        {"months": 12, "base": 21000, "amount": 504000},
    ),
    # 实施条例 6, 7: 16 January + a month ends on 15 February; 16 February to 15 May is three months, 16 to 22 May five weekdays
    (
        "no_contract_double_wage",
        {"start": "2023-01-16", "end": "2023-05-22", "monthly_wage": 4350},
        {"full_months": 3, "extra_workdays": 5, "extra_amount": 14050},
    ),
    ("no_contract_double_wage", {"start": "2022-03-01", "end": "2024-03-01", "monthly_wage": 4350}, {"full_months": 11, "extra_workdays": 0}),
    ("no_contract_double_wage", {"start": "2022-03-01", "end": "2022-03-31", "monthly_wage": 4350}, {"full_months": 0, "extra_amount": 0}),
    ("no_contract_double_wage", {"start": "2022-03-01", "end": "2022-04-01", "monthly_wage": 4350}, {"extra_workdays": 1, "extra_amount": 200}),
    (
        "no_contract_double_wage",
        {"start": "2022-03-01", "end": "2022-12-31", "monthly_wage": 4350, "signed": "2022-07-01"},
        {"full_months": 3, "extra_workdays": 0, "extra_amount": 13050},
    ),
    ("no_contract_double_wage", {"start": "2022-03-01", "monthly_wage": 4350, "signed": "2022-03-01"}, {"full_months": 0, "extra_amount": 0}),
    ("no_contract_double_wage", {"start": "2022-01-31", "end": "2023-01-30", "monthly_wage": 4350}, {"full_months": 11, "extra_workdays": 0}),
    # 劳动法 44: 20 an hour
    ("overtime", {"monthly_wage": 3480, "weekday_hours": 2, "restday_hours": 8, "holiday_hours": 8}, {"hourly": 20, "amount": 860}),
    (
        "overtime",
        {"monthly_wage": 3480, "weekday_hours": 2, "restday_hours": 8, "holiday_hours": 8, "compensatory_leave": True},
        {"amount": 540},
    ),
    ("overtime", {"monthly_wage": 5000}, {"hourly": 28.74, "amount": 0}),
    ("overtime_monthly_cap", {"month_total_hours": 36}, {"excess_hours": 0}),
    ("overtime_monthly_cap", {"month_total_hours": 36.5}, {"excess_hours": 0.5}),
    # 248 workdays a year since 2025: 165.33 hours a month, 496 a quarter
    ("comprehensive_hours", {"period": "quarter", "total_hours": 500, "monthly_wage": 3480}, {"overtime_hours": 4, "amount": 120}),
    (
        "comprehensive_hours",
        {"period": "quarter", "total_hours": 500, "holiday_hours": 8, "monthly_wage": 3480},
        {"overtime_hours": 0, "amount": 480},
    ),
    ("comprehensive_hours", {"period": "month", "total_hours": 160}, {"standard_hours": 165.33, "overtime_hours": 0, "amount": None}),
    ("annual_leave_days", {"cumulative_years": 1}, {"days": 5}),
    ("annual_leave_days", {"cumulative_years": 9.99}, {"days": 5}),
    ("annual_leave_days", {"cumulative_years": 10}, {"days": 10}),
    ("annual_leave_days", {"cumulative_years": 20}, {"days": 15}),
    ("annual_leave_days", {"cumulative_years": 9, "sick_leave_months": 2}, {"days": 0}),
    ("annual_leave_days", {"cumulative_years": 10, "sick_leave_months": 2}, {"days": 10}),
    ("annual_leave_days", {"cumulative_years": 10, "sick_leave_months": 3}, {"days": 0}),
    ("annual_leave_days", {"cumulative_years": 20, "sick_leave_months": 3.5}, {"days": 15}),
    ("annual_leave_days", {"cumulative_years": 20, "sick_leave_months": 4}, {"days": 0}),
    ("unused_leave_pay", {"monthly_wage_ex_ot": 4350, "unused_days": 3}, {"daily": 200, "extra_200pct": 1200, "total_300pct": 1800}),
    (
        "unused_leave_pay",
        {"monthly_wage_ex_ot": 4350, "unused_days": 3, "employee_waived_in_writing": True},
        {"daily": 200, "extra_200pct": 0, "total_300pct": None},
    ),
    # 73 days are a fifth of the year: exactly one day of five
    ("leave_proration_leaving", {"elapsed_days": 73, "entitlement": 5, "monthly_wage_ex_ot": 4350}, {"unused_days": 1, "extra_200pct": 400}),
    ("leave_proration_leaving", {"elapsed_days": 72, "entitlement": 5, "monthly_wage_ex_ot": 4350}, {"unused_days": 0, "extra_200pct": 0}),
    ("leave_proration_leaving", {"elapsed_days": 100, "entitlement": 5, "taken": 5, "monthly_wage_ex_ot": 4350}, {"unused_days": 0}),
    ("leave_proration_leaving", {"elapsed_days": 366, "entitlement": 15, "monthly_wage_ex_ot": 4350}, {"unused_days": 15}),
    ("leave_proration_joining", {"remaining_days": 73, "cumulative_years": 20}, {"days": 3}),
    ("leave_proration_joining", {"remaining_days": 365, "cumulative_years": 0.9}, {"days": 0}),
    ("medical_period", {"total_years": 9, "unit_years": 4.9}, {"months": 3}),
    ("medical_period", {"total_years": 9, "unit_years": 5}, {"months": 6}),
    ("medical_period", {"total_years": 10, "unit_years": 4}, {"months": 6}),
    ("medical_period", {"total_years": 10, "unit_years": 5}, {"months": 9}),
    ("medical_period", {"total_years": 15, "unit_years": 10}, {"months": 12}),
    ("medical_period", {"total_years": 30, "unit_years": 15}, {"months": 18}),
    ("medical_period", {"total_years": 30, "unit_years": 20}, {"months": 24}),
    ("maternity_leave", {"difficult": True}, {"days": 113}),
    ("maternity_leave", {"difficult": True, "babies": 3}, {"days": 143}),
    ("maternity_leave", {"miscarriage_months": 3.9}, {"days": 15}),
    ("maternity_leave", {"miscarriage_months": 4}, {"days": 42}),
    ("injury_disability", {"grade": 5, "own_wage": 4000, "regional_avg_wage": 6000}, {"months": 18, "lump_sum": 72000, "monthly_allowance": 2800}),
    (
        "injury_disability",
        {"grade": 10, "own_wage": 3000, "regional_avg_wage": 6000},
        {"months": 7, "base": 3600, "lump_sum": 25200, "monthly_allowance": None},
    ),
    ("injury_disability", {"grade": 4, "own_wage": 20000, "regional_avg_wage": 6000}, {"base": 18000, "monthly_allowance": 13500}),
    ("injury_disability", {"grade": 2, "own_wage": 1000}, {"months": 25, "base": 1000, "lump_sum": 25000, "monthly_allowance": 850}),
    (
        "injury_death",
        {"national_urban_disposable_income_prev_year": 50000, "regional_avg_wage": 8000.5},
        {"lump_sum_death": 1000000, "funeral": 48003},
    ),
    ("injury_death", {"regional_avg_wage": 8000}, {"lump_sum_death": 1130040, "funeral": 48000}),
    ("injury_dependants", {"own_wage": 5000, "spouse": True, "others": 2}, {"monthly_total": 5000, "capped": False}),
    ("injury_dependants", {"own_wage": 5000, "spouse": True, "others": 3}, {"monthly_total": 5000, "capped": True}),
    ("injury_dependants", {"own_wage": 5000, "others": 1}, {"monthly_total": 1500}),
    ("injury_paid_leave", {"months_needed": 15, "monthly_wage": 5000}, {"months": 12, "pay": 60000}),
    ("injury_paid_leave", {"months_needed": 15, "monthly_wage": 5000, "committee_confirmed_extension": True}, {"months": 15, "pay": 75000}),
    ("injury_paid_leave", {"months_needed": 30, "monthly_wage": 5000, "committee_confirmed_extension": True}, {"months": 24}),
    ("injury_application_deadline", {"accident_date": "2024-02-29"}, {"employer_deadline": "2024-03-30", "worker_deadline": "2025-02-28"}),
    ("unemployment_months", {"contribution_years": 1}, {"max_months": 12}),
    ("unemployment_months", {"contribution_years": 5}, {"max_months": 18}),
    ("unemployment_months", {"contribution_years": 10}, {"max_months": 24}),
    ("unemployment_months", {"contribution_years": 10, "voluntary_resignation": True}, {"max_months": 0}),
    ("unemployment_months", {"contribution_years": 3, "unused_previous_months": 5}, {"max_months": 17}),
    ("unemployment_months", {"contribution_years": 6, "unused_previous_months": 9}, {"max_months": 24}),
    ("probation_max", {"contract_months": 3}, {"max_months": 1}),
    ("probation_max", {"type": "fixed", "contract_months": 12}, {"max_months": 2}),
    ("probation_max", {"type": "fixed", "contract_months": 35.9}, {"max_months": 2}),
    ("probation_max", {"type": "fixed", "contract_months": 36}, {"max_months": 6}),
    ("probation_max", {"type": "open_ended"}, {"max_months": 6}),
    ("probation_max", {"type": "task", "contract_months": 48}, {"max_months": 0}),
    ("probation_min_pay", {"contract_wage": 3000, "local_min_wage": 2490}, {"min_pay": 2490}),
    ("probation_min_pay", {"contract_wage": 3000}, {"min_pay": 2400}),
    ("probation_overrun_damages", {"contract_months": 6, "served_probation_months": 2.5, "regular_wage": 4000}, {"excess_months": 1.5, "damages": 6000}),
    ("probation_overrun_damages", {"contract_months": 36, "served_probation_months": 6, "regular_wage": 4000}, {"excess_months": 0, "damages": 0}),
    ("non_compete_pay", {"avg_monthly_wage": 6000, "local_min_wage": 2490}, {"monthly": 2490}),
    ("arbitration_duration", {"extended": True}, {"decision_days": 60}),
    ("arbitration_duration", {}, {"decision_days": 45}),
    ("sue_after_award", {"award_received": "2024-02-20"}, {"last_day": "2024-03-06"}),
    ("union_dues", {"wage": 5678.9}, {"dues": 28.35}),
    ("union_dues", {"wage": 9}, {"dues": 0}),
    ("minimum_wage_check", {"gross": 2490, "local_min_wage": 2490}, {"comparable": 2490, "compliant": True, "shortfall": 0}),
    ("minimum_wage_check", {"gross": 3000, "welfare": 600, "local_min_wage": 2490}, {"comparable": 2400, "compliant": False, "shortfall": 90}),
    # male born January 1965 is the first month that is delayed; the last step is 36 months (September 1976)
    ("retirement_age", {"category": "male", "birth": "1965-01"}, {"delay_months": 1, "age_years": 60, "age_months": 1, "retire_month": "2025-02"}),
    ("retirement_age", {"category": "male", "birth": "1965-04"}, {"delay_months": 1, "retire_month": "2025-05"}),
    ("retirement_age", {"category": "male", "birth": "1965-05"}, {"delay_months": 2, "retire_month": "2025-07"}),
    ("retirement_age", {"category": "male", "birth": "1976-08"}, {"delay_months": 35, "age_years": 62, "age_months": 11}),
    ("retirement_age", {"category": "male", "birth": "1976-09"}, {"delay_months": 36, "age_years": 63, "age_months": 0, "retire_month": "2039-09"}),
    ("retirement_age", {"category": "male", "birth": "1990-12"}, {"delay_months": 36, "retire_month": "2053-12"}),
    ("retirement_age", {"category": "female55", "birth": "1969-12"}, {"delay_months": 0, "age_years": 55, "retire_month": "2024-12"}),
    ("retirement_age", {"category": "female55", "birth": "1981-09"}, {"delay_months": 36, "age_years": 58, "retire_month": "2039-09"}),
    ("retirement_age", {"category": "female50", "birth": "1975-02"}, {"delay_months": 1, "retire_month": "2025-03"}),
    ("retirement_age", {"category": "female50", "birth": "1975-03"}, {"delay_months": 2, "retire_month": "2025-05"}),
    ("retirement_age", {"category": "female50", "birth": "1984-11"}, {"delay_months": 60, "age_years": 55, "age_months": 0, "retire_month": "2039-11"}),
    ("pension_min_years", {"retire_year": 2025}, {"min_contribution_years": 15}),
    ("pension_min_years", {"retire_year": 2030}, {"min_contribution_years": 15.5}),
    ("pension_min_years", {"retire_year": 2038}, {"min_contribution_years": 19.5}),
    ("pension_min_years", {"retire_year": 2039}, {"min_contribution_years": 20}),
    ("pension_min_years", {"retire_year": 2060}, {"min_contribution_years": 20}),
    ("damage_deduction", {"wage": 3000, "local_min_wage": 2490, "loss": 8000}, {"max_deduction": 510}),
    ("damage_deduction", {"wage": 2000, "local_min_wage": 2490, "loss": 8000}, {"max_deduction": 0}),
    ("damage_deduction", {"wage": 9000, "local_min_wage": 2490, "loss": 100}, {"max_deduction": 100}),
    ("unpaid_wage_surcharge", {"owed": 333.33}, {"extra_min": 166.67, "extra_max": 333.33}),
    ("sick_pay", {"monthly_wage": 4000, "local_min_wage": 2500}, {"monthly": 2000, "amount": 2000}),
    ("sick_pay", {"monthly_wage": 4350, "local_min_wage": 2500, "agreed_percent": 60, "sick_days": 10}, {"monthly": 2610, "amount": 1200}),
    ("heat_allowance", {"months": 4, "monthly_rate": 300}, {"amount": 1200}),
    ("heat_allowance", {"months": 1, "days": 10, "monthly_rate": 300, "daily_rate": 14}, {"amount": 440}),
    ("heat_allowance", {"months": 4, "region": "江苏"}, {"amount": 1200}),
    ("housing_fund_arrears", {"monthly_base": 6000, "months": 12, "percent": 8}, {"employer_share": 5760, "worker_share": 5760, "total": 11520}),
    ("housing_fund_arrears", {"monthly_base": 6000, "months": 12, "paid_base": 2500}, {"employer_share": 2100, "total": 4200}),
    ("platform_minimum", {"hours": 200, "hourly_min_wage": 24, "income": 4500}, {"minimum": 4800, "shortfall": 300}),
    ("platform_minimum", {"hours": 10, "region": "北京"}, {"minimum": 277, "shortfall": None}),
    # the second reading: ends of months, the cap with a half year over, the law's first day, and what no month has
    ("economic_compensation", {"start": "2023-08-31", "end": "2024-02-28", **WAGE}, {"months": 0.5}),
    ("economic_compensation", {"start": "2023-08-31", "end": "2024-02-29", **WAGE}, {"months": 1}),
    (
        "economic_compensation",
        {"start": "2009-05-01", "end": "2024-05-31", "avg_monthly_wage": 30000, "local_avg_monthly_wage": 9000},
        {"months": 12, "base": 27000, "amount": 324000, "capped": True},
    ),
    (
        "notice_pay_n_plus_1",
        {"start": "2009-05-01", "end": "2024-05-31", "avg_monthly_wage": 30000, "local_avg_monthly_wage": 9000, "last_month_wage": 32000},
        {"compensation": 324000, "notice_pay": 32000, "total": 356000},
    ),
    ("unlawful_dismissal_2n", {"start": "2003-03-01", "end": "2024-02-29", **WAGE}, {"months": 21, "amount": 252000}),
    # 劳动合同法 97: who was there before 2008 had to get a contract in January 2008, so the second wage runs February to December
    ("no_contract_double_wage", {"start": "2005-03-01", "end": "2009-06-30", "monthly_wage": 2000}, {"full_months": 11, "extra_amount": 22000}),
    ("no_contract_double_wage", {"start": "2005-03-01", "end": "2007-12-31", "monthly_wage": 2000}, {"full_months": 0, "extra_amount": 0}),
    ("no_contract_double_wage", {"start": "2005-03-01", "end": "2008-02-29", "monthly_wage": 2000}, {"full_months": 1, "extra_workdays": 0}),
    ("no_contract_double_wage", {"start": "2024-01-31", "end": "2024-03-31", "monthly_wage": 8000}, {"full_months": 1, "extra_workdays": 0}),
    ("no_contract_double_wage", {"start": "2024-02-29", "end": "2025-12-31", "monthly_wage": 8000}, {"full_months": 11, "extra_workdays": 0}),
    ("overtime", {"monthly_wage": 5000, "weekday_hours": 1}, {"hourly": 28.74, "amount": 43.1}),
    ("leave_proration_leaving", {"elapsed_days": 200, "entitlement": 5, "taken": 0.5, "monthly_wage_ex_ot": 6525}, {"unused_days": 2, "extra_200pct": 1200}),
    ("leave_proration_joining", {"remaining_days": 292, "cumulative_years": 20}, {"days": 12}),
    ("maternity_leave", {"difficult": True, "babies": 3}, {"days": 143}),
    ("maternity_leave", {"difficult": True, "miscarriage_months": 0}, {"days": 113}),
    ("maternity_leave", {"miscarriage_months": 4}, {"days": 42}),
    ("injury_disability", {"grade": 5, "own_wage": 3000, "regional_avg_wage": 8000}, {"base": 4800, "lump_sum": 86400, "monthly_allowance": 3360}),
    ("injury_application_deadline", {"accident_date": "2025-01-31"}, {"employer_deadline": "2025-03-02", "worker_deadline": "2026-01-31"}),
    ("sue_after_award", {"award_received": "2025-09-18"}, {"last_day": "2025-10-03"}),
    ("retirement_age", {"category": "male", "birth": "1969-12"}, {"delay_months": 15, "age_years": 61, "age_months": 3, "retire_month": "2031-03"}),
    ("retirement_age", {"category": "female50", "birth": "1984-10"}, {"delay_months": 59, "age_years": 54, "age_months": 11, "retire_month": "2039-09"}),
    ("damage_deduction", {"wage": 3112.5, "local_min_wage": 2490}, {"max_deduction": 622.5}),
    ("unemployment_months", {"contribution_years": 0.5, "unused_previous_months": 6}, {"max_months": 0}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "values", "expected"), CASES)
def test_worked_case(name: str, values: dict[str, object], expected: dict[str, object]) -> None:
    result = calculate(name, values).result
    assert {key: result[key] for key in expected} == expected


LIMITATION: list[tuple[dict[str, object], str | None, bool | None]] = [
    ({"known_date": "2023-05-20", "filing_date": "2024-05-20"}, "2024-05-20", False),
    ({"known_date": "2023-05-20", "filing_date": "2024-05-21"}, "2024-05-20", True),
    ({"known_date": "2024-02-29", "filing_date": "2025-03-01"}, "2025-02-28", True),
    ({"known_date": "2023-05-20", "filing_date": "2025-01-10", "interruptions": ["2024-05-20"]}, "2025-05-20", False),
    ({"known_date": "2023-05-20", "filing_date": "2025-01-10", "interruptions": ["2024-05-21"]}, "2024-05-20", True),
    ({"known_date": "2023-05-20", "filing_date": "2025-12-01", "interruptions": ["2025-03-01", "2024-04-01"]}, "2026-03-01", False),
    ({"known_date": "2023-05-20", "filing_date": "2024-05-01", "interruptions": ["2024-05-10"]}, "2024-05-20", False),
    ({"claim": "unpaid_wages", "employed": True, "known_date": "2019-01-01", "filing_date": "2025-01-01"}, None, False),
    (
        {"claim": "unpaid_wages", "employed": False, "termination_date": "2024-06-30", "known_date": "2019-01-01", "filing_date": "2025-06-30"},
        "2025-06-30",
        False,
    ),
    ({"claim": "unpaid_wages", "termination_date": "2024-06-30", "filing_date": "2025-07-01"}, "2025-06-30", True),
    ({"claim": "unpaid_wages", "termination_date": "2024-06-30", "filing_date": "2024-06-01"}, None, False),
    ({"claim": "other", "employed": True, "known_date": "2023-05-20", "filing_date": "2025-01-01"}, "2024-05-20", True),
    ({"known_date": "2023-05-20"}, "2024-05-20", None),
    # 民法典 203: 9 March 2025 is a Sunday, so Monday is in time and Tuesday is not; 1 October to 3 October are holidays
    ({"known_date": "2024-03-09", "filing_date": "2025-03-10"}, "2025-03-09", False),
    ({"known_date": "2024-03-09", "filing_date": "2025-03-11"}, "2025-03-09", True),
    ({"known_date": "2023-10-01", "filing_date": "2025-10-04", "interruptions": ["2024-10-04"]}, "2025-10-04", False),
    # two in a row, each on the very last day of the one before
    ({"known_date": "2022-03-10", "filing_date": "2025-01-05", "interruptions": ["2024-01-05", "2023-01-05"]}, "2025-01-05", False),
]  # fmt: skip


@pytest.mark.parametrize(("values", "last_day", "barred"), LIMITATION)
def test_limitation(values: dict[str, object], last_day: str | None, barred: bool | None) -> None:
    assert calculate("arbitration_limitation", values).result == {"last_day": last_day, "time_barred": barred}


DOUBTS: list[tuple[str, dict[str, object], str]] = [
    # 劳动合同法 97: 2008 to 2024 are 17 years; twelve at most once the wage is capped
    ("economic_compensation", {"start": "2005-01-01", "end": "2024-12-31", **WAGE}, "是 17 个月工资"),
    ("notice_pay_n_plus_1", {"start": "2005-01-01", "end": "2024-12-31", **WAGE}, "是 17 个月工资"),
    (
        "economic_compensation",
        {"start": "2005-01-01", "end": "2024-12-31", "avg_monthly_wage": 30000, "local_avg_monthly_wage": 7000},
        "是 12 个月工资",
    ),
    ("economic_compensation", {"start": "2020-01-01", "end": "2024-12-31", **WAGE}, "最低工资"),
    # 民法典 203, 民事诉讼法 85: Sunday 9 March 2025, Saturday 31 January 2026, National Day
    ("arbitration_limitation", {"known_date": "2024-03-09", "filing_date": "2025-03-10"}, "2025-03-09 是周日"),
    ("injury_application_deadline", {"accident_date": "2025-01-31"}, "2026-01-31 是周六"),
    ("sue_after_award", {"award_received": "2025-09-18"}, "2025-10-03 是国庆节"),
    (
        "unlawful_dismissal_2n",
        {"start": "2003-03-01", "end": "2024-02-29", "avg_monthly_wage": 30000, "local_avg_monthly_wage": 9000},
        "2008年之前",
    ),
    ("arbitration_limitation", {"known_date": "2024-03-11", "interruptions": ["2024-09-01"]}, "中断时起"),
    ("overtime", {"monthly_wage": 5000, "holiday_hours": 8}, "月工资之外"),
    ("comprehensive_hours", {"period": "month", "total_hours": 160}, "2024年及以前"),
    ("platform_minimum", {"hours": 10, "region": "北京"}, "更早的按当时的标准"),
    ("maternity_leave", {"babies": 2, "miscarriage_months": 3}, "只算流产"),
    ("arbitration_limitation", {"claim": "unpaid_wages", "employed": True, "termination_date": "2024-06-30"}, "2025-06-30"),
]


@pytest.mark.parametrize(("name", "values", "said"), DOUBTS)
def test_a_doubt_is_said(name: str, values: dict[str, object], said: str) -> None:
    assert any(said in line for line in calculate(name, values).reading)


def test_a_last_day_at_work_needs_no_word_on_days_off() -> None:
    assert not any(" 是周" in line for line in calculate("sue_after_award", {"award_received": "2025-04-01"}).reading)


def test_a_step_can_be_recalculated_from_what_it_shows() -> None:
    assert "工作日加班：28.7356 × 150% × 1 小时 = 43.1 元" in calculate("overtime", {"monthly_wage": 5000, "weekday_hours": 1}).steps

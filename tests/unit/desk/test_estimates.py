"""Sums that a story allows, and none that it does not."""

import datetime as dt
from typing import Any

import pytest

from desk.estimates import estimates

ALL = ["economic_compensation", "unlawful_dismissal_2n", "no_contract_double_wage", "injury_disability", "overtime"]
DAYS = [dt.date(2026, 11, 21), dt.date(2026, 3, 31), dt.date(2028, 2, 29), dt.date(2026, 1, 1)]


@pytest.mark.parametrize("today", DAYS)
@pytest.mark.parametrize(
    ("told", "sums"),
    [
        # 劳动合同法第四十七条: half a year counts as one, less as half a month.
        ({"worked": 42, "wage": 6000}, ["24000", "48000"]),
        ({"worked": 41, "wage": 6000}, ["21000", "42000"]),
        ({"worked": 72, "wage": 4000}, ["24000", "48000"]),
        ({"worked": 5, "wage": 4000}, ["2000", "4000"]),
        # 第八十二条: from the second month on, eleven at most.
        ({"worked": 6, "wage": 5000, "contract": False}, ["5000", "10000", "25000"]),
        ({"worked": 12, "wage": 5000, "contract": False}, ["5000", "10000", "55000"]),
        # 工伤保险条例第三十五条 and 第三十七条.
        ({"grade": 10, "wage": 3200}, ["22400"]),
        ({"grade": 3, "wage": 3200}, ["73600", "2560"]),
    ],
)
def test_the_sums_are_those_of_the_calculators(told: dict[str, Any], sums: list[str], today: dt.date) -> None:
    lines = estimates(ALL, told, today)
    assert [line.rpartition("= ")[2].split()[0] for line in lines] == sums


@pytest.mark.parametrize(
    "told",
    [
        {}, {"worked": 42}, {"wage": 6000}, {"grade": 10}, {"grade": 10, "worked": 30},
        {"amount": 20000, "months": 3},
    ],
)  # fmt: skip
def test_where_something_is_not_told_no_sum_is_said(told: dict[str, Any]) -> None:
    assert estimates(ALL, told, DAYS[0]) == []


def test_only_the_calculators_of_the_answer_are_run() -> None:
    told = {"worked": 42, "wage": 6000, "grade": 10}
    assert len(estimates(["injury_disability"], told, DAYS[0])) == 1 and estimates(["overtime", "union_dues"], told, DAYS[0]) == []


@pytest.mark.parametrize("told", [{"worked": 13}, {"worked": 1}, {"worked": 6, "contract": True}, {"worked": 6, "contract": None}])
def test_double_wages_are_reckoned_only_where_nothing_is_out_of_time_and_no_contract_was_signed(told: dict[str, Any]) -> None:
    assert estimates(["no_contract_double_wage"], {"wage": 5000, "contract": False} | told, DAYS[0]) == []

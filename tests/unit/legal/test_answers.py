"""A worker's answers in Chinese, read as values."""

import datetime as dt

import pytest

from desk.errors import Invalid
from desk.legal.calculation import Input
from desk.legal.catalogue import CALCULATORS, parse_input

TODAY = dt.date(2026, 11, 21)


def find(calculator: str, name: str) -> Input:
    return next(item for item in CALCULATORS[calculator].inputs if item.name == name)


READ: list[tuple[str, str, str, object]] = [
    *(("economic_compensation", "avg_monthly_wage", text, value) for text, value in [
        ("8000", 8000), ("8,000 元", 8000), ("八千", 8000), ("8千5", 8500), ("八千五", 8500), ("1万2", 12000), ("一万二", 12000),
        ("1.2万", 12000), ("1万500", 10500), ("三千零五", 3005), ("两千五百块", 2500), ("8k", 8000), ("一个月6800左右", 6800),
        ("１２０００", 12000), ("5500.55", 5500.55), ("十二万五千", 125000),
    ]),
    *(("economic_compensation", "start", text, value) for text, value in [
        ("2024年3月1号", "2024-03-01"), ("2024-03-01", "2024-03-01"), ("2024.3.1", "2024-03-01"), ("20240301", "2024-03-01"),
        ("24年3月1日", "2024-03-01"), ("二〇二四年三月十五日", "2024-03-15"), ("去年三月二号", "2025-03-02"), ("昨天", "2026-11-20"),
        ("3月1号", "2026-03-01"), ("12月5号", "2025-12-05"), ("上个月5号", "2026-10-05"), ("我是2019年11月1日进厂的", "2019-11-01"),
    ]),
    ("economic_compensation", "local_avg_monthly_wage", "不知道", None),
    ("economic_compensation", "local_avg_monthly_wage", "跳过", None),
    ("no_contract_double_wage", "signed", "没有签", None),
    ("overtime", "weekday_hours", "没有", None),
    ("overtime", "weekday_hours", "2个半小时", 2.5),
    ("unused_leave_pay", "unused_days", "三天半", 3.5),
    ("medical_period", "total_years", "3年6个月", 3.5),
    ("medical_period", "total_years", "两年半", 2.5),
    ("injury_paid_leave", "months_needed", "半年", 6),
    ("injury_paid_leave", "months_needed", "一个半月", 1.5),
    ("probation_overrun_damages", "contract_months", "三年", 36),
    ("sick_pay", "agreed_percent", "百分之六十", 60),
    ("sick_pay", "agreed_percent", "六成", 60),
    ("injury_disability", "grade", "九级", 9),
    ("maternity_leave", "babies", "双胞胎", 2),
    ("retirement_age", "birth", "1970年5月", "1970-05"),
    ("retirement_age", "birth", "65年10月", "1965-10"),
    ("retirement_age", "category", "男的", "male"),
    ("retirement_age", "category", "女，工人", "female50"),
    ("retirement_age", "category", "2", "female55"),
    ("probation_max", "type", "无固定期限", "open_ended"),
    ("probation_max", "type", "固定期限", "fixed"),
    ("arbitration_limitation", "claim", "工资", "unpaid_wages"),
    ("arbitration_limitation", "employed", "还在", True),
    ("arbitration_limitation", "employed", "没有", False),
    ("arbitration_limitation", "employed", "不知道", None),
    ("arbitration_limitation", "interruptions", "没有", []),
    ("arbitration_limitation", "interruptions", "2025年3月5号，去年9月1号", ["2025-03-05", "2025-09-01"]),
    ("arbitration_duration", "extended", "延期了", True),
]  # fmt: skip


@pytest.mark.parametrize(("calculator", "name", "text", "value"), READ)
def test_an_answer_is_read(calculator: str, name: str, text: str, value: object) -> None:
    assert parse_input(find(calculator, name), text, TODAY) == value


REFUSED = [
    ("economic_compensation", "avg_monthly_wage", "八千到一万"),
    ("economic_compensation", "avg_monthly_wage", "不知道"),
    ("economic_compensation", "avg_monthly_wage", "没有"),
    ("economic_compensation", "avg_monthly_wage", "-5"),
    ("economic_compensation", "avg_monthly_wage", "年薪12万"),
    ("economic_compensation", "avg_monthly_wage", ""),
    ("economic_compensation", "start", "去年三月"),
    ("economic_compensation", "start", "2024年2月30号"),
    ("economic_compensation", "start", "很久以前"),
    ("overtime", "weekday_hours", "每天2小时"),
    ("injury_disability", "grade", "十一级"),
    ("retirement_age", "category", "女"),
    ("retirement_age", "birth", "五月"),
    ("unemployment_months", "voluntary_resignation", "是被公司辞退的"),
    ("arbitration_limitation", "employed", "已经离职了"),
    ("arbitration_limitation", "interruptions", "催过好几回"),
]


@pytest.mark.parametrize(("calculator", "name", "text"), REFUSED)
def test_a_doubtful_answer_is_asked_again(calculator: str, name: str, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        parse_input(find(calculator, name), text, TODAY)
    assert len(caught.value.message) > 8 and name not in caught.value.message


def test_last_year_needs_to_know_today() -> None:
    with pytest.raises(Invalid, match="完整的年月日"):
        parse_input(find("economic_compensation", "start"), "去年三月二号")

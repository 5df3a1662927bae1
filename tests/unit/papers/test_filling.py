"""What a paper says for what is known, and what it leaves blank."""

import datetime as dt
import logging
import random
import re
from decimal import Decimal
from typing import Any

import pytest

from desk.legal.catalogue import calculate
from desk.papers.amounts import figures, in_words
from desk.papers.filling import fill
from desk.papers.templates import Papers
from tests.unit.papers.reading import said

NAMES = ("labour_arbitration_application", "evidence_list", "wage_arrears_complaint", "legal_aid_application", "resignation_notice")
ODD: list[Any] = [
    None,
    "—",
    "",
    "不知道",
    0,
    -1,
    10**20,
    1e308,
    True,
    False,
    "2026-13-45",
    "2099-01-01",
    "{owed}{nobody}",
    "\x00\x0b\ud800😀",
    [],
    {},
]


def test_the_five_papers_are_there(papers: Papers) -> None:
    assert {template.name for template in papers.all()} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_with_all_answers_nothing_is_blank(papers: Papers, answers: dict[str, Any], today: dt.date, name: str) -> None:
    paper = fill(papers.named(name), answers, today)
    assert paper.missing == ()
    assert "王小虎" in said(paper)
    assert "某某" in said(paper)
    assert "{" not in said(paper)


@pytest.mark.parametrize("name", NAMES)
def test_with_no_answers_every_field_is_a_visible_blank(papers: Papers, today: dt.date, name: str) -> None:
    paper = fill(papers.named(name), {}, today)
    assert "＿＿＿＿" in said(paper)
    assert {"姓名", "单位全称"} <= set(paper.missing)
    assert not re.search(r"[{}]|None|—|undefined", said(paper))


@pytest.mark.parametrize("name", NAMES)
def test_nothing_raises_whatever_is_missing_or_odd(papers: Papers, answers: dict[str, Any], today: dt.date, name: str) -> None:
    template, chance = papers.named(name), random.Random(7)
    for question in template.questions:
        for value in ODD:
            assert fill(template, answers | {question.name: value}, today).blocks
    for _ in range(100):
        some = {key: value for key, value in answers.items() if chance.random() < 0.5}
        assert "{" not in said(fill(template, some, today))


def test_sums_are_the_calculators(papers: Papers, answers: dict[str, Any], today: dt.date) -> None:
    text = said(fill(papers.named("labour_arbitration_application"), answers, today))
    damages = calculate("unlawful_dismissal_2n", {"start": "2023-03-01", "end": "2026-10-31", "avg_monthly_wage": 7325.5})
    double = calculate("no_contract_double_wage", {"start": "2023-03-01", "end": "2026-10-31", "monthly_wage": 6960})
    month = calculate("overtime", {"monthly_wage": 6960, "weekday_hours": 30, "restday_hours": 16})
    holiday = calculate("overtime", {"monthly_wage": 6960, "holiday_hours": 16})
    leave = calculate("unused_leave_pay", {"monthly_wage_ex_ot": 6960, "unused_days": 5})
    amounts = [
        Decimal(20880),
        Decimal(str(month.result["amount"])) * 12,
        Decimal(str(holiday.result["amount"])),
        Decimal(str(double.result["extra_amount"])),
        Decimal(str(damages.result["amount"])),
        Decimal(str(leave.result["extra_200pct"])),
    ]
    for amount in [*amounts, sum(amounts, Decimal(0))]:
        assert f"{figures(amount)}元（人民币{in_words(amount)}）" in text
    assert damages.steps[-1] in text
    assert "《劳动合同法》第八十七条" in text


@pytest.mark.parametrize("name", ["wage_arrears_complaint", "resignation_notice"])
def test_the_other_papers_sums(papers: Papers, answers: dict[str, Any], today: dt.date, name: str) -> None:
    text = said(fill(papers.named(name), answers, today))
    month = calculate("overtime", {"monthly_wage": 6960, "weekday_hours": 30, "restday_hours": 16})
    severance = calculate("economic_compensation", {"start": "2023-03-01", "end": "2026-10-31", "avg_monthly_wage": 7325.5})
    expected = Decimal(str(month.result["amount"])) * 12 if name == "wage_arrears_complaint" else Decimal(str(severance.result["amount"]))
    assert f"{figures(expected)}元（人民币{in_words(expected)}）" in text
    assert "20880元（人民币贰万零捌佰捌拾元整）" in text


@pytest.mark.parametrize(
    ("leaving", "claim", "calculator", "take"),
    [
        ("unlawful", "违法解除劳动合同的赔偿金", "unlawful_dismissal_2n", "amount"),
        ("notice", "经济补偿和代通知金", "notice_pay_n_plus_1", "total"),
        ("forced", "解除（终止）劳动合同的经济补偿", "economic_compensation", "amount"),
        ("agreed", "解除（终止）劳动合同的经济补偿", "economic_compensation", "amount"),
        ("expired", "解除（终止）劳动合同的经济补偿", "economic_compensation", "amount"),
    ],
)
def test_how_it_ended_decides_the_claim(
    papers: Papers, answers: dict[str, Any], today: dt.date, leaving: str, claim: str, calculator: str, take: str
) -> None:
    text = said(fill(papers.named("labour_arbitration_application"), answers | {"leaving": leaving}, today))
    result = calculate(calculator, {"start": "2023-03-01", "end": "2026-10-31", "avg_monthly_wage": 7325.5}).result[take]
    assert re.search(rf"支付{re.escape(claim)}共?{figures(Decimal(str(result)))}元", text)


@pytest.mark.parametrize("leaving", ["still", "resigned"])
def test_no_compensation_is_claimed_where_none_is_due(papers: Papers, answers: dict[str, Any], today: dt.date, leaving: str) -> None:
    text = said(fill(papers.named("labour_arbitration_application"), answers | {"leaving": leaving}, today))
    assert "经济补偿" not in text
    assert "赔偿金" not in text


def test_a_claim_whose_amount_is_unknown_stays_with_a_blank(papers: Papers, answers: dict[str, Any], today: dt.date) -> None:
    paper = fill(papers.named("labour_arbitration_application"), answers | {"owed": "—", "avg_monthly_wage": "—"}, today)
    text = said(paper)
    assert "2026年8月至2026年10月拖欠的工资＿＿＿＿元（人民币＿＿＿＿）" in text
    assert "违法解除劳动合同的赔偿金＿＿＿＿元" in text
    assert {"拖欠的工资", "违法解除劳动合同的赔偿金"} <= set(paper.missing)
    assert "以上有数额的请求合计" not in text


def test_nothing_is_claimed_that_was_not_said(papers: Papers, today: dt.date) -> None:
    text = said(fill(papers.named("labour_arbitration_application"), {"employer_name": "甲公司", "claims_wages": False}, today))
    assert "请求裁决" not in text
    assert "加班" not in text
    assert "书面劳动合同" not in text


def test_double_wage_that_comes_to_nothing_is_left_out(papers: Papers, answers: dict[str, Any], today: dt.date) -> None:
    signed_in_time = answers | {"written_contract": "later", "signed": "2023-03-20"}
    assert "二倍工资" not in said(fill(papers.named("labour_arbitration_application"), signed_in_time, today))


def test_what_a_calculator_refuses_is_said(papers: Papers, answers: dict[str, Any], today: dt.date) -> None:
    paper = fill(papers.named("labour_arbitration_application"), answers | {"end": "2020-01-01"}, today)
    assert any("没有算出来" in note and "早于入职日" in note for note in paper.notes)
    assert not any(re.search(r"[a-z_]+：", note) for note in paper.notes)


def test_the_last_day_is_told_and_not_printed(papers: Papers, answers: dict[str, Any], today: dt.date) -> None:
    paper = fill(papers.named("labour_arbitration_application"), answers, today)
    assert any("2027年10月31日" in note for note in paper.notes)
    assert "2027年10月31日" not in said(paper)


def test_the_identity_number_tells_sex_and_birth(papers: Papers, today: dt.date) -> None:
    template = papers.named("labour_arbitration_application")
    right = said(fill(template, {"worker_id_number": "320584199005011236"}, today))
    assert "性别\t男" in right
    assert "出生日期\t1990年5月1日" in right
    wrong = fill(template, {"worker_id_number": "320584199005011230"}, today)
    assert "性别\t＿＿＿＿" in said(wrong)
    assert any("身份证号码" in note for note in wrong.notes)


def test_what_a_worker_writes_is_not_read_as_a_template(papers: Papers, today: dt.date) -> None:
    text = said(fill(papers.named("labour_arbitration_application"), {"story": "他说{owed}和{0}", "owed": 100}, today))
    assert "他说{owed}和{0}" in text


def test_evidence_gets_its_source_and_what_it_proves(papers: Papers, answers: dict[str, Any], today: dt.date) -> None:
    text = said(fill(papers.named("evidence_list"), answers, today))
    assert "1\t工资流水\t由银行或支付平台导出、打印" in text
    assert "4\t不常见的东西\t\t" in text
    assert "第三十九条" in text


def test_resignation_names_only_the_grounds_given(papers: Papers, today: dt.date) -> None:
    text = said(fill(papers.named("resignation_notice"), {"no_insurance": True, "insurance_gap": "入职以来", "coerced": False}, today))
    assert "1. 没有依法为本人缴纳社会保险费：入职以来（第三十八条第一款第三项）。" in text
    assert "强迫劳动" not in text
    assert "劳动报酬" not in text


def test_names_and_numbers_are_neither_logged_nor_shown(
    papers: Papers, answers: dict[str, Any], today: dt.date, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        shown = "".join(repr(fill(template, answers, today)) for template in papers.all())
    for secret in ("王小虎", "320584199005011236", "13800001234"):
        assert secret not in caplog.text
        assert secret not in shown

"""Answers in a worker's words, what a form knows already, and services as data files."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from desk import facts
from desk.errors import Invalid, NotFound
from desk.legal.catalogue import CALCULATORS
from desk.questions import SKIPPED, Question, Questionnaire, given, of_calculator, read_answer
from desk.services import Services

TODAY = dt.date(2026, 11, 23)
ROOT = Path(__file__).resolve().parents[3]
CHOICE = {"talk": "帮我和单位谈", "lawyer": "帮我找律师"}


@pytest.mark.parametrize(
    ("kind", "said", "wanted"),
    [
        ("text", "  江宁区某工地 ", "江宁区某工地"),
        ("phone", "13800000000", "13800000000"),
        ("phone", "+86 138-0000-0000", "13800000000"),
        ("phone", "8613800000000", "13800000000"),
        ("phone", "（025）83310000", "02583310000"),
        ("number", "3", 3),
        ("number", "三个", 3),
        ("number", "十五人", 15),
        ("money", "12000", 12000),
        ("money", "一万二", 12000),
        ("money", "1.5万元", 15000),
        ("date", "2026-03-01", "2026-03-01"),
        ("date", "2026年3月1日", "2026-03-01"),
        ("boolean", "是", True),
        ("boolean", "没有签", False),
        ("boolean", "yes", True),
        ("choice", "lawyer", "lawyer"),
        ("choice", "帮我找律师", "lawyer"),
    ],
)
def test_an_answer_is_read(kind: str, said: str, wanted: Any) -> None:
    question = Question("x", "？", kind, choices=CHOICE if kind == "choice" else {})
    assert read_answer(question, said, TODAY) == wanted


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text", ""),
        ("text", "   "),
        ("text", "长" * 301),
        ("phone", "12345"),
        ("phone", "打我电话"),
        ("number", "不少"),
        ("money", "很多"),
        ("date", "那天"),
        ("date", "2026-02-30"),
        ("choice", "都行"),
    ],
)
def test_what_is_no_answer_says_what_would_be_one(kind: str, said: str) -> None:
    with pytest.raises(Invalid) as problem:
        read_answer(Question("x", "？", kind, choices=CHOICE if kind == "choice" else {}), said, TODAY)
    assert len(problem.value.message) > 4


@pytest.mark.parametrize("said", ["跳过", "不知道", "忘了。", "没有", "skip", "I don't know"])
def test_only_what_may_be_skipped_is(said: str) -> None:
    assert read_answer(Question("x", "？", "money", required=False), said, TODAY) == SKIPPED
    with pytest.raises(Invalid):
        read_answer(Question("x", "？", "money", required=True), said, TODAY)


def test_a_questionnaire_asks_in_order_goes_back_and_says_how_far_it_is() -> None:
    form = Questionnaire("x", "service", "", "", "", tuple(Question(name, "？") for name in "abc"))
    first = form.next_question({})
    assert first is not None and (first.name, form.place({})) == ("a", "1/3")
    answers = {"a": "1", "c": SKIPPED}
    second = form.next_question(answers)
    assert second is not None and (second.name, form.place(answers)) == ("b", "3/3")
    assert form.without_last(answers) == {"a": "1"}
    assert form.without_last({}) == {}
    assert form.next_question(answers | {"b": ""}) is None
    assert given(answers) == {"a": "1"}


@pytest.mark.parametrize("name", sorted(CALCULATORS))
def test_every_calculator_can_be_asked_for(name: str) -> None:
    form = of_calculator(CALCULATORS[name])
    assert form.questions and all(question.ask and question.source for question in form.questions)


SERVICE = """
name: help
title: 求助
topic: wage_arrears
intro: 说说情况
promise: 收到了
urgent_when: {people: 10}
questions:
  - {name: employer, ask: 哪家单位？, label: 单位}
  - {name: people, ask: 几个人？, label: 人数, kind: number}
  - {name: contract, ask: 签合同了吗？, label: 合同, kind: boolean, required: false}
  - {name: wish, ask: 怎么帮？, label: 想法, kind: choice, choices: {talk: 帮我谈}}
"""


def test_a_service_says_what_a_counsellor_reads(tmp_path: Path) -> None:
    (tmp_path / "help.yaml").write_text(SERVICE, "utf-8")
    services = Services.read(tmp_path)
    help_ = services.named("help")
    answers = {"employer": "某厂", "people": 10, "contract": False, "wish": "talk"}
    assert help_.facts(answers) == {"单位": "某厂", "人数": 10, "合同": "否", "想法": "帮我谈"}
    assert help_.facts({})["人数"] == SKIPPED
    assert [help_.urgent({"people": n}) for n in (9, 10, SKIPPED)] == [False, True, False]
    assert services.of_topic("wage_arrears") == services.all() == [help_]
    assert services.get("none") is None
    with pytest.raises(NotFound):
        services.named("none")


@pytest.mark.parametrize(
    ("old", "new"), [("name: help", "name: other"), ("topic:", "topik:"), ("kind: number", "kind: numbre"), ("title: 求助", "title: [")]
)
def test_a_broken_service_names_its_file(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "help.yaml").write_text(SERVICE.replace(old, new, 1), "utf-8")
    with pytest.raises(Invalid, match=r"help\.yaml"):
        Services.read(tmp_path)


def test_what_was_said_before_need_not_be_asked_again() -> None:
    known = {"employer": "宏达公司", "district": "江宁区", "months": 3, "people": 12, "dates": ["2026-01-01"], "pregnant": True}
    assert facts.prefill(known, ["employer", "months", "wish"]) == {"employer": "宏达公司（江宁区）", "months": 3}
    assert facts.prefill(known, ["employer", "district"]) == {"employer": "宏达公司", "district": "江宁区"}
    assert facts.prefill({}, ["employer"]) == {} == facts.prefill(known, [])


@pytest.mark.parametrize("service", Services.read(ROOT / "data/services").all(), ids=lambda s: s.file.name)
def test_what_is_filled_in_is_what_would_have_been_read(service: Any) -> None:
    """A fact taken from a message is, for each service, a value that its question would have stored."""
    known = facts.extract("我在江宁区宏达建材公司上班，拖欠我三个月工资一共12000元，没签合同，连我一共12个工人")
    answers = facts.prefill(known, [q.name for q in service.questionnaire.questions])
    for question in service.questionnaire.questions:
        if question.name in answers and question.kind != "choice":
            value = answers[question.name]
            assert read_answer(question, str(value) if not isinstance(value, bool) else ("是" if value else "否"), TODAY) == value

"""Question and Questionnaire: what a form asks, one thing at a time, and how an answer in a worker's words is read.

A service, a calculator and a paper are all asked for in this way. The questionnaire holds no state: the answers given
so far come in, the next question goes out.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desk.errors import Invalid
from desk.legal.calculation import Calculator, Input
from desk.legal.catalogue import parse_input

SKIPPED = "—"
_SKIP = re.compile(r"^(跳过|不知道|不清楚|不记得|忘了|没有了?|无|不想说|不方便说?|略|skip|none|i don'?t know)[。.!！]?$", re.IGNORECASE)

# To a question of yes or no this is an answer, not a way past it.
_NO = re.compile(r"^(没有了?|无)[。.!！]?$")


@dataclass(frozen=True)
class Question:
    """One thing to ask. `kind` is text, phone, money, number, date, month, boolean, choice or dates."""

    name: str
    ask: str
    kind: str = "text"
    required: bool = True
    choices: Mapping[str, str] = field(default_factory=dict)
    example: str = ""
    most: int = 300
    source: Input | None = None


@dataclass(frozen=True)
class Questionnaire:
    """What is asked, in order, under a name."""

    name: str
    kind: str  # service, calculator, paper
    title: str
    topic: str
    intro: str
    questions: tuple[Question, ...]

    def next_question(self, answers: Mapping[str, Any]) -> Question | None:
        """The first question without an answer (a skipped one has `SKIPPED`), or None when all are answered."""
        return next((q for q in self.questions if q.name not in answers), None)

    def without_last(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers with the last one taken back."""
        # In the order in which they were given: what was known beforehand is taken back last.
        return {name: answers[name] for name in list(answers)[:-1]}

    def place(self, answers: Mapping[str, Any]) -> str:
        """How far one is: 2/7."""
        return f"{sum(q.name in answers for q in self.questions) + 1}/{len(self.questions)}"


def read_answer(question: Question, text: str, today: dt.date) -> Any:
    """What a worker's words mean as an answer, in a form that is JSON. Raises Invalid with what would be right."""
    text = text.strip()
    if not text:
        raise Invalid("请输入文字，或者点按钮选择")
    if _SKIP.match(text) and not question.required and not (question.kind == "boolean" and _NO.match(text)):
        return SKIPPED
    if question.kind == "text":
        if len(text) > question.most:
            raise Invalid(f"太长了，请控制在 {question.most} 个字以内")
        return text
    if question.kind == "phone":
        digits = re.sub(r"[\s\-()（）]|^\+?86", "", text)
        if not re.fullmatch(r"1[3-9]\d{9}|0\d{9,11}", digits):
            raise Invalid("请输入 11 位手机号，或带区号的座机号")
        return digits
    value = parse_input(question.source or _as_input(question), text, today)
    if value is None:
        if question.required:
            raise Invalid("这一项需要回答" + (f"，例如：{question.example}" if question.example else ""))
        return SKIPPED
    return value


def of_calculator(calculator: Calculator) -> Questionnaire:
    """A calculator's inputs as a questionnaire."""
    questions = tuple(
        Question(
            name=i.name,
            ask=i.question,
            kind=i.kind,
            required=i.required,
            choices=dict(i.choices or {}),
            example="" if i.example is None else str(i.example),
            source=i,
        )
        for i in calculator.inputs
    )
    return Questionnaire(calculator.name, "calculator", calculator.title, calculator.topic, "", questions)


def given(answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without what was skipped."""
    return {name: value for name, value in answers.items() if value != SKIPPED}


def _as_input(question: Question) -> Input:
    kind = "number" if question.kind in ("money", "number") else question.kind
    return Input(question.name, kind, question.ask, question.required, question.example or None, dict(question.choices) or None)  # type: ignore[arg-type]

"""Wording: facts written into the blanks of a template, and blanks left visible where a fact is missing."""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from desk.papers.amounts import LARGEST, figures, in_words
from desk.papers.template_file import PaperQuestion
from desk.questions import SKIPPED

BLANK = re.compile(r"\{(?P<name>[a-z_]+)(?::(?P<form>大写|勾选))?\}")
SHORT, LONG, DAY, MONTH = "＿" * 4, "＿" * 8, "＿＿＿＿年＿＿月＿＿日", "＿＿＿＿年＿＿月"
TICKED, OPEN = "■", "□"
_EMPTY = {"date": DAY, "month": MONTH, "text": LONG}
# Control characters, lone surrogates and the two non-characters: no XML may hold them.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Wording:
    """Fills blanks from `facts`, by the kind and the choices of the question that asked for each."""

    def __init__(self, facts: Mapping[str, object], questions: Mapping[str, PaperQuestion], kinds: Mapping[str, str]) -> None:
        self._facts, self._questions, self._kinds = facts, questions, kinds
        self.missing: dict[str, None] = {}

    def fill(self, text: str, *, short: bool = False) -> str:
        """`text` with its blanks filled. What is missing becomes ＿＿＿＿ and is remembered; `short` keeps that narrow."""
        return BLANK.sub(lambda blank: self._value(blank["name"], blank["form"], short), text)

    def filled(self, text: str) -> bool:
        """Whether any blank of `text` has a value; true for a text without blanks."""
        names = [blank["name"] for blank in BLANK.finditer(text)]
        return not names or any(self._given(name) for name in names)

    def _given(self, name: str) -> bool:
        return self._facts.get(name) not in (None, SKIPPED, "")

    def _value(self, name: str, form: str | None, short: bool) -> str:
        kind, question = self._kinds.get(name, "text"), self._questions.get(name)
        if form == "勾选" and question is not None:
            if not self._given(name):
                self.missing[name] = None
            return boxes(question, self._facts.get(name))
        if not self._given(name):
            self.missing[name] = None
            return SHORT if short else _EMPTY.get(kind, SHORT)
        value = self._facts[name]
        if form == "大写":
            amount = as_number(value)
            return in_words(amount) if amount is not None and 0 <= amount < LARGEST else LONG
        return shown(value, kind, question.choices if question else {})


def boxes(question: PaperQuestion, value: object) -> str:
    """□男 ■女."""
    if question.kind == "boolean":
        ticked = {"yes": value is True, "no": value is False}
        choices: Mapping[str, str] = {"yes": "是", "no": "否"}
    else:
        ticked = {name: name == value for name in question.choices}
        choices = question.choices
    return "　".join(f"{TICKED if ticked[name] else OPEN}{label}" for name, label in choices.items())


def shown(value: object, kind: str, choices: Mapping[str, str]) -> str:
    """A value as a paper writes it. What does not look like its kind is written as it was said."""
    if isinstance(value, bool):
        return "是" if value else "否"
    text = clean(str(value))
    if kind == "choice":
        return choices.get(text, text)
    if kind in ("money", "number"):
        amount = as_number(value)
        return text if amount is None else figures(amount) if kind == "money" else _plain(amount)
    if kind in ("date", "month"):
        return day_in_words(text)
    return text


def day_in_words(text: str) -> str:
    """2026-03-01 -> 2026年3月1日, 2026-03 -> 2026年3月; anything else as it is."""
    match = re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text, re.ASCII)
    if match is None:
        return text
    return f"{match[1]}年{int(match[2])}月" + (f"{int(match[3])}日" if match[3] else "")


def as_number(value: object) -> Decimal | None:
    """A number of a size that occurs, or None."""
    if isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value).strip().replace(",", ""))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < LARGEST else None


def as_day(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None


def clean(text: str) -> str:
    """Without what no file can hold and no paper should: control characters, emoji."""
    text = _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "".join(c for c in text if ord(c) < 0x10000 or unicodedata.category(c) == "Lo").replace("\ufe0f", "").strip()


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"

"""Filling: a template and the answers become a paper."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from desk.papers.amounts import figures
from desk.papers.conditions import holds
from desk.papers.identity import age, from_identity_number
from desk.papers.paper import Block, Closing, Grid, Heading, Lines, Numbered, Paper, Paragraph, Signature
from desk.papers.sums import Sum, work_out
from desk.papers.template_file import BlockFile, EvidenceKind, ListTable
from desk.papers.templates import DERIVED, Template
from desk.papers.wording import SHORT, Wording, as_day, clean, day_in_words
from desk.questions import SKIPPED

_SUMS_HEADER = ("序号", "项目", "计算过程和依据", "金额（元）")
_SUMS_WIDTHS = (8, 21, 53, 18)
_BETWEEN_ITEMS = re.compile(r"[、，,；;\n]+|还有")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def fill(template: Template, answers: Mapping[str, Any], today: dt.date) -> Paper:
    """The paper, in whatever completeness the answers allow: what is missing stays a visible blank, nothing raises.

    `answers` are by the questions' names, in the form that desk.questions.read_answer gives; others are ignored. `today`
    is the day in the worker's zone.
    """
    questions = {q.name: q for q in template.questions}
    facts = _facts({name: answers[name] for name in questions if answers.get(name) not in (None, SKIPPED, "")}, today)
    sums, dates = work_out(template.file.sums, facts), work_out(template.file.dates, facts)
    total = _total(sums)
    # A sum that is due counts as given even where its amount must be left blank; a day only when it is known.
    conditions = facts | {each.name: True for each in sums} | {each.name: True for each in dates if each.value is not None}
    facts |= {each.name: each.value for each in [*sums, *dates] if each.value is not None}
    if total is not None:
        facts["total"] = conditions["total"] = total
    kinds = DERIVED | {q.name: q.kind for q in questions.values()}
    kinds |= {each.name: "money" for each in template.file.sums} | {each.name: "date" for each in template.file.dates}
    body = _Body(Wording(facts, questions, kinds), conditions, sums, template.evidence)
    blocks = [block for part in template.file.body if holds(part.when, conditions) for block in body.blocks(part)]
    labels = {name: q.label for name, q in questions.items()} | {s.name: s.title for s in sums} | {"total": "合计金额"}
    return Paper(
        template.name,
        template.title,
        today,
        tuple(blocks),
        tuple(dict.fromkeys(labels[name] for name in body.wording.missing if name in labels)),
        _notes(template, Wording(facts, questions, kinds), conditions, [*sums, *dates]),
        tuple(dict.fromkeys(f"{each.title}：{line}" for each in [*sums, *dates] if each.value is not None for line in each.reading)),
    )


def _facts(given: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """The answers with what follows from them."""
    facts: dict[str, Any] = from_identity_number(given.get("worker_id_number")) | given
    born = as_day(facts.get("worker_birth"))
    if born is not None and born <= today:
        facts["worker_age"] = age(born, today)
    facts["today"] = today.isoformat()
    facts["until"] = facts.get("end", facts["today"])
    facts["respondents"] = 2 if facts.get("second_employer") else 1
    return facts


def _total(sums: Sequence[Sum]) -> Decimal | None:
    """The sum of the sums, where all of them are known."""
    values = [each.value for each in sums]
    amounts = [value for value in values if isinstance(value, Decimal)]
    return sum(amounts, Decimal(0)) if amounts and len(amounts) == len(values) else None


def _notes(template: Template, wording: Wording, conditions: Mapping[str, object], calculated: Sequence[Sum]) -> tuple[str, ...]:
    notes = [wording.fill(note.text) for note in template.file.notes if holds(note.when, conditions)]
    if "worker_id_number" in conditions and not from_identity_number(conditions["worker_id_number"]):
        notes.append("身份证号码好像少写或写错了一位，请对着证件核对。")
    notes += [f"“{each.title}”没有算出来：{each.problem}" for each in calculated if each.problem]
    return tuple(dict.fromkeys(notes))


class _Body:
    """Renders the parts of one template's body."""

    def __init__(self, wording: Wording, conditions: Mapping[str, object], sums: Sequence[Sum], evidence: Sequence[EvidenceKind]) -> None:
        self.wording = wording
        self._conditions, self._sums, self._evidence = conditions, sums, evidence

    def blocks(self, part: BlockFile) -> list[Block]:
        if part.heading is not None:
            return [Heading(self.wording.fill(part.heading))]
        if part.text is not None:
            return self._text(part, part.text)
        if part.numbered is not None:
            said = [self.wording.fill(item.text) for item in part.numbered if holds(item.when, self._conditions)]
            return [Numbered(tuple([*said, *[SHORT * 6] * (part.least - len(said))]))]
        if part.form is not None:
            rows = [row.cells for row in part.form if holds(row.when, self._conditions)]
            return [Grid(tuple(tuple(self.wording.fill(cell, short=True) for cell in row) for row in rows), tuple(part.widths), False)]
        if part.listing is not None:
            return [self._listing(part.listing)]
        if part.sums is not None:
            return self._calculations(part.sums)
        if part.closing is not None:
            return [Closing(self.wording.fill(part.closing))]
        return [Signature(tuple(self.wording.fill(line) for line in part.signature or []))]

    def _text(self, part: BlockFile, text: str) -> list[Block]:
        said = self.wording.fill(text)
        if part.lines and not self.wording.filled(text):
            return [Lines(part.lines)]
        return [Paragraph(line, part.indent) for line in said.split("\n") if line.strip()]

    def _listing(self, listing: ListTable) -> Grid:
        said = self.wording.fill(f"{{{listing.of}}}") if self.wording.filled(f"{{{listing.of}}}") else ""
        items = [item for each in _BETWEEN_ITEMS.split(said) if (item := each.strip("。. 　"))]
        if not items:
            self.wording.missing[listing.of] = None
        rows = [self._row(listing.row, number, item) for number, item in enumerate(items, 1)]
        blank = [
            tuple(str(number) if cell == "{number}" else "" for cell in listing.row) for number in range(len(items) + 1, listing.least + 1)
        ]
        return Grid((tuple(listing.columns), *rows, *blank), tuple(listing.widths), True)

    def _row(self, cells: Sequence[str], number: int, item: str) -> tuple[str, ...]:
        kind = next((kind for kind in self._evidence if any(word in item for word in kind.words)), None)
        words = {"{number}": str(number), "{item}": item, "{source}": kind.source if kind else "", "{proves}": kind.proves if kind else ""}
        return tuple(words.get(cell, cell) for cell in cells)

    def _calculations(self, heading: str) -> list[Block]:
        """The table of amounts and how each came about; nothing where there is no amount to speak of."""
        if not self._sums:
            return []
        rows = [_SUMS_HEADER]
        for number, each in enumerate(self._sums, 1):
            basis = self.wording.fill("\n".join(each.steps))
            law = f"依据：{'、'.join(each.law)}" if each.law else ""
            how = "\n".join(line for line in (_ISO_DAY.sub(lambda day: day_in_words(day[0]), basis), law) if line)
            amount = figures(each.value) if isinstance(each.value, Decimal) else SHORT
            rows.append((str(number), each.title, how, amount))
        total = self.wording.fill("{total}", short=True)
        rows.append(("", "合计", f"人民币{self.wording.fill('{total:大写}', short=True)}", total))
        return [Heading(clean(heading)), Grid(tuple(rows), _SUMS_WIDTHS, True)]

"""One file of data/papers: what a lawyer writes. data/papers/README.md says what each key means."""

from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from desk.services import QuestionFile


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _row(value: object) -> object:
    return {"cells": value} if isinstance(value, list) else value


def _item(value: object) -> object:
    return {"text": value} if isinstance(value, str) else value


Conditions = Annotated[list[str], BeforeValidator(_listed)]
Names = Annotated[list[str], BeforeValidator(_listed)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class PaperQuestion(QuestionFile):
    """A question as services ask it, asked only `when` it matters."""

    when: Conditions = Field(default_factory=list)


class SharedQuestion(_Strict):
    """A question of shared/questions.yaml by its name. What stands here replaces what stands there."""

    use: str
    ask: str | None = None
    required: bool | None = None
    when: Conditions = []


class Said(_Strict):
    """A text with {blanks}, shown only `when`."""

    text: str
    when: Conditions = []


class Row(_Strict):
    cells: list[str]
    when: Conditions = []


class CalculatedFile(_Strict):
    """An amount or a day: from a calculator, or an amount that the worker gave."""

    name: str = Field(pattern=r"^[a-z_]+$")
    title: str = ""
    when: Conditions = []
    calculator: str | None = None
    inputs: dict[str, Names] = {}
    fixed: dict[str, str | bool] = {}
    take: str = "amount"
    # Unknown unless one of these was answered (a calculator takes a missing number of hours for none).
    any_of: Names = []
    times: str | None = None
    amount: str | None = None
    basis: str = ""

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.calculator is None) == (self.amount is None):
            raise ValueError(f"{self.name}: give either calculator or amount")
        return self


class ListTable(_Strict):
    """A table with a row for each item that an answer names. The row may use {number}, {item}, {source}, {proves}."""

    of: str
    columns: list[str]
    widths: list[int]
    row: list[str]
    least: int = 0

    @model_validator(mode="after")
    def _as_wide_as_its_columns(self) -> Self:
        if not len(self.columns) == len(self.widths) == len(self.row):
            raise ValueError("columns, widths and row must be of one length")
        return self


class BlockFile(_Strict):
    """One part of the body; exactly one of its kinds is given."""

    when: Conditions = []
    heading: str | None = None
    text: str | None = None
    numbered: list[Annotated[Said, BeforeValidator(_item)]] | None = None
    form: list[Annotated[Row, BeforeValidator(_row)]] | None = None
    listing: ListTable | None = None
    sums: str | None = None
    closing: str | None = None
    signature: list[str] | None = None
    # With text: how many ruled lines stand there when nothing was answered. With numbered: how many items at least.
    lines: int = 0
    least: int = 0
    indent: bool = True
    widths: list[int] = [21, 30, 17, 32]

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = ("heading", "text", "numbered", "form", "listing", "sums", "closing", "signature")
        if sum(getattr(self, kind) is not None for kind in kinds) != 1:
            raise ValueError(f"a part of the body is one of {', '.join(kinds)}")
        return self


class EvidenceKind(_Strict):
    """What a piece of evidence proves and where it comes from, by a word in its name."""

    words: list[str]
    source: str
    proves: str


class PaperFile(_Strict):
    name: str = Field(pattern=r"^[a-z_]+$")
    title: str
    topic: str
    intro: str
    questions: list[SharedQuestion | PaperQuestion]
    sums: list[CalculatedFile] = []
    dates: list[CalculatedFile] = []
    body: list[BlockFile]
    notes: list[Annotated[Said, BeforeValidator(_item)]] = []

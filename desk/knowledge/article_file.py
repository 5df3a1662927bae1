"""One article as it stands in data/knowledge: a YAML file, checked when it is read."""

import datetime as dt
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from desk.data_file import read_yaml
from desk.errors import Invalid

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
Line = Annotated[str, Field(min_length=2, max_length=200)]


class SourceRef(BaseModel):
    """What an answer rests on: a statute's article, or a document that has no numbered text at hand."""

    model_config = ConfigDict(extra="forbid")
    law: str
    article: str | None = None
    says: Line


class ArticleFile(BaseModel):
    """An answer to one question: plain words, steps, and the law behind them."""

    model_config = ConfigDict(extra="forbid")
    id: Slug
    topic: Annotated[str, Field(pattern=r"^[a-z_]+$")]
    title: Annotated[str, Field(min_length=4, max_length=40)]
    asks: Annotated[list[Line], Field(min_length=4, max_length=24)]
    answer: Annotated[str, Field(min_length=30, max_length=420)]
    steps: Annotated[list[Line], Field(max_length=7)] = []
    evidence: Annotated[list[Line], Field(max_length=8)] = []
    deadlines: Annotated[list[Line], Field(max_length=5)] = []
    costs: Line | None = None
    go: Annotated[list[Line], Field(max_length=5)] = []
    avoid: Annotated[list[Line], Field(max_length=5)] = []
    phones: list[
        Literal["12333", "12348", "12351", "12345", "12329", "12366", "110", "119", "120", "12355", "12356", "12338", "12350"]
    ] = []
    sources: list[SourceRef] = []
    region: str = "national"
    valid_from: dt.date
    valid_until: dt.date | None = None
    services: list[str] = []
    calculators: list[str] = []
    offer_person: bool = False
    # The way into its topic, offered to a story that no single answer fits.
    overview: bool = False
    # What this article adds to another's answer: `remark` is said when every line of `signs` is found in the worker's words
    # and the answer is of a topic of `beside` (its own topic where none is named; `any` is every one). desk/knowledge/remarks.py
    signs: Annotated[list[Annotated[str, Field(min_length=2, max_length=400)]], Field(max_length=5)] = []
    beside: Annotated[list[str], Field(max_length=12)] = []
    remark: Annotated[str, Field(min_length=10, max_length=160)] | None = None
    checked: bool

    @model_validator(mode="after")
    def _says_how_it_was_checked(self) -> "ArticleFile":
        if self.valid_until and self.valid_until <= self.valid_from:
            raise ValueError("valid_until must be later than valid_from")
        return self

    @model_validator(mode="after")
    def _says_when_it_remarks(self) -> "ArticleFile":
        if bool(self.signs) != bool(self.remark):
            raise ValueError("signs and remark belong together")
        return self


def read_article(path: Path) -> ArticleFile:
    """The article in the file `path`. Raises Invalid naming the file and the field."""
    try:
        article = ArticleFile.model_validate(read_yaml(path))
    except (yaml.YAMLError, ValidationError) as error:
        raise Invalid(f"{path}: {error}") from error
    if article.id != path.stem or article.topic != path.parent.name:
        raise Invalid(f"{path}: id must be the file's name and topic the folder's name")
    return article


def read_articles(folder: Path) -> list[ArticleFile]:
    """Every article below `folder`, in the order of their ids."""
    return sorted((read_article(p) for p in folder.glob("*/*.yaml")), key=lambda a: a.id)

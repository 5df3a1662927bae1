"""Paper: a filled-in paper, before it becomes a file. It knows no file format."""

import datetime as dt
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Heading:
    text: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph. `indent` sets its first line in by two characters."""

    text: str
    indent: bool = True


@dataclass(frozen=True)
class Numbered:
    """Items that are numbered from 1."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """A table. `widths` are shares of the width; the last cell of a shorter row spans the rest.

    With `header` the first row names the columns; without it the cells with an even place (0, 2) are labels, and a row
    of one cell names the part below it.
    """

    rows: tuple[tuple[str, ...], ...]
    widths: tuple[int, ...]
    header: bool


@dataclass(frozen=True)
class Lines:
    """Ruled lines to write on by hand."""

    count: int


@dataclass(frozen=True)
class Closing:
    """此致, and to whom."""

    to: str


@dataclass(frozen=True)
class Signature:
    """Where one signs and dates, at the right."""

    lines: tuple[str, ...]


Block = Heading | Paragraph | Numbered | Grid | Lines | Closing | Signature


@dataclass(frozen=True)
class Paper:
    """A paper to hand in.

    `missing` are the labels of what was left blank. `notes` (what to do with it) and `doubts` (how the law was read where it
    leaves room) are for the worker to hear and never stand in the paper itself. The contents stay out of repr(): they are
    somebody's name, number and story.
    """

    name: str
    title: str
    date: dt.date
    blocks: tuple[Block, ...] = field(repr=False)
    missing: tuple[str, ...]
    notes: tuple[str, ...] = field(repr=False)
    doubts: tuple[str, ...] = field(repr=False)

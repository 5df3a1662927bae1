"""Where the templates are, and everything that a paper says, as text."""

import datetime as dt
from pathlib import Path

from desk.papers.paper import Closing, Grid, Heading, Lines, Numbered, Paper, Paragraph

FOLDER = Path(__file__).resolve().parents[3] / "data" / "papers"
TODAY = dt.date(2026, 11, 21)


def said(paper: Paper) -> str:
    parts: list[str] = [paper.title]
    for block in paper.blocks:
        if isinstance(block, Heading | Paragraph):
            parts.append(block.text)
        elif isinstance(block, Numbered):
            parts += [f"{number}. {item}" for number, item in enumerate(block.items, 1)]
        elif isinstance(block, Grid):
            parts += ["\t".join(row) for row in block.rows]
        elif isinstance(block, Closing):
            parts += ["此致", block.to]
        elif isinstance(block, Lines):
            parts.append("＿" * block.count)
        else:
            parts += block.lines
    return "\n".join(parts)

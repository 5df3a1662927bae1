"""The DOCX and the PDF: they open, they hold the facts, they are A4."""

import datetime as dt
import re
from io import BytesIO
from typing import Any

import pytest
from docx import Document
from docx.shared import Cm
from pypdf import PdfReader

from desk.papers.docx import render_docx
from desk.papers.filling import fill
from desk.papers.paper import Paper
from desk.papers.pdf import render_pdf
from desk.papers.templates import Papers
from tests.unit.papers.reading import said

NAMES = ("labour_arbitration_application", "evidence_list", "wage_arrears_complaint", "legal_aid_application", "resignation_notice")


def _docx_text(content: bytes) -> str:
    document = Document(BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def _pdf_text(content: bytes) -> str:
    return re.sub(r"第 \d+ 页|\s", "", "".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


@pytest.fixture(params=[(name, full) for name in NAMES for full in (True, False)], ids=lambda p: f"{p[0]}-{'full' if p[1] else 'empty'}")
def paper(request: pytest.FixtureRequest, papers: Papers, answers: dict[str, Any], today: dt.date) -> Paper:
    name, full = request.param
    return fill(papers.named(name), answers if full else {}, today)


def test_the_docx_says_what_the_paper_says(paper: Paper) -> None:
    content = render_docx(paper)
    document, text = Document(BytesIO(content)), _docx_text(content)
    for line in said(paper).split("\n"):
        if "＿" not in line:
            assert all(part in text for part in line.split("\t"))
    assert "＿＿＿＿" in text
    section = document.sections[0]
    assert section.page_width == pytest.approx(Cm(21), abs=Cm(0.01))
    assert section.page_height == pytest.approx(Cm(29.7), abs=Cm(0.01))
    assert document.core_properties.title == paper.title
    assert document.core_properties.author == ""


def test_the_pdf_says_what_the_paper_says(paper: Paper) -> None:
    content = render_pdf(paper)
    reader, text = PdfReader(BytesIO(content)), _pdf_text(content)
    for page in reader.pages:
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
    for part in re.split(r"[\n\t]", said(paper)):
        if "＿" not in part:
            assert re.sub(r"\s", "", part) in text
    assert "＿＿＿＿" in text
    assert "王小虎" not in str(reader.metadata)
    assert len(content) < 60_000


def test_the_same_paper_gives_the_same_pdf(paper: Paper) -> None:
    assert render_pdf(paper) == render_pdf(paper)


def test_long_and_odd_texts_fit(papers: Papers, answers: dict[str, Any], today: dt.date) -> None:
    odd = answers | {
        "story": "我在工地干活，" * 200 + "<b>&没有结束", "employer_name": "a" * 200, "worker_address": "很长的地址" * 60,
        "evidence": "、".join(f"证据{i}" for i in range(60)), "worker_name": "𠮷田\x00😀",
    }  # fmt: skip
    paper = fill(papers.named("labour_arbitration_application"), odd, today)
    text = _pdf_text(render_pdf(paper))
    assert "<b>&没有结束" in text
    assert "证据59" in text
    assert "〓田" in text
    assert "𠮷田" in _docx_text(render_docx(paper))
    assert "😀" not in said(paper)

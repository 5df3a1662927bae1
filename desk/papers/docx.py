"""A paper as a DOCX file, to be changed in any word processor."""

import datetime as dt
from io import BytesIO

from docx import Document
from docx.document import Document as Doc
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph as Line

from desk.papers.paper import Block, Closing, Grid, Heading, Lines, Numbered, Paper, Paragraph, Signature

SONG, HEI = "宋体", "黑体"  # every Chinese word processor has them or knows what to put in their place
BODY, SMALL, HEAD, TITLE = Pt(12), Pt(10.5), Pt(14), Pt(20)
WIDTH = Cm(21 - 2 * 2.6)
RULE = "＿" * 36


def render_docx(paper: Paper) -> bytes:
    """The file's bytes: A4, the title in the middle, page numbers below."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.5)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = SONG, BODY
    properties = normal.element.get_or_add_rPr()
    properties.get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
    language = OxmlElement("w:lang")
    language.set(qn("w:eastAsia"), "zh-CN")
    properties.append(language)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(0), 1.5
    _about(document, paper)
    _page_number(section.footer.paragraphs[0])
    title = document.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_after = Pt(14)
    _write(title, paper.title, TITLE, HEI, bold=True)
    for block in paper.blocks:
        _add(document, block)
    file = BytesIO()
    document.save(file)
    return file.getvalue()


def _about(document: Doc, paper: Paper) -> None:
    """The file's properties: the title and the day, and nobody's name."""
    day = dt.datetime.combine(paper.date, dt.time(), dt.UTC)
    about = document.core_properties
    about.title, about.author, about.comments, about.language = paper.title, "", "", "zh-CN"
    about.created = about.modified = day


def _add(document: Doc, block: Block) -> None:
    if isinstance(block, Heading):
        line = document.add_paragraph()
        line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(10), Pt(4)
        line.paragraph_format.keep_with_next = True
        _write(line, block.text, HEAD, HEI, bold=True)
    elif isinstance(block, Paragraph):
        line = document.add_paragraph()
        if block.indent:
            line.paragraph_format.first_line_indent = BODY * 2
        _write(line, block.text)
    elif isinstance(block, Numbered):
        for number, item in enumerate(block.items, 1):
            line = document.add_paragraph()
            line.paragraph_format.left_indent, line.paragraph_format.first_line_indent = Pt(24), Pt(-18)
            _write(line, f"{number}. {item}")
    elif isinstance(block, Grid):
        _add_grid(document, block)
    elif isinstance(block, Lines):
        for _ in range(block.count):
            _write(document.add_paragraph(), RULE)
    elif isinstance(block, Closing):
        line = document.add_paragraph()
        line.paragraph_format.first_line_indent, line.paragraph_format.space_before = BODY * 2, Pt(10)
        line.paragraph_format.keep_with_next = True
        _write(line, "此致")
        to = document.add_paragraph()
        to.paragraph_format.keep_with_next = True
        _write(to, block.to)
    else:
        _add_signature(document, block)


def _add_signature(document: Doc, block: Signature) -> None:
    for place, text in enumerate(block.lines):
        line = document.add_paragraph()
        line.paragraph_format.left_indent = Cm(6.5)
        line.paragraph_format.keep_together = True
        line.paragraph_format.keep_with_next = place + 1 < len(block.lines)
        line.paragraph_format.space_before = Pt(16 if place == 0 else 6)
        _write(line, text)


def _add_grid(document: Doc, grid: Grid) -> None:
    table = document.add_table(rows=len(grid.rows), cols=len(grid.widths))
    table.style = "Table Grid"
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    widths = [Emu(int(WIDTH * share / sum(grid.widths))) for share in grid.widths]
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row, texts in zip(table.rows, grid.rows, strict=True):
        _keep_whole(row._tr)
        cells = row.cells
        for cell, width in zip(cells, widths, strict=True):
            cell.width = width
        last = len(texts) - 1
        if last + 1 < len(widths):
            cells[last].merge(cells[-1])
        head = grid.header and texts is grid.rows[0]
        for place, text in enumerate(texts):
            label = head or (not grid.header and place % 2 == 0)
            _write_cell(cells[place], text, label=label, bold=head or len(texts) == 1)
    if grid.header:
        _repeat(table.rows[0]._tr)
    document.add_paragraph().paragraph_format.line_spacing = Pt(8)


def _write_cell(cell: _Cell, text: str, *, label: bool, bold: bool) -> None:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    parts = text.split("\n")
    for place, part in enumerate(parts):
        line = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        line.paragraph_format.line_spacing = 1.25
        line.paragraph_format.space_before = Pt(3 if place == 0 else 0)
        line.paragraph_format.space_after = Pt(3 if place == len(parts) - 1 else 0)
        if label:
            line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        _write(line, part, SMALL, bold=bold)


def _write(line: Line, text: str, size: Pt = BODY, font: str = SONG, *, bold: bool = False) -> None:
    run = line.add_run(text)
    run.font.size, run.font.name, run.bold = size, font, bold
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _keep_whole(row: object) -> None:
    """A row stays on one page."""
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # type: ignore[attr-defined]


def _repeat(row: object) -> None:
    """The first row stands again on each page."""
    row.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # type: ignore[attr-defined]


def _page_number(line: Line) -> None:
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = line.add_run()
        run.font.size = Pt(9)
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._element.append(mark)

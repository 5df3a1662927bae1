"""A paper as a PDF file, to be printed or sent as it stands.

The letters are STSong-Light, one of the Chinese fonts that every reader of PDF brings or replaces by its own; it is not
embedded, so a paper is a few kilobytes. Characters beyond the basic plane (rare names) are not in it: they are shown as 〓,
and the DOCX has them.
"""

from io import BytesIO
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import cm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import CondPageBreak, Flowable, KeepTogether, SimpleDocTemplate, Spacer, Table, TableStyle
from reportlab.platypus import Paragraph as Text

from desk.papers.line_breaking import break_lines
from desk.papers.paper import Block, Closing, Grid, Heading, Lines, Numbered, Paper, Paragraph

FONT = "STSong-Light"
MARGIN = 2.6 * cm
WIDTH = A4[0] - 2 * MARGIN
_BASE = {"fontName": FONT, "wordWrap": "CJK"}
TITLE = ParagraphStyle("title", fontSize=20, leading=28, alignment=TA_CENTER, spaceAfter=14, **_BASE)
HEADING = ParagraphStyle("heading", fontSize=14, leading=22, spaceBefore=10, spaceAfter=4, **_BASE)
BODY = ParagraphStyle("body", fontSize=12, leading=21, **_BASE)
INDENTED = ParagraphStyle("indented", parent=BODY, firstLineIndent=24)
ITEM = ParagraphStyle("item", parent=BODY, leftIndent=22, firstLineIndent=-16)
CELL = ParagraphStyle("cell", fontSize=10.5, leading=16, **_BASE)
LABEL = ParagraphStyle("label", parent=CELL, alignment=TA_CENTER)
SIGNED = ParagraphStyle("signed", parent=BODY, leftIndent=6.5 * cm, spaceBefore=8)
RULE = "＿" * 37
# What the page's frame and a table's cells keep free at each side.
_FRAME, _PADDING = 6, 5


def render_pdf(paper: Paper) -> bytes:
    """The file's bytes: A4, the title in the middle, page numbers below. The same paper gives the same bytes."""
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    file = BytesIO()
    document = SimpleDocTemplate(
        file, pagesize=A4, leftMargin=MARGIN - _FRAME, rightMargin=MARGIN - _FRAME, topMargin=2.4 * cm, bottomMargin=2.2 * cm,
        title=paper.title, author="", creator="UnionDesk", lang="zh-CN", invariant=1,
    )  # fmt: skip
    flow: list[Flowable] = [_text(paper.title, TITLE)]
    for block in paper.blocks:
        flow += _flow(block)
    document.build(flow, onFirstPage=_number, onLaterPages=_number)
    return file.getvalue()


def _number(canvas: Canvas, document: SimpleDocTemplate) -> None:
    canvas.setFont(FONT, 9)
    canvas.drawCentredString(A4[0] / 2, 1.3 * cm, f"第 {document.page} 页")


def _flow(block: Block) -> list[Flowable]:
    if isinstance(block, Heading):
        return [CondPageBreak(2.5 * cm), _text(block.text, HEADING)]
    if isinstance(block, Paragraph):
        return [_text(block.text, INDENTED if block.indent else BODY)]
    if isinstance(block, Numbered):
        return [_text(f"{number}. {item}", ITEM) for number, item in enumerate(block.items, 1)]
    if isinstance(block, Grid):
        return [_table(block), Spacer(1, 8)]
    if isinstance(block, Lines):
        return [_text(RULE, BODY) for _ in range(block.count)]
    if isinstance(block, Closing):
        return [CondPageBreak(6 * cm), Spacer(1, 8), _text("此致", INDENTED), _text(block.to, BODY)]
    return [KeepTogether([Spacer(1, 10), *[_text(line, SIGNED) for line in block.lines]])]


def _table(grid: Grid) -> Table:
    columns = [WIDTH * share / sum(grid.widths) for share in grid.widths]
    rows, spans = [], []
    for number, cells in enumerate(grid.rows):
        last = len(cells) - 1
        widths = [*columns[:last], sum(columns[last:])]
        styles = [_cell_style(grid, number, place, len(cells)) for place in range(len(cells))]
        texts = [_text(cell, style, width - 2 * _PADDING) for cell, style, width in zip(cells, styles, widths, strict=True)]
        rows.append([*texts, *[""] * (len(columns) - len(cells))])
        spans.append(("SPAN", (last, number), (-1, number)))
    table = Table(rows, columns, repeatRows=int(grid.header))
    lines = [("GRID", (0, 0), (-1, -1), 0.6, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("TOPPADDING", (0, 0), (-1, -1), 4)]
    lines += [
        ("BOTTOMPADDING", (0, 0), (-1, -1), 6),
        ("LEFTPADDING", (0, 0), (-1, -1), _PADDING),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PADDING),
    ]
    table.setStyle(TableStyle([*lines, *spans]))
    return table


def _cell_style(grid: Grid, row: int, place: int, cells: int) -> ParagraphStyle:
    label = row == 0 if grid.header else place % 2 == 0 or cells == 1
    return LABEL if label else CELL


def _text(text: str, style: ParagraphStyle, width: float = WIDTH) -> Text:
    shown = "".join(char if ord(char) < 0x10000 else "〓" for char in text)
    room = width - style.leftIndent - style.rightIndent
    lines = break_lines(shown, lambda part: float(pdfmetrics.stringWidth(part, FONT, style.fontSize)), room, room - style.firstLineIndent)
    return Text("<br/>".join(escape(line) for line in lines), style)

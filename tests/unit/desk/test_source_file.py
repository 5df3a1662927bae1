"""Files of every kind read into passages, and every kind of bad file refused with its name and a way out."""

import contextlib
import io
import random
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from pypdf import PdfReader, PdfWriter
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from desk.errors import Invalid
from desk.knowledge import source_file, source_pdf
from desk.knowledge.source_file import Reading, read_source

BODY = "会员登记满一年，因患重病住院，可以向所在的基层工会申请一次性帮扶金，由区总工会在十五个工作日内审核并且答复本人。"


def texts(reading: Reading) -> list[tuple[str, str]]:
    return [(passage.place, passage.text.strip()) for passage in reading.passages]


# --- Markdown and text -----------------------------------------------------------------------------------------------


def test_markdown_keeps_its_words_and_drops_its_marks() -> None:
    text = "# 帮扶办法\n<!-- 内部\n备注 -->\n## 一、对象\n> **会员**，详见[网站](http://example.org/a)。\n\n| 项目 | 元 |\n|---|---|\n| 住院 | 2000 |\n---\n"
    found = read_source("办法.md", text.encode())
    assert texts(found) == [("一", "会员，详见网站。\n| 项目 | 元 |\n| 住院 | 2000 |")]
    assert found.passages[0].headings == "帮扶办法\n一、对象"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
def test_text_in_every_encoding_that_a_union_writes(encoding: str) -> None:
    assert texts(read_source("a.txt", f"一、{BODY}\r\n二、{BODY}".encode(encoding))) == [("一", f"一、{BODY}"), ("二", f"二、{BODY}")]


# --- DOCX ------------------------------------------------------------------------------------------------------------


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_docx_with_headings_and_tables_in_the_order_of_the_text() -> None:
    document = docx.Document()
    document.add_heading("帮扶办法", 1)
    document.add_heading("申请条件", 2)
    document.add_paragraph(BODY)
    table = document.add_table(2, 2)
    for row, words in zip(table.rows, (("项目", "金额"), ("住院", "二千元")), strict=True):
        for cell, word in zip(row.cells, words, strict=True):
            cell.text = word
    document.add_heading("办理时限", 2)
    document.add_paragraph("十五个工作日。")
    assert texts(read_source("办法.docx", saved(document))) == [
        ("申请条件", f"{BODY}\n项目　金额\n住院　二千元"),
        ("办理时限", "十五个工作日。"),
    ]


NUMBERING = """<w:abstractNum {ns} w:abstractNumId="77"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/>
<w:lvlText w:val="第%1条"/></w:lvl><w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>"""


def test_docx_says_the_numbers_that_word_counts_by_itself() -> None:
    document = docx.Document()
    numbering = document.part.numbering_part.element
    numbering.insert(0, parse_xml(NUMBERING.format(ns=nsdecls("w"))))
    numbering.append(parse_xml(f'<w:num {nsdecls("w")} w:numId="77"><w:abstractNumId w:val="77"/></w:num>'))
    for level, text in (
        (0, "为了帮扶会员，制定本办法。"),
        (0, "下列会员可以申请："),
        (1, "患病的；"),
        (1, "受灾的。"),
        (0, "本办法由区总工会解释。"),
    ):
        properties = document.add_paragraph(text)._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="77"/></w:numPr>'))
    assert texts(read_source("办法.docx", saved(document))) == [
        ("第一条", "第一条 为了帮扶会员，制定本办法。"),
        ("第二条", "第二条 下列会员可以申请：\n（一）患病的；\n（二）受灾的。"),
        ("第三条", "第三条 本办法由区总工会解释。"),
    ]


def test_docx_with_tracked_changes_says_what_is_there_now() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("补助")._p
    ns = nsdecls("w")
    paragraph.append(parse_xml(f'<w:del {ns} w:id="1" w:author="a"><w:r><w:delText>一千</w:delText></w:r></w:del>'))
    paragraph.append(parse_xml(f'<w:ins {ns} w:id="2" w:author="a"><w:r><w:t>二千</w:t></w:r></w:ins>'))
    paragraph.append(parse_xml(f"<w:r {ns}><w:t>元。</w:t></w:r>"))
    assert texts(read_source("办法.docx", saved(document))) == [("第1段", "补助二千元。")]


# --- PDF -------------------------------------------------------------------------------------------------------------


def pdf(*pages: list[str], header: str = "", numbers: bool = False) -> bytes:
    """A PDF with these lines on each page."""
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    out = io.BytesIO()
    canvas = Canvas(out, A4)
    for number, lines in enumerate(pages, 1):
        canvas.setFont("STSong-Light", 12)
        if header:
            canvas.drawString(60, 800, header)
        for i, line in enumerate(lines):
            canvas.drawString(60, 760 - 20 * i, line)
        if numbers:
            canvas.drawString(290, 40, f"— {number} —")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def wrapped(text: str, width: int = 30) -> list[str]:
    return [text[i : i + width] for i in range(0, len(text), width)]


def test_pdf_lines_are_made_whole_and_page_furniture_is_dropped() -> None:
    first = [
        "关于帮扶的办法",
        *wrapped(f"第一条　{BODY}"),
        *wrapped("第二条　下列情形可以申请，但应当先由所在的基层工会核实情况，并且在本单位公示五天，"),
    ]
    content = pdf(
        first,
        [*wrapped("无人提出意见的，再报送区总工会审核批准。"), "（一）患病；", "（二）受灾。"],
        ["第三条　本办法由区总工会解释。"],
        header="测试区总工会文件",
        numbers=True,
    )
    assert texts(read_source("办法.pdf", content)) == [
        ("第1页", "测试区总工会文件\n关于帮扶的办法"),
        ("第一条（第1页）", f"第一条 {BODY}"),
        ("第二条（第1–2页）", "第二条 下列情形可以申请，但应当先由所在的基层工会核实情况，并且在本单位公示五天，无人提出意见的，再报送区总工会审核批准。\n（一）患病；\n（二）受灾。"),
        ("第三条（第3页）", "第三条 本办法由区总工会解释。"),
    ]  # fmt: skip


def test_a_number_in_the_last_line_is_no_page_number() -> None:
    assert texts(read_source("表.pdf", pdf(["住院补助（元）：", "2000"], ["受灾补助（元）：", "3500"]))) == [
        ("第1–2页", "住院补助（元）：\n2000\n受灾补助（元）：\n3500")
    ]


def test_pdf_as_a_browser_prints_it_is_in_the_characters_that_were_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    pages = [
        "第⼀条  职⼯住院满 3 ⽇的，由⼯会慰问：\n( ⼀ ) 本⼈；\n( ⼆ ) ⻓辈。\n资料汇编\n第 1 页 共 2 页",
        "第⼆条  按⽉办理。\n资料汇编\n第 2 页 共 2 页",
    ]
    monkeypatch.setattr(source_pdf, "_page_texts", lambda filename, content: pages)
    assert texts(read_source("办法.pdf", b"%PDF")) == [
        ("第一条（第1页）", "第一条 职工住院满3日的，由工会慰问：\n(一)本人；\n(二)长辈。"),
        ("第二条（第2页）", "第二条 按月办理。"),
    ]


def test_a_page_without_text_is_remarked() -> None:
    found = read_source("办法.pdf", pdf([BODY], [], [BODY]))
    assert "第 2 页没有文字" in found.remark and [place for place, _ in texts(found)] == ["第1–3页"]
    assert read_source("办法.pdf", pdf([BODY])).remark == ""


# --- What cannot be used ---------------------------------------------------------------------------------------------


def encrypted(content: bytes) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(content)))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(out)
    return out.getvalue()


def zipped(**parts: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(
    ("filename", "content", "way_out"),
    [
        ("照片.png", b"\x89PNG", "DOCX 和 PDF"),
        ("旧文件.doc", b"\xd0\xcf\x11\xe0", "另存为 DOCX"),
        ("没有扩展名", b"x", "DOCX 和 PDF"),
        ("空.md", b" \n\r\n ", "空的"),
        ("只有记号.md", b"---\n<!-- nothing -->\n", "没有文字"),
        ("乱码.md", bytes(range(128, 256)) * 3, "UTF-8"),
        ("二进制.txt", b"a\0b", "UTF-8"),
        ("太大.md", b"x" * (source_file.MAX_BYTES + 1), "10 MB"),
        ("太碎.md", "\n".join(f"# 题目{n}\n会员。" for n in range(5001)).encode(), "分成几个文件"),
        ("坏.docx", b"PK\x03\x04 broken", "另存"),
        ("别的.docx", zipped(a=b"no Word in here"), "另存"),
        ("有密码.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 99, "去掉密码"),
        ("炸弹.docx", zipped(**{"word/document.xml": b"\0" * (101 * 1_048_576)}), "解开后太大"),
        ("不是.pdf", b"hello", "不是 PDF"),
        ("坏.pdf", b"%PDF-1.7\nnothing else", "另存为新的 PDF"),
        ("扫描.pdf", pdf([], []), "OCR"),
        ("有密码.pdf", encrypted(pdf([BODY])), "去掉密码"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_a_bad_file_is_refused_with_its_name_and_a_way_out(filename: str, content: bytes, way_out: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_source(filename, content)
    assert filename in refused.value.message and way_out in refused.value.message
    assert refused.value.facts == {"field": "file"}


def test_too_many_pages_and_too_much_text(monkeypatch: pytest.MonkeyPatch) -> None:
    content = pdf([BODY], [BODY], [BODY])
    monkeypatch.setattr(source_pdf, "MAX_PAGES", 2)
    with pytest.raises(Invalid, match="共 3 页，最多 2 页"):
        read_source("长.pdf", content)
    monkeypatch.setattr(source_pdf, "MAX_PAGES", 3)
    monkeypatch.setattr(source_pdf, "MAX_CHARACTERS", 100)
    with pytest.raises(Invalid, match="文字太多"):
        read_source("长.pdf", content)


def test_a_pdf_that_may_be_read_but_not_changed_is_read() -> None:
    writer, out = PdfWriter(), io.BytesIO()
    writer.append(PdfReader(io.BytesIO(pdf([BODY]))))
    writer.encrypt("", "owner", algorithm="RC4-128")
    writer.write(out)
    assert texts(read_source("只读.pdf", out.getvalue())) == [("第1页", BODY)]


@pytest.mark.parametrize("filename", ["a.pdf", "a.docx"])
def test_damage_anywhere_is_refused_and_never_a_crash(filename: str) -> None:
    document = docx.Document()
    document.add_paragraph(BODY)
    whole = bytearray(pdf([BODY]) if filename == "a.pdf" else saved(document))
    chance = random.Random(5)
    for _ in range(40):
        broken = whole[:]
        for _ in range(30):
            broken[chance.randrange(8, len(broken))] = chance.randrange(256)
        # It may still be readable; anything but Invalid is a bug.
        with contextlib.suppress(Invalid):
            read_source(filename, bytes(broken[: chance.randrange(len(broken) // 2, len(broken))]))

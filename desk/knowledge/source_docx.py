"""The paragraphs of a DOCX file, as Word shows them: with the numbers that Word counts by itself, tables row by row."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn

from desk.errors import Invalid
from desk.knowledge.cutting import Line
from desk.knowledge.statutes import article_name

# A file that unpacks to more than this is no paper. Declared sizes hold: the zip reader stops at them.
MAX_UNPACKED = 100 * 1_048_576
MAX_PARTS = 2_000

_HEADING_STYLE = re.compile(r"(?:heading|标题)\s*(\d)", re.IGNORECASE)
_CHINESE = (
    "chineseCounting",
    "chineseCountingThousand",
    "ideographDigital",
    "japaneseCounting",
    "taiwaneseCountingThousand",
    "taiwaneseCounting",
)
_CELL = "　"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"


def docx_lines(filename: str, content: bytes) -> list[Line]:
    """Every paragraph and table row in the order of the text. Raises Invalid."""
    _check_package(filename, content)
    try:
        document = docx.Document(io.BytesIO(content))
        # What a program that knows no text boxes would show in place of one: the same words once more.
        for double in list(document.element.body.iter(f"{_COMPATIBILITY}Fallback")):
            double.getparent().remove(double)
        numbers = _Numbers(document)
        return list(_lines(document, document.element.body, numbers))
    except Exception as error:
        # A damaged package fails anywhere in two libraries, with errors of any kind.
        raise Invalid(f"{filename}：文件已损坏或不是 DOCX，请用 Word 或 WPS 打开后另存一份再上传", field="file") from error


def _check_package(filename: str, content: bytes) -> None:
    if content[:4] == b"\xd0\xcf\x11\xe0":
        raise Invalid(f"{filename}：文件有密码，或是旧的 DOC 格式；请去掉密码、另存为 DOCX 再上传", field="file")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise Invalid(f"{filename}：文件已损坏或不是 DOCX，请用 Word 或 WPS 打开后另存一份再上传", field="file") from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED:
        raise Invalid(f"{filename}：解开后太大，请去掉图片和附件，只留文字再上传", field="file")


def _lines(document: Any, container: Any, numbers: "_Numbers") -> Iterator[Line]:
    for element in container:
        if element.tag == qn("w:p"):
            text = _text(element)
            if text:
                yield Line(numbers.before(element) + text, _level(document, element))
        elif element.tag == qn("w:tbl"):
            for row in element.xpath("./w:tr | ./w:sdt/w:sdtContent/w:tr"):
                cells = [
                    " ".join(_text(p) for p in cell.iter(qn("w:p"))).strip() for cell in row.xpath("./w:tc | ./w:sdt/w:sdtContent/w:tc")
                ]
                yield Line(_CELL.join(cell for cell in cells if cell))
        elif element.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
            yield from _lines(document, element, numbers)


def _text(paragraph: Any) -> str:
    """A paragraph's words, with what was inserted under tracking and without what was deleted."""
    parts = []
    for node in paragraph.iter(qn("w:t"), qn("w:tab"), qn("w:br"), qn("w:cr")):
        if node.tag == qn("w:t"):
            parts.append(node.text or "")
        elif node.getparent().tag == qn("w:r"):
            parts.append(" ")
    return "".join(parts).strip()


def _level(document: Any, paragraph: Any) -> int:
    """Of a heading, by its style or its outline level; 0 for none."""
    style = document.styles.get_by_id(paragraph.style, 1) if paragraph.style else None
    while style is not None:
        if found := _HEADING_STYLE.match(style.name or ""):
            return int(found[1])
        style = style.base_style
    outline = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    level = int(outline.get(qn("w:val"))) + 1 if outline is not None else 0
    return level if level <= 6 else 0


class _Numbers:
    """Word's automatic numbers (第一条, （二）, 3.), counted along the text: the file itself holds only their pattern."""

    def __init__(self, document: Any) -> None:
        self._styles = document.styles
        self._counts: dict[str, dict[int, int]] = defaultdict(dict)
        self._lists: dict[str, tuple[str, dict[int, Any]]] = {}
        part = next((rel.target_part for rel in document.part.rels.values() if rel.reltype.endswith("/numbering")), None)
        root = part.element if part is not None else None
        if root is None:
            return
        patterns = {
            a.get(qn("w:abstractNumId")): {int(v.get(qn("w:ilvl"))): v for v in a.findall(qn("w:lvl"))}
            for a in root.findall(qn("w:abstractNum"))
        }
        for num in root.findall(qn("w:num")):
            pattern = num.find(qn("w:abstractNumId")).get(qn("w:val"))
            number = num.get(qn("w:numId"))
            # A list that starts anew counts for itself; others of one pattern go on counting together.
            own = number if num.find(f"{qn('w:lvlOverride')}/{qn('w:startOverride')}") is not None else f"pattern {pattern}"
            self._lists[number] = (own, patterns.get(pattern, {}))

    def before(self, paragraph: Any) -> str:
        """What Word writes before a paragraph, or nothing."""
        number, level = self._list_of(paragraph)
        if number not in self._lists:
            return ""
        own, levels = self._lists[number]
        if level not in levels:
            return ""
        counts = self._counts[own]
        counts[level] = counts[level] + 1 if level in counts else _start(levels[level])
        for deeper in [known for known in counts if known > level]:
            del counts[deeper]
        form, text = _value(levels[level], "w:numFmt"), _value(levels[level], "w:lvlText")
        if form == "bullet":
            return "· "
        if form == "none":
            return ""
        for at in range(level + 1):
            count = counts.get(at, _start(levels[at]) if at in levels else 1)
            text = text.replace(f"%{at + 1}", _written(count, _value(levels[at], "w:numFmt") if at in levels else "decimal"))
        return text if text.endswith(("、", "）", ")")) else f"{text} "

    def _list_of(self, paragraph: Any) -> tuple[str, int]:
        """The list and the level that a paragraph, or its style, stands in."""
        properties = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
        style = self._styles.get_by_id(paragraph.style, 1) if properties is None and paragraph.style else None
        while properties is None and style is not None:
            properties = style.element.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            style = style.base_style
        if properties is None:
            return "", 0
        number, level = properties.find(qn("w:numId")), properties.find(qn("w:ilvl"))
        return (number.get(qn("w:val")) if number is not None else ""), (int(level.get(qn("w:val"))) if level is not None else 0)


def _value(level: Any, name: str) -> str:
    found = level.find(qn(name))
    return str(found.get(qn("w:val")) or "") if found is not None else ""


def _start(level: Any) -> int:
    return int(_value(level, "w:start") or 1)


def _written(count: int, form: str) -> str:
    if form in _CHINESE and 0 < count < 1000:
        return article_name(count)[1:-1]
    if form in ("lowerLetter", "upperLetter") and 0 < count <= 26:
        return chr((97 if form == "lowerLetter" else 65) + count - 1)
    if form == "decimalEnclosedCircleChinese" and 0 < count <= 20:
        return chr(0x2460 + count - 1)
    return str(count)

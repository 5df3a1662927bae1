"""A paper of the union's own, read from its file: Markdown, plain text, DOCX or PDF, cut into passages that can be quoted."""

import re
from dataclasses import dataclass
from pathlib import PurePath

from desk.errors import Invalid
from desk.knowledge.cutting import Line, Passage, cut
from desk.knowledge.source_docx import docx_lines
from desk.knowledge.source_pdf import pdf_lines

MAX_BYTES = 10 * 1_048_576
MAX_PASSAGES = 5_000
SUFFIXES = (".md", ".markdown", ".txt", ".docx", ".pdf")

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FENCE = re.compile(r"\s*(```|~~~)")
_RULE = re.compile(r"\s*([-*_=]\s*){3,}$")
_TABLE_RULE = re.compile(r"\s*\|?(\s*:?-{2,}:?\s*\|)+(\s*:?-{2,}:?\s*)?$")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*?)\s*#*$")
# Marks of emphasis and links say how words look, not what they are.
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\s]*\)")


@dataclass(frozen=True)
class Reading:
    """What a file holds. `remark` says what could not be read of it, or nothing."""

    passages: list[Passage]
    remark: str = ""


def read_source(filename: str, content: bytes) -> Reading:
    """The passages of a file. Raises Invalid that names the file and the way out when it cannot be read."""
    suffix = PurePath(filename).suffix.lower()
    if suffix not in SUFFIXES:
        hint = (
            "请在 Word 或 WPS 中另存为 DOCX 再上传" if suffix in (".doc", ".wps", ".rtf", ".odt") else "只收 Markdown（.md）、DOCX 和 PDF"
        )
        raise Invalid(f"{filename}：这种文件读不了，{hint}", field="file")
    if not content.strip():
        raise Invalid(f"{filename}：文件是空的，请检查后再上传", field="file")
    if len(content) > MAX_BYTES:
        raise Invalid(f"{filename}：文件太大，最多 {MAX_BYTES // 1_048_576} MB；请去掉图片，或分成几个文件上传", field="file")
    remark = ""
    if suffix == ".docx":
        lines = docx_lines(filename, content)
    elif suffix == ".pdf":
        lines, remark = pdf_lines(filename, content)
    else:
        lines = text_lines(filename, content, markdown=suffix != ".txt")
    passages = cut(lines)
    if not passages:
        raise Invalid(f"{filename}：里面没有文字，请检查后再上传", field="file")
    if len(passages) > MAX_PASSAGES:
        raise Invalid(f"{filename}：共 {len(passages)} 段，最多 {MAX_PASSAGES} 段；请分成几个文件上传", field="file")
    return Reading(passages, remark)


def text_lines(filename: str, content: bytes, *, markdown: bool) -> list[Line]:
    """The paragraphs of a text, one a line. Raises Invalid."""
    text = _decoded(filename, content).replace("\r\n", "\n").replace("\r", "\n")
    if not markdown:
        return [Line(line.strip()) for line in text.split("\n")]
    lines: list[Line] = []
    for raw in _COMMENT.sub("", text).split("\n"):
        if _FENCE.match(raw) or _RULE.fullmatch(raw) or _TABLE_RULE.fullmatch(raw):
            continue
        heading = _HEADING.fullmatch(raw)
        words, level = (heading[2], len(heading[1])) if heading else (raw.strip().removeprefix("> "), 0)
        lines.append(Line(_LINK.sub(r"\1", _EMPHASIS.sub(r"\2", words)), level))
    return lines


def _decoded(filename: str, content: bytes) -> str:
    """UTF-8, or what Chinese Windows writes."""
    encodings = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise Invalid(f"{filename}：文字编码认不出来，请在编辑器中另存为 UTF-8 再上传", field="file")

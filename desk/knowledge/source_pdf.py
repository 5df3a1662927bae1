"""The paragraphs of a PDF file: wrapped lines made whole again, without the headers, footers and page numbers."""

import io
import re
import unicodedata
from collections import Counter

from pypdf import PdfReader

from desk.errors import Invalid
from desk.knowledge.cutting import Line, starts_part

MAX_PAGES = 1_000
MAX_CHARACTERS = 3_000_000

_HAN = r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef“”‘’…—]"
_PAGE_NUMBER = re.compile(r"[-—–－·\s]*(?:第\s*)?\d{1,4}(?:\s*页)?(?:\s*[/／,，]?\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–－·\s]*")
_NUMBER_AT_EDGE = re.compile(r"^\d{1,4}\s+|\s+\d{1,4}$")
_SPREAD = re.compile(rf"(?<={_HAN})[ \u00a0](?={_HAN})")
_ENDS = re.compile(r"[。；！？：:.!?][”’」』）)]*$")
# Browsers print a character that is also a radical as that radical: it looks the same and is another one.
_RADICALS = {number: unicodedata.normalize("NFKC", chr(number)) for number in range(0x2F00, 0x2FD6)} | str.maketrans(
    "⺁⺎⺟⺠⺶⺼⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻩⻬⻮⻰⻳", "厂兀母民羊肉虎西见角贝车长门青页风飞食马骨鬼鱼鸟黄齐齿龙龟"
)
# Where the font changes beside digits and brackets, the reader sees a space that nobody wrote.
_FONT_CHANGE = re.compile(rf"(?<={_HAN}) (?=[\d%()])|(?<=[\d%()]) (?={_HAN})")
_UNREADABLE = re.compile(r"[\ufffd\ue000-\uf8ff]")
# How many lines at the head and at the foot of a page may be a running header or footer, and how long such a line may be.
_EDGE, _RUNNING = 2, 40
# A line is full, and goes on in the next one, from this share of the page's widest.
_FULL = 0.8


def pdf_lines(filename: str, content: bytes) -> tuple[list[Line], str]:
    """Every paragraph with the page where it begins, and a remark on pages without text. Raises Invalid."""
    if b"%PDF" not in content[:1024]:
        raise Invalid(f"{filename}：不是 PDF，请检查文件后再上传", field="file")
    pages = [_tidied(text) for text in _page_texts(filename, content)]
    written = "".join("".join(page) for page in pages)
    if not written:
        raise Invalid(f"{filename}：是没有文字的扫描件；请先做文字识别（OCR），或上传它的 DOCX", field="file")
    if len(_UNREADABLE.findall(written)) > len(written) / 20:
        raise Invalid(f"{filename}：里面的字认不出来（字体没有编码）；请上传它的 DOCX，或重新导出 PDF", field="file")
    empty = [number for number, page in enumerate(pages, 1) if not page]
    remark = f"第 {'、'.join(map(str, empty[:20]))}{' …' if len(empty) > 20 else ''} 页没有文字（可能是图片），没有收入" if empty else ""
    return _paragraphs(_without_edges(pages)), remark


def _page_texts(filename: str, content: bytes) -> list[str]:
    try:
        reader = PdfReader(io.BytesIO(content))
        if reader.is_encrypted and not reader.decrypt(""):
            raise Invalid(f"{filename}：文件有密码；请去掉密码，另存一份再上传", field="file")
        if len(reader.pages) > MAX_PAGES:
            raise Invalid(f"{filename}：共 {len(reader.pages)} 页，最多 {MAX_PAGES} 页；请分成几个文件上传", field="file")
        texts, length = [], 0
        for page in reader.pages:
            texts.append(page.extract_text())
            length += len(texts[-1])
            if length > MAX_CHARACTERS:
                raise Invalid(f"{filename}：文字太多，最多 {MAX_CHARACTERS // 10_000} 万字；请分成几个文件上传", field="file")
        return texts
    except Invalid:
        raise
    except Exception as error:
        # A damaged file fails anywhere in the reader, with errors of any kind; so does a cipher that it does not have.
        raise Invalid(f"{filename}：文件已损坏或加了密；请打开后另存为新的 PDF 或 DOCX 再上传", field="file") from error


def _tidied(text: str) -> list[str]:
    """A page's lines in the characters that were meant, without the spaces that only spread them over the line."""
    clean = text.replace("\0", "").encode("utf-8", "ignore").decode().translate(_RADICALS)
    lines = [_FONT_CHANGE.sub("", " ".join(line.split())) for line in clean.splitlines()]
    return [_SPREAD.sub("", line) if len(_SPREAD.findall(line)) > len(line) / 4 else line for line in lines if line]


def _without_edges(pages: list[list[str]]) -> list[list[str]]:
    """The pages without page numbers, and without lines that stand at the same edge of most pages (but for the paper's first lines)."""
    edges = [{*page[:_EDGE], *page[-_EDGE:]} for page in pages]
    often = max(2, sum(1 for page in pages if page) / 2)
    counts = Counter(key for edge in edges for key in {_edge_key(line) for line in edge})
    running = {key for key, count in counts.items() if count >= often and len(key) <= _RUNNING and not starts_part(key)}
    # A bare number is the page's when it counts along with the pages: it may as well be the last cell of a table.
    ahead = Counter(int(line) - number for number, edge in enumerate(edges, 1) for line in edge if line.isdecimal())
    offset, times = next(iter(ahead.most_common(1)), (0, 0))
    counted = offset if times > 1 else 0

    kept: list[list[str]] = []
    for number, page in enumerate(pages, 1):
        for end in (0, -1):
            for _ in range(_EDGE):
                if not page:
                    break
                line = page[end]
                numbers_page = int(line) - number == counted if line.isdecimal() else bool(_PAGE_NUMBER.fullmatch(line))
                # What runs over every page may be the paper's title on the first.
                if not numbers_page and (_edge_key(line) not in running or (number == 1 and end == 0)):
                    break
                page = page[1:] if end == 0 else page[:-1]
        kept.append(page)
    return kept


def _edge_key(line: str) -> str:
    return _NUMBER_AT_EDGE.sub("", line).strip()


def _paragraphs(pages: list[list[str]]) -> list[Line]:
    """Lines joined where the page's width alone has broken them, also over the end of a page."""
    lines: list[Line] = []
    goes_on = False
    for number, page in enumerate(pages, 1):
        widest = max((_width(line) for line in page), default=0)
        for line in page:
            if goes_on and not starts_part(line):
                lines[-1] = Line(_joined(lines[-1].text, line), page=lines[-1].page)
            else:
                lines.append(Line(line, page=number))
            goes_on = line.endswith(("，", "、")) or (_width(line) >= _FULL * widest and not _ENDS.search(line))
    return lines


def _joined(text: str, more: str) -> str:
    """Two halves of a broken line: Chinese has no space between them, Latin words have."""
    latin = text[-1].isascii() and more[0].isascii() and text[-1].isalnum() and more[0].isalnum()
    return f"{text}{' ' if latin else ''}{more}"


def _width(line: str) -> int:
    return sum(1 if char.isascii() else 2 for char in line)

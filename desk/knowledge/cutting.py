"""Cutting a paper into passages: a statute at its articles, another paper at its headings and numbered items, else by paragraphs.

Nothing is lost and nothing is reworded: every character stands in some passage, in its text or in the headings above it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from desk.knowledge.statutes import article_name
from desk.legal.numerals import parse_number

# How long a passage may be, and what is short enough to stand together with its neighbours (characters).
LONG, SHORT = 500, 24
# What is longer than this is no heading.
_HEADING = 80

_NUMBER = r"[零〇一二三四五六七八九十百千\d]+"
_CHAPTER = re.compile(rf"(第\s*{_NUMBER}\s*([编章节]))[^。；！？，：]{{0,40}}")
_ARTICLE = re.compile(rf"第\s*({_NUMBER})\s*条(之[一二三四五六七八九十]+)?")
# A sentence that begins by naming another article is no beginning of that article.
_MENTION = re.compile(r"\s*(第.{1,6}[款项]|[、，]|规定|所列|所称|至|或|和|及|的)")
# 一、 then （一） then 1. then （1）: how papers number what is below what.
_ITEMS = (
    re.compile(r"([一二三四五六七八九十]+)[、．.]"),
    re.compile(r"([（(][一二三四五六七八九十]+[）)])"),
    re.compile(r"(\d{1,2})[.．、](?!\d)"),
    re.compile(r"([（(]\d{1,2}[）)])"),
)
_ANNEX = re.compile(rf"(附\s*[件录表]\s*(?:{_NUMBER})?)[^。；！？]{{0,40}}")
_STOPS = re.compile(r"[。；！？]")
_SENTENCE = re.compile(r"(?<=[。！？；])(?![”’」』）)])|(?<=[。！？；][”’」』）)])")
_CLAUSE = re.compile(r"(?<=[，、：])")
_CHAPTERS = "编章节"
_ARTICLE_RANK = len(_CHAPTERS)


@dataclass(frozen=True)
class Line:
    """One paragraph of a paper. `level`: as a heading, 0 for none; `page`: where it begins, 0 in a file without pages."""

    text: str
    level: int = 0
    page: int = 0


@dataclass(frozen=True)
class Passage:
    """A piece of a paper, word for word, and where it stands ("第三章 第三十八条", "二（三）", "第4页").

    `headings` are the words above it; `article` is the article's name, where it is one. `begins_cut`, `ends_cut`: the same
    article, item or sentence began in the passage before, or goes on in the next one.
    """

    position: int
    place: str
    text: str
    headings: str = ""
    article: str = ""
    begins_cut: bool = False
    ends_cut: bool = False


@dataclass(frozen=True)
class _Mark:
    """The beginning of a part: how a place calls it, and how high it stands (by its kind of number, or as the file's heading)."""

    label: str
    words: str
    rank: int = -1  # -1: has no number
    level: int = 0  # 0: is no heading of the file's
    article: str = ""

    def above(self, other: "_Mark") -> bool:
        """Whether `other` can be a part of this."""
        if self.rank >= 0 and other.rank >= 0:
            return self.rank < other.rank
        if self.level and other.level:
            return self.level < other.level
        return self.level > 0

    @property
    def is_item(self) -> bool:
        return self.rank > _ARTICLE_RANK


@dataclass
class _Section:
    """Lines under the same marks. Where short items stand together: the mark of the last one, or that the first line introduces them."""

    marks: tuple[_Mark, ...]
    headings: str
    lines: list[tuple[int, Line]] = field(default_factory=list)
    last: _Mark | None = None
    introduces: bool = False

    @property
    def length(self) -> int:
        return sum(len(line.text) for _, line in self.lines)

    @property
    def is_article(self) -> bool:
        return any(mark.article for mark in self.marks)


def cut(lines: Sequence[Line]) -> list[Passage]:
    """The passages of a paper, in its order."""
    passages: list[Passage] = []
    for section in _together(_sections([line for line in lines if line.text.strip()])):
        article = next((mark.article for mark in section.marks if mark.article), "")
        pieces = _pieces(section)
        for i, piece in enumerate(pieces):
            first, last = piece[0][0], piece[-1][0]
            begins_cut = i > 0 and bool(section.marks or pieces[i - 1][-1][0] == first)
            ends_cut = i + 1 < len(pieces) and bool(section.marks or pieces[i + 1][0][0] == last)
            text = "".join(("\n" if j and piece[j - 1][0] != at else "") + part for j, (at, part) in enumerate(piece))
            # So that pieces which follow each other are, put together, the article or item as it stands.
            text += "\n" if i + 1 < len(pieces) and pieces[i + 1][0][0] != last else ""
            place = _place(section, section.lines[first], section.lines[last])
            passages.append(Passage(len(passages), place, text, section.headings, article, begins_cut, ends_cut))
    return passages


def sentences(text: str) -> list[str]:
    """A text in sentences, which together are the text."""
    return [part for part in _SENTENCE.split(text) if part]


def starts_part(text: str) -> bool:
    """Whether a line looks like the beginning of a chapter, an article, an item or an annex."""
    if found := _ARTICLE.match(text):
        return not _MENTION.match(text[found.end() :])
    return bool(_CHAPTER.fullmatch(text) or _ANNEX.fullmatch(text) or _item(text, 0))


def _sections(lines: Sequence[Line]) -> list[_Section]:
    marks = _marks(lines)
    sections: list[_Section] = []
    above: list[tuple[_Mark, bool]] = []  # the marks that a line stands under, and whether each is a heading over others
    begin = True
    for i, line in enumerate(lines):
        mark = marks[i]
        if mark is not None:
            while above and not above[-1][0].above(mark):
                above.pop()
            following = marks[i + 1] if i + 1 < len(lines) else None
            heads = i + 1 < len(lines) and _is_heading(mark) and (following is None or mark.above(following))
            above.append((mark, heads))
            begin = True
            if heads:
                continue
        if begin:
            sections.append(_Section(tuple(m for m, _ in above), "\n".join(m.words for m, heads in above if heads)))
            begin = False
        sections[-1].lines.append((i + 1, line))
    return sections


def _is_heading(mark: _Mark) -> bool:
    """Whether a part's first line can be a heading, or an item that only names what follows."""
    if mark.article or len(mark.words) > _HEADING:
        return False
    return mark.level > 0 or not mark.is_item or (len(mark.words) <= _HEADING and not _STOPS.search(mark.words))


def _marks(lines: Sequence[Line]) -> list[_Mark | None]:
    """For each line the part that begins with it, or None."""
    texts = [line.text.strip() for line in lines]
    articles, items = (sum(1 for text in texts if pattern.match(text)) for pattern in (_ARTICLE, _ITEMS[0]))
    by_article = articles >= 2 and articles >= items
    one_title = sum(1 for line in lines if line.level == 1) == 1
    marks: list[_Mark | None] = []
    last: float | None = None  # the number of the article that we are in; one that is inserted (第五条之一) counts a half more
    for text, line in zip(texts, lines, strict=True):
        mark = None
        if by_article and (begun := _article(text, last, line.level)):
            mark, last = begun
        elif found := _CHAPTER.fullmatch(text):
            mark = _Mark(re.sub(r"\s", "", found[1]), text, _CHAPTERS.index(found[2]), line.level)
        elif found := _ANNEX.fullmatch(text):
            mark, last = _Mark(re.sub(r"\s", "", found[1]), text, level=1), None
        elif last is None or line.level:
            # Within an article, numbered items are the article's.
            mark = _item(text, line.level)
        if mark is None and line.level and len(text) <= _HEADING:
            # A paper's title is above everything and names no place in it.
            mark = _Mark("" if one_title and line.level == 1 else text[:30], text, level=line.level)
        marks.append(mark)
    return marks


def _article(text: str, last: float | None, level: int) -> tuple[_Mark, float] | None:
    """The article that begins here and its number, which must be higher than the `last` one's."""
    found = _ARTICLE.match(text)
    value = parse_number(found[1]) if found else None
    if found is None or value is None or not 0 < value < 2000:
        return None
    number = int(value) + (0.5 if found[2] else 0)
    rest = text[found.end() :]
    stands_alone = not rest or rest[0].isspace() or level > 0 or last is None or number <= last + 1
    if _MENTION.match(rest) or not stands_alone or (last is not None and number <= last and not found[2]):
        return None
    name = article_name(int(value)) + (found[2] or "")
    return _Mark(name, text, _ARTICLE_RANK, level, article=name), number


def _item(text: str, level: int) -> _Mark | None:
    for rank, pattern in enumerate(_ITEMS, _ARTICLE_RANK + 1):
        if found := pattern.match(text):
            return _Mark(found[1].replace("(", "（").replace(")", "）"), text, rank, level)
    return None


def _together(sections: list[_Section]) -> list[_Section]:
    """Short items stand with their neighbours, or with the words that introduce them: alone they say nothing."""
    joined: list[_Section] = []
    for section in sections:
        held = joined[-1] if joined else None
        if held is None or section.length > SHORT or held.length + section.length > LONG or not _alike(held, section):
            joined.append(section)
        elif held.marks == section.marks[:-1] and (held.introduces or held.lines[-1][1].text.endswith(("：", ":"))):
            held.lines += section.lines
            held.introduces = True
        elif (
            held.marks and held.marks[:-1] == section.marks[:-1] and not held.introduces and (held.last is not None or held.length <= SHORT)
        ):
            held.lines += section.lines
            held.last = section.marks[-1]
        else:
            joined.append(section)
    return joined


def _alike(one: _Section, other: _Section) -> bool:
    """Whether two sections may stand together at all: no articles, and under the same headings."""
    return bool(other.marks) and not one.is_article and not other.is_article and one.headings == other.headings


def _pieces(section: _Section) -> list[list[tuple[int, str]]]:
    """A section in pieces of at most LONG characters, each a list of (line, part of it)."""
    pieces: list[list[tuple[int, str]]] = []
    room = 0
    for i, (_, line) in enumerate(section.lines):
        for part in _parts(line.text):
            if not pieces or len(part) > room:
                pieces.append([])
                room = LONG
            pieces[-1].append((i, part))
            room -= len(part)
    return pieces


def _parts(text: str) -> list[str]:
    """A paragraph, or what it must be cut into: sentences, clauses of a very long one, at worst so many characters."""
    if len(text) <= LONG:
        return [text]
    parts = []
    for sentence in sentences(text):
        for clause in [sentence] if len(sentence) <= LONG else _CLAUSE.split(sentence):
            parts += [clause[i : i + LONG] for i in range(0, len(clause), LONG)]
    return parts


def _place(section: _Section, first: tuple[int, Line], last: tuple[int, Line]) -> str:
    """Where the lines from `first` to `last` of a section stand."""
    place, before = "", None
    for mark in section.marks:
        if mark.label:
            side_by_side = before is not None and before.is_item and mark.is_item
            bare = not before or not (before.label.endswith("）") or mark.label.startswith("（"))
            place += ("" if not before else " " if not side_by_side else "、" if bare else "") + mark.label
            before = mark
    if section.last is not None:
        place += f"–{section.last.label}"
    place = place[:180]
    (number, begins), (final, ends) = first, last
    if begins.page:
        pages = f"第{begins.page}页" if begins.page == ends.page else f"第{begins.page}–{ends.page}页"
        return f"{place}（{pages}）" if place else pages
    return place or (f"第{number}段" if number == final else f"第{number}–{final}段")

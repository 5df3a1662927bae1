"""The index of statutes: which articles exist, so that no answer cites one that does not."""

import re
from dataclasses import dataclass
from pathlib import Path

from desk.data_file import read_yaml
from desk.errors import Invalid
from desk.legal.numerals import parse_number

_DIGITS = "零一二三四五六七八九"
_ARTICLE = re.compile(r"第([〇零一二三四五六七八九十百千]+)条(?:之[一二三四五六七八九十]+)?")


def article_number(text: str) -> int:
    """第四十七条 -> 47, and so 第四十七条之一, which was put behind it. Raises Invalid for anything that is no article's number."""
    found = _ARTICLE.fullmatch(text)
    digits = found[1].replace("〇", "零") if found else ""
    number = int(parse_number(digits) or 0)
    # 第一百十条 is written as well as 第一百一十条; 第四七条 is not.
    if not 0 < number < 10_000 or article_name(number).replace("一十", "十") != f"第{digits}条".replace("一十", "十"):
        raise Invalid(f"not an article number: {text} (write it like 第四十七条)")
    return number


def article_name(number: int) -> str:
    """47 -> 第四十七条."""
    text = ""
    for digit, unit in zip(f"{number:04}", "千百十 ", strict=True):
        text += f"{_DIGITS[int(digit)]}{unit if digit != '0' else ''}".strip()
    text = re.sub("零+", "零", text).strip("零")
    return f"第{text.removeprefix('一') if text.startswith('一十') else text}条"


@dataclass(frozen=True)
class Statute:
    """A law, regulation or interpretation whose articles were indexed. `text` is full, excerpt or summary."""

    law: str
    title: str
    version: str
    text: str
    ranges: tuple[tuple[int, int], ...]

    def has(self, number: int) -> bool:
        return any(first <= number <= last for first, last in self.ranges)


class StatuteIndex:
    """Statutes and documents by the short name that articles cite."""

    def __init__(self, statutes: dict[str, Statute], documents: dict[str, dict[str, str]]) -> None:
        self.statutes = statutes
        self.documents = documents

    @classmethod
    def read(cls, folder: Path) -> "StatuteIndex":
        """From data/laws-index: statutes.yaml, and one file a document below documents/."""
        rows = read_yaml(folder / "statutes.yaml")["statutes"]
        statutes = {
            row["law"]: Statute(row["law"], row["title"], str(row["version"]), row["text"], tuple((a, b) for a, b in row["articles"]))
            for row in rows
        }
        papers = [read_yaml(p) for p in sorted((folder / "documents").glob("*.yaml"))]
        return cls(statutes, {paper["law"]: paper for paper in papers})

    def title(self, law: str) -> str:
        """The full title behind a short name, or the name itself."""
        if law in self.statutes:
            return self.statutes[law].title
        return self.documents.get(law, {}).get("title", law)

    def problem(self, law: str, article: str | None, *, checked: bool) -> str | None:
        """Why this citation cannot stand, or None. A checked answer may rest only on indexed articles."""
        statute = self.statutes.get(law)
        if statute is None:
            if law not in self.documents:
                return f"{law}: neither in statutes.yaml nor below documents/"
            return f"{law}: its text was not at hand, so the answer needs `checked: no`" if checked else None
        if not statute.ranges:
            return None if article is None else f"{law} has no numbered articles"
        if article is None:
            return f"{law}: name the article"
        if not statute.has(article_number(article)) and (statute.text == "full" or checked):
            return f"{law} {article}: no such article in the index"
        if statute.text == "summary" and checked:
            return f"{law}: known at second hand only, so the answer needs `checked: no`"
        return None

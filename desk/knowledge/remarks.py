"""Remarks: what a detail of the story changes, said beside an answer that does not know of it.

A worker asks about arrears and says in passing that he is sixty-two, or that two years have gone by. The article that is about
that detail names the signs by which it is known, and the sentence it adds.
"""

import re
from collections.abc import Collection, Iterable

from desk.knowledge.articles import Article

# A remark beside the answers of every topic.
ANY = "any"
# … in a sign stands for a few characters of the same sentence.
_GAP = "[^。！？!?\\n]{0,8}"


def sign(line: str) -> re.Pattern[str]:
    """One line of an article's signs: alternatives between bars, … for a gap (没签…合同|没有合同)."""
    return re.compile("|".join(_GAP.join(map(re.escape, one.strip().split("…"))) for one in line.split("|") if one.strip()))


class Remarks:
    """The articles that have something to add, by their signs."""

    def __init__(self, entries: Iterable[Article]) -> None:
        self._signed = [(article, [sign(line) for line in article.body["signs"]]) for article in entries if article.body.get("remark")]

    def found(self, question: str, topics: Collection[str], regions: Collection[str]) -> list[Article]:
        """The articles of `regions` whose every sign is in `question` and that stand beside one of `topics`; the most particular first."""
        matching = []
        for article, signs in self._signed:
            beside = article.body["beside"] or [article.topic]
            if article.region not in regions or not (ANY in beside or set(beside) & set(topics)):
                continue
            matches = [pattern.search(question) for pattern in signs]
            words = [match[0] for match in matches if match]
            if len(words) == len(matches):
                matching.append((-len(words), -sum(map(len, words)), article.id, article))
        return [article for *_, article in sorted(matching, key=lambda row: row[:3])]

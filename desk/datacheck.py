"""Checks over the data folder: what a reader would trip over, found before it is loaded or trained on."""

import re
from collections import Counter, defaultdict
from math import ceil
from pathlib import Path

from desk.data_file import read_yaml
from desk.errors import DeskError, Invalid
from desk.knowledge.article_file import SourceRef, read_articles
from desk.knowledge.remarks import ANY
from desk.knowledge.statutes import StatuteIndex
from desk.legal.catalogue import CALCULATORS
from desk.services import Services

_MARKS = re.compile(r"[\s，。！？、,.!?~～…；;：:“”\"‘’（）()\-]")
# Two examples that share this much of their pairs of characters teach nothing twice.
_TOO_NEAR = 0.7


def problems(folder: Path) -> list[str]:
    """Every problem in articles, citations, services and training examples, each naming its file or text."""
    return [*_articles(folder), *_examples(folder / "training")]


def _articles(folder: Path) -> list[str]:
    try:
        index = StatuteIndex.read(folder / "laws-index")
        services = Services.read(folder / "services")
        articles = read_articles(folder / "knowledge")
    except DeskError as error:
        return [error.message]
    ids, asks = Counter(a.id for a in articles), dict[str, str]()
    topics = {ANY, *(a.topic for a in articles)}
    found = [f"{article_id}: two articles have this id" for article_id, count in ids.items() if count > 1]
    for article in articles:
        for source in article.sources:
            if problem := _wrong_source(index, source, checked=article.checked):
                found.append(f"{article.id}: {problem}")
        if not article.sources and article.checked:
            found.append(f"{article.id}: a checked answer names its sources")
        found += [f"{article.id}: no service {name}" for name in article.services if services.get(name) is None]
        found += [f"{article.id}: no calculator {name}" for name in article.calculators if name not in CALCULATORS]
        found += [f"{article.id}: beside: no topic {name}" for name in article.beside if name not in topics]
        for ask in article.asks:
            if ask in asks and asks[ask] != article.id:
                found.append(f"{article.id}: “{ask}” is also asked in {asks[ask]}")
            asks[ask] = article.id
    return found


def _wrong_source(index: StatuteIndex, source: SourceRef, *, checked: bool) -> str | None:
    try:
        return index.problem(source.law, source.article, checked=checked)
    except Invalid as error:
        return error.message


def examples(folder: Path) -> list[tuple[str, str]]:
    """Every training example as (intent, text)."""
    rows = []
    for path in sorted(folder.glob("*.yml")):
        for block in read_yaml(path)["nlu"]:
            rows += [(block["intent"], line.strip()[2:].strip()) for line in block["examples"].splitlines() if line.strip()]
    return rows


def _examples(folder: Path) -> list[str]:
    rows = examples(folder)
    grams = [_pairs(text) for _, text in rows]
    frequency = Counter(pair for pairs in grams for pair in pairs)
    # Two that share this much have one of the rarest of each one's pairs in common (prefix filtering), so only these are looked up.
    having: dict[str, list[int]] = defaultdict(list)
    found = []
    for i, pairs in enumerate(grams):
        rarest = sorted(pairs, key=lambda pair: (frequency[pair], pair))[: len(pairs) - ceil(_TOO_NEAR * len(pairs)) + 1]
        for j in sorted({j for pair in rarest for j in having[pair]}):
            if len(pairs & grams[j]) / len(pairs | grams[j]) >= _TOO_NEAR:
                found.append(f"too near: [{rows[j][0]}] {rows[j][1]} ~ [{rows[i][0]}] {rows[i][1]}")
        for pair in rarest:
            having[pair].append(i)
    return found


def _pairs(text: str) -> set[str]:
    body = _MARKS.sub("", text)
    return {body[i : i + 2] for i in range(len(body) - 1)} or {body}

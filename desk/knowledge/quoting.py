"""Quoting a source: word for word, with its place, who issued it and how long it holds; never in other words."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from desk import texts
from desk.knowledge import sources
from desk.knowledge.cutting import sentences
from desk.knowledge.passages import PassageHit, PassageSearch
from desk.knowledge.sources import Source, SourcePassage
from desk.knowledge.statutes import StatuteIndex

# A passage is quoted unasked when it is this near in meaning and in all, or stands so far before the next one in a small
# library. docs/decisions.md says why.
_NEAR, _APART = (0.5, 0.45), (0.45, 0.1)
# How much of one passage, and of one article that was asked for, a bubble shows (characters).
_SHORT, _WHOLE = 320, 900
# How many of an article's provisions are shown at once.
_MOST = 5


@dataclass(frozen=True)
class Quotation:
    """What is said, the passages that it quotes, and their place as a citation."""

    text: str
    passages: list[str]
    citation: dict[str, str | None]


class Quotes:
    """Finds what the union's sources say to a question, and the provisions that an article cites."""

    def __init__(self, search: PassageSearch, statutes: StatuteIndex) -> None:
        self._search = search
        self._statutes = statutes

    def near(self, session: Session, question: str, language: str, now: dt.datetime, region: str | None = None) -> Quotation | None:
        """The passage that is clearly near to a question, or None. `region`: where the question is about, if it says so."""
        hits = self._search.find(session, question, now.date(), limit=2, region=region)
        if not hits or not _clearly(hits):
            return None
        passage, source = hits[0].passage, hits[0].source
        body = texts.say(language, "source.near", quote=quotation([passage], source, language, _SHORT))
        return Quotation(body, [passage.id], {"law": source.title, "article": passage.article or passage.place})

    def cited(
        self, session: Session, citations: Sequence[dict[str, Any]], now: dt.datetime, region: str | None = None
    ) -> list[tuple[Source, list[SourcePassage]]]:
        """The provisions among `citations` (law, article) that stand in a source in force in `region`, each once, in their order."""
        wanted = list(dict.fromkeys((self._statutes.title(c["law"]), c["article"]) for c in citations if c["article"]))
        regions = self._search.regions(region)
        among = [source for source in self._search.sources(session, now.date()) if source.region in regions] if wanted else []
        found = [
            (source, sources.provision(session, source, article))
            for law, article in wanted
            for source in among
            if sources.same_title(source.title, law)
        ]
        return [(source, passages) for source, passages in found if passages]

    def provisions(
        self, session: Session, citations: Sequence[dict[str, Any]], language: str, now: dt.datetime, region: str | None = None
    ) -> str:
        """The cited provisions word for word, or nothing."""
        found = self.cited(session, citations, now, region)[:_MOST]
        quoted = [quotation(passages, source, language, _WHOLE) for source, passages in found]
        return "\n\n".join([*quoted, texts.say(language, "source.advice")]) if quoted else ""


def _clearly(hits: Sequence[PassageHit]) -> bool:
    best, apart = hits[0], hits[0].score - hits[1].score if len(hits) > 1 else 0.0
    near = best.meaning >= _NEAR[0] and best.score >= _NEAR[1]
    return near or (best.meaning >= _APART[0] and apart >= _APART[1])


def quotation(passages: Sequence[SourcePassage], source: Source, language: str, most: int) -> str:
    """Passages that follow each other as one quotation: at most about `most` characters, cut only where a sentence ends."""
    whole = "".join(passage.text for passage in passages).strip()
    shown = _cut(whole, most)
    before = "……" if passages[0].begins_cut else ""
    after = "……" if len(shown) < len(whole) or passages[-1].ends_cut else ""
    number = f"（{source.number}）" if source.number else ""
    about = texts.say(language, "source.comma").join(
        part for part in (passages[0].place, source.issuer, *_validity(source, language)) if part
    )
    return f"「{before}{shown}{after}」\n——《{source.title}》{number}{about}"


def _cut(text: str, most: int) -> str:
    """The beginning of a text up to the last end of a sentence before `most`; one whole sentence at least."""
    if len(text) <= most:
        return text
    shown = ""
    for sentence in sentences(text):
        if shown and len(shown) + len(sentence) > most:
            break
        shown += sentence
    return shown.rstrip()


def _validity(source: Source, language: str) -> list[str]:
    parts = []
    if source.valid_from:
        parts.append(texts.say(language, "source.from", day=source.valid_from.isoformat()))
    if source.valid_until:
        parts.append(texts.say(language, "source.until", day=source.valid_until.isoformat()))
    return parts

"""Search in the passages of sources: meaning (embeddings of a few sentences each) and words in common, and it says why.

The index lives in memory and is looked at again when the knowledge's version in the database moved, as that of the articles.
"""

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk.database import Database
from desk.knowledge import articles, sources
from desk.knowledge.cutting import sentences
from desk.knowledge.embedding import Embedder, Vectors, known_vectors, learn_vectors, vector_key
from desk.knowledge.fresh import Fresh
from desk.knowledge.sources import Source, SourcePassage
from desk.knowledge.words import WordIndex

# The embedder understands a few sentences better than a page: so many characters go into one vector.
_WINDOW = 90


@dataclass(frozen=True)
class PassageHit:
    """A passage found, with the parts of its score: nearness in meaning, the share of the question's words that it has."""

    passage: SourcePassage
    source: Source
    score: float
    meaning: float
    words: float


@dataclass(frozen=True)
class _Index:
    """The passages of `sources`; `starts` says at which row of `vectors` each one's begin. What is not embedded yet is all zero."""

    sources: dict[str, Source]
    passages: list[SourcePassage]
    regions: NDArray[np.str_]
    starts: NDArray[np.intp]
    vectors: Vectors
    words: WordIndex
    complete: bool


class PassageSearch:
    """Finds the passages that are near a question, in the sources that are published and in force."""

    def __init__(self, database: Database, embedder: Embedder, region: str) -> None:
        self._database = database
        self._embedder = embedder
        self._region = region
        self._index = Fresh[_Index]()

    def find(self, session: Session, question: str, today: dt.date, limit: int = 5, region: str | None = None) -> list[PassageHit]:
        """The nearest passages, nearest first, of national sources and those of `region` (the house's where none is given)."""
        index = self._fresh(session, today)
        if not index.passages or not question.strip():
            return []
        near = index.vectors @ self._embedder.embed([question])[0]
        meaning = np.maximum.reduceat(near, index.starts)
        words = index.words.shares(question)
        scores = (meaning + words) / 2
        scores[~np.isin(index.regions, self.regions(region))] = -np.inf
        best = [(index.passages[i], i) for i in np.argsort(-scores)[:limit] if np.isfinite(scores[i])]
        return [PassageHit(p, index.sources[p.source_id], float(scores[i]), float(meaning[i]), float(words[i])) for p, i in best]

    def regions(self, region: str | None = None) -> tuple[str, str]:
        """The regions whose papers count in `region`, or here."""
        return "national", self._region if region in (None, "national") else region

    def sources(self, session: Session, today: dt.date) -> list[Source]:
        """The sources that may be quoted today, of every region."""
        return list(self._fresh(session, today).sources.values())

    def learn(self, today: dt.date) -> int:
        """Embed what is in force and not embedded yet, and build the index. Returns how many passages it holds.

        A thousand passages take half a minute; until then they are found by their words alone.
        """
        with self._database.read() as session:
            found = _passages(session, [source.id for source in sources.current(session, today)])
        if learn_vectors(self._database, self._embedder, [window for passage in found for window in _windows(passage)]):
            with self._database.write() as session:
                articles.bump(session)
        with self._database.read() as session:
            return len(self._fresh(session, today).passages)

    def _fresh(self, session: Session, today: dt.date) -> _Index:
        def build(before: _Index | None) -> _Index:
            current = {source.id: source for source in sources.current(session, today)}
            if before is not None and before.complete and before.sources.keys() == current.keys():
                # Passages never change: the same sources make the same index.
                return replace(before, sources=current)
            return self._build(session, current)

        return self._index.get(session, today, build)

    def _build(self, session: Session, current: dict[str, Source]) -> _Index:
        found = _passages(session, list(current))
        starts, keys = [], list[str]()
        for passage in found:
            starts.append(len(keys))
            keys += [vector_key(self._embedder, window) for window in _windows(passage)]
        known = known_vectors(session, list(dict.fromkeys(keys)))
        size = len(next(iter(known.values()))) if known else len(self._embedder.embed(["。"])[0])
        unknown = np.zeros(size, np.float32)
        vectors = np.stack([known.get(key, unknown) for key in keys]) if keys else np.zeros((0, size), np.float32)
        words = WordIndex([f"{current[one.source_id].title} {one.headings} {one.text}" for one in found])
        regions = np.array([current[one.source_id].region for one in found], np.str_)
        return _Index(current, found, regions, np.array(starts, np.intp), vectors, words, known.keys() >= set(keys))


def _passages(session: Session, source_ids: list[str]) -> list[SourcePassage]:
    query = select(SourcePassage).where(SourcePassage.source_id.in_(source_ids))
    return list(session.scalars(query.order_by(SourcePassage.source_id, SourcePassage.position)))


def _windows(passage: SourcePassage) -> list[str]:
    """A passage in runs of sentences, each understood as one. An item needs the heading above it to say what it is about."""
    windows: list[str] = []
    for sentence in sentences(passage.text):
        if windows and len(windows[-1]) + len(sentence) <= _WINDOW:
            windows[-1] += sentence
        else:
            windows.append(sentence)
    heading = passage.headings.split("\n")[-1] if not passage.article else ""
    return [f"{heading}：{window}" for window in windows] if heading else windows

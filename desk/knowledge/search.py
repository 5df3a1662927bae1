"""Search in the articles: meaning (embeddings of the ways people ask) and words (BM25) together, and it says why.

The index lives in memory and is rebuilt when the knowledge's version in the database moved, so that an edit in the
console is found at once, in every process, with no retraining.
"""

import datetime as dt
import math
import re
import threading
from collections import Counter
from dataclasses import dataclass

import numpy as np
from sqlalchemy.orm import Session

from desk.database import Database
from desk.knowledge import articles
from desk.knowledge.embedding import Embedder, Vectors, stored_vectors

_NOT_WORDS = re.compile(r"[^\w]+")


@dataclass(frozen=True)
class Hit:
    """An article found, with the parts of its score: the nearest way of asking, words in common, the topic's weight."""

    article_id: str
    topic: str
    title: str
    score: float
    meaning: float
    words: float
    topic_weight: float
    nearest: str


@dataclass(frozen=True)
class _Index:
    stamp: tuple[int, dt.date]
    entries: list[articles.Article]
    owners: list[int]
    asks: list[str]
    vectors: Vectors
    grams: list[Counter[str]]
    lengths: list[int]
    rarity: dict[str, float]


class KnowledgeSearch:
    """Finds the articles that answer a question."""

    def __init__(self, database: Database, embedder: Embedder, region: str) -> None:
        self._database = database
        self._embedder = embedder
        self._region = region
        self._index: _Index | None = None
        self._building = threading.Lock()

    def find(self, session: Session, question: str, topics: dict[str, float], today: dt.date, limit: int = 5) -> list[Hit]:
        """The best articles for `question`, best first. `topics` are weights from understanding; empty means no opinion."""
        index = self._fresh(session, today)
        if not index.entries:
            return []
        query = self._embedder.embed([question])[0]
        near = index.vectors @ query
        best = np.full(len(index.entries), -1.0)
        nearest = [""] * len(index.entries)
        for row, owner in enumerate(index.owners):
            if near[row] > best[owner]:
                best[owner], nearest[owner] = near[row], index.asks[row]
        words = _bm25(index, _grams(question))
        top = max(words.max(), 1e-9)
        hits = []
        for i, article in enumerate(index.entries):
            weight = topics.get(article.topic, 0.0)
            common = float(words[i] / top)
            score = 0.62 * float(best[i]) + 0.18 * common + (0.45 * weight if topics else 0.0)
            hits.append(Hit(article.id, article.topic, article.title, score, float(best[i]), common, weight, nearest[i]))
        return sorted(hits, key=lambda hit: -hit.score)[:limit]

    def warm(self, today: dt.date) -> int:
        """Build the index now. Returns how many articles it holds."""
        with self._database.read() as session:
            return len(self._fresh(session, today).entries)

    def _fresh(self, session: Session, today: dt.date) -> _Index:
        stamp = (articles.version(session), today)
        if self._index is None or self._index.stamp != stamp:
            with self._building:
                if self._index is None or self._index.stamp != stamp:
                    self._index = self._build(articles.current(session, today, self._region), stamp)
        return self._index

    def _build(self, entries: list[articles.Article], stamp: tuple[int, dt.date]) -> _Index:
        owners, asks = [], []
        for i, article in enumerate(entries):
            for ask in [article.title, *article.body["asks"]]:
                owners.append(i)
                asks.append(ask)
        with self._database.write() as session:
            vectors = stored_vectors(session, self._embedder, asks)
        grams = [_grams(" ".join([a.title, *a.body["asks"], a.body["answer"], *a.body["steps"]])) for a in entries]
        spread = Counter(gram for counts in grams for gram in counts)
        rarity = {gram: math.log(1 + (len(entries) - n + 0.5) / (n + 0.5)) for gram, n in spread.items()}
        return _Index(stamp, entries, owners, asks, vectors, grams, [sum(c.values()) for c in grams], rarity)


def _grams(text: str) -> Counter[str]:
    """Pairs of characters: robust to typos, and needs no dictionary of words."""
    body = _NOT_WORDS.sub("", text.lower())
    return Counter(body[i : i + 2] for i in range(len(body) - 1))


def _bm25(index: _Index, query: Counter[str], k: float = 1.2, b: float = 0.6) -> "np.ndarray":
    mean = sum(index.lengths) / len(index.lengths) or 1
    scores = np.zeros(len(index.entries))
    for i, counts in enumerate(index.grams):
        norm = k * (1 - b + b * index.lengths[i] / mean)
        scores[i] = sum(index.rarity[gram] * counts[gram] * (k + 1) / (counts[gram] + norm) for gram in query if gram in counts)
    return scores

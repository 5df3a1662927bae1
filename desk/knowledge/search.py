"""Search in the articles: meaning (embeddings of the ways people ask) and words (BM25) together, and it says why.

The index lives in memory and is rebuilt when the knowledge's version in the database moved, so that an edit in the
console is found at once, in every process, with no retraining.
"""

import datetime as dt
import math
import re
import threading
from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
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
    """The articles as they were at `stamp`: `starts` says at which row of `asks` and `vectors` each one's begin."""

    stamp: tuple[int, dt.date]
    entries: list[articles.Article]
    starts: list[int]
    asks: list[str]
    vectors: Vectors
    # For each pair of characters: the articles that have it, and what it adds to each one's score.
    postings: dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]]

    def words(self, query: Counter[str]) -> NDArray[np.float64]:
        """How much each article has in common with the query's words (BM25)."""
        scores = np.zeros(len(self.entries))
        for gram in query:
            if gram in self.postings:
                owners, gains = self.postings[gram]
                scores[owners] += gains
        return scores


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
        near = index.vectors @ self._embedder.embed([question])[0]
        # The rows of one article stand together: its nearest way of asking counts.
        best = np.maximum.reduceat(near, index.starts)
        words = index.words(_grams(question))
        common = words / max(words.max(), 1e-9)
        weights = np.array([topics.get(article.topic, 0.0) for article in index.entries])
        scores = 0.62 * best + 0.18 * common + 0.45 * weights
        hits = []
        for i in np.argsort(-scores)[:limit]:
            article, first = index.entries[i], index.starts[i]
            last = index.starts[i + 1] if i + 1 < len(index.starts) else len(near)
            nearest = index.asks[first + int(near[first:last].argmax())]
            hits.append(
                Hit(
                    article.id, article.topic, article.title, float(scores[i]), float(best[i]), float(common[i]), float(weights[i]), nearest
                )
            )
        return hits

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
        starts: list[int] = []
        asks: list[str] = []
        for article in entries:
            starts.append(len(asks))
            asks += [article.title, *article.body["asks"]]
        with self._database.write() as session:
            vectors = stored_vectors(session, self._embedder, asks)
        grams = [_grams(" ".join([a.title, *a.body["asks"], a.body["answer"], *a.body["steps"]])) for a in entries]
        return _Index(stamp, entries, starts, asks, vectors, _postings(grams))


def _grams(text: str) -> Counter[str]:
    """Pairs of characters: robust to typos, and needs no dictionary of words."""
    body = _NOT_WORDS.sub("", text.lower())
    return Counter(body[i : i + 2] for i in range(len(body) - 1))


def _postings(grams: list[Counter[str]], k: float = 1.2, b: float = 0.6) -> dict[str, tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """BM25's gain for each pair of characters in each article, worked out beforehand."""
    lengths = [sum(counts.values()) for counts in grams]
    mean = (sum(lengths) / len(lengths) if lengths else 0) or 1
    gains: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for i, counts in enumerate(grams):
        norm = k * (1 - b + b * lengths[i] / mean)
        for gram, count in counts.items():
            gains[gram].append((i, count * (k + 1) / (count + norm)))
    total = len(grams)
    postings = {}
    for gram, rows in gains.items():
        rarity = math.log(1 + (total - len(rows) + 0.5) / (len(rows) + 0.5))
        postings[gram] = (np.array([i for i, _ in rows]), rarity * np.array([gain for _, gain in rows]))
    return postings

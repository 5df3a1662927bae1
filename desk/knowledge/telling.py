"""What tells the articles apart: linear discriminant analysis over the ways in which each one is asked for.

Two ways of asking for the same article differ in much that does not matter (the trade, the sum, the town). Where they
differ counts less, so that what is left is what one article is asked for and another one is not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desk.knowledge.embedding import Vectors

# How far the spread within the articles is taken for a ball: there are more numbers in a vector than ways of asking.
_SHRINKAGE = 0.5


@dataclass(frozen=True)
class Telling:
    """One weight vector and one offset for each article."""

    weights: NDArray[np.float32]
    offsets: NDArray[np.float32]

    @classmethod
    def learn(cls, vectors: Vectors, starts: list[int]) -> "Telling":
        """From the ways of asking: the rows of one article stand together and begin at its place in `starts`."""
        if not starts:
            return cls(np.zeros((0, 0), np.float32), np.zeros(0, np.float32))
        counts = np.diff([*starts, len(vectors)])
        means = np.add.reduceat(vectors, starts, axis=0) / counts[:, None]
        apart = (vectors - np.repeat(means, counts, axis=0)).astype(np.float64)
        spread = apart.T @ apart / len(vectors)
        size = len(spread)
        ball = max(np.trace(spread) / size, 1e-6)
        spread = (1 - _SHRINKAGE) * spread + _SHRINKAGE * ball * np.eye(size)
        weights = np.linalg.solve(spread, means.T.astype(np.float64)).T
        offsets = -0.5 * np.einsum("ij,ij->i", weights, means)
        return cls(weights.astype(np.float32), offsets.astype(np.float32))

    def scores(self, vector: Vectors) -> NDArray[np.float32]:
        """How well each article is told from the others by this vector."""
        scored: NDArray[np.float32] = self.weights @ vector + self.offsets
        return scored

"""The classifier itself, apart from Rasa: encoders, a linear model over them, and probabilities that mean what they say."""

from dataclasses import dataclass, field
from typing import Any, Dict, List, Tuple

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.model_selection import StratifiedKFold

from components.encoders import ENCODERS


def encode(encoders: List[Any], texts: List[str]) -> List[Any]:
    """One block of rows for each encoder."""
    return [encoder.encode(texts) for encoder in encoders]


def make_encoders(names: List[str]) -> List[Any]:
    unknown = [name for name in names if name not in ENCODERS]
    if unknown:
        raise ValueError(f"config.yml: no encoder called {unknown[0]}; there are {', '.join(ENCODERS)}")
    return [ENCODERS[name]() for name in names]


@dataclass
class TopicModel:
    """Linear discriminant analysis over the encoders' blocks, each centred; the temperature makes it calibrated."""

    encoder_names: List[str]
    labels: List[str] = field(default_factory=list)
    means: List[Any] = field(default_factory=list)
    weights: Any = None
    intercepts: Any = None
    temperature: float = 1.0

    @classmethod
    def train(cls, encoder_names: List[str], texts: List[str], labels: List[str], shrinkage: float) -> "TopicModel":
        model = cls(encoder_names)
        blocks = encode(make_encoders(encoder_names), texts)
        return model.fit(blocks, labels, shrinkage)

    def fit(self, blocks: List[Any], labels: List[str], shrinkage: float, folds: int = 3) -> "TopicModel":
        self.means = [b.mean(axis=0) for b in blocks]
        rows, y = self._rows(blocks), np.array(labels)
        self.labels = sorted(set(labels))
        full = _analysis(shrinkage).fit(rows, y)
        self.weights, self.intercepts = full.coef_, full.intercept_
        held_out = np.zeros((rows.shape[0], len(self.labels)))
        for train, test in StratifiedKFold(folds, shuffle=True, random_state=7).split(rows, y):
            fold = _analysis(shrinkage).fit(rows[train], y[train])
            held_out[test] = fold.decision_function(rows[test])
        truth = np.searchsorted(self.labels, y)
        self.temperature = float(minimize_scalar(lambda t: _loss(held_out / t, truth), bounds=(0.05, 10), method="bounded").x)
        return self

    def probabilities(self, blocks: List[Any]) -> np.ndarray:
        scores = self._rows(blocks) @ self.weights.T + self.intercepts
        return _softmax(np.asarray(scores) / self.temperature)

    def ranking(self, blocks: List[Any]) -> List[Tuple[str, float]]:
        """Labels of the first row with their probabilities, the likeliest first."""
        p = self.probabilities(blocks)[0]
        return [(self.labels[i], float(p[i])) for i in np.argsort(-p)]

    def _rows(self, blocks: List[Any]) -> Any:
        dense = [b - m for b, m in zip(blocks, self.means)]
        dense = [d / np.maximum(np.linalg.norm(d, axis=1, keepdims=True), 1e-9) for d in dense]
        return np.hstack(dense)

    def as_arrays(self) -> Dict[str, Any]:
        """For storing without pickle."""
        return {"weights": self.weights, "intercepts": self.intercepts, **{f"mean{i}": m for i, m in enumerate(self.means)}}


def _analysis(shrinkage: float) -> LinearDiscriminantAnalysis:
    # Closed form: a second or two for thousands of examples, where logistic regression took minutes and did no better.
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)


def _softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _loss(scores: np.ndarray, truth: np.ndarray) -> float:
    p = _softmax(scores)
    return float(-np.log(np.maximum(p[np.arange(len(truth)), truth], 1e-12)).mean())

"""The classifier itself, apart from Rasa: encoders, a linear model over them, and probabilities that mean what they say."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, List, Tuple

import numpy as np
from scipy.optimize import minimize_scalar
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from components.embedding_cache import encode_all
from components.encoders import ENCODERS


def encode(encoders: List[Any], texts: List[str]) -> List[Any]:
    """One block of rows for each encoder."""
    return [encoder.encode(texts) for encoder in encoders]


def encode_examples(names: List[str], encoders: List[Any], texts: List[str]) -> List[Any]:
    """The same for training examples, whose rows may be known from last time by the encoder's name."""
    return [encode_all(name, encoder, texts) for name, encoder in zip(names, encoders)]


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
    person_weights: Any = None
    person_intercept: float = 0.0

    def fit(self, blocks: List[Any], labels: List[str], person: List[bool], shrinkage: float) -> "TopicModel":
        self.means = [b.mean(axis=0) for b in blocks]
        rows, y = self._rows(blocks), np.array(labels)
        self.labels = sorted(set(labels))
        # The temperature is one number: a fifth of the examples, kept aside once, settles it.
        train, aside = train_test_split(np.arange(len(y)), test_size=0.2, random_state=7, stratify=y)
        scores = _analysis(shrinkage).fit(rows[train], y[train]).decision_function(rows[aside])
        truth = np.searchsorted(self.labels, y[aside])
        self.temperature = float(minimize_scalar(lambda t: _loss(scores / t, truth), bounds=(0.05, 20), method="bounded").x)
        full = _analysis(shrinkage).fit(rows, y)
        self.weights, self.intercepts = full.coef_, full.intercept_
        if any(person):
            # Whether a person is needed is another question than what it is about: a model of its own over the same rows.
            need = LogisticRegression(C=3.0, class_weight="balanced", max_iter=300, tol=1e-3).fit(rows.astype(np.float32), np.array(person))
            self.person_weights, self.person_intercept = need.coef_[0], float(need.intercept_[0])
        return self

    def person(self, blocks: List[Any]) -> float:
        """How likely the first row needs a person."""
        if self.person_weights is None:
            return 0.0
        return float(1 / (1 + np.exp(-(self._rows(blocks)[0] @ self.person_weights + self.person_intercept))))

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

    def save(self, path: Path) -> None:
        """Store it at `path` .npz and .json, without pickle."""
        arrays = {"weights": self.weights, "intercepts": self.intercepts, **{f"mean{i}": m for i, m in enumerate(self.means)}}
        if self.person_weights is not None:
            arrays["person"] = self.person_weights
        np.savez_compressed(path.with_suffix(".npz"), **{name: np.asarray(a, dtype=np.float32) for name, a in arrays.items()})
        about = {
            "encoder_names": self.encoder_names,
            "labels": self.labels,
            "temperature": self.temperature,
            "person_intercept": self.person_intercept,
        }
        path.with_suffix(".json").write_text(json.dumps(about, ensure_ascii=False))

    @classmethod
    def load(cls, path: Path) -> "TopicModel":
        about = json.loads(path.with_suffix(".json").read_text())
        arrays = np.load(path.with_suffix(".npz"))
        means = [arrays[f"mean{i}"] for i in range(len(about["encoder_names"]))]
        person = arrays["person"] if "person" in arrays else None
        return cls(means=means, weights=arrays["weights"], intercepts=arrays["intercepts"], person_weights=person, **about)


def _analysis(shrinkage: float) -> LinearDiscriminantAnalysis:
    # Closed form: a second or two for thousands of examples, where logistic regression took minutes and did no better.
    return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=shrinkage)


def _softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _loss(scores: np.ndarray, truth: np.ndarray) -> float:
    p = _softmax(scores)
    return float(-np.log(np.maximum(p[np.arange(len(truth)), truth], 1e-12)).mean())

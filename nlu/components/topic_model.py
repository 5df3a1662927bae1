"""The classifier itself, apart from Rasa: what one view of a sentence says about its topic, in probabilities that mean what they say."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.svm import LinearSVC

from components.encoders import MeaningEncoder, WordsEncoder


class Meaning:
    """Linear discriminant analysis over embeddings, centred: closed form, a second or two for thousands of examples."""

    encoder: type = MeaningEncoder

    def __init__(self, scale: Any = None) -> None:
        self.scale = scale  # the mean of the examples

    def fit_rows(self, rows: np.ndarray) -> None:
        self.scale = rows.mean(axis=0)

    def rows(self, encoded: np.ndarray) -> np.ndarray:
        centred = encoded - self.scale
        return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-9)

    def learner(self) -> Any:
        return LinearDiscriminantAnalysis(solver="lsqr", shrinkage=0.3)


class Words:
    """A linear support vector machine over counted runs of characters, each weighing more the rarer it is (tf-idf)."""

    encoder: type = WordsEncoder

    def __init__(self, scale: Any = None) -> None:
        self.scale = scale  # how rare each run is

    def fit_rows(self, counts: csr_matrix) -> None:
        having = np.bincount(counts.indices, minlength=counts.shape[1])
        self.scale = (np.log((1 + counts.shape[0]) / (1 + having)) + 1).astype(np.float32)

    def rows(self, counts: csr_matrix) -> csr_matrix:
        rows = counts.astype(np.float32)
        rows.data = (1 + np.log(rows.data)) * self.scale[rows.indices]
        lengths = np.sqrt(rows.multiply(rows).sum(axis=1)).A1
        rows.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(rows.indptr))
        return rows

    def learner(self) -> Any:
        return LinearSVC(C=0.3, random_state=7)


# The views of a sentence, by their names in config.yml.
VIEWS = {"meaning": Meaning, "words": Words}

# Labels of talk and of law that are nobody's topic here.
ELSEWHERE = ("off_topic", "other_law")


@dataclass
class TopicModel:
    """A linear model over one view. `weights` has a column for each label; the temperature makes it calibrated.

    `sides` are questions of yes or no beside the topic's, by name: for each, a weight for every number of a row, and an intercept.
    """

    view: str
    labels: List[str] = field(default_factory=list)
    scale: Any = None
    weights: Any = None
    intercepts: Any = None
    temperature: float = 1.0
    sides: Dict[str, Tuple[Any, float]] = field(default_factory=dict)

    def fit(self, encoded: Any, labels: List[str], sides: Dict[str, List[bool]]) -> "TopicModel":
        """From rows as the view's encoder gives them, the label of each, and for each question of yes or no every row's answer."""
        view = VIEWS[self.view]()
        view.fit_rows(encoded)
        self.scale = np.asarray(view.scale, dtype=np.float32)
        rows, y = view.rows(encoded), np.array(labels)
        self.labels = sorted(set(labels))
        # The temperature is one number: a fifth of the examples, kept aside once, settles it.
        train, aside = train_test_split(np.arange(len(y)), test_size=0.2, random_state=7, stratify=y)
        scores = view.learner().fit(rows[train], y[train]).decision_function(rows[aside])
        truth = np.searchsorted(self.labels, y[aside])
        self.temperature = float(minimize_scalar(lambda t: _loss(scores / t, truth), bounds=(0.02, 20), method="bounded").x)
        full = view.learner().fit(rows, y)
        # Row by row and of the rows' own precision: otherwise all of it is copied for every sentence.
        self.weights, self.intercepts = np.ascontiguousarray(full.coef_.T, np.float32), full.intercept_.astype(np.float32)
        for name, answers in sides.items():
            if any(answers):
                side = LogisticRegression(C=3.0, class_weight="balanced", max_iter=300, tol=1e-3).fit(rows, np.array(answers))
                self.sides[name] = side.coef_[0].astype(np.float32), float(side.intercept_[0])
        return self

    def rows(self, encoded: Any) -> Any:
        return VIEWS[self.view](self.scale).rows(encoded)

    def probabilities(self, rows: Any) -> np.ndarray:
        return _softmax((np.asarray(rows @ self.weights) + self.intercepts) / self.temperature)

    def side(self, name: str, rows: Any) -> float:
        """The log odds that the answer to a question beside the topic's is yes for the first row; nothing learnt is no."""
        if name not in self.sides:
            return -np.inf
        weights, intercept = self.sides[name]
        return float(np.asarray(rows @ weights)[0] + intercept)

    def save(self, path: Path) -> None:
        """Store it at `path` .npz and .json, without pickle. Half precision is plenty: the weights are sums of thousands of examples."""
        arrays = {"weights": self.weights, "intercepts": self.intercepts, "scale": self.scale}
        arrays.update({f"side_{name}": weights for name, (weights, _) in self.sides.items()})
        np.savez_compressed(path.with_suffix(".npz"), **{name: np.asarray(a, dtype=np.float16) for name, a in arrays.items()})
        intercepts = {name: intercept for name, (_, intercept) in self.sides.items()}
        about = {"view": self.view, "labels": self.labels, "temperature": self.temperature, "sides": intercepts}
        path.with_suffix(".json").write_text(json.dumps(about, ensure_ascii=False))

    @classmethod
    def load(cls, path: Path) -> "TopicModel":
        about = json.loads(path.with_suffix(".json").read_text())
        arrays = {name: rows.astype(np.float32) for name, rows in np.load(path.with_suffix(".npz")).items()}
        sides = {name: (arrays.pop(f"side_{name}"), intercept) for name, intercept in about.pop("sides").items()}
        return cls(sides=sides, **arrays, **about)


@dataclass(frozen=True)
class Judgement:
    """What all views together say of a sentence: labels with their probabilities, the likeliest first, and how likely each side is."""

    ranking: List[Tuple[str, float]]
    sides: Dict[str, float]

    @property
    def elsewhere(self) -> float:
        """How likely this is no topic's matter: among sixty topics it is seldom likely, asked apart too often, so the mean of both."""
        among = sum(p for label, p in self.ranking if label in ELSEWHERE)
        return (among + self.sides.get("elsewhere", 0.0)) / 2


def judge(models: List[TopicModel], encoded: List[Any]) -> Judgement:
    """The mean of what each model says of the first row of its own view."""
    rows = [model.rows(each) for model, each in zip(models, encoded)]
    mean = np.mean([model.probabilities(each)[0] for model, each in zip(models, rows)], axis=0)
    labels = models[0].labels
    sides = {}
    for name in models[0].sides:
        odds = float(np.mean([model.side(name, each) for model, each in zip(models, rows)]))
        sides[name] = float(1 / (1 + np.exp(-odds)))
    return Judgement([(labels[i], float(mean[i])) for i in np.argsort(-mean)], sides)


def _softmax(scores: np.ndarray) -> np.ndarray:
    e = np.exp(scores - scores.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def _loss(scores: np.ndarray, truth: np.ndarray) -> float:
    p = _softmax(scores)
    return float(-np.log(np.maximum(p[np.arange(len(truth)), truth], 1e-12)).mean())

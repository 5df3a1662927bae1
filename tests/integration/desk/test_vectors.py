"""Vectors that training has made already are taken over, and are what the embedder itself would make."""

import hashlib
from pathlib import Path

import numpy as np

from desk.database import Database
from desk.knowledge.embedding import UseEmbedder, known_vectors, learn_vectors, take_over_vectors, vector_key

TEXTS = ["老板拖欠三个月工资怎么办", "年假有几天"]


def stored_by_training(file: Path, texts: list[str]) -> Path:
    """A file as nlu/components/embedding_cache.py writes it."""
    rows = UseEmbedder().embed(texts)
    np.savez(file, keys=np.array([hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]), rows=rows)
    return file


def test_what_training_made_is_not_made_again(database: Database, tmp_path: Path) -> None:
    embedder = UseEmbedder()
    made = stored_by_training(tmp_path / "meaning.npz", TEXTS[:1])
    assert take_over_vectors(database, embedder, TEXTS, made) == 1
    assert learn_vectors(database, embedder, TEXTS) == 1, "the other one is still to be made"
    keys = [vector_key(embedder, text) for text in TEXTS]
    with database.read() as session:
        known = known_vectors(session, keys)
    for key, vector in zip(keys, embedder.embed(TEXTS), strict=True):
        assert float(known[key] @ vector) > 0.999


def test_without_a_file_nothing_is_taken_over(database: Database, tmp_path: Path) -> None:
    assert take_over_vectors(database, UseEmbedder(), TEXTS, tmp_path / "none.npz") == 0

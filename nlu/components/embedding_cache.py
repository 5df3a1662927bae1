"""Embeddings of training examples, kept between trainings: a changed example costs one embedding, not seven thousand."""

import hashlib
import os
from pathlib import Path
from typing import Any, List

import numpy as np

# Set by whoever trains (app/model.py); without it nothing is kept.
FOLDER = "UNIONDESK_EMBEDDING_CACHE"


def encode_all(name: str, encoder: Any, texts: List[str]) -> np.ndarray:
    """The rows of `texts`, from the folder where they are known."""
    folder = os.environ.get(FOLDER)
    if not folder or not encoder.slow:
        return encoder.encode(texts)
    path = Path(folder) / f"{name}.npz"
    keys = [hashlib.sha256(text.encode()).hexdigest()[:24] for text in texts]
    known = _read(path)
    missing = sorted({(key, text) for key, text in zip(keys, texts) if key not in known})
    for start in range(0, len(missing), 64):
        part = missing[start : start + 64]
        rows = encoder.encode([text for _, text in part])
        known.update({key: row.astype(np.float32) for (key, _), row in zip(part, rows)})
    if missing:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{name}.{os.getpid()}.npz")
        np.savez(partial, keys=np.array(sorted(set(keys))), rows=np.stack([known[key] for key in sorted(set(keys))]))
        partial.replace(path)
    return np.stack([known[key] for key in keys]).astype(np.float64)


def _read(path: Path) -> dict:
    if not path.exists():
        return {}
    stored = np.load(path)
    return dict(zip(stored["keys"].tolist(), stored["rows"]))

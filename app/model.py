"""Rasa's model: trained when what it is made of changed, known by the hash of that."""

import hashlib
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import yaml

from app.settings import ROOT
from desk.errors import DeskError
from desk.knowledge.article_file import read_articles

_SOURCES = ("nlu/domain.yml", "nlu/rules.yml", "nlu/config.yml", "nlu/requirements.lock")


class TrainingFailed(DeskError):
    """Rasa could not train; the log names the line at fault."""


def fingerprint() -> str:
    """A hash over training data, ways of asking, domain, rules, pipeline and components: the model's name."""
    digest = hashlib.sha256(_asks().encode())
    files = [ROOT / name for name in _SOURCES]
    files += sorted((ROOT / "data/training").glob("*.yml")) + sorted((ROOT / "nlu/components").glob("*.py"))
    for path in files:
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _asks() -> str:
    """The ways of asking for the articles, as training data: what search finds an article by teaches its topic as well."""
    by_topic: dict[str, list[str]] = {}
    for article in read_articles(ROOT / "data/knowledge"):
        by_topic.setdefault(article.topic, []).extend([article.title, *article.asks])
    blocks = [{"intent": f"ask/{topic}", "examples": "".join(f"- {ask}\n" for ask in asks)} for topic, asks in sorted(by_topic.items())]
    return yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, width=1000)


def nlu_python() -> Path:
    """The interpreter of Rasa's own environment. Raises TrainingFailed when it is not there."""
    python = ROOT / "nlu/.venv/bin/python"
    if not python.exists():
        raise TrainingFailed("nlu/.venv is missing: `make setup` makes it")
    return python


def rasa_environment() -> dict[str, str]:
    """The variables that Rasa wants: no telemetry, quiet TensorFlow, threads that do not spin."""
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith("UNIONDESK_")},
        "PYTHONPATH": str(ROOT / "nlu"),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "OMP_WAIT_POLICY": "passive",
    }


def trained_model(data_dir: Path) -> Path:
    """The model for the files as they are now, trained first if there is none. Raises TrainingFailed naming the log."""
    models = data_dir / "models"
    model = models / f"{fingerprint()}.tar.gz"
    if model.exists():
        return model
    models.mkdir(parents=True, exist_ok=True)
    log = data_dir / "training.log"
    partial = f"partial-{os.getpid()}"
    asks = models / f"{partial}-asks.yml"
    asks.write_text(_asks(), "utf-8")
    command = [str(nlu_python()), "-m", "rasa", "train", "--data", str(ROOT / "data/training"), str(asks), str(ROOT / "nlu/rules.yml")]
    command += ["--domain", str(ROOT / "nlu/domain.yml"), "--config", str(ROOT / "nlu/config.yml")]
    command += ["--out", str(models), "--fixed-model-name", partial]
    print(f"Training the model (about two minutes; log: {log})", file=sys.stderr, flush=True)
    stop = threading.Event()
    progress = threading.Thread(target=_show_progress, args=(stop,), daemon=True)
    progress.start()
    environment = {**rasa_environment(), "UNIONDESK_EMBEDDING_CACHE": str(data_dir / "embeddings")}
    with log.open("w") as output:
        done = subprocess.run(
            command, cwd=ROOT / "nlu", env=environment, stdout=output, stderr=output, stdin=subprocess.DEVNULL, check=False
        )
    stop.set()
    progress.join()
    asks.unlink()
    made = models / f"{partial}.tar.gz"
    if done.returncode != 0 or not made.exists():
        raise TrainingFailed(f"Rasa could not train (exit {done.returncode}); see {log}")
    # Only a whole model gets the name that makes it serve.
    made.replace(model)
    for old in models.glob("*.tar.gz"):
        if old != model and not old.name.startswith("partial-"):
            old.unlink()
    return model


def _show_progress(stop: threading.Event) -> None:
    begun = time.monotonic()
    while not stop.wait(5):
        print(f"  … training, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)

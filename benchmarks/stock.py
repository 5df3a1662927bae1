"""Train stock Rasa on this project's examples: what a newcomer to Rasa would get for Chinese, for comparison.

    nlu/.venv/bin/python benchmarks/stock.py MODEL.tar.gz [--epochs 100]

Jieba, lexical and count features, DIET and the default policies (memoization, rules, TED, unexpected intents), with the
100 epochs that `rasa init` sets (half a day on two cores; fewer by `--epochs`). Every topic is a flat intent, as the tutorial does it. Domain, rules and actions are the
project's own, so that both models can stand behind the same app. Prints the seconds it took.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent

CONFIG = """
recipe: default.v1
language: zh
assistant_id: stock
pipeline:
  - name: JiebaTokenizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: {epochs}
    constrain_similarities: true
  - name: EntitySynonymMapper
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
policies:
  - name: MemoizationPolicy
  - name: RulePolicy
  - name: UnexpecTEDIntentPolicy
    max_history: 5
    epochs: {epochs}
  - name: TEDPolicy
    max_history: 5
    epochs: {epochs}
    constrain_similarities: true
"""


def flat(label: str) -> str:
    """The topic as an intent of its own: ask/wage_arrears is ask__wage_arrears."""
    return label.replace("/", "__")


def write_project(home: Path, epochs: int) -> None:
    """The project's training data, domain and rules with flat intents, into `home`."""
    examples: dict = {}
    for path in sorted((ROOT / "data/training").glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            lines = [line for line in block["examples"].splitlines() if line.strip()]
            examples.setdefault(flat(block["intent"]), []).extend(lines)
    nlu = [{"intent": intent, "examples": "\n".join(lines) + "\n"} for intent, lines in examples.items()]
    topics = [intent for intent in examples if intent.startswith("ask__")]

    domain = yaml.safe_load((ROOT / "nlu/domain.yml").read_text("utf-8"))
    domain["intents"] = [i for i in domain["intents"] if "ask" not in i] + [{t: {"use_entities": []}} for t in topics]
    domain["intents"].append("nlu_fallback")

    rules = yaml.safe_load((ROOT / "nlu/rules.yml").read_text("utf-8"))["rules"]
    kept = [rule for rule in rules if not any(step.get("intent") == "ask" for step in rule["steps"])]
    steps = {t: [{"intent": t}, {"action": "action_answer"}] for t in [*topics, "nlu_fallback"]}
    kept += [{"rule": t, "condition": [{"active_loop": None}], "steps": s} for t, s in steps.items()]
    stories = [{"story": t, "steps": s} for t, s in steps.items()]

    files = {"nlu": {"nlu": nlu}, "domain": domain, "rules": {"rules": kept}, "stories": {"stories": stories}}
    for name, content in files.items():
        text = yaml.safe_dump({"version": "3.1", **content}, allow_unicode=True, sort_keys=False)
        (home / f"{name}.yml").write_text(text, "utf-8")
    (home / "config.yml").write_text(CONFIG.format(epochs=epochs), "utf-8")


def train(model: Path, epochs: int) -> float:
    """Train and return the seconds it took; what Rasa prints goes beside the model."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder, model.with_suffix(".log").open("w") as log:
        home = Path(folder)
        write_project(home, epochs)
        command = [sys.executable, "-m", "rasa", "train", "--data", "nlu.yml", "rules.yml", "stories.yml"]
        command += ["--domain", "domain.yml", "--config", "config.yml", "--out", ".", "--fixed-model-name", "stock"]
        environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3"}
        subprocess.run(command, cwd=home, env=environment, check=True, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        model.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(home / "stock.tar.gz", model)
    return time.perf_counter() - begun


def main() -> None:
    """Train into the named file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--epochs", type=int, default=100)
    arguments = parser.parse_args()
    print(f"trained in {train(arguments.model.resolve(), arguments.epochs):.0f} s")


if __name__ == "__main__":
    main()

"""Which pipeline understands best: the stock Chinese one, counts, embeddings, both. One run, one machine, same examples.

    nlu/.venv/bin/python benchmarks/understanding.py --labelled questions.jsonl [--stock]

Each line of `questions.jsonl`: {"question", "topic", "topic_alt"}; questions that real people asked, none of them a
training example. Prints a Markdown table: right at the first topic, at the first or second, off-topic recognised,
expected calibration error, seconds to train, milliseconds a sentence (median), size of what is stored, memory.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "nlu"))

from components.topic_model import TopicModel, encode, make_encoders  # noqa: E402

STOCK = """
recipe: default.v1
language: zh
pipeline:
  - name: JiebaTokenizer
  - name: LexicalSyntacticFeaturizer
  - name: CountVectorsFeaturizer
  - name: CountVectorsFeaturizer
    analyzer: char_wb
    min_ngram: 1
    max_ngram: 4
  - name: DIETClassifier
    epochs: 100
    constrain_similarities: true
    entity_recognition: false
  - name: FallbackClassifier
    threshold: 0.3
    ambiguity_threshold: 0.1
policies: []
"""


def examples():
    rows = []
    for path in sorted((ROOT / "data/training").glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            rows += [(line.strip()[2:].strip(), block["intent"]) for line in block["examples"].splitlines() if line.strip()]
    return rows


def labelled(path):
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines() if line.strip()]


def score(name, rankings, questions, trained, spent, size):
    """One row of the table from each question's ranking [(label, probability)]."""
    first = second = n = off = off_found = 0
    sure = []
    for ranking, row in zip(rankings, questions):
        asked = [(label.split("/", 1)[1], p) for label, p in ranking if label.startswith("ask/")]
        elsewhere = sum(p for label, p in ranking if label in ("off_topic", "other_law"))
        if row["topic"] == "off_topic":
            off += 1
            off_found += elsewhere > asked[0][1]
            continue
        right = {row["topic"], row.get("topic_alt")}
        n += 1
        first += asked[0][0] in right
        second += asked[0][0] in right or asked[1][0] in right
        sure.append((asked[0][1], asked[0][0] in right))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {name} | {first / n:.3f} | {second / n:.3f} | {off_found / max(off, 1):.2f} | {calibration_error(sure):.3f} "
        f"| {trained:.0f} | {statistics.median(spent):.1f} | {size / 1024:.0f} | {memory:.0f} |",
        flush=True,
    )


def calibration_error(pairs, bins=10):
    """Expected calibration error: how far confidence and hit rate are apart, weighted over ten bins."""
    total = 0.0
    for i in range(bins):
        part = [(p, hit) for p, hit in pairs if i / bins <= p < (i + 1) / bins or (i == bins - 1 and p == 1.0)]
        if part:
            total += len(part) / len(pairs) * abs(statistics.mean(p for p, _ in part) - statistics.mean(hit for _, hit in part))
    return total


def ours(encoders, rows, questions, cache):
    encoder_objects = make_encoders(encoders)
    begun = time.perf_counter()
    blocks = []
    for name, encoder in zip(encoders, encoder_objects):
        if name not in cache:
            started = time.perf_counter()
            cache[name] = (encoder.encode([text for text, _ in rows]), time.perf_counter() - started)
        blocks.append(cache[name][0])
    encoding = sum(cache[name][1] for name in encoders)
    begun = time.perf_counter()
    model = TopicModel(encoders).fit(blocks, [label for _, label in rows], 0.15)
    trained = time.perf_counter() - begun + encoding
    spent, rankings = [], []
    for row in questions:
        started = time.perf_counter()
        rankings.append(model.ranking(encode(encoder_objects, [row["question"]])))
        spent.append((time.perf_counter() - started) * 1000)
    size = sum(np.asarray(a).nbytes for a in model.as_arrays().values())
    score(f"{' + '.join(encoders)}, LDA, temperature", rankings, questions, trained, spent, size)


def stock(rows, questions):
    """Rasa's own pipeline for Chinese, trained and asked in a process of its own, over the same examples as flat intents."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "config.yml").write_text(STOCK, "utf-8")
        by_label = {}
        for text, label in rows:
            by_label.setdefault(label.replace("ask/", "ask__"), []).append(text)
        blocks = [{"intent": label, "examples": "".join(f"- {t}\n" for t in texts)} for label, texts in by_label.items()]
        (home / "nlu.yml").write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), "utf-8")
        begun = time.perf_counter()
        command = [
            sys.executable,
            "-m",
            "rasa",
            "train",
            "nlu",
            "--nlu",
            "nlu.yml",
            "--config",
            "config.yml",
            "--out",
            ".",
            "--fixed-model-name",
            "stock",
        ]
        subprocess.run(command, cwd=home, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        trained = time.perf_counter() - begun
        (home / "questions.json").write_text(json.dumps([q["question"] for q in questions], ensure_ascii=False), "utf-8")
        answer = subprocess.run([sys.executable, __file__, "--parse", str(home)], check=True, capture_output=True, text=True).stdout
        parsed = json.loads(answer.splitlines()[-1])
        rankings = [[(label.replace("ask__", "ask/"), p) for label, p in ranking] for ranking in parsed["rankings"]]
        score("Jieba, counts, DIET (stock)", rankings, questions, trained, parsed["ms"], (home / "stock.tar.gz").stat().st_size)


def parse(home):
    """In the child: load the stock model and print every question's ranking."""
    import asyncio

    from rasa.core.agent import Agent

    agent = Agent.load(str(Path(home) / "stock.tar.gz"))
    rankings, ms = [], []
    for question in json.loads((Path(home) / "questions.json").read_text("utf-8")):
        started = time.perf_counter()
        result = asyncio.run(agent.parse_message(question))
        ms.append((time.perf_counter() - started) * 1000)
        rankings.append([(r["name"], r["confidence"]) for r in result["intent_ranking"]])
    print(json.dumps({"rankings": rankings, "ms": ms}, ensure_ascii=False))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled")
    parser.add_argument("--stock", action="store_true", help="also the stock pipeline (the better part of an hour on two cores)")
    parser.add_argument("--parse", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.parse:
        return parse(arguments.parse)
    rows, questions = examples(), labelled(arguments.labelled)
    print(f"{len(rows)} examples, {len(questions)} questions\n")
    print(
        "| pipeline | first | first or second | off-topic found | calibration error | training s | ms a sentence | stored KB | memory MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    cache = {}
    for encoders in (["counts"], ["use"], ["e5"], ["use", "e5"], ["use", "e5", "counts"]):
        ours(encoders, rows, questions, cache)
    if arguments.stock:
        stock(rows, questions)


if __name__ == "__main__":
    main()

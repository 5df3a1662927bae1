"""How long a turn takes and how many there are in a second: through the real app, Rasa, actions and database included.

    .venv/bin/python benchmarks/turns.py [--questions FILE.jsonl] [--turns 200] [--at-once 8] [--stock MODEL.tar.gz]

Every turn is a new conversation. First one at a time (median and 95th percentile), then several at once (turns a
second). With `--stock`, a model of the stock pipeline trained on the same examples is measured in the same run, behind
the same actions: only ratios within one run mean anything on a noisy machine.
"""

import argparse
import asyncio
import json
import statistics
import time
from pathlib import Path
from typing import Any

from app.ask import rehearsal
from app.settings import Settings
from app.wiring import Parts
from desk import conversations
from desk.conversations import Incoming

ASKED = (
    "老板拖欠三个月工资怎么办",
    "公司不给交社保，我能不能走人要补偿",
    "骑手送餐路上摔了算工伤吗",
    "试用期被辞退有没有钱",
    "怀孕了单位要调我的岗",
    "年假没休完离职怎么算",
    "怎么加入工会",
    "加班费一小时多少",
    "仲裁要花多少钱",
    "退休年龄推迟到几岁",
)


async def _turn(parts: Parts, number: str, text: str) -> float:
    begun = time.perf_counter()
    conversation_id, _ = await parts.database.writing(
        conversations.receive, Incoming("ask", number, f"turn:{number}", text=text), parts.clock.now()
    )
    await parts.turns.answer(conversation_id)
    return (time.perf_counter() - begun) * 1000


async def _measure(name: str, model: Path | None, questions: list[str], turns: int, at_once: int) -> None:
    async with rehearsal(Settings(), model) as parts:
        for i in range(20):
            await _turn(parts, f"warm{i}", questions[i % len(questions)])
        alone = [await _turn(parts, f"alone{i}", questions[i % len(questions)]) for i in range(turns)]
        waiting = asyncio.Semaphore(at_once)

        async def one(i: int) -> None:
            async with waiting:
                await _turn(parts, f"many{i}", questions[i % len(questions)])

        begun = time.perf_counter()
        await asyncio.gather(*(one(i) for i in range(turns)))
        rate = turns / (time.perf_counter() - begun)
    alone.sort()
    print(f"| {name} | {statistics.median(alone):.0f} | {alone[int(len(alone) * 0.95)]:.0f} | {rate:.1f} |", flush=True)


def main() -> None:
    """Print one row for each pipeline."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=Path)
    parser.add_argument("--turns", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=8)
    parser.add_argument("--stock", type=Path, help="a trained model of the stock pipeline")
    arguments = parser.parse_args()
    questions: list[str] = list(ASKED)
    if arguments.questions:
        rows: list[dict[str, Any]] = [json.loads(line) for line in arguments.questions.read_text("utf-8").splitlines() if line.strip()]
        questions = [str(row["question"]) for row in rows]
    print("| pipeline | median ms | 95th percentile ms | turns a second |\n|---|---|---|---|")
    asyncio.run(_measure("this project", None, questions, arguments.turns, arguments.at_once))
    if arguments.stock:
        asyncio.run(_measure("stock: Jieba, counts, DIET", arguments.stock, questions, arguments.turns, arguments.at_once))


if __name__ == "__main__":
    main()

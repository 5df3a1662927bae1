"""How long a turn takes and how many there are in a second: through the real app, Rasa, actions and database included.

    .venv/bin/python benchmarks/turns.py [--questions FILE.jsonl] [--turns 200] [--at-once 8] [--stock MODEL.tar.gz]

Every turn is a new conversation. First one at a time (median and 95th percentile), then several at once (turns a
second). With `--stock`, a model of the stock pipeline (benchmarks/stock.py) is measured in the same run, behind the same
actions: once in place of ours, once as Rasa comes, with its REST channel, its SQL store of dialogues and its check of every
action's answer. The latter is asked without the app in between, and so are we beside it. Only ratios within one run mean
anything on a noisy machine.
"""

import argparse
import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import httpx
import yaml

from app.ask import rehearsal
from app.rasa_process import RasaProcess
from app.settings import Settings
from app.wiring import Parts
from desk import conversations
from desk.conversations import Incoming, Turn

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


class StockRasa(RasaProcess):
    """Rasa as it comes: its own REST channel and its own store."""

    def _write_config(self) -> None:
        super()._write_config()
        endpoints = {
            "action_endpoint": {"url": self._action_url, "token": self._token, "token_name": "token"},
            "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(self._dir / "tracker.db")},
        }
        (self._dir / "endpoints.yml").write_text(yaml.safe_dump(endpoints), "utf-8")
        (self._dir / "credentials.yml").write_text("rest: {}\n", "utf-8")

    async def _until_ready(self) -> None:
        while True:
            with contextlib.suppress(httpx.HTTPError):
                if (await self._client.client.get("/webhooks/rest/")).status_code == 200:
                    break
            await asyncio.sleep(0.2)
        await self._client.warm()
        self.ready.set()


async def _asked_alone(parts: Parts, number: str, text: str, channel: str) -> float:
    """One message straight to Rasa's channel; the conversation is there already. Milliseconds."""
    conversation_id, _ = await parts.database.writing(
        conversations.receive, Incoming("ask", number, f"turn:{number}", text=text), parts.clock.now()
    )
    begun = time.perf_counter()
    if channel == "desk":
        replies: Sequence[object] = await parts.rasa.respond(
            Turn(number, conversation_id, "", "ask", number, "zh", "bot", 0, "text", text, "", memory={})
        )
    else:
        metadata = {"contact": "", "language": "zh", "message": number}
        body = {"sender": conversation_id, "message": text, "message_id": number, "metadata": metadata}
        response = await parts.rasa.of(conversation_id).client.post(f"/webhooks/{channel}/webhook", json=body, timeout=60)
        response.raise_for_status()
        replies = response.json()
    if not replies:
        raise RuntimeError(f"{channel}: nothing was said to {text}")
    return (time.perf_counter() - begun) * 1000


async def _measure_rasa(name: str, model: Path | None, channel: str, questions: list[str], turns: int, at_once: int) -> None:
    async with rehearsal(Settings(), model, StockRasa if channel == "rest" else RasaProcess) as parts:
        await _table(name, lambda number, text: _asked_alone(parts, number, text, channel), questions, turns, at_once)


async def _measure(name: str, model: Path | None, questions: list[str], turns: int, at_once: int) -> None:
    async with rehearsal(Settings(), model) as parts:
        await _table(name, lambda number, text: _turn(parts, number, text), questions, turns, at_once)


async def _table(name: str, ask: Callable[[str, str], Awaitable[float]], questions: list[str], turns: int, at_once: int) -> None:
    for i in range(20):
        await ask(f"warm{i}", questions[i % len(questions)])
    alone = sorted([await ask(f"alone{i}", questions[i % len(questions)]) for i in range(turns)])
    waiting = asyncio.Semaphore(at_once)

    async def one(i: int) -> None:
        async with waiting:
            await ask(f"many{i}", questions[i % len(questions)])

    begun = time.perf_counter()
    await asyncio.gather(*(one(i) for i in range(turns)))
    rate = turns / (time.perf_counter() - begun)
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
        stock = arguments.stock
        asyncio.run(_measure("stock model (Jieba, counts, DIET) in its place", stock, questions, arguments.turns, arguments.at_once))
        asyncio.run(_measure_rasa("Rasa alone, this project", None, "desk", questions, arguments.turns, arguments.at_once))
        asyncio.run(_measure_rasa("Rasa alone, as it comes", stock, "rest", questions, arguments.turns, arguments.at_once))


if __name__ == "__main__":
    main()

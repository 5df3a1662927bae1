"""`uniondesk ask`: questions from a file, each a new conversation, through the very path of a chat turn."""

import asyncio
import contextlib
import json
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI

from actions.endpoint import build_endpoint
from app.model import trained_model
from app.rasa_process import RasaProcess, children
from app.settings import Settings
from app.store import copy_sources, load_knowledge, migrate
from app.wiring import Parts, build, rasa_token
from bot.channel import Outgoing
from desk import conversations
from desk.conversations import Incoming
from desk.errors import Invalid
from desk.outbox import Outcome


class _Silent:
    """A channel that shows nobody anything: the answers are read from the conversation."""

    name = "ask"
    repeatable = True

    async def send(self, address: str, outgoing: Outgoing) -> Outcome:
        return Outcome("sent")

    async def typing(self, address: str) -> None:
        return


async def ask_file(settings: Settings, source: Path, out: Path) -> None:
    """Answer every line of `source` into `out`. Raises Invalid naming the line that cannot be read."""
    questions = _read(source)
    async with rehearsal(settings) as parts:
        print(f"{len(questions)} questions", file=sys.stderr, flush=True)
        begun = time.monotonic()
        with out.open("w", encoding="utf-8") as lines:
            for done, row in enumerate(questions, 1):
                answer = await _ask(parts, f"{done}", row["question"])
                lines.write(json.dumps({"id": row["id"], **answer}, ensure_ascii=False) + "\n")
                if done % 50 == 0 or done == len(questions):
                    print(f"  {done}/{len(questions)}  {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)


async def explain(settings: Settings, question: str) -> None:
    """Answer one question and print how it was found."""
    async with rehearsal(settings) as parts:
        answer = await _ask(parts, "1", question)
        hits = await parts.database.reading(parts.passages.find, question, parts.clock.now().date())
    answer["passages_found"] = [
        {"source": hit.source.title, "place": hit.passage.place, "score": round(hit.score, 3), "meaning": round(hit.meaning, 3),
         "words": round(hit.words, 3), "text": hit.passage.text[:60]}
        for hit in hits
    ]  # fmt: skip
    print(answer.pop("answer"))
    print(json.dumps(answer, ensure_ascii=False, indent=1))


@contextlib.asynccontextmanager
async def rehearsal(settings: Settings, model: Path | None = None, rasa_process: type[RasaProcess] = RasaProcess) -> AsyncIterator[Parts]:
    """The app without its doors, over a database of its own, so that questions asked here are nobody's conversations.

    `model` is another one than the project's own, and `rasa_process` another way to run it, for comparisons.
    """
    model = model or trained_model(settings.data_dir)
    with tempfile.TemporaryDirectory(prefix="uniondesk-ask-") as folder:
        port, rasa_port = _free_port(), _free_port()
        own = settings.model_copy(
            update={
                "data_dir": Path(folder),
                "database_url": "",
                "redis_url": "",
                "host": "127.0.0.1",
                "rasa_tracker_url": "",
                "port": port,
                "rasa_port": rasa_port,
                "rasa_url": "",
                "rasa_timeout_seconds": 30.0,
            }
        )
        parts = build(own, channels={"ask": _Silent()})
        await asyncio.to_thread(migrate, own)
        await asyncio.to_thread(copy_sources, settings, parts)
        print("Loading the knowledge …", file=sys.stderr, flush=True)
        await asyncio.to_thread(load_knowledge, parts, settings.data_dir)
        web = FastAPI()
        web.include_router(build_endpoint(parts.executor, rasa_token(own)))
        server = uvicorn.Server(uvicorn.Config(web, host="127.0.0.1", port=port, log_level="warning"))
        serving = asyncio.create_task(server.serve())
        rasas = children(own, parts.rasa, model, rasa_process)
        for rasa in rasas:
            await rasa.start()
        try:
            print("Starting Rasa …", file=sys.stderr, flush=True)
            await asyncio.wait_for(asyncio.gather(*(rasa.ready.wait() for rasa in rasas)), 120)
            yield parts
        finally:
            for rasa in rasas:
                await rasa.stop()
            server.should_exit = True
            await serving
            await parts.rasa.aclose()
            parts.database.close()


async def _ask(parts: Parts, address: str, question: str) -> dict[str, Any]:
    begun = time.perf_counter()
    conversation_id, _ = await parts.database.writing(
        conversations.receive, Incoming("ask", address, f"ask:{address}", text=question), parts.clock.now()
    )
    await parts.turns.answer(conversation_id)
    spent = (time.perf_counter() - begun) * 1000
    said = [m for m in await parts.database.reading(conversations.messages_after, conversation_id) if m.direction == "out"]
    decision: dict[str, Any] = next((m.details["decision"] for m in said if "decision" in m.details), {})
    return {
        "topic": decision.get("topic", said[0].details.get("talk", "") if said else ""),
        "second_topic": decision.get("second_topic", ""),
        "confidence": decision.get("confidence", 0.0),
        "articles": decision.get("articles", []),
        "answer": "\n\n".join(m.text for m in said),
        "citations": decision.get("citations", []),
        "passages": decision.get("passages", []),
        "handoff": bool(decision.get("handoff")),
        "urgent": bool(decision.get("urgent")),
        "ms": round(spent, 1),
        "kind": decision.get("kind", "talk"),
        "person": decision.get("person", 0.0),
        "elsewhere": decision.get("elsewhere", 0.0),
        "found": decision.get("found", []),
    }


def _read(source: Path) -> list[dict[str, Any]]:
    rows = []
    try:
        lines = source.read_text("utf-8").splitlines()
    except OSError as error:
        raise Invalid(f"--jsonl {source}: {error.strerror}") from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            rows.append({"id": row["id"], "question": str(row["question"])})
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise Invalid(f"{source}:{number}: needs a JSON object with id and question ({error})") from error
    return rows


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])

"""The stream of server-sent events behind an open page: first what it missed, then what happens."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

from sqlalchemy.orm import Session
from sse_starlette import ServerSentEvent

from bot.webchat.history import PAGE, ShownMessage, Worker, shown, worker_at
from desk.conversations import messages_after
from desk.database import Database, Signal
from desk.live import LocalHub

PING_SECONDS = 15
# A signal may be lost (a full queue, Redis away): the stream looks by itself this often.
_LOOK_SECONDS = 15.0


async def follow(database: Database, hub: LocalHub, address: str, after: int) -> AsyncIterator[ServerSentEvent]:
    """Events for the page of `address`, for ever.

    message  a ShownMessage behind seq `after`, with its seq as the event's id
    status   {"holder", "language"}, at the start and when it changes
    typing   somebody is writing an answer
    """
    told = None
    # Listening begins before the first look: what is stored in between is then seen by the one or the other.
    async with hub.listening() as queue:
        while True:
            worker, messages = await database.reading(_look, address, after)
            status = {"holder": worker.holder if worker else "bot", "language": worker.language if worker else ""}
            if status != told:
                told = status
                yield ServerSentEvent(json.dumps(status), event="status")
            for message in messages:
                after = message.seq
                yield ServerSentEvent(message.model_dump_json(), event="message", id=str(message.seq))
            if messages:
                continue
            news = Signal("conversation", worker.conversation_id) if worker else Signal("webchat", address)
            typing = Signal("typing", worker.conversation_id) if worker else None
            look_at = time.monotonic() + _LOOK_SECONDS
            while (signal := await _next(queue, news, typing, look_at)) is not None and signal.kind == "typing":
                yield ServerSentEvent("{}", event="typing")


def ping() -> ServerSentEvent:
    """An event and not a comment: the page hears it and so knows that the line is alive."""
    return ServerSentEvent("{}", event="ping")


async def _next(queue: asyncio.Queue[Signal], news: Signal, typing: Signal | None, look_at: float) -> Signal | None:
    """The next signal that concerns this page, or None when it is time to look without one."""
    while True:
        try:
            signal = await asyncio.wait_for(queue.get(), max(0.0, look_at - time.monotonic()))
        except TimeoutError:
            return None
        if signal in (news, typing):
            return signal


def _look(session: Session, address: str, after: int) -> tuple[Worker | None, list[ShownMessage]]:
    worker = worker_at(session, address)
    return worker, shown(session, messages_after(session, worker.conversation_id, after, limit=PAGE)) if worker else []

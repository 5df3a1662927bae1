"""The one way in: every channel hands its messages here, and none is lost or answered twice.

A message is stored first, under the channel's own update id; then its conversation is woken. Each conversation with
something unanswered has one task that takes its messages in order; conversations do not wait for each other.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from desk import conversations
from desk.clock import Clock
from desk.conversations import Incoming
from desk.database import Database

log = structlog.get_logger()


class Inbound:
    """Stores what comes in and has it answered by `answer`, which takes a conversation's id and empties its queue.

    An answer that fails is tried again after each of `pauses` (seconds).
    """

    def __init__(
        self, database: Database, clock: Clock, answer: Callable[[str], Awaitable[None]], pauses: tuple[float, ...] = (1.0, 10.0, 60.0)
    ) -> None:
        self._database = database
        self._clock = clock
        self._answer = answer
        self._pauses = pauses
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._opened = asyncio.Event()

    def open(self) -> None:
        """Begin to answer. Until then messages are only stored."""
        self._opened.set()

    async def take(self, incoming: Incoming) -> tuple[str, bool]:
        """Store one message and have it answered. Returns the conversation's id, and False for one stored before.

        When this returns the message is safe: a channel may then tell its peer that it was received.
        """
        conversation_id, fresh = await self._database.writing(conversations.receive, incoming, self._clock.now())
        if fresh:
            self.wake(conversation_id)
        return conversation_id, fresh

    async def edited(self, channel: str, update_id: str, text: str) -> None:
        """The worker changed the wording of a message that was stored under `update_id`."""
        await self._database.writing(conversations.edit_message, channel, update_id, text)

    def wake(self, conversation_id: str) -> None:
        """See to it that a task works on this conversation, now or once more when it is done."""
        if conversation_id in self._tasks:
            self._again.add(conversation_id)
            return
        self._tasks[conversation_id] = asyncio.create_task(self._work(conversation_id))

    async def resume(self) -> int:
        """After a start: take up what was stored and not answered. Returns in how many conversations."""
        waiting = await self._database.reading(conversations.unanswered)
        for conversation_id in waiting:
            self.wake(conversation_id)
        return len(waiting)

    async def idle(self) -> None:
        """Until nothing is being answered."""
        while self._tasks:
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Leave what is unanswered for the next start."""
        for task in list(self._tasks.values()):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _work(self, conversation_id: str) -> None:
        try:
            await self._opened.wait()
            for pause in (*self._pauses, None):
                if await self._emptied(conversation_id):
                    return
                if pause is not None:
                    await asyncio.sleep(pause)
            # What is unanswered stays so in the database; the next message or start takes it up again.
            log.error("inbound.gave_up", conversation=conversation_id)
        finally:
            self._tasks.pop(conversation_id, None)
            self._again.discard(conversation_id)

    async def _emptied(self, conversation_id: str) -> bool:
        """Answer until nothing new has come in meanwhile. False when it failed."""
        try:
            while True:
                self._again.discard(conversation_id)
                await self._answer(conversation_id)
                if conversation_id not in self._again:
                    return True
        except Exception:
            log.exception("inbound.turn_failed", conversation=conversation_id)
            return False

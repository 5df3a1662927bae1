"""Live signals: what was committed is told at once to whoever shows it, in this process or, by Redis, in all of them."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import structlog

from desk.database import Signal

log = structlog.get_logger()


class LocalHub:
    """Signals within one process. `publish` may be called from any thread."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Signal]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()

    async def stop(self) -> None:
        self._loop = None

    def publish(self, signal: Signal) -> None:
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self.deliver, signal)

    def deliver(self, signal: Signal) -> None:
        for queue in self._listeners:
            # A screen that does not read is told nothing more; it catches up from the database when it does.
            with contextlib.suppress(asyncio.QueueFull):
                queue.put_nowait(signal)

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[asyncio.Queue[Signal]]:
        """A queue of the signals published from now on."""
        queue: asyncio.Queue[Signal] = asyncio.Queue(1000)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)


class RedisHub(LocalHub):
    """Signals between processes: published to a Redis channel, and delivered here as they come back from it."""

    CHANNEL = "uniondesk:signals"

    def __init__(self, url: str) -> None:
        super().__init__()
        import redis
        import redis.asyncio

        self._sender = redis.Redis.from_url(url, socket_timeout=2)
        self._receiver: Any = redis.asyncio.Redis.from_url(url)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await super().start()
        self._task = asyncio.create_task(self._receive())

    async def stop(self) -> None:
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._receiver.aclose()
        await super().stop()

    def publish(self, signal: Signal) -> None:
        import redis

        try:
            self._sender.publish(self.CHANNEL, json.dumps([signal.kind, signal.id]))
        except redis.RedisError as error:
            # Screens of other processes lag until they poll; those of this process must not.
            log.warning("live.redis_unreachable", error=str(error))
            super().publish(signal)

    async def _receive(self) -> None:
        import redis

        while True:
            try:
                async with self._receiver.pubsub() as channel:
                    await channel.subscribe(self.CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message" and (signal := _signal(message["data"])) is not None:
                            self.deliver(signal)
            except redis.RedisError as error:
                log.warning("live.redis_unreachable", error=str(error))
                await asyncio.sleep(1)


def _signal(data: bytes) -> Signal | None:
    """The signal in a message of the channel; None for what some other program wrote there."""
    try:
        kind, id = json.loads(data)
        return Signal(str(kind), str(id))
    except (ValueError, TypeError):
        log.warning("live.not_a_signal", data=data[:80])
        return None

"""Signals reach every screen: within a process from any thread, between processes by Redis."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator

import pytest

from desk.database import Signal
from desk.live import LocalHub, RedisHub


async def test_a_signal_from_any_thread_reaches_every_listener() -> None:
    hub = LocalHub()
    await hub.start()
    hub.publish(Signal("case", "too early"))
    async with hub.listening() as one, hub.listening() as two:
        await asyncio.sleep(0)  # what was published before nobody hears
        while not one.empty():
            one.get_nowait(), two.get_nowait()
        threads = [threading.Thread(target=hub.publish, args=(Signal("case", str(n)),)) for n in range(20)]
        for thread in threads:
            thread.start()
        heard = [{(await asyncio.wait_for(queue.get(), 2)).id for _ in range(20)} for queue in (one, two)]
    assert heard == [{str(n) for n in range(20)}] * 2


async def test_a_screen_that_does_not_read_holds_nobody_up() -> None:
    hub = LocalHub()
    await hub.start()
    async with hub.listening() as lazy, hub.listening() as quick:
        for n in range(1500):
            hub.deliver(Signal("case", str(n)))
            if n % 100 == 0:
                while not quick.empty():
                    last = quick.get_nowait()
        assert lazy.full() and last.id == "1400"
    hub.deliver(Signal("case", "gone"))
    assert lazy.qsize() == 1000


def test_publishing_before_the_start_and_after_the_end_does_nothing() -> None:
    hub = LocalHub()
    hub.publish(Signal("case", "1"))
    asyncio.run(hub.start())
    hub.publish(Signal("case", "2"))


@pytest.fixture
async def hubs() -> AsyncIterator[tuple[RedisHub, RedisHub]]:
    """Two processes' hubs over one Redis, both subscribed."""
    url = os.environ.get("UNIONDESK_TEST_REDIS_URL", "")
    if not url:
        pytest.skip("Redis: UNIONDESK_TEST_REDIS_URL is not set")
    pair = RedisHub(url), RedisHub(url)
    for hub in pair:
        await hub.start()
        async with hub.listening() as queue:
            # A subscription stands as soon as something comes back by it.
            async with asyncio.timeout(5):
                while queue.empty():
                    await asyncio.to_thread(hub.publish, Signal("probe", "probe"))
                    await asyncio.sleep(0.01)
    yield pair
    for hub in pair:
        await hub.stop()


async def until(queue: "asyncio.Queue[Signal]", wanted: Signal) -> None:
    async with asyncio.timeout(5):
        while await queue.get() != wanted:
            pass


@pytest.mark.redis
async def test_redis_carries_signals_both_ways(hubs: tuple[RedisHub, RedisHub]) -> None:
    one, two = hubs
    async with one.listening() as at_one, two.listening() as at_two:
        await asyncio.to_thread(one.publish, Signal("case", "from one"))
        await asyncio.to_thread(two.publish, Signal("case", "from two"))
        for queue in (at_one, at_two):
            await until(queue, Signal("case", "from one"))
            await until(queue, Signal("case", "from two"))


@pytest.mark.redis
async def test_what_others_write_to_the_channel_ends_nothing(hubs: tuple[RedisHub, RedisHub]) -> None:
    one, two = hubs
    async with two.listening() as queue:
        for rubbish in ("no json", "[]", '["only one"]', "7"):
            await asyncio.to_thread(one._sender.publish, RedisHub.CHANNEL, rubbish)
        await asyncio.to_thread(one.publish, Signal("case", "after"))
        await until(queue, Signal("case", "after"))


async def test_without_redis_this_process_still_hears_itself() -> None:
    hub = RedisHub("redis://127.0.0.1:1/0")
    await hub.start()
    async with hub.listening() as queue:
        await asyncio.to_thread(hub.publish, Signal("case", "1"))
        assert (await asyncio.wait_for(queue.get(), 5)).id == "1"
    await hub.stop()

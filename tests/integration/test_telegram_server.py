"""Our own server double answers as another one does, in what the bot relies on.

With UNIONDESK_TEST_TELEGRAM_SERVER=FILE the same holds for that program, started as `python FILE --port N --token T`.
"""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from telegram import Bot, BotCommand
from telegram.error import BadRequest, Conflict, InvalidToken, TelegramError

from bot.channel import Outgoing
from bot.telegram.channel import TelegramChannel
from bot.telegram.factory import make_bot
from tests.fakes.telegram_server import TOKEN, TelegramServer

pytestmark = pytest.mark.asyncio
OTHER = os.environ.get("UNIONDESK_TEST_TELEGRAM_SERVER", "")


@pytest_asyncio.fixture(params=["ours", *(["theirs"] if OTHER else [])])
async def address(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    if request.param == "ours":
        server = TelegramServer()
        await server.start()
        yield server.url
        await server.stop()
        return
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    program = await asyncio.create_subprocess_exec(sys.executable, OTHER, "--port", str(port), "--token", TOKEN)
    bot = make_bot(TOKEN, f"http://127.0.0.1:{port}")
    async with asyncio.timeout(20):
        while True:
            with contextlib.suppress(TelegramError):
                await bot.get_me()
                break
            await asyncio.sleep(0.05)
    await bot.shutdown()
    yield f"http://127.0.0.1:{port}"
    program.terminate()
    await program.wait()


@pytest_asyncio.fixture
async def bot(address: str) -> AsyncIterator[Bot]:
    async with make_bot(TOKEN, address) as bot:
        yield bot


async def test_it_knows_its_bot_and_no_other(bot: Bot, address: str) -> None:
    assert bot.id == int(TOKEN.split(":")[0])
    stranger = make_bot("999:other", address)
    with pytest.raises(InvalidToken):
        await stranger.get_me()
    await stranger.shutdown()


async def test_nobody_is_there_who_never_wrote(bot: Bot) -> None:
    outcome = await TelegramChannel(bot).send("424242", Outgoing("01", "您好", []))
    assert outcome.state == "blocked"
    with pytest.raises(BadRequest, match=r"(?i)chat not found"):
        await bot.send_chat_action(424242, "typing")


async def test_polling_needs_the_webhook_off(bot: Bot) -> None:
    assert await bot.get_updates(timeout=0) == ()
    await bot.set_webhook("https://desk.example/telegram/webhook", secret_token="abc")
    with pytest.raises(Conflict, match="webhook"):
        await bot.get_updates(timeout=0)
    await bot.delete_webhook()
    assert await bot.get_updates(timeout=0) == ()


async def test_the_second_poller_ends_the_first(bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    for _ in range(200):
        # Whoever of the two came first is told so.
        second = asyncio.create_task(bot.get_updates(timeout=20))
        done, _rest = await asyncio.wait({first, second}, timeout=0.05, return_when=asyncio.FIRST_COMPLETED)
        if done:
            break
        second.cancel()
    with pytest.raises(Conflict, match="other getUpdates"):
        await done.pop()
    for task in (first, second):
        task.cancel()
    await asyncio.gather(first, second, return_exceptions=True)


async def test_commands_presses_and_files(bot: Bot) -> None:
    assert await bot.set_my_commands([BotCommand("menu", "打开菜单")], language_code="zh")
    with pytest.raises(BadRequest, match=r"(?i)query is too old"):
        await bot.answer_callback_query("1")
    with pytest.raises(BadRequest, match=r"(?i)wrong file_id"):
        await bot.get_file("nowhere")
    assert [one async for one in _twice(bot)] == [(), ()]


async def _twice(bot: Bot) -> AsyncIterator[tuple[object, ...]]:
    """By its name and in small letters, as the receiver asks when it cannot read an answer."""
    yield tuple(await bot.get_updates(timeout=0))
    yield tuple(await bot.do_api_request("getupdates", {"offset": None, "timeout": 0}))

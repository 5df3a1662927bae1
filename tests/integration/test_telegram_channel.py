"""What becomes of a message that we send to Telegram, for everything that Telegram and the line to it may do."""

import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram import Bot

from bot.channel import Outgoing, OutgoingFile
from bot.telegram.channel import TelegramChannel
from bot.telegram.factory import make_bot
from bot.telegram.splitting import split, units
from desk.errors import Invalid
from tests.fakes.telegram_server import TOKEN, TelegramServer

pytestmark = pytest.mark.asyncio
WORKER = 70001
BUTTONS = [[{"label": "找工作人员", "payload": "/human"}], [{"label": "菜单", "payload": "/menu"}, {"label": "取消", "payload": "/cancel"}]]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40


@pytest_asyncio.fixture
async def server() -> AsyncIterator[TelegramServer]:
    server = TelegramServer()
    await server.start()
    server.user_message(WORKER, "在吗")
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def bot(server: TelegramServer) -> AsyncIterator[Bot]:
    bot = make_bot(TOKEN, server.url, read_seconds=0.3)
    await bot.initialize()
    yield bot
    await bot.shutdown()


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def channel(bot: Bot, waits: list[float]) -> TelegramChannel:
    async def pause(seconds: float) -> None:
        waits.append(seconds)

    return TelegramChannel(bot, pause)


def said(text: str, buttons: list[list[dict[str, str]]] | None = None, file: OutgoingFile | None = None) -> Outgoing:
    return Outgoing("01", text, buttons or [], file)


async def test_text_and_buttons_arrive_as_they_are(channel: TelegramChannel, server: TelegramServer) -> None:
    outcome = await channel.send(str(WORKER), said("拖欠工资 <可以> *投诉* & 仲裁_吗", BUTTONS))
    (sent,) = server.sent
    assert (outcome.state, outcome.external_id) == ("sent", str(sent.message_id))
    assert sent.text == "拖欠工资 <可以> *投诉* & 仲裁_吗"
    assert [[b["callback_data"] for b in row] for row in sent.buttons] == [["/human"], ["/menu", "/cancel"]]
    assert "parse_mode" not in server.of("sendMessage")[0]


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        ({"status": 403, "description": "Forbidden: bot was blocked by the user"}, "blocked"),
        ({"status": 403, "description": "Forbidden: user is deactivated"}, "blocked"),
        ({"status": 400, "description": "Bad Request: chat not found"}, "blocked"),
        ({"status": 400, "description": "Bad Request: BUTTON_DATA_INVALID"}, "failed"),
        ({"status": 400, "description": "Bad Request: group chat was upgraded", "parameters": {"migrate_to_chat_id": -100}}, "failed"),
        ({"status": 401, "description": "Unauthorized"}, "pending"),
        ({"status": 413, "description": "Request Entity Too Large"}, "failed"),
        ({"status": 413, "body": "<html>too large</html>"}, "failed"),
        ({"status": 429, "description": "Too Many Requests"}, "pending"),
        ({"status": 500, "description": "Internal Server Error"}, "pending"),
        ({"status": 502, "body": "<html>Bad Gateway</html>"}, "pending"),
        ({"status": 503, "body": ""}, "pending"),
        ({"status": 504, "body": "<html>Gateway Time-out</html>"}, "unknown"),
        ({"status": 200, "body": '{"ok": true, "resu'}, "unknown"),
        ({"reset": True}, "unknown"),
        ({"reset": True, "carried_out": True}, "unknown"),
        ({"silent": True}, "unknown"),
        ({"silent": True, "carried_out": True}, "unknown"),
    ],
)
async def test_an_outcome_for_each_fault(channel: TelegramChannel, server: TelegramServer, fault: dict[str, object], state: str) -> None:
    server.fault("sendMessage", **fault)
    outcome = await channel.send(str(WORKER), said("您好"))
    assert outcome.state == state
    assert outcome.problem
    assert outcome.external_id == ""
    assert len(server.of("sendMessage")) == 1, "the channel itself must not send twice"


async def test_a_429_says_how_long_to_wait(channel: TelegramChannel, server: TelegramServer, waits: list[float]) -> None:
    server.fault("sendMessage", status=429, description="Too Many Requests: retry after 7", parameters={"retry_after": 7})
    outcome = await channel.send(str(WORKER), said("您好"))
    assert (outcome.state, outcome.retry_after, waits) == ("pending", 7.0, [])


async def test_no_server_at_all_is_tried_again(waits: list[float]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        bot = make_bot(TOKEN, f"http://127.0.0.1:{free.getsockname()[1]}")
        outcome = await TelegramChannel(bot).send("1", said("您好"))
        await bot.shutdown()
    assert outcome.state == "pending"


async def test_somebody_who_never_wrote_and_somebody_who_blocked_us(channel: TelegramChannel, server: TelegramServer) -> None:
    assert (await channel.send("999", said("您好"))).state == "blocked"
    server.block(WORKER)
    assert (await channel.send(str(WORKER), said("您好"))).state == "blocked"
    assert (await channel.send("wang", said("您好"))).state == "failed"
    assert (await channel.send(str(WORKER), said(" \n"))).state == "failed"


async def test_a_long_text_goes_in_parts_with_the_buttons_below_the_last(channel: TelegramChannel, server: TelegramServer) -> None:
    paragraphs = [f"第{n}段：" + "工资😀" * 300 for n in range(9)]
    outcome = await channel.send(str(WORKER), said("\n\n".join(paragraphs), BUTTONS))
    assert outcome == type(outcome)("sent", external_id=str(server.sent[-1].message_id))
    assert len(server.sent) > 2
    assert "\n\n".join(sent.text for sent in server.sent) == "\n\n".join(paragraphs)
    assert [bool(sent.buttons) for sent in server.sent] == [False] * (len(server.sent) - 1) + [True]


async def test_a_later_part_is_tried_on_but_the_first_never_goes_twice(
    channel: TelegramChannel, server: TelegramServer, waits: list[float]
) -> None:
    server.fault("sendMessage", status=429, parameters={"retry_after": 2}, after=1)
    outcome = await channel.send(str(WORKER), said("甲" * 4000 + "\n\n" + "乙" * 4000))
    assert (outcome.state, waits) == ("sent", [2.0])
    assert [sent.text[0] for sent in server.sent] == ["甲", "乙"]


@pytest.mark.parametrize("fault", [{"status": 500, "times": 9}, {"reset": True}, {"status": 429, "parameters": {"retry_after": 60}}])
async def test_a_message_broken_off_in_the_middle_is_left_to_a_person(
    channel: TelegramChannel, server: TelegramServer, fault: dict[str, object]
) -> None:
    server.fault("sendMessage", after=1, **fault)
    outcome = await channel.send(str(WORKER), said("甲" * 4000 + "\n\n" + "乙" * 4000))
    assert outcome.state == "unknown"
    assert "前 1 条已送达" in outcome.problem
    assert [sent.text[0] for sent in server.sent] == ["甲"]


async def test_files_go_as_photo_or_document(channel: TelegramChannel, server: TelegramServer, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(PNG)
    await channel.send(str(WORKER), said("营业时间", BUTTONS, OutgoingFile(path, "地图.png", "image/png")))
    await channel.send(str(WORKER), said("", [], OutgoingFile(path, "仲裁申请书.docx", "application/msword")))
    photo, document = server.sent
    assert (photo.method, photo.text, photo.file, len(photo.buttons)) == ("sendPhoto", "营业时间", PNG, 2)
    assert (document.method, document.text, document.file, document.file_name) == ("sendDocument", "", PNG, "仲裁申请书.docx")


async def test_a_text_too_long_for_a_caption_follows_the_file(channel: TelegramChannel, server: TelegramServer, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(PNG)
    await channel.send(str(WORKER), said("😀" * 513, BUTTONS, OutgoingFile(path, "a.png", "image/png")))
    file, text = server.sent
    assert (file.text, file.buttons, units(text.text), len(text.buttons)) == ("", [], 1026, 2)


async def test_a_picture_that_is_no_photo_goes_as_document(channel: TelegramChannel, server: TelegramServer, tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"not a picture")
    outcome = await channel.send(str(WORKER), said("看", [], OutgoingFile(path, "a.png", "image/png")))
    assert outcome.state == "sent"
    assert [sent.method for sent in server.sent] == ["sendDocument"]


async def test_a_file_that_is_gone(channel: TelegramChannel, tmp_path: Path) -> None:
    outcome = await channel.send(str(WORKER), said("看", [], OutgoingFile(tmp_path / "gone", "a.png", "image/png")))
    assert (outcome.state, outcome.problem) == ("failed", "附件的文件不在了，无法发送")


async def test_typing_shows_and_its_failure_does_not_matter(channel: TelegramChannel, server: TelegramServer) -> None:
    await channel.typing(str(WORKER))
    assert server.of("sendChatAction")[0]["action"] == "typing"
    await channel.typing("999")
    server.fault("sendChatAction", reset=True)
    await channel.typing(str(WORKER))


async def test_a_token_that_cannot_be_one_names_the_setting() -> None:
    with pytest.raises(Invalid, match="UNIONDESK_TELEGRAM_TOKEN"):
        make_bot("my token", "https://api.telegram.org")


@given(st.text(alphabet=st.sampled_from("工a😀𠮷 。\n，"), max_size=400), st.integers(2, 60))
@settings(max_examples=200, deadline=None)
async def test_parts_fit_and_hold_everything(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(0 < units(part) <= limit and part == part.strip() for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


async def test_parts_end_where_paragraphs_end() -> None:
    assert split("一二三。四五六\n\n七八九。十", 12) == ["一二三。四五六", "七八九。十"]
    assert split("一二三四。五六七八", 6) == ["一二三四。", "五六七八"]
    assert split("😀😀😀", 5) == ["😀😀", "😀"]
    assert split("\ud83d半个", 10) == ["?半个"]
    assert split(" \n ") == []

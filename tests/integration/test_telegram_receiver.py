"""What workers send in Telegram reaches the desk: every kind of message, once, whatever breaks in between."""

import asyncio
from collections.abc import AsyncIterator, Iterator, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from telegram import Bot

from bot.inbound import Inbound
from bot.telegram.factory import make_bot
from bot.telegram.receiver import TelegramReceiver
from desk import schema
from desk.contacts import Contact
from desk.conversations import Attachment, Incoming, Message
from desk.database import Database
from desk.errors import Invalid
from desk.files import FileStore
from tests.conftest import FakeClock
from tests.fakes.telegram_server import TOKEN, Sent, TelegramServer

pytestmark = pytest.mark.asyncio
WORKER = 70001
JPEG = b"\xff\xd8\xff\xe0" + b"1" * 900


class FlakyInbound(Inbound):
    """Raises each of `errors` instead of storing, then works; or waits for ever while `stuck`."""

    errors: list[Exception]
    stuck: asyncio.Event | None = None

    async def take(self, incoming: Incoming) -> tuple[str, bool]:
        if self.stuck is not None:
            self.stuck.set()
            await asyncio.Event().wait()
        if self.errors:
            raise self.errors.pop(0)
        return await super().take(incoming)


@dataclass
class House:
    """A receiver and everything it needs, with its own database."""

    server: TelegramServer
    bot: Bot
    database: Database
    files: FileStore
    woken: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    def inbound(self, errors: list[Exception] | None = None) -> FlakyInbound:
        async def answer(conversation_id: str) -> None:
            self.woken.append(conversation_id)

        inbound = FlakyInbound(self.database, FakeClock(), answer)
        inbound.errors = errors or []
        inbound.open()
        return inbound

    def receiver(self, inbound: Inbound | None = None, **settings: str) -> TelegramReceiver:
        async def pause(seconds: float) -> None:
            self.waits.append(seconds)
            await asyncio.sleep(0)

        return TelegramReceiver(self.bot, inbound or self.inbound(), self.database, FakeClock(), self.files, pause=pause, **settings)

    async def receive(self) -> None:
        """One receiver's life: take in everything there is, and end."""
        receiver = self.receiver()
        receiver.start()
        await self.server.confirmed()
        await receiver.stop()

    def messages(self) -> list[Message]:
        with self.database.read() as session:
            return list(session.scalars(select(Message).order_by(Message.id)))

    def attachment(self) -> Attachment:
        with self.database.read() as session:
            return session.scalars(select(Attachment)).one()


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """What was logged; taken here, as drawing a traceback for a terminal takes seconds."""
    with capture_logs() as entries:
        yield entries


@asynccontextmanager
async def _house(database: Database, folder: Path) -> AsyncIterator[House]:
    server = TelegramServer()
    await server.start()
    bot = make_bot(TOKEN, server.url)
    yield House(server, bot, database, FileStore(folder, max_bytes=1000))
    await bot.shutdown()
    await server.stop()


@pytest_asyncio.fixture
async def house(sqlite_database: Database, tmp_path: Path) -> AsyncIterator[House]:
    async with _house(sqlite_database, tmp_path / "files") as house:
        yield house


@pytest_asyncio.fixture
async def each_house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    """For what depends on the database: SQLite and PostgreSQL."""
    async with _house(database, tmp_path / "files") as house:
        yield house


@pytest.mark.parametrize(
    ("text", "payload"),
    [
        ("老板拖了三个月工资怎么办😀", ""),
        ("/start", "/start"),
        ("/start poster_2026-11", "/start poster_2026-11"),
        ("/start link-7K2MPQ", "/start link-7K2MPQ"),
        ("/start 不是深链接", "/start"),
        ("/Menu@union_desk_bot", "/menu"),
        ("/human 我要投诉", "/human"),
        ("/cancel", "/cancel"),
        ("/privacy", "/privacy"),
        ("/help", "/help"),
        ("/language en", "/language en"),
        ("/weather", ""),
        ("/答案", ""),
    ],
)
async def test_a_text_and_a_command(house: House, text: str, payload: str) -> None:
    sent = house.server.user_message(WORKER, text)
    await house.receive()
    (message,) = house.messages()
    assert (message.kind, message.text, message.payload, message.direction) == ("text", text, payload, "in")
    with house.database.read() as session:
        contact = session.scalars(select(Contact)).one()
        seen = session.get(schema.conversations.SeenUpdate, ("telegram", f"m{WORKER}:{sent['message_id']}"))
    assert (contact.channel, contact.address, contact.name) == ("telegram", str(WORKER), "小王 王")
    assert seen is not None
    assert len(house.woken) == 1


async def test_a_pressed_button_carries_its_label(house: House) -> None:
    press = house.server.press(_shown(), "/human")
    await house.receive()
    (message,) = house.messages()
    assert (message.text, message.payload) == ("找工作人员", "/human")
    assert house.server.answered_presses == [press]


async def test_a_button_of_long_ago_still_works(house: House) -> None:
    house.server.press(_shown(), "/human", visible=False)
    await house.receive()
    (message,) = house.messages()
    assert (message.text, message.payload) == ("/human", "/human")
    assert len(house.server.of("answerCallbackQuery")) == 1, "asked, refused as too old, and that is all"


async def test_a_number_counts_only_when_it_is_the_senders_own(house: House) -> None:
    house.server.send_contact(WORKER, "+8613800000000", WORKER)
    house.server.send_contact(WORKER, "+8613900000000", 5)
    house.server.send_contact(WORKER, "+8613900000000", None)
    await house.receive()
    own, other, nobody = house.messages()
    assert (own.kind, own.details) == ("contact", {"own": True, "phone": "+8613800000000"})
    assert other.details == nobody.details == {"own": False}


async def test_answers_are_begun_in_the_order_of_the_messages(house: House) -> None:
    for number in range(5):
        house.server.user_message(WORKER, f"第{number}句")
    await house.receive()
    assert [(message.seq, message.text) for message in house.messages()] == [(n + 1, f"第{n}句") for n in range(5)]


async def test_a_location_and_a_venue(house: House) -> None:
    house.server.send_location(WORKER, 32.06, 118.79)
    spot = {"latitude": 32.06, "longitude": 118.79}
    house.server.message(WORKER, location=spot, venue={"location": spot, "title": "新街口驿站", "address": "中山路1号"})
    await house.receive()
    plain, venue = house.messages()
    assert (plain.kind, plain.details) == ("location", spot)
    assert venue.details == {**spot, "title": "新街口驿站", "place": "中山路1号"}


async def test_a_photo_is_stored_at_its_largest(house: House) -> None:
    house.server.send_photo(WORKER, JPEG, "工资条")
    await house.receive()
    (message,) = house.messages()
    attachment = house.attachment()
    assert (message.kind, message.text, message.attachment_id) == ("photo", "工资条", attachment.id)
    assert (attachment.media_type, attachment.size) == ("image/jpeg", len(JPEG))
    await house.receiver().fetcher.sweep()
    assert house.files.existing(attachment.id).read_bytes() == JPEG
    assert house.attachment().remote_ref == ""


async def test_a_document_and_a_voice_message(house: House) -> None:
    house.server.send_document(WORKER, b"%PDF-1.7", "劳动合同.pdf", "application/pdf")
    house.server.send_voice(WORKER, b"OggS", seconds=7)
    await house.receive()
    await house.receiver().fetcher.sweep()
    document, voice = house.messages()
    assert (document.kind, voice.kind, voice.details) == ("document", "voice", {"seconds": 7})
    with house.database.read() as session:
        papers = {a.id: a for a in session.scalars(select(Attachment))}
    assert papers[document.attachment_id or ""].name == "劳动合同.pdf"
    assert papers[voice.attachment_id or ""].media_type == "audio/ogg"
    assert house.files.existing(voice.attachment_id or "").read_bytes() == b"OggS"


async def test_bytes_that_fail_to_come_are_fetched_at_the_next_start(house: House) -> None:
    house.server.fault("getFile", status=500, times=3)
    house.server.fault("download", reset=True)
    house.server.send_photo(WORKER, JPEG)
    await house.receive()
    # Each of these is a program of its own, started later: it does not know that it failed before.
    for _ in range(5):
        await house.receiver().fetcher.sweep()
    assert house.files.existing(house.attachment().id).read_bytes() == JPEG


async def test_bytes_that_never_can_be_fetched_say_so(each_house: House) -> None:
    each_house.server.send_document(WORKER, b"", "大.zip", "application/zip", size=30_000_000)
    each_house.server.send_document(WORKER, b"x" * 1001, "谎.zip", "application/zip", size=10)
    each_house.server.message(WORKER, document={"file_id": "expired", "file_unique_id": "e"})
    await each_house.receive()
    await each_house.receiver().fetcher.sweep()
    problems = [message.details["attachment_problem"] for message in each_house.messages()]
    assert problems == ["文件太大，没有取回", "文件太大，没有取回", "Telegram 已不再提供这个文件"]
    assert await each_house.receiver().fetcher.sweep() == 0


_FILE = {"file_id": "f", "file_unique_id": "f", "file_size": 3}


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("sticker", {"sticker": {**_FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}}),
        ("video", {"video": {**_FILE, "width": 640, "height": 360, "duration": 2, "mime_type": "video/mp4"}, "caption": "工地没有护栏"}),
        ("video_note", {"video_note": {**_FILE, "length": 240, "duration": 2}}),
        ("animation", {"animation": {**_FILE, "width": 9, "height": 9, "duration": 2}, "document": _FILE}),
        ("audio", {"audio": {**_FILE, "duration": 2}}),
        ("dice", {"dice": {"emoji": "🎲", "value": 3}}),
        ("other", {"something_of_next_year": {"a": 1}}),
    ],
)
async def test_what_the_bot_cannot_read_is_stored_as_unknown(house: House, kind: str, content: dict[str, Any]) -> None:
    house.server.message(WORKER, **content)
    await house.receive()
    (message,) = house.messages()
    assert (message.kind, message.details["type"], message.text) == ("unknown", kind, content.get("caption", ""))
    assert (message.attachment_id is not None) == (kind in ("video", "video_note", "animation", "audio"))


async def test_a_poll_is_unknown_too(house: House) -> None:
    poll = {"id": "1", "question": "?", "options": [], "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular"}
    house.server.message(WORKER, poll=poll | {"allows_multiple_answers": False, "allows_revoting": False, "members_only": False})
    await house.receive()
    assert [(m.kind, m.details) for m in house.messages()] == [("unknown", {"type": "poll"})]


async def test_the_chats_own_notices_need_no_answer(house: House) -> None:
    house.server.message(WORKER, message_auto_delete_timer_changed={"message_auto_delete_time": 86400})
    await house.receive()
    assert house.messages() == []


async def test_an_edit_changes_the_original_and_is_asked_anew(each_house: House) -> None:
    message = each_house.server.user_message(WORKER, "工资脱欠")
    each_house.server.edit(message, text="工资拖欠")
    # Telegram reports an edit for a link preview that came late as well; the worker changed nothing.
    each_house.server.edit(message, text="工资拖欠")
    await each_house.receive()
    original, anew = each_house.messages()
    assert (original.text, original.details["before"]) == ("工资拖欠", ["工资脱欠"])
    assert (anew.text, anew.details) == ("工资拖欠", {"edit_of": f"m{WORKER}:{message['message_id']}"})


async def test_an_edited_caption_and_a_moving_location(house: House) -> None:
    photo = house.server.send_photo(WORKER, JPEG, "工资条")
    house.server.edit(photo, caption="十月工资条")
    spot = house.server.send_location(WORKER, 32.0, 118.0)
    house.server.edit(spot, location={"latitude": 32.1, "longitude": 118.1})
    await house.receive()
    assert [message.text for message in house.messages()] == ["十月工资条", ""]


async def test_blocking_and_coming_back(each_house: House) -> None:
    def blocked() -> bool:
        with each_house.database.read() as session:
            return session.scalars(select(Contact)).one().blocked_at is not None

    each_house.server.user_message(WORKER, "在吗")
    each_house.server.block(WORKER)
    await each_house.receive()
    assert blocked()
    each_house.server.block(WORKER, blocked=False)
    await each_house.receive()
    assert not blocked()
    each_house.server.block(5)
    await each_house.receive()
    assert not blocked()


async def test_a_group_is_told_once_that_we_serve_private_chats(house: House) -> None:
    for text in ("大家好", "/menu", "在吗"):
        house.server.message(-100, text=text)
    receiver = house.receiver()
    receiver.start()
    await house.server.until(lambda: house.server.left == [-100])
    await house.server.confirmed()
    await receiver.stop()
    assert house.messages() == []
    assert len(house.server.sent) == 1
    assert "私聊" in house.server.sent[0].text


async def test_the_same_updates_again_are_stored_once(each_house: House) -> None:
    message = each_house.server.user_message(WORKER, "工资")
    each_house.server.press(_shown(), "/human")
    each_house.server.edit(message, text="加班工资")
    each_house.server.send_photo(WORKER, JPEG)
    await each_house.receive()
    first = [(m.id, m.text) for m in each_house.messages()]
    each_house.server.deliver_again()
    await each_house.receive()
    assert [(m.id, m.text) for m in each_house.messages()] == first
    assert len(first) == 4


async def test_killed_between_getting_and_storing(house: House) -> None:
    house.server.user_message(WORKER, "工资")
    house.server.user_message(WORKER, "三个月了")
    inbound = house.inbound()
    inbound.stuck = asyncio.Event()
    doomed = asyncio.create_task(house.receiver(inbound).run())
    await inbound.stuck.wait()
    doomed.cancel()
    await asyncio.gather(doomed, return_exceptions=True)
    assert house.messages() == []
    await house.receive()
    assert [message.text for message in house.messages()] == ["工资", "三个月了"]


async def test_a_database_that_is_away_is_waited_for(house: House) -> None:
    house.server.user_message(WORKER, "工资")
    away: list[Exception] = [OperationalError("insert", {}, Exception("database is locked")) for _ in range(8)]
    receiver = house.receiver(house.inbound(away))
    receiver.start()
    await house.server.confirmed()
    await receiver.stop()
    assert [message.text for message in house.messages()] == ["工资"]
    assert house.waits == [1, 2, 4, 8, 16, 30, 30, 30]


async def test_an_update_that_can_never_be_stored_does_not_stop_the_others(house: House, logs: list[MutableMapping[str, Any]]) -> None:
    house.server.user_message(WORKER, "毒")
    house.server.user_message(WORKER, "工资")
    receiver = house.receiver(house.inbound([ValueError("no database takes this")] * 5))
    receiver.start()
    await house.server.confirmed()
    await receiver.stop()
    assert [message.text for message in house.messages()] == ["工资"]
    assert [entry["update_id"] for entry in logs if entry["event"] == "telegram.update_given_up"] == [900]


async def test_no_log_holds_the_token_or_what_was_said(
    house: House, logs: list[MutableMapping[str, Any]], caplog: pytest.LogCaptureFixture
) -> None:
    house.server.fault("getMe", status=401, description="Unauthorized")
    house.server.fault("getUpdates", reset=True)
    house.server.message(WORKER, poll={"id": "1", "question": "老板跑了"})
    house.server.send_contact(WORKER, "+8613800000000", WORKER)
    await house.receive()
    written = repr(logs) + caplog.text
    assert TOKEN not in written and "老板跑了" not in written and "13800000000" not in written
    assert {entry["event"] for entry in logs} >= {"telegram.token_rejected", "telegram.unreachable", "telegram.update_unreadable"}


async def test_characters_that_no_database_takes(each_house: House) -> None:
    each_house.server.message(WORKER, text="工\x00资\ud83d", **{"from": {"id": WORKER, "is_bot": False, "first_name": "王\udc00" * 90}})
    await each_house.receive()
    assert [message.text for message in each_house.messages()] == ["工资\ufffd"]


async def test_an_update_that_the_library_cannot_read_does_not_stop_the_others(house: House) -> None:
    house.server.update(message={"date": "yesterday", "chat": {}})
    house.server.user_message(WORKER, "工资")
    # A kind that is put together otherwise than the library knows: the worker is answered all the same.
    house.server.message(WORKER, poll={"id": "1"})
    await house.receive()
    assert [(message.kind, message.text) for message in house.messages()] == [("text", "工资"), ("unknown", "")]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 502, "body": "<html>"}, {"reset": True}, {"status": 200, "body": "{"}])
async def test_errors_of_the_line_are_waited_out(house: House, fault: dict[str, Any]) -> None:
    for method in ("getMe", "deleteWebhook", "getUpdates", "setMyCommands"):
        house.server.fault(method, **fault)
    house.server.user_message(WORKER, "工资")
    await house.receive()
    assert [message.text for message in house.messages()] == ["工资"]
    assert house.waits[0] == 1


async def test_a_429_of_the_poll_is_kept(house: House) -> None:
    house.server.fault("getUpdates", status=429, parameters={"retry_after": 12})
    house.server.user_message(WORKER, "工资")
    await house.receive()
    assert house.waits == [12]


async def test_a_second_poller_and_a_rejected_token_are_named(house: House) -> None:
    house.server.fault("getUpdates", status=409, description="Conflict: terminated by other getUpdates request")
    receiver = house.receiver()
    problems = []

    async def pause(_: float) -> None:
        problems.append(receiver.problem)

    receiver._pause = pause
    house.server.fault("getMe", status=401, description="Unauthorized")
    house.server.user_message(WORKER, "工资")
    receiver.start()
    await house.server.confirmed()
    await receiver.stop()
    assert problems == ["Telegram rejects the token; see UNIONDESK_TELEGRAM_TOKEN", "another program polls with the same bot token"]


async def test_commands_are_listed_in_both_languages_and_a_webhook_taken_off(house: House) -> None:
    house.server.webhook = {"url": "https://old.example/hook"}
    receiver = house.receiver()
    receiver.start()
    await house.server.until(lambda: len(house.server.commands) == 3)
    await receiver.stop()
    assert house.server.webhook == {"url": ""}
    assert [c["command"] for c in house.server.commands[""]] == ["menu", "human", "cancel", "language", "privacy", "help"]
    assert house.server.commands["zh"][1]["description"] == "找工会工作人员"
    assert house.server.commands["en"][1]["description"] == "Talk to a person at the union"
    assert receiver.problem == ""


def _webhook_client(house: House, inbound: Inbound | None = None) -> httpx.AsyncClient:
    receiver = house.receiver(inbound, webhook_url="https://desk.example", webhook_secret="s3cret_A-1")
    app = FastAPI()
    app.include_router(receiver.router())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://desk.example")


async def test_the_webhook_is_set_with_its_secret(house: House) -> None:
    receiver = house.receiver(webhook_url="https://desk.example/", webhook_secret="s3cret_A-1")
    receiver.start()
    await house.server.until(lambda: len(house.server.commands) == 3)
    await receiver.stop()
    assert (house.server.webhook["url"], house.server.webhook["secret"]) == ("https://desk.example/telegram/webhook", "s3cret_A-1")
    assert house.server.of("getUpdates") == []
    with pytest.raises(Invalid, match="WEBHOOK_SECRET"):
        house.receiver(webhook_url="https://desk.example", webhook_secret="")


async def test_the_webhook_stores_and_then_says_200(house: House) -> None:
    house.server.user_message(WORKER, "工资")
    update = house.server._pending[0]
    headers = {"X-Telegram-Bot-Api-Secret-Token": "s3cret_A-1"}
    async with _webhook_client(house) as client:
        answers = [await client.post("/telegram/webhook", json=update, headers=headers) for _ in range(2)]
        nonsense = [await client.post("/telegram/webhook", content=body, headers=headers) for body in ("{", "[]", '{"a": 1}')]
    assert [answer.status_code for answer in answers + nonsense] == [200, 200, 400, 400, 400]
    assert [message.text for message in house.messages()] == ["工资"]


@pytest.mark.parametrize("headers", [{}, {"X-Telegram-Bot-Api-Secret-Token": "guess"}, {"X-Telegram-Bot-Api-Secret-Token": ""}])
async def test_a_caller_without_the_secret_is_refused(house: House, headers: dict[str, str]) -> None:
    house.server.user_message(WORKER, "工资")
    async with _webhook_client(house) as client:
        answer = await client.post("/telegram/webhook", json=house.server._pending[0], headers=headers)
    assert answer.status_code == 403
    assert house.messages() == []


async def test_a_webhook_call_that_could_not_be_stored_is_not_acknowledged(house: House) -> None:
    house.server.user_message(WORKER, "工资")
    inbound = house.inbound([OperationalError("insert", {}, Exception("disk full"))])
    async with _webhook_client(house, inbound) as client:
        headers = {"X-Telegram-Bot-Api-Secret-Token": "s3cret_A-1"}
        codes = [(await client.post("/telegram/webhook", json=house.server._pending[0], headers=headers)).status_code for _ in range(2)]
    assert codes == [503, 200]
    assert [message.text for message in house.messages()] == ["工资"]


def _shown() -> Sent:
    """A message of ours that is on the worker's screen."""
    keyboard = [[{"text": "菜单", "callback_data": "/menu"}, {"text": "找工作人员", "callback_data": "/human"}]]
    return Sent("sendMessage", WORKER, 50, "还有别的问题吗？", keyboard)

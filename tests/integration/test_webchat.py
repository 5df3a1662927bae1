"""The web chat's endpoints over a real database, with a bot that says back what it heard."""

import asyncio
import contextlib
import hashlib
import io
import json
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from bot.channel import Outgoing
from bot.webchat import icon
from desk.conversations import Message, messages_after, unanswered
from desk.database import Signal
from desk.texts import catalogue
from tests.fakes.webchat_house import WebChatHouse

PNG = icon.png(180)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"


@pytest.fixture
def house(tmp_path: Path) -> WebChatHouse:
    return WebChatHouse(tmp_path, max_bytes=200_000)


@pytest.fixture
async def app(house: WebChatHouse) -> AsyncIterator[FastAPI]:
    app = house.app()
    async with app.router.lifespan_context(app):
        yield app


class Page:
    """A worker's browser, without the browser."""

    def __init__(self, app: FastAPI, house: WebChatHouse) -> None:
        self.app, self.house = app, house
        self.http = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://chat.test")

    async def open(self) -> httpx.Response:
        return await self.http.get("/chat")

    @property
    def address(self) -> str:
        return hashlib.sha256(self.http.cookies["uniondesk_chat"].encode()).hexdigest()

    async def post(self, client_id: str, headers: dict[str, str] | None = None, **said: Any) -> httpx.Response:
        return await self.http.post("/chat/messages", json={"client_id": client_id, **said}, headers=headers)

    async def say(self, client_id: str, text: str) -> dict[str, Any]:
        """Say something and wait for the answer."""
        response = await self.post(client_id, text=text)
        assert response.status_code == 200, response.text
        await self.app.state.inbound.idle()
        message: dict[str, Any] = response.json()["message"]
        return message

    async def attach(self, client_id: str, name: str, content: bytes) -> httpx.Response:
        return await self.http.post(
            "/chat/attachments", data={"client_id": client_id}, files={"file": (name, content, "application/x-whatever")}
        )

    async def history(self, **query: int) -> list[dict[str, Any]]:
        messages: list[dict[str, Any]] = (await self.http.get("/chat/messages", params=query)).json()["messages"]
        return messages

    async def texts(self, **query: int) -> list[str]:
        return [message["text"] for message in await self.history(**query)]

    @contextlib.asynccontextmanager
    async def events(self, query: str = "", last_event_id: str = "") -> AsyncIterator["Events"]:
        """The live stream; httpx would wait for its end, so the app is called as a server calls it."""
        headers = [(b"host", b"chat.test"), (b"cookie", f"uniondesk_chat={self.http.cookies['uniondesk_chat']}".encode())]
        if last_event_id:
            headers.append((b"last-event-id", last_event_id.encode()))
        events = Events()
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/chat/events",
            "raw_path": b"/chat/events", "query_string": query.encode(), "root_path": "", "headers": headers, "server": ("chat.test", 80),
        }  # fmt: skip
        task = asyncio.create_task(self.app(scope, events.receive, events.send))
        try:
            yield events
        finally:
            events.gone.set()
            await task


class Events:
    """The far end of a stream of server-sent events."""

    def __init__(self) -> None:
        self.gone = asyncio.Event()
        self._asked = False
        self._arrived: asyncio.Queue[tuple[str, str, Any]] = asyncio.Queue()

    async def receive(self) -> dict[str, Any]:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200
            return
        for block in message.get("body", b"").decode().replace("\r\n", "\n").split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.splitlines())
            if "event" in fields:
                await self._arrived.put((fields["event"], fields.get("id", ""), json.loads(fields["data"])))

    async def next(self, event: str) -> tuple[str, Any]:
        """The id and data of the next event of a kind."""
        async with asyncio.timeout(10):
            while True:
                kind, id, data = await self._arrived.get()
                if kind == event:
                    return id, data

    async def texts(self, count: int) -> list[str]:
        return [(await self.next("message"))[1]["text"] for _ in range(count)]

    @property
    def rest(self) -> int:
        return sum(1 for kind, _, _ in self._arrived._queue if kind == "message")  # type: ignore[attr-defined]


@pytest.fixture
async def page(app: FastAPI, house: WebChatHouse) -> AsyncIterator[Page]:
    page = Page(app, house)
    async with page.http:
        await page.open()
        yield page


@pytest.fixture
async def stranger(app: FastAPI, house: WebChatHouse) -> AsyncIterator[Page]:
    page = Page(app, house)
    async with page.http:
        await page.open()
        yield page


async def test_the_page_gives_a_cookie_and_the_desk_knows_only_its_hash(app: FastAPI, house: WebChatHouse) -> None:
    page = Page(app, house)
    response = await page.open()
    cookie = response.headers["set-cookie"].lower()
    assert all(part in cookie for part in ("httponly", "samesite=lax", "path=/chat", "max-age=31536000"))
    token = page.http.cookies["uniondesk_chat"]
    await page.say("first-message", "你好")
    assert house.conversation_of(page.address)
    dump = "\n".join(house.database.engine.raw_connection().driver_connection.iterdump())  # type: ignore[union-attr]
    assert token not in dump and page.address in dump
    await page.open()
    assert page.http.cookies["uniondesk_chat"] == token


async def test_a_question_is_stored_answered_and_in_the_history(page: Page) -> None:
    said = await page.say("client-0001", "老板拖了三个月工资怎么办")
    assert (said["seq"], said["client_id"], said["author"]["kind"]) == (1, "client-0001", "worker")
    mine, answer = await page.history()
    assert mine == said
    assert answer["text"] == "收到：老板拖了三个月工资怎么办"
    assert answer["author"] == {"kind": "bot", "name": ""}
    assert answer["buttons"][0][0] == {"label": "要准备什么", "payload": "/part wages evidence"}
    assert await page.texts(after=1) == [answer["text"]]


async def test_a_retry_is_stored_once_and_answered_alike(page: Page) -> None:
    first = await page.say("client-0001", "你好")
    again, at_once = await asyncio.gather(page.post("client-0001", text="你好"), page.post("client-0001", text="你好"))
    assert again.json()["message"] == at_once.json()["message"] == first
    assert await page.texts() == ["你好", "收到：你好"]


async def test_posts_of_one_id_at_the_same_moment_are_stored_once(page: Page) -> None:
    answers = await asyncio.gather(*(page.post("client-0001", text="你好") for _ in range(5)))
    await page.app.state.inbound.idle()
    assert len({answer.json()["message"]["id"] for answer in answers}) == 1
    assert await page.texts() == ["你好", "收到：你好"]


async def test_two_workers_may_use_the_same_client_id(page: Page, stranger: Page) -> None:
    await page.say("client-0001", "我是甲")
    await stranger.say("client-0001", "我是乙")
    assert await page.texts() == ["我是甲", "收到：我是甲"]
    assert await stranger.texts() == ["我是乙", "收到：我是乙"]


async def test_without_a_cookie_nothing_is_read_or_written(app: FastAPI, house: WebChatHouse) -> None:
    bare = Page(app, house)
    for response in (
        await bare.post("client-0001", text="你好"),
        await bare.http.get("/chat/messages"),
        await bare.http.get("/chat/events"),
    ):
        assert response.status_code == 401
    bare.http.cookies.set("uniondesk_chat", "' OR 1=1 --")
    assert (await bare.http.get("/chat/messages")).status_code == 401
    with house.database.read() as session:
        assert unanswered(session) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "https://evil.test"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://behind-a-proxy.test"}, 200),
        ({"Origin": "http://chat.test"}, 200),
        ({}, 200),
    ],
)
async def test_another_sites_page_cannot_post(page: Page, headers: dict[str, str], status: int) -> None:
    assert (await page.post("client-0001", headers, text="你好")).status_code == status
    language = await page.http.post("/chat/language", json={"language": "zh"}, headers=headers)
    assert language.status_code == (204 if status == 200 else status)


async def test_only_json_is_taken(page: Page) -> None:
    raw = json.dumps({"client_id": "client-0001", "text": "你好"})
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        response = await page.http.post("/chat/messages", content=raw, headers={"Content-Type": content_type})
        assert response.status_code == 400 and "message" in response.json()
    for bad in ("{", "[]", '{"client_id": "short"}', '{"client_id": "client-0001", "text": 5}', '{"client_id": "client-0001", "x": 1}'):
        response = await page.http.post("/chat/messages", content=bad, headers={"Content-Type": "application/json"})
        assert response.status_code == 400
    assert await page.history() == []


async def test_length_is_limited_and_says_so(page: Page) -> None:
    assert (await page.post("client-0001", text="长" * 4000)).status_code == 200
    too_long = await page.post("client-0002", text="长" * 4001)
    assert too_long.status_code == 400 and "4000" in too_long.json()["message"]
    assert (await page.post("client-0003", text="x" * 40_000)).status_code == 413
    assert (await page.post("client-0004", text=" \n\x00 ")).status_code == 400


async def test_twenty_a_minute_then_patience(page: Page) -> None:
    for number in range(20):
        assert (await page.post(f"client-{number:04}", text=f"第 {number} 条")).status_code == 200
        page.house.clock.move(seconds=1)
    refused = await page.post("client-9999", text="还有")
    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "41" and "41" in refused.json()["message"]
    # What was stored before may be asked for again all the same.
    assert (await page.post("client-0000", text="第 0 条")).status_code == 200
    page.house.clock.move(seconds=41)
    assert (await page.post("client-9999", text="还有")).status_code == 200


async def test_a_button_says_its_label_and_sends_its_payload(page: Page) -> None:
    await page.say("client-0001", "工资")
    pressed = await page.post("client-0002", payload="/part wages evidence", label="我编的")
    assert pressed.json()["message"]["text"] == "要准备什么"
    await page.app.state.inbound.idle()
    assert (await page.texts())[-1] == "您按了 /part wages evidence"
    for number in range(5):
        await page.say(f"client-1{number:03}", f"别的 {number}")
    assert (await page.post("client-0003", payload="/part wages evidence")).status_code == 200, "an old button stays pressable"


async def test_a_payload_that_was_never_shown_is_refused(page: Page, stranger: Page) -> None:
    await stranger.say("client-0001", "工资")
    for payload in ("/part wages evidence", "/approve 1", "/menu now", "x" * 200):
        response = await page.post("client-0002", payload=payload, label="找人工")
        assert response.status_code == 400 and "按钮" in response.json()["message"]
    for number, (command, label) in enumerate({"/menu": "菜单", "/start": "开始", "/human": "找人工", "/cancel": "取消"}.items()):
        assert (await page.post(f"command-{number}", payload=command)).json()["message"]["text"] == label


async def test_a_typed_command_is_a_command(page: Page) -> None:
    await page.say("client-0001", "/menu")
    assert (await page.texts())[-1] == "您按了 /menu"


async def test_nobody_reads_anothers_conversation(page: Page, stranger: Page) -> None:
    await page.say("client-0001", "我的工资单")
    photo = (await page.attach("client-0002", "工资条.png", PNG)).json()["message"]["attachment"]
    assert await stranger.history() == []
    assert (await stranger.http.get(photo["url"])).status_code == 404
    assert (await stranger.http.get("/chat/files/..%2f..%2fdesk.db")).status_code == 404
    own = await page.http.get(photo["url"])
    assert own.status_code == 200 and own.content == PNG


async def test_what_was_typed_stays_text(page: Page) -> None:
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)> {{7*7}} '\"--"
    await page.say("client-0001", nasty)
    response = await page.http.get("/chat/messages")
    assert response.headers["content-type"].startswith("application/json")
    assert response.json()["messages"][0]["text"] == nasty
    assert "alert(1)" not in (await page.open()).text


async def test_the_page_allows_no_script_but_its_own(app: FastAPI, tmp_path: Path) -> None:
    house = WebChatHouse(tmp_path, union_name='<b>"工会"</b></script><script>alert(1)</script>')
    page = Page(house.app(), house)
    response = await page.open()
    policy = response.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "script-src 'self';" in policy and "unsafe" not in policy
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "alert(1)</script>" not in response.text
    assert " style=" not in response.text and " onclick" not in response.text


async def test_attachments_are_known_by_their_bytes(page: Page) -> None:
    docx = io.BytesIO()
    with zipfile.ZipFile(docx, "w") as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
    taken = {
        "../../合同.exe": (PDF, "document", "application/pdf", "合同.exe.pdf"),
        "工资条.jpg": (PNG, "photo", "image/png", "工资条.jpg.png"),
        "voice.webm": (b"\x1a\x45\xdf\xa3" + b"webm A_OPUS" * 9, "voice", "audio/webm", "voice.webm"),
        "说明.docx": (docx.getvalue(), "document", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "说明.docx"),
    }
    for number, (name, (content, kind, media_type, kept)) in enumerate(taken.items()):
        message = (await page.attach(f"client-{number:04}", name, content)).json()["message"]
        assert (message["kind"], message["attachment"]["media_type"], message["attachment"]["name"]) == (kind, media_type, kept)
        fetched = await page.http.get(message["attachment"]["url"])
        assert fetched.content == content
        assert fetched.headers["x-content-type-options"] == "nosniff"
        assert fetched.headers["content-disposition"].startswith("inline" if kind != "document" else "attachment")
        assert "sandbox" in fetched.headers["content-security-policy"]


@pytest.mark.parametrize(
    "content",
    [b"<svg onload=alert(1)>", b"<html><script>", b"MZ\x90\x00", b"PK\x03\x04rest", b"", b"plain text", b"\x1a\x45\xdf\xa3 V_VP8"],
)
async def test_other_files_are_refused_with_a_reason(page: Page, content: bytes) -> None:
    response = await page.attach("client-0001", "photo.jpg", content)
    assert response.status_code == 400 and "PDF" in response.json()["message"]
    assert await page.history() == []


async def test_a_file_too_large_is_refused(page: Page) -> None:
    for size in (200_001, 600_000):
        response = await page.attach("client-0001", "big.pdf", PDF + b"0" * size)
        assert response.status_code == 413 and "太大" in response.json()["message"]


async def test_a_retried_file_is_stored_once(page: Page, tmp_path: Path) -> None:
    answers = [
        *await asyncio.gather(*(page.attach("client-0001", "a.png", PNG) for _ in range(3))),
        await page.attach("client-0001", "a.png", PNG),
    ]
    assert len({answer.json()["message"]["attachment"]["id"] for answer in answers}) == 1
    await page.app.state.inbound.idle()
    assert await page.texts() == ["", "收到 photo"]
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


async def test_a_file_of_a_note_is_not_the_workers(page: Page) -> None:
    await page.say("client-0001", "你好")
    conversation = page.house.conversation_of(page.address)
    hidden = page.house.send_file(conversation, "内部.pdf", "application/pdf", PDF, direction="note")
    sent = page.house.send_file(conversation, "回执.svg", "image/svg+xml", b"<svg/>")
    assert (await page.http.get(f"/chat/files/{hidden}")).status_code == 404
    response = await page.http.get(f"/chat/files/{sent}")
    assert response.headers["content-type"] == "application/octet-stream"
    assert response.headers["content-disposition"].startswith("attachment")
    assert [message["attachment"] and message["attachment"]["name"] for message in await page.history()] == [None, None, "回执.svg"]


async def test_a_place_is_sent(page: Page) -> None:
    response = await page.post("client-0001", location={"latitude": 31.2304, "longitude": 121.4737, "accuracy": 12.5})
    assert response.json()["message"]["kind"] == "location" and "31.23040, 121.47370" in response.json()["message"]["text"]
    with page.house.database.read() as session:
        [stored, *_] = messages_after(session, page.house.conversation_of(page.address))
        assert stored.details["latitude"] == 31.2304 and stored.details["accuracy"] == 12.5
    assert (await page.post("client-0002", location={"latitude": 131, "longitude": 0})).status_code == 400


async def test_history_is_read_in_parts(page: Page) -> None:
    await page.say("client-0001", "开头")
    conversation = page.house.conversation_of(page.address)
    for number in range(150):
        page.house.say(f"第 {number} 条", conversation)
    latest = (await page.http.get("/chat/messages")).json()
    assert len(latest["messages"]) == 100 and latest["older"] and latest["messages"][-1]["text"] == "第 149 条"
    earlier = (await page.http.get("/chat/messages", params={"before": latest["messages"][0]["seq"]})).json()
    assert earlier["messages"][0]["text"] == "开头" and not earlier["older"]
    assert [m["seq"] for m in earlier["messages"] + latest["messages"]] == list(range(1, 153))
    for bad in ("-1", "x", "99999999999999999999"):
        assert (await page.http.get("/chat/messages", params={"after": bad})).status_code == 422


async def test_events_begin_before_the_first_word_and_go_on(page: Page) -> None:
    async with page.events() as events:
        assert (await events.next("status"))[1] == {"holder": "bot", "language": ""}
        await page.say("client-0001", "你好")
        assert (await events.next("message"))[0] == "1"
        id, answer = await events.next("message")
        assert (id, answer["text"]) == ("2", "收到：你好")
        conversation = page.house.conversation_of(page.address)
        page.house.say("我是王律师", conversation, page.house.counsellor())
        assert (await events.next("message"))[1]["author"] == {"kind": "person", "name": "王律师"}


async def test_events_resume_behind_the_last_one_seen(page: Page) -> None:
    await page.say("client-0001", "一")
    await page.say("client-0002", "二")
    async with page.events() as events:
        assert await events.texts(4) == ["一", "收到：一", "二", "收到：二"]
    conversation = page.house.conversation_of(page.address)
    for number in range(250):
        page.house.say(f"错过 {number}", conversation)
    async with page.events("after=0", last_event_id="3") as events:
        assert await events.texts(251) == ["收到：二", *(f"错过 {number}" for number in range(250))]
    async with page.events("after=253") as events:
        assert await events.texts(1) == ["错过 249"]
        page.house.say("新的", conversation)
        assert await events.texts(1) == ["新的"]
        assert events.rest == 0


async def test_events_carry_nobody_elses_words(page: Page, stranger: Page) -> None:
    await page.say("client-0001", "甲")
    async with page.events("after=2") as events:
        await stranger.say("client-0001", "乙")
        await stranger.house.channel.typing(stranger.address)
        await page.say("client-0002", "丙")
        assert await events.texts(2) == ["丙", "收到：丙"]
        assert events.rest == 0


async def test_notes_are_not_shown(page: Page) -> None:
    await page.say("client-0001", "你好")
    conversation = page.house.conversation_of(page.address)
    page.house.send_file(conversation, "内部.pdf", "application/pdf", PDF, direction="note")
    page.house.say("给您的", conversation)
    assert await page.texts() == ["你好", "收到：你好", "给您的"]
    async with page.events("after=2") as events:
        assert await events.texts(1) == ["给您的"]


async def test_the_channel_shows_typing_and_what_is_stored(page: Page) -> None:
    await page.say("client-0001", "你好")
    conversation = page.house.conversation_of(page.address)
    async with page.events("after=2") as events, page.house.hub.listening() as signals:
        await events.next("status")
        await page.house.channel.typing(page.address)
        assert (await events.next("typing"))[1] == {}
        message_id = page.house.say("请看", conversation)
        assert await events.texts(1) == ["请看"]
        while not signals.empty():
            signals.get_nowait()
        outcome = await page.house.channel.send(page.address, Outgoing(message_id, "请看", []))
        assert (outcome.state, outcome.external_id) == ("sent", message_id)
        assert await signals.get() == Signal("conversation", conversation)
    assert (await page.house.channel.send(page.address, Outgoing("nothing", "", []))).state == "failed"
    await page.house.channel.typing("nobody")


async def test_the_language_is_kept(page: Page) -> None:
    assert (await page.http.post("/chat/language", json={"language": "en"})).status_code == 204
    assert 'lang="en"' in (await page.open()).text
    refused = await page.post("client-0001", payload="/nothing")
    assert "no such button" in refused.json()["message"]
    assert (await page.http.get("/chat/messages")).json()["language"] == "en"
    assert (await page.http.post("/chat/language", json={"language": "zh"})).status_code == 204
    assert 'lang="zh-CN"' in (await page.open()).text
    assert (await page.http.post("/chat/language", json={"language": "fr"})).status_code == 400


async def test_what_was_stored_before_a_crash_is_answered_after_it(tmp_path: Path) -> None:
    before = WebChatHouse(tmp_path)
    before.replies = lambda turn: (_ for _ in ()).throw(RuntimeError("crashed"))
    app = before.app()
    async with app.router.lifespan_context(app):
        page = Page(app, before)
        await page.open()
        await page.say("client-0001", "还在吗")
        assert await page.texts() == ["还在吗"]
    after = WebChatHouse(tmp_path)
    page.app = after.app()
    page.http._transport = httpx.ASGITransport(page.app)
    async with page.app.router.lifespan_context(page.app):
        await page.app.state.inbound.idle()
        assert await page.texts() == ["还在吗", "收到：还在吗"]
        await page.say("client-0001", "还在吗")
        assert await page.texts() == ["还在吗", "收到：还在吗"]


async def test_an_edited_message_says_so(page: Page) -> None:
    said = await page.say("client-0001", "错字")
    with page.house.database.write() as session:
        message = session.get_one(Message, said["id"])
        message.details = {**message.details, "before": ["错字"]}
    assert [m["edited"] for m in await page.history()] == [True, False]


async def test_the_page_can_be_installed(page: Page) -> None:
    manifest = (await page.http.get("/chat/manifest.webmanifest")).json()
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/chat", "/chat", "standalone")
    for described in manifest["icons"]:
        image = await page.http.get(described["src"])
        size = int(described["sizes"].split("x")[0])
        assert image.headers["content-type"] == "image/png" and image.content[16:24] == size.to_bytes(4, "big") * 2
    worker = await page.http.get("/chat/sw.js")
    assert worker.headers["service-worker-allowed"] == "/chat"
    static = Path(icon.__file__).parent / "static"
    for name in {path.name for path in static.iterdir()} - {"sw.js"}:
        assert f'"{name}"' in worker.text, f"the service worker does not keep {name}"
    assert (await page.http.get("/chat/static/any/../site.py")).status_code == 404
    assert (await page.http.get("/chat/icons/7.png")).status_code == 404


def test_both_languages_have_every_line() -> None:
    lines = {language: {k: v for k, v in catalogue(language).items() if k.startswith("webchat.")} for language in ("zh", "en")}
    assert lines["zh"].keys() == lines["en"].keys()

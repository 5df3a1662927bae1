"""The counsellors' side over HTTP: who gets in, who may do what, and that nothing is said twice or lost."""

import asyncio
import datetime as dt
import io
import re
from collections.abc import AsyncIterator
from functools import cache
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select
from starlette.routing import BaseRoute, Mount

from console.live import EVERYTHING, KINDS, changes
from console.site import ConsoleDeps, build_console
from desk import agents, cases, conversations, outbox
from desk.agents import Agent
from desk.cases import Case, Handoff, SlaPolicy
from desk.conversations import Attachment, Incoming, Message
from desk.database import Database, Signal
from desk.files import FileStore
from desk.knowledge.passages import PassageSearch
from desk.knowledge.statutes import StatuteIndex
from desk.live import LocalHub
from desk.outbox import Delivery, Outcome
from tests.fakes.letters import LetterEmbedder

ROOT = Path(__file__).parents[2]
PASSWORD = "correct-horse-9"
HERE = "http://desk.test"


@cache
def password_hash() -> str:
    """Made once: hashing is slow on purpose."""
    return PasswordHasher().hash(PASSWORD)


class MovedClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.moment


class Visitor(httpx.AsyncClient):
    """A browser: keeps its cookie, and takes the token of the page it was shown."""

    csrf = ""

    async def sign_in(self, username: str, password: str = PASSWORD) -> httpx.Response:
        answer = await self.post("/console/sign-in", data={"username": username, "password": password})
        if answer.status_code == 303:
            page = await self.get("/console/inbox")
            self.csrf = re.search(r'X-CSRF-Token": "([^"]+)"', page.text)[1]  # type: ignore[index]
        return answer

    async def press(self, path: str, **fields: str) -> httpx.Response:
        return await self.post(path, data=fields, headers={"X-CSRF-Token": self.csrf, "HX-Request": "true"})


class Desk:
    """A union's desk with two counsellors and two admins, and the console before it."""

    def __init__(self, database: Database, clock: MovedClock, files: Path) -> None:
        self.database, self.clock, self.hub = database, clock, LocalHub()
        database.publish = self.hub.publish
        self.deps = ConsoleDeps(
            database, clock, self.hub, FileStore(files, 100_000), StatuteIndex.read(ROOT / "data" / "laws-index"), SlaPolicy(),
            "Asia/Shanghai", 12, False, [24, 2], "测试区总工会", PassageSearch(database, LetterEmbedder(), "江苏"),
        )  # fmt: skip
        self.app = FastAPI()
        self.app.include_router(build_console(self.deps))
        with database.write() as session:
            for username, role in (("wang", "counsellor"), ("chen", "counsellor"), ("li", "admin"), ("zhao", "admin")):
                session.add(
                    Agent(username=username, name=f"{username}同志", role=role, password_hash=password_hash(), created_at=clock.now())
                )

    def visitor(self) -> Visitor:
        return Visitor(transport=httpx.ASGITransport(self.app), base_url=HERE, headers={"accept": "text/html"})

    def case(self, who: str = "a", text: str = "老板拖欠工资", urgency: str = "normal") -> str:
        with self.database.write() as session:
            conversation_id, _ = conversations.receive(
                session, Incoming("web", who, f"{who}-{text}", name=f"职工{who}", text=text), self.clock.now()
            )
            return cases.hand_off(
                session, conversation_id, Handoff(f"{who}-{text}", "asked", urgency, "wage_arrears"), SlaPolicy(), self.clock.now()
            ).id

    def said(self, who: str, text: str) -> None:
        with self.database.write() as session:
            conversations.receive(session, Incoming("web", who, f"{who}-{text}", text=text), self.clock.now())

    def replies(self, case_id: str) -> list[Message]:
        with self.database.read() as session:
            conversation_id = cases.case_by_id(session, case_id).conversation_id
            found = conversations.messages_after(session, conversation_id, notes=True)
            return [message for message in found if message.direction == "out"]

    def agent(self, username: str) -> Agent:
        with self.database.read() as session:
            return session.scalars(select(Agent).where(Agent.username == username)).one()


@pytest.fixture
def desk(sqlite_database: Database, tmp_path: Path) -> Desk:
    return Desk(sqlite_database, MovedClock(), tmp_path / "files")


@pytest.fixture
async def wang(desk: Desk) -> AsyncIterator[Visitor]:
    async with desk.visitor() as visitor:
        await visitor.sign_in("wang")
        yield visitor


@pytest.fixture
async def li(desk: Desk) -> AsyncIterator[Visitor]:
    async with desk.visitor() as visitor:
        await visitor.sign_in("li")
        yield visitor


# --- Getting in ------------------------------------------------------------------------------------------------------


async def test_nobody_sees_anything_before_signing_in(desk: Desk) -> None:
    case_id = desk.case()
    async with desk.visitor() as visitor:
        for path in ("/console/inbox", f"/console/cases/{case_id}", "/console/files/x", "/console/live/inbox", "/console/people"):
            answer = await visitor.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/console/sign-in?next=")
        assert (await visitor.get("/console")).headers["location"] == "/console/inbox"
        fragment = await visitor.get("/console/inbox/list", headers={"HX-Request": "true"})
        assert (fragment.status_code, fragment.headers["hx-redirect"]) == (401, "/console/sign-in")
        assert (await visitor.post(f"/console/cases/{case_id}/reply", data={"text": "x"})).status_code == 401


async def test_cookie_and_headers(desk: Desk) -> None:
    async with desk.visitor() as visitor:
        answer = await visitor.sign_in("wang")
        cookie = answer.headers["set-cookie"].lower()
        assert all(part in cookie for part in ("uniondesk_console=", "httponly", "samesite=lax", "path=/console"))
        page = await visitor.get("/console/inbox")
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
        assert page.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*src=)|style=|\son\w+=", page.text)


async def test_five_wrong_passwords_lock_the_name(desk: Desk) -> None:
    async with desk.visitor() as visitor:
        for _ in range(5):
            wrong = await visitor.sign_in("wang", "wrong-password")
            assert wrong.status_code == 401 and "用户名或密码不对" in wrong.text
        locked = await visitor.sign_in("wang")
        assert locked.status_code == 403 and "锁定 15 分钟" in locked.text
        desk.clock.moment += dt.timedelta(minutes=16)
        assert (await visitor.sign_in("wang")).status_code == 303


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}])
async def test_no_signing_in_from_a_foreign_page(desk: Desk, headers: dict[str, str]) -> None:
    async with desk.visitor() as visitor:
        answer = await visitor.post("/console/sign-in", data={"username": "wang", "password": PASSWORD}, headers=headers)
        assert answer.status_code == 403 and "set-cookie" not in answer.headers


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/chat", "/console/\\evil", "/console/sign-out"])
async def test_signing_in_leads_nowhere_else(desk: Desk, target: str) -> None:
    async with desk.visitor() as visitor:
        answer = await visitor.post("/console/sign-in", data={"username": "wang", "password": PASSWORD, "next": target})
        assert answer.headers["location"] == "/console/inbox"


async def test_every_form_needs_the_token(desk: Desk, li: Visitor) -> None:
    forms = [path for path, methods in _routes(desk) if "POST" in methods and path != "/sign-in"]
    assert len(forms) > 25
    for path in forms:
        answer = await li.post("/console" + re.sub(r"{\w+}", "x", path), data={"csrf": "wrong"})
        assert answer.status_code == 403 and "页面已过期" in answer.text, path
    assert (await li.post("/console/sign-out", data={"csrf": "词"})).status_code == 403
    assert (await li.post("/console/sign-out", data={"csrf": li.csrf})).status_code == 303
    assert (await li.get("/console/inbox")).status_code == 303


async def test_counsellors_are_not_admins(desk: Desk, wang: Visitor, li: Visitor) -> None:
    for path in ("/console/people", "/console/campaigns", "/console/activities", "/console/overview", "/console/knowledge/edit"):
        refused = await wang.get(path)
        assert refused.status_code == 403 and "仅限管理员" in refused.text, path
        assert (await li.get(path)).status_code == 200, path
    assert (await wang.press("/console/people", name="x", username="x", role="admin")).status_code == 403
    assert 'href="/console/people"' not in (await wang.get("/console/inbox")).text
    for path in ("/console/knowledge", "/console/calculators", "/console/canned", "/console/me"):
        assert (await wang.get(path)).status_code == 200, path


async def test_a_sign_in_ends(desk: Desk, wang: Visitor) -> None:
    desk.clock.moment += dt.timedelta(hours=13)
    assert (await wang.get("/console/inbox")).status_code == 303


# --- The inbox -------------------------------------------------------------------------------------------------------


async def test_the_list_shows_the_urgent_first_and_escapes(desk: Desk, wang: Visitor) -> None:
    desk.case("a", "<script>alert(1)</script>")
    desk.clock.moment += dt.timedelta(minutes=40)
    urgent = desk.case("b", "工地上摔伤了", "urgent")
    page = (await wang.get("/console/inbox")).text
    assert page.index("职工b") < page.index("职工a")
    assert "紧急" in page and "超时" in page and "等 40 分钟" in page
    assert "<script>alert" not in page and "&lt;script&gt;" in page
    await wang.press(f"/console/cases/{urgent}/assign", agent_id=desk.agent("wang").id, expected="")
    assert "职工b" not in (await wang.get("/console/inbox/list?tab=queue")).text
    assert "职工b" in (await wang.get("/console/inbox/list?tab=mine")).text
    await wang.press(f"/console/cases/{urgent}/resolve")
    assert "职工b" in (await wang.get("/console/inbox/list?tab=done")).text


async def test_the_pane_shows_what_the_bot_knew(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    with desk.database.write() as session:
        case = cases.case_by_id(session, case_id)
        conversations.remember(
            session, case.conversation_id, topic="wage_arrears", confidence=0.83, question="欠薪", articles=["gone"], facts={"months": 3}
        )
        case.facts = {"欠薪人数": 12}
    page = (await wang.get(f"/console/cases/{case_id}")).text
    for shown in ("拖欠工资", "把握 83%", "月数", "欠薪人数", "12", "/console/knowledge/articles/gone", "立案"):
        assert shown in page
    assert (await wang.get("/console/cases/none")).status_code == 404


async def test_who_the_worker_is_can_be_kept(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    await wang.press(
        f"/console/cases/{case_id}/contact", district="鼓楼区", industry="快递", phone="13800000000", tags="骑手，困难职工、骑手"
    )
    page = (await wang.get(f"/console/cases/{case_id}")).text
    assert 'value="鼓楼区"' in page and 'value="困难职工、骑手"' in page


async def test_a_double_press_sends_once(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    answers = await asyncio.gather(*(wang.press(f"/console/cases/{case_id}/reply", text="您好", key="k1") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert [message.text for message in desk.replies(case_id)] == ["您好"]
    # The answer was lost and the counsellor wrote on in the same form: that is another reply.
    await wang.press(f"/console/cases/{case_id}/reply", text="您好，请说", key="k1")
    assert [message.text for message in desk.replies(case_id)] == ["您好", "您好，请说"]


async def test_another_holds_the_case(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    async with desk.visitor() as chen:
        await chen.sign_in("chen")
        await chen.press(f"/console/cases/{case_id}/reply", text="我来处理", key="c1")
        refused = await wang.press(f"/console/cases/{case_id}/reply", text="我也回", key="w1")
        assert refused.status_code == 409 and "其他同事" in refused.text and "<html" not in refused.text
        taken = await wang.press(f"/console/cases/{case_id}/assign", agent_id=desk.agent("wang").id, expected="")
        assert taken.status_code == 409
        await wang.press(f"/console/cases/{case_id}/assign", agent_id=desk.agent("wang").id, expected=desk.agent("chen").id)
        assert (await wang.press(f"/console/cases/{case_id}/reply", text="接着办", key="w1")).status_code == 200
    assert [message.text for message in desk.replies(case_id)] == ["我来处理", "接着办"]


async def test_notes_stay_inside(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    await wang.press(f"/console/cases/{case_id}/note", text="先别答应金额")
    assert "先别答应金额" in (await wang.get(f"/console/cases/{case_id}")).text
    with desk.database.read() as session:
        assert session.scalars(select(Delivery)).all() == []


async def test_news_come_behind_what_is_there(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    page = await wang.get(f"/console/cases/{case_id}", headers={"HX-Request": "true"})
    stamp = re.search(r'data-stamp="(\w+)"', page.text)[1]  # type: ignore[index]
    for number in range(3):
        desk.said("a", f"第{number}句")
    news = (await wang.get(f"/console/cases/{case_id}/news?after=2&stamp={stamp}")).text
    assert "第0句" not in news and "第1句" in news and "第2句" in news
    assert re.findall(r'data-seq="(\d+)"', news) == ["3", "4"] and 'id="head"' not in news
    await wang.press(f"/console/cases/{case_id}/resolve")
    assert "已办结" in (await wang.get(f"/console/cases/{case_id}/news?after=4&stamp={stamp}")).text


async def test_an_edit_is_shown_with_the_old_wording(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case("a", "欠我三千")
    with desk.database.write() as session:
        conversations.edit_message(session, "web", "a-欠我三千", "欠我三万")
    news = (await wang.get(f"/console/cases/{case_id}/news?after=1")).text
    assert "欠我三万" in news and "欠我三千" in news and "hx-swap-oob" in news and "已编辑" in news


async def test_earlier_messages_page_without_a_gap(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    for number in range(249):
        desk.said("a", f"m{number}")
    seen: list[int] = []
    page = (await wang.get(f"/console/cases/{case_id}", headers={"HX-Request": "true"})).text
    while True:
        seqs = [int(seq) for seq in re.findall(r'data-seq="(\d+)"', page)]
        seen = seqs + seen
        if "更早的消息" not in page:
            break
        page = (await wang.get(f"/console/cases/{case_id}/earlier?before={seen[0]}")).text
    assert seen == list(range(1, 251))


async def test_what_did_not_arrive_can_go_again(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    await wang.press(f"/console/cases/{case_id}/reply", text="您好", key="k")
    message_id = desk.replies(case_id)[0].id
    with desk.database.write() as session:
        [(delivery_id, *_)] = outbox.states_of(session, [message_id]).values()
        assert outbox.claim(session, delivery_id, desk.clock.now())
        outbox.settle(session, delivery_id, Outcome("failed", problem="对方不存在"), desk.clock.now())
    page = (await wang.get(f"/console/cases/{case_id}")).text
    assert "未送达" in page and "对方不存在" in page and "重发" in page
    again = await wang.press(f"/console/messages/{message_id}/again")
    assert "发送中" in again.text
    assert (await wang.press(f"/console/messages/{message_id}/again")).status_code == 409


# --- Files -----------------------------------------------------------------------------------------------------------

PNG = b"\x89PNG\r\n\x1a\n0000"


async def test_a_reply_with_a_file(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    for _ in range(2):
        answer = await wang.post(
            f"/console/cases/{case_id}/reply", data={"text": "", "key": "k"}, files={"file": ("表格 1.png", io.BytesIO(PNG), "image/png")},
            headers={"X-CSRF-Token": wang.csrf},
        )  # fmt: skip
        assert answer.status_code == 200
    with desk.database.read() as session:
        attachment = session.scalars(select(Attachment)).one()
    shown = await wang.get(f"/console/files/{attachment.id}")
    assert shown.content == PNG and shown.headers["content-type"] == "image/png"
    assert shown.headers["content-disposition"].startswith("inline")


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/pdf", "nonsense\r\nx: y"])
async def test_other_files_are_never_shown(desk: Desk, wang: Visitor, media_type: str) -> None:
    with desk.database.write() as session:
        attachment = conversations.add_attachment(session, "a.html", media_type, 3, desk.clock.now())
        desk.deps.files.save(attachment.id, b"<a>")
    answer = await wang.get(f"/console/files/{attachment.id}")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff" and "sandbox" in answer.headers["content-security-policy"]


async def test_too_big_a_file_is_refused_before_it_is_read(desk: Desk, wang: Visitor) -> None:
    case_id = desk.case()
    for size in (100_001, 2_000_000):
        answer = await wang.post(
            f"/console/cases/{case_id}/reply",
            data={"key": "k"},
            files={"file": ("a.png", b"0" * size, "image/png")},
            headers={"X-CSRF-Token": wang.csrf},
        )
        assert answer.status_code == 422 and "太大" in answer.text
    assert desk.replies(case_id) == []


# --- Live ------------------------------------------------------------------------------------------------------------


async def test_a_stream_starts_with_everything_and_gathers_a_burst(desk: Desk) -> None:
    await desk.hub.start()
    with desk.database.write() as session:
        token = agents.sign_in(session, desk.agent("wang").id, desk.clock.now(), dt.timedelta(hours=1))
    stream = changes(desk.deps, KINDS["inbox"], token, 41)
    first = await anext(stream)
    assert (first.data, first.event, first.id) == (EVERYTHING, "change", "42")
    for number in range(200):
        desk.hub.deliver(Signal("conversation", f"c{number % 20}"))
    desk.hub.deliver(Signal("campaign", "other"))
    burst = await asyncio.wait_for(anext(stream), 5)
    assert set(str(burst.data).split()) == {f"c{number}" for number in range(20)} and burst.id == "43"
    for number in range(1500):
        desk.hub.deliver(Signal("case", f"k{number}"))
    assert (await asyncio.wait_for(anext(stream), 5)).data == EVERYTHING
    await stream.aclose()  # type: ignore[attr-defined]


async def test_a_message_reaches_the_stream_after_its_commit(desk: Desk) -> None:
    await desk.hub.start()
    case_id = desk.case()
    with desk.database.write() as session:
        token = agents.sign_in(session, desk.agent("wang").id, desk.clock.now(), dt.timedelta(hours=1))
        conversation_id = session.get_one(Case, case_id).conversation_id
    stream = changes(desk.deps, KINDS["inbox"], token, 0)
    await anext(stream)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.to_thread(desk.said, "a", "在吗")
    assert conversation_id in str((await asyncio.wait_for(waiting, 5)).data)
    await stream.aclose()  # type: ignore[attr-defined]


def _routes(desk: Desk) -> list[tuple[str, set[str]]]:
    """Every path of the console behind its mount, with its methods."""
    found: list[tuple[str, set[str]]] = []

    def walk(routes: list[BaseRoute]) -> None:
        for route in routes:
            if isinstance(route, APIRoute):
                found.append((route.path, set(route.methods)))
            inner = getattr(route, "original_router", None) or (route.app if isinstance(route, Mount) else None)
            if getattr(inner, "routes", None):
                prefix = getattr(getattr(route, "include_context", None), "prefix", "")
                assert not prefix
                walk(inner.routes)  # type: ignore[union-attr]

    walk(list(desk.app.routes))
    return found

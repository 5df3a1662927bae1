"""The admins' side over HTTP: activities, campaigns, knowledge, calculators, figures, people."""

import datetime as dt
import re
from collections.abc import AsyncIterator
from functools import cache
from html import unescape
from pathlib import Path

import httpx
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from sqlalchemy import select

from console.site import ConsoleDeps, build_console
from desk import activities, agents, canned, cases, contacts, conversations
from desk.agents import Agent
from desk.cases import Handoff, SlaPolicy
from desk.conversations import Incoming
from desk.database import Database
from desk.errors import Invalid
from desk.figures import figures
from desk.files import FileStore
from desk.knowledge.article_file import read_articles
from desk.knowledge.articles import Article, ArticleRevision, article_by_id, load_articles
from desk.knowledge.passages import PassageSearch
from desk.knowledge.statutes import StatuteIndex
from desk.legal.catalogue import CALCULATORS
from desk.live import LocalHub
from desk.outbox import Delivery
from tests.fakes.letters import LetterEmbedder

ROOT = Path(__file__).parents[2]
PASSWORD = "correct-horse-9"
NOW = dt.datetime(2026, 11, 23, 2, 0, tzinfo=dt.UTC)


@cache
def password_hash() -> str:
    """Made once: hashing is slow on purpose."""
    return PasswordHasher().hash(PASSWORD)


class StandingClock:
    def now(self) -> dt.datetime:
        return NOW


class Admin(httpx.AsyncClient):
    """A signed-in browser; `press` sends a form as htmx does."""

    csrf = ""

    async def sign_in(self, username: str) -> "Admin":
        await self.post("/console/sign-in", data={"username": username, "password": PASSWORD})
        page = await self.get("/console/inbox")
        self.csrf = re.search(r'X-CSRF-Token": "([^"]+)"', page.text)[1]  # type: ignore[index]
        return self

    async def press(self, path: str, **fields: object) -> httpx.Response:
        return await self.post("/console" + path, data=fields, headers={"X-CSRF-Token": self.csrf, "HX-Request": "true"})


@pytest.fixture
def app(sqlite_database: Database, tmp_path: Path) -> FastAPI:
    statutes = StatuteIndex.read(ROOT / "data" / "laws-index")
    files = FileStore(tmp_path / "files", 100_000)
    deps = ConsoleDeps(
        sqlite_database, StandingClock(), LocalHub(), files, statutes, SlaPolicy(), "Asia/Shanghai", 12, False, [24, 2], "测试区总工会",
        PassageSearch(sqlite_database, LetterEmbedder(), "江苏"),
    )  # fmt: skip
    with sqlite_database.write() as session:
        for username, role in (("li", "admin"), ("zhao", "admin"), ("wang", "counsellor")):
            session.add(Agent(username=username, name=f"{username}同志", role=role, password_hash=password_hash(), created_at=NOW))
    app = FastAPI()
    app.include_router(build_console(deps))
    return app


async def browser(app: FastAPI, username: str) -> AsyncIterator[Admin]:
    async with Admin(transport=httpx.ASGITransport(app), base_url="http://desk.test", headers={"accept": "text/html"}) as visitor:
        yield await visitor.sign_in(username)


@pytest.fixture
async def li(app: FastAPI) -> AsyncIterator[Admin]:
    async for visitor in browser(app, "li"):
        yield visitor


@pytest.fixture
async def zhao(app: FastAPI) -> AsyncIterator[Admin]:
    async for visitor in browser(app, "zhao"):
        yield visitor


# --- Activities ------------------------------------------------------------------------------------------------------


async def test_an_activity_from_its_form_to_its_roll(sqlite_database: Database, li: Admin) -> None:
    added = await li.press("/activities", title="健康体检", topic="health_check", description="空腹")
    assert added.headers["hx-redirect"] == "/console/activities?said=added"
    with sqlite_database.read() as session:
        activity_id = session.scalars(select(activities.Activity.id)).one()
    path = f"/activities/{activity_id}/sessions"
    for wrong, field in (
        ({"starts_at": "", "place": "厂区", "capacity": "2"}, "starts_at"),
        ({"starts_at": "2026-11-30T09:00", "place": "厂区", "capacity": "二"}, "capacity"),
    ):
        refused = await li.press(path, **wrong)
        assert refused.status_code == 422 and f'data-field="{field}"' in refused.text
    assert (await li.press(path, starts_at="2026-11-20T09:00", place="厂区", capacity="2")).status_code == 422
    await li.press(path, starts_at="2026-11-30T09:00", place="厂区食堂", capacity="1")
    with sqlite_database.write() as session:
        held = session.scalars(select(activities.ActivitySession)).one()
        assert held.starts_at == dt.datetime(2026, 11, 30, 1, 0, tzinfo=dt.UTC)
        for name in ("张三", "李四"):
            contact = contacts.ensure_contact(session, "web", name, name, NOW)
            activities.enrol(session, held.id, contact.id, [24], "Asia/Shanghai", NOW)
    assert "11月30日（周一）09:00" in (await li.get("/console/activities")).text
    roll = (await li.get(f"/console/activities/sessions/{held.id}")).text
    assert roll.index("已报名 1") < roll.index("张三") < roll.index("候补 1") < roll.index("李四")


# --- Campaigns -------------------------------------------------------------------------------------------------------


async def test_a_campaign_takes_two_admins(sqlite_database: Database, li: Admin, zhao: Admin) -> None:
    with sqlite_database.write() as session:
        for number in range(3):
            contacts.ensure_contact(session, "web", f"w{number}", f"职工{number}", NOW).district = "鼓楼区" if number else "玄武区"
    assert "<b>2</b>" in (await li.press("/campaigns/count", district="鼓楼区")).text
    fields = {"title": "送清凉", "text": "周六发放<b>降温包</b>", "district": "鼓楼区", "label0": "看活动", "kind0": "activities"}
    preview = (await li.press("/campaigns/preview", **fields)).text
    assert "&lt;b&gt;" in preview and "看活动" in preview
    refused = await li.press("/campaigns", **fields, label1="看看", kind1="article", ref1="nothing")
    assert refused.status_code == 422 and 'data-field="ref1"' in refused.text
    stored = await li.press("/campaigns", **fields)
    path = stored.headers["hx-redirect"].removeprefix("/console").partition("?")[0]
    assert (await li.press(f"{path}/start")).status_code == 409
    own = await li.press(f"{path}/approve")
    assert own.status_code == 403 and "另一位管理员" in own.text
    untied = await li.press(f"{path}/test")
    assert untied.status_code == 422 and "绑定" in untied.text
    for visitor, step in ((zhao, "approve"), (li, "start"), (li, "pause"), (li, "resume"), (li, "cancel")):
        assert (await visitor.press(f"{path}/{step}")).status_code == 204, step
    assert (await li.press(f"{path}/resume")).status_code == 409
    page = (await li.get(f"/console{path}")).text
    assert "已取消" in page and "zhao同志" in page


async def test_a_test_message_goes_to_ones_own_chat(sqlite_database: Database, li: Admin) -> None:
    code = re.search(r"/start link-(\w+)", (await li.press("/me/link")).text)[1]  # type: ignore[index]
    with sqlite_database.write() as session:
        contact = contacts.ensure_contact(session, "web", "me", "李主席", NOW)
        assert agents.link_contact(session, code, contact.id)
    stored = await li.press("/campaigns", title="试", text="正文", district="", industry="")
    path = stored.headers["hx-redirect"].removeprefix("/console").partition("?")[0]
    assert (await li.press(f"{path}/test")).status_code == 204
    with sqlite_database.read() as session:
        assert session.scalars(select(Delivery.contact_id)).all() == [contact.id]
    assert "李主席" in (await li.get("/console/me")).text


# --- Knowledge -------------------------------------------------------------------------------------------------------


@pytest.fixture
def articles(sqlite_database: Database) -> list[str]:
    files = [file for file in read_articles(ROOT / "data" / "knowledge") if file.topic in ("wage_arrears", "join_union")]
    with sqlite_database.write() as session:
        load_articles(session, files, NOW)
    return [file.id for file in files]


def shown_fields(page: str) -> dict[str, object]:
    """What a browser would send of the article's form as it was shown."""
    fields: dict[str, object] = {}
    for name, text in re.findall(r'<textarea name="(\w+)"[^>]*>(.*?)</textarea>', page, re.S):
        fields[name] = unescape(text)
    for tag in re.findall(r"<input [^>]*>", page):
        name, value = re.search(r'name="(\w+)"', tag), re.search(r'value="([^"]*)"', tag)
        if name is None or name[1] == "csrf" or ('type="checkbox"' in tag and " checked" not in tag):
            continue
        given = unescape(value[1]) if value else ""
        if name[1] in ("law", "law_article", "says"):
            fields.setdefault(name[1], []).append(given)  # type: ignore[attr-defined]
        else:
            fields[name[1]] = given
    fields["topic"] = re.search(r'<option value="(\w+)" selected', page)[1]  # type: ignore[index]
    return fields


async def test_every_article_survives_its_own_form(sqlite_database: Database, li: Admin, articles: list[str]) -> None:
    for article_id in articles[:12]:
        page = (await li.get(f"/console/knowledge/edit?article={article_id}")).text
        answer = await li.press("/knowledge/propose", **shown_fields(page))
        assert answer.status_code == 204, (article_id, answer.text)
    with sqlite_database.read() as session:
        drafts = session.scalars(select(ArticleRevision)).all()
        assert len(drafts) == 12
        assert all(draft.body == article_by_id(session, draft.article_id).body for draft in drafts)


async def test_a_wording_is_published_by_somebody_else(sqlite_database: Database, li: Admin, zhao: Admin, articles: list[str]) -> None:
    article_id = articles[0]
    fields = shown_fields((await li.get(f"/console/knowledge/edit?article={article_id}")).text)
    wrong = fields | {"title": "短", "asks": "只有一种", "valid_from": "昨天"}
    refused = await li.press("/knowledge/propose", **wrong)
    assert refused.status_code == 422
    assert {"title", "asks", "valid_from"} == set(re.findall(r'data-field="(\w+)"', refused.text)) and "至少 4" in refused.text
    for law, article, said in (
        ("没有这部法", "第一条", "没有收录"),
        ("劳动合同法", "第九百条", "里没有"),
        ("劳动合同法", "47条", "第四十七条"),
    ):
        cited = await li.press("/knowledge/propose", **(fields | {"law": law, "law_article": article, "says": "规定了补偿"}))
        assert cited.status_code == 422 and said in cited.text and 'data-field="sources"' in cited.text
    for changes, field in (({"signs": "返聘", "remark": ""}, "remark"), ({"beside": "wage_arrears nothing"}, "beside")):
        refused = await li.press("/knowledge/propose", **(fields | changes))
        assert refused.status_code == 422 and re.findall(r'data-field="(\w+)"', refused.text) == [field]
    stored = await li.press("/knowledge/propose", **(fields | {"title": "改过的标题", "comment": "更清楚"}))
    path = stored.headers["hx-redirect"].removeprefix("/console").partition("?")[0]
    assert (await li.press(f"{path}/publish")).status_code == 403
    page = (await zhao.get(f"/console{path}")).text
    assert "改过的标题" in page and "改动的栏目" in page and "更清楚" in page
    assert (await zhao.press(f"{path}/publish")).status_code == 204
    assert (await zhao.press(f"{path}/reject")).status_code == 409
    assert "改过的标题" in (await li.get("/console/knowledge?words=改过")).text
    assert (await li.press(f"/knowledge/articles/{article_id}/withdraw")).status_code == 204
    with sqlite_database.read() as session:
        assert not session.get_one(Article, article_id).published


# --- Calculators -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["overtime", "economic_compensation", "retirement_age", "arbitration_limitation"])
async def test_a_calculator_by_its_form(li: Admin, name: str) -> None:
    page = (await li.get(f"/console/calculators/{name}")).text
    fields = {}
    for item in CALCULATORS[name].inputs:
        assert f'name="{item.name}"' in page
        fields[item.name] = next(iter(item.choices)) if item.choices else "" if item.kind in ("boolean", "dates") else str(item.example)
    answer = await li.press(f"/calculators/{name}", **fields)
    assert answer.status_code == 200 and "怎么算的" in answer.text and "《" in answer.text


async def test_a_calculator_names_the_field(li: Admin) -> None:
    for wrong in ("abc", "", "-5", "1e400"):
        answer = await li.press("/calculators/overtime", monthly_wage=wrong)
        assert answer.status_code == 422 and 'data-field="monthly_wage"' in answer.text and "monthly_wage：" not in answer.text


# --- People ----------------------------------------------------------------------------------------------------------


async def test_people_come_and_go(sqlite_database: Database, app: FastAPI, li: Admin) -> None:
    added = await li.press("/people", name="孙律师", username="sun", role="counsellor")
    password = re.search(r"<code>([^<]+)</code>", added.text)[1]  # type: ignore[index]
    assert password not in (await li.get("/console/people")).text
    async with Admin(transport=httpx.ASGITransport(app), base_url="http://desk.test", headers={"accept": "text/html"}) as sun:
        assert (await sun.post("/console/sign-in", data={"username": "sun", "password": password})).status_code == 303
        with sqlite_database.write() as session:
            agent = next(agent for agent in agents.everyone(session) if agent.username == "sun")
            conversation_id, _ = conversations.receive(session, Incoming("web", "a", "1", text="在吗"), NOW)
            case_id = cases.hand_off(session, conversation_id, Handoff("1", "asked"), SlaPolicy(), NOW).id
            cases.assign(session, case_id, agent.id, agent, NOW)
        assert (await li.press(f"/people/{agent.id}/deactivate")).status_code == 204
        assert (await sun.get("/console/inbox")).status_code == 303
    with sqlite_database.read() as session:
        assert cases.case_by_id(session, case_id).agent_id is None
        me = next(agent for agent in agents.everyone(session) if agent.username == "li")
    assert (await li.press(f"/people/{me.id}/deactivate")).status_code == 422
    taken = await li.press("/people", name="又一位", username="sun", role="admin")
    assert taken.status_code == 422 and "已被使用" in taken.text


async def test_ones_own_password(li: Admin) -> None:
    wrong = await li.press("/me/password", old="nonsense-nonsense", new="another-horse-8", repeated="another-horse-8")
    assert wrong.status_code == 422 and 'data-field="old"' in wrong.text
    other = await li.press("/me/password", old=PASSWORD, new="another-horse-8", repeated="another-horse-9")
    assert 'data-field="repeated"' in other.text
    assert (await li.press("/me/password", old=PASSWORD, new="another-horse-8", repeated="another-horse-8")).status_code == 204
    assert (await li.get("/console/me?said=password")).status_code == 200


# --- Canned replies and figures --------------------------------------------------------------------------------------


async def test_canned_replies(sqlite_database: Database, li: Admin) -> None:
    await li.press("/canned", title="问候", text="您好", topic="")
    await li.press("/canned", title="材料", text="请拍照", topic="wage_arrears")
    assert 'data-field="title"' in (await li.press("/canned", title="问候", text="又一条")).text
    with sqlite_database.read() as session:
        found = canned.canned_replies(session, "wage_arrears")
        assert [one.title for one in found] == ["材料", "问候"]
    await li.press(f"/canned/{found[0].id}/delete")
    assert "材料" not in (await li.get("/console/canned")).text
    with sqlite_database.write() as session, pytest.raises(Invalid):
        canned.add_canned(session, "空", " ", "", NOW)


def test_figures_of_a_day(database: Database) -> None:
    with database.write() as session:
        me = Agent(username="li", name="李", role="admin", password_hash="-", created_at=NOW)
        session.add(me)
        session.flush()
        opened: list[str] = []
        for number, minutes in enumerate((4, 8, 20)):
            then = NOW - dt.timedelta(hours=1)
            conversation_id, _ = conversations.receive(session, Incoming("web", f"a{number}", f"u{number}", text="问"), then)
            opened.append(cases.hand_off(session, conversation_id, Handoff(f"u{number}", "asked"), SlaPolicy(), then).id)
            cases.reply(session, opened[-1], me, "答", then + dt.timedelta(minutes=minutes))
        conversation_id, _ = conversations.receive(session, Incoming("web", "late", "late", text="急"), NOW - dt.timedelta(hours=2))
        cases.hand_off(session, conversation_id, Handoff("late", "urgent", "urgent"), SlaPolicy(), NOW - dt.timedelta(hours=2))
        cases.resolve(session, opened[0], me, NOW)
        cases.rate(session, cases.case_by_id(session, opened[0]).conversation_id, opened[0], 5, NOW)
    with database.read() as session:
        found = figures(session, NOW, "Asia/Shanghai")
    assert found.first_reply_minutes == 8 and found.first_replies == 3
    assert found.open_by_urgency == {"urgent": 1, "high": 0, "normal": 2}
    assert (found.overdue, found.waiting, found.unassigned, found.resolved_today, found.rating) == (1, 1, 1, 1, 5.0)
    assert (found.messages_in, found.messages_people, found.backlog) == (4, 3, {"agent": 4})


async def test_the_overview_is_one_page_and_its_own_fragment(li: Admin) -> None:
    assert "今天首次回复" in (await li.get("/console/overview")).text
    assert "<html" not in (await li.get("/console/overview", headers={"HX-Request": "true"})).text

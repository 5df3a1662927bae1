"""The console as a counsellor uses it: a real browser, the keyboard, and workers who write meanwhile."""

import contextlib
import datetime as dt
import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.responses import FileResponse
from playwright.sync_api import Browser, Page, Route, expect
from sqlalchemy import select

from console.site import ConsoleDeps, build_console
from desk import canned, cases, conversations
from desk.agents import Agent
from desk.cases import Case, Handoff, SlaPolicy
from desk.clock import SystemClock
from desk.conversations import Incoming, Message
from desk.database import Database
from desk.files import FileStore
from desk.knowledge.passages import PassageSearch
from desk.knowledge.statutes import StatuteIndex
from desk.live import LocalHub
from tests.fakes.letters import LetterEmbedder

ROOT = Path(__file__).parents[2]
PASSWORD = "correct-horse-9"
VENDOR = {"htmx.min.js": "htmx.org/dist/htmx.min.js", "sse.min.js": "htmx-ext-sse/dist/sse.min.js"}


class House:
    """A desk with forty waiting workers, and a console before it."""

    def __init__(self, database: Database, files: Path) -> None:
        self.database, self.clock, self.hub = database, SystemClock(), LocalHub()
        database.publish = self.hub.publish
        self.deps = ConsoleDeps(
            database, self.clock, self.hub, FileStore(files, 1_000_000), StatuteIndex.read(ROOT / "data" / "laws-index"), SlaPolicy(),
            "Asia/Shanghai", 12, False, [24, 2], "测试区总工会", PassageSearch(database, LetterEmbedder(), "江苏"),
        )  # fmt: skip
        self.cases: list[str] = []
        now, hashed = self.clock.now(), PasswordHasher().hash(PASSWORD)
        with database.write() as session:
            for username, role in (("wang", "counsellor"), ("chen", "counsellor"), ("li", "admin")):
                session.add(Agent(username=username, name=f"{username}同志", role=role, password_hash=hashed, created_at=now))
            canned.add_canned(session, "问候", "您好，我是工会工作人员。", "", now)
            for number in range(40):
                then = now - dt.timedelta(minutes=1 + number)
                conversation_id, _ = conversations.receive(
                    session,
                    Incoming("web", f"w{number}", f"u{number}", name=f"职工{number:02d}", text=f"老板欠我{number + 1}个月工资"),
                    then,
                )
                urgency = "urgent" if number == 7 else "normal"
                self.cases.append(
                    cases.hand_off(session, conversation_id, Handoff(f"u{number}", "asked", urgency, "wage_arrears"), SlaPolicy(), then).id
                )

    def build(self) -> FastAPI:
        @contextlib.asynccontextmanager
        async def life(app: FastAPI) -> AsyncIterator[None]:
            await self.hub.start()
            yield
            await self.hub.stop()

        app = FastAPI(lifespan=life)
        app.include_router(build_console(self.deps))

        @app.get("/assets/vendor/{name}")
        def vendor(name: str) -> FileResponse:
            return FileResponse(ROOT / "assets" / "node_modules" / VENDOR[name])

        return app

    def says(self, number: int, text: str) -> None:
        """Worker `number` writes while a person holds the conversation."""
        with self.database.write() as session:
            now = self.clock.now()
            conversation_id, _ = conversations.receive(session, Incoming("web", f"w{number}", secrets.token_hex(8), text=text), now)
            while turn := conversations.next_turn(session, conversation_id):
                cases.worker_wrote(session, conversation_id, turn.message_id, "normal", now)

    def sent(self, number: int) -> list[str]:
        with self.database.read() as session:
            case = session.get_one(Case, self.cases[number])
            found = session.scalars(
                select(Message).where(Message.conversation_id == case.conversation_id, Message.direction == "out").order_by(Message.seq)
            )
            return [message.text for message in found]


@pytest.fixture
def house(sqlite_database: Database, tmp_path: Path) -> House:
    if not (ROOT / "assets" / "node_modules").is_dir():
        pytest.skip("web assets: run npm ci in assets/")
    return House(sqlite_database, tmp_path / "files")


@pytest.fixture
def open_console(chromium: Browser, serve: Callable, house: House) -> Iterator[Callable[..., Page]]:  # type: ignore[type-arg]
    """`open_console(username, **options)`: a signed-in page. Errors on any page fail the test."""
    served, contexts, errors = serve(house.build), [], []

    def open_page(username: str, **options: object) -> Page:
        contexts.append(chromium.new_context(**({"viewport": {"width": 1366, "height": 820}, "locale": "zh-CN"} | options)))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
        page.on("dialog", lambda dialog: dialog.accept())
        page.goto(f"{served.url}/console")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/console/inbox")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def test_a_morning_with_the_keyboard(house: House, open_console: Callable[..., Page]) -> None:
    page = open_console("wang")
    expect(page.locator("a.case")).to_have_count(40)
    expect(page.locator("a.case").first).to_contain_text("职工07")
    expect(page.locator("a.case").first.locator(".flag")).to_have_text("紧急")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#log .bubble.worker .words")).to_have_text(["老板欠我8个月工资"])
    page.keyboard.press("r")
    page.keyboard.type("/问")
    expect(page.locator("#canned [aria-selected=true]")).to_contain_text("问候")
    page.keyboard.press("Enter")
    expect(page.locator("#reply textarea")).to_have_value("您好，我是工会工作人员。")
    page.keyboard.type("请说说情况")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#log .bubble.person .words")).to_have_text(["您好，我是工会工作人员。请说说情况"])
    expect(page.locator("#reply textarea")).to_have_value("")
    expect(page.locator(".tabs")).to_contain_text("我的1")
    page.keyboard.type("正在写的")
    house.says(7, "工地在江边，欠了八个月")
    # Shown in under a second, and what is being written stays.
    expect(page.locator("#log .bubble.worker .words")).to_have_text(["老板欠我8个月工资", "工地在江边，欠了八个月"], timeout=1000)
    expect(page.locator("#reply textarea")).to_have_value("正在写的")
    expect(page.locator("#reply textarea")).to_be_focused()
    for number in range(30):
        house.says(7, f"第{number}句")
    expect(page.locator("#log .bubble.worker .words")).to_have_count(32)
    expect(page.locator("#log .bubble.worker .words").last).to_have_text("第29句")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("已核对身份")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#log .bubble.note .words")).to_have_text(["已核对身份"])
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    expect(page.locator("#head")).to_contain_text("已办结")
    expect(page.locator("#history")).to_contain_text("办结")
    expect(page.locator("a.case")).to_have_count(39)
    assert [text[:2] for text in house.sent(7)] == ["您好", "您的"]


def test_a_new_case_moves_up_without_losing_the_place(house: House, open_console: Callable[..., Page]) -> None:
    page = open_console("wang")
    for _ in range(3):
        page.keyboard.press("j")
    marked = page.locator("a.case.cursor")
    expect(marked).to_have_count(1)
    name = marked.locator("strong").inner_text()
    with house.database.write() as session:
        now = house.clock.now()
        conversation_id, _ = conversations.receive(session, Incoming("web", "new", "new", name="刚来的", text="有人从架子上摔下来了"), now)
        cases.hand_off(session, conversation_id, Handoff("new", "urgent", "urgent"), SlaPolicy(), now)
    expect(page.locator("a.case")).to_have_count(41, timeout=1000)
    expect(page.locator("a.case.cursor strong")).to_have_text(name)
    expect(page.locator("a.case.cursor")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()


def test_two_counsellors_and_one_case(house: House, open_console: Callable[..., Page]) -> None:
    wang, chen = open_console("wang"), open_console("chen")
    for page in (wang, chen):
        page.locator("a.case").first.click()
        page.locator("#reply textarea").fill(f"我是{page.locator('.self a').inner_text()[:4]}")
    wang.get_by_role("button", name="发送").click()
    expect(chen.locator("#head")).to_contain_text("wang同志在处理", timeout=1000)
    chen.get_by_role("button", name="发送").click()
    expect(chen.locator("#reply .problem")).to_contain_text("其他同事")
    expect(chen.locator("#reply textarea")).to_have_value("我是chen")
    chen.reload()
    expect(chen.locator("#reply textarea")).to_have_value("我是chen")
    chen.keyboard.press("a")
    expect(chen.locator("#head")).to_contain_text("我在处理")
    chen.get_by_role("button", name="发送").click()
    expect(wang.locator("#log .bubble.person")).to_have_count(2, timeout=1000)
    assert house.sent(7) == ["我是wang", "我是chen"]


def test_a_lost_connection_loses_no_word(house: House, open_console: Callable[..., Page]) -> None:
    page = open_console("wang")
    page.locator("a.case").first.click()
    page.locator("#reply textarea").fill("这句话不能丢")

    def cut(route: Route) -> None:
        route.abort()

    page.route("**/reply", cut)
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#reply .problem")).to_contain_text("没有连上服务器")
    expect(page.locator("#reply textarea")).to_have_value("这句话不能丢")
    page.unroute("**/reply")
    page.get_by_role("button", name="发送").dblclick()
    expect(page.locator("#log .bubble.person")).to_have_count(1)
    assert house.sent(7) == ["这句话不能丢"]


def test_after_an_interruption_nothing_is_missing_or_doubled(chromium: Browser, serve: Callable, house: House) -> None:  # type: ignore[type-arg]
    served = serve(house.build)
    page = chromium.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{served.url}/console")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("a.case").first.click()
    house.says(7, "断线前")
    expect(page.locator("#log .bubble.worker")).to_have_count(2)
    served.stop()
    house.says(7, "断线时一")
    house.says(7, "断线时二")
    served.start()
    expect(page.locator("#log .bubble.worker .words")).to_have_text(["老板欠我8个月工资", "断线前", "断线时一", "断线时二"], timeout=20_000)
    house.says(7, "恢复后")
    expect(page.locator("#log .bubble.worker .words")).to_have_count(5)
    page.context.close()


def test_on_a_phone(house: House, open_console: Callable[..., Page]) -> None:
    page = open_console("wang", viewport={"width": 400, "height": 780}, is_mobile=True, has_touch=True)
    expect(page.locator(".pane")).to_be_hidden()
    page.locator("a.case").first.tap()
    expect(page.locator(".list")).to_be_hidden()
    page.locator("#reply textarea").fill("您好")
    page.get_by_role("button", name="发送").tap()
    expect(page.locator("#log .bubble.person")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 400
    page.get_by_label("返回列表").tap()
    expect(page.locator("a.case").first).to_be_visible()


def test_a_field_is_marked_and_nothing_is_lost(house: House, open_console: Callable[..., Page]) -> None:
    page = open_console("li")
    page.goto(page.url.replace("/inbox", "/calculators/overtime"))
    page.locator("[name=monthly_wage]").fill("六千")
    page.locator("[name=weekday_hours]").fill("10")
    page.get_by_role("button", name="计算").click()
    expect(page.locator("[name=monthly_wage]")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("[name=weekday_hours]")).to_have_value("10")
    page.locator("[name=monthly_wage]").fill("6960")
    page.get_by_role("button", name="计算").click()
    expect(page.locator(".result")).to_contain_text("600")
    expect(page.locator("[aria-invalid]")).to_have_count(0)

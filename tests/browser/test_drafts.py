"""起草 in a real browser: progress, an empty box filled, a written one kept, and failures that touch nothing."""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from playwright.sync_api import Browser, Page, expect

from app.language_model import LanguageModel
from desk.clock import SystemClock
from desk.database import Database
from desk.knowledge import articles
from desk.knowledge.article_file import ArticleFile
from desk.knowledge.search import KnowledgeSearch
from tests.browser.test_console import PASSWORD, ROOT, House
from tests.fakes.language_server import LanguageServer
from tests.fakes.letters import LetterEmbedder

ARTICLE: dict[str, Any] = {
    "id": "wages-late", "topic": "wage_arrears", "title": "老板拖欠工资怎么办", "region": "national", "checked": True,
    "asks": ["老板欠我工资", "老板不发工资", "欠薪找谁", "工资要不回来"], "valid_from": "2020-01-01", "phones": ["12333"],
    "answer": "单位应当按时足额发工资；拖着不给，可以找劳动监察投诉，也可以申请劳动仲裁，都不收费，一年内要去。",
    "sources": [{"law": "劳动合同法", "article": "第三十条", "says": "工资要及时足额支付"}],
}  # fmt: skip
GOOD = "您好，拖欠工资可以打12333投诉，一年内也可以申请仲裁，都不收费。"


class DraftingHouse(House):
    """The console of the other tests, with a language model beside it."""

    def __init__(self, database: Database, files: Path, model: str) -> None:
        super().__init__(database, files)
        self._model = model
        with database.write() as session:
            articles.load_articles(session, [ArticleFile.model_validate(ARTICLE)], self.clock.now())

    def build(self) -> FastAPI:
        client = httpx.AsyncClient(base_url=self._model, trust_env=False)
        search = KnowledgeSearch(self.database, LetterEmbedder(), "江苏")
        self.deps = replace(self.deps, search=search, writer=LanguageModel(client, "small", "", 2, SystemClock()))
        app = super().build()
        inner = app.router.lifespan_context

        @contextlib.asynccontextmanager
        async def life(app: FastAPI) -> AsyncIterator[None]:
            async with inner(app), client:
                yield

        app.router.lifespan_context = life  # type: ignore[assignment]
        return app


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    with LanguageServer() as server:
        server.says = GOOD
        yield server


@pytest.fixture
def house(sqlite_database: Database, tmp_path: Path, server: LanguageServer) -> House:
    if not (ROOT / "assets" / "node_modules").is_dir():
        pytest.skip("web assets: run npm ci in assets/")
    return DraftingHouse(sqlite_database, tmp_path / "files", server.url)


@pytest.fixture
def page(chromium: Browser, serve: Callable, house: House) -> Iterator[Page]:  # type: ignore[type-arg]
    """A counsellor with a case open. Errors on the page fail the test."""
    errors: list[str] = []
    context = chromium.new_context(viewport={"width": 1366, "height": 820}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Content Security Policy" in said.text else None)
    page.goto(f"{serve(house.build).url}/console")
    page.get_by_label("用户名").fill("wang")
    page.get_by_label("密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/console/inbox")
    page.locator("a.case").first.click()
    yield page
    context.close()
    assert errors == []


def box(page: Page) -> Any:
    return page.locator("#reply textarea")


def test_a_draft_fills_an_empty_box_and_the_counsellor_sends_it(page: Page, house: House, server: LanguageServer) -> None:
    server.hang()
    page.locator("button.draft").click()
    expect(page.locator("button.draft")).to_have_text("正在起草…", use_inner_text=True)
    expect(page.locator("button.draft")).to_be_disabled()
    server.go_on()
    expect(box(page)).to_have_value(GOOD)
    expect(box(page)).to_be_focused()
    expect(page.locator("#drafted a")).to_have_text("老板拖欠工资怎么办")
    expect(page.locator("#drafted mark")).to_have_count(0)
    expect(page.locator("button.draft")).to_have_text("起草", use_inner_text=True)
    assert house.sent(7) == []
    page.keyboard.press("Control+Enter")
    expect(page.locator("#log .bubble.person .words")).to_have_text([GOOD])
    expect(page.locator("#drafted")).to_be_empty()
    expect(box(page)).to_have_value("")


def test_what_was_typed_stays_and_the_draft_goes_below_when_wanted(page: Page, server: LanguageServer) -> None:
    server.hang()
    page.locator("button.draft").click()
    box(page).fill("正在写的")
    server.go_on()
    expect(page.locator("#drafted [data-take-draft]")).to_be_visible()
    expect(page.locator("#drafted .words")).to_contain_text(GOOD)
    expect(box(page)).to_have_value("正在写的")
    page.get_by_role("button", name="加到下面").click()
    expect(box(page)).to_have_value(f"正在写的\n{GOOD}")
    expect(page.locator("#drafted [data-take-draft]")).to_be_hidden()
    page.get_by_role("button", name="收起").click()
    expect(page.locator("#drafted")).to_be_empty()
    page.reload()
    expect(box(page)).to_have_value(f"正在写的\n{GOOD}")


def test_doubtful_spots_are_marked(page: Page, server: LanguageServer) -> None:
    server.says = "您好，按《劳动法》第五十条，单位要在30天内付清，可以打12333。"
    page.locator("button.draft").click()
    expect(page.locator("#drafted .words mark")).to_have_text(["《劳动法》", "第五十条", "30天"])
    expect(page.locator("#drafted .problem")).to_contain_text("发送前请核对")
    expect(box(page)).to_have_value(server.says)
    # The warning comes back with the words, until they are sent.
    page.locator("a.case").nth(3).click()
    expect(page.locator("#drafted")).to_be_empty()
    page.locator("a.case").first.click()
    expect(box(page)).to_have_value(server.says)
    expect(page.locator("#drafted .words mark")).to_have_text(["《劳动法》", "第五十条", "30天"])
    page.reload()
    expect(page.locator("#drafted .problem")).to_contain_text("发送前请核对")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#drafted")).to_be_empty()
    page.reload()
    expect(page.locator("#drafted")).to_be_empty()


def test_a_failure_says_why_and_leaves_the_words(page: Page, server: LanguageServer) -> None:
    box(page).fill("正在写的")
    server.status = 500
    page.locator("button.draft").click()
    expect(page.locator("#reply .problem")).to_contain_text("拒绝了请求")
    expect(box(page)).to_have_value("正在写的")
    server.status = 200
    page.locator("button.draft").click()
    expect(page.locator("#drafted .words")).to_contain_text(GOOD)
    expect(page.locator("#reply .answer .problem")).to_have_count(0)


def test_a_draft_for_one_conversation_does_not_land_in_another(page: Page, server: LanguageServer) -> None:
    server.hang()
    page.locator("button.draft").click()
    page.locator("a.case").nth(3).click()
    expect(page.locator("#log")).not_to_contain_text("老板欠我8个月工资")
    server.go_on()
    page.locator("button.draft").click()
    expect(page.locator("#drafted a")).to_be_visible()
    assert len(server.asked) == 2
    expect(box(page)).to_have_value(GOOD)
    page.locator("a.case").first.click()
    expect(page.locator("#log")).to_contain_text("老板欠我8个月工资")
    expect(box(page)).to_have_value("")

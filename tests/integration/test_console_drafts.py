"""The button 起草: what it sends, what it shows, and that without a model nothing of it is there."""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from app.language_model import LanguageModel
from console.site import build_console
from desk import cases
from desk.conversations import conversation_by_id, remember
from desk.database import Database
from desk.knowledge import articles
from desk.knowledge.article_file import ArticleFile
from desk.knowledge.search import KnowledgeSearch
from tests.conftest import FakeClock
from tests.fakes.language_server import LanguageServer
from tests.fakes.letters import LetterEmbedder
from tests.integration.test_console import Desk, MovedClock, Visitor

ARTICLE: dict[str, Any] = {
    "id": "wages-late",
    "topic": "wage_arrears",
    "title": "老板拖欠工资怎么办",
    "asks": ["老板拖欠工资", "老板不发工资", "欠薪找谁", "工资要不回来"],
    "answer": "单位应当按时足额发工资；拖着不给，可以找劳动监察投诉，也可以申请劳动仲裁，都不收费，一年内要去。",
    "phones": ["12333"],
    "sources": [{"law": "劳动合同法", "article": "第三十条", "says": "工资要及时足额支付"}],
    "valid_from": "2020-01-01",
    "checked": True,
}
SAID = "老板拖欠工资，四个月八千元，我电话13812345678"
GOOD = "您好，您说欠了4个月、8000元，可以打12333投诉，一年内也可以仲裁。"


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    with LanguageServer() as server:
        server.says = GOOD
        yield server


@pytest.fixture
async def desk(sqlite_database: Database, tmp_path: Path, server: LanguageServer) -> AsyncIterator[Desk]:
    desk = Desk(sqlite_database, MovedClock(), tmp_path / "files")
    with sqlite_database.write() as session:
        articles.load_articles(session, [ArticleFile.model_validate(ARTICLE)], desk.clock.now())
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        desk.deps = replace(
            desk.deps,
            search=KnowledgeSearch(sqlite_database, LetterEmbedder(), "江苏"),
            writer=LanguageModel(client, "small", "", 1, FakeClock()),
        )
        desk.app = FastAPI()
        desk.app.include_router(build_console(desk.deps))
        yield desk


@pytest.fixture
async def wang(desk: Desk) -> AsyncIterator[Visitor]:
    async with desk.visitor() as visitor:
        await visitor.sign_in("wang")
        yield visitor


async def test_a_draft_rests_on_articles_and_is_not_sent(desk: Desk, wang: Visitor, server: LanguageServer) -> None:
    case_id = desk.case(text=SAID)
    assert "起草" in (await wang.get(f"/console/cases/{case_id}")).text
    shown = await wang.press(f"/console/cases/{case_id}/draft")
    assert shown.status_code == 200 and f'data-drafted="{GOOD}"' in shown.text and f'data-case="{case_id}"' in shown.text
    assert 'href="/console/knowledge/articles/wages-late"' in shown.text and "<mark>" not in shown.text
    assert desk.replies(case_id) == []
    sent = server.prompt()
    assert "四个月八千元" in sent and "《中华人民共和国劳动合同法》第三十条" in sent
    assert "13812345678" not in sent and "职工a" not in sent


async def test_what_no_article_says_is_marked(desk: Desk, wang: Visitor, server: LanguageServer) -> None:
    server.says = '您好〔姓名〕，按《劳动法》第五十条，30天内打96110，公司要付双倍 & "钱"。'
    shown = (await wang.press(f"/console/cases/{desk.case(text=SAID)}/draft")).text
    assert "发送前请核对" in shown
    marked = re.findall(r"<mark>([^<]*)</mark>", shown.partition('<div class="words">')[2])
    assert marked == ["〔姓名〕", "《劳动法》", "第五十条", "30天", "96110", "双倍"]
    assert "&amp; &#34;钱" in shown


async def test_withdrawn_articles_and_names_stay_in_the_house(desk: Desk, wang: Visitor, server: LanguageServer) -> None:
    case_id = desk.case(text="我在宏达电子厂，工资没发")
    with desk.database.write() as session:
        conversation = conversation_by_id(session, cases.case_by_id(session, case_id).conversation_id)
        remember(session, conversation.id, facts={"employer": "宏达电子厂"}, articles=["gone", "wages-late"])
        articles.withdraw(session, "wages-late", desk.clock.now())
    shown = (await wang.press(f"/console/cases/{case_id}/draft")).text
    assert "宏达" not in server.prompt() and "没有找到有关的知识" in shown and "劳动监察" not in server.prompt()
    # Without an article only the worker's own figures are sure.
    assert "12333" in re.findall(r"<mark>([^<]*)</mark>", shown)


@pytest.mark.parametrize(("status", "body", "why"), [(500, None, "拒绝了请求"), (200, b"<html>", "读不懂"), (200, b'{"choices": [{"message": {"content": ""}}]}', "什么也没写")])  # fmt: skip
async def test_a_failure_says_why(desk: Desk, wang: Visitor, server: LanguageServer, status: int, body: bytes | None, why: str) -> None:
    server.status, server.body = status, body
    case_id = desk.case(text=SAID)
    shown = await wang.press(f"/console/cases/{case_id}/draft")
    assert shown.status_code == 422 and why in shown.text and "data-drafted" not in shown.text
    assert (await wang.press("/console/cases/none/draft")).status_code == 404


async def test_without_a_model_nothing_of_it_is_there(sqlite_database: Database, tmp_path: Path) -> None:
    desk = Desk(sqlite_database, MovedClock(), tmp_path / "plain")
    case_id = desk.case(text=SAID)
    async with desk.visitor() as visitor:
        await visitor.sign_in("wang")
        page = (await visitor.get(f"/console/cases/{case_id}")).text
        assert "起草" not in page and "drafted" not in page
        assert (await visitor.press(f"/console/cases/{case_id}/draft")).status_code == 404


async def test_only_who_is_signed_in_may_ask(desk: Desk, server: LanguageServer) -> None:
    case_id = desk.case(text=SAID)
    async with desk.visitor() as stranger:
        assert (await stranger.press(f"/console/cases/{case_id}/draft")).status_code in (401, 403)
    assert server.asked == []

"""The library over HTTP: a paper is uploaded, looked through, published by a second admin, found, withdrawn."""

import re

import httpx
import pytest
from sqlalchemy import select

from desk.database import Database
from desk.knowledge.sources import Source
from tests.integration.test_console_admin import Admin, app, li, zhao

__all__ = ["app", "li", "zhao"]

PAPER = """# 职工困难帮扶办法
一、会员登记满一年，因病住院的，可以申请一次性帮扶金二千元。
二、自受理之日起十五个工作日内办结，<b>不收费</b>。
"""


async def put(visitor: Admin, filename: str = "帮扶办法.md", content: bytes = PAPER.encode(), **fields: str) -> httpx.Response:
    about = {
        "title": "职工困难帮扶办法",
        "kind": "policy",
        "issuer": "测试区总工会",
        "number": "测工发〔2026〕3号",
        "region": "national",
    } | fields
    return await visitor.post(
        "/console/sources", data=about, files={"file": (filename, content)}, headers={"X-CSRF-Token": visitor.csrf, "HX-Request": "true"}
    )


async def test_a_paper_from_its_file_to_being_found(sqlite_database: Database, li: Admin, zhao: Admin) -> None:
    assert "还没有资料" in (await li.get("/console/sources")).text
    stored = await put(li, valid_from="2026-01-01")
    path = stored.headers["hx-redirect"].removeprefix("/console").partition("?")[0]
    page = (await li.get(f"/console{path}")).text
    assert "可以申请一次性帮扶金二千元" in page and "<h3>一" in page and "2026-01-01" in page and "&lt;b&gt;不收费" in page
    assert "等待另一位管理员审核" in page and f"{path}/publish" not in page
    assert (await li.press(f"{path}/publish")).status_code == 403
    assert "没有找到" in (await li.get("/console/sources?question=帮扶金", headers={"HX-Request": "true"})).text
    assert f"{path}/publish" in (await zhao.get(f"/console{path}")).text
    assert (await zhao.press(f"{path}/publish")).headers["hx-redirect"].endswith("said=published")
    assert (await zhao.press(f"{path}/publish")).status_code == 409
    found = (await li.get("/console/sources?question=一次性帮扶金", headers={"HX-Request": "true"})).text
    assert "<html" not in found and found.index("帮扶金二千元") < found.index("十五个工作日")
    assert re.search(r"含义 0\.[1-9]\d", found) and re.search(r"用词 [01]\.\d\d", found) and "#p0" in found
    assert (await li.press(f"{path}/withdraw")).status_code == 204
    assert "没有找到" in (await li.get("/console/sources?question=一次性帮扶金", headers={"HX-Request": "true"})).text
    with sqlite_database.read() as session:
        assert [source.state for source in session.scalars(select(Source))] == ["withdrawn"]


async def test_a_new_version_says_what_it_replaces(li: Admin, zhao: Admin) -> None:
    for text in ("一、每年一次。", "一、每年两次。"):
        stored = await put(li, content=text.encode())
        path = stored.headers["hx-redirect"].removeprefix("/console").partition("?")[0]
        page = (await zhao.get(f"/console{path}")).text
        assert ("接替现在的" in page) is ("两次" in text)
        assert (await zhao.press(f"{path}/publish")).status_code == 204
    listed = (await li.get("/console/sources")).text
    assert listed.index("已发布") < listed.index("已撤下")


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        ({"filename": "照片.png"}, "file", "照片.png"),
        ({"content": b""}, "file", "空"),
        ({"filename": ""}, "file", "请选择文件"),
        ({"title": " "}, "title", "标题"),
        ({"kind": "poem"}, "kind", "种类"),
        ({"valid_from": "明天"}, "valid_from", "生效日"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-01-01"}, "valid_until", "失效日"),
    ],
)
async def test_what_cannot_be_used_is_named(sqlite_database: Database, li: Admin, given: dict[str, str], field: str, said: str) -> None:
    refused = await put(li, **given)  # type: ignore[arg-type]
    assert refused.status_code == 422 and f'data-field="{field}"' in refused.text and said in refused.text
    with sqlite_database.read() as session:
        assert session.scalars(select(Source)).all() == []


async def test_the_same_file_a_second_time(li: Admin) -> None:
    await put(li)
    again = await put(li, title="另一个标题")
    assert again.status_code == 409 and "《职工困难帮扶办法》" in again.text


async def test_a_counsellor_does_not_get_in(app: httpx.ASGITransport) -> None:
    async with Admin(transport=httpx.ASGITransport(app), base_url="http://desk.test", headers={"accept": "text/html"}) as visitor:
        wang = await visitor.sign_in("wang")
        for path in ("", "/new", "/none"):
            assert (await wang.get(f"/console/sources{path}")).status_code == 403
        assert (await put(wang)).status_code == 403
        wang.csrf = "guessed"
        assert (await put(wang)).status_code == 403
        assert "/console/sources" not in (await wang.get("/console/knowledge")).text


async def test_a_long_paper_is_turned_page_by_page(li: Admin) -> None:
    stored = await put(li, content="\n".join(f"第{n}条 {'会员可以申请。' * 3}" for n in range(1, 121)).encode())
    path = stored.headers["hx-redirect"].partition("?")[0]
    first, last = (await li.get(path)).text, (await li.get(f"{path}?start=100")).text
    assert "第 1–50 段，共 120 段" in first and "start=50" in first
    assert "第 101–120 段，共 120 段" in last and "第一百二十条" in last and "start=150" not in last
    assert (await li.get(f"{path}?start=-5")).status_code == 200

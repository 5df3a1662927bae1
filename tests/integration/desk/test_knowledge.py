"""Articles: loaded from files, edited in the console with a second pair of eyes, found at once."""

import datetime as dt
from typing import Any

import pytest

from desk.database import Database
from desk.errors import Conflict, Forbidden, Invalid, NotFound
from desk.knowledge import articles
from desk.knowledge.article_file import ArticleFile
from desk.knowledge.search import KnowledgeSearch
from desk.knowledge.statutes import Statute, StatuteIndex
from tests.conftest import FakeClock
from tests.fakes.letters import LetterEmbedder

LAW = "劳动合同法"
INDEX = StatuteIndex({LAW: Statute(LAW, "中华人民共和国劳动合同法", "2012", "full", ((1, 98),))}, {})
TODAY = dt.date(2026, 11, 23)


def article(article_id: str = "wages-late", **changes: Any) -> ArticleFile:
    body = {
        "id": article_id,
        "topic": "wage_arrears",
        "title": "老板拖欠工资怎么办",
        "asks": ["工资拖了三个月", "老板不发工资", "欠薪找谁", "工资要不回来"],
        "answer": "单位应当按时足额发工资；拖着不给，可以找劳动监察投诉，也可以申请劳动仲裁，都不收费。",
        "sources": [{"law": LAW, "article": "第三十条", "says": "按约定和国家规定及时足额支付"}],
        "valid_from": "2020-01-01",
        "checked": True,
    }
    return ArticleFile.model_validate(body | changes)


def load(database: Database, clock: FakeClock, *files: ArticleFile) -> dict[str, int]:
    with database.write() as session:
        counts = articles.load_articles(session, list(files), clock.now())
    return {what: count for what, count in counts.items() if count}


def version(database: Database) -> int:
    with database.read() as session:
        return articles.version(session)


def test_loading_counts_what_happened_and_moves_the_version_only_then(database: Database, clock: FakeClock) -> None:
    first, second = article(), article("contract-none", title="没签合同怎么办")
    assert load(database, clock, first, second) == {"new": 2}
    assert (load(database, clock, first, second), version(database)) == ({"same": 2}, 1)
    assert (load(database, clock, article(title="老板欠薪怎么办"), second), version(database)) == ({"changed": 1, "same": 1}, 2)
    assert (load(database, clock, first), version(database)) == ({"changed": 1, "withdrawn": 1}, 3)
    with database.read() as session:
        assert not articles.article_by_id(session, "contract-none").published
        assert articles.count_by_topic(session) == {"wage_arrears": 1}
    assert load(database, clock, first, second) == {"same": 1, "changed": 1}


def test_what_was_edited_in_the_console_stays_at_the_next_loading(database: Database, clock: FakeClock) -> None:
    load(database, clock, article())
    with database.write() as session:
        draft = articles.propose(session, article(title="欠薪了怎么讨").model_dump(mode="json"), "wang", "更好懂", INDEX, clock.now())
        articles.publish(session, draft.id, "li", clock.now())
    assert load(database, clock, article(answer="改过的文件。" * 8)) == {"kept": 1}
    assert load(database, clock) == {}
    with database.write() as session:
        assert articles.article_by_id(session, "wages-late").title == "欠薪了怎么讨"
        articles.withdraw(session, "wages-late", clock.now())
    assert load(database, clock, article()) == {"kept": 1}
    with database.read() as session:
        assert articles.current(session, TODAY) == []


def test_a_draft_is_published_by_somebody_else(database: Database, clock: FakeClock) -> None:
    load(database, clock, article())
    with database.write() as session:
        draft = articles.propose(session, article(title="新的标题在这里").model_dump(mode="json"), "wang", "", INDEX, clock.now())
        assert articles.article_by_id(session, "wages-late").title == "老板拖欠工资怎么办"
        with pytest.raises(Forbidden):
            articles.publish(session, draft.id, "wang", clock.now())
        articles.publish(session, draft.id, "li", clock.now())
        with pytest.raises(Conflict):
            articles.publish(session, draft.id, "li", clock.now())
        with pytest.raises(Conflict):
            articles.reject(session, draft.id, "li")
        turned_down = articles.propose(session, article("brand-new").model_dump(mode="json"), "wang", "", INDEX, clock.now())
        articles.reject(session, turned_down.id, "li")
        with pytest.raises(Conflict):
            articles.publish(session, turned_down.id, "li", clock.now())
        with pytest.raises(NotFound):
            articles.publish(session, "no-such", "li", clock.now())
        with pytest.raises(NotFound):
            articles.article_by_id(session, "brand-new")
        assert [r.state for r in articles.revisions(session, "wages-late")] == ["published"]
        assert [r.article_id for r in articles.revisions(session, state="rejected")] == ["brand-new"]


@pytest.mark.parametrize(
    "source", [{"law": LAW, "article": "第九十九条"}, {"law": "没有的法", "article": "第一条"}, {"law": LAW, "article": "47"}]
)
def test_a_draft_cites_only_what_there_is(database: Database, clock: FakeClock, source: dict[str, str]) -> None:
    body = article().model_dump(mode="json") | {"sources": [source | {"says": "写着什么"}]}
    with pytest.raises(Invalid), database.write() as session:
        articles.propose(session, body, "wang", "", INDEX, clock.now())


def test_a_draft_with_a_wrong_field_says_which(database: Database, clock: FakeClock) -> None:
    body = article().model_dump(mode="json") | {"answer": "太短"}
    with pytest.raises(Invalid, match="answer"), database.write() as session:
        articles.propose(session, body, "wang", "", INDEX, clock.now())


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, True),
        ({"valid_from": "2026-11-23"}, True),
        ({"valid_from": "2026-11-24"}, False),
        ({"valid_until": "2026-11-24"}, True),
        ({"valid_until": "2026-11-23"}, False),
    ],
)
def test_only_what_is_in_force_today_is_shown(database: Database, clock: FakeClock, changes: dict[str, str], shown: bool) -> None:
    load(database, clock, article(**changes))
    with database.read() as session:
        assert bool(articles.current(session, TODAY)) is shown


def test_an_edit_is_found_at_once_and_nothing_is_embedded_twice(database: Database, clock: FakeClock) -> None:
    load(
        database,
        clock,
        article(),
        article("heat-days", title="高温津贴什么时候发", asks=["高温费", "高温补贴怎么领", "夏天热津贴", "防暑降温费"]),
    )
    embedder = LetterEmbedder()
    search = KnowledgeSearch(database, embedder, "江苏")
    assert search.warm(TODAY) == 2

    def best(question: str) -> tuple[str, str]:
        with database.read() as session:
            hit = search.find(session, question, {}, TODAY)[0]
            return hit.article.id, hit.nearest

    assert best("高温费") == ("heat-days", "高温费")
    assert best("工资拖了三个月") == ("wages-late", "工资拖了三个月")
    embedder.embedded.clear()
    with database.write() as session:
        body = article(asks=["年底讨薪的窗口", "老板不发工资", "欠薪找谁", "工资要不回来"]).model_dump(mode="json")
        articles.publish(session, articles.propose(session, body, "wang", "", INDEX, clock.now()).id, "li", clock.now())
    assert best("年底讨薪的窗口") == ("wages-late", "年底讨薪的窗口")
    assert embedder.embedded.count("年底讨薪的窗口") == 2, "once as a way of asking, once as the question"
    assert "高温费" not in embedder.embedded
    second_process = KnowledgeSearch(database, LetterEmbedder(), "江苏")
    assert second_process.warm(TODAY) == 2
    with database.write() as session:
        articles.withdraw(session, "wages-late", clock.now())
    with database.read() as session:
        assert [h.article.id for h in second_process.find(session, "老板不发工资", {}, TODAY)] == ["heat-days"]
        assert KnowledgeSearch(database, embedder, "江苏").find(session, "x", {}, dt.date(2019, 1, 1)) == []


def test_a_rule_of_the_province_comes_first_there_and_nowhere_else(database: Database, clock: FakeClock) -> None:
    asks = ["高温费多少钱", "高温补贴一个月几百", "夏天热津贴标准", "防暑降温费多少"]
    wanted_files = []
    for region, name in (("national", "heat-all"), ("江苏", "heat-jiangsu"), ("浙江", "heat-zhejiang")):
        asks = [f"{ask}{name[-3:]}" for ask in asks] if region != "national" else asks
        wanted_files.append(article(name, title=f"高温津贴标准{region}", region=region, asks=asks))
    load(database, clock, *wanted_files)
    search = KnowledgeSearch(database, LetterEmbedder(), "江苏")
    with database.read() as session:
        for region, wanted in ((None, {"heat-all", "heat-jiangsu"}), ("浙江", {"heat-all", "heat-zhejiang"}), ("四川", {"heat-all"})):
            hits = search.find(session, "高温费多少钱", {}, TODAY, region=region)
            assert {hit.article.id for hit in hits} == wanted
            assert abs(sum(hit.confidence for hit in hits) - 1) < 1e-6


def test_a_topic_that_is_understood_weighs_in(database: Database, clock: FakeClock) -> None:
    load(database, clock, article(), article("heat-days", topic="safety_heat", title="高温津贴什么时候发"))
    search = KnowledgeSearch(database, LetterEmbedder(), "江苏")
    with database.read() as session:
        for topic, wanted in (("safety_heat", "heat-days"), ("wage_arrears", "wages-late")):
            hit = search.find(session, "这个能领吗", {topic: 0.9}, TODAY, limit=1)[0]
            assert (hit.article.id, hit.topic_weight) == (wanted, 0.9)

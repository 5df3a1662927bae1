"""Sources: uploaded, published by somebody else, found by meaning and words, quoted word for word, replaced and withdrawn."""

import datetime as dt

import pytest
from sqlalchemy import select

from desk import texts
from desk.answering import Answering, Thresholds, Understanding
from desk.database import Database
from desk.errors import Conflict, Forbidden, Invalid, NotFound
from desk.knowledge import articles, sources
from desk.knowledge.embedding import TextVector
from desk.knowledge.passages import PassageSearch
from desk.knowledge.quoting import Quotes
from desk.knowledge.search import KnowledgeSearch
from desk.knowledge.source_file import read_source
from desk.knowledge.sources import Particulars, Source
from desk.knowledge.statutes import Statute, StatuteIndex
from desk.services import Services
from tests.conftest import FakeClock
from tests.fakes.letters import LetterEmbedder
from tests.fakes.people import all_at_once
from tests.integration.desk.test_knowledge import article, load, version

TODAY = dt.date(2026, 11, 23)
LAW = "驿站管理规定"
INDEX = StatuteIndex({LAW: Statute(LAW, f"中华人民共和国{LAW}", "2030", "full", ((1, 9),))}, {})

# Invented, every word of it.
STATUTE = f"""# 中华人民共和国{LAW}
## 第一章 总则
第一条 驿站应当为户外劳动者免费提供饮水、休息和充电。
第二条 驿站每天至少开放十二小时。{"开放时间应当贴在门口，改变时间应当提前三天告知；" * 45}违反的由街道工会责令改正。
"""
POLICY = """一、因患重病住院的会员，可以申请一次性帮扶金二千元。
二、子女考上大学的会员家庭，可以申请助学金三千元，每户每年一次，由街道工会受理。
"""


def put(database: Database, clock: FakeClock, text: str = POLICY, title: str = "职工帮扶办法", **about: object) -> str:
    """A published source; its id."""
    with database.write() as session:
        about = {"kind": "policy", "issuer": "某区总工会", "number": "某工发〔2026〕3号"} | about
        given = Particulars(title, **about)  # type: ignore[arg-type]
        source = sources.upload(session, "a.md", text.encode(), read_source("a.md", text.encode()), given, "wang", clock.now())
        sources.publish(session, source.id, "li", clock.now())
        return source.id


def states(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Source.state).order_by(Source.id)))


# --- Upload and publication ------------------------------------------------------------------------------------------


def test_a_source_is_published_by_somebody_else(database: Database, clock: FakeClock) -> None:
    content = POLICY.encode()
    with database.write() as session:
        source = sources.upload(
            session, "a.md", content, read_source("a.md", content), Particulars(" 《帮扶办法》 ", "policy"), "wang", clock.now()
        )
        assert (source.title, source.state, source.region) == ("帮扶办法", "draft", "national")
        assert [(p.position, p.place) for p in sources.passages(session, source.id)] == [(0, "一"), (1, "二")]
        assert sources.current(session, TODAY) == []
        with pytest.raises(Forbidden):
            sources.publish(session, source.id, "wang", clock.now())
        with pytest.raises(Conflict):
            sources.withdraw(session, source.id, clock.now())
        sources.publish(session, source.id, "li", clock.now())
        for act in (sources.publish, sources.reject):
            with pytest.raises(Conflict):
                act(session, source.id, "li", clock.now())
        with pytest.raises(NotFound):
            sources.publish(session, "no-such", "li", clock.now())
        assert sources.all_sources(session) == [(source, 2)]
    assert version(database) == 1
    with database.write() as session:
        sources.withdraw(session, source.id, clock.now())
    assert (states(database), version(database)) == (["withdrawn"], 2)


def test_the_same_file_is_refused_naming_the_first_until_that_is_withdrawn(database: Database, clock: FakeClock) -> None:
    first = put(database, clock)
    with pytest.raises(Conflict, match="《职工帮扶办法》（已发布）"):
        put(database, clock, title="同一份文件")
    with database.write() as session:
        sources.withdraw(session, first, clock.now())
    put(database, clock, title="改正了标题")
    assert states(database) == ["withdrawn", "published"]


def test_two_who_upload_the_same_file_at_once(database: Database, clock: FakeClock) -> None:
    reading = read_source("a.md", POLICY.encode())

    def upload(title: str) -> str:
        with database.write() as session:
            return sources.upload(session, "a.md", POLICY.encode(), reading, Particulars(title, "policy"), "wang", clock.now()).id

    outcomes = all_at_once(upload, ["甲办法", "乙办法", "丙办法"])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Conflict", "str"]
    with database.read() as session:
        assert len(sources.all_sources(session)) == 1


def test_a_new_version_takes_the_place_of_the_old_one(database: Database, clock: FakeClock) -> None:
    put(database, clock)
    put(database, clock, "一、别处的办法。", region="浙江")
    put(database, clock, POLICY + "三、新增一条。", title="职工帮扶办法（2027年修订）", valid_from=dt.date(2026, 11, 1))
    assert states(database) == ["withdrawn", "published", "published"]


def test_a_version_that_begins_later_lets_the_old_one_hold_until_then(database: Database, clock: FakeClock) -> None:
    old = put(database, clock)
    new = put(database, clock, POLICY + "三、新增一条。", valid_from=dt.date(2027, 1, 1))
    assert states(database) == ["published", "published"]
    with database.read() as session:
        for day, wanted in (("2026-12-31", old), ("2027-01-01", new)):
            assert [source.id for source in sources.current(session, dt.date.fromisoformat(day))] == [wanted]


@pytest.mark.parametrize(
    ("about", "field"),
    [
        ({"title": "》"}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"kind": "novel"}, "kind"),
        ({"issuer": "长" * 81}, "issuer"),
        ({"valid_from": dt.date(2026, 1, 1), "valid_until": dt.date(2026, 1, 1)}, "valid_until"),
    ],
)
def test_particulars_that_cannot_be_used_name_the_field(database: Database, clock: FakeClock, about: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        put(database, clock, **({"title": "帮扶办法"} | about))  # type: ignore[arg-type]
    assert refused.value.facts == {"field": field}


# --- Search ----------------------------------------------------------------------------------------------------------


def found(search: PassageSearch, database: Database, question: str, today: dt.date = TODAY) -> list[str]:
    with database.read() as session:
        return [f"{hit.source.title} {hit.passage.place}" for hit in search.find(session, question, today)]


def test_a_passage_is_found_as_soon_as_it_is_published_in_every_process(database: Database, clock: FakeClock) -> None:
    here, there = (PassageSearch(database, LetterEmbedder(), "江苏") for _ in range(2))
    assert (found(here, database, "助学金"), here.learn(TODAY)) == ([], 0)
    policy = put(database, clock)
    # By its words alone, before it is embedded.
    assert found(here, database, "考上大学的助学金")[0] == "职工帮扶办法 二"
    assert here.learn(TODAY) == 2
    put(database, clock, STATUTE, LAW, kind="statute")
    assert here.learn(TODAY) == 2 + 4
    for search in (here, there):
        assert found(search, database, "考上大学助学金")[0] == "职工帮扶办法 二"
        assert found(search, database, "驿站免费饮水充电")[0] == f"{LAW} 第一章 第一条"
        with database.read() as session:
            hit = search.find(session, "考上大学助学金", TODAY, limit=1)[0]
            assert hit.meaning > 0.3 and 0.5 < hit.words <= 1 and hit.score == pytest.approx((hit.meaning + hit.words) / 2)
    with database.write() as session:
        sources.withdraw(session, policy, clock.now())
    assert all(title.startswith(LAW) for title in found(there, database, "考上大学助学金"))
    assert found(here, database, "  ") == []


def test_nothing_is_embedded_twice_and_no_index_is_built_for_nothing(database: Database, clock: FakeClock) -> None:
    put(database, clock)
    embedder = LetterEmbedder()
    search = PassageSearch(database, embedder, "江苏")
    search.learn(TODAY)
    once = list(embedder.embedded)
    with database.read() as session:
        before = search._fresh(session, TODAY)
    load(database, clock, article())
    search.learn(TODAY + dt.timedelta(days=1))
    with database.read() as session:
        after = search._fresh(session, TODAY + dt.timedelta(days=1))
    assert embedder.embedded == once and len(once) == len(set(once))
    assert before is not None and after is not before and after.words is before.words
    with database.read() as session:
        assert len(session.scalars(select(TextVector.key)).all()) == len(once)


@pytest.mark.parametrize(
    ("about", "shown"),
    [
        ({}, True),
        ({"valid_from": TODAY}, True),
        ({"valid_from": TODAY + dt.timedelta(days=1)}, False),
        ({"valid_until": TODAY + dt.timedelta(days=1)}, True),
        ({"valid_until": TODAY}, False),
        ({"region": "江苏"}, True),
        ({"region": "浙江"}, False),
    ],
)
def test_only_what_is_in_force_here_and_today_is_found(database: Database, clock: FakeClock, about: dict[str, object], shown: bool) -> None:
    put(database, clock, **about)  # type: ignore[arg-type]
    assert bool(found(PassageSearch(database, LetterEmbedder(), "江苏"), database, "助学金")) is shown


def test_who_asks_about_another_province_gets_its_papers(database: Database, clock: FakeClock) -> None:
    put(database, clock, "一、高温津贴每月三百元，江苏的规定。", "甲津贴办法", region="江苏")
    put(database, clock, "一、高温津贴每月四百元，浙江的规定。", "乙津贴办法", region="浙江")
    search = PassageSearch(database, LetterEmbedder(), "江苏")
    with database.read() as session:
        for region, wanted in ((None, "甲津贴办法"), ("national", "甲津贴办法"), ("浙江", "乙津贴办法")):
            assert [hit.source.title for hit in search.find(session, "高温津贴多少", TODAY, region=region)] == [wanted]


# --- Quoting ---------------------------------------------------------------------------------------------------------


def answering(database: Database) -> Answering:
    embedder = LetterEmbedder()
    quotes = Quotes(PassageSearch(database, embedder, "江苏"), INDEX)
    return Answering(KnowledgeSearch(database, embedder, "江苏"), quotes, INDEX, Services({}), Thresholds(), "Asia/Shanghai")


@pytest.mark.parametrize("confidence", [0.05, 0.2])
def test_where_no_article_is_sure_the_near_passage_is_quoted(database: Database, clock: FakeClock, confidence: float) -> None:
    load(database, clock, article())
    put(database, clock, valid_from=dt.date(2026, 1, 1), valid_until=dt.date(2028, 1, 1))
    desk = answering(database)
    understood = Understanding((("scholarship_children", confidence),))
    with database.read() as session:
        PassageSearch(database, LetterEmbedder(), "江苏").learn(TODAY)
        for language in ("zh", "en"):
            answer = desk.answer(session, "子女考上大学可以申请助学金三千元吗", understood, language, clock.now())
            assert answer.kind == ("unsure" if confidence < 0.12 else "clarify") and len(answer.replies) == 2
            said = answer.replies[0].text
            assert "「二、子女考上大学的会员家庭，可以申请助学金三千元，每户每年一次，由街道工会受理。」" in said
            assert (
                "《职工帮扶办法》（某工发〔2026〕3号）二" in said and "某区总工会" in said and "2026-01-01" in said and "2028-01-01" in said
            )
            assert answer.citations == [{"law": "职工帮扶办法", "article": "二"}] and len(answer.passages) == 1
        # The question back, or the way to a person, still follows.
        assert answer.replies[1].buttons
        for question in ("今天天气怎么样", "助学金", "班车几点到"):
            assert desk.answer(session, question, understood, "zh", clock.now()).passages == []
        off = desk.answer(session, "子女考上大学可以申请助学金三千元吗", Understanding(elsewhere=0.9), "zh", clock.now())
        assert (off.kind, off.passages) == ("elsewhere", [])


CITING = {"law": LAW, "article": "第二条", "says": "每天开放多久"}


def buttons(reply: object) -> list[str]:
    return [cell["payload"] for row in reply.buttons for cell in row]  # type: ignore[attr-defined]


def test_an_article_leads_to_the_provisions_that_it_cites(database: Database, clock: FakeClock) -> None:
    load(database, clock, article(sources=[CITING, {"law": LAW, "article": "第九条", "says": "没有这一条"}], evidence=["门口的照片"]))
    desk = answering(database)
    with database.read() as session:
        shown = desk.article(session, "wages-late", "zh", clock.now())
        assert "/part wages-late law" not in buttons(shown.replies[0])
        # Asked for by an old button, when the law was withdrawn meanwhile: the article once more.
        assert desk.part(session, "wages-late", "law", "zh", clock.now()).text == shown.replies[0].text
    put(database, clock, STATUTE, LAW, kind="statute")
    with database.read() as session:
        assert "/part wages-late law" in buttons(desk.article(session, "wages-late", "zh", clock.now()).replies[0])
        assert "/part wages-late law" in buttons(desk.part(session, "wages-late", "evidence", "zh", clock.now()))
        law = desk.part(session, "wages-late", "law", "zh", clock.now())
        assert "/part wages-late law" not in buttons(law)
        quoted = law.text.partition("「")[2].partition("」")[0]
        # More than one passage long: put together, cut where a sentence ends, and it says so.
        assert quoted.startswith("第二条 驿站每天至少开放十二小时。") and quoted.endswith("；……") and 600 < len(quoted) <= 905
        assert quoted.removesuffix("……") in STATUTE
        assert "第一章 第二条" in law.text and law.text.endswith(texts.say("zh", "source.advice"))


def test_a_piece_of_a_longer_article_says_that_it_is_one(database: Database, clock: FakeClock) -> None:
    put(database, clock, STATUTE, LAW, kind="statute")
    search = PassageSearch(database, LetterEmbedder(), "江苏")
    search.learn(TODAY)
    with database.read() as session:
        quoted = Quotes(search, INDEX).near(session, "违反的由街道工会责令改正吗，改变时间应当提前三天告知", "zh", clock.now())
    assert quoted is not None and quoted.text.count("……") >= 1 and quoted.citation == {"law": LAW, "article": "第二条"}
    assert quoted.text.partition("「")[2].partition("」")[0].strip("…") in STATUTE


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("中华人民共和国劳动法", "劳动法", True),
        ("《劳动法》", "劳动法(2018修正)", True),
        ("劳动法", "劳动合同法", False),
        ("江苏省工资支付条例", "工资支付条例", False),
    ],
)
def test_names_of_the_same_paper(one: str, other: str, same: bool) -> None:
    assert sources.same_title(one, other) is same


def test_articles_know_nothing_of_sources(database: Database, clock: FakeClock) -> None:
    load(database, clock, article())
    put(database, clock)
    with database.read() as session:
        assert [shown.id for shown in articles.current(session, TODAY)] == ["wages-late"]

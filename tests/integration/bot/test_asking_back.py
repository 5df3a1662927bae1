"""Asking back: the nearest answers, and the way into the topic for a story that none of them fits."""

from typing import Any

from desk.answering import Understanding
from desk.database import Database
from desk.knowledge import articles
from desk.knowledge.article_file import ArticleFile
from tests.conftest import FakeClock
from tests.fakes.bot_house import BotHouse

LONG = "这件事说来话长，站里换了三回负责人，钱也没算清楚，人也不让走，合同又说没有，我到底该怎么办才好"


def article(name: str, title: str, **changes: Any) -> ArticleFile:
    asks = [f"{title}{word}" for word in ("怎么办", "找谁", "要多久", "有用吗")]
    answer = f"{title}，先把手里的记录存好，再到劳动监察去投诉，不收费，十五天里会有人联系你。"
    body = {"id": name, "topic": "wage_arrears", "title": title, "asks": asks, "answer": answer, "valid_from": "2020-01-01"}
    return ArticleFile.model_validate(body | {"checked": False} | changes)


async def test_the_way_into_the_topic_stands_below_the_choices(sqlite_database: Database, clock: FakeClock) -> None:
    files = [article(f"arrears-{i}", f"第{i}种欠薪的情形") for i in "abcd"]
    files.append(article("arrears-all", "工资被拖欠先做什么", overview=True))
    with sqlite_database.write() as session:
        articles.load_articles(session, files, clock.now())
    house = BotHouse(sqlite_database, clock)
    understood = Understanding(ranking=(("wage_arrears", 0.9),))
    with sqlite_database.read() as session:
        answer = house.answering.answer(session, LONG, understood, "zh", clock.now())
        elsewhere = house.answering.answer(session, LONG, Understanding(ranking=(("overtime_pay", 0.9),)), "zh", clock.now())
    assert answer.kind == elsewhere.kind == "clarify"
    payloads = [row[0]["payload"] for row in answer.replies[-1].buttons]
    assert payloads[-1] == "/human" and "/article arrears-all" in payloads[:-1]
    assert len(payloads) == len(set(payloads)) <= 5
    assert len(elsewhere.replies[-1].buttons) == 4, "a topic without a way in offers the three nearest and a person"


async def test_each_choice_and_each_near_article_says_what_it_is_about_in_a_sentence(sqlite_database: Database, clock: FakeClock) -> None:
    two = "能要。第一句话说要紧的。第二句话说细节，先把手里的记录存好，再到劳动监察去投诉，不收费。"
    with sqlite_database.write() as session:
        files = [
            article(f"arrears-{i}", f"第{i}种欠薪的情形", answer=two, region=region) for i, region in (("a", "national"), ("b", "江苏"))
        ]
        articles.load_articles(session, files, clock.now())
    house = BotHouse(sqlite_database, clock)
    understood = Understanding(ranking=(("wage_arrears", 0.9),))
    with sqlite_database.read() as session:
        asked_back = house.answering.answer(session, f"{LONG}，我在江苏", understood, "zh", clock.now())
        shown = house.answering.answer(session, "江苏，第a种欠薪的情形怎么办", understood, "zh", clock.now())
    assert asked_back.kind == "clarify" and shown.kind == "article"
    for name in "ab":
        assert f"【第{name}种欠薪的情形】能要。第一句话说要紧的。" in asked_back.replies[0].text
    also = shown.replies[0].text.rpartition("也可能和您有关")[2]
    assert "【第b种欠薪的情形】能要。第一句话说要紧的。" in also and "第二句" not in asked_back.replies[0].text + also


async def test_a_detail_of_the_story_is_remarked_on_beside_the_answer(sqlite_database: Database, clock: FakeClock) -> None:
    remark = "过了退休年龄的，工资一样受保护，只是不谈双倍工资。"
    source = {"law": "劳动法", "article": "第五十条", "says": "工资按月以货币支付"}
    late = article("arrears-late", "返聘的工资", signs=["返聘|过了退休年龄"], remark=remark, sources=[source])
    with sqlite_database.write() as session:
        articles.load_articles(session, [article("arrears-a", "第一种欠薪的情形", checked=True), late], clock.now())
    house = BotHouse(sqlite_database, clock)
    understood = Understanding(ranking=(("wage_arrears", 0.9),))

    def shown(question: str) -> Any:
        with sqlite_database.read() as session:
            return house.answering.answer(session, question, understood, "zh", clock.now())

    told, plain = shown("第一种欠薪的情形怎么办，我是返聘的"), shown("第一种欠薪的情形怎么办")
    assert told.kind == plain.kind == "article" and told.articles[0] == "arrears-a"
    assert f"· {remark}（《劳动法》第五十条）" in told.replies[0].text and remark not in plain.replies[0].text
    assert {"law": "劳动法", "article": "第五十条"} in told.citations
    assert "没能逐字核对" in told.replies[0].text and "没能逐字核对" not in plain.replies[0].text, (
        "whatever is said and unchecked is marked"
    )
    payloads = [cell["payload"] for row in told.replies[0].buttons for cell in row]
    assert payloads.count("/article arrears-late") == 1, "its button stands once, whether or not the article is near as well"


async def test_asking_back_says_what_a_detail_changes(sqlite_database: Database, clock: FakeClock) -> None:
    remark = "过了退休年龄的，工资一样受保护，只是不谈双倍工资。"
    files = [article(f"arrears-{i}", f"第{i}种欠薪的情形") for i in "abcd"]
    files.append(article("retire-late", "返聘干活的", topic="retirement_pension", signs=["返聘"], beside=["wage_arrears"], remark=remark))
    with sqlite_database.write() as session:
        articles.load_articles(session, files, clock.now())
    house = BotHouse(sqlite_database, clock)
    understood = Understanding(ranking=(("wage_arrears", 0.9),))
    with sqlite_database.read() as session:
        told = house.answering.answer(session, f"{LONG}，我是返聘的", understood, "zh", clock.now())
        plain = house.answering.answer(session, LONG, understood, "zh", clock.now())
    assert told.kind == plain.kind == "clarify"
    assert remark in told.replies[0].text and remark not in plain.replies[0].text


async def test_a_sum_that_the_story_allows_is_said_with_what_it_rests_on(sqlite_database: Database, clock: FakeClock) -> None:
    files = [article("paid-off", "被公司辞退的补偿", topic="dismissal_compensation", calculators=["economic_compensation"])]
    with sqlite_database.write() as session:
        articles.load_articles(session, files, clock.now())
    house = BotHouse(sqlite_database, clock)
    understood = Understanding(ranking=(("dismissal_compensation", 0.9),))
    with sqlite_database.read() as session:
        told = house.answering.answer(session, "被公司辞退的补偿怎么办，我干了3年半，月薪6000", understood, "zh", clock.now())
        plain = house.answering.answer(session, "被公司辞退的补偿怎么办，我干了3年半", understood, "zh", clock.now())
    assert told.kind == plain.kind == "article"
    assert "按您说的（干了 42 个月，每月 6000 元）" in told.replies[0].text and "4 × 6000 = 24000 元" in told.replies[0].text
    assert "先算一笔" not in plain.replies[0].text


async def test_a_second_question_of_the_same_message_is_answered_as_well(sqlite_database: Database, clock: FakeClock) -> None:
    answer = "第一句说要紧的。第二句说怎么算。第三句说找谁办。第四句说别的，先把手里的记录存好。"
    files = [
        article("fund-withdraw", "离职提取公积金", topic="housing_fund", answer=answer),
        article("dole-amount", "失业金领多少钱", topic="unemployment_benefit", answer=answer),
        article("arrears-a", "拖欠工资", answer=answer),
    ]
    with sqlite_database.write() as session:
        articles.load_articles(session, files, clock.now())
    house = BotHouse(sqlite_database, clock)
    understood = Understanding(ranking=(("housing_fund", 0.95), ("unemployment_benefit", 0.04)))

    def shown(question: str) -> Any:
        with sqlite_database.read() as session:
            return house.answering.answer(session, question, understood, "zh", clock.now())

    both = shown("离职提取公积金怎么办，离职提取公积金找谁？失业金领多少钱？")
    one = shown("离职提取公积金怎么办，离职提取公积金找谁？")
    assert both.kind == one.kind == "article" and both.articles[0] == one.articles[0] == "fund-withdraw"
    aside = both.replies[0].text.partition("您还问到：")[2]
    assert "【失业金领多少钱】第一句说要紧的。第二句说怎么算。第三句说找谁办。" in aside and "第四句" not in aside
    assert "您还问到" not in one.replies[0].text
    payloads = [cell["payload"] for row in both.replies[0].buttons for cell in row]
    assert payloads.count("/article dole-amount") == 1 and "/article arrears-a" not in aside

"""An article's answer in other words: from a language model that is right, wrong, slow, broken or resting."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from actions.answer import _deciding
from actions.house import as_json
from app.language_model import LanguageModel
from desk import cases, conversations
from desk.answering import Understanding
from desk.cases import Handoff
from desk.conversations import Incoming, Message
from desk.database import Database
from desk.knowledge import articles
from desk.knowledge.article_file import ArticleFile
from tests.conftest import FakeClock
from tests.fakes import people
from tests.fakes.bot_house import BotHouse
from tests.fakes.language_server import LanguageServer
from tests.fakes.people import POLICY

QUESTION = "老板拖了三个月工资，我叫张三丰，电话13812345678，怎么办"
ARTICLE = {
    "id": "wages-late",
    "topic": "wage_arrears",
    "title": "老板拖欠工资怎么办",
    "asks": ["老板拖了三个月工资怎么办", "老板不发工资", "欠薪找谁", "工资要不回来"],
    "answer": "单位应当按时足额发工资；拖着不给，可以找劳动监察投诉，也可以申请劳动仲裁，都不收费，一年内要去。",
    "steps": ["先把考勤和转账记录存好", "书面催一次，写明15天内付清", "不给就打12333或去仲裁"],
    "deadlines": ["离职的，一年内申请仲裁"],
    "phones": ["12333"],
    "sources": [{"law": "劳动合同法", "article": "第三十条", "says": "工资要及时足额支付"}],
    "valid_from": "2020-01-01",
    "checked": False,
}
GOOD = "您的工资被拖着不给，可以投诉，也可以申请仲裁，都不收费，记得一年内去。\n1. 存好考勤、转账记录\n2. 书面催一次，写明十五日内付清\n3. 还不给，打12333"
OWN = "单位应当按时足额发工资"


@pytest.fixture
def server() -> Iterator[LanguageServer]:
    with LanguageServer() as server:
        server.says = GOOD
        yield server


@pytest.fixture
def patience() -> float:
    """How long an answer waits for the model (seconds): for ever, but where a test says otherwise."""
    return 60.0


@pytest.fixture
async def house(sqlite_database: Database, clock: FakeClock, server: LanguageServer, patience: float) -> AsyncIterator[BotHouse]:
    with sqlite_database.write() as session:
        articles.load_articles(session, [ArticleFile.model_validate(ARTICLE)], clock.now())
    async with httpx.AsyncClient(base_url=server.url, trust_env=False) as client:
        house = BotHouse(sqlite_database, clock, writer=LanguageModel(client, "small", "sk-secret", patience, clock))
        house.rasa.respond = answering(house)
        yield house


def answering(house: BotHouse, *, handover: bool = False, urgent: bool = False) -> Any:
    """Rasa as far as a question is concerned: the very answer the action gives, with the decision behind it."""

    async def respond(body: dict[str, Any]) -> list[dict[str, Any]]:
        with house.database.read() as session:
            understood = Understanding(ranking=(("wage_arrears", 0.9),))
            question = str(ARTICLE["asks"][0])  # type: ignore[index]
            answer = house.answering.answer(session, question, understood, "zh", house.clock.now())
        if urgent:
            answer = type(answer)(**{**vars(answer), "urgent": "violence"})
        assert answer.kind == "article"
        return [as_json(_deciding(answer.replies[0], answer, handoff=False), handover=handover), {"text": "还要找人工吗？"}]

    return respond


def decision(house: BotHouse) -> dict[str, Any]:
    with house.database.read() as session:
        found = [m.details["decision"] for m in session.query(Message).order_by(Message.seq) if "decision" in m.details]
        return dict(found[-1])


async def test_answer_and_steps_are_reworded_and_the_rest_stays(house: BotHouse, server: LanguageServer) -> None:
    await house.hear("1", QUESTION)
    said, offer = house.channel.to("1")
    assert said == (
        "【老板拖欠工资怎么办】\n您的工资被拖着不给，可以投诉，也可以申请仲裁，都不收费，记得一年内去。\n\n"
        "怎么做：\n1. 存好考勤、转账记录\n2. 书面催一次，写明十五日内付清\n3. 还不给，打12333\n\n"
        "（以上回答由人工智能按下面的依据改写，数字和条款已与依据核对。）\n\n"
        "时限：\n· 离职的，一年内申请仲裁\n\n依据：\n· 《劳动合同法》第三十条：工资要及时足额支付\n\n"
        "⚠️ 这条里有各地规定不一或我们没能逐字核对的内容，办理前请打 12333 或找工会工作人员确认。"
    )
    assert offer == "还要找人工吗？"
    assert decision(house)["rewritten"] is True and "not_rewritten" not in decision(house)
    with house.database.read() as session:
        stored = session.query(Message).filter(Message.direction == "out").order_by(Message.seq).first()
        assert stored is not None and stored.buttons[-1][0]["payload"] == "/human" and stored.details["article"] == "wages-late"
    assert len(house.channel.typed) == 2, "once for the turn, and again while the model writes"


async def test_what_leaves_the_house_is_masked_and_holds_one_article(house: BotHouse, server: LanguageServer) -> None:
    await house.hear("1", QUESTION)
    sent = server.prompt()
    assert "拖了三个月工资" in sent and OWN in sent and "《劳动合同法》第三十条" in sent
    assert not any(word in sent for word in ("13812345678", "张三丰", "欠薪找谁"))
    assert "〔电话〕" in sent and "〔姓名〕" in sent
    assert server.paths == ["/v1/chat/completions"] and server.headers[0]["authorization"] == "Bearer sk-secret"
    assert (server.asked[0]["model"], server.asked[0]["temperature"]) == ("small", 0)


@pytest.mark.parametrize(
    ("written", "why_not"),
    [
        (GOOD.replace("十五日", "三十日"), "unsupported：三十日"),
        (GOOD.replace("一年内", "半年内"), "unsupported：半年"),
        (GOOD.replace("12333", "12348"), "unsupported：12348"),
        (GOOD.replace("都不收费", "按《劳动法》第五十条都不收费"), "unsupported：《劳动法》、第五十条"),
        (GOOD.replace("投诉", "上 https://evil.example 投诉", 1), "unsupported：https://evil.example"),
        (GOOD.replace("您的工资", "您三个月的工资"), "unsupported：三个月"),
        (GOOD.replace("您的工资", "〔姓名〕，您的工资"), "unsupported：〔姓名〕"),
        (GOOD.replace("写明十五日", "写明3\n0日"), "unsupported：30日"),
        (GOOD.partition("\n")[0], "steps"),
        (GOOD + "\n4. 再去一趟", "steps"),
        ("", "empty"),
        ("I cannot help with that.", "empty"),
        ("```\n" + GOOD + "\n```", "code"),
        (GOOD * 9, "long"),
    ],
)  # fmt: skip
async def test_what_the_article_does_not_say_brings_the_article_itself(
    house: BotHouse, server: LanguageServer, written: str, why_not: str
) -> None:
    server.says = written
    await house.hear("1", QUESTION)
    assert OWN in house.channel.to("1")[0] and "人工智能" not in house.channel.to("1")[0]
    known = decision(house)
    assert known["rewritten"] is False and known["not_rewritten"].startswith(why_not)


async def test_thoughts_and_ornaments_are_taken_off(house: BotHouse, server: LanguageServer) -> None:
    server.says = "<think>也许要30天？</think>\n## 结论：" + GOOD.replace("投诉", "**投诉**", 1)
    await house.hear("1", QUESTION)
    said = house.channel.to("1")[0]
    assert "可以投诉，也可以" in said and not any(sign in said for sign in ("*", "#", "think", "30"))


@pytest.mark.parametrize("patience", [0.2])
async def test_a_slow_model_costs_its_time_and_no_more(house: BotHouse, server: LanguageServer) -> None:
    server.hang()
    await house.hear("1", QUESTION)
    assert OWN in house.channel.to("1")[0] and decision(house)["not_rewritten"] == "slow"


async def test_other_conversations_do_not_wait_for_it(house: BotHouse, server: LanguageServer) -> None:
    server.hang()
    slow = asyncio.create_task(house.hear("1", QUESTION))
    await asyncio.to_thread(server.arrived.wait, 30)
    house.rasa.respond = answering(house, urgent=True)
    with house.database.write() as session:
        other, _ = conversations.receive(session, Incoming("telegram", "2", "2", text=QUESTION), house.clock.now())
    await house.turns.answer(other)
    assert house.channel.to("2") and house.channel.to("1") == []
    server.go_on()
    await slow
    assert house.channel.to("1")


@pytest.mark.parametrize(
    ("status", "body", "why_not"),
    [
        (500, None, "status"),
        (401, b'{"error": "no such key"}', "status"),
        (302, b"", "status"),
        (200, b"<html>", "unreadable"),
        (200, b'{"choices": []}', "unreadable"),
        (200, b'["choices"]', "unreadable"),
        (200, b'{"choices": [{"message": {"content": null}}]}', "empty"),
        (200, json.dumps({"choices": [{"message": {"content": GOOD}}], "more": "x" * 300_000}).encode(), "unreadable"),
        (200, "数".encode("gbk"), "unreadable"),
    ],
)
async def test_a_broken_model_brings_the_article_itself(
    house: BotHouse, server: LanguageServer, status: int, body: bytes | None, why_not: str
) -> None:
    server.status, server.body = status, body
    await house.hear("1", QUESTION)
    assert OWN in house.channel.to("1")[0] and decision(house)["not_rewritten"] == why_not


async def test_after_three_failures_it_rests_a_minute(house: BotHouse, server: LanguageServer, clock: FakeClock) -> None:
    server.status = 500
    for _ in range(5):
        await house.hear("1", QUESTION)
    assert len(server.asked) == 3 and decision(house)["not_rewritten"] == "resting"
    server.status = 200
    clock.move(seconds=59)
    await house.hear("1", QUESTION)
    assert len(server.asked) == 3
    clock.move(seconds=2)
    await house.hear("1", QUESTION)
    assert len(server.asked) == 4 and decision(house)["rewritten"] is True
    server.status = 500
    await house.hear("1", QUESTION)
    await house.hear("1", QUESTION)
    assert len(server.asked) == 6, "one success, and it has three chances again"


async def test_urgent_answers_and_handovers_are_never_reworded(house: BotHouse, server: LanguageServer) -> None:
    house.rasa.respond = answering(house, urgent=True)
    await house.hear("1", QUESTION)
    house.rasa.respond = answering(house, handover=True)
    await house.hear("2", QUESTION)
    assert server.asked == [] and decision(house)["not_rewritten"] == "urgent"
    assert OWN in house.channel.to("1")[0] and OWN in house.channel.to("2")[0]


async def test_answers_that_are_no_article_are_left_alone(house: BotHouse, server: LanguageServer) -> None:
    async def clarify(body: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"text": "您问的是哪一件？", "details": {"decision": {"kind": "clarify"}}}]

    house.rasa.respond = clarify
    await house.hear("1", "工资")
    assert server.asked == [] and house.channel.to("1") == ["您问的是哪一件？"]
    assert "rewritten" not in decision(house)


async def test_a_bug_costs_no_answer(house: BotHouse, server: LanguageServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("bug")

    monkeypatch.setattr("bot.rewriting.unsupported", broken)
    await house.hear("1", QUESTION)
    assert OWN in house.channel.to("1")[0] and decision(house)["not_rewritten"] == "failed"


async def test_who_takes_the_conversation_over_meanwhile_finds_the_answer_dropped(
    house: BotHouse, server: LanguageServer, clock: FakeClock
) -> None:
    server.hang()
    turn = asyncio.create_task(house.hear("1", QUESTION))
    assert await asyncio.to_thread(server.arrived.wait, 5)
    with house.database.write() as session:
        conversation_id = conversations.unanswered(session)[0]
        case = cases.hand_off(session, conversation_id, Handoff("elsewhere", "asked"), POLICY, clock.now())
        cases.reply(session, case.id, people.agent(session, clock.now()), "我是小王，我来处理", clock.now())
    server.go_on()
    await turn
    await house.drain.settle()
    assert house.channel.to("1") == ["我是小王，我来处理"]


async def test_off_means_that_nothing_is_asked_and_nothing_noted(clock: FakeClock, house: BotHouse) -> None:
    plain = BotHouse(house.database, clock)
    plain.rasa.respond = answering(plain)
    await plain.hear("9", QUESTION)
    assert OWN in plain.channel.to("9")[0] and "rewritten" not in decision(plain)

"""A turn from the worker's word to the answer: by Rasa, without Rasa, and while a person holds the conversation."""

import asyncio
from typing import Any

import httpx
import pytest

from desk import cases, conversations
from desk.cases import Handoff
from desk.conversations import Incoming, Message
from desk.database import Database
from desk.knowledge import articles
from desk.knowledge.article_file import ArticleFile
from tests.conftest import FakeClock
from tests.fakes import people
from tests.fakes.bot_house import BotHouse
from tests.fakes.people import POLICY
from tests.fakes.rasa_app import RasaApp, never

QUESTION = "老板拖了三个月工资"


@pytest.fixture
def house(database: Database, clock: FakeClock) -> BotHouse:
    return BotHouse(database, clock)


@pytest.fixture
def knowledge(database: Database, clock: FakeClock) -> None:
    file = ArticleFile.model_validate(
        {
            "id": "wages-late",
            "topic": "wage_arrears",
            "title": "老板拖欠工资怎么办",
            "asks": [QUESTION, "老板不发工资", "欠薪找谁", "工资要不回来"],
            "answer": "单位应当按时足额发工资；拖着不给，可以找劳动监察投诉，也可以申请劳动仲裁，都不收费。",
            "valid_from": "2020-01-01",
            "checked": False,
        }
    )
    with database.write() as session:
        articles.load_articles(session, [file], clock.now())


def cases_open(database: Database) -> int:
    with database.read() as session:
        return len(cases.queue(session))


def hand_off(database: Database, clock: FakeClock, conversation_id: str, source: str = "elsewhere") -> str:
    with database.write() as session:
        return cases.hand_off(session, conversation_id, Handoff(source, "asked"), POLICY, clock.now()).id


async def test_a_question_is_answered_by_rasa(house: BotHouse) -> None:
    await house.hear("1", QUESTION)
    await house.hear("1", payload="/article wages-late now")
    await house.hear("1", "/restart")
    assert house.channel.to("1") == [f"机器人：{QUESTION}", '机器人：/article{"ref": ["wages-late", "now"]}', "机器人：restart"]
    first = house.rasa.heard[0]
    with house.database.read() as session:
        message = session.get_one(Message, first["message_id"])
        assert (message.text, first["sender"]) == (QUESTION, message.conversation_id)
    assert house.rasa_failures() == 0
    assert house.channel.typed == ["1"] * 3


@pytest.mark.parametrize("payload", ["/", " ", "//"])
async def test_an_empty_command_is_no_end_of_the_conversation(house: BotHouse, payload: str) -> None:
    await house.hear("1", "你好", payload=payload)
    await house.hear("1", "在吗")
    assert house.channel.to("1")[-1] == "机器人：在吗"


async def test_typing_that_fails_costs_no_answer(house: BotHouse) -> None:
    house.channel.typing_fails = True
    await house.hear("1", "你好")
    assert house.channel.to("1") == ["机器人：你好"]


def _slow(rasa: RasaApp) -> None:
    rasa.respond = never


def _silent(rasa: RasaApp) -> None:
    async def nothing(body: dict[str, Any]) -> list[dict[str, Any]]:
        return []

    rasa.respond = nothing


def _broken(rasa: RasaApp) -> None:
    rasa.status = 500


def _babbling(rasa: RasaApp) -> None:
    rasa.body = b"<html>"


def _odd(rasa: RasaApp) -> None:
    rasa.body = b'["replies"]'


def _stranger(rasa: RasaApp) -> None:
    rasa.body = b'{"replies": ["text"]}'


@pytest.mark.usefixtures("knowledge")
@pytest.mark.parametrize("breaks", [_slow, _silent, _broken, _babbling, _odd, _stranger])
async def test_without_rasa_the_best_article_answers(house: BotHouse, breaks: Any) -> None:
    breaks(house.rasa)
    await house.hear("1", QUESTION)
    (said,) = house.channel.to("1")
    assert said.startswith("【老板拖欠工资怎么办】") and "劳动仲裁" in said
    assert house.rasa_failures() == 1
    assert cases_open(house.database) == 0


@pytest.mark.usefixtures("knowledge")
async def test_with_rasa_down_and_nothing_near_a_person_is_called_at_the_second_time(database: Database, clock: FakeClock) -> None:
    house = BotHouse(database, clock, client=httpx.AsyncClient(base_url="http://127.0.0.1:1", trust_env=False))
    await house.hear("1", "zzz")
    assert "12351" in house.channel.to("1")[0] and cases_open(database) == 0
    await house.hear("1", "yyy")
    assert cases_open(database) == 1 and "工单号" in house.channel.to("1")[1]
    assert house.rasa_failures() == 2


async def test_with_rasa_down_a_button_and_danger_reach_a_person_at_once(house: BotHouse) -> None:
    _broken(house.rasa)
    await house.hear("1", payload="/human")
    await house.hear("2", "我不想活了")
    await house.hear("3", payload="/article no-such")
    assert "工单号" in house.channel.to("1")[0]
    hotline, handed = house.channel.to("2")
    assert "12356" in hotline and "工单号" in handed
    assert house.channel.to("3") == ["没有这篇知识"]
    with house.database.read() as session:
        assert [case.urgency for case, _, _ in cases.queue(session)] == [0, 2]


async def test_with_rasa_down_a_word_after_the_resolution_reopens(house: BotHouse, clock: FakeClock) -> None:
    conversation_id = await house.hear("1", "你好")
    case_id = hand_off(house.database, clock, conversation_id)
    with house.database.write() as session:
        cases.resolve(session, case_id, people.agent(session, clock.now()), clock.now())
    _broken(house.rasa)
    await house.hear("1", "还是没给钱")
    assert cases_open(house.database) == 1
    with house.database.read() as session:
        assert conversations.conversation_by_id(session, conversation_id).holder == "human"


async def test_while_a_person_holds_it_the_bot_is_silent_and_the_case_waits(house: BotHouse, clock: FakeClock) -> None:
    conversation_id = await house.hear("1", "你好")
    case_id = hand_off(house.database, clock, conversation_id)
    with house.database.write() as session:
        cases.reply(session, case_id, people.agent(session, clock.now()), "我是小王", clock.now())
    heard = len(house.rasa.heard)
    clock.move(minutes=3)
    await house.hear("1", "工资还没给")
    await house.hear("1", payload="/cancel")
    await house.hear("1", "他们拿刀堵在宿舍门口要打我")
    assert len(house.rasa.heard) == heard and house.channel.to("1") == ["机器人：你好"]
    with house.database.read() as session:
        case = cases.case_by_id(session, case_id)
        assert (case.waiting_since, case.urgency) == (clock.now(), 0)
        assert conversations.unanswered(session) == []


async def test_a_late_answer_under_an_old_epoch_is_dropped_and_the_message_waits_for_the_person(house: BotHouse, clock: FakeClock) -> None:
    thinking, go_on = asyncio.Event(), asyncio.Event()

    async def slow(body: dict[str, Any]) -> list[dict[str, Any]]:
        thinking.set()
        await go_on.wait()
        return [{"text": "迟到的回答"}]

    house.rasa.respond = slow
    turns = asyncio.create_task(house.hear("1", "在吗"))
    await thinking.wait()
    with house.database.write() as session:
        conversation_id = conversations.unanswered(session)[0]
        case = cases.hand_off(session, conversation_id, Handoff("elsewhere", "asked"), POLICY, clock.now())
        agent = people.agent(session, clock.now())
        cases.reply(session, case.id, agent, "我是小王，我来处理", clock.now())
    clock.move(seconds=1)
    go_on.set()
    await turns
    await house.drain.settle()
    assert house.channel.to("1") == ["我是小王，我来处理"]
    with house.database.read() as session:
        assert conversations.unanswered(session) == []
        assert cases.case_by_id(session, case.id).waiting_since == clock.now(), "the counsellor must see that somebody waits"


async def test_a_case_closed_in_the_same_moment_gives_the_message_back_to_the_bot(house: BotHouse, clock: FakeClock) -> None:
    """The turn was taken while a person held it; before it is noted for them they have settled the case."""
    conversation_id = await house.hear("1", "你好")
    case_id = hand_off(house.database, clock, conversation_id)
    with house.database.write() as session:
        conversations.receive(session, Incoming("telegram", "1", "late", text="还有一件事"), clock.now())
        turn = conversations.next_turn(session, conversation_id)
        assert turn is not None and turn.holder == "human"
        cases.resolve(session, case_id, people.agent(session, clock.now()), clock.now())
    await house.turns._take(turn)
    with house.database.read() as session:
        assert conversations.next_turn(session, conversation_id) is not None, "not swallowed"
    await house.turns.answer(conversation_id)
    assert house.channel.to("1")[-1] == "机器人：还有一件事"


async def test_a_crash_between_opening_the_case_and_saying_so(database: Database, clock: FakeClock) -> None:
    """Rasa's action has opened the case; the app dies before the worker hears of it. After the restart they do, once."""

    def replies(house: BotHouse) -> None:
        async def act(body: dict[str, Any]) -> list[dict[str, Any]]:
            with database.write() as session:
                handoff = Handoff(body["message_id"], "urgent", "urgent")
                case = cases.hand_off(session, body["sender"], handoff, POLICY, clock.now())
            return [{"text": "请打 120"}, {"text": f"工单号 {case.number}", "details": {"handover": True}}]

        house.rasa.respond = act

    dying = BotHouse(database, clock)
    replies(dying)
    with database.write() as session:
        conversation_id, _ = conversations.receive(session, Incoming("telegram", "1", "u1", text="工友触电了"), clock.now())
        turn = conversations.next_turn(session, conversation_id)
    assert turn is not None
    await dying.turns._think(turn)  # and no further

    house = BotHouse(database, clock)
    replies(house)
    house.inbound.open()
    assert await house.inbound.resume() == 1
    await house.inbound.idle()
    hotline, handed = house.channel.to("1")
    assert hotline == "请打 120" and handed.startswith("工单号")
    assert cases_open(database) == 1
    await house.hear("1", "快来人")
    assert len(house.channel.to("1")) == 2, "now the person has the word"


async def test_what_the_bot_cannot_read_is_kept_and_acknowledged(house: BotHouse) -> None:
    for kind in ("photo", "document", "voice", "unknown"):
        await house.hear(kind, kind=kind)
        assert len(house.channel.to(kind)) == 1
    await house.hear("place", kind="location")
    assert house.rasa.heard == []
    await house.hear("caption", "这是工资条", kind="photo")
    assert house.channel.to("caption") == ["机器人：这是工资条"]


async def test_a_turn_run_twice_says_it_once(house: BotHouse, clock: FakeClock) -> None:
    with house.database.write() as session:
        conversation_id, _ = conversations.receive(session, Incoming("telegram", "1", "u1", text="你好"), clock.now())
    await asyncio.gather(house.turns.answer(conversation_id), house.turns.answer(conversation_id))
    assert house.channel.to("1") == ["机器人：你好"]

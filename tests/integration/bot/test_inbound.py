"""The one way in: stored first, answered in order, taken up again after whatever happened."""

import asyncio

import pytest
from sqlalchemy import func, select

from bot.inbound import Inbound
from desk import conversations
from desk.conversations import Incoming, Message, Reply
from desk.database import Database
from tests.conftest import FakeClock


class Answers:
    """Stands where the turn taker stands: takes a conversation's turns one by one, as the test lets it."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        self.heard: list[str] = []
        self.gates: dict[str, asyncio.Event] = {}
        self.failures: dict[str, int] = {}

    def hold(self, text: str) -> asyncio.Event:
        return self.gates.setdefault(text, asyncio.Event())

    async def answer(self, conversation_id: str) -> None:
        while turn := await self.database.reading(conversations.next_turn, conversation_id):
            self.heard.append(turn.text)
            if gate := self.gates.get(turn.text):
                await gate.wait()
            if self.failures.get(turn.text, 0) > 0:
                self.failures[turn.text] -= 1
                raise RuntimeError("the answer failed")
            await self.database.writing(conversations.answer_turn, turn, [Reply(f"答：{turn.text}")], self.clock.now())


def said(text: str, address: str = "1001") -> Incoming:
    return Incoming("telegram", address, f"{address}:{text}", text=text)


async def until(condition: object, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # type: ignore[operator]
            await asyncio.sleep(0.005)


def transcript(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Message.text).order_by(Message.conversation_id, Message.seq)))


async def test_a_conversations_messages_are_answered_in_order(database: Database, clock: FakeClock) -> None:
    answers = Answers(database, clock)
    first = answers.hold("一")
    inbound = Inbound(database, clock, answers.answer)
    inbound.open()
    for text in ("一", "二", "三", "四"):
        await inbound.take(said(text))
    await until(lambda: answers.heard)
    assert answers.heard == ["一"], "the second waits for the first"
    first.set()
    await inbound.idle()
    assert answers.heard == ["一", "二", "三", "四"]
    assert transcript(database)[-4:] == ["答：一", "答：二", "答：三", "答：四"]


async def test_conversations_do_not_wait_for_each_other(database: Database, clock: FakeClock) -> None:
    answers = Answers(database, clock)
    stuck = answers.hold("慢")
    inbound = Inbound(database, clock, answers.answer)
    inbound.open()
    await inbound.take(said("慢", "slow"))
    for n in range(10):
        await inbound.take(said("快", f"quick{n}"))
    await until(lambda: transcript(database).count("答：快") == 10)
    assert "答：慢" not in transcript(database)
    stuck.set()
    await inbound.idle()
    assert "答：慢" in transcript(database)


async def test_the_same_update_is_answered_once(database: Database, clock: FakeClock) -> None:
    answers = Answers(database, clock)
    inbound = Inbound(database, clock, answers.answer)
    inbound.open()
    results = await asyncio.gather(*(inbound.take(said("你好")) for _ in range(5)))
    await inbound.idle()
    assert sorted(fresh for _, fresh in results) == [False] * 4 + [True]
    assert transcript(database) == ["你好", "答：你好"]
    assert await inbound.take(said("你好")) == (results[0][0], False)
    await inbound.idle()
    assert answers.heard == ["你好"]


async def test_until_it_is_opened_messages_are_only_stored(database: Database, clock: FakeClock) -> None:
    answers = Answers(database, clock)
    inbound = Inbound(database, clock, answers.answer)
    await inbound.take(said("早"))
    await asyncio.sleep(0.02)
    assert (answers.heard, transcript(database)) == ([], ["早"])
    inbound.open()
    await inbound.idle()
    assert transcript(database) == ["早", "答：早"]


async def test_a_restart_takes_up_what_was_stored_and_not_answered(database: Database, clock: FakeClock) -> None:
    """The first house dies in the middle of a turn: its task is abandoned, its row is as it was."""
    before = Answers(database, clock)
    before.hold("一")
    dying = Inbound(database, clock, before.answer)
    dying.open()
    await dying.take(said("一"))
    await dying.take(said("二"))
    await dying.take(said("别人的", "2002"))
    await until(lambda: "答：别人的" in transcript(database) and "一" in before.heard)
    await dying.stop()

    after = Answers(database, clock)
    inbound = Inbound(database, clock, after.answer)
    assert await inbound.resume() == 1
    inbound.open()
    await inbound.idle()
    assert after.heard == ["一", "二"]
    assert [text for text in transcript(database) if text.startswith("答")].count("答：一") == 1
    assert await Inbound(database, clock, after.answer).resume() == 0


async def test_a_turn_that_fails_leaves_its_message_for_the_next_start(database: Database, clock: FakeClock) -> None:
    answers = Answers(database, clock)
    answers.failures["坏"] = 1
    inbound = Inbound(database, clock, answers.answer, pauses=())
    inbound.open()
    await inbound.take(said("坏"))
    await inbound.idle()
    assert transcript(database) == ["坏"]
    with database.read() as session:
        assert len(conversations.unanswered(session)) == 1
    second = Inbound(database, clock, answers.answer, pauses=())
    second.open()
    assert await second.resume() == 1
    await second.idle()
    assert transcript(database) == ["坏", "答：坏"]


async def test_a_turn_that_fails_is_tried_again_by_itself(database: Database, clock: FakeClock) -> None:
    """A database that was away for a moment leaves no worker without an answer until they write again."""
    answers = Answers(database, clock)
    answers.failures["坏"] = 2
    inbound = Inbound(database, clock, answers.answer, pauses=(0, 0, 0))
    inbound.open()
    await inbound.take(said("坏"))
    await inbound.take(said("后一句"))
    await inbound.idle()
    assert transcript(database) == ["坏", "后一句", "答：坏", "答：后一句"]
    assert answers.heard == ["坏", "坏", "坏", "后一句"]


async def test_what_fails_for_ever_is_given_up_and_holds_up_nobody_else(database: Database, clock: FakeClock) -> None:
    answers = Answers(database, clock)
    answers.failures["坏"] = 99
    inbound = Inbound(database, clock, answers.answer, pauses=(0, 0))
    inbound.open()
    await inbound.take(said("坏"))
    await inbound.take(said("好", "2002"))
    await inbound.idle()
    assert answers.heard.count("坏") == 3
    assert "答：好" in transcript(database)
    answers.failures.clear()
    await inbound.take(said("还在吗"))
    await inbound.idle()
    assert {"答：坏", "答：还在吗"} <= set(transcript(database))


async def test_an_edit_before_the_answer_is_what_is_answered(database: Database, clock: FakeClock) -> None:
    answers = Answers(database, clock)
    inbound = Inbound(database, clock, answers.answer)
    await inbound.take(said("欠三个月"))
    await inbound.edited("telegram", "1001:欠三个月", "欠四个月")
    inbound.open()
    await inbound.idle()
    assert answers.heard == ["欠四个月"]


@pytest.mark.parametrize("count", [40])
async def test_many_at_once_are_all_answered(database: Database, clock: FakeClock, count: int) -> None:
    answers = Answers(database, clock)
    inbound = Inbound(database, clock, answers.answer)
    inbound.open()
    await asyncio.gather(*(inbound.take(said(f"第{n}句", f"c{n % 8}")) for n in range(count)))
    await inbound.idle()
    with database.read() as session:
        assert conversations.unanswered(session) == []
        assert session.scalar(select(func.count()).select_from(Message).where(Message.direction == "out")) == count


async def test_a_word_that_comes_while_the_last_look_is_under_way_is_not_overlooked(database: Database, clock: FakeClock) -> None:
    """The task has found nothing more to answer, but has not ended yet."""
    looked, go_on = asyncio.Event(), asyncio.Event()
    answers = Answers(database, clock)

    async def answer(conversation_id: str) -> None:
        await answers.answer(conversation_id)
        looked.set()
        await go_on.wait()

    inbound = Inbound(database, clock, answer)
    inbound.open()
    await inbound.take(said("一"))
    await looked.wait()
    await inbound.take(said("二"))
    go_on.set()
    await inbound.idle()
    assert transcript(database)[-1] == "答：二"

"""The outbox at work over a channel that a test holds in its hands."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.outgoing import OutboxDrain, Pace
from desk import campaigns, contacts, conversations, outbox
from desk.contacts import Segment
from desk.conversations import Message, Reply
from desk.database import Database
from desk.files import FileStore
from desk.outbox import Delivery, Outcome
from tests.conftest import FakeClock
from tests.fakes import people
from tests.fakes.channels import FakeChannel


@pytest.fixture
def channel() -> FakeChannel:
    return FakeChannel()


@pytest.fixture
def web() -> FakeChannel:
    return FakeChannel("web", repeatable=True)


@pytest.fixture
def drain(database: Database, clock: FakeClock, channel: FakeChannel, web: FakeChannel) -> OutboxDrain:
    return OutboxDrain(database, clock, {"telegram": channel, "web": web}, FileStore(Path("unused"), 1), {}, at_once=3)


def put(database: Database, clock: FakeClock, address: str, text: str, lane: str = "due", channel: str = "telegram", **more: Any) -> None:
    with database.write() as session:
        who = people.contact(session, clock.now(), address, channel)
        body = more.pop("body", {"text": text})
        outbox.enqueue(session, contact_id=who.id, lane=lane, due_at=clock.now(), now=clock.now(), body=body, dedupe_key=text, **more)


def answer(database: Database, clock: FakeClock, address: str, *texts: str) -> list[str]:
    """A turn answered with these bubbles: ids of the messages to send."""
    with database.write() as session:
        conversation, message = people.said(session, clock.now(), f"问{texts}", address)
        turn = conversations.next_turn(session, conversation.id)
        assert turn is not None and turn.message_id == message.id
        return conversations.answer_turn(session, turn, [Reply(text) for text in texts], clock.now())


def states(database: Database) -> dict[str, str]:
    """Each delivery's state, by its text."""
    with database.read() as session:
        words = dict(session.execute(select(Message.id, Message.text)).all())
        return {words.get(d.message_id or "", d.body.get("text", "")): d.state for d in session.scalars(select(Delivery))}


async def until(condition: Any, seconds: float = 5) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)


async def test_a_direct_reply_goes_at_once_in_order_and_once(
    database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain
) -> None:
    to_send = answer(database, clock, "1", "一", "二", "三")
    await asyncio.gather(drain.send_now(to_send), drain.settle())
    await drain.send_now(to_send)
    clock.move(seconds=10)
    await drain.settle()
    assert channel.to("1") == ["一", "二", "三"]
    assert set(states(database).values()) == {"sent"}


async def test_a_process_that_died_before_sending_leaves_it_to_the_drain(
    database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain
) -> None:
    answer(database, clock, "1", "一", "二")
    await drain.settle()
    assert channel.sent == [], "the turn has them in hand"
    clock.move(seconds=5)
    await drain.settle()
    assert channel.to("1") == ["一", "二"]


async def test_what_was_said_is_in_the_history_before_it_is_sent(
    database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain
) -> None:
    buttons = [[{"label": "退订", "payload": "/unsubscribe"}]]
    put(database, clock, "1", "群发", body={"text": "群发", "buttons": buttons})
    channel.outcomes["1"] = [Outcome("pending")] * 2
    for _ in range(4):
        await drain.settle()
        clock.move(seconds=5)
    assert channel.to("1") == ["群发"]
    with database.read() as session:
        (message,) = session.scalars(select(Message)).all()
        assert (message.direction, message.author, message.buttons) == ("out", "system", buttons)


async def test_a_second_bubble_never_overtakes_the_first(
    database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain
) -> None:
    channel.outcomes["1"] = [Outcome("pending", problem="连不上")]
    await drain.send_now(answer(database, clock, "1", "一", "二"))
    # The worker writes again while the first answer is still being tried.
    await drain.send_now(answer(database, clock, "1", "三"))
    assert channel.sent == []
    for _ in range(6):
        clock.move(seconds=2)
        await drain.settle()
    assert channel.to("1") == ["一", "二", "三"]


async def test_a_429_quiets_only_that_contact(database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain) -> None:
    channel.outcomes["1"] = [Outcome("pending", retry_after=30)]
    put(database, clock, "1", "一")
    put(database, clock, "1", "急", "agent")
    for n in range(2, 12):
        put(database, clock, f"{n}", f"给{n}")
    await drain.settle()
    assert len(channel.sent) == 10 and channel.to("1") == []
    await drain.send_now(answer(database, clock, "1", "回答"))
    clock.move(seconds=29)
    await drain.settle()
    assert channel.to("1") == [], "not even what is urgent: the channel said when"
    clock.move(seconds=1)
    await drain.settle()
    assert channel.to("1") == ["回答", "急", "一"]


async def test_an_unknown_fate_is_not_sent_again(database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain) -> None:
    channel.outcomes["1"] = [Outcome("unknown", problem="没有回音")]
    channel.outcomes["2"] = [RuntimeError("a fault of the channel's own code")]
    put(database, clock, "1", "一")
    put(database, clock, "2", "二")
    for _ in range(3):
        await drain.settle()
        clock.move(minutes=2)
    assert channel.sent == [] and len(channel.begun) == 2
    assert states(database) == {"一": "unknown", "二": "unknown"}


async def test_a_fault_in_one_reply_does_not_end_the_turn(
    database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain
) -> None:
    channel.outcomes["1"] = [RuntimeError("broken")]
    await drain.send_now(answer(database, clock, "1", "一", "二"))
    clock.move(seconds=5)
    await drain.settle()
    assert channel.to("1") == ["二"]


async def test_a_contact_that_hangs_stops_nobody_else(
    database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain
) -> None:
    gate = channel.hang("hung")
    for n in range(100):
        put(database, clock, "hung", f"挂{n}", "agent")
    for n in range(8):
        put(database, clock, f"{n}", f"给{n}")
    running = asyncio.create_task(drain.run())
    await until(lambda: len(channel.sent) == 8)
    assert channel.begun.count(("hung", "挂0")) == 1 and ("hung", "挂1") not in channel.begun
    gate.set()
    await until(lambda: len(channel.to("hung")) > 3)
    running.cancel()
    assert channel.to("hung") == [f"挂{n}" for n in range(len(channel.to("hung")))]


async def test_a_channel_that_hangs_does_not_stop_the_others(
    database: Database, clock: FakeClock, channel: FakeChannel, web: FakeChannel, drain: OutboxDrain
) -> None:
    gates = [channel.hang(f"{n}") for n in range(9)]
    for n in range(9):
        put(database, clock, f"{n}", f"给{n}", "reply")
    for n in range(5):
        put(database, clock, f"w{n}", f"网页{n}", "campaign", "web")
    running = asyncio.create_task(drain.run())
    await until(lambda: len(web.sent) == 5)
    assert channel.sent == [] and len(channel.begun) == 3, "as many at once as it has room for"
    for gate in gates:
        gate.set()
    await until(lambda: len(channel.sent) == 9)
    running.cancel()


async def test_killed_between_the_claim_and_the_answer(
    database: Database, clock: FakeClock, channel: FakeChannel, web: FakeChannel, drain: OutboxDrain
) -> None:
    channel.hang("1")
    web.hang("2")
    put(database, clock, "1", "电报")
    put(database, clock, "2", "网页", channel="web")
    put(database, clock, "1", "电报二")
    dying = asyncio.create_task(drain.settle())
    await until(lambda: len(channel.begun) + len(web.begun) == 2)
    for task in drain._tasks:
        task.cancel()
    dying.cancel()

    channel, web = FakeChannel(), FakeChannel("web", repeatable=True)
    after = OutboxDrain(database, clock, {"telegram": channel, "web": web}, FileStore(Path("unused"), 1), {})
    await after.settle()
    assert (channel.sent, web.sent) == ([], []), "somebody may still be at it"
    clock.move(seconds=31)
    assert await database.writing(outbox.recover, clock.now()) == 2
    await after.settle()
    assert (channel.to("1"), web.to("2")) == (["电报二"], ["网页"])
    assert states(database) == {"电报": "unknown", "网页": "sent", "电报二": "sent"}


async def test_two_drains_over_one_database_send_each_once_and_in_order(database: Database, clock: FakeClock, channel: FakeChannel) -> None:
    drains = [OutboxDrain(database, clock, {"telegram": channel}, FileStore(Path("unused"), 1), {}) for _ in range(3)]
    for n in range(30):
        put(database, clock, f"{n % 3}", f"{n:02}")
    async with asyncio.timeout(30):
        while len(channel.sent) < 30:
            await asyncio.gather(*(drain.settle() for drain in drains))
    for address in "012":
        assert channel.to(address) == sorted(channel.to(address)) and len(channel.to(address)) == 10


async def test_whoever_unsubscribed_meanwhile_gets_no_campaign(
    database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain
) -> None:
    with database.write() as session:
        for n in range(2):
            people.contact(session, clock.now(), f"{n}")
        author, second = people.agent(session, clock.now(), "a"), people.agent(session, clock.now(), "b")
        made = campaigns.draft(session, author, "春送岗位", "群发", [], Segment(), clock.now())
        campaigns.approve(session, made.id, second, clock.now())
        campaigns.start(session, made.id, clock.now())
        campaigns.feed(session, clock.now())
        contacts.subscribe(session, people.contact(session, clock.now(), "0").id, False)
    put(database, clock, "0", "提醒")
    await drain.settle()
    assert channel.to("0") == ["提醒"] and channel.to("1") == ["群发"]
    with database.write() as session:
        assert campaigns.feed(session, clock.now()) == 0
        assert campaigns.progress(session, made) == {"sent": 1, "cancelled": 1, "left": 0}
        assert made.id and campaigns.campaign_by_id(session, made.id).state == "done"


@pytest.mark.parametrize("step", ["pause", "cancel"])
async def test_what_was_being_tried_when_the_campaign_was_stopped_does_not_go(
    database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain, step: str
) -> None:
    with database.write() as session:
        people.contact(session, clock.now(), "1")
        author, second = people.agent(session, clock.now(), "a"), people.agent(session, clock.now(), "b")
        made = campaigns.draft(session, author, "春送岗位", "群发", [], Segment(), clock.now())
        campaigns.approve(session, made.id, second, clock.now())
        campaigns.start(session, made.id, clock.now())
        campaigns.feed(session, clock.now())
    gate = channel.hang("1")
    channel.outcomes["1"] = [Outcome("pending")]
    trying = asyncio.create_task(drain.settle())
    await until(lambda: channel.begun)
    with database.write() as session:
        campaigns.pause(session, made.id) if step == "pause" else campaigns.cancel(session, made.id, clock.now())
    gate.set()
    await trying
    clock.move(minutes=1)
    await drain.settle()
    assert channel.sent == []
    assert states(database) == {"群发": "held" if step == "pause" else "cancelled"}
    if step == "pause":
        with database.write() as session:
            campaigns.start(session, made.id, clock.now())
        await drain.settle()
        assert channel.to("1") == ["群发"]


async def test_a_row_that_cannot_be_read_holds_up_nobody(
    database: Database, clock: FakeClock, channel: FakeChannel, drain: OutboxDrain
) -> None:
    for n in range(5):
        put(database, clock, f"bad{n}", f"坏{n}", "reply", body={"wrong": True})
    put(database, clock, "1", "好", "campaign")
    running = asyncio.create_task(drain.run())
    await until(lambda: channel.to("1") == ["好"])
    running.cancel()


async def test_what_has_no_channel_fails_with_a_word(database: Database, clock: FakeClock, drain: OutboxDrain) -> None:
    put(database, clock, "1", "一", channel="fax")
    await drain.settle()
    with database.read() as session:
        stored = session.scalars(select(Delivery)).one()
        assert (stored.state, "fax" in stored.problem) == ("failed", True)


async def test_waiting_for_a_place_does_not_use_up_the_claim(database: Database, clock: FakeClock, channel: FakeChannel) -> None:
    class Slow(Pace):
        """A place comes only after longer than a claim lasts."""

        async def turn(self) -> None:
            clock.move(seconds=40)
            with database.write() as session:
                outbox.recover(session, clock.now())

    drain = OutboxDrain(database, clock, {"telegram": channel}, FileStore(Path("unused"), 1), {"telegram": Slow(1)})
    put(database, clock, "1", "一")
    await drain.settle()
    assert (channel.to("1"), states(database)) == (["一"], {"一": "sent"})


async def test_the_pace_is_even() -> None:
    pace = Pace(200)
    loop = asyncio.get_running_loop()
    began = loop.time()
    moments: list[float] = []

    async def one() -> None:
        await pace.turn()
        moments.append(loop.time() - began)

    await asyncio.gather(*(one() for _ in range(21)))
    assert all(moment >= place * 0.005 - 0.002 for place, moment in enumerate(moments)), "nobody goes before their place"


async def test_a_counsellors_reply_overtakes_a_campaign(database: Database, clock: FakeClock, channel: FakeChannel) -> None:
    drain = OutboxDrain(database, clock, {"telegram": channel}, FileStore(Path("unused"), 1), {}, at_once=1)
    for n in range(20):
        put(database, clock, f"{n}", f"群发{n}", "campaign")
    put(database, clock, "vip", "工作人员", "agent")
    await drain.settle()
    assert channel.sent[0] == ("vip", "工作人员") and len(channel.sent) == 21
    with database.write() as session:
        session.execute(update(Delivery).values(state="sent"))

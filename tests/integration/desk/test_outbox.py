"""Everything on its way to a contact: offered in order, claimed by one, with one outcome."""

import datetime as dt
import threading
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import outbox
from desk.contacts import Contact
from desk.database import Database, Signal
from desk.errors import Conflict, NotFound
from desk.outbox import Delivery, Outcome
from tests.conftest import FakeClock
from tests.fakes import people


def put(session: Session, contact: Contact, now: dt.datetime, text: str, lane: str = "due", **more: Any) -> str:
    """One delivery; its dedupe key is its text, which names it in these tests."""
    assert outbox.enqueue(
        session, contact_id=contact.id, lane=lane, due_at=more.pop("due_at", now), now=now, body={"text": text}, dedupe_key=text, **more
    )
    return session.scalars(select(Delivery.id).where(Delivery.dedupe_key == text)).one()


def offered(database: Database, now: dt.datetime, limit: int = 100, **skip: Any) -> list[str]:
    with database.read() as session:
        names = dict(session.execute(select(Delivery.id, Delivery.dedupe_key)).all())
        return [names[delivery_id] for delivery_id in outbox.waiting(session, now, limit, **skip)]


def row(database: Database, text: str) -> Delivery:
    with database.read() as session:
        return session.scalars(select(Delivery).where(Delivery.dedupe_key == text)).one()


def settle(database: Database, text: str, outcome: Outcome, now: dt.datetime) -> None:
    with database.write() as session:
        outbox.settle(session, row(database, text).id, outcome, now)


def test_urgent_lanes_go_first_and_older_ones_within_a_lane(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        contacts = [people.contact(session, clock.now(), str(n)) for n in range(6)]
        put(session, contacts[0], clock.now(), "群发", "campaign")
        put(session, contacts[1], clock.now(), "提醒")
        put(session, contacts[2], clock.now(), "工作人员", "agent")
        put(session, contacts[3], clock.now(), "回答", "reply")
        put(session, contacts[4], clock.now(), "更早的提醒", due_at=clock.now() - dt.timedelta(hours=1))
        put(session, contacts[5], clock.now(), "以后", due_at=clock.now() + dt.timedelta(hours=1))
    assert offered(database, clock.now()) == ["回答", "工作人员", "更早的提醒", "提醒", "群发"]
    assert offered(database, clock.now(), 2) == ["回答", "工作人员"]
    clock.move(hours=1)
    assert offered(database, clock.now())[-2:] == ["以后", "群发"]


def test_a_contacts_deliveries_go_one_behind_the_other(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        li, wang = people.contact(session, clock.now(), "1"), people.contact(session, clock.now(), "2")
        for n in range(30):
            put(session, li, clock.now(), f"li{n}")
        put(session, wang, clock.now(), "wang")
    # However many one has, the others are offered too.
    assert offered(database, clock.now(), 2) == ["li0", "wang"]
    with database.write() as session:
        assert outbox.claim(session, row(database, "li0").id, clock.now())
    assert offered(database, clock.now()) == ["wang"]
    settle(database, "li0", Outcome("sent", "77"), clock.now())
    assert offered(database, clock.now()) == ["li1", "wang"]
    assert offered(database, clock.now(), skip_contacts=frozenset([li.id])) == ["wang"]


def test_what_is_tried_again_keeps_its_place(database: Database, clock: FakeClock) -> None:
    """The second bubble never arrives before the first, also when the first was refused for now."""
    with database.write() as session:
        li = people.contact(session, clock.now())
        put(session, li, clock.now(), "第一", "reply")
        put(session, li, clock.now(), "第二", "reply")
        outbox.claim(session, row_id(session, "第一"), clock.now())
        outbox.settle(session, row_id(session, "第一"), Outcome("pending", retry_after=30), clock.now())
    assert offered(database, clock.now()) == []
    with database.read() as session:
        assert not outbox.is_first(session, row_id(session, "第二"))
    clock.move(seconds=30)
    assert offered(database, clock.now()) == ["第一"]


def test_a_reply_does_not_wait_for_a_campaign_that_is_tried_again(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        li = people.contact(session, clock.now())
        first = put(session, li, clock.now(), "群发", "campaign")
        outbox.claim(session, first, clock.now())
        outbox.settle(session, first, Outcome("pending"), clock.now())
        put(session, li, clock.now(), "工作人员", "agent")
    assert offered(database, clock.now()) == ["工作人员"]


def row_id(session: Session, text: str) -> str:
    return session.scalars(select(Delivery.id).where(Delivery.dedupe_key == text)).one()


def test_one_of_many_claims_it(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        delivery_id = put(session, people.contact(session, clock.now()), clock.now(), "提醒")
    start = threading.Barrier(5)

    def claim(_: int) -> bool:
        start.wait()
        with database.write() as session:
            return outbox.claim(session, delivery_id, clock.now())

    assert sorted(people.all_at_once(claim, list(range(5)))) == [False] * 4 + [True]
    assert row(database, "提醒").attempts == 1


def test_what_is_in_hand_is_left_alone_for_five_seconds(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        li = people.contact(session, clock.now())
        put(session, li, clock.now(), "直接回答", "reply", in_hand=True)
        put(session, li, clock.now(), "提醒")
    assert offered(database, clock.now()) == []
    clock.move(seconds=5)
    assert offered(database, clock.now()) == ["直接回答"]


def test_the_same_key_is_one_delivery(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        li = people.contact(session, clock.now())
        put(session, li, clock.now(), "提醒")
        again = outbox.enqueue(session, contact_id=li.id, lane="due", due_at=clock.now(), now=clock.now(), dedupe_key="提醒")
    assert not again


def test_each_outcome_is_written_down(database: Database, clock: FakeClock, signals: list[Signal]) -> None:
    with database.write() as session:
        for state in ("sent", "blocked", "failed", "unknown"):
            outbox.claim(session, put(session, people.contact(session, clock.now(), state), clock.now(), state), clock.now())
    signals.clear()
    for state in ("sent", "blocked", "failed", "unknown"):
        settle(database, state, Outcome(state, "m1", "p" * 500), clock.now())
        stored = row(database, state)
        assert (stored.state, stored.settled_at, stored.claimed_until, len(stored.problem)) == (state, clock.now(), None, 300)
        with database.read() as session:
            blocked = session.get_one(Contact, stored.contact_id).blocked_at
            assert (blocked == clock.now()) is (state == "blocked")
    assert [s.kind for s in signals] == ["delivery"] * 3
    # Whatever comes later changes nothing, but an unknown fate that becomes known.
    for state in ("sent", "blocked", "failed"):
        settle(database, state, Outcome("sent", "m2"), clock.now())
        assert (row(database, state).state, row(database, state).external_id) == (state, "m1")
    settle(database, "unknown", Outcome("sent", "m2"), clock.now())
    assert row(database, "unknown").state == "sent"


def test_what_cannot_be_sent_now_is_tried_six_times_ever_later(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        delivery_id = put(session, people.contact(session, clock.now()), clock.now(), "提醒")
    waits = []
    for _ in range(6):
        with database.write() as session:
            assert outbox.claim(session, delivery_id, clock.now())
            outbox.settle(session, delivery_id, Outcome("pending", problem="连不上"), clock.now())
        stored = row(database, "提醒")
        waits.append((stored.due_at - clock.now()).total_seconds() if stored.state == "pending" else stored.state)
        clock.move(seconds=64)
    assert waits == [2, 4, 8, 16, 32, "failed"]


def test_a_wait_that_the_channel_asked_for_is_no_failure(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        delivery_id = put(session, people.contact(session, clock.now()), clock.now(), "提醒")
    for _ in range(9):
        with database.write() as session:
            assert outbox.claim(session, delivery_id, clock.now())
            outbox.settle(session, delivery_id, Outcome("pending", retry_after=7), clock.now())
        assert row(database, "提醒").due_at == clock.now() + dt.timedelta(seconds=7)
        clock.move(seconds=7)
    assert row(database, "提醒").state == "pending"


def test_after_a_crash_the_web_goes_again_and_nothing_else_does(database: Database, clock: FakeClock, signals: list[Signal]) -> None:
    with database.write() as session:
        for channel in ("web", "telegram"):
            outbox.claim(session, put(session, people.contact(session, clock.now(), "1", channel), clock.now(), channel), clock.now())
    with database.write() as session:
        assert outbox.recover(session, clock.now()) == 0
    clock.move(seconds=31)
    signals.clear()
    with database.write() as session:
        assert outbox.recover(session, clock.now()) == 2
    assert (row(database, "web").state, row(database, "telegram").state) == ("pending", "unknown")
    assert row(database, "telegram").problem
    assert {s.id for s in signals} == {row(database, "web").id, row(database, "telegram").id}
    assert offered(database, clock.now()) == ["web"]
    with database.write() as session:
        assert outbox.recover(session, clock.now()) == 0
        outbox.send_again(session, row_id(session, "telegram"), clock.now())
        with pytest.raises(Conflict):
            outbox.send_again(session, row_id(session, "telegram"), clock.now())
        with pytest.raises(NotFound):
            outbox.send_again(session, "no-such", clock.now())
    assert set(offered(database, clock.now())) == {"web", "telegram"}


def test_a_dead_claim_holds_its_contact_up_no_longer_than_it_lasts(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        li = people.contact(session, clock.now())
        outbox.claim(session, put(session, li, clock.now(), "一"), clock.now())
        put(session, li, clock.now(), "二")
    assert offered(database, clock.now()) == []
    clock.move(seconds=30)
    assert offered(database, clock.now()) == ["二"]


def test_a_full_channel_is_passed_over(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        for n in range(20):
            put(session, people.contact(session, clock.now(), str(n)), clock.now(), f"t{n}", "reply")
        put(session, people.contact(session, clock.now(), "w", "web"), clock.now(), "网页", "campaign")
    assert offered(database, clock.now(), 8, skip_channels=frozenset(["telegram"])) == ["网页"]


def test_the_backlog_is_counted_by_lane(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        for n, lane in enumerate(["reply", "campaign", "campaign"]):
            put(session, people.contact(session, clock.now(), str(n)), clock.now(), f"{n}", lane)
        outbox.claim(session, row_id(session, "0"), clock.now())
        assert outbox.backlog(session) == {"campaign": 2}

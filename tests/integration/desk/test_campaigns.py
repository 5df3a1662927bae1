"""A campaign: written by one, agreed to by another, fed to the outbox bit by bit, stopped at any time."""

import threading

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from desk import campaigns, contacts, outbox
from desk.agents import Agent
from desk.campaigns import BATCH, Campaign
from desk.contacts import Contact, Segment
from desk.database import Database, Signal
from desk.errors import Conflict, Forbidden, Invalid, NotFound
from desk.outbox import Delivery, Outcome
from tests.conftest import FakeClock
from tests.fakes import people

BUTTON = {"label": "看岗位", "payload": "/article spring-jobs"}


def crowd(session: Session, clock: FakeClock, count: int, **known: str) -> None:
    session.add_all(Contact(channel="telegram", address=f"c{n}", created_at=clock.now(), **known) for n in range(count))
    session.flush()


def running(session: Session, clock: FakeClock, segment: Segment | None = None) -> Campaign:
    author, second = people.agent(session, clock.now(), "author", "admin"), people.agent(session, clock.now(), "second", "admin")
    made = campaigns.draft(session, author, "春送岗位", "春风送岗", [BUTTON], segment or Segment(), clock.now())
    campaigns.approve(session, made.id, second, clock.now())
    return campaigns.start(session, made.id, clock.now())


def feed(database: Database, clock: FakeClock) -> int:
    with database.write() as session:
        return campaigns.feed(session, clock.now())


def send_all(database: Database, clock: FakeClock, state: str = "sent") -> None:
    with database.write() as session:
        for delivery_id in session.scalars(select(Delivery.id).where(Delivery.state == "pending")).all():
            assert outbox.claim(session, delivery_id, clock.now())
            outbox.settle(session, delivery_id, Outcome(state), clock.now())


def progress(database: Database, campaign_id: str) -> dict[str, int]:
    with database.read() as session:
        return campaigns.progress(session, campaigns.campaign_by_id(session, campaign_id))


def test_nothing_starts_without_a_second_pair_of_eyes(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        author, second = people.agent(session, clock.now(), "author", "admin"), people.agent(session, clock.now(), "second", "admin")
        made = campaigns.draft(session, author, "标题", "正文", [], Segment(), clock.now())
        with pytest.raises(Conflict):
            campaigns.start(session, made.id, clock.now())
        with pytest.raises(Forbidden):
            campaigns.approve(session, made.id, author, clock.now())
        campaigns.approve(session, made.id, second, clock.now())
        with pytest.raises(Conflict):
            campaigns.approve(session, made.id, second, clock.now())
        # Whoever rewrites it becomes its author, and what was agreed to is not what is there now.
        campaigns.draft(session, second, "标题", "改过的正文", [], Segment(), clock.now(), made.id)
        with pytest.raises(Conflict):
            campaigns.start(session, made.id, clock.now())
        with pytest.raises(Forbidden):
            campaigns.approve(session, made.id, second, clock.now())
        campaigns.approve(session, made.id, author, clock.now())
        assert campaigns.start(session, made.id, clock.now()).approver_id == author.id
        with pytest.raises(Conflict):
            campaigns.draft(session, author, "标题", "再改", [], Segment(), clock.now(), made.id)


def test_a_rewriting_and_an_approval_at_once_send_nothing_unseen(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        author, second = people.agent(session, clock.now(), "author", "admin"), people.agent(session, clock.now(), "second", "admin")
        ids = [campaigns.draft(session, author, "标题", "原文", [], Segment(), clock.now()).id for _ in range(5)]
    for campaign_id in ids:
        start = threading.Barrier(2)

        def act(who: Agent, campaign_id: str = campaign_id, start: threading.Barrier = start) -> None:
            start.wait()
            with database.write() as session:
                if who is author:
                    campaigns.draft(session, author, "标题", "改过", [], Segment(), clock.now(), campaign_id)
                else:
                    campaigns.approve(session, campaign_id, second, clock.now())

        assert people.all_at_once(act, [author, second]) == [None, None]
        with database.read() as session:
            stored = campaigns.campaign_by_id(session, campaign_id)
            assert (stored.text, stored.state) in {("改过", "draft"), ("改过", "approved")}
            assert (stored.state == "approved") is (stored.approver_id is not None)


def test_what_cannot_be_sent_is_not_written(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        author = people.agent(session, clock.now(), "author", "admin")
        wrong = [{"label": "", "payload": "/x"}, {"label": "长", "payload": "/" + "章" * 22}, {"label": "空", "payload": ""}]
        for title, text, buttons in [
            ("", "正文", []),
            ("标题", " ", []),
            ("标题", "长" * 3501, []),
            *(("标题", "正文", [b]) for b in wrong),
        ]:
            with pytest.raises(Invalid):
                campaigns.draft(session, author, title, text, buttons, Segment(), clock.now())
        with pytest.raises(NotFound):
            campaigns.approve(session, "no-such", author, clock.now())


def test_everyone_in_the_segment_gets_it_once_and_then_it_is_done(database: Database, clock: FakeClock, signals: list[Signal]) -> None:
    with database.write() as session:
        crowd(session, clock, 2 * BATCH + 50)
        campaign = running(session, clock)
    made = []
    while True:
        made.append(feed(database, clock))
        assert feed(database, clock) == 0 or made[-1] < BATCH, "the outbox is supplied, not flooded"
        if made[-1] == 0:
            break
        assert progress(database, campaign.id)["left"] == 2 * BATCH + 50 - sum(made)
        send_all(database, clock)
    assert made == [BATCH, BATCH, 50, 0]
    with database.read() as session:
        assert campaigns.campaign_by_id(session, campaign.id).state == "done"
        assert session.scalar(select(func.count(Delivery.contact_id.distinct()))) == 2 * BATCH + 50
        one = session.scalars(select(Delivery).limit(1)).one()
        assert one.body["buttons"][0] == [BUTTON] and one.body["buttons"][-1][0]["payload"] == "/unsubscribe"
        assert campaigns.running(session) == 0
    assert progress(database, campaign.id) == {"sent": 2 * BATCH + 50, "left": 0}
    assert Signal("campaign", campaign.id) in signals
    with pytest.raises(Conflict), database.write() as session:
        campaigns.cancel(session, campaign.id, clock.now())


def test_it_is_not_done_while_one_is_being_sent_or_tried_again(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        crowd(session, clock, 1)
        campaign = running(session, clock)
    feed(database, clock)
    with database.write() as session:
        delivery_id = session.scalars(select(Delivery.id)).one()
        outbox.claim(session, delivery_id, clock.now())
    assert feed(database, clock) == 0
    with database.write() as session:
        outbox.settle(session, delivery_id, Outcome("pending"), clock.now())
    assert feed(database, clock) == 0
    with database.read() as session:
        assert campaigns.campaign_by_id(session, campaign.id).state == "running"
    send_all(database, clock, "unknown")
    feed(database, clock)
    assert progress(database, campaign.id) == {"unknown": 1, "left": 0}


def test_a_crash_while_feeding_repeats_and_skips_nobody(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        crowd(session, clock, BATCH + 20)
        running(session, clock)
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt), database.write() as session:
            assert campaigns.feed(session, clock.now()) > 0
            raise KeyboardInterrupt
        assert feed(database, clock) > 0
        send_all(database, clock)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == BATCH + 20
        assert session.scalar(select(func.count(Delivery.contact_id.distinct()))) == BATCH + 20


def test_a_cursor_that_fell_behind_its_rows_sends_nobody_a_second_one(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        crowd(session, clock, 30)
        running(session, clock)
    feed(database, clock)
    with database.write() as session:
        session.execute(update(Campaign).values(cursor=""))
    feed(database, clock)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 30


def test_ticks_at_once_feed_each_contact_once(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        crowd(session, clock, 60)
        running(session, clock)
    start = threading.Barrier(4)

    def tick(_: int) -> int:
        start.wait()
        return feed(database, clock)

    assert sum(people.all_at_once(tick, list(range(4)))) >= 60
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 60


def test_it_pauses_goes_on_and_is_cancelled(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        crowd(session, clock, BATCH + 10)
        campaign = running(session, clock)
    feed(database, clock)
    with database.write() as session:
        campaigns.pause(session, campaign.id)
        with pytest.raises(Conflict):
            campaigns.pause(session, campaign.id)
    assert feed(database, clock) == 0
    with database.read() as session:
        assert outbox.waiting(session, clock.now(), 10) == []
    assert progress(database, campaign.id) == {"held": BATCH, "left": 10}
    with database.write() as session:
        started = session.get_one(Campaign, campaign.id).started_at
        clock.move(hours=1)
        assert campaigns.start(session, campaign.id, clock.now()).started_at == started
    send_all(database, clock)
    assert feed(database, clock) == 10
    with database.write() as session:
        campaigns.cancel(session, campaign.id, clock.now())
        assert outbox.waiting(session, clock.now(), 10) == []
        with pytest.raises(Conflict):
            campaigns.start(session, campaign.id, clock.now())
    assert progress(database, campaign.id) == {"sent": BATCH, "cancelled": 10, "left": 0}
    assert feed(database, clock) == 0


def test_who_leaves_or_joins_the_segment_meanwhile(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        crowd(session, clock, BATCH + 5, district="江宁区")
        campaign = running(session, clock, Segment(district="江宁区"))
        assert campaign.total == BATCH + 5
    feed(database, clock)
    with database.write() as session:
        rest = session.scalars(select(Contact).where(Contact.id > session.get_one(Campaign, campaign.id).cursor).order_by(Contact.id)).all()
        rest[0].district = "鼓楼区"
        contacts.subscribe(session, rest[1].id, False)
        rest[2].blocked_at = clock.now()
        people.contact(session, clock.now(), "new", district="江宁区")
    send_all(database, clock)
    assert feed(database, clock) == 3
    send_all(database, clock)
    feed(database, clock)
    assert progress(database, campaign.id) == {"sent": BATCH + 3, "left": 0}


def test_a_test_goes_to_ones_own_chat_only(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        crowd(session, clock, 5)
        author = people.agent(session, clock.now(), "author", "admin")
        made = campaigns.draft(session, author, "标题", "正文", [BUTTON], Segment(), clock.now())
        with pytest.raises(Invalid):
            campaigns.send_test(session, made.id, author, clock.now())
        author.contact_id = people.contact(session, clock.now(), "mine").id
        campaigns.send_test(session, made.id, author, clock.now())
        campaigns.send_test(session, made.id, author, clock.now())
        sent = session.scalars(select(Delivery)).all()
        assert [(d.contact_id, d.campaign_id) for d in sent] == [(author.contact_id, None)] * 2
        assert campaigns.outcomes(session, made.id, "") == []


def test_each_recipient_has_an_outcome(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        crowd(session, clock, 3)
        campaign = running(session, clock)
    feed(database, clock)
    with database.write() as session:
        for delivery_id, state in zip(
            session.scalars(select(Delivery.id).order_by(Delivery.id)).all(), ("sent", "blocked", "failed"), strict=True
        ):
            outbox.claim(session, delivery_id, clock.now())
            outbox.settle(session, delivery_id, Outcome(state), clock.now())
    with database.read() as session:
        assert sorted(d.state for d, _ in campaigns.outcomes(session, campaign.id, "")) == ["blocked", "failed", "sent"]
        ((delivery, contact),) = campaigns.outcomes(session, campaign.id, "blocked")
        assert delivery.contact_id == contact.id and contact.blocked_at is not None

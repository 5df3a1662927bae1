"""A reminder goes out when it is due, or as soon as somebody looks; once in either case."""

import datetime as dt
import threading

import pytest
from sqlalchemy import func, select

from desk import due, reminders
from desk.database import Database
from desk.errors import Invalid, NotFound
from desk.outbox import Delivery
from desk.reminders import Reminder
from tests.conftest import FakeClock
from tests.fakes import people


def deliveries(database: Database) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(Delivery)) or 0


def test_asking_twice_in_one_message_is_one_reminder(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        li = people.contact(session, clock.now())
        due_at = clock.now() + dt.timedelta(hours=1)
        first = reminders.remind(session, li.id, "体检", due_at, "said:1", clock.now())
        assert reminders.remind(session, li.id, "体检", due_at, "said:1", clock.now()).id == first.id
        with pytest.raises(Invalid):
            reminders.remind(session, li.id, "过去", clock.now(), "said:2", clock.now())
        with pytest.raises(Invalid):
            reminders.remind(session, li.id, "太远", clock.now() + dt.timedelta(days=367), "said:3", clock.now())
        assert [r.text for r in reminders.upcoming(session, li.id)] == ["体检"]


def test_after_a_downtime_everything_overdue_goes_once(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        for n in range(120):
            who = people.contact(session, clock.now(), str(n % 7), language="en" if n % 7 == 0 else "zh")
            due_at = clock.now() + dt.timedelta(minutes=n + 1)
            reminders.remind(session, who.id, f"第{n}件事", due_at, f"said:{n}", clock.now())
        late = clock.now() + dt.timedelta(days=9)
        reminders.remind(session, who.id, "以后的事", late, "said:later", clock.now())
    clock.move(days=2)
    made = []
    for _ in range(4):
        with database.write() as session:
            made.append(reminders.queue_due(session, clock.now(), limit=50))
    assert made == [50, 50, 20, 0]
    with database.read() as session:
        texts = [d.body["text"] for d in session.scalars(select(Delivery).order_by(Delivery.id))]
        assert len(texts) == 120
        assert all(f"第{n}件事" in text for n, text in enumerate(texts))
        assert session.scalar(select(func.count()).select_from(Reminder).where(Reminder.state == "pending")) == 1


def test_ticks_at_once_double_nothing(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        li = people.contact(session, clock.now())
        for n in range(40):
            reminders.remind(session, li.id, f"{n}", clock.now() + dt.timedelta(minutes=1), f"said:{n}", clock.now())
    clock.move(hours=1)
    start = threading.Barrier(4)

    def tick(_: int) -> int:
        start.wait()
        with database.write() as session:
            return due.tick(session, clock.now())["reminders"]

    assert sum(people.all_at_once(tick, list(range(4)))) == 40
    assert deliveries(database) == 40


def test_a_tick_that_dies_before_its_commit_leaves_all_to_the_next(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        li = people.contact(session, clock.now())
        reminders.remind(session, li.id, "体检", clock.now() + dt.timedelta(minutes=1), "said:1", clock.now())
    clock.move(hours=1)
    with pytest.raises(KeyboardInterrupt), database.write() as session:
        reminders.queue_due(session, clock.now())
        raise KeyboardInterrupt
    assert deliveries(database) == 0
    with database.write() as session:
        assert reminders.queue_due(session, clock.now()) == 1


def test_a_reminder_can_be_cancelled_by_its_owner_until_it_goes(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        li, wang = people.contact(session, clock.now(), "1"), people.contact(session, clock.now(), "2")
        soon = clock.now() + dt.timedelta(minutes=1)
        first = reminders.remind(session, li.id, "一", soon, "said:1", clock.now())
        second = reminders.remind(session, li.id, "二", soon, "said:2", clock.now())
        with pytest.raises(NotFound):
            reminders.cancel(session, wang.id, first.id)
        reminders.cancel(session, li.id, first.id)
        with pytest.raises(NotFound):
            reminders.cancel(session, li.id, first.id)
    clock.move(hours=1)
    with database.write() as session:
        assert reminders.queue_due(session, clock.now()) == 1
        with pytest.raises(NotFound):
            reminders.cancel(session, li.id, second.id)

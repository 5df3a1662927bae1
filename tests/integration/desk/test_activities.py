"""Seats, the waiting list, and the reminders that come with a seat."""

import datetime as dt
import threading

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import activities, contacts, due, reminders
from desk.activities import ActivitySession, Enrollment
from desk.database import Database, Signal
from desk.errors import Conflict, Invalid, NotFound
from desk.outbox import Delivery
from tests.conftest import FakeClock
from tests.fakes import people

HOURS = [24, 2]
ZONE = "Asia/Shanghai"


def session_of(session: Session, clock: FakeClock, capacity: int = 1, **ahead: float) -> ActivitySession:
    activity = activities.add_activity(session, "免费体检", "带身份证", "health_check", clock.now())
    starts_at = clock.now() + dt.timedelta(**(ahead or {"days": 3}))
    return activities.add_session(session, activity.id, starts_at, "市工人文化宫", capacity, clock.now())


def enrol(session: Session, held: ActivitySession, address: str, clock: FakeClock) -> Enrollment:
    contact = people.contact(session, clock.now(), address)
    return activities.enrol(session, held.id, contact.id, HOURS, ZONE, clock.now())


def tick(database: Database, clock: FakeClock) -> list[str]:
    """What goes out now: each delivery made by this tick, as its text."""
    with database.read() as session:
        known = set(session.scalars(select(Delivery.id)))
    with database.write() as session:
        due.tick(session, clock.now())
    with database.read() as session:
        return [d.body["text"] for d in session.scalars(select(Delivery).order_by(Delivery.id)) if d.id not in known]


def test_the_seats_are_taken_in_turn_and_then_there_is_a_waiting_list(database: Database, clock: FakeClock, signals: list[Signal]) -> None:
    with database.write() as session:
        held = session_of(session, clock, 2)
    states = []
    for n in range(4):
        clock.move(minutes=1)
        with database.write() as session:
            states.append(enrol(session, held, f"c{n}", clock).state)
    assert states == ["enrolled", "enrolled", "waiting", "waiting"]
    with database.read() as session:
        (offer,) = activities.offers(session, clock.now())
        assert (offer.enrolled, offer.waiting, offer.free) == (2, 2, 0)
        assert activities.offers(session, clock.now(), "coupons") == []
        assert [c.address for _, c in activities.roll(session, held.id)] == ["c0", "c1", "c2", "c3"]
        ((_, offers),) = activities.schedule(session)
        assert [(o.enrolled, o.waiting) for o in offers] == [(2, 2)]
    assert Signal("activity", held.activity_id) in signals


def test_enrolling_twice_changes_nothing(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        held = session_of(session, clock, 2)
        first = enrol(session, held, "c", clock)
        again = enrol(session, held, "c", clock)
        assert (again.id, again.since) == (first.id, first.since)
        assert len(reminders.upcoming(session, first.contact_id)) == 2
        assert activities.offers(session, clock.now())[0].enrolled == 1


def test_the_last_seat_is_given_once(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        held = session_of(session, clock, 1)
        ids = [people.contact(session, clock.now(), f"c{n}").id for n in range(6)]
    start = threading.Barrier(6)

    def join(contact_id: str) -> str:
        start.wait()
        with database.write() as session:
            return activities.enrol(session, held.id, contact_id, HOURS, ZONE, clock.now()).state

    assert sorted(people.all_at_once(join, ids)) == ["enrolled"] + ["waiting"] * 5


def test_one_seat_given_back_twice_at_once_is_one_seat(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        held = session_of(session, clock, 1)
        seat = enrol(session, held, "c0", clock)
        for n in range(1, 4):
            enrol(session, held, f"c{n}", clock)
    start = threading.Barrier(3)

    def leave(_: int) -> str:
        start.wait()
        with database.write() as session:
            return activities.cancel_enrollment(session, seat.id, seat.contact_id, HOURS, ZONE, clock.now()).state

    results = people.all_at_once(leave, [1, 2, 3])
    assert sorted(type(result).__name__ for result in results) == ["NotFound", "NotFound", "str"]
    with database.read() as session:
        (offer,) = activities.offers(session, clock.now())
        assert (offer.enrolled, offer.waiting) == (1, 2)


def test_a_seat_given_back_goes_to_the_first_who_waits_and_they_are_told(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        held = session_of(session, clock, 1)
        seat = enrol(session, held, "c0", clock)
        clock.move(minutes=1)
        first = enrol(session, held, "c1", clock)
        contacts.set_language(session, first.contact_id, "en")
        clock.move(minutes=1)
        enrol(session, held, "c2", clock)
        with pytest.raises(NotFound):
            activities.cancel_enrollment(session, seat.id, first.contact_id, HOURS, ZONE, clock.now())
        activities.cancel_enrollment(session, seat.id, seat.contact_id, HOURS, ZONE, clock.now())
    with database.read() as session:
        states = {c.address: e.state for e, c in activities.roll(session, held.id)}
        assert states == {"c0": "cancelled", "c1": "enrolled", "c2": "waiting"}
        told = session.scalars(select(Delivery)).one()
        assert told.contact_id == first.contact_id and "免费体检" in told.body["text"]
        assert told.body["buttons"][0][0]["payload"] == f"/unenroll {first.id}"
        assert reminders.upcoming(session, seat.contact_id) == []
        assert len(reminders.upcoming(session, first.contact_id)) == 2


def test_giving_up_a_place_in_the_waiting_list_frees_no_seat(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        held = session_of(session, clock, 1)
        enrol(session, held, "c0", clock)
        waiting = enrol(session, held, "c1", clock)
        enrol(session, held, "c2", clock)
        activities.cancel_enrollment(session, waiting.id, waiting.contact_id, HOURS, ZONE, clock.now())
        (offer,) = activities.offers(session, clock.now())
        assert (offer.enrolled, offer.waiting) == (1, 1)
        with pytest.raises(NotFound):
            activities.cancel_enrollment(session, waiting.id, waiting.contact_id, HOURS, ZONE, clock.now())


def test_reminders_come_a_day_and_two_hours_before(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        held = session_of(session, clock, 1, days=3)
        enrol(session, held, "c", clock)
    came = []
    for _ in range(80):
        clock.move(hours=1)
        came += [(held.starts_at - clock.now(), text) for text in tick(database, clock)]
    assert [before for before, _ in came] == [dt.timedelta(hours=24), dt.timedelta(hours=2)]
    # Monday 10:00 in Shanghai, three days on.
    assert all("免费体检" in text and "11月26日（周四）10:00" in text and "市工人文化宫" in text for _, text in came)


def test_who_enrols_late_gets_only_what_lies_ahead(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        soon, now = session_of(session, clock, 1, hours=10), session_of(session, clock, 1, hours=1)
        later = session_of(session, clock, 1, days=500)
        for held, count in ((soon, 1), (now, 1), (later, 3)):
            seat = enrol(session, held, "c", clock)
            assert len(reminders.upcoming(session, seat.contact_id)) == count


def test_whoever_comes_back_is_reminded_again(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        held = session_of(session, clock, 1, days=3)
        seat = enrol(session, held, "c", clock)
        activities.cancel_enrollment(session, seat.id, seat.contact_id, HOURS, ZONE, clock.now())
        assert activities.enrollments_of(session, seat.contact_id, clock.now()) == []
    clock.move(minutes=5)
    assert tick(database, clock) == []
    with database.write() as session:
        again = enrol(session, held, "c", clock)
        assert (again.id, again.state) == (seat.id, "enrolled")
        assert len(reminders.upcoming(session, seat.contact_id)) == 2
        assert len(activities.enrollments_of(session, seat.contact_id, clock.now())) == 1
    clock.move(days=3)
    assert len(tick(database, clock)) == 2
    assert tick(database, clock) == []


def test_what_has_begun_or_was_cancelled_takes_nobody(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        held, off = session_of(session, clock, 1, hours=1), session_of(session, clock, 1, hours=2)
        off.cancelled_at = clock.now()
        seat = enrol(session, held, "c0", clock)
        waits = enrol(session, held, "c1", clock)
        with pytest.raises(NotFound):
            activities.enrol(session, "no-such", seat.contact_id, HOURS, ZONE, clock.now())
        with pytest.raises(Conflict):
            enrol(session, off, "c2", clock)
    clock.move(hours=1)
    with database.write() as session:
        with pytest.raises(Conflict):
            enrol(session, held, "c2", clock)
        # A seat given back after the beginning helps nobody.
        activities.cancel_enrollment(session, seat.id, seat.contact_id, HOURS, ZONE, clock.now())
        session.refresh(session.get_one(Enrollment, waits.id))
        assert session.get_one(Enrollment, waits.id).state == "waiting"
        assert activities.offers(session, clock.now()) == []


def test_an_activity_needs_a_name_a_place_a_seat_and_a_time_to_come(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        activity = activities.add_activity(session, "体检", "", "health_check", clock.now())
        tomorrow = clock.now() + dt.timedelta(days=1)
        with pytest.raises(Invalid):
            activities.add_activity(session, " ", "", "health_check", clock.now())
        for starts_at, place, capacity in ((clock.now(), "厅", 1), (tomorrow, " ", 1), (tomorrow, "厅", 0), (tomorrow, "厅", 100_001)):
            with pytest.raises(Invalid):
                activities.add_session(session, activity.id, starts_at, place, capacity, clock.now())
        with pytest.raises(NotFound):
            activities.add_session(session, "no-such", tomorrow, "厅", 1, clock.now())


def test_a_moment_is_said_in_the_workers_zone() -> None:
    moment = dt.datetime(2026, 11, 24, 17, 30, tzinfo=dt.UTC)
    assert activities.when(moment, ZONE) == "11月25日（周三）01:30"

"""The boundary: one writer at a time, all or nothing, and word of it only after the commit."""

import asyncio
import datetime as dt
import threading
import time
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from desk import contacts
from desk.contacts import Contact
from desk.conversations import Conversation
from desk.database import Database, Signal, announce, insert_ignore
from desk.errors import Invalid
from desk.organizations import Organization, ensure_organization
from tests.conftest import FakeClock
from tests.fakes import people


def test_two_writers_never_read_and_write_across_each_other(sqlite_database: Database, clock: FakeClock) -> None:
    """Without the lock and BEGIN IMMEDIATE both would read the same number and one step would be lost."""
    with sqlite_database.write() as session:
        conversation, _ = people.said(session, clock.now())
    inside: list[int] = []

    def step(_: int) -> None:
        for _ in range(10):
            with sqlite_database.write() as session:
                inside.append(1)
                assert sum(inside) == 1, "two writers at once"
                row = session.get_one(Conversation, conversation.id)
                row.epoch += 1
                session.flush()
                inside.pop()

    assert people.all_at_once(step, [1, 2]) == [None, None]
    with sqlite_database.read() as session:
        assert session.get_one(Conversation, conversation.id).epoch == 21


def test_within_a_process_nobody_relies_on_sqlites_patience(sqlite_database: Database, clock: FakeClock) -> None:
    """Writers of one process queue up before SQLite sees them, however long one of them takes."""

    @event.listens_for(sqlite_database.engine, "connect")
    def impatient(connection: Any, _record: Any) -> None:
        connection.execute("PRAGMA busy_timeout=0")

    sqlite_database.engine.dispose()
    start = threading.Barrier(4)

    def write(n: int) -> None:
        start.wait()
        with sqlite_database.write() as session:
            people.contact(session, clock.now(), f"c{n}")
            time.sleep(0.02)

    assert people.all_at_once(write, list(range(4))) == [None] * 4


def test_two_processes_on_one_file_wait_for_each_other(sqlite_database: Database, clock: FakeClock) -> None:
    other = Database(str(sqlite_database.engine.url))
    started, order = threading.Event(), list[str]()

    def slow() -> None:
        with sqlite_database.write() as session:
            people.contact(session, clock.now(), "1")
            started.set()
            time.sleep(0.1)
            order.append("first")

    thread = threading.Thread(target=slow)
    thread.start()
    started.wait()
    with other.write() as session:
        order.append("second")
        people.contact(session, clock.now(), "2")
    thread.join()
    other.close()
    assert order == ["first", "second"]


def test_all_or_nothing_and_no_word_of_what_was_undone(database: Database, clock: FakeClock, signals: list[Signal]) -> None:
    with pytest.raises(Invalid), database.write() as session:
        people.contact(session, clock.now())
        announce(session, "conversation", "x")
        raise Invalid("nein")
    assert signals == []
    with database.read() as session:
        assert session.scalar(select(Contact)) is None
    seen: list[bool] = []
    database.publish = lambda signal: seen.append(stored(database))
    with database.write() as session:
        people.contact(session, clock.now())
        announce(session, "conversation", "x")
        assert seen == []
    assert seen == [True], "published once, when others can already read it"


def stored(database: Database) -> bool:
    with database.read() as session:
        return session.scalar(select(Contact)) is not None


async def test_work_runs_in_threads_and_commits(database: Database, clock: FakeClock) -> None:
    threads: set[int] = set()

    def make(session: Session, address: str) -> str:
        threads.add(threading.get_ident())
        return people.contact(session, clock.now(), address).id

    made = await asyncio.gather(*(database.writing(make, f"c{n}") for n in range(20)))
    assert threading.get_ident() not in threads
    for contact_id in made:
        assert (await database.reading(contacts.contact_by_id, contact_id)).id == contact_id


def test_a_time_comes_back_as_it_went_in(database: Database) -> None:
    moment = dt.datetime(2026, 11, 23, 10, 0, 0, 123456, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    with database.write() as session:
        people.contact(session, moment)
    with database.read() as session:
        kept = session.scalars(select(Contact)).one().created_at
        assert kept == moment and kept.tzinfo == dt.UTC
        assert session.scalar(select(Contact).where(Contact.created_at <= moment)) is not None
    with pytest.raises(Exception, match="without a zone"), database.write() as session:
        people.contact(session, dt.datetime(2026, 1, 1), "2")  # noqa: DTZ001


def test_an_insert_says_whether_it_went_in(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        row = {"channel": "web", "address": "1", "created_at": clock.now()}
        assert [insert_ignore(session, Contact, **row) for _ in range(2)] == [True, False]
        city = ensure_organization(session, "南京市总工会", "city", None, clock.now())
        assert ensure_organization(session, "南京市总工会", "city", None, clock.now()).id == city.id
        assert session.get_one(Organization, city.id).parent_id is None


@pytest.mark.parametrize("url", ["mysql://u:secret@h/db", "desk.db", ""])
def test_a_wrong_address_names_the_setting_and_hides_the_password(url: str) -> None:
    with pytest.raises(Invalid) as problem:
        Database(url)
    assert "UNIONDESK_DATABASE_URL" in problem.value.message and "secret" not in problem.value.message

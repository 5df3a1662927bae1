"""Who may sign in to the console: five wrong guesses lock the name, a sign-in ends when it should."""

import datetime as dt
import threading

import pytest

from desk import agents
from desk.agents import Agent
from desk.database import Database
from desk.errors import Forbidden, Invalid, NotFound
from tests.conftest import FakeClock
from tests.fakes import people

PASSWORD = "correct horse 9"
LASTS = dt.timedelta(hours=12)


@pytest.fixture
def wang(database: Database, clock: FakeClock) -> Agent:
    with database.write() as session:
        return agents.add_agent(session, "wang", "小王", "counsellor", PASSWORD, clock.now())


def guess(database: Database, clock: FakeClock, password: str, username: str = "wang") -> bool:
    with database.write() as session:
        return agents.check_password(session, username, password, clock.now()) is not None


def test_a_password_is_checked_and_never_kept(database: Database, clock: FakeClock, wang: Agent) -> None:
    assert PASSWORD not in wang.password_hash and wang.password_hash.startswith("$argon2")
    assert guess(database, clock, PASSWORD)
    assert not guess(database, clock, PASSWORD, "nobody")
    assert not guess(database, clock, "wrong")


def test_five_wrong_guesses_lock_the_name_for_a_quarter_of_an_hour(database: Database, clock: FakeClock, wang: Agent) -> None:
    for _ in range(4):
        assert not guess(database, clock, "wrong")
    assert guess(database, clock, PASSWORD), "a right one in between starts the count anew"
    for _ in range(5):
        assert not guess(database, clock, "wrong")
    with pytest.raises(Forbidden):
        guess(database, clock, PASSWORD)
    clock.move(minutes=14, seconds=59)
    with pytest.raises(Forbidden):
        guess(database, clock, PASSWORD)
    clock.move(seconds=1)
    assert guess(database, clock, PASSWORD)


def test_guesses_made_at_once_count_as_many(database: Database, clock: FakeClock, wang: Agent) -> None:
    start = threading.Barrier(6)

    def attack(n: int) -> bool:
        start.wait()
        return guess(database, clock, f"wrong{n}")

    results = people.all_at_once(attack, list(range(6)))
    assert sorted(type(result).__name__ for result in results) == ["Forbidden"] + ["bool"] * 5


def test_a_sign_in_lasts_as_long_as_it_should(database: Database, clock: FakeClock, wang: Agent) -> None:
    with database.write() as session:
        token = agents.sign_in(session, wang.id, clock.now(), LASTS)
    clock.move(hours=11, minutes=59)
    with database.read() as session:
        me = agents.signed_in(session, token, clock.now())
        assert me is not None and me.agent.id == wang.id and len(me.csrf) == 43
        assert agents.signed_in(session, token + "x", clock.now()) is None
        assert agents.signed_in(session, "", clock.now()) is None
    clock.move(minutes=1)
    with database.read() as session:
        assert agents.signed_in(session, token, clock.now()) is None


def test_signing_out_ends_this_browser_only(database: Database, clock: FakeClock, wang: Agent) -> None:
    with database.write() as session:
        here, there = (agents.sign_in(session, wang.id, clock.now(), LASTS) for _ in range(2))
        agents.sign_out(session, here)
        assert agents.signed_in(session, here, clock.now()) is None
        assert agents.signed_in(session, there, clock.now()) is not None


def test_a_new_password_or_leaving_ends_every_sign_in(database: Database, clock: FakeClock, wang: Agent) -> None:
    with database.write() as session:
        token = agents.sign_in(session, wang.id, clock.now(), LASTS)
        agents.set_password(session, "wang", "another horse 7")
        assert agents.signed_in(session, token, clock.now()) is None
        token = agents.sign_in(session, wang.id, clock.now(), LASTS)
        agents.set_active(session, wang.id, False)
        assert agents.signed_in(session, token, clock.now()) is None
        assert agents.agents(session) == [] and len(agents.everyone(session)) == 1
    assert not guess(database, clock, "another horse 7")
    with database.write() as session:
        agents.set_active(session, wang.id, True)
    assert guess(database, clock, "another horse 7")


def test_what_an_agent_must_have(database: Database, clock: FakeClock, wang: Agent) -> None:
    with database.write() as session:
        for username, role, password in (("wang", "admin", PASSWORD), ("li", "boss", PASSWORD), ("li", "admin", "short")):
            with pytest.raises(Invalid):
                agents.add_agent(session, username, "小李", role, password, clock.now())
        with pytest.raises(Invalid):
            agents.set_password(session, "wang", "short")
        with pytest.raises(NotFound):
            agents.set_password(session, "nobody", PASSWORD)


def test_a_chat_is_linked_once_by_its_code(database: Database, clock: FakeClock, wang: Agent) -> None:
    with database.write() as session:
        chat, other = people.contact(session, clock.now(), "1"), people.contact(session, clock.now(), "2")
        old, code = agents.link_code(session, wang.id), agents.link_code(session, wang.id)
        assert agents.link_contact(session, "", chat.id) is None
        assert agents.link_contact(session, old, chat.id) is None
        linked = agents.link_contact(session, code, chat.id)
        assert linked is not None and linked.contact_id == chat.id
        assert agents.link_contact(session, code, other.id) is None
        assert agents.agent_by_id(session, wang.id).contact_id == chat.id

"""A contact is one person on one channel, and belongs to the segments that what is known of them says."""

import threading

import pytest

from desk import contacts
from desk.contacts import Segment
from desk.database import Database
from desk.errors import NotFound
from tests.conftest import FakeClock
from tests.fakes import people


def found(database: Database, segment: Segment) -> list[str]:
    with database.read() as session:
        ids = list(session.scalars(contacts.in_segment(segment)))
        assert contacts.count_segment(session, segment) == len(ids) and ids == sorted(ids)
        return [contacts.contact_by_id(session, contact_id).address for contact_id in ids]


def test_a_contact_is_made_once_and_renamed(database: Database, clock: FakeClock) -> None:
    start = threading.Barrier(5)

    def enter(n: int) -> str:
        start.wait()
        with database.write() as session:
            return contacts.ensure_contact(session, "telegram", "1001", f"名字{n}", clock.now()).id

    assert len(set(people.all_at_once(enter, list(range(5))))) == 1
    with database.write() as session:
        assert contacts.ensure_contact(session, "telegram", "1001", "新名字", clock.now()).name == "新名字"
        assert contacts.ensure_contact(session, "telegram", "1001", "", clock.now()).name == "新名字"
        assert len(contacts.ensure_contact(session, "telegram", "1002", "长" * 300, clock.now()).name) == 120


def test_a_segment_is_what_all_of_its_parts_say(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        for address, district, industry, tags in [
            ("a", "江宁区", "外卖", {"困难", "女工"}),
            ("b", "江宁区", "建筑", {"困难"}),
            ("c", "鼓楼区", "外卖", set()),
            ("d", "江宁区", "外卖", {"困难"}),
            ("e", "江宁区", "外卖", {"困难"}),
        ]:
            contacts.tag(session, people.contact(session, clock.now(), address, district=district, industry=industry).id, tags)
        contacts.subscribe(session, people.contact(session, clock.now(), "d").id, False)
        contacts.mark_blocked(session, "telegram", "e", True, clock.now())
        contacts.mark_blocked(session, "telegram", "nobody", True, clock.now())
    assert found(database, Segment()) == ["a", "b", "c"]
    assert found(database, Segment(district="江宁区")) == ["a", "b"]
    assert found(database, Segment(district="江宁区", industry="外卖")) == ["a"]
    assert found(database, Segment(tags=("困难",))) == ["a", "b"]
    assert found(database, Segment(tags=("困难", "女工"))) == ["a"]
    assert found(database, Segment(industry="矿山")) == []
    segment = Segment("江宁区", "外卖", ("困难",))
    assert Segment.from_dict(segment.as_dict()) == segment and Segment.from_dict({}) == Segment()
    with database.read() as session:
        choices = contacts.segment_choices(session)
    assert choices == {"districts": sorted(["江宁区", "鼓楼区"]), "industries": sorted(["外卖", "建筑"]), "tags": sorted(["困难", "女工"])}


def test_whoever_writes_has_let_us_in_again(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        people.said(session, clock.now())
        contacts.mark_blocked(session, "telegram", "1001", True, clock.now())
    assert found(database, Segment()) == []
    with database.write() as session:
        people.said(session, clock.now(), "我又来了")
    assert found(database, Segment()) == ["1001"]


def test_tags_are_added_once_and_replaced(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        who = people.contact(session, clock.now()).id
    start = threading.Barrier(4)

    def add(_: int) -> None:
        start.wait()
        with database.write() as session:
            contacts.add_tag(session, who, "体检")

    assert people.all_at_once(add, list(range(4))) == [None] * 4
    with database.write() as session:
        contacts.add_tag(session, who, "女工")
        assert contacts.tags_of(session, who) == sorted(["体检", "女工"])
        contacts.tag(session, who, {"女工", "", "困难"})
        assert contacts.tags_of(session, who) == sorted(["困难", "女工"])


def test_what_was_said_is_kept_and_nothing_is_forgotten(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        who = people.contact(session, clock.now()).id
        contacts.describe(session, who, district="江宁区", phone="13800000000")
        contacts.describe(session, who, district="", industry="外" * 300)
        stored = contacts.contact_by_id(session, who)
        assert (stored.district, stored.phone, len(stored.industry)) == ("江宁区", "13800000000", 60)
        assert [contacts.set_language(session, who, language) for language in ("en", "", "xx", "zh")] == ["en", "zh", "en", "zh"]
        with pytest.raises(NotFound):
            contacts.subscribe(session, "no-such", False)

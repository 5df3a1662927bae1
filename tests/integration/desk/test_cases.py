"""A case from the handoff to the rating, and back again."""

import threading

import pytest
from sqlalchemy import func, select, update

from desk import agents, cases, conversations, outbox
from desk.cases import Case, Handoff
from desk.conversations import Message
from desk.database import Database, Signal
from desk.errors import Conflict, Invalid, NotFound
from desk.outbox import Delivery
from tests.conftest import FakeClock
from tests.fakes import people
from tests.fakes.people import POLICY


def test_a_turn_that_is_run_again_finds_the_case_it_opened(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, message = people.said(session, clock.now(), "找人工")
        handoff = Handoff(message.id, "asked", topic="wage_arrears", title="工" * 300, facts={"months": 3})
        first = cases.hand_off(session, conversation.id, handoff, POLICY, clock.now())
    clock.move(minutes=1)
    with database.write() as session:
        again = cases.hand_off(session, conversation.id, handoff, POLICY, clock.now())
        assert again.id == first.id
        assert cases.opened_by(session, message.id) and not cases.opened_by(session, "another")
    with database.read() as session:
        assert [e.kind for e in cases.events(session, first.id)] == ["opened"]
        stored = cases.case_by_id(session, first.id)
        assert len(stored.title) == 120
        assert conversations.conversation_by_id(session, conversation.id).holder == "human"
        assert (stored.first_reply_due, stored.waiting_since) == (first.opened_at.replace(minute=30), first.opened_at)


def test_a_handoff_while_a_case_is_open_adds_to_it(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now(), facts={"months": 3}, title="欠薪")
    clock.move(minutes=2)
    with database.write() as session:
        urgent = Handoff("second", "urgent", "urgent", topic="wage_arrears", title="堵门" * 100, facts={"people": 20})
        added = cases.hand_off(session, case.conversation_id, urgent, POLICY, clock.now())
        assert added.id == case.id
    with database.read() as session:
        stored = cases.case_by_id(session, case.id)
        assert stored.facts == {"months": 3, "people": 20}
        assert (stored.urgency, stored.topic, len(stored.title)) == (0, "wage_arrears", 120)
        assert stored.waiting_since == case.opened_at
        # What became urgent must also be answered as soon as an urgent one.
        assert stored.first_reply_due is not None and (stored.first_reply_due - clock.now()).total_seconds() == 300
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_two_handoffs_at_once_open_one_case(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, _ = people.said(session, clock.now())
    start = threading.Barrier(3)

    def hand_off(source: str) -> None:
        start.wait()
        with database.write() as session:
            cases.hand_off(session, conversation.id, Handoff(source, "asked"), POLICY, clock.now())

    assert people.all_at_once(hand_off, ["a", "a", "b"]) == [None] * 3
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 1


def test_the_queue_shows_the_urgent_first_then_who_waits_longest(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        me = people.agent(session, clock.now())
        wanted = {}
        for name, urgency in [("早", "normal"), ("答过", "normal"), ("晚", "normal"), ("高", "high"), ("急", "urgent")]:
            wanted[people.opened(session, clock.now(), name, urgency).id] = name
            clock.move(minutes=1)
        answered = next(case_id for case_id, name in wanted.items() if name == "答过")
        cases.reply(session, answered, me, "在处理", clock.now())
        done = people.opened(session, clock.now(), "办结")
        cases.resolve(session, done.id, me, clock.now())
    with database.read() as session:
        rows = cases.queue(session)
        assert [wanted[case.id] for case, _, _ in rows] == ["急", "高", "早", "晚", "答过"]
        assert [last.text for _, _, last in rows if last] == ["找人工"] * 4 + ["在处理"]
        assert [wanted[case.id] for case, _, _ in cases.queue(session, agent_id=me.id)] == ["答过"]
        assert len(cases.queue(session, unassigned=True)) == 4
        assert [case.id for case, _, _ in cases.queue(session, state="resolved")] == [done.id]
        assert len(cases.queue(session, limit=2)) == 2


def test_the_first_word_takes_the_case_and_keeps_the_others_out(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now())
        wang, li = people.agent(session, clock.now(), "wang"), people.agent(session, clock.now(), "li")
        with pytest.raises(Invalid):
            cases.reply(session, case.id, wang, "  ", clock.now())
        with pytest.raises(Invalid):
            cases.reply(session, case.id, wang, "长" * 4001, clock.now())
        with pytest.raises(NotFound):
            cases.reply(session, "no-such", wang, "您好", clock.now())
    clock.move(minutes=3)
    with database.write() as session:
        assert cases.reply(session, case.id, wang, "您好，我是小王", clock.now()) is not None
    with pytest.raises(Conflict), database.write() as session:
        cases.reply(session, case.id, li, "我也来", clock.now())
    with database.write() as session:
        stored = cases.case_by_id(session, case.id)
        assert (stored.agent_id, stored.first_reply_at, stored.waiting_since) == (wang.id, clock.now(), None)
        cases.assign(session, case.id, li.id, wang, clock.now())
        assert cases.reply(session, case.id, li, "我是小李", clock.now()) is not None
        assert cases.case_by_id(session, case.id).first_reply_at == stored.first_reply_at
    with database.read() as session:
        assert [e.kind for e in cases.events(session, case.id)] == ["opened", "assigned", "assigned"]
        said = conversations.messages_after(session, case.conversation_id)
        assert [m.text for m in said] == ["找人工", "您好，我是小王", "我是小李"]
        lanes = session.scalars(select(Delivery.lane)).all()
        assert set(lanes) == {outbox.LANES["agent"]}


def test_the_same_press_of_the_button_is_one_reply(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now())
        wang = people.agent(session, clock.now())
    start = threading.Barrier(3)

    def press(_: int) -> Message | None:
        start.wait()
        with database.write() as session:
            return cases.reply(session, case.id, wang, "您好", clock.now(), dedupe_key="form-1")

    results = people.all_at_once(press, [1, 2, 3])
    assert sorted(type(result).__name__ for result in results) == ["Message", "NoneType", "NoneType"]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 1
        assert session.scalar(select(func.count()).select_from(Message).where(Message.direction == "out")) == 1


def test_two_counsellors_at_once_one_takes_it(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now())
        both = [people.agent(session, clock.now(), "wang"), people.agent(session, clock.now(), "li")]
    start = threading.Barrier(2)

    def press(agent: agents.Agent) -> Message | None:
        start.wait()
        with database.write() as session:
            return cases.reply(session, case.id, agent, "您好", clock.now())

    results = people.all_at_once(press, both)
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "Message"]


def test_replies_and_handoffs_at_once_do_not_wait_for_each_other_for_ever(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now())
        wang = people.agent(session, clock.now())
    start = threading.Barrier(3)

    def act(who: str) -> None:
        start.wait()
        for n in range(8):
            with database.write() as session:
                if who == "agent":
                    cases.reply(session, case.id, wang, "您好", clock.now())
                elif who == "bot":
                    cases.hand_off(session, case.conversation_id, Handoff(f"s{n}", "asked", facts={f"f{n}": n}), POLICY, clock.now())
                else:
                    _, message = people.said(session, clock.now(), f"补充{n}")
                    cases.worker_wrote(session, case.conversation_id, message.id, "normal", clock.now())

    assert people.all_at_once(act, ["agent", "bot", "worker"]) == [None] * 3
    with database.read() as session:
        assert len(cases.case_by_id(session, case.id).facts) == 8


def test_each_resolution_asks_once_for_a_rating(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now())
        wang = people.agent(session, clock.now())
        conversations.remember(session, case.conversation_id, doubts=1)
        cases.resolve(session, case.id, wang, clock.now())
    with pytest.raises(Conflict), database.write() as session:
        cases.resolve(session, case.id, wang, clock.now())
    with pytest.raises(Conflict), database.write() as session:
        cases.reply(session, case.id, wang, "还有一句", clock.now())
    with database.write() as session:
        conversation = conversations.conversation_by_id(session, case.conversation_id)
        assert (conversation.holder, conversation.epoch, conversation.memory) == ("bot", 3, {})
        assert cases.reopen(session, case.conversation_id, POLICY, clock.now()) is not None
        cases.resolve(session, case.id, wang, clock.now())
        asked = [m for m in conversations.messages_after(session, case.conversation_id) if m.direction == "out"]
        assert len(asked) == 2
        assert [row[0]["payload"] for row in asked[0].buttons] == [f"/rate {case.id} {score}" for score in (5, 4, 3, 2, 1)]
        assert all(len(row[0]["payload"].encode()) <= 64 for row in asked[0].buttons)
        assert session.scalar(select(func.count()).select_from(Delivery)) == 2


def test_the_workers_last_rating_counts(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        case, other = people.opened(session, clock.now()), people.opened(session, clock.now(), "2002")
        cases.resolve(session, case.id, people.agent(session, clock.now()), clock.now())
        cases.rate(session, case.conversation_id, case.id, 2, clock.now())
        assert cases.rate(session, case.conversation_id, case.id, 5, clock.now()).rating == 5
        for score in (0, 6):
            with pytest.raises(Invalid):
                cases.rate(session, case.conversation_id, case.id, score, clock.now())
        with pytest.raises(NotFound):
            cases.rate(session, other.conversation_id, case.id, 1, clock.now())


@pytest.mark.parametrize(("days", "opens"), [(0, True), (6.99, True), (7, True), (7.01, False), (30, False)])
def test_a_word_within_seven_days_reopens(database: Database, clock: FakeClock, days: float, opens: bool) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now())
        wang = people.agent(session, clock.now())
        cases.reply(session, case.id, wang, "您好", clock.now())
        assert cases.reopenable(session, case.conversation_id, POLICY, clock.now()) is None
        cases.resolve(session, case.id, wang, clock.now())
    clock.move(days=days)
    with database.write() as session:
        again = cases.reopen(session, case.conversation_id, POLICY, clock.now())
        assert (again is not None) is opens
        if again is not None:
            assert (again.state, again.agent_id, again.waiting_since, again.first_reply_at) == ("open", wang.id, clock.now(), None)
            assert conversations.conversation_by_id(session, case.conversation_id).holder == "human"
            assert cases.reopen(session, case.conversation_id, POLICY, clock.now()) is None


def test_a_case_does_not_come_back_to_somebody_who_left(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now())
        held = people.opened(session, clock.now(), "2002")
        wang, boss = people.agent(session, clock.now()), people.agent(session, clock.now(), "boss", "admin")
        cases.resolve(session, case.id, wang, clock.now())
        cases.assign(session, held.id, wang.id, boss, clock.now())
        agents.set_active(session, wang.id, False)
        assert cases.release_cases(session, wang.id, boss, clock.now()) == 1
        with pytest.raises(NotFound):
            cases.assign(session, held.id, wang.id, boss, clock.now())
    with database.write() as session:
        cases.reopen(session, case.conversation_id, POLICY, clock.now())
    with database.read() as session:
        assert {c.id for c, _, _ in cases.queue(session, unassigned=True)} == {case.id, held.id}


def test_danger_in_a_later_word_moves_the_case_up(database: Database, clock: FakeClock, signals: list[Signal]) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now())
        cases.reply(session, case.id, people.agent(session, clock.now()), "您好", clock.now())
    clock.move(minutes=1)
    for level, urgency in (("normal", 2), ("urgent", 0), ("high", 0)):
        with database.write() as session:
            _, message = people.said(session, clock.now(), level)
            cases.worker_wrote(session, case.conversation_id, message.id, level, clock.now())
        with database.read() as session:
            stored = cases.case_by_id(session, case.id)
            assert (stored.urgency, stored.waiting_since) == (urgency, clock.now())
            assert conversations.next_turn(session, case.conversation_id) is None
    with database.read() as session:
        assert [e.kind for e in cases.events(session, case.id)] == ["opened", "assigned", "urgent"]
    assert Signal("case", case.id) in signals


def test_an_overdue_first_word_is_marked_once(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        urgent, normal = people.opened(session, clock.now(), "1", "urgent"), people.opened(session, clock.now(), "2")
        cases.reply(session, people.opened(session, clock.now(), "3").id, people.agent(session, clock.now()), "您好", clock.now())
    marked = []
    for minutes in (4, 1, 24, 1, 600):
        clock.move(minutes=minutes)
        with database.write() as session:
            marked.append(cases.mark_breaches(session, clock.now()))
    assert marked == [0, 1, 0, 1, 0]
    with database.read() as session:
        assert [e.kind for e in cases.events(session, urgent.id)] == ["opened", "breached"]
        assert cases.case_by_id(session, normal.id).breached_at is not None


def test_a_case_goes_to_the_team_of_its_topic(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        session.add_all([agents.Team(name="法援", topics=["wage_arrears"]), agents.Team(name="综合", topics=[])])
        session.flush()
        teams = {team.id: team.name for team in session.scalars(select(agents.Team))}
        legal = people.opened(session, clock.now(), "1", topic="wage_arrears")
        rest = people.opened(session, clock.now(), "2", topic="coupons")
        assert [teams[str(c.team_id)] for c in (legal, rest)] == ["法援", "综合"]
        session.execute(update(Case).values(team_id=None))


def test_a_note_stays_in_the_house(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        case = people.opened(session, clock.now())
        cases.note(session, case.id, people.agent(session, clock.now()), "  已电话核实 ", clock.now())
        with pytest.raises(Invalid):
            cases.note(session, case.id, people.agent(session, clock.now(), "li"), " ", clock.now())
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
        assert conversations.messages_after(session, case.conversation_id, notes=True)[-1].text == "已电话核实"
        assert cases.cases_of(session, case.conversation_id)[0].id == case.id

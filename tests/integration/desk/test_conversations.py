"""Messages are stored once, in order, and answered by whoever holds the conversation."""

import threading

import pytest
from sqlalchemy import func, select

from desk import contacts, conversations, outbox
from desk.contacts import Contact
from desk.conversations import Attachment, Conversation, Incoming, Message, Reply
from desk.database import Database, Signal
from desk.errors import NotFound
from desk.outbox import Delivery
from tests.conftest import FakeClock
from tests.fakes import people


def test_a_message_is_stored_once_by_the_channels_own_id(database: Database, clock: FakeClock) -> None:
    incoming = Incoming("telegram", "1001", "m1001:7", name="小李", text="老板拖了三个月工资")
    with database.write() as session:
        first = conversations.receive(session, incoming, clock.now())
    with database.write() as session:
        again = conversations.receive(session, incoming, clock.now())
    with database.write() as session:
        elsewhere = conversations.receive(session, Incoming("web", "w-1", "m1001:7", text="同号不同渠道"), clock.now())
    assert first[1] is True
    assert again == (first[0], False)
    assert elsewhere[1] is True and elsewhere[0] != first[0]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 2


def test_one_update_delivered_by_many_threads_at_once_is_one_message(database: Database, clock: FakeClock) -> None:
    """The first word of a contact nobody knows, delivered six times at the same moment."""
    incoming = Incoming("telegram", "1001", "m1001:1", text="你好")

    def deliver(_: int) -> tuple[str, bool]:
        with database.write() as session:
            return conversations.receive(session, incoming, clock.now())

    results = people.all_at_once(deliver, list(range(6)))
    assert sorted(fresh for _, fresh in results) == [False] * 5 + [True]
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Contact)) == 1
        assert session.scalar(select(func.count()).select_from(Conversation)) == 1
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_concurrent_writers_take_places_one_after_the_other(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, _ = people.said(session, clock.now(), "第一句")
    start = threading.Barrier(5)

    def write(writer: int) -> None:
        start.wait()
        for n in range(8):
            with database.write() as session:
                if writer % 2:
                    people.said(session, clock.now(), f"{writer}-{n}")
                else:
                    reply = Reply(f"{writer}-{n}")
                    conversations.send(session, conversation.id, reply, clock.now(), author="bot")

    assert people.all_at_once(write, list(range(5))) == [None] * 5
    with database.read() as session:
        rows = session.execute(select(Message.seq, Message.text).order_by(Message.seq)).tuples().all()
        assert [seq for seq, _ in rows] == list(range(1, 42))
        assert conversations.conversation_by_id(session, conversation.id).last_seq == 41
    for writer in range(5):
        own = [text for _, text in rows if text.startswith(f"{writer}-")]
        assert own == [f"{writer}-{n}" for n in range(8)]


def test_the_next_turn_is_the_oldest_that_is_unanswered(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, _ = people.said(session, clock.now(), "一")
        people.said(session, clock.now(), "二")
        people.said(session, clock.now(), "别人", address="2002")
    heard = []
    while True:
        with database.write() as session:
            turn = conversations.next_turn(session, conversation.id)
            if turn is None:
                break
            heard.append(turn.text)
            conversations.answer_turn(session, turn, [Reply("好")], clock.now())
    assert heard == ["一", "二"]
    with database.read() as session:
        assert len(conversations.unanswered(session)) == 1


def test_an_answer_is_stored_with_its_delivery_once(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, _ = people.said(session, clock.now())
        turn = conversations.next_turn(session, conversation.id)
        assert turn is not None
        to_send = conversations.answer_turn(session, turn, [Reply("一"), Reply(""), Reply("二")], clock.now())
    with database.write() as session:
        assert conversations.answer_turn(session, turn, [Reply("又一遍")], clock.now()) is None
    with database.read() as session:
        assert [m.text for m in conversations.messages_after(session, conversation.id)] == ["你好", "一", "二"]
        assert len(to_send) == len(outbox.states_of(session, to_send)) == 2


def test_an_answer_under_an_old_epoch_is_dropped_and_the_message_is_not_asked_again(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, _ = people.said(session, clock.now())
        turn = conversations.next_turn(session, conversation.id)
    assert turn is not None
    with database.write() as session:
        assert conversations.change_hands(session, conversation.id, "human") == turn.epoch + 1
        assert conversations.change_hands(session, conversation.id, "human") == turn.epoch + 1
    for dropped in ([], None):
        with database.write() as session:
            assert conversations.answer_turn(session, turn, [Reply("迟到的回答")], clock.now()) == dropped
    with database.read() as session:
        assert [m.text for m in conversations.messages_after(session, conversation.id)] == ["你好"]
        assert conversations.next_turn(session, conversation.id) is None
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0


def test_the_bots_own_handover_is_said_all_the_same(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, _ = people.said(session, clock.now())
        turn = conversations.next_turn(session, conversation.id)
        assert turn is not None
        conversations.change_hands(session, conversation.id, "human")
        assert len(conversations.answer_turn(session, turn, [Reply("已转人工", details={"handover": True})], clock.now())) == 1


def test_whoever_takes_over_while_the_answer_is_being_stored_comes_before_or_after_it(database: Database, clock: FakeClock) -> None:
    """The look at the epoch and the storing are one: a reply under the old epoch never lies behind the counsellor's."""
    for n in range(6):
        with database.write() as session:
            conversation, _ = people.said(session, clock.now(), address=f"c{n}")
            turn = conversations.next_turn(session, conversation.id)
        assert turn is not None
        start = threading.Barrier(2)

        def act(who: str, turn: conversations.Turn = turn, start: threading.Barrier = start) -> None:
            start.wait()
            with database.write() as session:
                if who == "bot":
                    conversations.answer_turn(session, turn, [Reply("机器人")], clock.now())
                else:
                    conversations.change_hands(session, turn.conversation_id, "human")
                    conversations.send(session, turn.conversation_id, Reply("工作人员"), clock.now(), author="agent", lane="agent")

        assert people.all_at_once(act, ["bot", "agent"]) == [None, None]
        with database.read() as session:
            said = [m.text for m in conversations.messages_after(session, conversation.id)]
        assert said in (["你好", "机器人", "工作人员"], ["你好", "工作人员"])


def test_what_the_bot_learns_at_once_is_all_kept(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, _ = people.said(session, clock.now())
    start = threading.Barrier(4)

    def learn(n: int) -> None:
        start.wait()
        for m in range(5):
            with database.write() as session:
                conversations.remember(session, conversation.id, **{f"fact{n}_{m}": n})

    assert people.all_at_once(learn, list(range(4))) == [None] * 4
    with database.write() as session:
        assert len(conversations.conversation_by_id(session, conversation.id).memory) == 20
        conversations.remember(session, conversation.id, fact0_0=None)
        assert "fact0_0" not in conversations.conversation_by_id(session, conversation.id).memory


def test_taking_over_and_forgetting_in_one_go_loses_neither(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, _ = people.said(session, clock.now())
        conversations.remember(session, conversation.id, doubts=1, topic="wage_arrears")
        conversations.change_hands(session, conversation.id, "human")
        conversations.remember(session, conversation.id, doubts=None)
    with database.read() as session:
        kept = conversations.conversation_by_id(session, conversation.id)
        assert (kept.holder, kept.epoch, kept.memory) == ("human", 2, {"topic": "wage_arrears"})


def test_an_edit_keeps_every_wording(database: Database, clock: FakeClock, signals: list[Signal]) -> None:
    with database.write() as session:
        conversation, message = people.said(session, clock.now(), "欠三个月", update_id="m1:1")
    signals.clear()
    with database.write() as session:
        conversations.edit_message(session, "telegram", "m1:1", "欠四个月")
        conversations.edit_message(session, "telegram", "m1:1", "欠五个月")
        assert conversations.edit_message(session, "telegram", "m1:1", "欠五个月") is not None
        assert conversations.edit_message(session, "telegram", "m1:999", "没有这条") is None
    with database.read() as session:
        stored = session.get_one(Message, message.id)
        assert (stored.text, stored.details["before"]) == ("欠五个月", ["欠三个月", "欠四个月"])
        assert conversations.wording(session, "telegram", "m1:1") == "欠五个月"
    assert set(signals) == {Signal("conversation", conversation.id)}


def test_what_no_database_holds_is_cut_and_not_lost(database: Database, clock: FakeClock) -> None:
    """PostgreSQL refuses NUL and what is longer than its column; the worker's message is stored all the same."""
    attachment = {"name": "合同" * 200 + ".pdf", "media_type": "application/" + "x" * 200, "size": 10, "remote_ref": "file-1"}
    incoming = Incoming(
        "telegram", "1001", "m1", name="长" * 200, text="你\0好" + "啊" * 9000, payload="/x " + "y" * 100, attachment=attachment
    )
    with database.write() as session:
        conversation_id, fresh = conversations.receive(session, incoming, clock.now())
    assert fresh
    with database.read() as session:
        message = conversations.messages_after(session, conversation_id)[0]
        stored = session.get_one(Attachment, message.attachment_id)
        assert message.text.startswith("你好") and len(message.text) == 8000
        assert len(stored.name) == 200 and stored.remote_ref == "file-1"


def test_a_shared_number_and_place_are_kept(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        incoming = Incoming("telegram", "1001", "m1", kind="contact", details={"phone": "+86 138" + "0" * 40})
        conversation_id, _ = conversations.receive(session, incoming, clock.now())
        where = Incoming("telegram", "1001", "m2", kind="location", details={"latitude": 32.06, "longitude": 118.79})
        conversations.receive(session, where, clock.now())
        conversations.remember(session, conversation_id, facts={"employer": "某厂"})
        for message in conversations.messages_after(session, conversation_id):
            conversations.note_details(session, conversation_id, message.id)
    with database.read() as session:
        conversation = conversations.conversation_by_id(session, conversation_id)
        assert len(contacts.contact_by_id(session, conversation.contact_id).phone) == 30
        assert conversation.memory["facts"] == {"employer": "某厂", "place": "32.06,118.79"}


def test_a_worker_never_sees_notes(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        conversation, _ = people.said(session, clock.now())
        conversations.add_message(session, conversation.id, clock.now(), direction="note", author="x", text="内部备注")
        conversations.send(session, conversation.id, Reply("您好"), clock.now(), author="bot")
    with database.read() as session:
        assert [m.text for m in conversations.messages_after(session, conversation.id)] == ["你好", "您好"]
        assert [m.text for m in conversations.messages_after(session, conversation.id, 1, notes=True)] == ["内部备注", "您好"]
        assert conversations.message_count(session, conversation.id) == 3
        with pytest.raises(NotFound):
            conversations.conversation_by_id(session, "no-such")


def test_the_latest_messages_are_shown_when_there_are_many(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        for n in range(12):
            conversation, _ = people.said(session, clock.now(), f"第{n}句")
    with database.read() as session:
        assert [m.seq for m in conversations.messages_after(session, conversation.id, limit=5)] == [8, 9, 10, 11, 12]
        assert [m.seq for m in conversations.messages_after(session, conversation.id, 3, limit=5)] == [4, 5, 6, 7, 8]


def test_attachments_wait_to_be_fetched_and_are_settled(database: Database, clock: FakeClock) -> None:
    with database.write() as session:
        for n in range(2):
            file = {"name": f"{n}.jpg", "media_type": "image/jpeg", "size": 1, "remote_ref": f"f{n}"}
            conversations.receive(session, Incoming("telegram", "1", f"m{n}", kind="photo", attachment=file), clock.now())
        first, second = conversations.unfetched_attachments(session, "telegram")
        conversations.settle_attachment(session, first.id, size=77)
        conversations.settle_attachment(session, second.id, problem="文件已过期")
        assert conversations.unfetched_attachments(session, "telegram") == []
        assert conversations.unfetched_attachments(session, "web") == []
        assert (first.size, second.size) == (77, 1)
        told = session.scalars(select(Message).where(Message.attachment_id == second.id)).one()
        assert told.details["attachment_problem"] == "文件已过期"

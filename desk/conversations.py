"""Conversation and Message: everything said with one contact on one channel.

`receive` stores what a worker sent, once; `next_turn` says what the bot has still to answer; `answer_turn` stores what
it said. Who may speak is decided by the lease: `holder` is the bot or a person, and `epoch` grows at every change of
hands, so that an answer worked out under an old epoch is dropped.
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk import outbox
from desk.contacts import Contact, ensure_contact
from desk.database import Table, announce, insert_ignore
from desk.errors import NotFound
from desk.ids import new_id

Buttons = list[list[dict[str, str]]]
# What a channel may say at greater length than there is room for: PostgreSQL would refuse the whole message.
_LENGTHS = {"name": 200, "media_type": 100}


class Conversation(Table):
    __tablename__ = "conversation"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contact.id"), unique=True)
    holder: Mapped[str] = mapped_column(String(8), default="bot")
    epoch: Mapped[int] = mapped_column(default=1)
    last_seq: Mapped[int] = mapped_column(default=0)
    last_message_at: Mapped[dt.datetime | None]
    # What the bot knew when it last answered: topic, articles shown, doubts in a row, facts collected.
    memory: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[dt.datetime]


class Message(Table):
    __tablename__ = "message"
    __table_args__ = (UniqueConstraint("conversation_id", "seq"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"))
    seq: Mapped[int]
    direction: Mapped[str] = mapped_column(String(4))  # in, out, note
    author: Mapped[str] = mapped_column(String(40))  # worker, bot, system, or an agent's id
    kind: Mapped[str] = mapped_column(String(12), default="text")
    text: Mapped[str] = mapped_column(Text, default="")
    payload: Mapped[str] = mapped_column(String(80), default="")
    buttons: Mapped[list[list[dict[str, str]]]] = mapped_column(default=list)
    attachment_id: Mapped[str | None] = mapped_column(ForeignKey("attachment.id"))
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[dt.datetime]
    handled_at: Mapped[dt.datetime | None] = mapped_column(index=True)


class Attachment(Table):
    """A file that a worker or a counsellor sent: its bytes lie in the data folder under its id."""

    __tablename__ = "attachment"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(default=0)
    # Where the channel keeps it until it was fetched (a Telegram file_id).
    remote_ref: Mapped[str] = mapped_column(String(250), default="")
    created_at: Mapped[dt.datetime]


class SeenUpdate(Table):
    """A channel's own id of something it delivered: what makes `receive` safe to repeat."""

    __tablename__ = "seen_update"

    channel: Mapped[str] = mapped_column(String(20), primary_key=True)
    update_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(26))


@dataclass(frozen=True)
class Incoming:
    """What a channel hands in. `update_id` is the channel's own; `payload` is a pressed button's."""

    channel: str
    address: str
    update_id: str
    name: str = ""
    kind: str = "text"
    text: str = ""
    payload: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    attachment: dict[str, Any] | None = None


@dataclass(frozen=True)
class Turn:
    """One message that waits for an answer, and under which epoch the answer counts."""

    message_id: str
    conversation_id: str
    contact_id: str
    channel: str
    address: str
    language: str
    holder: str
    epoch: int
    kind: str
    text: str
    payload: str
    memory: dict[str, Any]


@dataclass(frozen=True)
class Reply:
    """One bubble: text and, below it, rows of buttons ({"label", "payload"})."""

    text: str
    buttons: Buttons = field(default_factory=list)
    attachment_id: str | None = None
    # Says who is speaking when a person takes over in the same turn; see `answer_turn`.
    details: dict[str, Any] = field(default_factory=dict)


def receive(session: Session, incoming: Incoming, now: dt.datetime) -> tuple[str, bool]:
    """Store one incoming message, once. Returns its conversation's id, and False when it had been stored before."""
    contact = ensure_contact(session, incoming.channel, incoming.address, incoming.name, now)
    conversation = ensure_conversation(session, contact.id, now)
    message_id = new_id()
    if not insert_ignore(session, SeenUpdate, channel=incoming.channel, update_id=incoming.update_id, message_id=message_id):
        return conversation.id, False
    attachment_id = None
    if incoming.attachment is not None:
        given = {name: value[:length] if (length := _LENGTHS.get(name)) else value for name, value in incoming.attachment.items()}
        attachment = Attachment(created_at=now, **given)
        session.add(attachment)
        session.flush()
        attachment_id = attachment.id
    add_message(
        session,
        conversation.id,
        now,
        id=message_id,
        direction="in",
        author="worker",
        kind=incoming.kind,
        text=incoming.text.replace("\0", "")[:8000],
        payload=incoming.payload[:80],
        details=incoming.details,
        attachment_id=attachment_id,
    )
    return conversation.id, True


def ensure_conversation(session: Session, contact_id: str, now: dt.datetime) -> Conversation:
    """The conversation with a contact, made at the first word."""
    conversation = session.scalar(select(Conversation).where(Conversation.contact_id == contact_id))
    if conversation is None:
        insert_ignore(session, Conversation, contact_id=contact_id, created_at=now, memory={})
        conversation = session.scalars(select(Conversation).where(Conversation.contact_id == contact_id)).one()
    return conversation


def lock(session: Session, conversation_id: str) -> Conversation:
    """The conversation as it is now, which nobody else changes until this session is done. Raises NotFound.

    Whoever also locks a case locks its conversation first: two who take them in turns wait for each other for ever.
    """
    conversation = session.get(Conversation, conversation_id, with_for_update=True, populate_existing=True)
    if conversation is None:
        raise NotFound("没有这个对话")
    return conversation


def conversation_by_id(session: Session, conversation_id: str) -> Conversation:
    """Raises NotFound."""
    conversation = session.get(Conversation, conversation_id)
    if conversation is None:
        raise NotFound("没有这个对话")
    return conversation


def add_message(session: Session, conversation_id: str, now: dt.datetime, **values: Any) -> Message:
    """Append a message: the conversation's counter gives it its place, so that two writers cannot take the same one."""
    seq = session.execute(
        update(Conversation)
        .where(Conversation.id == conversation_id)
        .values(last_seq=Conversation.last_seq + 1, last_message_at=now)
        .returning(Conversation.last_seq)
        .execution_options(synchronize_session=False)
    ).scalar_one()
    message = Message(conversation_id=conversation_id, seq=seq, created_at=now, **values)
    if message.direction != "in":
        message.handled_at = now
    session.add(message)
    session.flush()
    announce(session, "conversation", conversation_id)
    return message


def send(
    session: Session, conversation_id: str, reply: Reply, now: dt.datetime, *, author: str, lane: str = "reply", **delivery: Any
) -> Message:
    """Store an outgoing message and its way to the contact, in one."""
    message = add_message(
        session,
        conversation_id,
        now,
        direction="out",
        author=author,
        text=reply.text,
        buttons=reply.buttons,
        attachment_id=reply.attachment_id,
        details=reply.details,
    )
    contact_id = conversation_by_id(session, conversation_id).contact_id
    outbox.enqueue(session, contact_id=contact_id, message_id=message.id, lane=lane, due_at=now, now=now, **delivery)
    return message


def unanswered(session: Session) -> list[str]:
    """Ids of conversations with something stored and not yet answered: what a restart has to take up."""
    return list(session.scalars(select(Message.conversation_id).where(Message.handled_at.is_(None)).distinct()))


def next_turn(session: Session, conversation_id: str) -> Turn | None:
    """The oldest message of a conversation that nobody has handled, or None."""
    row = session.execute(
        select(Message, Conversation, Contact)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Message.conversation_id == conversation_id, Message.handled_at.is_(None))
        .order_by(Message.seq)
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    message, conversation, contact = row
    return Turn(
        message_id=message.id,
        conversation_id=conversation.id,
        contact_id=contact.id,
        channel=contact.channel,
        address=contact.address,
        language=contact.language,
        holder=conversation.holder,
        epoch=conversation.epoch,
        kind=message.kind,
        text=message.text,
        payload=message.payload,
        memory=dict(conversation.memory),
    )


def answer_turn(session: Session, turn: Turn, replies: list[Reply], now: dt.datetime) -> list[str] | None:
    """Store the bot's answer to a turn and mark it handled. Returns ids of the messages to send; None when it was handled before.

    The replies are dropped when the conversation changed hands after the turn was taken, unless the bot itself handed
    it over in this very turn (a reply whose details say `handover`); a turn that was answered already stays as it is.
    """
    done = session.execute(update(Message).where(Message.id == turn.message_id, Message.handled_at.is_(None)).values(handled_at=now))
    if not done.rowcount:  # type: ignore[attr-defined]
        return None
    # Locked: a counsellor who takes over in this moment comes either before the look at the epoch or after the reply.
    conversation = lock(session, turn.conversation_id)
    own_handover = any(reply.details.get("handover") for reply in replies)
    if conversation.epoch != turn.epoch and not own_handover:
        return []
    said = [reply for reply in replies if reply.text or reply.attachment_id]
    return [send(session, turn.conversation_id, reply, now, author="bot", in_hand=True).id for reply in said]


def mark_handled(session: Session, message_id: str, now: dt.datetime) -> None:
    """Nothing more is to be said to this message by the bot."""
    session.execute(update(Message).where(Message.id == message_id, Message.handled_at.is_(None)).values(handled_at=now))


def note_details(session: Session, conversation_id: str, message_id: str) -> None:
    """Keep a shared phone number with its contact, and a shared place with what is known of the matter."""
    message = session.get_one(Message, message_id)
    conversation = lock(session, conversation_id)
    if phone := message.details.get("phone"):
        session.get_one(Contact, conversation.contact_id).phone = str(phone)[:30]
    if "latitude" in message.details:
        known = conversation.memory.get("facts", {})
        remember(session, conversation_id, facts={**known, "place": f"{message.details['latitude']},{message.details['longitude']}"})


def change_hands(session: Session, conversation_id: str, holder: str) -> int:
    """Give the conversation to the bot or to a person. Returns the new epoch (the old one when nothing changed)."""
    conversation = lock(session, conversation_id)
    if conversation.holder != holder:
        conversation.holder = holder
        conversation.epoch += 1
        announce(session, "conversation", conversation_id)
    return conversation.epoch


def remember(session: Session, conversation_id: str, **facts: Any) -> None:
    """Keep what the bot learnt; a value of None forgets it."""
    conversation = lock(session, conversation_id)
    conversation.memory = recalled(conversation.memory, **facts)


def recalled(memory: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A memory with these facts in it; a value of None forgets one."""
    return {key: value for key, value in {**memory, **facts}.items() if value is not None}


def messages_after(session: Session, conversation_id: str, seq: int = 0, *, notes: bool = False, limit: int = 200) -> list[Message]:
    """Messages behind `seq`, in order; a worker's view leaves out the notes."""
    kinds = ("in", "out", "note") if notes else ("in", "out")
    query = select(Message).where(Message.conversation_id == conversation_id, Message.seq > seq, Message.direction.in_(kinds))
    if seq:
        return list(session.scalars(query.order_by(Message.seq).limit(limit)))
    latest = list(session.scalars(query.order_by(Message.seq.desc()).limit(limit)))
    return latest[::-1]


def edit_message(session: Session, channel: str, update_id: str, text: str) -> Message | None:
    """The worker edited what was stored under `update_id`: keep the old wording beside the new. None when unknown."""
    seen = session.get(SeenUpdate, (channel, update_id))
    message = session.get(Message, seen.message_id) if seen else None
    if message is None or message.text == text:
        return message
    message.details = {**message.details, "before": [*message.details.get("before", []), message.text]}
    message.text = text
    announce(session, "conversation", message.conversation_id)
    return message


def add_attachment(session: Session, name: str, media_type: str, size: int, now: dt.datetime) -> Attachment:
    """A file that is about to be sent; its bytes (`size` of them) go into the FileStore under its id."""
    attachment = Attachment(name=name[:200], media_type=media_type[:100], size=size, created_at=now)
    session.add(attachment)
    session.flush()
    return attachment


def attachment_by_id(session: Session, attachment_id: str) -> Attachment:
    """Raises NotFound."""
    attachment = session.get(Attachment, attachment_id)
    if attachment is None:
        raise NotFound("没有这个附件")
    return attachment


def wording(session: Session, channel: str, update_id: str) -> str | None:
    """What is stored now of the message that came under `update_id`; None when nothing came under it."""
    query = select(Message.text).join(SeenUpdate, SeenUpdate.message_id == Message.id)
    return session.scalar(query.where(SeenUpdate.channel == channel, SeenUpdate.update_id == update_id))


def unfetched_attachments(session: Session, channel: str, limit: int = 1000) -> list[Attachment]:
    """Attachments whose bytes the channel still keeps for us, the oldest first."""
    query = (
        select(Attachment)
        .join(Message, Message.attachment_id == Attachment.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Attachment.remote_ref != "", Contact.channel == channel)
    )
    return list(session.scalars(query.order_by(Attachment.id).limit(limit)))


def settle_attachment(session: Session, attachment_id: str, *, size: int | None = None, problem: str = "") -> None:
    """The bytes are here (`size` of them), or never will be (`problem` says why, in the message's details)."""
    attachment = attachment_by_id(session, attachment_id)
    attachment.remote_ref = ""
    attachment.size = attachment.size if size is None else size
    for message in session.scalars(select(Message).where(Message.attachment_id == attachment_id)):
        if problem:
            message.details = {**message.details, "attachment_problem": problem}
        announce(session, "conversation", message.conversation_id)


def message_count(session: Session, conversation_id: str) -> int:
    return session.scalar(select(func.count()).select_from(Message).where(Message.conversation_id == conversation_id)) or 0

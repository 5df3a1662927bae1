"""What a worker may see of the desk: their own conversation, and nothing of anybody else's."""

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.webchat.channel import NAME
from desk import conversations
from desk.agents import Agent
from desk.contacts import Contact, ensure_contact, set_language
from desk.conversations import Attachment, Conversation, Message, SeenUpdate
from desk.database import announce
from desk.errors import NotFound
from desk.texts import say

PAGE = 100
_SEEN_BY_WORKER = ("in", "out")


@dataclass(frozen=True)
class Worker:
    """Who is at the page, as far as the desk knows them."""

    contact_id: str
    conversation_id: str
    language: str
    holder: str  # bot, or a person's


class ShownAuthor(BaseModel):
    kind: Literal["worker", "bot", "system", "person"]
    name: str = ""


class ShownAttachment(BaseModel):
    id: str
    name: str
    media_type: str
    size: int
    url: str


class ShownMessage(BaseModel):
    """A message as the page gets it. `client_id` is the page's own id of something it sent."""

    seq: int
    id: str
    client_id: str = ""
    direction: Literal["in", "out"]
    author: ShownAuthor
    kind: str
    text: str
    buttons: list[list[dict[str, str]]]
    attachment: ShownAttachment | None = None
    created_at: dt.datetime
    edited: bool


class ShownHistory(BaseModel):
    """Messages in order. `older`: whether there is something before the first of them."""

    messages: list[ShownMessage]
    older: bool
    language: str
    holder: str


def worker_at(session: Session, address: str) -> Worker | None:
    """The worker whose token hashes to `address`; None before their first word."""
    row = session.execute(
        select(Contact, Conversation)
        .join(Conversation, Conversation.contact_id == Contact.id)
        .where(Contact.channel == NAME, Contact.address == address)
    ).one_or_none()
    return Worker(row[0].id, row[1].id, row[0].language, row[1].holder) if row else None


def enter(session: Session, address: str, language: str, now: dt.datetime) -> Worker:
    """Make the contact and its conversation, and tell the page's stream, which has waited for it."""
    contact = ensure_contact(session, NAME, address, "", now)
    if language:
        set_language(session, contact.id, language)
    conversation = conversations.ensure_conversation(session, contact.id, now)
    announce(session, "webchat", address)
    return Worker(contact.id, conversation.id, contact.language, conversation.holder)


def stored_as(session: Session, update_id: str) -> ShownMessage | None:
    """What was stored under a channel's update id, so that a repeated post gets the same answer."""
    seen = session.get(SeenUpdate, (NAME, update_id))
    message = session.get(Message, seen.message_id) if seen else None
    return shown(session, [message])[0] if message else None


def seconds_to_wait(session: Session, conversation_id: str, now: dt.datetime, most: int) -> int:
    """0, or how long until a worker who said `most` things within a minute may say the next."""
    earliest = session.scalar(
        select(Message.created_at)
        .where(Message.conversation_id == conversation_id, Message.direction == "in")
        .order_by(Message.seq.desc())
        .offset(most - 1)
        .limit(1)
    )
    if earliest is None:
        return 0
    left = 60 - (now - earliest).total_seconds()
    return max(0, int(left) + 1) if left > 0 else 0


def button_label(session: Session, conversation_id: str, payload: str, label: str) -> str | None:
    """The label of a button with this payload that was shown in the conversation, `label` if one has it. None: never shown."""
    found = None
    rows = session.scalars(
        select(Message.buttons).where(Message.conversation_id == conversation_id, Message.direction == "out").order_by(Message.seq.desc())
    )
    for buttons in rows:
        for button in (button for row in buttons for button in row):
            if button.get("payload") == payload:
                if not label or button["label"] == label:
                    return button["label"]
                found = found or button["label"]
    return found


def history(session: Session, address: str, *, after: int = 0, before: int = 0) -> ShownHistory:
    """The latest messages; with `after` the oldest behind that seq, with `before` the latest in front of it."""
    worker = worker_at(session, address)
    if worker is None:
        return ShownHistory(messages=[], older=False, language="", holder="bot")
    if before:
        messages = _messages_before(session, worker.conversation_id, before)
    else:
        messages = conversations.messages_after(session, worker.conversation_id, after, limit=PAGE)
    older = bool(messages) and not after and bool(_messages_before(session, worker.conversation_id, messages[0].seq, 1))
    return ShownHistory(messages=shown(session, messages), older=older, language=worker.language, holder=worker.holder)


def own_attachment(session: Session, address: str, attachment_id: str, language: str) -> Attachment:
    """A file of the worker's own conversation. Raises NotFound for any other, whether it exists or not."""
    attachment = session.scalar(
        select(Attachment)
        .join(Message, Message.attachment_id == Attachment.id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Attachment.id == attachment_id, Message.direction.in_(_SEEN_BY_WORKER), Contact.channel == NAME, Contact.address == address)
        .limit(1)
    )
    if attachment is None:
        raise NotFound(say(language, "webchat.refused.no_file"))
    return attachment


def shown(session: Session, messages: list[Message]) -> list[ShownMessage]:
    """Messages as the page gets them, with counsellors' names and files."""
    files = _by_id(session, Attachment, {m.attachment_id for m in messages if m.attachment_id})
    agents = _by_id(session, Agent, {m.author for m in messages if m.author not in ("worker", "bot", "system")})
    return [
        ShownMessage(
            seq=message.seq,
            id=message.id,
            client_id=message.details.get("client_id", ""),
            direction="in" if message.direction == "in" else "out",
            author=_author(message.author, agents),
            kind=message.kind,
            text=message.text,
            buttons=message.buttons,
            attachment=_file(files.get(message.attachment_id or "")),
            created_at=message.created_at,
            edited=bool(message.details.get("before")),
        )
        for message in messages
    ]


def _messages_before(session: Session, conversation_id: str, seq: int, limit: int = PAGE) -> list[Message]:
    query = select(Message).where(Message.conversation_id == conversation_id, Message.seq < seq, Message.direction.in_(_SEEN_BY_WORKER))
    return list(session.scalars(query.order_by(Message.seq.desc()).limit(limit)))[::-1]


def _by_id[T: (Attachment, Agent)](session: Session, table: type[T], ids: set[str]) -> dict[str, T]:
    return {row.id: row for row in session.scalars(select(table).where(table.id.in_(ids)))} if ids else {}


def _author(author: str, agents: dict[str, Agent]) -> ShownAuthor:
    match author:
        case "worker" | "bot" | "system":
            return ShownAuthor(kind=author)
        case _:
            return ShownAuthor(kind="person", name=agents[author].name if author in agents else "")


def _file(attachment: Attachment | None) -> ShownAttachment | None:
    if attachment is None:
        return None
    return ShownAttachment(
        id=attachment.id, name=attachment.name, media_type=attachment.media_type, size=attachment.size, url=f"/chat/files/{attachment.id}"
    )

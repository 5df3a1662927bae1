"""People and what they said, made through the desk itself: the short way to a conversation, a case, a counsellor."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy.orm import Session

from desk import cases, conversations
from desk.agents import Agent
from desk.cases import Case, Handoff, SlaPolicy
from desk.contacts import Contact, ensure_contact
from desk.conversations import Conversation, Incoming, Message

POLICY = SlaPolicy(urgent_minutes=5, normal_minutes=30, reopen_days=7)


def contact(session: Session, now: dt.datetime, address: str = "1001", channel: str = "telegram", **known: Any) -> Contact:
    made = ensure_contact(session, channel, address, "", now)
    for name, value in known.items():
        setattr(made, name, value)
    session.flush()
    return made


def agent(session: Session, now: dt.datetime, username: str = "wang", role: str = "counsellor") -> Agent:
    """An agent who cannot sign in: hashing a password is slow, and not what most tests are about."""
    made = Agent(username=username, name=username.title(), role=role, password_hash="-", created_at=now)
    session.add(made)
    session.flush()
    return made


def said(
    session: Session, now: dt.datetime, text: str = "你好", address: str = "1001", update_id: str = "", channel: str = "telegram"
) -> tuple[Conversation, Message]:
    """One message of a worker, as a channel hands it in."""
    incoming = Incoming(channel, address, update_id or f"{address}:{text}", text=text)
    conversation_id, _ = conversations.receive(session, incoming, now)
    conversation = conversations.conversation_by_id(session, conversation_id)
    return conversation, conversations.messages_after(session, conversation_id)[-1]


def opened(session: Session, now: dt.datetime, address: str = "1001", urgency: str = "normal", **handoff: Any) -> Case:
    """A case that a worker's message opened."""
    conversation, message = said(session, now, "找人工", address)
    case = cases.hand_off(session, conversation.id, Handoff(message.id, "asked", urgency, **handoff), POLICY, now)
    conversations.mark_handled(session, message.id, now)
    return case


def all_at_once(work: Any, arguments: list[Any]) -> list[Any]:
    """`work` for each of the arguments in threads of its own; what came back or was raised, in the order of the arguments."""

    def run(argument: Any) -> Any:
        try:
            return work(argument)
        except Exception as error:
            return error

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(run, arguments))

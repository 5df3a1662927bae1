"""Case: what a counsellor must settle. Opened by a handoff, routed, answered, resolved, rated, reopened."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, case, func, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk import conversations, texts
from desk.agents import Agent, team_for
from desk.contacts import Contact
from desk.conversations import Conversation, Message, Reply
from desk.database import Table, announce
from desk.errors import Conflict, Invalid, NotFound
from desk.ids import new_id
from desk.outbox import Delivery

URGENCIES = {"urgent": 0, "high": 1, "normal": 2}


class Case(Table):
    __tablename__ = "case"
    __table_args__ = (Index("ix_case_queue", "state", "urgency", "waiting_since"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("conversation.id"), index=True)
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, resolved
    urgency: Mapped[int] = mapped_column(default=2)
    reason: Mapped[str] = mapped_column(String(40))
    topic: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(120), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    team_id: Mapped[str | None] = mapped_column(ForeignKey("team.id"))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agent.id"), index=True)
    # The message that opened it: a turn that is run again finds the case it opened the first time.
    source_id: Mapped[str] = mapped_column(String(60), unique=True)
    opened_at: Mapped[dt.datetime]
    # Since when the worker waits for a person's word; None when the last word was the desk's.
    waiting_since: Mapped[dt.datetime | None]
    first_reply_due: Mapped[dt.datetime | None]
    first_reply_at: Mapped[dt.datetime | None]
    breached_at: Mapped[dt.datetime | None]
    resolved_at: Mapped[dt.datetime | None]
    rating: Mapped[int | None]
    rated_at: Mapped[dt.datetime | None]


class CaseEvent(Table):
    """What happened to a case, when, and by whom: its history for whoever takes it over."""

    __tablename__ = "case_event"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(20))
    agent_id: Mapped[str | None] = mapped_column(ForeignKey("agent.id"))
    detail: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[dt.datetime]


@dataclass(frozen=True)
class SlaPolicy:
    """How soon a worker must hear a person's first word, by urgency (minutes); how long a case may reopen (days)."""

    urgent_minutes: int = 5
    normal_minutes: int = 30
    reopen_days: int = 7

    def first_reply_due(self, urgency: int, now: dt.datetime) -> dt.datetime:
        return now + dt.timedelta(minutes=self.urgent_minutes if urgency == URGENCIES["urgent"] else self.normal_minutes)


@dataclass(frozen=True)
class Handoff:
    """Why a conversation goes to a person, and what they should know before they write a word."""

    source_id: str
    reason: str  # asked, doubt, article, urgent, form, contact
    urgency: str = "normal"
    topic: str = ""
    title: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def hand_off(session: Session, conversation_id: str, handoff: Handoff, policy: SlaPolicy, now: dt.datetime) -> Case:
    """Give the conversation to a person: open a case, or add to the one that is open. Safe to repeat with one source_id."""
    again = session.scalar(select(Case).where(Case.source_id == handoff.source_id))
    if again is not None:
        return again
    conversations.change_hands(session, conversation_id, "human")
    urgency = URGENCIES[handoff.urgency]
    current = open_case(session, conversation_id)
    if current is not None:
        current.facts = {**current.facts, **handoff.facts}
        current.urgency = min(current.urgency, urgency)
        if current.first_reply_at is None and current.first_reply_due is not None:
            current.first_reply_due = min(current.first_reply_due, policy.first_reply_due(urgency, now))
        current.topic = current.topic or handoff.topic
        current.title = handoff.title[:120] or current.title
        current.waiting_since = current.waiting_since or now
        _record(session, current, "added", None, handoff.title or handoff.reason, now)
        return current
    team = team_for(session, handoff.topic)
    opened = Case(
        number=_number(session, now),
        conversation_id=conversation_id,
        urgency=urgency,
        reason=handoff.reason,
        topic=handoff.topic,
        title=handoff.title[:120],
        facts=handoff.facts,
        team_id=team.id if team else None,
        source_id=handoff.source_id,
        opened_at=now,
        waiting_since=now,
        first_reply_due=policy.first_reply_due(urgency, now),
    )
    session.add(opened)
    session.flush()
    _record(session, opened, "opened", None, handoff.reason, now)
    return opened


def open_case(session: Session, conversation_id: str) -> Case | None:
    return session.scalar(select(Case).where(Case.conversation_id == conversation_id, Case.state == "open"))


def opened_by(session: Session, message_id: str) -> bool:
    """Whether this message is what handed its conversation to a person: then it is still the bot's to answer."""
    return session.scalar(select(Case.id).where(Case.source_id == message_id)) is not None


def case_by_id(session: Session, case_id: str) -> Case:
    """Raises NotFound."""
    found = session.get(Case, case_id)
    if found is None:
        raise NotFound("没有这个工单")
    return found


def worker_wrote(session: Session, conversation_id: str, message_id: str, urgency: str, now: dt.datetime) -> None:
    """A message came in while a person holds the conversation: it waits, and an urgent one moves the case up."""
    conversations.lock(session, conversation_id)
    held = open_case(session, conversation_id)
    if held is None:
        return
    held.waiting_since = held.waiting_since or now
    if URGENCIES[urgency] < held.urgency:
        held.urgency = URGENCIES[urgency]
        _record(session, held, "urgent", None, "", now)
    session.execute(update(Message).where(Message.id == message_id).values(handled_at=now))
    announce(session, "case", held.id)


def reopenable(session: Session, conversation_id: str, policy: SlaPolicy, now: dt.datetime) -> Case | None:
    """The case that a new word of the worker would open again: the latest, if it was resolved within `reopen_days`."""
    latest = session.scalar(
        select(Case).where(Case.conversation_id == conversation_id).order_by(Case.opened_at.desc(), Case.id.desc()).limit(1)
    )
    if latest is None or latest.resolved_at is None or latest.resolved_at < now - dt.timedelta(days=policy.reopen_days):
        return None
    return latest


def reopen(session: Session, conversation_id: str, policy: SlaPolicy, now: dt.datetime) -> Case | None:
    """Open the latest case again. None when there is none to open."""
    conversations.lock(session, conversation_id)
    latest = reopenable(session, conversation_id, policy, now)
    if latest is None:
        return None
    conversations.change_hands(session, conversation_id, "human")
    if latest.agent_id is not None and not session.get_one(Agent, latest.agent_id).active:
        # Whoever had it has left: it must stand in the queue, not in a list that nobody opens.
        latest.agent_id = None
    latest.state, latest.resolved_at, latest.waiting_since = "open", None, now
    latest.first_reply_due, latest.first_reply_at, latest.breached_at = policy.first_reply_due(latest.urgency, now), None, None
    _record(session, latest, "reopened", None, "", now)
    return latest


def reply(
    session: Session, case_id: str, agent: Agent, text: str, now: dt.datetime, *, attachment_id: str | None = None, dedupe_key: str = ""
) -> Message | None:
    """A counsellor's answer: stored and put in the outbox in one. Taking the first word takes the case.

    `dedupe_key` (from the form) makes a second press of the same button nothing: None then. Raises Invalid when empty,
    Conflict when another counsellor holds the case or it is resolved.
    """
    if not text.strip() and not attachment_id:
        raise Invalid("回复不能为空")
    if len(text) > 4000:
        raise Invalid("回复太长，请分成几条发送（最多 4000 字）")
    held = _held_case(session, case_id)
    if held.agent_id not in (None, agent.id):
        raise Conflict("此工单正由其他同事处理，请先转给自己再回复")
    if dedupe_key and _was_sent(session, dedupe_key):
        return None
    if held.agent_id is None:
        assign(session, case_id, agent.id, agent, now)
    held.waiting_since = None
    held.first_reply_at = held.first_reply_at or now
    conversations.change_hands(session, held.conversation_id, "human")
    extra = {"dedupe_key": dedupe_key} if dedupe_key else {}
    return conversations.send(
        session, held.conversation_id, Reply(text.strip(), attachment_id=attachment_id), now, author=agent.id, lane="agent", **extra
    )


def note(session: Session, case_id: str, agent: Agent, text: str, now: dt.datetime) -> Message:
    """A private note: kept in the conversation, never sent. Raises Invalid when empty."""
    if not text.strip():
        raise Invalid("备注不能为空")
    held = case_by_id(session, case_id)
    return conversations.add_message(session, held.conversation_id, now, direction="note", author=agent.id, text=text.strip())


def assign(session: Session, case_id: str, agent_id: str | None, by: Agent, now: dt.datetime) -> Case:
    """Give the case to a counsellor, or back to the queue (None)."""
    held = _held_case(session, case_id)
    taker = session.get(Agent, agent_id) if agent_id is not None else None
    if agent_id is not None and (taker is None or not taker.active):
        raise NotFound("没有这位工作人员，或账号已停用")
    held.agent_id = agent_id
    _record(session, held, "assigned", by.id, taker.name if taker else "", now)
    return held


def resolve(session: Session, case_id: str, agent: Agent, now: dt.datetime) -> Case:
    """Settle the case, give the conversation back to the bot, and ask the worker for a rating."""
    held = _held_case(session, case_id)
    held.state, held.resolved_at, held.waiting_since = "resolved", now, None
    held.agent_id = held.agent_id or agent.id
    conversations.change_hands(session, held.conversation_id, "bot")
    conversations.remember(session, held.conversation_id, doubts=None)
    _record(session, held, "resolved", agent.id, "", now)
    language = _language(session, held.conversation_id)
    buttons = [[{"label": "⭐" * score, "payload": f"/rate {held.id} {score}"}] for score in (5, 4, 3, 2, 1)]
    ask = Reply(texts.say(language, "rating.ask", number=held.number), buttons)
    resolved_times = session.scalar(select(func.count()).where(CaseEvent.case_id == held.id, CaseEvent.kind == "resolved"))
    key = f"rate:{held.id}:{resolved_times}"
    conversations.send(session, held.conversation_id, ask, now, author="system", lane="agent", dedupe_key=key)
    return held


def rate(session: Session, conversation_id: str, case_id: str, score: int, now: dt.datetime) -> Case:
    """The worker's rating, 1 to 5; the last one counts. Raises NotFound for somebody else's case, Invalid."""
    rated = session.get(Case, case_id)
    if rated is None or rated.conversation_id != conversation_id:
        raise NotFound("没有找到这次服务")
    if not 1 <= score <= 5:
        raise Invalid("评分是 1 到 5")
    rated.rating, rated.rated_at = score, now
    _record(session, rated, "rated", None, str(score), now)
    return rated


def mark_breaches(session: Session, now: dt.datetime) -> int:
    """Cases whose first reply is overdue: marked once, so that the console can show them first."""
    late = session.scalars(
        select(Case)
        .where(Case.state == "open", Case.first_reply_at.is_(None), Case.first_reply_due <= now, Case.breached_at.is_(None))
        .with_for_update(skip_locked=True)
    ).all()
    for overdue in late:
        overdue.breached_at = now
        _record(session, overdue, "breached", None, "", now)
    return len(late)


def release_cases(session: Session, agent_id: str, by: Agent, now: dt.datetime) -> int:
    """Put a counsellor's open cases back into the queue, for when they leave. Returns how many."""
    held = session.scalars(select(Case.id).where(Case.agent_id == agent_id, Case.state == "open")).all()
    for case_id in held:
        assign(session, case_id, None, by, now)
    return len(held)


def queue(
    session: Session, *, agent_id: str | None = None, unassigned: bool = False, state: str = "open", limit: int = 200
) -> list[tuple[Case, Contact, Message | None]]:
    """The inbox: open cases (all, nobody's, or one counsellor's), the urgent and the longest waiting first, each with its last message."""
    query = (
        select(Case, Contact)
        .join(Conversation, Conversation.id == Case.conversation_id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Case.state == state)
    )
    if agent_id is not None:
        query = query.where(Case.agent_id == agent_id)
    if unassigned:
        query = query.where(Case.agent_id.is_(None))
    waiting_first = case((Case.waiting_since.is_(None), 1), else_=0)
    order = (Case.resolved_at.desc(),) if state == "resolved" else (Case.urgency, waiting_first, Case.waiting_since, Case.opened_at)
    rows = session.execute(query.order_by(*order).limit(limit)).all()
    last_seqs = (
        select(Message.conversation_id, func.max(Message.seq))
        .where(Message.conversation_id.in_([found.conversation_id for found, _ in rows]), Message.direction != "note")
        .group_by(Message.conversation_id)
    )
    last_messages = session.scalars(select(Message).where(tuple_(Message.conversation_id, Message.seq).in_(last_seqs)))
    last = {message.conversation_id: message for message in last_messages}
    return [(found, contact, last.get(found.conversation_id)) for found, contact in rows]


def events(session: Session, case_id: str) -> list[CaseEvent]:
    return list(session.scalars(select(CaseEvent).where(CaseEvent.case_id == case_id).order_by(CaseEvent.at, CaseEvent.id)))


def cases_of(session: Session, conversation_id: str) -> list[Case]:
    """Every case of a conversation, the newest first."""
    return list(session.scalars(select(Case).where(Case.conversation_id == conversation_id).order_by(Case.opened_at.desc())))


def _held_case(session: Session, case_id: str) -> Case:
    conversations.lock(session, case_by_id(session, case_id).conversation_id)
    held = session.get_one(Case, case_id, with_for_update=True, populate_existing=True)
    if held.state != "open":
        raise Conflict("此工单已办结；职工再次留言会自动重新打开")
    return held


def _record(session: Session, of: Case, kind: str, agent_id: str | None, detail: str, now: dt.datetime) -> None:
    session.add(CaseEvent(case_id=of.id, kind=kind, agent_id=agent_id, detail=detail, at=now))
    announce(session, "case", of.id)


def _number(session: Session, now: dt.datetime) -> str:
    """What a worker quotes on the phone: the day, and six characters that nobody can count up."""
    while True:
        number = f"{now:%y%m%d}-{new_id()[-6:].upper()}"
        if session.scalar(select(Case.id).where(Case.number == number)) is None:
            return number


def _was_sent(session: Session, dedupe_key: str) -> bool:
    return session.scalar(select(Delivery.id).where(Delivery.dedupe_key == dedupe_key)) is not None


def _language(session: Session, conversation_id: str) -> str:
    return session.execute(
        select(Contact.language).join(Conversation, Conversation.contact_id == Contact.id).where(Conversation.id == conversation_id)
    ).scalar_one()

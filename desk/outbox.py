"""Outbox: everything on its way to a contact, one Delivery each, with one outcome each.

A delivery is `pending` until it is claimed, `sending` while the channel is being called, and then one of
  sent        the channel said so
  blocked     the contact does not want to hear from us
  failed      the channel refused it for good, or refused it too often
  unknown     the channel was called and never answered: it may have arrived, so it is not sent again by itself
  cancelled   its campaign was cancelled first, or the contact unsubscribed
A paused campaign's pending deliveries are `held` until it is resumed.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ForeignKey, Index, String, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from desk.contacts import Contact
from desk.database import Table, announce, insert_all_ignore, insert_ignore
from desk.errors import Conflict, NotFound
from desk.ids import new_id

LANES = {"reply": 0, "agent": 1, "due": 2, "campaign": 3}
OUTCOMES = ("sent", "blocked", "failed", "unknown", "cancelled")
CLAIM = dt.timedelta(seconds=30)
MAX_ATTEMPTS = 6


class Delivery(Table):
    __tablename__ = "delivery"
    __table_args__ = (
        Index("ix_delivery_waiting", "state", "lane", "due_at", "id"),
        # A contact's open deliveries, and a campaign's, among all that were ever sent.
        Index("ix_delivery_contact", "contact_id", "state"),
        Index("ix_delivery_campaign", "campaign_id", "state"),
    )

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contact.id"))
    message_id: Mapped[str | None] = mapped_column(ForeignKey("message.id"), index=True)
    campaign_id: Mapped[str | None] = mapped_column(ForeignKey("campaign.id"))
    # What to say when no message is stored yet (reminders, campaigns): it becomes one when it is claimed.
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    dedupe_key: Mapped[str] = mapped_column(String(120), unique=True)
    lane: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="pending")
    due_at: Mapped[dt.datetime]
    claimed_until: Mapped[dt.datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    external_id: Mapped[str] = mapped_column(String(60), default="")
    problem: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]


@dataclass(frozen=True)
class Outcome:
    """What a channel said of one send. `retry_after` (seconds) is set when it asks us to wait; state is then pending."""

    state: str
    external_id: str = ""
    problem: str = ""
    retry_after: float | None = None


def enqueue(
    session: Session,
    *,
    contact_id: str,
    lane: str,
    due_at: dt.datetime,
    now: dt.datetime,
    message_id: str | None = None,
    body: dict[str, Any] | None = None,
    campaign_id: str | None = None,
    dedupe_key: str = "",
    in_hand: bool = False,
) -> bool:
    """Put one delivery on its way. False when one with the same `dedupe_key` exists.

    `in_hand`: the caller sends it directly in a moment; the drain takes it only if that does not happen.
    """
    row = _row(contact_id, lane, due_at, now, body or {}, dedupe_key, message_id, campaign_id)
    return insert_ignore(session, Delivery, **row, claimed_until=now + dt.timedelta(seconds=5) if in_hand else None)


def enqueue_all(
    session: Session, lane: str, now: dt.datetime, parcels: list[tuple[str, dict[str, Any], str]], campaign_id: str | None = None
) -> None:
    """Put many on their way at once, each (contact's id, body, dedupe_key), without those whose key exists."""
    rows = [_row(contact_id, lane, now, now, body, dedupe_key, None, campaign_id) for contact_id, body, dedupe_key in parcels]
    insert_all_ignore(session, Delivery, rows)


def _row(
    contact_id: str,
    lane: str,
    due_at: dt.datetime,
    now: dt.datetime,
    body: dict[str, Any],
    dedupe_key: str,
    message_id: str | None,
    campaign_id: str | None,
) -> dict[str, Any]:
    delivery_id = new_id()
    return {
        "id": delivery_id,
        "contact_id": contact_id,
        "message_id": message_id,
        "campaign_id": campaign_id,
        "body": body,
        "dedupe_key": dedupe_key or delivery_id,
        "lane": LANES[lane],
        "state": "pending",
        "due_at": due_at,
        "created_at": now,
    }


def waiting(
    session: Session,
    now: dt.datetime,
    limit: int,
    *,
    skip_contacts: frozenset[str] = frozenset(),
    skip_channels: frozenset[str] = frozenset(),
) -> list[str]:
    """Ids of deliveries that may go now, the urgent lanes first, the oldest first within a lane.

    A contact's deliveries go one behind the other: only its first is offered, and none while one is being sent. One that
    is tried again keeps its place: what was written later waits behind it.
    """
    other = aliased(Delivery)
    before = and_(
        other.state == "pending",
        tuple_(other.lane, other.id) < tuple_(Delivery.lane, Delivery.id),
        or_(other.due_at <= now, other.attempts > 0),
    )
    in_front = select(other.id).where(
        other.contact_id == Delivery.contact_id,
        other.state.in_(("pending", "sending")),
        or_(before, and_(other.state == "sending", other.claimed_until > now)),
    )
    query = (
        select(Delivery.id)
        .where(
            Delivery.state == "pending",
            Delivery.due_at <= now,
            or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= now),
            ~in_front.exists(),
        )
        .order_by(Delivery.lane, Delivery.due_at, Delivery.id)
        .limit(limit)
    )
    if skip_contacts:
        query = query.where(Delivery.contact_id.not_in(skip_contacts))
    if skip_channels:
        query = query.join(Contact, Contact.id == Delivery.contact_id).where(Contact.channel.not_in(skip_channels))
    return list(session.scalars(query))


def is_first(session: Session, delivery_id: str) -> bool:
    """Whether nothing that was to go to the same contact earlier is still on its way."""
    delivery = session.get_one(Delivery, delivery_id)
    earlier = select(Delivery.id).where(
        Delivery.contact_id == delivery.contact_id,
        Delivery.state.in_(("pending", "sending")),
        Delivery.lane <= delivery.lane,
        Delivery.id < delivery_id,
    )
    return session.scalar(earlier.limit(1)) is None


def claim(session: Session, delivery_id: str, now: dt.datetime) -> bool:
    """Take a delivery before the channel is called. False when somebody else has it or it is not to go any more."""
    taken = session.execute(
        update(Delivery)
        .where(Delivery.id == delivery_id, Delivery.state == "pending")
        .values(state="sending", claimed_until=now + CLAIM, attempts=Delivery.attempts + 1)
        .execution_options(synchronize_session=False)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def settle(session: Session, delivery_id: str, outcome: Outcome, now: dt.datetime) -> None:
    """Record what became of a claimed delivery; a blocked contact is marked as such."""
    delivery = session.get(Delivery, delivery_id, with_for_update=True, populate_existing=True)
    # A claim that ran out was marked unknown: an answer that comes after all is the truth.
    if delivery is None or delivery.state not in ("sending", "unknown"):
        return
    delivery.problem = outcome.problem[:300]
    delivery.claimed_until = None
    if outcome.state == "pending":
        if outcome.retry_after is None and delivery.attempts >= MAX_ATTEMPTS:
            delivery.state, delivery.settled_at = "failed", now
        else:
            wait = outcome.retry_after if outcome.retry_after is not None else min(2.0**delivery.attempts, 300)
            delivery.state, delivery.due_at, delivery.settled_at = "pending", now + dt.timedelta(seconds=wait), None
    else:
        delivery.state, delivery.external_id, delivery.settled_at = outcome.state, outcome.external_id, now
        if outcome.state == "blocked":
            session.execute(update(Contact).where(Contact.id == delivery.contact_id).values(blocked_at=now))
    if delivery.campaign_id:
        announce(session, "campaign", delivery.campaign_id)
    if outcome.state != "sent":
        announce(session, "delivery", delivery_id)


def recover(session: Session, now: dt.datetime) -> int:
    """Claims that ran out: whoever held them died between calling the channel and writing down its answer.

    The web chat only shows what is stored, so there it is safe to go again; elsewhere the outcome is unknown.
    """
    lost = session.scalars(
        select(Delivery).where(Delivery.state == "sending", Delivery.claimed_until <= now).with_for_update(skip_locked=True)
    ).all()
    channels = {c.id: c.channel for c in session.scalars(select(Contact).where(Contact.id.in_([d.contact_id for d in lost])))}
    for delivery in lost:
        again = channels[delivery.contact_id] == "web"
        delivery.state = "pending" if again else "unknown"
        delivery.problem = "" if again else "中断时正在发送，是否送达未知"
        delivery.claimed_until = None
        delivery.settled_at = None if again else now
        if delivery.campaign_id:
            announce(session, "campaign", delivery.campaign_id)
        announce(session, "delivery", delivery.id)
    return len(lost)


def send_again(session: Session, delivery_id: str, now: dt.datetime) -> None:
    """A person decides that a delivery whose outcome is unknown or failed goes again. Raises NotFound, Conflict."""
    delivery = session.get(Delivery, delivery_id)
    if delivery is None:
        raise NotFound("没有这条发送记录")
    if delivery.state not in ("unknown", "failed"):
        raise Conflict("只有未送达或结果未知的消息可以重发")
    delivery.state, delivery.due_at, delivery.attempts, delivery.settled_at = "pending", now, 0, None


def cancel_campaign_deliveries(session: Session, campaign_id: str, now: dt.datetime) -> None:
    """What of a campaign has not been sent is not sent any more."""
    session.execute(
        update(Delivery)
        .where(Delivery.campaign_id == campaign_id, Delivery.state.in_(("pending", "held")))
        .values(state="cancelled", settled_at=now)
    )


def hold_campaign_deliveries(session: Session, campaign_id: str, held: bool) -> None:
    """Hold back what of a campaign has not been sent, or let it go again."""
    session.execute(
        update(Delivery)
        .where(Delivery.campaign_id == campaign_id, Delivery.state == ("pending" if held else "held"))
        .values(state="held" if held else "pending")
    )


def unsent(session: Session, campaign_id: str, most: int) -> int:
    """How many of a campaign's deliveries have no outcome yet, counted up to `most`."""
    open_ones = select(Delivery.id).where(Delivery.campaign_id == campaign_id, Delivery.state.in_(("pending", "sending"))).limit(most)
    return session.scalar(select(func.count()).select_from(open_ones.subquery())) or 0


def tally(session: Session, campaign_id: str) -> dict[str, int]:
    """How many deliveries of a campaign are in each state."""
    rows = session.execute(select(Delivery.state, func.count()).where(Delivery.campaign_id == campaign_id).group_by(Delivery.state))
    return {state: count for state, count in rows}


def states_of(session: Session, message_ids: list[str]) -> dict[str, tuple[str, str, str]]:
    """For each message on its way: delivery id, state and problem (for the console)."""
    rows = session.execute(
        select(Delivery.message_id, Delivery.id, Delivery.state, Delivery.problem).where(Delivery.message_id.in_(message_ids))
    )
    return {message_id: (delivery_id, state, problem) for message_id, delivery_id, state, problem in rows if message_id}


def backlog(session: Session) -> dict[str, int]:
    """How many deliveries wait, by lane: for /metrics."""
    lane_names = {number: name for name, number in LANES.items()}
    rows = session.execute(select(Delivery.lane, func.count()).where(Delivery.state == "pending").group_by(Delivery.lane))
    return {lane_names[lane]: count for lane, count in rows}

"""Reminder: something a contact is to be told at a certain time. The row is the truth; a tick only looks for what is due."""

import datetime as dt

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk import outbox, texts
from desk.contacts import Contact
from desk.database import Table
from desk.errors import Invalid, NotFound
from desk.ids import new_id

LONGEST = dt.timedelta(days=366)


class Reminder(Table):
    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("source_id"), Index("ix_reminder_due", "state", "due_at"))

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    contact_id: Mapped[str] = mapped_column(ForeignKey("contact.id"), index=True)
    enrollment_id: Mapped[str | None] = mapped_column(ForeignKey("enrollment.id"), index=True)
    text: Mapped[str] = mapped_column(String(300))
    due_at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(String(10), default="pending")  # pending, queued, cancelled
    # What asked for it (a message, or an enrollment and its lead time): asking twice makes one.
    source_id: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[dt.datetime]


def remind(
    session: Session, contact_id: str, text: str, due_at: dt.datetime, source_id: str, now: dt.datetime, enrollment_id: str | None = None
) -> Reminder:
    """Have `text` said at `due_at` (aware). Raises Invalid for the past, and for more than a year ahead unless it is an activity's."""
    again = session.scalar(select(Reminder).where(Reminder.source_id == source_id))
    if again is not None:
        return again
    if due_at <= now:
        raise Invalid("这个时间已经过去了，请说一个以后的时间")
    if due_at > now + LONGEST and enrollment_id is None:
        raise Invalid("最远只能提醒一年以内的事")
    reminder = Reminder(
        contact_id=contact_id, text=text[:300], due_at=due_at, source_id=source_id, enrollment_id=enrollment_id, created_at=now
    )
    session.add(reminder)
    session.flush()
    return reminder


def upcoming(session: Session, contact_id: str) -> list[Reminder]:
    """A contact's reminders that have not gone out, the next one first."""
    return list(
        session.scalars(select(Reminder).where(Reminder.contact_id == contact_id, Reminder.state == "pending").order_by(Reminder.due_at))
    )


def cancel(session: Session, contact_id: str, reminder_id: str) -> Reminder:
    """Raises NotFound when it is not theirs or has gone out."""
    reminder = session.get(Reminder, reminder_id)
    if reminder is None or reminder.contact_id != contact_id or reminder.state != "pending":
        raise NotFound("没有找到这个提醒，可能已经提醒过了")
    reminder.state = "cancelled"
    return reminder


def cancel_for_enrollment(session: Session, enrollment_id: str) -> None:
    session.execute(update(Reminder).where(Reminder.enrollment_id == enrollment_id, Reminder.state == "pending").values(state="cancelled"))


def queue_due(session: Session, now: dt.datetime, limit: int = 500) -> int:
    """Turn what is due into deliveries. However late the tick comes, everything overdue goes out, once."""
    due = session.execute(
        select(Reminder, Contact.language)
        .join(Contact, Contact.id == Reminder.contact_id)
        .where(Reminder.state == "pending", Reminder.due_at <= now)
        .order_by(Reminder.due_at)
        .limit(limit)
        .with_for_update(of=Reminder, skip_locked=True)
    ).all()
    parcels = [
        (reminder.contact_id, {"text": texts.say(language, "reminder.say", text=reminder.text)}, f"reminder:{reminder.id}")
        for reminder, language in due
    ]
    outbox.enqueue_all(session, "due", now, parcels)
    for reminder, _ in due:
        reminder.state = "queued"
    return len(due)

"""Activity > Session > Enrollment: what a union offers at a time and place, and who comes."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk import outbox, reminders, texts
from desk.contacts import Contact
from desk.database import Table, announce
from desk.errors import Conflict, Invalid, NotFound
from desk.ids import new_id


class Activity(Table):
    __tablename__ = "activity"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text, default="")
    topic: Mapped[str] = mapped_column(String(40), default="culture_sports")
    published: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[dt.datetime]


class ActivitySession(Table):
    __tablename__ = "activity_session"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    activity_id: Mapped[str] = mapped_column(ForeignKey("activity.id"), index=True)
    starts_at: Mapped[dt.datetime]
    place: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[int]
    cancelled_at: Mapped[dt.datetime | None]


class Enrollment(Table):
    __tablename__ = "enrollment"
    __table_args__ = (UniqueConstraint("session_id", "contact_id"),)

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    session_id: Mapped[str] = mapped_column(ForeignKey("activity_session.id"))
    contact_id: Mapped[str] = mapped_column(ForeignKey("contact.id"), index=True)
    state: Mapped[str] = mapped_column(String(10))  # enrolled, waiting, cancelled
    since: Mapped[dt.datetime]


@dataclass(frozen=True)
class Offer:
    """A session that can still be joined, and how full it is."""

    activity: Activity
    session: ActivitySession
    enrolled: int
    waiting: int

    @property
    def free(self) -> int:
        return max(self.session.capacity - self.enrolled, 0)


def add_activity(session: Session, title: str, description: str, topic: str, now: dt.datetime) -> Activity:
    """Raises Invalid without a title."""
    if not title.strip():
        raise Invalid("请填写活动名称")
    activity = Activity(title=title.strip()[:80], description=description.strip(), topic=topic, created_at=now)
    session.add(activity)
    session.flush()
    return activity


def add_session(session: Session, activity_id: str, starts_at: dt.datetime, place: str, capacity: int, now: dt.datetime) -> ActivitySession:
    """Raises Invalid for a past time, no place or fewer than one seat; NotFound."""
    if session.get(Activity, activity_id) is None:
        raise NotFound("没有这个活动")
    if starts_at <= now:
        raise Invalid("开始时间必须在现在之后")
    if not place.strip():
        raise Invalid("请填写地点")
    if not 1 <= capacity <= 100_000:
        raise Invalid("名额应在 1 到 100000 之间")
    added = ActivitySession(activity_id=activity_id, starts_at=starts_at, place=place.strip()[:120], capacity=capacity)
    session.add(added)
    session.flush()
    return added


def offers(session: Session, now: dt.datetime, topic: str = "") -> list[Offer]:
    """Sessions of published activities that have not begun, the soonest first."""
    query = (
        select(ActivitySession, Activity)
        .join(Activity, Activity.id == ActivitySession.activity_id)
        .where(Activity.published, ActivitySession.starts_at > now, ActivitySession.cancelled_at.is_(None))
        .order_by(ActivitySession.starts_at)
        .limit(30)
    )
    if topic:
        query = query.where(Activity.topic == topic)
    rows = session.execute(query).all()
    counts = _counts(session, [held.id for held, _ in rows]) if rows else {}
    return [Offer(activity, held, *counts[held.id]) for held, activity in rows]


def enrol(session: Session, session_id: str, contact_id: str, hours_before: list[int], zone: str, now: dt.datetime) -> Enrollment:
    """Take a seat, or a place on the waiting list when there is none. Doing it twice changes nothing.

    Raises NotFound, and Conflict when the session has begun or was cancelled.
    """
    held = session.get(ActivitySession, session_id, with_for_update=True, populate_existing=True)
    if held is None:
        raise NotFound("没有这场活动")
    if held.cancelled_at or held.starts_at <= now:
        raise Conflict("这场活动已经开始或取消，不能再报名")
    enrollment = session.scalar(select(Enrollment).where(Enrollment.session_id == session_id, Enrollment.contact_id == contact_id))
    if enrollment is not None and enrollment.state != "cancelled":
        return enrollment
    enrolled, _ = _counts(session, [session_id])[session_id]
    state = "enrolled" if enrolled < held.capacity else "waiting"
    if enrollment is None:
        enrollment = Enrollment(session_id=session_id, contact_id=contact_id, state=state, since=now)
        session.add(enrollment)
    else:
        enrollment.state, enrollment.since = state, now
    session.flush()
    if state == "enrolled":
        _remind(session, enrollment, held, hours_before, zone, now)
    announce(session, "activity", held.activity_id)
    return enrollment


def cancel_enrollment(
    session: Session, enrollment_id: str, contact_id: str, hours_before: list[int], zone: str, now: dt.datetime
) -> Enrollment:
    """Give the seat back; the first on the waiting list gets it and is told. Raises NotFound when it is not theirs."""
    enrollment = session.get(Enrollment, enrollment_id)
    if enrollment is None or enrollment.contact_id != contact_id or enrollment.state == "cancelled":
        raise NotFound("没有找到这个报名")
    held = session.get_one(ActivitySession, enrollment.session_id, with_for_update=True)
    # Looked at again behind the lock: a second press of the same button must not free a second seat.
    session.refresh(enrollment)
    if enrollment.state == "cancelled":
        raise NotFound("没有找到这个报名")
    freed, enrollment.state = enrollment.state == "enrolled", "cancelled"
    reminders.cancel_for_enrollment(session, enrollment.id)
    session.flush()
    if freed and held.starts_at > now:
        _promote(session, held, hours_before, zone, now)
    announce(session, "activity", held.activity_id)
    return enrollment


def enrollments_of(session: Session, contact_id: str, now: dt.datetime) -> list[tuple[Enrollment, ActivitySession, Activity]]:
    """What a contact has coming up."""
    query = (
        select(Enrollment, ActivitySession, Activity)
        .join(ActivitySession, ActivitySession.id == Enrollment.session_id)
        .join(Activity, Activity.id == ActivitySession.activity_id)
        .where(Enrollment.contact_id == contact_id, Enrollment.state != "cancelled", ActivitySession.starts_at > now)
        .order_by(ActivitySession.starts_at)
    )
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def roll(session: Session, session_id: str) -> list[tuple[Enrollment, Contact]]:
    """Who comes to a session, in the order in which they signed up."""
    query = (
        select(Enrollment, Contact)
        .join(Contact, Contact.id == Enrollment.contact_id)
        .where(Enrollment.session_id == session_id)
        .order_by(Enrollment.since, Enrollment.id)
    )
    return [tuple(row) for row in session.execute(query)]  # type: ignore[misc]


def schedule(session: Session) -> list[tuple[Activity, list[Offer]]]:
    """Every activity with all of its sessions, the newest activity first: the admin's view."""
    held: dict[str, list[ActivitySession]] = defaultdict(list)
    for one in session.scalars(select(ActivitySession).order_by(ActivitySession.starts_at)):
        held[one.activity_id].append(one)
    counts = _counts(session, None)
    newest_first = session.scalars(select(Activity).order_by(Activity.created_at.desc(), Activity.id.desc()))
    return [(activity, [Offer(activity, one, *counts[one.id]) for one in held[activity.id]]) for activity in newest_first]


def when(moment: dt.datetime, zone: str) -> str:
    """A moment as a worker reads it: 11月25日（周三）09:00."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local.month}月{local.day}日（周{'一二三四五六日'[local.weekday()]}）{local:%H:%M}"


def _counts(session: Session, session_ids: list[str] | None) -> dict[str, tuple[int, int]]:
    """How many are enrolled and how many wait, by session; None asks about all of them."""
    query = select(Enrollment.session_id, Enrollment.state, func.count()).group_by(Enrollment.session_id, Enrollment.state)
    if session_ids is not None:
        query = query.where(Enrollment.session_id.in_(session_ids))
    counts: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for session_id, state, count in session.execute(query):
        enrolled, waiting = counts[session_id]
        counts[session_id] = (count, waiting) if state == "enrolled" else (enrolled, count) if state == "waiting" else (enrolled, waiting)
    return counts


def _remind(session: Session, enrollment: Enrollment, held: ActivitySession, hours_before: list[int], zone: str, now: dt.datetime) -> None:
    activity = session.get_one(Activity, held.activity_id)
    language = session.get_one(Contact, enrollment.contact_id).language
    text = texts.say(language, "reminder.activity", title=activity.title, when=when(held.starts_at, zone), place=held.place)
    for hours in hours_before:
        due_at = held.starts_at - dt.timedelta(hours=hours)
        if due_at > now:
            source = f"enrollment:{enrollment.id}:{hours}:{enrollment.since.timestamp():.0f}"
            reminders.remind(session, enrollment.contact_id, text, due_at, source, now, enrollment.id)


def _promote(session: Session, held: ActivitySession, hours_before: list[int], zone: str, now: dt.datetime) -> None:
    first = session.scalar(
        select(Enrollment)
        .where(Enrollment.session_id == held.id, Enrollment.state == "waiting")
        .order_by(Enrollment.since, Enrollment.id)
        .limit(1)
    )
    if first is None:
        return
    first.state, first.since = "enrolled", now
    activity = session.get_one(Activity, held.activity_id)
    language = session.get_one(Contact, first.contact_id).language
    line = texts.say(language, "activity.promoted", title=activity.title, when=when(held.starts_at, zone), place=held.place)
    outbox.enqueue(
        session,
        contact_id=first.contact_id,
        lane="due",
        due_at=now,
        now=now,
        body={"text": line, "buttons": [[{"label": texts.say(language, "activity.cancel"), "payload": f"/unenroll {first.id}"}]]},
        dedupe_key=f"promoted:{first.id}:{now.timestamp():.0f}",
    )
    _remind(session, first, held, hours_before, zone, now)

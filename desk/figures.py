"""Figures: how the desk stands right now, and how today went."""

import datetime as dt
import statistics
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from desk import campaigns, outbox
from desk.cases import URGENCIES, Case, CaseEvent
from desk.conversations import Message

RATED_WITHIN = dt.timedelta(days=30)


@dataclass(frozen=True)
class Figures:
    """One screen of numbers. `first_reply_minutes` is today's median, `rating` the average of 30 days; None without data."""

    open_by_urgency: dict[str, int]
    unassigned: int
    waiting: int
    longest_wait: dt.timedelta | None
    overdue: int
    first_reply_minutes: float | None
    first_replies: int
    opened_today: int
    resolved_today: int
    rating: float | None
    ratings: int
    messages_in: int
    messages_bot: int
    messages_people: int
    campaigns_running: int
    backlog: dict[str, int]


@dataclass(frozen=True)
class Load:
    """How many open cases nobody holds, and how many one counsellor holds."""

    unassigned: int
    mine: int


def day_start(now: dt.datetime, zone: str) -> dt.datetime:
    """The midnight in `zone` with which today began."""
    return now.astimezone(ZoneInfo(zone)).replace(hour=0, minute=0, second=0, microsecond=0)


def load_of(session: Session, agent_id: str) -> Load:
    rows = session.execute(select(Case.agent_id, func.count()).where(Case.state == "open").group_by(Case.agent_id))
    counts = {holder: count for holder, count in rows}
    return Load(counts.get(None, 0), counts.get(agent_id, 0))


def figures(session: Session, now: dt.datetime, zone: str) -> Figures:
    today = day_start(now, zone)
    levels = {level: name for name, level in URGENCIES.items()}
    urgencies = session.execute(select(Case.urgency, func.count()).where(Case.state == "open").group_by(Case.urgency))
    by_urgency = dict.fromkeys(URGENCIES, 0) | {levels[level]: count for level, count in urgencies}
    waiting, since = session.execute(
        select(func.count(), func.min(Case.waiting_since)).where(Case.state == "open", Case.waiting_since.is_not(None))
    ).one()
    times = _first_reply_times(session, today)
    rating, ratings = session.execute(
        select(func.avg(Case.rating), func.count(Case.rating)).where(Case.rated_at > now - RATED_WITHIN)
    ).one()
    said: dict[str, int] = {}
    for author, count in session.execute(
        select(Message.author, func.count()).where(Message.created_at >= today, Message.direction != "note").group_by(Message.author)
    ):
        who = author if author in ("worker", "bot", "system") else "person"
        said[who] = said.get(who, 0) + count
    return Figures(
        open_by_urgency=by_urgency,
        unassigned=_count_cases(session, Case.state == "open", Case.agent_id.is_(None)),
        waiting=waiting,
        longest_wait=now - since if since else None,
        overdue=_count_cases(session, Case.state == "open", Case.first_reply_at.is_(None), Case.first_reply_due <= now),
        first_reply_minutes=statistics.median(times) if times else None,
        first_replies=len(times),
        opened_today=_count_cases(session, Case.opened_at >= today),
        resolved_today=_count_cases(session, Case.resolved_at >= today),
        rating=float(rating) if rating is not None else None,
        ratings=ratings,
        messages_in=said.get("worker", 0),
        messages_bot=said.get("bot", 0) + said.get("system", 0),
        messages_people=said.get("person", 0),
        campaigns_running=campaigns.running(session),
        backlog=outbox.backlog(session),
    )


def _first_reply_times(session: Session, today: dt.datetime) -> list[float]:
    """Minutes from the last opening (or reopening) to the first reply, of the cases first answered today."""
    rows = session.execute(
        select(Case.id, Case.first_reply_at, func.max(CaseEvent.at))
        .join(CaseEvent, CaseEvent.case_id == Case.id)
        .where(Case.first_reply_at >= today, CaseEvent.kind.in_(("opened", "reopened")), CaseEvent.at <= Case.first_reply_at)
        .group_by(Case.id, Case.first_reply_at)
    )
    return [(replied - opened).total_seconds() / 60 for _, replied, opened in rows if replied]


def _count_cases(session: Session, *wanted: object) -> int:
    return session.scalar(select(func.count()).select_from(Case).where(*wanted)) or 0  # type: ignore[arg-type]

"""The demo union: organizations, teams, canned replies and two activities, so that a fresh desk has something to try. No people."""

import datetime as dt
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from desk import activities, canned
from desk.activities import Activity
from desk.agents import Team
from desk.canned import CannedReply
from desk.data_file import read_yaml
from desk.organizations import Organization, ensure_organization


def load_demo(session: Session, folder: Path, now: dt.datetime, zone: str = "Asia/Shanghai") -> None:
    """Put data/demo into the database; what is there by its name stays as it is, so loading again changes nothing.

    The activities' sessions lie in the weeks after `now`, at hours of `zone`.
    """
    _organizations(session, _read(folder, "organizations"), None, now)
    _teams(session, _read(folder, "teams"))
    _canned(session, _read(folder, "canned"), now)
    _activities(session, _read(folder, "activities"), now, ZoneInfo(zone))


def _read(folder: Path, name: str) -> list[dict[str, Any]]:
    path = folder / f"{name}.yaml"
    return list(read_yaml(path) or [])


def _organizations(session: Session, rows: list[dict[str, Any]], parent: Organization | None, now: dt.datetime) -> None:
    for row in rows:
        organization = ensure_organization(session, row["name"], row["kind"], parent, now)
        _organizations(session, row.get("under", []), organization, now)


def _teams(session: Session, rows: list[dict[str, Any]]) -> None:
    for row in rows:
        if session.scalar(select(Team.id).where(Team.name == row["name"])) is None:
            session.add(Team(name=row["name"], topics=row["topics"]))
    session.flush()


def _canned(session: Session, rows: list[dict[str, Any]], now: dt.datetime) -> None:
    for row in rows:
        if session.scalar(select(CannedReply.id).where(CannedReply.title == row["title"])) is None:
            canned.add_canned(session, row["title"], row["text"], row["topic"], now)


def _activities(session: Session, rows: list[dict[str, Any]], now: dt.datetime, zone: ZoneInfo) -> None:
    today = now.astimezone(zone).date()
    for row in rows:
        if session.scalar(select(Activity.id).where(Activity.title == row["title"])) is not None:
            continue
        activity = activities.add_activity(session, row["title"], row["description"], row["topic"], now)
        for held in row["sessions"]:
            local = dt.datetime.combine(today + dt.timedelta(days=held["in_days"]), dt.time.fromisoformat(held["at"]), zone)
            activities.add_session(session, activity.id, local.astimezone(dt.UTC), held["place"], held["capacity"], now)

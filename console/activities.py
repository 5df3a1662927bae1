"""Activities, for admins: what is offered when and where, and who comes."""

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from console import names
from console.deps import ConsoleDeps
from console.forms import Form, read_form
from console.pages import Pages, go, is_fragment
from desk import activities
from desk.activities import Activity, ActivitySession
from desk.database import announce
from desk.errors import Invalid, NotFound

# What an activity can be about: it finds those who asked for it.
TOPICS = (
    "culture_sports", "health_check", "convalescence", "skills_training", "job_search", "psychological_support", "matchmaking",
    "child_care", "female_worker_care", "heat_relief", "winter_relief", "scholarship_children", "degree_support", "legal_aid", "study_room",
)  # fmt: skip


def add_session(session: Session, activity_id: str, form: Form, zone: str, now: dt.datetime) -> ActivitySession:
    """Raises Invalid, NotFound."""
    starts_at = form.moment("starts_at", "开始时间", zone)
    added = activities.add_session(session, activity_id, starts_at, form.text("place"), form.whole("capacity", "名额"), now)
    announce(session, "activity", activity_id)
    return added


def roll_of(session: Session, session_id: str) -> dict[str, Any]:
    """A session with everybody who signed up. Raises NotFound."""
    held = session.get(ActivitySession, session_id)
    if held is None:
        raise NotFound("没有这场活动")
    roll = activities.roll(session, session_id)
    return {
        "held": held,
        "activity": session.get_one(Activity, held.activity_id),
        "coming": [row for row in roll if row[0].state == "enrolled"],
        "waiting": [row for row in roll if row[0].state == "waiting"],
        "cancelled": [row for row in roll if row[0].state == "cancelled"],
    }


def activity_pages(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """The pages about activities."""
    router = APIRouter()

    @router.get("/activities")
    async def show(request: Request) -> HTMLResponse:
        schedule = await deps.database.reading(activities.schedule)
        template = "activities_list.html" if is_fragment(request) else "activities.html"
        return pages.render(request, template, schedule=schedule, topics=TOPICS, now=deps.clock.now())

    @router.post("/activities")
    async def add(request: Request) -> Response:
        form = await read_form(request)
        if form.text("topic") not in names.TOPICS:
            raise Invalid("请选择类别", field="topic")
        await deps.database.writing(
            activities.add_activity, form.text("title"), form.text("description"), form.text("topic"), deps.clock.now()
        )
        return go(request, "/console/activities?said=added")

    @router.post("/activities/{activity_id}/sessions")
    async def add_one(request: Request, activity_id: str) -> Response:
        await deps.database.writing(add_session, activity_id, await read_form(request), deps.zone, deps.clock.now())
        return go(request, "/console/activities?said=added")

    @router.get("/activities/sessions/{session_id}")
    async def show_roll(request: Request, session_id: str) -> HTMLResponse:
        values = await deps.database.reading(roll_of, session_id)
        return pages.render(request, "roll_list.html" if is_fragment(request) else "roll.html", **values)

    return router

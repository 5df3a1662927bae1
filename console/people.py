"""People: who may sign in, one's own password and chat, and the texts that all of them share."""

import datetime as dt
import secrets
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from console import names
from console.access import Me, set_cookie
from console.deps import ConsoleDeps
from console.forms import Form, read_form
from console.pages import Pages, go
from desk import agents, canned, cases, contacts
from desk.agents import Agent
from desk.errors import Invalid


def new_password() -> str:
    """Sixteen characters that nobody mixes up when reading them aloud."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(4)) for _ in range(4))


def add(session: Session, form: Form, password: str, now: dt.datetime) -> Agent:
    """Raises Invalid naming the field."""
    username, name = form.text("username").strip(), form.text("name").strip()
    if not username.isascii() or not username.replace("-", "").replace("_", "").replace(".", "").isalnum() or len(username) > 40:
        raise Invalid("用户名用字母、数字、点、横线，最多 40 个", field="username")
    if not name or len(name) > 60:
        raise Invalid("请填写姓名", field="name")
    return agents.add_agent(session, username, name, form.text("role"), password, now)


def let_go(session: Session, agent_id: str, by: Agent, now: dt.datetime) -> None:
    """No longer let an agent in; their open cases go back to the queue. Raises NotFound, Invalid for oneself."""
    if agent_id == by.id:
        raise Invalid("不能停用自己的账号")
    agents.set_active(session, agent_id, False)
    cases.release_cases(session, agent_id, by, now)


def change_password(session: Session, me: Agent, form: Form, now: dt.datetime, lasts: dt.timedelta) -> str | None:
    """The token of a fresh sign-in (all older ones end), or None when the old password is wrong. Raises Invalid, Forbidden."""
    if form.text("new") != form.text("repeated"):
        raise Invalid("两次输入的新密码不一样", field="repeated")
    if agents.check_password(session, me.username, form.text("old"), now) is None:
        return None
    agents.set_password(session, me.username, form.text("new"))
    return agents.sign_in(session, me.id, now, lasts)


def myself(session: Session, agent_id: str) -> dict[str, Any]:
    """What the page about oneself shows."""
    agent = agents.agent_by_id(session, agent_id)
    return {"agent": agent, "chat": contacts.contact_by_id(session, agent.contact_id) if agent.contact_id else None}


def own_pages(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """What every counsellor may do for themselves and for all: password, own chat, canned replies."""
    router = APIRouter()

    @router.get("/me")
    async def show(request: Request, me: Me) -> HTMLResponse:
        return pages.render(request, "me.html", **await deps.database.reading(myself, me.agent.id), code="")

    @router.post("/me/link")
    async def link(request: Request, me: Me) -> HTMLResponse:
        code = await deps.database.writing(agents.link_code, me.agent.id)
        return pages.render(request, "me.html", **await deps.database.reading(myself, me.agent.id), code=code)

    @router.post("/me/password")
    async def password(request: Request, me: Me) -> Response:
        lasts = dt.timedelta(hours=deps.session_hours)
        token = await deps.database.writing(change_password, me.agent, await read_form(request), deps.clock.now(), lasts)
        if token is None:
            # Raised here and not inside the transaction, so that the failure counts.
            raise Invalid("现在的密码不对", field="old")
        response = go(request, "/console/me?said=password")
        set_cookie(response, token, deps)
        return response

    @router.get("/canned")
    async def texts(request: Request) -> HTMLResponse:
        return pages.render(request, "canned.html", replies=await deps.database.reading(canned.canned_replies), topics=names.TOPICS)

    @router.post("/canned")
    async def add_text(request: Request) -> Response:
        form = await read_form(request)
        await deps.database.writing(canned.add_canned, form.text("title"), form.text("text"), form.text("topic"), deps.clock.now())
        return go(request, "/console/canned?said=added")

    @router.post("/canned/{canned_id}/delete")
    async def delete_text(request: Request, canned_id: str) -> Response:
        await deps.database.writing(canned.delete_canned, canned_id)
        return go(request, "/console/canned?said=deleted")

    return router


def people(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """Who works here: for admins."""
    router = APIRouter()

    @router.get("/people")
    async def show(request: Request) -> HTMLResponse:
        return pages.render(request, "people.html", agents=await deps.database.reading(agents.everyone), added=None, password="")

    @router.post("/people")
    async def add_one(request: Request) -> HTMLResponse:
        form, password = await read_form(request), new_password()
        added = await deps.database.writing(add, form, password, deps.clock.now())
        return pages.render(
            request, "people_list.html", agents=await deps.database.reading(agents.everyone), added=added, password=password
        )

    @router.post("/people/{agent_id}/reset")
    async def reset(request: Request, agent_id: str) -> HTMLResponse:
        password = new_password()
        agent = await deps.database.writing(reset_password, agent_id, password)
        return pages.render(
            request, "people_list.html", agents=await deps.database.reading(agents.everyone), added=agent, password=password
        )

    @router.post("/people/{agent_id}/deactivate")
    async def deactivate(request: Request, me: Me, agent_id: str) -> Response:
        await deps.database.writing(let_go, agent_id, me.agent, deps.clock.now())
        return go(request, "/console/people?said=deactivated")

    @router.post("/people/{agent_id}/activate")
    async def activate(request: Request, agent_id: str) -> Response:
        await deps.database.writing(agents.set_active, agent_id, True)
        return go(request, "/console/people?said=activated")

    return router


def reset_password(session: Session, agent_id: str, password: str) -> Agent:
    """Raises NotFound."""
    agent = agents.agent_by_id(session, agent_id)
    agents.set_password(session, agent.username, password)
    return agent

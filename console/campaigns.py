"""Campaigns, for admins: written, counted, tried out, approved by a second admin, sent, watched."""

import datetime as dt
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from console.access import Me
from console.deps import ConsoleDeps
from console.forms import Form, read_form
from console.pages import Pages, go, is_fragment
from desk import agents, campaigns, contacts
from desk.agents import Agent
from desk.campaigns import Campaign
from desk.contacts import Segment
from desk.errors import Invalid, NotFound
from desk.knowledge.articles import Article, all_articles
from desk.services import Services

BUTTONS = 3
TARGETS = {"": "（不用）", "activities": "打开活动列表", "article": "一篇知识", "service": "一项服务", "menu": "主菜单"}
STEPS = {"approve": "approved", "start": "started", "pause": "paused", "resume": "resumed", "cancel": "cancelled", "test": "tested"}


def segment_of(form: Form) -> Segment:
    return Segment(form.text("district"), form.text("industry"), tuple(tag for tag in form.texts("tags") if tag))


def buttons_of(session: Session, form: Form, services: Services) -> list[dict[str, str]]:
    """The buttons a form describes. Raises Invalid naming the field."""
    buttons = []
    for i in range(BUTTONS):
        label, kind, ref = (form.text(f"{part}{i}").strip() for part in ("label", "kind", "ref"))
        if not kind:
            if label:
                raise Invalid(f"请选择第 {i + 1} 个按钮打开什么", field=f"kind{i}")
            continue
        if kind not in TARGETS:
            raise Invalid("没有这种按钮", field=f"kind{i}")
        if not label or len(label) > 24:
            raise Invalid(f"请给第 {i + 1} 个按钮写上文字（最多 24 个字）", field=f"label{i}")
        if kind in ("article", "service") and not ref:
            raise Invalid(f"请给第 {i + 1} 个按钮选一篇知识或一项服务", field=f"ref{i}")
        if kind == "article":
            article = session.get(Article, ref)
            if article is None or not article.published:
                raise Invalid(f"没有编号为“{ref}”的已发布知识", field=f"ref{i}")
        if kind == "service" and services.get(ref) is None:
            raise Invalid(f"没有名为“{ref}”的服务", field=f"ref{i}")
        buttons.append({"label": label, "payload": f"/{kind} {ref}" if kind in ("article", "service") else f"/{kind}"})
    return buttons


def save(session: Session, campaign_id: str, form: Form, author: Agent, services: Services, now: dt.datetime) -> Campaign:
    """A new campaign, or one written anew. Raises Invalid, Conflict, NotFound."""
    buttons = buttons_of(session, form, services)
    return campaigns.draft(session, author, form.text("title"), form.text("text"), buttons, segment_of(form), now, campaign_id)


def move(session: Session, campaign_id: str, step: str, me: Agent, now: dt.datetime) -> None:
    """One step of a campaign's life. Raises Conflict, Forbidden, Invalid, NotFound."""
    if step == "approve":
        campaigns.approve(session, campaign_id, me, now)
    elif step in ("start", "resume"):
        campaigns.start(session, campaign_id, now)
    elif step == "pause":
        campaigns.pause(session, campaign_id)
    elif step == "cancel":
        campaigns.cancel(session, campaign_id, now)
    elif step == "test":
        # `me` comes from the sign-in; the chat may have been linked since.
        campaigns.send_test(session, campaign_id, agents.agent_by_id(session, me.id), now)
    else:
        raise NotFound("没有这个操作")


def listing(session: Session) -> list[tuple[Campaign, dict[str, int]]]:
    return [(campaign, campaigns.progress(session, campaign)) for campaign in campaigns.campaigns(session)]


def writing_desk(session: Session, campaign_id: str, services: Services) -> dict[str, Any]:
    """What the form for a campaign shows. Raises NotFound."""
    campaign = campaigns.campaign_by_id(session, campaign_id) if campaign_id else None
    buttons = []
    for button in campaign.buttons if campaign else []:
        kind, _, ref = button["payload"].removeprefix("/").partition(" ")
        buttons.append({"label": button["label"], "kind": kind, "ref": ref})
    buttons += [{"label": "", "kind": "", "ref": ""}] * (BUTTONS - len(buttons))
    segment = Segment.from_dict(campaign.segment) if campaign else Segment()
    return {
        "campaign": campaign,
        "buttons": buttons,
        "segment": segment,
        "count": contacts.count_segment(session, segment),
        "choices": contacts.segment_choices(session),
        "articles": [article for article in all_articles(session) if article.published],
        "services": services.all(),
        "targets": TARGETS,
    }


def view(session: Session, campaign_id: str, state: str) -> dict[str, Any]:
    """A campaign with its progress and its recipients' outcomes. Raises NotFound."""
    campaign = campaigns.campaign_by_id(session, campaign_id)
    people = {agent.id: agent.name for agent in agents.everyone(session)}
    return {
        "campaign": campaign,
        "segment": Segment.from_dict(campaign.segment),
        "progress": campaigns.progress(session, campaign),
        "outcomes": campaigns.outcomes(session, campaign_id, state),
        "state": state,
        "author": people.get(campaign.author_id, ""),
        "approver": people.get(campaign.approver_id or "", ""),
        "body": campaigns.body(campaign, "zh"),
    }


def campaign_pages(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """The pages about campaigns."""
    router = APIRouter()

    @router.get("/campaigns")
    async def show_all(request: Request) -> HTMLResponse:
        rows = await deps.database.reading(listing)
        return pages.render(request, "campaigns_list.html" if is_fragment(request) else "campaigns.html", rows=rows)

    @router.get("/campaigns/new")
    async def write(request: Request, edit: str = "") -> HTMLResponse:
        return pages.render(request, "campaign_form.html", **await deps.database.reading(writing_desk, edit, deps.services))

    @router.post("/campaigns/count")
    async def count(request: Request) -> HTMLResponse:
        form = await read_form(request)
        return pages.render(request, "campaign_count.html", count=await deps.database.reading(contacts.count_segment, segment_of(form)))

    @router.post("/campaigns/preview")
    async def preview(request: Request) -> HTMLResponse:
        form = await read_form(request)
        labels = [form.text(f"label{i}").strip() for i in range(BUTTONS) if form.text(f"kind{i}")]
        return pages.render(request, "campaign_preview.html", text=form.text("text"), labels=[label for label in labels if label])

    @router.post("/campaigns")
    async def store(request: Request, me: Me) -> Response:
        form = await read_form(request)
        campaign = await deps.database.writing(save, form.text("campaign_id"), form, me.agent, deps.services, deps.clock.now())
        return go(request, f"/console/campaigns/{campaign.id}?said=submitted")

    @router.get("/campaigns/{campaign_id}")
    async def show(request: Request, campaign_id: str, state: str = "") -> HTMLResponse:
        values = await deps.database.reading(view, campaign_id, state)
        return pages.render(request, "campaign_progress.html" if is_fragment(request) else "campaign.html", **values)

    @router.post("/campaigns/{campaign_id}/{step}")
    async def take_step(request: Request, me: Me, campaign_id: str, step: str) -> Response:
        await deps.database.writing(move, campaign_id, step, me.agent, deps.clock.now())
        return go(request, f"/console/campaigns/{campaign_id}?said={STEPS.get(step, 'saved')}")

    return router

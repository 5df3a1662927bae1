"""Campaign > Delivery: one text to everyone in a segment, approved by a second admin, paced, with an outcome for each."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, String, Text, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from desk import outbox, texts
from desk.agents import Agent
from desk.contacts import Contact, Segment, count_segment, in_segment
from desk.database import Table, announce
from desk.errors import Conflict, Forbidden, Invalid, NotFound
from desk.ids import new_id
from desk.outbox import Delivery

BATCH = 200


class Campaign(Table):
    __tablename__ = "campaign"

    id: Mapped[str] = mapped_column(String(26), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    buttons: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    segment: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(10), default="draft")  # draft, approved, running, paused, done, cancelled
    author_id: Mapped[str] = mapped_column(ForeignKey("agent.id"))
    approver_id: Mapped[str | None] = mapped_column(ForeignKey("agent.id"))
    # The last contact for whom a delivery row exists. The rows, not this, say who was sent to.
    cursor: Mapped[str] = mapped_column(String(26), default="")
    total: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[dt.datetime]
    started_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]


def draft(
    session: Session,
    author: Agent,
    title: str,
    text: str,
    buttons: list[dict[str, str]],
    segment: Segment,
    now: dt.datetime,
    campaign_id: str = "",
) -> Campaign:
    """Write a campaign, or rewrite one that is not running (its approval is then void). Raises Invalid, Conflict, NotFound."""
    if not title.strip() or not text.strip():
        raise Invalid("请填写标题和正文")
    if len(text) > 3500:
        raise Invalid("正文太长，请控制在 3500 字以内")
    for button in buttons:
        if not button.get("label") or not 1 <= len(button.get("payload", "").encode()) <= 64:
            raise Invalid(f"按钮“{button.get('label', '')}”的内容不完整或太长")
    if campaign_id:
        campaign = _locked(session, campaign_id)
        if campaign.state not in ("draft", "approved"):
            raise Conflict("群发已经开始，不能再修改")
    else:
        campaign = Campaign(author_id=author.id, created_at=now)
        session.add(campaign)
    campaign.title, campaign.text, campaign.buttons, campaign.segment = title.strip()[:80], text.strip(), list(buttons), segment.as_dict()
    campaign.author_id, campaign.approver_id, campaign.state = author.id, None, "draft"
    campaign.total = count_segment(session, segment)
    session.flush()
    return campaign


def campaign_by_id(session: Session, campaign_id: str) -> Campaign:
    """Raises NotFound."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise NotFound("没有这个群发")
    return campaign


def campaigns(session: Session) -> list[Campaign]:
    return list(session.scalars(select(Campaign).order_by(Campaign.created_at.desc(), Campaign.id.desc())))


def send_test(session: Session, campaign_id: str, agent: Agent, now: dt.datetime) -> None:
    """Send it to the admin's own chat only. Raises Invalid when they have not linked one."""
    campaign = campaign_by_id(session, campaign_id)
    if agent.contact_id is None:
        raise Invalid("还没有绑定您自己的聊天：请在“我的”页面取得绑定码，并在聊天中发送它")
    language = session.get_one(Contact, agent.contact_id).language
    outbox.enqueue(session, contact_id=agent.contact_id, lane="agent", due_at=now, now=now, body=body(campaign, language))


def approve(session: Session, campaign_id: str, agent: Agent, now: dt.datetime) -> Campaign:
    """A second admin agrees. Raises Forbidden for its author, Conflict when it is not a draft."""
    campaign = _locked(session, campaign_id)
    if campaign.state != "draft":
        raise Conflict("只有草稿需要审核")
    if campaign.author_id == agent.id:
        raise Forbidden("群发须由另一位管理员审核")
    campaign.state, campaign.approver_id = "approved", agent.id
    announce(session, "campaign", campaign.id)
    return campaign


def start(session: Session, campaign_id: str, now: dt.datetime) -> Campaign:
    """Begin to send, or go on after a pause. Raises Conflict when it was not approved."""
    campaign = _locked(session, campaign_id)
    if campaign.state not in ("approved", "paused"):
        raise Conflict("群发须先由另一位管理员审核通过")
    if campaign.state == "approved":
        campaign.started_at = now
        campaign.total = count_segment(session, Segment.from_dict(campaign.segment))
    campaign.state = "running"
    outbox.hold_campaign_deliveries(session, campaign.id, held=False)
    announce(session, "campaign", campaign.id)
    return campaign


def pause(session: Session, campaign_id: str) -> Campaign:
    """Stop sending for now. What the channel has been given cannot be taken back. Raises Conflict."""
    campaign = _locked(session, campaign_id)
    if campaign.state != "running":
        raise Conflict("群发没有在进行")
    campaign.state = "paused"
    outbox.hold_campaign_deliveries(session, campaign.id, held=True)
    announce(session, "campaign", campaign.id)
    return campaign


def cancel(session: Session, campaign_id: str, now: dt.datetime) -> Campaign:
    """Send no more of it, for good. Raises Conflict when it is over."""
    campaign = _locked(session, campaign_id)
    if campaign.state in ("done", "cancelled"):
        raise Conflict("群发已经结束")
    campaign.state, campaign.ended_at = "cancelled", now
    outbox.cancel_campaign_deliveries(session, campaign.id, now)
    announce(session, "campaign", campaign.id)
    return campaign


def feed(session: Session, now: dt.datetime) -> int:
    """Keep the outbox supplied: for each running campaign make the next deliveries, or end it when all have an outcome.

    Rows and cursor go forward in one transaction, so a crash repeats or skips nobody.
    """
    made = 0
    for campaign in session.scalars(select(Campaign).where(Campaign.state == "running").with_for_update(skip_locked=True)):
        unsent = outbox.unsent(session, campaign.id, BATCH)
        if unsent >= BATCH:
            continue
        segment = in_segment(Segment.from_dict(campaign.segment))
        contact_ids = session.scalars(segment.where(Contact.id > campaign.cursor).limit(BATCH)).all()
        languages = {c.id: c.language for c in session.scalars(select(Contact).where(Contact.id.in_(contact_ids)))}
        parcels = [
            (contact_id, body(campaign, languages[contact_id]), f"campaign:{campaign.id}:{contact_id}") for contact_id in contact_ids
        ]
        outbox.enqueue_all(session, "campaign", now, parcels, campaign.id)
        if contact_ids:
            campaign.cursor = contact_ids[-1]
            made += len(contact_ids)
            announce(session, "campaign", campaign.id)
        elif not unsent:
            campaign.state, campaign.ended_at = "done", now
            announce(session, "campaign", campaign.id)
    return made


def progress(session: Session, campaign: Campaign) -> dict[str, int]:
    """Deliveries by state, and `left`: those of the segment for whom none exists yet (none when it is over: they left the segment)."""
    counts = outbox.tally(session, campaign.id)
    return {**counts, "left": 0 if campaign.state == "done" else max(campaign.total - sum(counts.values()), 0)}


def outcomes(session: Session, campaign_id: str, state: str, limit: int = 200) -> list[tuple[Delivery, Contact]]:
    """Each recipient's outcome, for the admin's list."""
    query = select(Delivery, Contact).join(Contact, Contact.id == Delivery.contact_id).where(Delivery.campaign_id == campaign_id)
    if state:
        query = query.where(Delivery.state == state)
    return [tuple(row) for row in session.execute(query.order_by(Delivery.id).limit(limit))]  # type: ignore[misc]


def body(campaign: Campaign, language: str) -> dict[str, Any]:
    """What a recipient gets: the text, its buttons, and always the way out."""
    rows = [[button] for button in campaign.buttons]
    rows.append([{"label": texts.say(language, "campaign.unsubscribe"), "payload": "/unsubscribe"}])
    return {"text": campaign.text, "buttons": rows}


def running(session: Session) -> int:
    return session.scalar(select(func.count()).where(Campaign.state == "running")) or 0


def _locked(session: Session, campaign_id: str) -> Campaign:
    campaign = session.get(Campaign, campaign_id, with_for_update=True, populate_existing=True)
    if campaign is None:
        raise NotFound("没有这个群发")
    return campaign

"""The inbox: which conversation is next, and one conversation with everything known about it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from sqlalchemy.orm import Session

from console.access import HOME, Me
from console.deps import ConsoleDeps
from console.pages import Pages, is_fragment
from desk import agents, canned, cases, contacts, conversations, figures, outbox
from desk.agents import Agent
from desk.cases import Case, CaseEvent
from desk.contacts import Contact
from desk.conversations import Attachment, Conversation, Message
from desk.files import FileStore
from desk.ids import new_id
from desk.knowledge.articles import Article

TABS = {"queue": "待办队列", "mine": "我的", "all": "全部", "done": "已办结"}
PAGE = 100


@dataclass(frozen=True)
class Row:
    """One case in the list."""

    case: Case
    contact: Contact
    last: Message | None
    holder: str
    overdue: bool


@dataclass(frozen=True)
class Said:
    """One message as the conversation shows it. `delivery` is (id, state, problem) of an outgoing one."""

    message: Message
    author: str
    attachment: Attachment | None
    here: bool
    delivery: tuple[str, str, str] | None


def list_rows(session: Session, tab: str, me: Agent, now: Any) -> dict[str, Any]:
    """The list's values: its rows, and how many cases wait in the queue and with `me`."""
    found = cases.queue(
        session,
        agent_id=me.id if tab == "mine" else None,
        unassigned=tab == "queue",
        state="resolved" if tab == "done" else "open",
    )
    holders = {agent.id: agent.name for agent in agents.everyone(session)}
    rows = [
        Row(
            case, contact, last, holders.get(case.agent_id or "", ""),
            case.state == "open" and case.first_reply_at is None and case.first_reply_due is not None and case.first_reply_due <= now,
        )
        for case, contact, last in found
    ]  # fmt: skip
    return {"rows": rows, "tab": tab, "tabs": TABS, "load": figures.load_of(session, me.id)}


def said(session: Session, messages: Sequence[Message], files: FileStore) -> list[Said]:
    """Messages with what belongs to them."""
    people = {agent.id: agent.name for agent in agents.everyone(session)}
    words = {"worker": "职工", "bot": "机器人", "system": "系统"}
    deliveries = outbox.states_of(session, [message.id for message in messages if message.direction == "out"])
    shown = []
    for message in messages:
        attachment = session.get(Attachment, message.attachment_id) if message.attachment_id else None
        shown.append(
            Said(
                message,
                words.get(message.author) or people.get(message.author, "工作人员"),
                attachment,
                attachment is not None and files.path(attachment.id).is_file(),
                deliveries.get(message.id),
            )
        )
    return shown


def head(session: Session, case: Case, conversation: Conversation) -> dict[str, Any]:
    """The conversation's head and history; `stamp` is another one whenever these changed."""
    history: list[CaseEvent] = cases.events(session, case.id)
    state = (case.state, case.agent_id, case.urgency, conversation.holder, len(history), case.rating)
    return {
        "case": case,
        "conversation": conversation,
        "history": history,
        "colleagues": agents.agents(session),
        "people": {agent.id: agent.name for agent in agents.everyone(session)},
        "stamp": hashlib.sha256(repr(state).encode()).hexdigest()[:16],
    }


def pane(session: Session, case_id: str, files: FileStore) -> dict[str, Any]:
    """Everything the conversation's pane shows. Raises NotFound."""
    case = cases.case_by_id(session, case_id)
    conversation = conversations.conversation_by_id(session, case.conversation_id)
    shown_ids = [str(one) for one in conversation.memory.get("articles", [])]
    articles = [(one, session.get(Article, one)) for one in shown_ids]
    return head(session, case, conversation) | {
        "thread": said(session, conversations.messages_after(session, conversation.id, notes=True, limit=PAGE), files),
        "contact": contacts.contact_by_id(session, conversation.contact_id),
        "tags": contacts.tags_of(session, conversation.contact_id),
        "articles": [(one, article.title if article else one) for one, article in articles],
        "facts": {**conversation.memory.get("facts", {}), **case.facts},
        "earlier": [other for other in cases.cases_of(session, conversation.id) if other.id != case.id],
        "canned": canned.canned_replies(session, case.topic),
        "key": new_id(),
    }


def news(session: Session, case_id: str, after: int, files: FileStore) -> dict[str, Any]:
    """Messages behind `after`, edited ones before it, and the head as it is now. Raises NotFound."""
    case = cases.case_by_id(session, case_id)
    conversation = conversations.conversation_by_id(session, case.conversation_id)
    fresh = conversations.messages_after(session, conversation.id, after, notes=True)
    recent = conversations.messages_after(session, conversation.id, notes=True, limit=PAGE)
    edited = [message for message in recent if message.seq <= after and message.details.get("before")]
    return head(session, case, conversation) | {"thread": said(session, fresh, files), "edited": edited}


def earlier(session: Session, case_id: str, before: int, files: FileStore) -> dict[str, Any]:
    """The page of messages before seq `before`. Raises NotFound."""
    case = cases.case_by_id(session, case_id)
    # A conversation's numbers have no gaps; -1 means from the very first.
    start = before - PAGE - 1 if before > PAGE + 1 else -1
    found = conversations.messages_after(session, case.conversation_id, start, notes=True, limit=PAGE)
    return {"case": case, "thread": said(session, [message for message in found if message.seq < before], files)}


def inbox(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """The pages of the inbox."""
    router = APIRouter()

    @router.get("/")
    async def home() -> RedirectResponse:
        return RedirectResponse(HOME, 303)

    @router.get("/inbox")
    async def show(request: Request, me: Me, tab: str = "queue") -> HTMLResponse:
        values = await deps.database.reading(list_rows, tab if tab in TABS else "queue", me.agent, deps.clock.now())
        return pages.render(request, "inbox.html", **values, case=None)

    @router.get("/inbox/list")
    async def refresh(request: Request, me: Me, tab: str = "queue") -> HTMLResponse:
        values = await deps.database.reading(list_rows, tab if tab in TABS else "queue", me.agent, deps.clock.now())
        return pages.render(request, "inbox_list.html", **values)

    @router.get("/cases/{case_id}")
    async def open_case(request: Request, me: Me, case_id: str, tab: str = "queue") -> HTMLResponse:
        values = await deps.database.reading(pane, case_id, deps.files) | {"drafting": deps.writer is not None}
        if is_fragment(request):
            return pages.render(request, "pane.html", **values)
        rows = await deps.database.reading(list_rows, tab if tab in TABS else "queue", me.agent, deps.clock.now())
        return pages.render(request, "inbox.html", **rows, **values)

    @router.get("/cases/{case_id}/news")
    async def show_news(request: Request, case_id: str, after: int = 0, stamp: str = "") -> HTMLResponse:
        values = await deps.database.reading(news, case_id, after, deps.files)
        return pages.render(request, "news.html", **values, known=stamp)

    @router.get("/cases/{case_id}/earlier")
    async def show_earlier(request: Request, case_id: str, before: int) -> HTMLResponse:
        values = await deps.database.reading(earlier, case_id, before, deps.files)
        return pages.render(request, "earlier.html", **values)

    return router

"""Drafts: a language model proposes a reply from the articles; the counsellor reads, mends and sends it."""

import datetime as dt
from dataclasses import dataclass

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from console.deps import ConsoleDeps
from console.pages import Pages
from desk import cases, contacts, conversations, drafting
from desk.errors import NotFound
from desk.knowledge import articles
from desk.knowledge.search import KnowledgeSearch
from desk.knowledge.statutes import StatuteIndex
from desk.masking import masked

log = structlog.get_logger()

# How many articles a draft rests on: those found for the last words, and before them those the worker was shown.
_FOUND, _SHOWN = 3, 2
_MESSAGES = 30
# What facts hold a name that a model need not know.
_NAMES = ("name", "employer", "old_employer")


@dataclass(frozen=True)
class Material:
    """What a draft is made from: articles (id, title, text) and the conversation, without personal data."""

    articles: list[tuple[str, str, str]]
    talk: list[tuple[str, str]]


def material(session: Session, case_id: str, search: KnowledgeSearch, statutes: StatuteIndex, today: dt.date) -> Material:
    """Raises NotFound."""
    case = cases.case_by_id(session, case_id)
    conversation = conversations.conversation_by_id(session, case.conversation_id)
    known = {**conversation.memory.get("facts", {}), **case.facts}
    names = [contacts.contact_by_id(session, conversation.contact_id).name, *(str(known.get(name) or "") for name in _NAMES)]
    said = [m for m in conversations.messages_after(session, conversation.id, limit=_MESSAGES) if m.text]
    speakers = {"worker": "职工", "bot": "机器人", "system": "机器人"}
    talk = [(speakers.get(m.author, "工作人员"), masked(m.text, names)) for m in said]
    question = next((m.text for m in reversed(said) if m.author == "worker" and not m.payload), case.title)
    topic = case.topic or str(conversation.memory.get("topic") or "")
    hits = search.find(session, question, {topic: 0.5} if topic else {}, today, _FOUND) if question else []
    wanted = [*conversation.memory.get("articles", [])[-_SHOWN:], *(hit.article.id for hit in hits)]
    found = []
    for article_id in dict.fromkeys(wanted):
        try:
            article = articles.article_by_id(session, article_id)
        except NotFound:
            continue
        if article.published:
            found.append((article.id, article.title, drafting.article_text(article.body, statutes)))
    return Material(found, talk)


def pieces(text: str, spots: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether it is free of doubt."""
    cut, at = [], 0
    for start, end in spots:
        cut += [(text[at:start], True), (text[start:end], False)]
        at = end
    return [*cut, (text[at:], True)]


def drafts(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """The button that asks for a draft."""
    router = APIRouter()

    @router.post("/cases/{case_id}/draft")
    async def draft(request: Request, case_id: str) -> HTMLResponse:
        if deps.writer is None or deps.search is None:
            raise NotFound("没有配置语言模型，不能起草")
        made_of = await deps.database.reading(material, case_id, deps.search, deps.statutes, deps.clock.now().date())
        prompt, grounds = drafting.draft([text for _, _, text in made_of.articles], made_of.talk, deps.statutes)
        text = await deps.writer.write(prompt)
        spots = drafting.spots(text, grounds)
        log.info("draft.made", case=case_id, articles=[article_id for article_id, _, _ in made_of.articles], doubtful=len(spots))
        return pages.render(
            request,
            "drafted.html",
            case_id=case_id,
            text=text,
            pieces=pieces(text, spots),
            doubtful=drafting.unsupported(text, grounds),
            articles=[(article_id, title) for article_id, title, _ in made_of.articles],
        )

    return router

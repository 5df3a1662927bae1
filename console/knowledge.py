"""Knowledge: what the bot answers with. Everybody reads it; admins propose a wording, and a second admin publishes it."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from console import names
from console.access import Me
from console.article_form import SPECS, body_of, checked, show_body
from console.deps import ConsoleDeps
from console.forms import read_form
from console.pages import Pages, go, is_fragment
from desk import agents
from desk.errors import NotFound
from desk.knowledge import articles
from desk.knowledge.articles import Article, ArticleRevision
from desk.legal.catalogue import CALCULATORS

EMPTY: dict[str, Any] = {
    "id": "", "topic": "other_labour", "title": "", "asks": [], "answer": "", "steps": [], "evidence": [], "deadlines": [],
    "costs": None, "go": [], "avoid": [], "phones": [], "sources": [], "region": "national", "valid_from": "", "valid_until": None,
    "services": [], "calculators": [], "offer_person": False, "overview": False, "signs": [], "beside": [], "remark": None, "checked": True,
}  # fmt: skip


def listing(session: Session, topic: str, words: str) -> dict[str, Any]:
    """The articles by topic, those only that have `words` in title, ways of asking or answer; and what waits for a reviewer."""
    found: dict[str, list[Article]] = {}
    counts: dict[str, int] = {}
    for article in articles.all_articles(session):
        counts[article.topic] = counts.get(article.topic, 0) + 1
        text = " ".join([article.id, article.title, article.body["answer"], *article.body["asks"]]).lower()
        if (not topic or article.topic == topic) and all(word in text for word in words.lower().split()):
            found.setdefault(article.topic, []).append(article)
    return {"groups": found, "counts": counts, "topic": topic, "words": words, "drafts": articles.revisions(session, state="draft")}


def view(session: Session, article_id: str) -> dict[str, Any]:
    """An article and its history. Raises NotFound."""
    return {
        "article": articles.article_by_id(session, article_id),
        "revisions": articles.revisions(session, article_id),
        "people": _people(session),
    }


def draft_view(session: Session, revision_id: str) -> dict[str, Any]:
    """A proposed wording beside the live one, and which fields differ. Raises NotFound."""
    draft = session.get(ArticleRevision, revision_id)
    if draft is None:
        raise NotFound("没有这个修订")
    live = session.get(Article, draft.article_id)
    before = live.body if live else {}
    differing = [name for name in draft.body if draft.body[name] != before.get(name)]
    return {"draft": draft, "live": live, "differing": differing, "people": _people(session)}


def start_of(session: Session, article_id: str, revision_id: str) -> dict[str, Any]:
    """What the form begins with: a draft, the live wording, or nothing. Raises NotFound."""
    if revision_id:
        return dict(draft_view(session, revision_id)["draft"].body)
    return dict(articles.article_by_id(session, article_id).body) if article_id else dict(EMPTY)


def _people(session: Session) -> dict[str, str]:
    return {agent.id: agent.name for agent in agents.everyone(session)}


def reading_pages(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """For everybody: the list and one article."""
    router = APIRouter()

    @router.get("/knowledge")
    async def show_all(request: Request, topic: str = "", words: str = "") -> HTMLResponse:
        values = await deps.database.reading(listing, topic, words[:100])
        return pages.render(request, "knowledge_list.html" if is_fragment(request) else "knowledge.html", **values)

    @router.get("/knowledge/articles/{article_id}")
    async def show(request: Request, article_id: str) -> HTMLResponse:
        values = await deps.database.reading(view, article_id)
        return pages.render(request, "article.html", **values, title=deps.statutes.title, calculators=CALCULATORS)

    return router


def writing_pages(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """For admins: the form, drafts and what becomes of them."""
    router = APIRouter(prefix="/knowledge")

    @router.get("/edit")
    async def edit(request: Request, article: str = "", draft: str = "") -> HTMLResponse:
        body = await deps.database.reading(start_of, article, draft)
        laws = [*deps.statutes.statutes, *deps.statutes.documents]
        values = show_body(body)
        return pages.render(request, "article_form.html", values=values, fresh=not body["id"], specs=SPECS, laws=laws, topics=names.TOPICS)

    @router.post("/preview")
    async def preview(request: Request) -> HTMLResponse:
        file = checked(body_of(await read_form(request)), deps.statutes)
        return pages.render(
            request, "article_preview.html", body=file.model_dump(mode="json"), title=deps.statutes.title, calculators=CALCULATORS
        )

    @router.post("/propose")
    async def propose(request: Request, me: Me) -> Response:
        form = await read_form(request)
        body = checked(body_of(form), deps.statutes).model_dump(mode="json")
        comment = form.text("comment").strip()[:500]
        draft = await deps.database.writing(articles.propose, body, me.agent.id, comment, deps.statutes, deps.clock.now())
        return go(request, f"/console/knowledge/drafts/{draft.id}?said=submitted")

    @router.get("/drafts/{revision_id}")
    async def show_draft(request: Request, revision_id: str) -> HTMLResponse:
        values = await deps.database.reading(draft_view, revision_id)
        return pages.render(request, "draft.html", **values, title=deps.statutes.title, calculators=CALCULATORS)

    @router.post("/drafts/{revision_id}/publish")
    async def publish(request: Request, me: Me, revision_id: str) -> Response:
        article = await deps.database.writing(articles.publish, revision_id, me.agent.id, deps.clock.now())
        return go(request, f"/console/knowledge/articles/{article.id}?said=published")

    @router.post("/drafts/{revision_id}/reject")
    async def reject(request: Request, me: Me, revision_id: str) -> Response:
        await deps.database.writing(articles.reject, revision_id, me.agent.id)
        return go(request, f"/console/knowledge/drafts/{revision_id}?said=rejected")

    @router.post("/articles/{article_id}/withdraw")
    async def withdraw(request: Request, article_id: str) -> Response:
        await deps.database.writing(articles.withdraw, article_id, deps.clock.now())
        return go(request, f"/console/knowledge/articles/{article_id}?said=withdrawn")

    return router

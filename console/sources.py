"""Sources: statutes and papers of the union's own that the bot quotes word for word. For admins; a second one publishes."""

import asyncio
import datetime as dt
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session
from starlette.background import BackgroundTask

from console.access import Me
from console.deps import ConsoleDeps
from console.forms import Form, read_form
from console.pages import Pages, go, is_fragment
from desk import agents
from desk.errors import Invalid
from desk.knowledge import sources
from desk.knowledge.passages import PassageHit
from desk.knowledge.source_file import MAX_BYTES, SUFFIXES, read_source
from desk.knowledge.sources import Particulars

# So many passages on one page.
PAGE = 50


def view(session: Session, source_id: str, start: int) -> dict[str, Any]:
    """A source with a page of its passages, and what its publication replaces. Raises NotFound."""
    source = sources.source_by_id(session, source_id)
    return {
        "source": source,
        "passages": sources.passages(session, source_id, start, PAGE),
        "count": sources.count_passages(session, source_id),
        "start": start,
        "size": PAGE,
        "replaced": sources.replaced_by(session, source) if source.state == "draft" else [],
        "people": {agent.id: agent.name for agent in agents.everyone(session)},
    }


def particulars(form: Form) -> Particulars:
    """What the form says of the paper, as yet unchecked. Raises Invalid for a day that is none."""
    return Particulars(
        form.text("title"),
        form.text("kind"),
        form.text("issuer"),
        form.text("number"),
        "national" if form.text("region").strip() == "全国" else form.text("region"),
        _day(form, "valid_from", "生效日"),
        _day(form, "valid_until", "失效日"),
    )


def _day(form: Form, name: str, label: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if (text := form.text(name).strip()) else None
    except ValueError:
        raise Invalid(f"{label}要填日期，例如 2026-07-01", field=name) from None


def source_pages(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """The list with its search box, the upload, one source and what becomes of it."""
    router = APIRouter(prefix="/sources")

    def find(session: Session, question: str) -> list[PassageHit]:
        return deps.passages.find(session, question, deps.clock.now().date()) if question else []

    @router.get("")
    async def show_all(request: Request, question: str = "") -> HTMLResponse:
        question = question.strip()[:200]
        values: dict[str, Any] = {"question": question, "hits": await deps.database.reading(find, question), "size": PAGE}
        if is_fragment(request):
            return pages.render(request, "sources_found.html", **values)
        return pages.render(request, "sources.html", rows=await deps.database.reading(sources.all_sources), **values)

    @router.get("/new")
    async def new(request: Request) -> HTMLResponse:
        return pages.render(request, "source_form.html", accept=",".join(SUFFIXES), most=MAX_BYTES // 1_048_576)

    @router.post("")
    async def upload(request: Request, me: Me) -> Response:
        form = await read_form(request)
        about, file = particulars(form), form.file("file")
        if file is None or not file.filename:
            raise Invalid("请选择文件", field="file")
        content = await file.read(MAX_BYTES + 1)
        # Reading a long paper takes seconds: outside of any transaction.
        reading = await asyncio.to_thread(read_source, file.filename, content)
        source = await deps.database.writing(sources.upload, file.filename, content, reading, about, me.agent.id, deps.clock.now())
        return go(request, f"/console/sources/{source.id}?said=submitted")

    @router.get("/{source_id}")
    async def show(request: Request, source_id: str, start: int = 0) -> HTMLResponse:
        return pages.render(request, "source.html", **await deps.database.reading(view, source_id, max(start, 0)))

    @router.post("/{source_id}/publish")
    async def publish(request: Request, me: Me, source_id: str) -> Response:
        now = deps.clock.now()
        await deps.database.writing(sources.publish, source_id, me.agent.id, now)
        response = go(request, f"/console/sources/{source_id}?said=published")
        response.background = BackgroundTask(deps.passages.learn, now.date())
        return response

    @router.post("/{source_id}/reject")
    async def reject(request: Request, me: Me, source_id: str) -> Response:
        await deps.database.writing(sources.reject, source_id, me.agent.id, deps.clock.now())
        return go(request, f"/console/sources/{source_id}?said=rejected")

    @router.post("/{source_id}/withdraw")
    async def withdraw(request: Request, source_id: str) -> Response:
        await deps.database.writing(sources.withdraw, source_id, deps.clock.now())
        return go(request, f"/console/sources/{source_id}?said=withdrawn")

    return router

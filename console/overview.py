"""The overview (一屏总览): how the desk stands, on one screen."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from console.deps import ConsoleDeps
from console.pages import Pages, is_fragment
from desk.figures import figures


def overview(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """One page that refreshes itself."""
    router = APIRouter()

    @router.get("/overview")
    async def show(request: Request) -> HTMLResponse:
        now = deps.clock.now()
        found = await deps.database.reading(figures, now, deps.zone)
        template = "overview_figures.html" if is_fragment(request) else "overview.html"
        return pages.render(request, template, figures=found, now=now)

    return router

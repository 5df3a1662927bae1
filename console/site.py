"""The console as one application, put together."""

from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from console.access import HOME, SignInNeeded, admin_only, doors, guard, way_out
from console.actions import actions
from console.activities import activity_pages
from console.attachments import attachments
from console.calculators import calculator_pages
from console.campaigns import campaign_pages
from console.deps import ConsoleDeps
from console.drafts import drafts
from console.inbox import inbox
from console.knowledge import reading_pages, writing_pages
from console.live import live
from console.overview import overview
from console.pages import Pages
from console.people import own_pages, people
from console.sources import source_pages
from desk.errors import Conflict, DeskError, Forbidden, Invalid, NotFound

__all__ = ["ConsoleDeps", "build_console"]

STATIC = Path(__file__).parent / "static"
STATUS: dict[type[DeskError], int] = {NotFound: 404, Conflict: 409, Invalid: 422, Forbidden: 403}
HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    # Pages hold personal data: nothing of them stays in a shared computer's cache.
    "cache-control": "no-store",
}


def build_console(deps: ConsoleDeps) -> APIRouter:
    """The console at /console, for `app.include_router`. The wiring serves htmx and its extension below /assets/vendor/.

    It is an application of its own behind that path: its errors are pages, its responses carry its own headers.
    """
    router = APIRouter()
    router.mount("/console", _site(deps), name="console")

    @router.get("/console", include_in_schema=False)
    async def home() -> RedirectResponse:
        return RedirectResponse(HOME, 303)

    return router


def _site(deps: ConsoleDeps) -> FastAPI:
    site = FastAPI(title="UnionDesk console", docs_url=None, redoc_url=None, openapi_url=None)
    pages = Pages(deps.clock, deps.zone, deps.union_name)
    site.add_middleware(Headers)
    site.mount("/static", StaticFiles(directory=STATIC), name="console-static")
    site.include_router(doors(deps, pages))
    signed_in = APIRouter(dependencies=[Depends(guard(deps))])
    for router in (
        way_out(deps), inbox(deps, pages), actions(deps, pages), drafts(deps, pages), attachments(deps), live(deps), reading_pages(deps, pages),
        calculator_pages(deps, pages), own_pages(deps, pages),
    ):  # fmt: skip
        signed_in.include_router(router)
    for router in (
        activity_pages(deps, pages),
        campaign_pages(deps, pages),
        writing_pages(deps, pages),
        source_pages(deps, pages),
        overview(deps, pages),
        people(deps, pages),
    ):
        signed_in.include_router(router, dependencies=[Depends(admin_only)])
    site.include_router(signed_in)
    _render_problems(site, pages)
    return site


def _render_problems(site: FastAPI, pages: Pages) -> None:
    """Expected errors, once for all pages: a line for htmx to put beside its form, or a page of its own."""

    def problem(request: Request, status: int, message: str, **facts: Any) -> Response:
        if request.headers.get("hx-request"):
            return pages.render(request, "problem.html", status=status, message=message, facts=facts)
        return pages.render(request, "problem_page.html", status=status, message=message, facts=facts, code=status)

    @site.exception_handler(SignInNeeded)
    async def sign_in_first(request: Request, error: Exception) -> Response:
        if request.headers.get("hx-request"):
            return HTMLResponse("登录已过期", 401, {"HX-Redirect": "/console/sign-in"})
        if request.method != "GET" or "text/html" not in request.headers.get("accept", ""):
            return HTMLResponse("请先登录", 401)
        target = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/console/sign-in?{urlencode({'next': target})}", 303)

    @site.exception_handler(DeskError)
    async def expected(request: Request, error: Exception) -> Response:
        assert isinstance(error, DeskError)
        return problem(request, STATUS.get(type(error), 422), error.message, **error.facts)

    @site.exception_handler(HTTPException)
    async def other(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem(
            request, error.status_code, {404: "没有这个页面", 405: "不能这样打开这个页面"}.get(error.status_code, "请求没有办成")
        )

    @site.exception_handler(RequestValidationError)
    async def unreadable(request: Request, error: Exception) -> Response:
        return problem(request, 422, "地址中的内容看不懂，请从列表重新打开")


class Headers:
    """Puts the headers that protect a page on every response that has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                wanted = HEADERS | ({"cache-control": "no-cache"} if "/static/" in scope["path"] else {})
                missing = [(name.encode(), value.encode()) for name, value in wanted.items() if name.encode() not in given]
                message["headers"] = [*message["headers"], *missing]
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)

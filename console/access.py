"""Who is at the console: signing in and out, and the guard that stands before every other page."""

import datetime as dt
import secrets
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from console.deps import ConsoleDeps
from console.forms import read_form
from console.pages import Pages
from desk import agents
from desk.agents import SignedIn
from desk.errors import Forbidden, Invalid

COOKIE = "uniondesk_console"
HOME = "/console/inbox"
SAFE = ("GET", "HEAD")
# What a form weighs beside its file.
FORM_BYTES = 1_048_576


class SignInNeeded(Exception):
    """Nobody is signed in, or not any more."""


def guard(deps: ConsoleDeps) -> Callable[[Request], Awaitable[None]]:
    """The dependency before every page but signing in: knows who it is, and lets no foreign page act in their name.

    Raises SignInNeeded, Forbidden without the token of this sign-in, Invalid for a body without a sensible length.
    """

    async def check(request: Request) -> None:
        token = request.cookies.get(COOKIE, "")
        me = await deps.database.reading(agents.signed_in, token, deps.clock.now()) if token else None
        if me is None:
            raise SignInNeeded
        request.state.me = me
        if request.method in SAFE:
            return
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > deps.files.max_bytes + FORM_BYTES:
            raise Invalid(f"内容太大，文件最多 {deps.files.max_bytes // 1_048_576} MB")
        given = request.headers.get("x-csrf-token") or (await read_form(request)).text("csrf")
        if not secrets.compare_digest(given.encode(), me.csrf.encode()):
            raise Forbidden("页面已过期，请刷新后再试")

    return check


def at_console(request: Request) -> SignedIn:
    """Who the guard found."""
    me: SignedIn = request.state.me
    return me


Me = Annotated[SignedIn, Depends(at_console)]


def admin_only(me: Me) -> None:
    """Raises Forbidden for a counsellor."""
    if me.agent.role != "admin":
        raise Forbidden("此页面仅限管理员使用。如需权限，请联系本单位管理员")


def from_here(request: Request) -> bool:
    """Whether a form was sent from one of our own pages, as far as the browser says."""
    fetch_site = request.headers.get("sec-fetch-site")
    if fetch_site is not None:
        return fetch_site in ("same-origin", "none")
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def stay(target: str) -> str:
    """Where to go after signing in: a page of the console, never elsewhere."""
    inside = target.startswith("/console/") and "\\" not in target and not target.startswith("/console/sign-")
    return target if inside else HOME


def set_cookie(response: Response, token: str, deps: ConsoleDeps) -> None:
    response.set_cookie(
        COOKIE, token, max_age=deps.session_hours * 3600, path="/console", secure=deps.secure_cookies, httponly=True, samesite="lax"
    )


def doors(deps: ConsoleDeps, pages: Pages) -> APIRouter:
    """Signing in: the only page that stands open."""
    router = APIRouter()

    @router.get("/sign-in")
    async def ask(request: Request, next: str = HOME) -> HTMLResponse:
        return pages.render(request, "sign_in.html", next=stay(next), username="", problem="")

    @router.post("/sign-in")
    async def enter(request: Request) -> Response:
        if not from_here(request):
            raise Forbidden("登录请求不是从本页面发出的，请重新打开登录页")
        length = request.headers.get("content-length", "")
        if not length.isdigit() or int(length) > 10_000:
            raise Invalid("用户名或密码太长")
        form = await read_form(request)
        username, now = form.text("username").strip(), deps.clock.now()
        problem, status = "用户名或密码不对", 401
        agent = None
        try:
            agent = await deps.database.writing(agents.check_password, username, form.text("password"), now)
        except Forbidden as locked:
            problem, status = locked.message, 403
        if agent is None:
            return pages.render(request, "sign_in.html", status=status, next=stay(form.text("next")), username=username, problem=problem)
        token = await deps.database.writing(agents.sign_in, agent.id, now, dt.timedelta(hours=deps.session_hours))
        response = RedirectResponse(stay(form.text("next")), 303)
        set_cookie(response, token, deps)
        return response

    return router


def way_out(deps: ConsoleDeps) -> APIRouter:
    """Signing out, behind the guard so that no foreign page can do it."""
    router = APIRouter()

    @router.post("/sign-out")
    async def leave(request: Request) -> Response:
        await deps.database.writing(agents.sign_out, request.cookies.get(COOKIE, ""))
        response = RedirectResponse("/console/sign-in", 303)
        response.delete_cookie(COOKIE, path="/console")
        return response

    return router

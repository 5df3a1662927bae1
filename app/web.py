"""The web server: the worker's chat, the console, Rasa's action endpoint, health and metrics."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import text

from actions.endpoint import build_endpoint
from app.settings import ROOT
from app.wiring import Parts, rasa_token, running
from bot.webchat.site import WebChatDeps, build_webchat
from console.site import ConsoleDeps, build_console
from desk import outbox
from desk.errors import Conflict, DeskError, Forbidden, Invalid, NotFound

_STATUS: dict[type[DeskError], int] = {NotFound: 404, Conflict: 409, Invalid: 422, Forbidden: 403}


def build_web(parts: Parts, extra: list[APIRouter], telegram_ready: Callable[[], bool] | None = None) -> FastAPI:
    """The ASGI app over the wired parts; `extra` are routers of channels that have webhooks."""

    @contextlib.asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        async with running(parts):
            yield

    settings = parts.settings
    app = FastAPI(title="UnionDesk", lifespan=life, docs_url=None, redoc_url=None)
    app.mount("/assets/vendor", StaticFiles(directory=_vendor_folder(), check_dir=False), name="vendor")
    app.include_router(build_endpoint(parts.executor, rasa_token(settings)))
    app.include_router(
        build_webchat(
            WebChatDeps(
                database=parts.database,
                clock=parts.clock,
                inbound=parts.inbound,
                hub=parts.hub,
                files=parts.files,
                union_name=settings.union_name,
                secure_cookies=settings.secure_cookies,
                public_url=settings.public_url,
            )
        )
    )
    app.include_router(
        build_console(
            ConsoleDeps(
                database=parts.database,
                clock=parts.clock,
                hub=parts.hub,
                files=parts.files,
                statutes=parts.statutes,
                policy=parts.policy,
                zone=settings.timezone,
                session_hours=settings.console_session_hours,
                secure_cookies=settings.secure_cookies,
                reminder_hours=settings.reminder_hours_before,
                union_name=settings.union_name,
                services=parts.services,
                passages=parts.passages,
                search=parts.search,
                writer=parts.writer,
            )
        )
    )
    for router in extra:
        app.include_router(router)

    @app.exception_handler(DeskError)
    async def expected(request: Request, error: DeskError) -> JSONResponse:
        return JSONResponse({"error": error.message}, status_code=_STATUS.get(type(error), 400))

    @app.get("/", include_in_schema=False)
    async def home() -> RedirectResponse:
        return RedirectResponse("/chat")

    @app.get("/healthz")
    async def alive() -> dict[str, str]:
        """The process answers."""
        return {"status": "ok"}

    @app.get("/readyz")
    async def ready() -> JSONResponse:
        """Whether each part that the service stands on works, by name."""
        checks = {
            "database": await asyncio.to_thread(_database_answers, parts),
            "rasa": await parts.rasa.ready(),
            "scheduler": parts.scheduler.running,
            "web": True,
        }
        if telegram_ready is not None:
            checks["telegram"] = telegram_ready()
        # Without Rasa the bot still answers, so its absence degrades the service and does not end it.
        well = checks["database"] and checks["scheduler"]
        return JSONResponse({"ready": well, "degraded": not all(checks.values()), **checks}, status_code=200 if well else 503)

    @app.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        backlog = await parts.database.reading(outbox.backlog)
        return Response(parts.metrics.text(backlog), media_type="text/plain; version=0.0.4")

    return app


def _vendor_folder() -> str:
    return str(ROOT / "var/assets")


def _database_answers(parts: Parts) -> bool:
    try:
        with parts.database.read() as session:
            session.execute(text("SELECT 1"))
    except Exception:
        return False
    return True

"""The webhook: where Telegram calls us, when it does. What it brings is stored first, then answered with 200."""

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Request, Response
from telegram import Bot, Update

from bot.telegram.updates import update_of

log = structlog.get_logger()

WEBHOOK_PATH = "/telegram/webhook"


def webhook_router(handle: Callable[[Update], Awaitable[None]], bot: Bot, secret: str) -> APIRouter:
    """POST /telegram/webhook, each update being stored by `handle`.

    403 without the secret, 400 for what is no update, 503 when it could not be stored: Telegram delivers again whatever
    was not answered with 200.
    """
    router = APIRouter()

    @router.post(WEBHOOK_PATH, include_in_schema=False)
    async def webhook(request: Request, x_telegram_bot_api_secret_token: Annotated[str, Header()] = "") -> Response:
        if not secret or not hmac.compare_digest(x_telegram_bot_api_secret_token.encode(), secret.encode()):
            log.warning("telegram.webhook_forged")
            return Response(status_code=403)
        try:
            update = update_of(await request.json(), bot)
        except (KeyError, TypeError, ValueError):
            return Response(status_code=400)
        try:
            await handle(update)
        except Exception:
            log.exception("telegram.webhook_not_stored", update_id=update.update_id)
            return Response(status_code=503)
        return Response(status_code=200)

    return router

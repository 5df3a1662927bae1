"""The bot as python-telegram-bot knows it, with our addresses and patience."""

import logging
import re

from telegram import Bot
from telegram.request import HTTPXRequest

from desk.errors import Invalid

# Connections kept for sending; the outbox and the turns together never need more.
_POOL = 16


def make_bot(token: str, base_url: str, *, read_seconds: float = 10.0) -> Bot:
    """A bot that talks to the Bot API at `base_url` ("https://api.telegram.org", or a server of one's own).

    Nothing is sent yet. Raises Invalid when the token cannot be one. The caller ends it with `await bot.shutdown()`.
    """
    if not re.fullmatch(r"\d+:[\w-]+", token):
        raise Invalid("UNIONDESK_TELEGRAM_TOKEN 不像是机器人令牌，应是 @BotFather 给出的 123456:ABC… 这样的一串")
    # At INFO httpx writes down every address it calls, and the address of a Bot API call contains the token.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    # The library logs whole updates, with what workers wrote, when it cannot read them. What matters of it we log ourselves.
    logging.getLogger("telegram").setLevel(logging.CRITICAL + 1)
    address = base_url.rstrip("/")
    # The sum of these stays below the time for which the outbox reserves a delivery.
    sending = HTTPXRequest(
        connection_pool_size=_POOL, connect_timeout=5, pool_timeout=3, write_timeout=5, media_write_timeout=10, read_timeout=read_seconds
    )
    polling = HTTPXRequest(connection_pool_size=2, connect_timeout=5, pool_timeout=3, write_timeout=5, read_timeout=read_seconds)
    return Bot(token, base_url=f"{address}/bot", base_file_url=f"{address}/file/bot", request=sending, get_updates_request=polling)

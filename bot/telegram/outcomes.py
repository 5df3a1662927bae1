"""What an error of python-telegram-bot says about a message: gone, refused, to be tried again, or nobody knows.

The library has one class, NetworkError, for what are three different fates here, and the error's cause tells them apart:
  the server answered with a status it has no class for (5xx, 413, a 429 without a time): no cause, or, when the body was
      not JSON, a TelegramError as the cause
  the call never left (no connection, none free): httpx.ConnectError, ConnectTimeout, PoolTimeout and the like
  the call may have been read and carried out, and its answer was lost: every other httpx error (ReadTimeout, ReadError,
      RemoteProtocolError, WriteError, ...)
A 200 whose body is no JSON is a bare TelegramError: carried out, most likely.
"""

import httpx
from telegram import Bot
from telegram.error import BadRequest, ChatMigrated, EndPointNotFound, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from desk.outbox import Outcome
from desk.texts import say

_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)
# How Telegram words it that there is nobody (any more) at this address.
_NOBODY = ("chat not found", "user not found", "user is deactivated", "peer_id_invalid", "bot was blocked", "input_user_deactivated")
# A rejected token is the operator's to mend; what is on its way waits for that rather than being given up.
_TOKEN_SECONDS = 60.0


def outcome_of(error: TelegramError) -> Outcome:
    """The outcome of one call that ended in `error`. Its problem is a sentence for the counsellor."""
    if isinstance(error, RetryAfter):
        return Outcome("pending", problem=say("zh", "telegram.problem.slow_down"), retry_after=_seconds(error))
    if isinstance(error, Forbidden):
        return Outcome("blocked", problem=say("zh", "telegram.problem.blocked", said=error.message))
    if isinstance(error, InvalidToken):
        return Outcome("pending", problem=say("zh", "telegram.problem.token"), retry_after=_TOKEN_SECONDS)
    if isinstance(error, BadRequest):
        if any(words in error.message.lower() for words in _NOBODY):
            return Outcome("blocked", problem=say("zh", "telegram.problem.nobody", said=error.message))
        return Outcome("failed", problem=say("zh", "telegram.problem.refused", said=error.message))
    if isinstance(error, ChatMigrated | EndPointNotFound):
        return Outcome("failed", problem=say("zh", "telegram.problem.refused", said=error.message))
    if isinstance(error, NetworkError):
        return _of_network(error)
    return Outcome("unknown", problem=say("zh", "telegram.problem.no_answer"))


def _of_network(error: NetworkError) -> Outcome:
    cause = error.__cause__
    if isinstance(cause, _NEVER_LEFT):
        return Outcome("pending", problem=say("zh", "telegram.problem.unreachable"))
    if cause is not None and not isinstance(cause, TelegramError):
        return Outcome("unknown", problem=say("zh", "telegram.problem.no_answer"))
    words = error.message.lower()
    if "too large" in words:
        return Outcome("failed", problem=say("zh", "telegram.problem.too_large"))
    if "gateway time" in words:
        # Something in between passed the call on and gave up waiting: it may have been carried out.
        return Outcome("unknown", problem=say("zh", "telegram.problem.no_answer"))
    return Outcome("pending", problem=say("zh", "telegram.problem.server", said=error.message.partition(". Parsing")[0]))


def _seconds(error: RetryAfter) -> float:
    wait = error.retry_after
    return float(wait) if isinstance(wait, int) else wait.total_seconds()


def wait_asked(error: TelegramError) -> float | None:
    """Seconds for which Telegram asked us to wait, if it did."""
    return _seconds(error) if isinstance(error, RetryAfter) else None


def describe(error: BaseException, bot: Bot) -> str:
    """An error in one line for the log: the library puts the token into some of its messages."""
    return f"{type(error).__name__}: {error}".replace(bot.token, "<token>")[:300]

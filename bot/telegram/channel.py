"""TelegramChannel: how a message reaches a worker in Telegram, and what became of it."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot, InlineKeyboardButton, InlineKeyboardMarkup, Message
from telegram.constants import ChatAction
from telegram.error import BadRequest, TelegramError

from bot.channel import Outgoing, OutgoingFile
from bot.telegram.outcomes import describe, outcome_of
from bot.telegram.splitting import CAPTION_UNITS, split, units
from desk.conversations import Buttons
from desk.outbox import Outcome
from desk.texts import say

log = structlog.get_logger()

# One send ends before the outbox takes its claim for lost (30 s).
_SEND_SECONDS = 25.0
_PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")
_PHOTO_BYTES = 10 * 1_048_576
# How often a later part of a begun message is tried, and how long a wait in between is bearable.
_LATER_TRIES = 3
_LATER_SECONDS = 6.0

type _Part = Callable[[InlineKeyboardMarkup | None], Awaitable[Message]]


class TelegramChannel:
    """Implements bot.channel.Channel for private chats; an address is a chat's id in decimal."""

    name = "telegram"
    repeatable = False

    def __init__(self, bot: Bot, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._bot = bot
        self._pause = pause

    async def send(self, address: str, outgoing: Outgoing) -> Outcome:
        """Send one message: a file first, then the text in as many parts as it needs, the buttons below the last.

        Never raises for what Telegram may answer. `external_id` is the id of the part with the buttons.
        """
        try:
            async with asyncio.timeout(_SEND_SECONDS):
                return await self._send(int(address), outgoing)
        except TimeoutError:
            return Outcome("unknown", problem=say("zh", "telegram.problem.no_answer"))
        except FileNotFoundError:
            return Outcome("failed", problem=say("zh", "telegram.problem.file_missing"))
        except ValueError:
            return Outcome("failed", problem=say("zh", "telegram.problem.address"))

    async def typing(self, address: str) -> None:
        """Show that somebody is at work on an answer, for about five seconds; whether it shows does not matter."""
        try:
            await self._bot.send_chat_action(int(address), ChatAction.TYPING, read_timeout=3)
        except TelegramError as error:
            log.info("telegram.typing_failed", error=describe(error, self._bot))

    async def _send(self, chat_id: int, outgoing: Outgoing) -> Outcome:
        parts = await self._parts(chat_id, outgoing)
        if not parts:
            return Outcome("failed", problem=say("zh", "telegram.problem.empty"))
        keyboard = _keyboard(outgoing.buttons)
        outcome = Outcome("unknown")
        for number, part in enumerate(parts):
            below = keyboard if part is parts[-1] else None
            outcome = await self._attempt(part, below)
            tries = 1
            # The first part may go back to the outbox; behind it only trying on keeps the message whole.
            while number and outcome.state == "pending" and tries < _LATER_TRIES and (outcome.retry_after or 1.0) <= _LATER_SECONDS:
                await self._pause(outcome.retry_after or 1.0)
                outcome = await self._attempt(part, below)
                tries += 1
            if outcome.state != "sent":
                return _broken_off(outcome, number, len(parts)) if number else outcome
        return outcome

    async def _attempt(self, part: _Part, keyboard: InlineKeyboardMarkup | None) -> Outcome:
        try:
            message = await part(keyboard)
        except TelegramError as error:
            log.info("telegram.send_failed", error=describe(error, self._bot), cause=type(error.__cause__).__name__)
            return outcome_of(error)
        return Outcome("sent", external_id=str(message.message_id))

    async def _parts(self, chat_id: int, outgoing: Outgoing) -> list[_Part]:
        """The calls that make up a message, each waiting for the buttons to put below it."""
        texts = split(outgoing.text)
        parts: list[_Part] = []
        if outgoing.file is not None:
            caption = texts.pop() if len(texts) == 1 and units(texts[0]) <= CAPTION_UNITS else None
            content = await asyncio.to_thread(outgoing.file.path.read_bytes)
            parts.append(self._file_part(chat_id, outgoing.file, content, caption))
        return parts + [self._text_part(chat_id, text) for text in texts]

    def _text_part(self, chat_id: int, text: str) -> _Part:
        return lambda keyboard: self._bot.send_message(chat_id, text, reply_markup=keyboard)

    def _file_part(self, chat_id: int, file: OutgoingFile, content: bytes, caption: str | None) -> _Part:
        async def send(keyboard: InlineKeyboardMarkup | None) -> Message:
            if file.media_type in _PHOTO_TYPES and len(content) <= _PHOTO_BYTES:
                try:
                    return await self._bot.send_photo(chat_id, content, caption=caption, filename=file.name, reply_markup=keyboard)
                except BadRequest as error:
                    # A picture of odd proportions is no photo to Telegram; as a document it goes.
                    if not any(word in error.message.upper() for word in ("PHOTO", "IMAGE")):
                        raise
            return await self._bot.send_document(chat_id, content, caption=caption, filename=file.name, reply_markup=keyboard)

        return send


def _keyboard(buttons: Buttons) -> InlineKeyboardMarkup | None:
    rows = [[InlineKeyboardButton(button["label"], callback_data=button["payload"]) for button in row] for row in buttons if row]
    return InlineKeyboardMarkup(rows) if rows else None


def _broken_off(outcome: Outcome, arrived: int, total: int) -> Outcome:
    """Some parts are on the worker's screen already: sending again by itself would show them twice."""
    problem = say("zh", "telegram.problem.broken_off", arrived=arrived, total=total, problem=outcome.problem)
    return Outcome("blocked" if outcome.state == "blocked" else "unknown", problem=problem)

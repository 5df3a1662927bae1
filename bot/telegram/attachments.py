"""Attachments from Telegram: their bytes, fetched behind the worker's back while the answer is on its way."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog
from telegram import Bot
from telegram.error import BadRequest, TelegramError

from bot.telegram.outcomes import describe, wait_asked
from desk import conversations
from desk.conversations import Attachment
from desk.database import Database
from desk.errors import Invalid
from desk.files import FileStore
from desk.texts import say

log = structlog.get_logger()

_AT_ONCE = 4
_LOOK_SECONDS = 60.0
_LONGEST_WAIT = 600.0


class AttachmentFetcher:
    """Fetches what the database says is still at Telegram (a remote_ref). A failure is tried again, later and later."""

    def __init__(self, bot: Bot, database: Database, files: FileStore) -> None:
        self._bot = bot
        self._database = database
        self._files = files
        self._wanted = asyncio.Event()
        self._failures: dict[str, int] = {}
        self._not_before: dict[str, float] = {}

    def wake(self) -> None:
        """Something new was stored."""
        self._wanted.set()

    async def run(self, pause: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Fetch for ever: what is left from before at once, then whenever woken, and a look every minute."""
        while True:
            self._wanted.clear()
            try:
                await self.sweep()
            except Exception:
                log.exception("telegram.attachments_failed")
                await pause(1)
            try:
                async with asyncio.timeout(self._until_next()):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def sweep(self) -> int:
        """Fetch everything that is due. Returns how many were settled, for good or for bad."""
        waiting = await self._database.reading(conversations.unfetched_attachments, "telegram")
        now = time.monotonic()
        due = [attachment for attachment in waiting if self._not_before.get(attachment.id, 0) <= now]
        places = asyncio.Semaphore(_AT_ONCE)

        async def fetch(attachment: Attachment) -> bool:
            async with places:
                return await self._settle(attachment)

        return sum(await asyncio.gather(*(fetch(attachment) for attachment in due)))

    async def _settle(self, attachment: Attachment) -> bool:
        """Fetch one, and write down what became of it. False when it is to be tried again."""
        try:
            size = await self._fetch(attachment)
        except Invalid:
            await self._give_up(attachment, say("zh", "telegram.attachment.too_large"))
        except BadRequest as error:
            key = "too_large" if "too big" in error.message.lower() else "gone"
            await self._give_up(attachment, say("zh", f"telegram.attachment.{key}"))
        except (TelegramError, OSError, RuntimeError) as error:
            failures = self._failures[attachment.id] = self._failures.get(attachment.id, 0) + 1
            asked = wait_asked(error) if isinstance(error, TelegramError) else None
            self._not_before[attachment.id] = time.monotonic() + (asked or min(2.0**failures, _LONGEST_WAIT))
            log.warning("telegram.attachment_failed", attachment=attachment.id, failures=failures, error=describe(error, self._bot))
            return False
        else:
            await self._database.writing(conversations.settle_attachment, attachment.id, size=size)
        self._failures.pop(attachment.id, None)
        self._not_before.pop(attachment.id, None)
        return True

    async def _fetch(self, attachment: Attachment) -> int:
        if attachment.size > self._files.max_bytes:
            raise Invalid("too large to be fetched")
        file = await self._bot.get_file(attachment.remote_ref)
        if (file.file_size or 0) > self._files.max_bytes:
            raise Invalid("too large to be fetched")
        content = bytes(await file.download_as_bytearray())
        await asyncio.to_thread(self._files.save, attachment.id, content)
        return len(content)

    async def _give_up(self, attachment: Attachment, problem: str) -> None:
        log.warning("telegram.attachment_given_up", attachment=attachment.id, problem=problem)
        await self._database.writing(conversations.settle_attachment, attachment.id, problem=problem)

    def _until_next(self) -> float:
        """Seconds until the next failed one is due again, a minute at most."""
        now = time.monotonic()
        return min([_LOOK_SECONDS, *(max(moment - now, 0.1) for moment in self._not_before.values())])

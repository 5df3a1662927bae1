"""TelegramReceiver: takes in what workers send, by long polling or by webhook, and loses none of it.

Long polling: an update is confirmed (by asking for those behind it) only after `inbound.take` stored it. A crash before
that has it delivered again; a crash after it too, and then its id is known already.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any

import structlog
from fastapi import APIRouter
from sqlalchemy.exc import OperationalError
from telegram import Bot, BotCommand, Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.inbound import Inbound
from bot.telegram.attachments import AttachmentFetcher
from bot.telegram.outcomes import describe, wait_asked
from bot.telegram.updates import ALLOWED, Edit, read_update, update_of
from bot.telegram.webhook import WEBHOOK_PATH, webhook_router
from desk import contacts, conversations
from desk.clock import Clock
from desk.conversations import Incoming
from desk.database import Database
from desk.errors import Invalid
from desk.files import FileStore
from desk.texts import say

log = structlog.get_logger()

_LISTED = ("menu", "human", "cancel", "language", "privacy", "help")
_POLL_SECONDS = 30
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0
# How often an update that cannot be stored may hold up those behind it.
_MOST_TRIES = 5


class TelegramReceiver:
    """Receives for one bot. `problem` says in one line what is wrong right now, for /readyz; "" when nothing is."""

    def __init__(
        self,
        bot: Bot,
        inbound: Inbound,
        database: Database,
        clock: Clock,
        files: FileStore,
        *,
        webhook_url: str = "",
        webhook_secret: str = "",
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`webhook_url`: where Telegram is to call us, WEBHOOK_PATH being added to a bare host; empty polls.

        Raises Invalid when the secret that a webhook needs is missing or has characters that Telegram refuses.
        """
        if webhook_url and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", webhook_secret):
            raise Invalid("UNIONDESK_TELEGRAM_WEBHOOK_SECRET 必须是 1 到 256 个字母、数字、- 或 _（用 webhook 时不能为空）")
        bare = re.fullmatch(r"https?://[^/]+/?", webhook_url)
        self._webhook_url = webhook_url.rstrip("/") + WEBHOOK_PATH if bare else webhook_url
        self._webhook_secret = webhook_secret
        self._bot = bot
        self._inbound = inbound
        self._database = database
        self._clock = clock
        self._pause = pause
        self.fetcher = AttachmentFetcher(bot, database, files)
        self.problem = "starting"
        self._offset: int | None = None
        self._failures: dict[int, int] = {}
        self._declined: set[int] = set()
        self._storing = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._errands: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin in the background. An unreachable Telegram is waited for, not an error of the app."""
        self._tasks = [asyncio.create_task(self.run()), asyncio.create_task(self.fetcher.run())]

    def router(self) -> APIRouter:
        """Where Telegram calls us; to be mounted when there is a webhook, before `start`."""
        return webhook_router(self.handle, self._bot, self._webhook_secret)

    async def stop(self) -> None:
        """End, but not in the middle of storing something. The bot itself is the caller's to shut down."""
        async with self._storing:
            for task in self._tasks:
                task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._errands:
            await asyncio.wait(self._errands, timeout=2)
        for errand in list(self._errands):
            errand.cancel()

    async def run(self) -> None:
        """Make Telegram ready for us, then poll for ever; with a webhook, return once it is set."""
        prepared = False
        wait = _FIRST_WAIT
        while True:
            try:
                if not prepared:
                    await self._prepare()
                    prepared, self.problem = True, ""
                    if self._webhook_url:
                        return
                await self._poll()
                wait, self.problem = _FIRST_WAIT, ""
                continue
            except TelegramError as error:
                # A webhook that somebody set behind our back is taken off again.
                prepared = prepared and not (isinstance(error, Conflict) and "webhook" in error.message)
                self._complain(error, wait)
                wait = max(wait, wait_asked(error) or 0)
            except Exception:
                self.problem = "an update could not be stored"
                log.exception("telegram.receive_failed", again_in=wait)
            await self._pause(wait)
            wait = min(wait * 2, _LONGEST_WAIT)

    async def handle(self, update: Update) -> None:
        """Store what an update says; when this returns it is safe. Raises what the database raises."""
        news = read_update(update)
        if news.edit is not None:
            await self._take_edit(news.edit, news.incoming)
        elif news.incoming is not None:
            await self._inbound.take(news.incoming)
            if news.incoming.attachment is not None:
                self.fetcher.wake()
        if news.membership is not None:
            address, blocked = news.membership
            await self._database.writing(contacts.mark_blocked, "telegram", address, blocked, self._clock.now())
        if news.callback_id:
            self._later(self._bot.answer_callback_query(news.callback_id))
        if news.group_id is not None and news.group_id not in self._declined:
            self._declined.add(news.group_id)
            self._later(self._decline(news.group_id))

    async def _take_edit(self, edit: Edit, fresh: Incoming | None) -> None:
        """The new wording is asked anew first and noted at the original last: whatever is interrupted is done when the edit comes again.

        Telegram reports an edit for changes that nobody sees, too: those leave the words as they are stored.
        """
        if await self._database.reading(conversations.wording, "telegram", edit.original) == edit.text:
            return
        if fresh is not None:
            await self._inbound.take(fresh)
        await self._inbound.edited("telegram", edit.original, edit.text)

    async def _prepare(self) -> None:
        await self._bot.initialize()
        if self._webhook_url:
            await self._bot.set_webhook(self._webhook_url, secret_token=self._webhook_secret, allowed_updates=ALLOWED)
        else:
            await self._bot.delete_webhook()
        self._later(self._list_commands())
        log.info("telegram.ready", bot=self._bot.username, by="webhook" if self._webhook_url else "polling")

    async def _list_commands(self) -> None:
        for language, code in (("zh", None), ("zh", "zh"), ("en", "en")):
            commands = [BotCommand(name, say(language, f"telegram.command.{name}")) for name in _LISTED]
            await self._bot.set_my_commands(commands, language_code=code)

    async def _poll(self) -> None:
        for update in await self._next_updates():
            async with self._storing:
                await self._store(update)
                self._offset = update.update_id + 1

    async def _store(self, update: Update) -> None:
        """Handle one update. One that fails again and again, while the database itself works, must not keep everybody waiting."""
        try:
            await self.handle(update)
        except OperationalError:
            raise
        except Exception:
            failures = self._failures[update.update_id] = self._failures.get(update.update_id, 0) + 1
            if failures < _MOST_TRIES:
                raise
            log.exception("telegram.update_given_up", update_id=update.update_id)
        self._failures.pop(update.update_id, None)

    async def _next_updates(self) -> Sequence[Update]:
        try:
            return await self._bot.get_updates(self._offset, timeout=_POLL_SECONDS, allowed_updates=ALLOWED)
        except TelegramError:
            raise
        except Exception as error:
            # The library reads all or nothing: one update that it cannot read would stop everybody's.
            log.error("telegram.batch_unreadable", error=type(error).__name__)
        # In small letters, as the library warns of calling by name what it has a method for; Telegram takes both.
        raw = await self._bot.do_api_request("getupdates", {"offset": self._offset, "timeout": 0, "allowed_updates": ALLOWED})
        return [update_of(one, self._bot) for one in raw]

    def _complain(self, error: TelegramError, wait: float) -> None:
        said = describe(error, self._bot)
        self.problem = said
        if isinstance(error, InvalidToken):
            self.problem = "Telegram rejects the token; see UNIONDESK_TELEGRAM_TOKEN"
            log.error("telegram.token_rejected", setting="UNIONDESK_TELEGRAM_TOKEN", again_in=wait)
        elif isinstance(error, Conflict) and "webhook" not in error.message:
            self.problem = "another program polls with the same bot token"
            log.error("telegram.second_poller", hint="another program polls with the same bot token; stop one of the two", again_in=wait)
        else:
            log.warning("telegram.unreachable", error=said, again_in=wait)

    async def _decline(self, chat_id: int) -> None:
        """Say once that we serve private chats only, and go: a group need not see anybody's troubles."""
        text = f"{say('zh', 'telegram.private_only')}\n\n{say('en', 'telegram.private_only')}"
        with contextlib.suppress(TelegramError):
            await self._bot.send_message(chat_id, text)
        await self._bot.leave_chat(chat_id)

    def _later(self, errand: Coroutine[Any, Any, object]) -> None:
        """Run something that may fail and that nobody waits for."""

        async def attempt() -> None:
            try:
                await errand
            except TelegramError as error:
                log.info("telegram.errand_failed", error=describe(error, self._bot))

        task = asyncio.create_task(attempt())
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

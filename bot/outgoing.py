"""The outbox at work: takes what is due, paces it, calls the channel, writes down what became of it."""

import asyncio
import contextlib
import datetime as dt
import time
from typing import Any

import structlog
from sqlalchemy.orm import Session

from bot.channel import Channel, Outgoing, OutgoingFile
from desk import conversations, outbox
from desk.clock import Clock
from desk.contacts import Contact
from desk.conversations import Attachment, Message
from desk.database import Database
from desk.files import FileStore
from desk.outbox import Delivery, Outcome

log = structlog.get_logger()


class Pace:
    """At most `rate` sends a second, evenly: `turn` waits for the next place. Urgent lanes do not queue behind campaigns,
    because the drain offers them first."""

    def __init__(self, rate: float) -> None:
        self._gap = 1 / rate
        self._next = 0.0

    async def turn(self) -> None:
        now = time.monotonic()
        self._next = max(self._next, now) + self._gap
        await asyncio.sleep(self._next - self._gap - now)


class OutboxDrain:
    """Sends deliveries over their channels. Safe to kill at any moment: the rows know how far it came."""

    def __init__(self, database: Database, clock: Clock, channels: dict[str, Channel], files: FileStore, paces: dict[str, Pace], at_once: int = 8) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels
        self._files = files
        self._paces = paces
        self._at_once = at_once
        self._busy: set[str] = set()
        self._quiet_until: dict[str, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def send_now(self, message_ids: list[str]) -> None:
        """The direct reply of a turn: these messages, in order, without waiting for the next round."""
        for delivery_id in await self._database.reading(outbox.of_messages, message_ids):
            if not await self._deliver(delivery_id):
                return

    async def round(self) -> int:
        """Start sending what may go now. Returns how many were started."""
        room = self._at_once - len(self._tasks)
        if room <= 0:
            return 0
        now = self._clock.now()
        skip = frozenset(self._busy | {contact for contact, until in self._quiet_until.items() if until > time.monotonic()})
        ready = await self._database.reading(outbox.waiting, now, room, skip_contacts=skip)
        for delivery_id in ready:
            task = asyncio.create_task(self._send_paced(delivery_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return len(ready)

    async def run(self) -> None:
        """Drain for ever: at once while there is work, otherwise a look every 200 ms."""
        recovered = time.monotonic()
        while True:
            try:
                if time.monotonic() - recovered > 5:
                    recovered = time.monotonic()
                    await self._database.writing(outbox.recover, self._clock.now())
                started = await self.round()
            except Exception:
                log.exception("outbox.round_failed")
                started = 0
            if self._tasks and started == 0:
                await asyncio.wait(self._tasks, timeout=0.2, return_when=asyncio.FIRST_COMPLETED)
            elif started == 0:
                await asyncio.sleep(0.2)

    async def settle(self) -> None:
        """Send everything that is due now, and wait until it is done: for a tick in a test, and before stopping."""
        while await self.round() or self._tasks:
            await asyncio.gather(*self._tasks)

    async def _send_paced(self, delivery_id: str) -> None:
        try:
            await self._deliver(delivery_id)
        except Exception:
            log.exception("outbox.send_failed", delivery=delivery_id)

    async def _deliver(self, delivery_id: str) -> bool:
        """Claim, send, write down. True when it was sent."""
        taken = await self._database.writing(_take, delivery_id, self._clock.now(), self._files)
        if taken is None:
            return False
        channel_name, address, contact_id, outgoing = taken
        self._busy.add(contact_id)
        try:
            channel = self._channels.get(channel_name)
            if channel is None:
                outcome = Outcome("failed", problem=f"没有启用渠道 {channel_name}")
            else:
                if channel_name in self._paces:
                    await self._paces[channel_name].turn()
                outcome = await channel.send(address, outgoing)
            if outcome.retry_after is not None:
                # The channel asked for patience with this chat only; nobody else waits for it.
                self._quiet_until[contact_id] = time.monotonic() + outcome.retry_after
            await self._database.writing(outbox.settle, delivery_id, outcome, self._clock.now())
        finally:
            self._busy.discard(contact_id)
        if outcome.state not in ("sent",):
            log.warning("outbox.not_sent", delivery=delivery_id, state=outcome.state, problem=outcome.problem)
        return outcome.state == "sent"

    async def stop(self) -> None:
        """Let what is being sent end, for at most ten seconds."""
        if self._tasks:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(*self._tasks, return_exceptions=True), 10)


def _take(session: Session, delivery_id: str, now: dt.datetime, files: FileStore) -> tuple[str, str, str, Outgoing] | None:
    """Claim a delivery and make what it says a stored message, in one: whatever is sent is in the history."""
    if not outbox.claim(session, delivery_id, now):
        return None
    delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
    contact = session.get_one(Contact, delivery.contact_id)
    if delivery.campaign_id and not contact.subscribed:
        delivery.state, delivery.settled_at = "cancelled", now
        return None
    if delivery.message_id is None:
        delivery.message_id = _message_of(session, contact.id, delivery.body, now).id
    message = session.get_one(Message, delivery.message_id)
    file = None
    if message.attachment_id:
        attachment = session.get_one(Attachment, message.attachment_id)
        file = OutgoingFile(files.path(attachment.id), attachment.name, attachment.media_type)
    return contact.channel, contact.address, contact.id, Outgoing(message.id, message.text, message.buttons, file)


def _message_of(session: Session, contact_id: str, body: dict[str, Any], now: dt.datetime) -> Message:
    conversation = conversations.ensure_conversation(session, contact_id, now)
    return conversations.add_message(
        session, conversation.id, now, direction="out", author="system", text=body["text"], buttons=body.get("buttons", [])
    )

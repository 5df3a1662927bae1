"""The outbox at work: takes what is due, paces it, calls the channel, writes down what became of it."""

import asyncio
import contextlib
import datetime as dt
import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.channel import Channel, Outgoing, OutgoingFile
from desk import conversations, outbox
from desk.campaigns import Campaign
from desk.clock import Clock
from desk.contacts import Contact
from desk.conversations import Attachment, Message
from desk.database import Database, announce
from desk.files import FileStore
from desk.outbox import Delivery, Outcome

log = structlog.get_logger()

# How long a contact is left in peace after a fault of ours.
_REST = dt.timedelta(seconds=10)


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
    """Sends deliveries over their channels, `at_once` at most on each. Safe to kill at any moment: the rows know how far it came."""

    def __init__(
        self, database: Database, clock: Clock, channels: dict[str, Channel], files: FileStore, paces: dict[str, Pace], at_once: int = 8
    ) -> None:
        self._database = database
        self._clock = clock
        self._channels = channels
        self._files = files
        self._paces = paces
        self._at_once = at_once
        # What is under way: a delivery's id and its channel.
        self._sending: dict[str, str] = {}
        self._quiet_until: dict[str, dt.datetime] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def send_now(self, message_ids: list[str]) -> None:
        """The direct reply of a turn: these messages, in order, without waiting for the next round."""
        for addressed in await self._database.reading(_of_messages, message_ids):
            if addressed.contact_id in self._quiet() or not await self._deliver(addressed, direct=True):
                # The rest goes in its order by the drain.
                return

    async def round(self) -> int:
        """Start sending what may go now. Returns how many were started."""
        sending = Counter(self._sending.values())
        # Each channel has its own room: one that hangs must not hold up the others.
        full = frozenset(name for name, count in sending.items() if count >= self._at_once)
        ready = await self._database.reading(_ready, self._clock.now(), self._at_once, self._quiet(), full)
        started = 0
        for addressed in ready:
            if addressed.delivery_id in self._sending or sending[addressed.channel] >= self._at_once:
                continue
            started += 1
            sending[addressed.channel] += 1
            self._sending[addressed.delivery_id] = addressed.channel
            task = asyncio.create_task(self._send(addressed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return started

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

    def _quiet(self) -> frozenset[str]:
        """Contacts that are left in peace for a while."""
        now = self._clock.now()
        self._quiet_until = {contact_id: until for contact_id, until in self._quiet_until.items() if until > now}
        return frozenset(self._quiet_until)

    async def _send(self, addressed: "_Addressed") -> None:
        try:
            await self._deliver(addressed)
        except Exception:
            # The row is as it was, and would be offered again at once.
            self._quiet_until[addressed.contact_id] = self._clock.now() + _REST
            log.exception("outbox.send_failed", delivery=addressed.delivery_id)
        finally:
            self._sending.pop(addressed.delivery_id, None)

    async def _deliver(self, addressed: "_Addressed", *, direct: bool = False) -> bool:
        """Claim, send, write down. True when it was sent."""
        delivery_id = addressed.delivery_id
        if pace := self._paces.get(addressed.channel):
            # Before the claim: waiting for a place must not use up the claim's time.
            await pace.turn()
        taken = await self._database.writing(_take, delivery_id, self._clock.now(), self._files, direct)
        if taken is None:
            return False
        outcome = await self._call(addressed.channel, *taken)
        if outcome.retry_after is not None:
            # The channel asked for patience with this chat only; nobody else waits for it.
            self._quiet_until[addressed.contact_id] = self._clock.now() + dt.timedelta(seconds=outcome.retry_after)
        await self._database.writing(outbox.settle, delivery_id, outcome, self._clock.now())
        if outcome.state != "sent":
            log.warning("outbox.not_sent", delivery=delivery_id, state=outcome.state, problem=outcome.problem)
        return outcome.state == "sent"

    async def _call(self, name: str, address: str, outgoing: Outgoing) -> Outcome:
        channel = self._channels.get(name)
        if channel is None:
            return Outcome("failed", problem=f"没有启用渠道 {name}")
        try:
            return await channel.send(address, outgoing)
        except Exception:
            # A fault of ours: nobody knows how far the call came.
            log.exception("outbox.channel_failed", channel=name)
            return Outcome("pending" if channel.repeatable else "unknown", problem="发送时出错，是否送达未知")

    async def stop(self) -> None:
        """Let what is being sent end, for at most ten seconds."""
        if self._tasks:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(*self._tasks, return_exceptions=True), 10)


@dataclass(frozen=True)
class _Addressed:
    """A delivery, and where it goes."""

    delivery_id: str
    channel: str
    contact_id: str


def _addressed(session: Session, column: InstrumentedAttribute[Any], wanted: list[str]) -> list[_Addressed]:
    """The deliveries of which `column` is one of `wanted`, with where they go, in that order."""
    query = select(column, Delivery.id, Contact.channel, Contact.id).join(Contact, Contact.id == Delivery.contact_id)
    found = {key: _Addressed(*row) for key, *row in session.execute(query.where(column.in_(wanted)))}
    return [found[key] for key in wanted if key in found]


def _ready(session: Session, now: dt.datetime, limit: int, quiet: frozenset[str], full: frozenset[str]) -> list[_Addressed]:
    return _addressed(session, Delivery.id, outbox.waiting(session, now, limit, skip_contacts=quiet, skip_channels=full))


def _of_messages(session: Session, message_ids: list[str]) -> list[_Addressed]:
    return _addressed(session, Delivery.message_id, message_ids)


def _take(session: Session, delivery_id: str, now: dt.datetime, files: FileStore, direct: bool) -> tuple[str, Outgoing] | None:
    """Claim a delivery and make what it says a stored message, in one: whatever is sent is in the history.

    None when it does not go now. `direct`: out of its turn, so only when nothing older is on its way to the contact.
    """
    if direct and not outbox.is_first(session, delivery_id):
        session.get_one(Delivery, delivery_id).claimed_until = None
        return None
    if not outbox.claim(session, delivery_id, now):
        return None
    delivery = session.get_one(Delivery, delivery_id, populate_existing=True)
    contact = session.get_one(Contact, delivery.contact_id)
    if delivery.campaign_id and _stopped(session, delivery, contact, now):
        return None
    if delivery.message_id is None:
        delivery.message_id = _message_of(session, contact.id, delivery.body, now).id
    message = session.get_one(Message, delivery.message_id)
    file = None
    if message.attachment_id:
        attachment = session.get_one(Attachment, message.attachment_id)
        file = OutgoingFile(files.path(attachment.id), attachment.name, attachment.media_type)
    return contact.address, Outgoing(message.id, message.text, message.buttons, file)


def _stopped(session: Session, delivery: Delivery, contact: Contact, now: dt.datetime) -> bool:
    """Whether a campaign's delivery is not to go after all: what was being tried when the campaign was stopped comes here."""
    state = session.get_one(Campaign, delivery.campaign_id).state
    if state == "cancelled" or not contact.subscribed:
        delivery.state, delivery.settled_at = "cancelled", now
    elif state == "paused":
        delivery.state = "held"
    else:
        return False
    delivery.claimed_until = None
    announce(session, "campaign", str(delivery.campaign_id))
    return True


def _message_of(session: Session, contact_id: str, body: dict[str, Any], now: dt.datetime) -> Message:
    conversation = conversations.ensure_conversation(session, contact_id, now)
    return conversations.add_message(
        session, conversation.id, now, direction="out", author="system", text=body["text"], buttons=body.get("buttons", [])
    )

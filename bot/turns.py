"""A turn: one message of a worker, answered. Who answers is the conversation's holder: the bot or a person."""

import asyncio

import structlog
from sqlalchemy.orm import Session

from bot.channel import Channel
from bot.fallback import Fallback
from bot.outgoing import OutboxDrain
from bot.rasa import PinnedRasas, Rasa, RasaUnavailable
from bot.rewriting import Rewriting
from desk import cases, conversations, texts, urgency
from desk.clock import Clock
from desk.conversations import Reply, Turn
from desk.database import Database
from desk.metrics import Metrics

log = structlog.get_logger()

# How long an answer that is ready waits for the sign that it is being written (seconds).
_TYPING = 0.5

# What a worker can send that the bot cannot read; a counsellor sees it all the same.
_UNREADABLE = ("photo", "document", "voice", "unknown")


class TurnTaker:
    """Takes a conversation's unanswered messages one by one, until none is left."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        rasa: Rasa | PinnedRasas,
        fallback: Fallback,
        drain: OutboxDrain,
        channels: dict[str, Channel],
        metrics: Metrics,
        rewriting: Rewriting | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._rasa = rasa
        self._fallback = fallback
        self._drain = drain
        self._channels = channels
        self._metrics = metrics
        self._rewriting = rewriting

    async def answer(self, conversation_id: str) -> None:
        """Answer everything that is unanswered in a conversation, in order."""
        while turn := await self._database.reading(conversations.next_turn, conversation_id):
            await self._take(turn)

    async def _take(self, turn: Turn) -> None:
        if turn.holder == "human" and not await self._called_a_person(turn):
            await self._database.writing(_for_a_person, turn, self._clock)
            return
        typing = asyncio.create_task(self._show_typing(turn))
        with self._metrics.turn():
            replies = await self._think(turn)
            if self._rewriting is not None:
                replies = await self._rewriting.reword(turn, replies, lambda: self._show_typing(turn))
            to_send = await self._database.writing(_answered, turn, replies, self._clock)
        if not to_send and replies:
            log.info("turn.dropped", conversation=turn.conversation_id, epoch=turn.epoch)
        await asyncio.wait({typing}, timeout=_TYPING)
        await self._drain.send_now(to_send)

    async def _called_a_person(self, turn: Turn) -> bool:
        """Whether a crash came between opening a case for this very message and saying so: then it is still to be answered."""
        return await self._database.reading(cases.opened_by, turn.message_id)

    async def _show_typing(self, turn: Turn) -> None:
        channel = self._channels.get(turn.channel)
        try:
            if channel is not None:
                await channel.typing(turn.address)
        except Exception:
            # No answer fails for want of it.
            log.exception("turn.typing_failed", conversation=turn.conversation_id)

    async def _think(self, turn: Turn) -> list[Reply]:
        if turn.kind in _UNREADABLE and not turn.text:
            return [Reply(texts.say(turn.language, f"received.{turn.kind}"), _menu(turn.language))]
        if turn.kind in ("contact", "location") and not turn.payload:
            return await self._database.writing(_noted, turn)
        try:
            return await self._rasa.respond(turn)
        except RasaUnavailable as error:
            self._metrics.rasa_failed()
            log.warning("turn.rasa_unavailable", conversation=turn.conversation_id, error=str(error))
            return await self._fallback.respond(turn)


def _for_a_person(session: Session, turn: Turn, clock: Clock) -> None:
    """A message while a person holds the conversation: their desk shows it; danger in it moves the case up.

    Nothing happens when the person has given the conversation back meanwhile: the message is then the bot's to answer.
    """
    if conversations.lock(session, turn.conversation_id).holder != "human":
        return
    found = urgency.detect(turn.text)
    cases.worker_wrote(session, turn.conversation_id, turn.message_id, found.level if found else "normal", clock.now())
    conversations.mark_handled(session, turn.message_id, clock.now())


def _answered(session: Session, turn: Turn, replies: list[Reply], clock: Clock) -> list[str]:
    """Store the answer. Where a person took over while the bot was thinking, the message waits for them instead."""
    to_send = conversations.answer_turn(session, turn, replies, clock.now())
    if to_send == []:
        conversation = conversations.conversation_by_id(session, turn.conversation_id)
        if conversation.epoch != turn.epoch and conversation.holder == "human":
            _for_a_person(session, turn, clock)
    return to_send or []


def _noted(session: Session, turn: Turn) -> list[Reply]:
    """A phone number or a place: kept with the conversation for the counsellor."""
    conversations.note_details(session, turn.conversation_id, turn.message_id)
    return [Reply(texts.say(turn.language, f"received.{turn.kind}"), _menu(turn.language))]


def _menu(language: str) -> list[list[dict[str, str]]]:
    return [
        [
            {"label": texts.say(language, "button.menu"), "payload": "/menu"},
            {"label": texts.say(language, "button.human"), "payload": "/human"},
        ]
    ]

"""A turn: one message of a worker, answered. Who answers is the conversation's holder: the bot or a person."""

import structlog
from sqlalchemy.orm import Session

from bot.channel import Channel
from bot.fallback import Fallback
from bot.outgoing import OutboxDrain
from bot.rasa import Rasa, RasaUnavailable
from desk import cases, conversations, texts, urgency
from desk.clock import Clock
from desk.conversations import Reply, Turn
from desk.database import Database
from desk.metrics import Metrics

log = structlog.get_logger()

# What a worker can send that the bot cannot read; a counsellor sees it all the same.
_UNREADABLE = ("photo", "document", "voice", "unknown")


class TurnTaker:
    """Takes a conversation's unanswered messages one by one, until none is left."""

    def __init__(
        self, database: Database, clock: Clock, rasa: Rasa, fallback: Fallback, drain: OutboxDrain, channels: dict[str, Channel], metrics: Metrics
    ) -> None:
        self._database = database
        self._clock = clock
        self._rasa = rasa
        self._fallback = fallback
        self._drain = drain
        self._channels = channels
        self._metrics = metrics

    async def answer(self, conversation_id: str) -> None:
        """Answer everything that is unanswered in a conversation, in order."""
        while turn := await self._database.reading(conversations.next_turn, conversation_id):
            await self._take(turn)

    async def _take(self, turn: Turn) -> None:
        if turn.holder == "human" and not turn.payload.startswith("/cancel"):
            await self._database.writing(_for_a_person, turn, self._clock)
            return
        channel = self._channels.get(turn.channel)
        if channel is not None:
            await channel.typing(turn.address)
        with self._metrics.turn():
            replies = await self._think(turn)
            to_send = await self._database.writing(conversations.answer_turn, turn, replies, self._clock.now())
        if not to_send and replies:
            log.info("turn.dropped", conversation=turn.conversation_id, epoch=turn.epoch)
        await self._drain.send_now(to_send)

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
    """A message while a person holds the conversation: their desk shows it; danger in it moves the case up."""
    found = urgency.detect(turn.text)
    cases.worker_wrote(session, turn.conversation_id, turn.message_id, found.level if found else "normal", clock.now())
    conversations.mark_handled(session, turn.message_id, clock.now())


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

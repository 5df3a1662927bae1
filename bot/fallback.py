"""When Rasa does not answer, the bot still does: the best article, or a person."""

from sqlalchemy.orm import Session

from desk import cases, conversations, texts, urgency
from desk.answering import Answering, Understanding
from desk.cases import Handoff, SlaPolicy
from desk.clock import Clock
from desk.conversations import Reply, Turn
from desk.database import Database
from desk.errors import DeskError

# Without Rasa there is no topic to lean on: an article must be this near to what was asked.
_NEAR = 0.62


class Fallback:
    """Answers from search alone; whatever search cannot answer becomes a case."""

    def __init__(self, database: Database, clock: Clock, answering: Answering, policy: SlaPolicy, union_name: str, hotline: str) -> None:
        self._database = database
        self._clock = clock
        self._answering = answering
        self._policy = policy
        self._union_name = union_name
        self._hotline = hotline

    async def respond(self, turn: Turn) -> list[Reply]:
        """What to say. Safe to repeat for the same turn."""
        verb, *refs = turn.payload.removeprefix("/").split() or [""]
        found = urgency.detect(turn.text)
        if verb == "human" or (found is not None and found.level == "urgent"):
            return await self._database.writing(self._to_a_person, turn, found.kind if found else "")
        try:
            if verb == "article" and refs:
                answer = await self._database.reading(self._answering.article, refs[0], turn.language, self._clock.now())
                return answer.replies
        except DeskError as error:
            return [Reply(error.message)]
        if not turn.payload:
            reopened = await self._database.writing(cases.reopen, turn.conversation_id, self._policy, self._clock.now())
            if reopened is not None:
                return [Reply(texts.say(turn.language, "fallback.reopened"), details={"handover": True})]
            near = await self._database.reading(self._search, turn)
            if near:
                return near
        if turn.memory.get("without_rasa"):
            return await self._database.writing(self._to_a_person, turn, "")
        return await self._database.writing(self._sorry, turn)

    def _search(self, session: Session, turn: Turn) -> list[Reply]:
        now = self._clock.now()
        hits = self._answering.search.find(session, turn.text, {}, now.date(), limit=3)
        if not hits or hits[0].meaning < _NEAR:
            return []
        understood = Understanding(ranking=((hits[0].article.topic, 1.0),))
        return self._answering.answer(session, turn.text, understood, turn.language, now).replies

    def _sorry(self, session: Session, turn: Turn) -> list[Reply]:
        conversations.remember(session, turn.conversation_id, without_rasa=True)
        button = {"label": texts.say(turn.language, "button.human"), "payload": "/human"}
        return [Reply(texts.say(turn.language, "fallback.sorry", hotline=self._hotline), [[button]])]

    def _to_a_person(self, session: Session, turn: Turn, urgent: str) -> list[Reply]:
        handoff = Handoff(turn.message_id, "urgent" if urgent else "asked", "urgent" if urgent else "normal", title=turn.text)
        opened = cases.hand_off(session, turn.conversation_id, handoff, self._policy, self._clock.now())
        lines = [Reply(texts.say(turn.language, f"urgent.{urgent}", hotline=self._hotline))] if urgent else []
        handed = texts.say(turn.language, "handoff", number=opened.number, union=self._union_name, hotline=self._hotline)
        return [*lines, Reply(handed, details={"handover": True})]

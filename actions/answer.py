"""Questions: answered from the articles, asked back, or handed to a person."""

from dataclasses import replace
from typing import Any

from sqlalchemy.orm import Session

from actions.house import DeskAction, Result, Said, rows
from desk import cases, conversations, facts, urgency
from desk.answering import Answer
from desk.cases import Handoff
from desk.conversations import Reply
from desk.errors import NotFound
from desk.knowledge import articles
from desk.texts import catalogue

_PARTS = (
    ("go", ("哪办", "哪里", "哪儿", "找谁", "去哪", "地址", "部门", "怎么去", "where")),
    ("deadlines", ("多久", "几天", "时间", "期限", "时效", "多长", "什么时候", "how long")),
    ("costs", ("多少钱", "费用", "收费", "免费", "要钱", "花钱", "cost")),
    ("evidence", ("材料", "证据", "带什么", "带啥", "准备", "需要什么", "手续", "evidence")),
    ("avoid", ("注意", "不能做", "别", "风险")),
)


class ActionAnswer(DeskAction):
    """A question in the worker's own words."""

    def name(self) -> str:
        return "action_answer"

    def act(self, said: Said) -> Result:
        return answer_question(self, said, said.text, said.understanding.ranking)


class ActionFollowup(DeskAction):
    """ "要多久", "在哪办", "那没签合同呢": understood in the light of the last answer."""

    def name(self) -> str:
        return "action_followup"

    def act(self, said: Said) -> Result:
        last, topic = (str(said.slots.get(name) or "") for name in ("last_article", "last_topic"))
        if not topic:
            return answer_question(self, said, said.text, said.understanding.ranking)
        part = next((part for part, words in _PARTS if any(word in said.text for word in words)), "")
        with self.house.database.read() as session:
            shown = _shown(session, last) if last else None
            if part and shown and shown.body.get(part):
                return Result([self.house.answering.part(session, last, part, said.language, said.now)])
        # "那没签合同呢": the same matter, seen from another side, so another article of the same topic.
        question = f"{said.say(f'topic.{topic}')} {said.text}" if f"topic.{topic}" in catalogue(said.language) else said.text
        return answer_question(self, said, question, _leaning(said.understanding.ranking, topic), shown_before=last, patience=1)


class ActionArticle(DeskAction):
    """An article asked for by its button."""

    def name(self) -> str:
        return "action_article"

    def act(self, said: Said) -> Result:
        with self.house.database.read() as session:
            answer = self.house.answering.article(session, said.ref, said.language, said.now)
        remember(self, said, answer)
        replies = _offering(answer.replies, said) if answer.offers_person else answer.replies
        return Result(replies, {"last_article": said.ref, "last_topic": answer.topic, "doubts": 0})


class ActionPart(DeskAction):
    """One part of an article: its evidence list, where to go, what it costs, what to avoid."""

    def name(self) -> str:
        return "action_part"

    def act(self, said: Said) -> Result:
        if len(said.refs) < 2:
            raise NotFound(said.say("button.old"))
        with self.house.database.read() as session:
            return Result([self.house.answering.part(session, said.refs[0], said.refs[1], said.language, said.now)])


class ActionHuman(DeskAction):
    """The worker wants a person."""

    def name(self) -> str:
        return "action_human"

    def act(self, said: Said) -> Result:
        title = str(said.slots.get("last_topic") or "")
        collected = {str(k): v for k, v in (said.slots.get("q_answers") or {}).items()}
        reply = hand_over(self, said, Handoff(said.message_id, "asked", topic=title, facts=collected))
        return Result([reply], _closed_form() | {"doubts": 0}, handover=True)


def answer_question(
    action: DeskAction, said: Said, question: str, ranking: tuple[tuple[str, float], ...], *, shown_before: str = "", patience: int = 0
) -> Result:
    """Answer; at danger, or when the bot was unsure twice in a row, give the conversation to a person as well.

    `patience`: so many more times the bot may ask back.
    """
    house, doubts = action.house, int(said.slots.get("doubts") or 0)
    understood = replace(said.understanding, ranking=ranking)
    with house.database.read() as session:
        answer = house.answering.answer(
            session, question, understood, said.language, said.now, doubts=max(0, doubts - patience), leave_out=shown_before
        )
        settled = cases.reopenable(session, said.conversation_id, house.policy, said.now)
    known = facts.extract(said.text)
    remember(action, said, answer, known)
    urgent = urgency.detect(said.text)
    if urgent is not None and urgent.level == "urgent":
        return _urgent(action, said, answer, urgent, known)
    if settled is not None and not (answer.kind == "article" and settled.topic not in ("", answer.topic, answer.second_topic)):
        return _reopened(action, said, answer)
    slots: dict[str, Any] = {"doubts": 0}
    if answer.kind == "article":
        slots |= {"last_article": answer.articles[0], "last_topic": answer.topic}
    if answer.kind == "unsure" and doubts >= 1:
        reply = hand_over(action, said, Handoff(said.message_id, "doubt", topic=answer.topic, title=said.text, facts=known))
        # A passage that was found is worth reading while a person is on the way.
        return Result([*answer.replies[:-1], _deciding(reply, answer, handoff=True)], slots, handover=True)
    if answer.kind in ("clarify", "unsure"):
        slots["doubts"] = doubts + 1
    if answer.kind == "clarify" and answer.topic != said.slots.get("last_topic"):
        # "那没签合同呢" after it is about this matter still.
        slots |= {"last_article": None, "last_topic": answer.topic}
    replies = [_deciding(answer.replies[0], answer, handoff=answer.person), *answer.replies[1:]]
    return Result(_offering(replies, said) if answer.person or answer.offers_person else replies, slots)


def _offering(replies: list[Reply], said: Said) -> list[Reply]:
    """The replies with a person offered below them, and in no other place."""
    human = rows((said.say("button.human"), "/human"))
    return [
        *(replace(reply, buttons=[row for row in reply.buttons if row not in human]) for reply in replies),
        Reply(said.say("offer.person"), human),
    ]


def _urgent(action: DeskAction, said: Said, answer: Answer, urgent: urgency.Urgent, known: dict[str, Any]) -> Result:
    """The hotline first, then the person, then what the law says."""
    lines = catalogue(said.language)
    key = f"urgent.{urgent.kind}" if f"urgent.{urgent.kind}" in lines else "urgent.other"
    hotline = Reply(said.say(key, hotline=action.house.hotline))
    handoff = Handoff(said.message_id, "urgent", "urgent", answer.topic, said.text, {**known, "urgent": urgent.kind})
    handed = hand_over(action, said, handoff)
    shown = answer.replies if answer.kind == "article" else []
    return Result([_deciding(hotline, answer, handoff=True), handed, *shown], {"doubts": 0}, handover=True)


def _reopened(action: DeskAction, said: Said, answer: Answer) -> Result:
    """The worker came back to a matter that was settled within the last days: the same case, the same counsellor."""
    with action.house.database.write() as session:
        again = cases.reopen(session, said.conversation_id, action.house.policy, said.now)
    if again is None:
        return Result(answer.replies)
    reply = Reply(said.say("handoff.reopened", number=again.number))
    return Result([_deciding(reply, answer, handoff=True)], {"doubts": 0}, handover=True)


def _deciding(reply: Reply, answer: Answer, *, handoff: bool) -> Reply:
    """The reply with the decision behind it: what `uniondesk ask` reports and the console shows."""
    decision = {
        "kind": answer.kind,
        "topic": answer.topic,
        "second_topic": answer.second_topic,
        "confidence": round(answer.confidence, 4),
        "articles": answer.articles,
        "citations": answer.citations,
        "passages": answer.passages,
        "handoff": handoff,
        "person": answer.person_likely,
        "elsewhere": answer.elsewhere,
        "urgent": answer.urgent,
        "need": answer.need,
        "found": [
            {"article": h.article.id, "confidence": round(h.confidence, 3), "meaning": round(h.meaning, 3),
             "telling": round(h.telling, 3), "words": round(h.words, 3), "topic_weight": round(h.topic_weight, 3), "nearest": h.nearest}
            for h in answer.hits
        ],
    }  # fmt: skip
    return replace(reply, details={**reply.details, "decision": decision})


def hand_over(action: DeskAction, said: Said, handoff: Handoff) -> Reply:
    """Open (or add to) the case, and say so."""
    house = action.house
    with house.database.write() as session:
        memory = conversations.conversation_by_id(session, said.conversation_id).memory
        known = {**memory.get("facts", {}), **handoff.facts}
        title = handoff.title or str(memory.get("question", ""))
        topic = handoff.topic or str(memory.get("topic", ""))
        full = Handoff(handoff.source_id, handoff.reason, handoff.urgency, topic, title, known)
        opened = cases.hand_off(session, said.conversation_id, full, house.policy, said.now)
    return Reply(said.say("handoff", number=opened.number, union=house.union_name, hotline=house.hotline))


def remember(action: DeskAction, said: Said, answer: Answer, known: dict[str, Any] | None = None) -> None:
    """Keep what a counsellor wants to see: the question, its topic, the articles shown, the facts."""
    with action.house.database.write() as session:
        conversation = conversations.lock(session, said.conversation_id)
        memory = conversation.memory
        shown = [*memory.get("articles", []), *answer.articles[:1]] if answer.kind == "article" else memory.get("articles", [])
        conversation.memory = conversations.recalled(
            memory,
            question=None if said.text.startswith("/") else said.text[:200],
            topic=answer.topic or memory.get("topic"),
            confidence=round(answer.confidence, 3),
            articles=list(dict.fromkeys(shown))[-8:],
            facts={**memory.get("facts", {}), **(known or {})},
        )


def _shown(session: Session, article_id: str) -> articles.Article | None:
    """The article last shown, or None when it was withdrawn since."""
    try:
        return articles.article_by_id(session, article_id)
    except NotFound:
        return None


def _leaning(ranking: tuple[tuple[str, float], ...], topic: str) -> tuple[tuple[str, float], ...]:
    """The ranking with the matter at hand first: a follow-up rarely changes it."""
    weights = dict(ranking)
    weights[topic] = max(weights.get(topic, 0.0), 0.6)
    return tuple(sorted(weights.items(), key=lambda item: -item[1]))


def _closed_form() -> dict[str, Any]:
    return {"q_kind": None, "q_name": None, "q_answers": None, "q_answer": None}

"""Rewriting: an article's answer in words nearer to the worker's own, when every figure and citation in it is the article's.

It comes after the replies were worked out and before they are stored (bot/turns.py), and not in Rasa's action: an action has
two seconds, holds Rasa's lock on the conversation, and is repeated to the letter when a turn is taken again. Here it is one
more thing to wait for in this conversation alone; who takes the conversation over meanwhile finds the answer dropped, as ever.
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.orm import Session

from desk import conversations, texts
from desk.answering import lead
from desk.contacts import contact_by_id
from desk.conversations import Reply, Turn
from desk.database import Database
from desk.drafting import Unwritten, Writer, flaw, rewriting, unsupported
from desk.errors import NotFound
from desk.knowledge import articles
from desk.knowledge.statutes import StatuteIndex
from desk.masking import masked

log = structlog.get_logger()

# Telegram shows "typing" for five seconds, the web chat about as long.
_TYPING_AGAIN = 4.0
_STEP = re.compile(r"^\s*(?:\d{1,2}[.、．)）]|[-·•])\s*(.+)$")


class Rewriting:
    """Puts the answer and the steps of an article into other words. Sources, deadlines, warnings and buttons stay as they are."""

    def __init__(self, database: Database, statutes: StatuteIndex, writer: Writer) -> None:
        self._database = database
        self._statutes = statutes
        self._writer = writer

    async def reword(self, turn: Turn, replies: list[Reply], typing: Callable[[], Awaitable[None]]) -> list[Reply]:
        """The replies, the article's reworded if that went well. Each decision says whether it was, and why not. Never raises."""
        place = next((i for i, one in enumerate(replies) if _decision(one).get("kind") == "article"), None)
        if place is None:
            return replies
        shown = replies[place]
        try:
            reply, why_not = await self._reworded(turn, replies, shown, typing)
        except Exception:
            log.exception("rewriting.failed", conversation=turn.conversation_id)
            reply, why_not = shown, "failed"
        log.info("rewriting", conversation=turn.conversation_id, rewritten=not why_not, why_not=why_not.partition("：")[0])
        decision = {**_decision(shown), "rewritten": not why_not, **({"not_rewritten": why_not} if why_not else {})}
        return [*replies[:place], replace(reply, details={**reply.details, "decision": decision}), *replies[place + 1 :]]

    async def _reworded(self, turn: Turn, replies: list[Reply], shown: Reply, typing: Callable[[], Awaitable[None]]) -> tuple[Reply, str]:
        """The reply to send, and why it is the article's own (or nothing)."""
        if _decision(shown).get("urgent") or any(one.details.get("handover") for one in replies):
            return shown, "urgent"
        if "article" not in shown.details:
            return shown, "no_article"
        try:
            body, names = await self._database.reading(_material, shown.details["article"], turn)
        except NotFound:
            return shown, "no_article"
        own = lead(body["title"], body["answer"], body["steps"], turn.language)
        if not shown.text.startswith(own):
            return shown, "layout"
        prompt, grounds = rewriting(body, self._statutes, masked(turn.text, names))
        try:
            async with _repeated(typing):
                written = await self._writer.write(prompt)
        except Unwritten as problem:
            return shown, problem.reason
        answer, steps = _parts(written)
        if found := flaw(answer, prompt.length):
            return shown, found
        if bool(steps) != bool(body["steps"]) or len(steps) > len(body["steps"]):
            return shown, "steps"
        head = lead(body["title"], answer, steps, turn.language)
        # Not what the model wrote is looked at but what the worker would read.
        if doubtful := unsupported(head.removeprefix(f"【{body['title']}】"), grounds):
            return shown, "unsupported：" + "、".join(doubtful)
        return replace(shown, text=f"{head}\n\n{texts.say(turn.language, 'article.rewritten')}" + shown.text.removeprefix(own)), ""


def _decision(reply: Reply) -> dict[str, Any]:
    return dict(reply.details.get("decision") or {})


def _material(session: Session, article_id: str, turn: Turn) -> tuple[dict[str, Any], list[str]]:
    """The article's body, and names that must not leave the house. Raises NotFound."""
    memory = conversations.conversation_by_id(session, turn.conversation_id).memory
    known = [str(memory.get("facts", {}).get(name) or "") for name in ("name", "employer", "old_employer")]
    return articles.article_by_id(session, article_id).body, [contact_by_id(session, turn.contact_id).name, *known]


def _parts(written: str) -> tuple[str, list[str]]:
    """A paragraph, and the steps below it."""
    answer: list[str] = []
    steps: list[str] = []
    for line in filter(None, map(str.strip, written.splitlines())):
        if step := _STEP.match(line):
            steps.append(step[1])
        elif not steps and not re.fullmatch(r"(?:怎么做|步骤|结论)[：:]?", line):
            answer.append(re.sub(r"^(?:结论|回答)[：:]\s*", "", line))
        elif steps:
            steps[-1] += line
    return "".join(answer), steps


@contextlib.asynccontextmanager
async def _repeated(sign: Callable[[], Awaitable[None]]):  # type: ignore[no-untyped-def]
    """Give a sign now and every few seconds, until the block ends."""

    async def repeat() -> None:
        while True:
            await sign()
            await asyncio.sleep(_TYPING_AGAIN)

    task = asyncio.create_task(repeat())
    try:
        yield
    finally:
        task.cancel()

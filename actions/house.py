"""What every action has at hand, and what it is told of the turn it answers."""

import asyncio
import datetime as dt
from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from desk import texts
from desk.answering import Answering, Understanding
from desk.cases import SlaPolicy
from desk.clock import Clock
from desk.conversations import Buttons, Reply
from desk.database import Database
from desk.errors import DeskError
from desk.files import FileStore
from desk.papers.templates import Papers
from desk.services import Services


@dataclass(frozen=True)
class House:
    """The desk as actions see it."""

    database: Database
    clock: Clock
    answering: Answering
    services: Services
    papers: Papers
    files: FileStore
    policy: SlaPolicy
    union_name: str
    hotline: str
    zone: str
    reminder_hours: list[int]


@dataclass(frozen=True)
class Said:
    """What the worker said, as Rasa understood it, and who they are."""

    conversation_id: str
    contact_id: str
    message_id: str
    language: str
    intent: str
    text: str
    refs: list[str]
    understanding: Understanding
    slots: dict[str, Any]
    now: dt.datetime

    @property
    def ref(self) -> str:
        """What a button referred to, or nothing."""
        return self.refs[0] if self.refs else ""

    def say(self, key: str, **values: object) -> str:
        return texts.say(self.language, key, **values)


@dataclass(frozen=True)
class Result:
    """What an action says, and which slots it sets. `handover`: the conversation went to a person in this very turn."""

    replies: list[Reply] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    handover: bool = False


class DeskAction(Action):  # type: ignore[misc]  # the SDK has no types
    """A Rasa action that reads slots, calls the desk, says the result. Its `act` runs in a thread and may block."""

    def __init__(self, house: House) -> None:
        self.house = house

    @abstractmethod
    def act(self, said: Said) -> Result:
        """What to say and remember. A DeskError becomes its message."""

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        said = read_turn(tracker, self.house.clock.now())
        try:
            result = await asyncio.to_thread(self.act, said)
        except DeskError as error:
            result = Result([Reply(error.message)])
        for reply in result.replies:
            dispatcher.utter_message(json_message=as_json(reply, handover=result.handover))
        return [SlotSet(name, value) for name, value in result.slots.items()]


def read_turn(tracker: Tracker, now: dt.datetime) -> Said:
    """The turn from Rasa's tracker: `metadata` is what bot/rasa.py sent along."""
    message = tracker.latest_message
    metadata = message.get("metadata") or {}
    talk = message.get("talk") or {}
    return Said(
        conversation_id=tracker.sender_id,
        contact_id=metadata.get("contact", ""),
        message_id=metadata.get("message", ""),
        language=metadata.get("language", "zh"),
        intent=(message.get("intent") or {}).get("name") or "",
        text=message.get("text") or "",
        refs=[str(e["value"]) for e in message.get("entities") or [] if e.get("entity") == "ref"],
        understanding=Understanding(
            ranking=tuple((t["name"], float(t["confidence"])) for t in message.get("topics") or []),
            elsewhere=float(message.get("elsewhere") or 0.0),
            law=float(talk.get("other_law", 0.0)) > float(talk.get("off_topic", 0.0)),
            person=float(message.get("person") or 0.0),
        ),
        slots=dict(tracker.slots),
        now=now,
    )


def as_json(reply: Reply, *, handover: bool = False) -> dict[str, Any]:
    """A reply as it travels through Rasa's answer: one bubble stays one bubble."""
    body: dict[str, Any] = {"text": reply.text, "buttons": reply.buttons, "details": dict(reply.details)}
    if reply.attachment_id:
        body["attachment"] = reply.attachment_id
    if handover:
        body["details"]["handover"] = True
    return body


def rows(*buttons: tuple[str, str]) -> Buttons:
    """One row for each (label, payload)."""
    return [[{"label": label, "payload": payload}] for label, payload in buttons]

"""What a worker posts from the page, and how it reaches the one inbound path: checked, stored once, answered."""

import asyncio
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.inbound import Inbound
from bot.webchat import history
from bot.webchat.channel import NAME
from bot.webchat.filetypes import file_name, file_type
from bot.webchat.history import ShownMessage, Worker
from bot.webchat.identity import update_id
from bot.webchat.refusals import TooFast, TooLarge
from desk.clock import Clock
from desk.conversations import Incoming
from desk.database import Database
from desk.errors import Invalid
from desk.files import FileStore
from desk.ids import new_id
from desk.texts import say

MOST_CHARACTERS = 4000
MOST_A_MINUTE = 20
# What may be sent without a button having been shown, and what the worker's bubble then says.
_COMMANDS = {"/menu": "webchat.menu", "/start": "webchat.start", "/human": "webchat.human", "/cancel": "webchat.cancel"}


class ClientId(BaseModel):
    """The page's own id of a message: the same at every retry."""

    model_config = ConfigDict(extra="forbid")
    client_id: str = Field(pattern=r"^[A-Za-z0-9_-]{8,64}$")


class Place(BaseModel):
    """Where the worker is: degrees, and metres of doubt."""

    model_config = ConfigDict(extra="forbid")
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)
    accuracy: float | None = Field(default=None, ge=0)


class Post(ClientId):
    """Text, or a pressed button (its payload and, if two share it, its label), or a place."""

    text: str = ""
    payload: str = ""
    label: str = ""
    location: Place | None = None


class Poster:
    """Hands what was posted to the inbound path."""

    def __init__(self, database: Database, clock: Clock, inbound: Inbound, files: FileStore) -> None:
        self._database = database
        self._clock = clock
        self._inbound = inbound
        self._files = files

    async def say(self, address: str, post: Post) -> ShownMessage:
        """Store what was said and have it answered. Raises Invalid for what is empty, too long or an unknown button; TooFast."""
        known = update_id(address, post.client_id)
        worker, before = await self._admit(address, known)
        if before is not None:
            return before
        text, payload = post.text.replace("\x00", "").strip(), post.payload
        kind = "text"
        details: dict[str, Any] = {"client_id": post.client_id}
        if (place := post.location) is not None:
            kind, details = "location", {**details, **place.model_dump(exclude_none=True)}
            text = say(worker.language, "webchat.location", latitude=f"{place.latitude:.5f}", longitude=f"{place.longitude:.5f}")
        elif payload:
            text = await self._label(worker, payload, post.label)
        elif text in _COMMANDS:
            payload = text
        if not text:
            raise Invalid(say(worker.language, "webchat.refused.empty"))
        if len(text) > MOST_CHARACTERS:
            raise Invalid(say(worker.language, "webchat.refused.too_long", most=MOST_CHARACTERS))
        incoming = Incoming(NAME, address, known, kind=kind, text=text, payload=payload, details=details)
        return await self._take(incoming)

    async def attach(self, address: str, client_id: str, name: str, content: bytes) -> ShownMessage:
        """Store a file and the message that carries it. Raises TooLarge, TooFast, and Invalid for a kind that is not taken."""
        known = update_id(address, client_id)
        worker, before = await self._admit(address, known)
        if before is not None:
            return before
        if len(content) > self._files.max_bytes:
            raise TooLarge(say(worker.language, "webchat.refused.too_large", megabytes=self._files.max_bytes // 1_048_576))
        kind = file_type(content)
        if kind is None:
            raise Invalid(say(worker.language, "webchat.refused.file_type"))
        attachment = {"id": new_id(), "name": file_name(name, kind), "media_type": kind.media_type, "size": len(content)}
        # First the bytes: a message must never point to a file that a crash has swallowed.
        await asyncio.to_thread(self._files.save, str(attachment["id"]), content)
        incoming = Incoming(NAME, address, known, kind=kind.kind, details={"client_id": client_id}, attachment=attachment)
        stored = await self._take(incoming)
        if stored.attachment is None or stored.attachment.id != attachment["id"]:
            # The same post came twice at once and the other one won.
            self._files.path(str(attachment["id"])).unlink(missing_ok=True)
        return stored

    async def _admit(self, address: str, known: str) -> tuple[Worker, ShownMessage | None]:
        """The worker, and what is stored under this update id already. Raises TooFast for something new too soon."""
        worker = await self._database.reading(history.worker_at, address)
        if worker is None:
            worker = await self._database.writing(history.enter, address, "", self._clock.now())
            return worker, None
        before = await self._database.reading(history.stored_as, known)
        if before is None:
            seconds = await self._database.reading(history.seconds_to_wait, worker.conversation_id, self._clock.now(), MOST_A_MINUTE)
            if seconds:
                raise TooFast(say(worker.language, "webchat.refused.too_fast", seconds=seconds), seconds=seconds)
        return worker, before

    async def _label(self, worker: Worker, payload: str, label: str) -> str:
        """What the pressed button said. Raises Invalid for one that was never shown here."""
        shown = await self._database.reading(history.button_label, worker.conversation_id, payload, label)
        if shown is None and payload in _COMMANDS:
            shown = say(worker.language, _COMMANDS[payload])
        if shown is None:
            raise Invalid(say(worker.language, "webchat.refused.unknown_button"))
        return shown

    async def _take(self, incoming: Incoming) -> ShownMessage:
        await self._inbound.take(incoming)
        stored = await self._database.reading(history.stored_as, incoming.update_id)
        assert stored is not None  # `take` returns only when it is stored
        return stored

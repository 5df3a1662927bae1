"""The one client of Rasa: sends a worker's message, returns what the actions said."""

import asyncio
import base64
import contextlib
import json
import re
from dataclasses import dataclass
from zlib import crc32

import httpx

from desk.conversations import Reply, Turn
from desk.knowledge.embedding import Embedder, Vectors

# What channels and people call a command, where Rasa's intent has another name.
_ALIASES = {"help": "menu", "language": "switch_language", "stop": "unsubscribe", "back": "go_back"}


# What an agent types in the web chat, where there are no deep links, to make the chat their own.
_LINK_CODE = re.compile(r"link-[0-9a-f]{10}")


class RasaUnavailable(Exception):
    """Rasa did not answer in time, or not sensibly. The bot answers without it."""


@dataclass(frozen=True)
class Rasa:
    """Rasa's channel for this desk (nlu/components/desk_channel.py), which answers a repeated message id as it did at first.

    The message goes there with its embedding: search needs it as well, and making it is half of what Rasa would do.
    """

    client: httpx.AsyncClient
    token: str
    timeout: float
    embedder: Embedder

    async def respond(self, turn: Turn) -> list[Reply]:
        """What to say to a turn. Raises RasaUnavailable."""
        message = _message(turn)
        metadata = {"contact": turn.contact_id, "language": turn.language, "message": turn.message_id}
        if not message.startswith("/"):
            metadata["vector"] = _packed(await asyncio.to_thread(self.embedder.embed, [message]))
        body = {"sender": turn.conversation_id, "message": message, "message_id": turn.message_id, "metadata": metadata}
        try:
            # In all: waiting for a free connection, and for an answer that comes in drops, count as well.
            async with asyncio.timeout(self.timeout):
                response = await self.client.post(
                    "/webhooks/desk/webhook", json=body, headers={"X-Desk-Token": self.token}, timeout=self.timeout
                )
            response.raise_for_status()
            replies = [_reply(bubble) for bubble in response.json()["replies"]]
        except (TimeoutError, httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise RasaUnavailable(f"{type(error).__name__}: {error}") from error
        if not replies:
            # An action failed, or none was chosen: a worker who asked must not be left without a word.
            raise RasaUnavailable("Rasa said nothing")
        return replies

    async def warm(self) -> None:
        """Have Rasa understand one sentence, however long that takes. What fails here shows in the first turn."""
        with contextlib.suppress(httpx.HTTPError):
            await self.client.post("/model/parse", params={"token": self.token}, json={"text": "你好"}, timeout=60)

    async def ready(self) -> bool:
        """Whether Rasa has a model loaded and answers."""
        try:
            response = await self.client.get("/webhooks/desk/", timeout=self.timeout)
            return response.status_code == 200
        except httpx.HTTPError:
            return False


@dataclass(frozen=True)
class PinnedRasas:
    """Several Rasas side by side. A conversation always goes to the same one, so that its turns stay in order."""

    members: tuple[Rasa, ...]

    async def respond(self, turn: Turn) -> list[Reply]:
        """What to say to a turn. Raises RasaUnavailable."""
        return await self.of(turn.conversation_id).respond(turn)

    def of(self, conversation_id: str) -> Rasa:
        return self.members[crc32(conversation_id.encode()) % len(self.members)]

    async def ready(self) -> bool:
        """Whether every one answers."""
        return all(await asyncio.gather(*(member.ready() for member in self.members)))

    async def aclose(self) -> None:
        for member in self.members:
            await member.client.aclose()


def _message(turn: Turn) -> str:
    """What Rasa reads: the words, or a pressed button's command as `/intent{"ref": [...]}`."""
    if words := turn.payload.removeprefix("/").split():
        verb, *refs = words
        return f"/{_ALIASES.get(verb, verb)}" + (json.dumps({"ref": refs}) if refs else "")
    if _LINK_CODE.fullmatch(turn.text.strip()):
        return "/start" + json.dumps({"ref": [turn.text.strip()]})
    # A leading slash typed by hand is no command of ours, and Rasa would take it for one.
    return turn.text.lstrip("/").strip() or "…"


def _packed(vectors: Vectors) -> str:
    """Its bytes (little-endian float32) in base64, as nlu/components/encoders.py unpacks them."""
    return base64.b64encode(vectors.astype("<f4").tobytes()).decode()


def _reply(bubble: dict[str, object]) -> Reply:
    return Reply(
        text=str(bubble.get("text") or ""),
        buttons=bubble.get("buttons") or [],  # type: ignore[arg-type]
        attachment_id=bubble.get("attachment") or None,  # type: ignore[arg-type]
        details=bubble.get("details") or {},  # type: ignore[arg-type]
    )

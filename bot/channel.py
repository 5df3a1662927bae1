"""Channel: where a worker's chat lives. The outbox and the direct reply of a turn are all that call `send`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desk.conversations import Buttons
from desk.outbox import Outcome


@dataclass(frozen=True)
class OutgoingFile:
    """A file to send along: where its bytes lie, and what the worker sees as its name."""

    path: Path
    name: str
    media_type: str


@dataclass(frozen=True)
class Outgoing:
    """One message as a channel is to show it: plain text, rows of buttons, at most one file."""

    message_id: str
    text: str
    buttons: Buttons
    file: OutgoingFile | None = None


class Channel(Protocol):
    """A way to reach contacts. `send` never raises for what a channel may answer: that is an Outcome."""

    name: str
    # Whether a message whose fate is unknown may go again without being seen twice.
    repeatable: bool

    async def send(self, address: str, outgoing: Outgoing) -> Outcome: ...

    async def typing(self, address: str) -> None: ...

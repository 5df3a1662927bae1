"""A channel that a test holds in its hands: what was sent, and what is to become of the next sends."""

import asyncio
from collections import defaultdict

from bot.channel import Outgoing
from desk.outbox import Outcome


class FakeChannel:
    """Implements bot.channel.Channel.

    outcomes[address]   what the next sends there end in, in order (an Outcome, or an exception to raise); then "sent"
    hang(address)       sends there begin and do not end until the event it returns is set
    """

    def __init__(self, name: str = "telegram", *, repeatable: bool = False) -> None:
        self.name = name
        self.repeatable = repeatable
        self.sent: list[tuple[str, str]] = []
        self.begun: list[tuple[str, str]] = []
        self.typed: list[str] = []
        self.outcomes: dict[str, list[Outcome | Exception]] = defaultdict(list)
        self.typing_fails = False
        self._gates: dict[str, asyncio.Event] = {}

    def hang(self, address: str) -> asyncio.Event:
        self._gates[address] = asyncio.Event()
        return self._gates[address]

    async def send(self, address: str, outgoing: Outgoing) -> Outcome:
        self.begun.append((address, outgoing.text))
        if gate := self._gates.get(address):
            await gate.wait()
        outcome = self.outcomes[address].pop(0) if self.outcomes[address] else Outcome("sent", external_id=f"x{len(self.sent)}")
        if isinstance(outcome, Exception):
            raise outcome
        if outcome.state == "sent":
            self.sent.append((address, outgoing.text))
        return outcome

    async def typing(self, address: str) -> None:
        if self.typing_fails:
            raise ConnectionError("no route")
        self.typed.append(address)

    def to(self, address: str) -> list[str]:
        """What arrived at an address, in order."""
        return [text for where, text in self.sent if where == address]

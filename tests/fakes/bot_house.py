"""A house with a real database, a real turn taker, a fake channel and a double of Rasa.

house = BotHouse(database, clock)
await house.hear("1001", "老板拖了三个月工资")    # received, answered, sent
house.channel.to("1001")
"""

from pathlib import Path

import httpx

from bot.channel import Channel
from bot.fallback import Fallback
from bot.inbound import Inbound
from bot.outgoing import OutboxDrain
from bot.rasa import Rasa
from bot.rewriting import Rewriting
from bot.turns import TurnTaker
from desk.answering import Answering, Thresholds
from desk.conversations import Incoming
from desk.database import Database
from desk.drafting import Writer
from desk.files import FileStore
from desk.knowledge.passages import PassageSearch
from desk.knowledge.quoting import Quotes
from desk.knowledge.search import KnowledgeSearch
from desk.knowledge.statutes import StatuteIndex
from desk.metrics import Metrics
from desk.services import Services
from tests.conftest import FakeClock
from tests.fakes.channels import FakeChannel
from tests.fakes.letters import LetterEmbedder
from tests.fakes.people import POLICY
from tests.fakes.rasa_app import RasaApp


class BotHouse:
    """One process over a database; a second one over the same database is the same house after a restart."""

    def __init__(
        self,
        database: Database,
        clock: FakeClock,
        rasa: RasaApp | None = None,
        *,
        client: httpx.AsyncClient | None = None,
        timeout: float = 0.2,
        writer: Writer | None = None,
    ) -> None:
        self.database, self.clock = database, clock
        self.rasa = rasa or RasaApp()
        self.channel = FakeChannel()
        self.web = FakeChannel("web", repeatable=True)
        channels: dict[str, Channel] = {"telegram": self.channel, "web": self.web}
        self.drain = OutboxDrain(database, clock, channels, FileStore(Path("unused"), 1), {})
        search = KnowledgeSearch(database, LetterEmbedder(), "江苏")
        quotes = Quotes(PassageSearch(database, LetterEmbedder(), "江苏"), StatuteIndex({}, {}))
        self.answering = answering = Answering(search, quotes, StatuteIndex({}, {}), Services({}), Thresholds(), "Asia/Shanghai")
        fallback = Fallback(database, clock, answering, POLICY, "市总工会", "12351")
        self.metrics = Metrics()
        rewriting = Rewriting(database, StatuteIndex({}, {}), writer) if writer else None
        spoken_to = Rasa(client or self.rasa.client(), self.rasa.token, timeout, LetterEmbedder())
        self.turns = TurnTaker(database, clock, spoken_to, fallback, self.drain, channels, self.metrics, rewriting)
        self.inbound = Inbound(database, clock, self.turns.answer, pauses=())
        self._count = 0

    async def hear(self, address: str, text: str = "", **more: str) -> str:
        """One message, taken in and worked on until nothing is left to do. Returns its conversation's id."""
        self._count += 1
        incoming = Incoming("telegram", address, f"{address}:{self.clock.now().timestamp()}:{self._count}", text=text, **more)  # type: ignore[arg-type]
        self.inbound.open()
        conversation_id, _ = await self.inbound.take(incoming)
        await self.inbound.idle()
        return conversation_id

    def rasa_failures(self) -> float:
        return self.metrics.registry.get_sample_value("uniondesk_rasa_failures_total") or 0.0

"""The composition root: every part is built here, once, and handed what it needs."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from rasa_sdk.executor import ActionExecutor
from threadpoolctl import threadpool_limits

from actions.endpoint import make_executor
from actions.house import House
from app.language_model import LanguageModel
from app.settings import ROOT, Settings
from bot.channel import Channel
from bot.fallback import Fallback
from bot.inbound import Inbound
from bot.outgoing import OutboxDrain, Pace
from bot.rasa import PinnedRasas, Rasa
from bot.rewriting import Rewriting
from bot.turns import TurnTaker
from bot.webchat.channel import WebChannel
from desk import due
from desk.answering import Answering, Thresholds
from desk.cases import SlaPolicy
from desk.clock import Clock, SystemClock
from desk.database import Database
from desk.files import FileStore
from desk.knowledge.embedding import Embedder, UseEmbedder
from desk.knowledge.passages import PassageSearch
from desk.knowledge.quoting import Quotes
from desk.knowledge.search import KnowledgeSearch
from desk.knowledge.statutes import StatuteIndex
from desk.live import LocalHub, RedisHub
from desk.metrics import Metrics
from desk.papers.templates import Papers
from desk.services import Services

log = structlog.get_logger()


@dataclass(frozen=True)
class Parts:
    """The app's parts, wired. `running` starts and stops what has a life of its own."""

    settings: Settings
    database: Database
    clock: Clock
    hub: LocalHub
    files: FileStore
    statutes: StatuteIndex
    services: Services
    embedder: Embedder
    search: KnowledgeSearch
    passages: PassageSearch
    answering: Answering
    policy: SlaPolicy
    house: House
    executor: ActionExecutor
    rasa: PinnedRasas
    channels: dict[str, Channel]
    drain: OutboxDrain
    turns: TurnTaker
    inbound: Inbound
    metrics: Metrics
    writer: LanguageModel | None
    scheduler: AsyncIOScheduler


def rasa_token(settings: Settings) -> str:
    """The secret between app and Rasa: from the settings, or made once and kept in the data folder."""
    given = settings.rasa_token.get_secret_value()
    if given:
        return given
    path = settings.data_dir / "rasa-token"
    if not path.exists():
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()


def build(settings: Settings, clock: Clock | None = None, channels: dict[str, Channel] | None = None) -> Parts:
    """Wire the app. `channels` come beside the web chat's."""
    # Many turns at once need a core each: threads that share one small product of matrices mostly wait for each other.
    threadpool_limits(1, user_api="blas")
    clock = clock or SystemClock(settings.clock_offset)
    hub = RedisHub(settings.redis_url) if settings.redis_url else LocalHub()
    database = Database(settings.database, hub.publish)
    files = FileStore(settings.data_dir / "files", settings.attachment_max_mb * 1_048_576)
    statutes = StatuteIndex.read(ROOT / "data/laws-index")
    services = Services.read(ROOT / "data/services")
    papers = Papers.read(ROOT / "data/papers")
    embedder = UseEmbedder()
    search = KnowledgeSearch(database, embedder, settings.region)
    passages = PassageSearch(database, embedder, settings.region)
    thresholds = Thresholds(
        settings.answer_threshold,
        settings.clarify_threshold,
        settings.elsewhere_threshold,
        settings.nearness_threshold,
        settings.person_threshold,
    )
    answering = Answering(search, Quotes(passages, statutes), statutes, services, thresholds, settings.timezone)
    policy = SlaPolicy(settings.urgent_reply_minutes, settings.first_reply_minutes, settings.reopen_days)
    house = House(
        database, clock, answering, services, papers, files, policy,
        settings.union_name, settings.hotline, settings.timezone, settings.reminder_hours_before,
    )  # fmt: skip
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=32)
    rasa = PinnedRasas(
        tuple(
            Rasa(
                httpx.AsyncClient(base_url=address, limits=limits, trust_env=False),
                rasa_token(settings),
                settings.rasa_timeout_seconds,
                embedder,
            )
            for address in settings.rasa_addresses
        )
    )
    all_channels: dict[str, Channel] = {"web": WebChannel(database, hub), **(channels or {})}
    drain = OutboxDrain(database, clock, all_channels, files, {"telegram": Pace(settings.telegram_messages_per_second)})
    metrics = Metrics()
    fallback = Fallback(database, clock, answering, policy, settings.union_name, settings.hotline)
    writer = _language_model(settings, clock)
    rewriting = Rewriting(database, statutes, writer) if writer and settings.llm_rewrite else None
    turns = TurnTaker(database, clock, rasa, fallback, drain, all_channels, metrics, rewriting)
    inbound = Inbound(database, clock, turns.answer)
    scheduler = AsyncIOScheduler(timezone="UTC")

    async def tick() -> None:
        await database.writing(due.tick, clock.now())

    # The rows hold what is due; the scheduler only ticks, so a late or missed tick loses nothing.
    scheduler.add_job(tick, "interval", seconds=1, id="tick", coalesce=True, max_instances=1, misfire_grace_time=None)
    return Parts(
        settings, database, clock, hub, files, statutes, services, embedder, search, passages, answering, policy, house,
        make_executor(house), rasa, all_channels, drain, turns, inbound, metrics, writer, scheduler,
    )  # fmt: skip


def _language_model(settings: Settings, clock: Clock) -> LanguageModel | None:
    """The language model of the settings, or None: then nobody drafts and nothing is rewritten."""
    if not settings.llm_url:
        return None
    client = httpx.AsyncClient(base_url=settings.llm_url, limits=httpx.Limits(max_connections=16), trust_env=False)
    return LanguageModel(client, settings.llm_model, settings.llm_key.get_secret_value(), settings.llm_timeout_seconds, clock)


@contextlib.asynccontextmanager
async def running(parts: Parts) -> AsyncIterator[None]:
    """The app's own life: live signals, the outbox, the ticks. Stops in the order that loses nothing."""
    await parts.hub.start()
    await asyncio.to_thread(parts.search.warm, parts.clock.now().date())
    await asyncio.to_thread(parts.passages.learn, parts.clock.now().date())
    draining = asyncio.create_task(parts.drain.run())
    parts.scheduler.start()
    try:
        yield
    finally:
        parts.scheduler.shutdown(wait=False)
        await parts.inbound.stop()
        draining.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await draining
        await parts.drain.stop()
        await parts.hub.stop()
        await parts.rasa.aclose()
        if parts.writer is not None:
            await parts.writer.client.aclose()
        parts.database.close()

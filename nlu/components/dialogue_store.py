"""Where Rasa keeps its dialogues: one row for each conversation, with the events of its last session.

Rasa's own SQL store asks several times a turn and writes a row for every event; this one reads one row and writes one.
What was said is kept by the desk: here lies only what a form needs to go on after a restart.
"""

import json
import time
from typing import Any, Iterable, Optional, Text

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.conversation import Dialogue
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import QueuePool

_TABLES = sa.MetaData()
_DIALOGUE = sa.Table(
    "dialogue",
    _TABLES,
    sa.Column("sender", sa.String(64), primary_key=True),
    sa.Column("events", sa.Text, nullable=False),
    # Seconds since 1970, UTC.
    sa.Column("saved_at", sa.Float, nullable=False),
)
# The same words in SQLite and PostgreSQL, and nothing to compile at every save.
_SAVE = sa.text(
    "INSERT INTO dialogue (sender, events, saved_at) VALUES (:sender, :events, :saved_at)"
    " ON CONFLICT (sender) DO UPDATE SET events = excluded.events, saved_at = excluded.saved_at"
)


class DialogueStore(TrackerStore):
    """`database` is sqlite:///FILE or postgresql://…; a PostgreSQL database that is missing is made."""

    def __init__(
        self,
        domain: Optional[Domain],
        event_broker: Optional[EventBroker] = None,
        database: Text = "sqlite:///tracker.db",
        host: Optional[Text] = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker)
        self._engine = _engine(database)
        _TABLES.create_all(self._engine)

    async def retrieve(self, sender_id: Text) -> Optional[DialogueStateTracker]:
        with self._engine.connect() as connection:
            events = connection.execute(sa.select(_DIALOGUE.c.events).where(_DIALOGUE.c.sender == sender_id)).scalar()
        if events is None:
            return None
        tracker = self.init_tracker(sender_id)
        tracker.recreate_from_dialogue(Dialogue.from_parameters({"name": sender_id, "events": json.loads(events)}))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        await self.stream_events(tracker)
        events = list(tracker.events)
        began = max((i for i, event in enumerate(events) if isinstance(event, SessionStarted)), default=0)
        row = {
            "sender": tracker.sender_id,
            "events": json.dumps([event.as_dict() for event in events[began:]], ensure_ascii=False),
            "saved_at": time.time(),
        }
        with self._engine.begin() as connection:
            connection.execute(_SAVE, row)

    async def keys(self) -> Iterable[Text]:
        with self._engine.connect() as connection:
            return list(connection.execute(sa.select(_DIALOGUE.c.sender)).scalars())


def _engine(database: Text) -> Engine:
    if database.startswith("sqlite"):
        # Opened once: closing the last connection of a file writes its log back, which takes longer than a turn.
        engine = sa.create_engine(database, poolclass=QueuePool, connect_args={"check_same_thread": False})

        @sa.event.listens_for(engine, "connect")
        def _prepare(connection: Any, _record: Any) -> None:
            # One sync a commit is not needed: what a crash of the machine takes back is asked once more.
            for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=10000"):
                connection.execute(f"PRAGMA {pragma}")

        return engine
    engine = sa.create_engine(database, pool_pre_ping=True)
    try:
        engine.connect().close()
    except OperationalError as error:
        if "does not exist" not in str(error):
            raise
        url = make_url(database)
        with sa.create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE "{url.database}"'))
    return engine

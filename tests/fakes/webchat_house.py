"""A house with nothing in it but the web chat and a bot that says back what it heard, over a real database.

house = WebChatHouse(folder)
app = house.app()             # FastAPI, with the lifespan that the real app has
house.say("你好", "worker")    # from outside of a request: a counsellor, or the desk
"""

import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI
from sqlalchemy.orm import Session

from bot.inbound import Inbound
from bot.webchat.channel import WebChannel
from bot.webchat.history import worker_at
from bot.webchat.site import WebChatDeps, build_webchat
from desk import agents, conversations, outbox, schema
from desk.conversations import Attachment, Reply, Turn
from desk.database import Database
from desk.files import FileStore
from desk.ids import new_id
from desk.live import LocalHub


class FakeClock:
    """Stands at a moment until it is moved."""

    def __init__(self) -> None:
        self.moment = dt.datetime(2025, 6, 3, 1, 30, tzinfo=dt.UTC)

    def now(self) -> dt.datetime:
        return self.moment

    def move(self, **by: float) -> None:
        self.moment += dt.timedelta(**by)


def echo(turn: Turn) -> list[Reply]:
    """What the bot of this house says."""
    if turn.payload:
        return [Reply(f"您按了 {turn.payload}")]
    if turn.kind != "text":
        return [Reply(f"收到 {turn.kind}")]
    return [
        Reply(
            f"收到：{turn.text}", [[{"label": "要准备什么", "payload": "/part wages evidence"}, {"label": "找人工", "payload": "/human"}]]
        )
    ]


class WebChatHouse:
    """One house over one folder; a second one over the same folder is the same house after a restart."""

    def __init__(self, folder: Path, max_bytes: int = 1_048_576, union_name: str = "江城市总工会") -> None:
        self.clock = FakeClock()
        self.hub = LocalHub()
        self.database = Database(f"sqlite:///{folder / 'desk.db'}", self.hub.publish)
        schema.Table.metadata.create_all(self.database.engine)
        self.files = FileStore(folder / "files", max_bytes)
        self.channel = WebChannel(self.database, self.hub)
        self.replies = echo
        self._union_name = union_name

    def app(self) -> FastAPI:
        inbound = Inbound(self.database, self.clock, self._answer)

        @contextlib.asynccontextmanager
        async def life(app: FastAPI) -> AsyncIterator[None]:
            await self.hub.start()
            inbound.open()
            await inbound.resume()
            app.state.inbound = inbound
            yield
            await inbound.stop()
            await self.hub.stop()

        app = FastAPI(lifespan=life)
        app.include_router(build_webchat(WebChatDeps(self.database, self.clock, inbound, self.hub, self.files, self._union_name)))
        return app

    async def _answer(self, conversation_id: str) -> None:
        while turn := await self.database.reading(conversations.next_turn, conversation_id):
            for message_id in await self.database.writing(conversations.answer_turn, turn, self.replies(turn), self.clock.now()):
                await self.database.writing(self._deliver, message_id)

    def _deliver(self, session: Session, message_id: str) -> None:
        """The outbox's part, without its pace: claimed and settled at once, because what is stored is shown."""
        [(delivery_id, *_)] = outbox.states_of(session, [message_id]).values()
        outbox.claim(session, delivery_id, self.clock.now())
        outbox.settle(session, delivery_id, outbox.Outcome("sent", message_id), self.clock.now())

    def conversation_of(self, address: str) -> str:
        with self.database.read() as session:
            worker = worker_at(session, address)
        assert worker is not None
        return worker.conversation_id

    def counsellor(self, name: str = "王律师") -> str:
        """A counsellor's id."""
        with self.database.write() as session:
            return agents.add_agent(session, f"agent-{new_id()}", name, "counsellor", "a long password", self.clock.now()).id

    def say(self, text: str, conversation_id: str, author: str = "bot", *, buttons: list[list[dict[str, str]]] | None = None) -> str:
        """Something said from the desk's side. Returns the message's id."""
        with self.database.write() as session:
            reply = Reply(text, buttons or [])
            return conversations.send(session, conversation_id, reply, self.clock.now(), author=author, lane="agent").id

    def send_file(self, conversation_id: str, name: str, media_type: str, content: bytes, *, direction: str = "out") -> str:
        """A file from the desk's side (or, as a note, for the desk only). Returns the attachment's id."""
        attachment_id = new_id()
        self.files.save(attachment_id, content)
        with self.database.write() as session:
            session.add(Attachment(id=attachment_id, name=name, media_type=media_type, size=len(content), created_at=self.clock.now()))
            session.flush()
            conversations.add_message(
                session, conversation_id, self.clock.now(), direction=direction, author="bot", attachment_id=attachment_id
            )
        return attachment_id

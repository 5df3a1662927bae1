"""The web as a channel: what is stored is shown, so sending is only telling the open pages to look."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.channel import Outgoing
from desk.contacts import Contact
from desk.conversations import Conversation, Message
from desk.database import Database, Signal
from desk.live import LocalHub
from desk.outbox import Outcome

NAME = "web"


class WebChannel:
    """Implements bot.channel.Channel. A page that is closed now reads the message when it opens again."""

    name = NAME
    # A page shows a message by its place in the conversation, so telling it twice shows it once.
    repeatable = True

    def __init__(self, database: Database, hub: LocalHub) -> None:
        self._database = database
        self._hub = hub

    async def send(self, address: str, outgoing: Outgoing) -> Outcome:
        """Outcome "sent" with the message's id; "failed" when no such message is stored."""
        conversation_id = await self._database.reading(_conversation_of, outgoing.message_id)
        if conversation_id is None:
            return Outcome("failed", problem="这条消息没有保存")
        self._hub.publish(Signal("conversation", conversation_id))
        return Outcome("sent", outgoing.message_id)

    async def typing(self, address: str) -> None:
        """Show "typing" on the worker's open pages for some seconds."""
        conversation_id = await self._database.reading(_conversation_at, address)
        if conversation_id is not None:
            self._hub.publish(Signal("typing", conversation_id))


def _conversation_of(session: Session, message_id: str) -> str | None:
    return session.scalar(select(Message.conversation_id).where(Message.id == message_id))


def _conversation_at(session: Session, address: str) -> str | None:
    return session.scalar(
        select(Conversation.id)
        .join(Contact, Contact.id == Conversation.contact_id)
        .where(Contact.channel == NAME, Contact.address == address)
    )

"""Every table, in one import: for migrations, and for a fresh database in a test."""

from desk import activities, agents, campaigns, canned, cases, contacts, conversations, organizations, outbox, reminders
from desk.database import Table
from desk.knowledge import articles, embedding, sources

__all__ = [
    "Table",
    "activities",
    "agents",
    "articles",
    "campaigns",
    "canned",
    "cases",
    "contacts",
    "conversations",
    "embedding",
    "organizations",
    "outbox",
    "reminders",
    "sources",
]

"""Alembic's entry: one connection to the database named by the caller, in a transaction."""

from alembic import context
from sqlalchemy import create_engine

from desk.schema import Table

url: str = context.config.attributes["database"]
if url.startswith("postgresql://"):
    url = url.replace("postgresql://", "postgresql+psycopg://", 1)

engine = create_engine(url)
with engine.connect() as connection:
    context.configure(connection=connection, target_metadata=Table.metadata, render_as_batch=connection.dialect.name == "sqlite")
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()

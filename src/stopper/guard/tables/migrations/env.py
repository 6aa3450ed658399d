"""Runs the migrations of the ready-made tables; called by Alembic."""

from __future__ import annotations

from alembic import context

from stopper.guard.tables.ready import Base
from stopper.guard.tables.schema import VERSION_TABLE

connection = context.config.attributes["connection"]

if connection is None:
    # ``flask stopper db sql``: print the statements, run none.
    context.configure(
        dialect_name=context.config.attributes["dialect"],
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        literal_binds=True,
    )
else:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        version_table=VERSION_TABLE,
        render_as_batch=True,
        # The transaction is the caller's: all of it happens, or nothing.
        transactional_ddl=False,
    )

with context.begin_transaction():
    context.run_migrations()

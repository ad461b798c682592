"""Run by Alembic: migrates over the connection that `storage.migrations` opened, inside its transaction."""

from alembic import context

from storage.whole import whole

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=whole(),
    render_as_batch=True,
    transactional_ddl=True,  # SQLite's is, once BEGIN is ours
)
with context.begin_transaction():
    context.run_migrations()

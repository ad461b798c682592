"""Django on a SQLite file: WAL, every commit on disk, a transaction that writes takes the lock when it begins (as its documentation of SQLite advises)."""

import django
from django.conf import settings

PRAGMAS = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"


def set_up(*applications: str) -> None:
    settings.configure(
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": "peer.db",
                "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": PRAGMAS},
            }
        },
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", *applications],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        USE_TZ=True,
        TIME_ZONE="Asia/Ho_Chi_Minh",
    )
    django.setup()


def durable() -> None:
    """That what SQLite was asked for is so."""
    from django.db import connection

    with connection.cursor() as cursor:
        found = [cursor.execute(f"PRAGMA {one}").fetchone()[0] for one in ("journal_mode", "synchronous")]
    if found != ["wal", 2]:
        raise AssertionError(found)

"""7: the store can't be reached."""

from workflow.errors.base import HosoError


class StoreUnreachable(HosoError):
    """The database can't be opened or written."""

    code, exit_code = "store", 7
    template = "The database {url} can't be used: {cause}. Nothing was written."


class StoreNewer(StoreUnreachable):
    """The database was written by a newer program."""

    code = "store-newer"
    template = "The database {url} has schema {found}, which this hoso does not know (it knows {known}). Install the newer hoso; nothing was written."


class StoreOlder(StoreUnreachable):
    """The database wants its migrations."""

    code = "store-older"
    template = "The database {url} has schema {found}; this hoso needs {known}. Make a backup, then run 'hoso db upgrade'."


class StoreCorrupt(StoreUnreachable):
    """The file is no database, or damaged."""

    code = "store-corrupt"
    template = "The database {url} is damaged or is no database of hoso's ({cause}). Restore the last backup; nothing was written."


class NetworkFileSystem(StoreUnreachable):
    """SQLite on a network file system loses data."""

    code = "store-network"
    template = "{file} lies on a network file system ({kind}), where SQLite loses data. Put the office on a local disk."


class StoreMissing(StoreUnreachable):
    """There is no database where the office expects one."""

    code = "store-missing"
    template = "There is no database {url}. Make the office with 'hoso init DIR', or put 'database' in office.toml right."


class StoreBusy(StoreUnreachable):
    """Others held the database all the time."""

    code = "store-busy"
    template = "The database {url} was held by others for {seconds} seconds. Nothing was written; try again, and if it stays so, look for a stuck process."


class StoreReadOnly(StoreUnreachable):
    """The database's file or disk can't be written."""

    code = "store-read-only"
    template = "The database {url} can't be written: its file, folder or disk is read-only for you ({cause}). Nothing was written."


class StoreFull(StoreUnreachable):
    """No room for what should be written."""

    code = "store-full"
    template = (
        "The database {url} can't grow: the disk is full or a limit is reached ({cause}). Nothing was written; make room and try again."
    )

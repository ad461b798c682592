"""Connections between two transactions."""

import os
from collections import deque

from sqlalchemy.pool import Pool, PoolProxiedConnection


class Idle:
    """The connections that no transaction uses now: of the pool's own, but taken and kept for less than a borrowing costs there
    (an act has three transactions). One in which something went wrong is the pool's to look after.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool, self._free = pool, deque[tuple[int, PoolProxiedConnection]]()

    def take(self) -> PoolProxiedConnection:
        """A connection, of this process's own: what a parent opened must not be used in a child."""
        while self._free:
            try:
                process, connection = self._free.pop()
            except IndexError:  # another thread was first
                break
            if process == os.getpid():
                return connection
        return self._pool.connect()

    def keep(self, connection: PoolProxiedConnection) -> None:
        """Have it ready for the next transaction."""
        self._free.append((os.getpid(), connection))

    def close(self) -> None:
        """Give all of them back, and let the pool end them."""
        while self._free:
            process, connection = self._free.pop()
            if process == os.getpid():
                connection.close()
        self._pool.dispose()

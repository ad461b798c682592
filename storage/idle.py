"""Connections between two transactions."""

import os
from collections import deque
from weakref import WeakSet

from sqlalchemy.pool import Pool, PoolProxiedConnection


class Idle:
    """The connections that no transaction uses now: of the pool's own, but taken and kept for less than a borrowing costs there
    (an act has three transactions). One in which something went wrong is the pool's to look after.
    """

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._free: deque[PoolProxiedConnection] = deque()
        self._parents: list[deque[PoolProxiedConnection]] = []
        _ALL.add(self)

    def take(self) -> PoolProxiedConnection:
        """A connection, of this process's own: what a parent opened must not be used in a child."""
        try:
            return self._free.pop()
        except IndexError:
            return self._pool.connect()

    def keep(self, connection: PoolProxiedConnection) -> None:
        """Have it ready for the next transaction."""
        self._free.append(connection)

    def close(self) -> None:
        """Give all of them back, and let the pool end them."""
        while self._free:
            self._free.pop().close()
        self._pool.dispose()

    def leave(self) -> None:
        """In a child: what is here is the parent's. It stays open, for to close it here would end what the parent does with it."""
        self._parents.append(self._free)
        self._free = deque()


_ALL: WeakSet[Idle] = WeakSet()


def _leave_all() -> None:
    for one in _ALL:
        one.leave()


os.register_at_fork(after_in_child=_leave_all)

"""A value that is worked out when it is first asked for, and kept with the thing that it is of."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

S = TypeVar("S")
T = TypeVar("T")


class once(Generic[S, T]):  # noqa: N801 - it decorates, as `property` does
    """As `functools.cached_property`, which up to Python 3.11 takes a lock each time that a value is worked out: for what every act works
    out anew. Two threads may work it out both, and keep the same.
    """

    def __init__(self, work_out: Callable[[S], T]) -> None:
        self.work_out, self.name, self.__doc__ = work_out, "", work_out.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, thing: None, owner: Any = None) -> "once[S, T]": ...
    @overload
    def __get__(self, thing: S, owner: Any = None) -> T: ...
    def __get__(self, thing: S | None, owner: Any = None) -> "once[S, T] | T":
        if thing is None:
            return self
        found = vars(thing)[self.name] = self.work_out(thing)
        return found

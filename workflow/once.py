"""Values that are worked out when they are first asked for, and kept: with the thing that they are of, or as a row of things."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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


class Later(Sequence[T]):
    """A row of things that is made when somebody looks at it, which may be never: what an act's answer says in words, its caller may not
    read. It is made of what does not change, and equals any row of the same things.
    """

    __slots__ = ("_made", "_making")

    def __init__(self, making: Callable[..., Iterable[T]], *args: Any) -> None:
        self._making: tuple[Any, ...] | None = (making, *args)
        self._made: tuple[T, ...] = ()

    def _all(self) -> tuple[T, ...]:
        if (making := self._making) is not None:
            self._made = tuple(making[0](*making[1:]))
            self._making = None
        return self._made

    def __len__(self) -> int:
        return len(self._all())

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[T, ...]: ...
    def __getitem__(self, at: int | slice) -> T | tuple[T, ...]:
        return self._all()[at]

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and self._all() == tuple(other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return repr(self._all())

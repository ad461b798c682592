"""Looks at an office that are of one moment, whatever they read of it."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from workflow.ports import Store

P = ParamSpec("P")
T = TypeVar("T")


class Stored(Protocol):
    """What has a store."""

    store: Store


Office = TypeVar("Office", bound=Stored)


def at_one_moment(look: Callable[Concatenate[Office, P], T]) -> Callable[Concatenate[Office, P], T]:
    """A look whose reads are one transaction: each of its own would be as dear to a server as what it reads."""

    @wraps(look)
    def wrapped(office: Office, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return office.store.at_once(lambda: look(office, *args, **kwargs))

    return wrapped

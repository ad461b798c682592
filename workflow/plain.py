"""Frozen structs to and from plain JSON, by their type hints; what equals its default is left out.

Times are aware UTC and written with microseconds, decimals are strings, keys are sorted when text is made:
the same value always gives the same text (law 6).
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache, lru_cache
from hashlib import sha256
from itertools import compress
from operator import attrgetter, is_not
from os import urandom
from types import NoneType, UnionType
from typing import Any, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import FieldInfo, asdict, astuple, fields

from workflow.once import Later

T = TypeVar("T")


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


_QUICK = msgspec.json.Encoder(order="deterministic")
_PACK = msgspec.msgpack.Encoder()
_A_FLOAT = b"\xcb"
"""What MessagePack begins every float with."""


_ALL = object()


def canonical(value: object, *, loose: object = _ALL) -> str:
    """The one JSON text of a plain value: sorted keys, no spaces, no escapes beyond JSON's own.

    Plain is what `to_plain` makes and what a JSON text says; of anything else it may raise TypeError, or write what can't be read back.
    `loose`: those of its parts in which a number may be a float; left out: all of it.
    """
    written = _quickly(value, loose)
    return _ENCODER.encode(value) if written is None else written.decode()


def _quickly(value: object, loose: object) -> bytes | None:
    """The text as msgspec writes it, in a fifth of the time that json takes; None where it may write another."""
    # That is so for floats (an act writes none): so they are looked for first, at the cost of a few false finds, as in some letters of
    # other scripts. What it can't write at all (a lone surrogate, a key that is no text) json may.
    try:
        if not loose or _A_FLOAT not in _PACK.encode(value if loose is _ALL else loose):
            return _QUICK.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        pass
    return None


def sealed(value: object, *, loose: object = _ALL, behind: str = "") -> tuple[str, str]:
    """A plain value's canonical text; and the SHA-256 of the text that it stands `behind` with it, in hex."""
    written = _quickly(value, loose)
    if written is None:
        text = _ENCODER.encode(value)
        return text, digest(behind + text)
    return written.decode(), digest(behind.encode() + written)


def digest(text: str | bytes) -> str:
    """SHA-256, in hex."""
    hashed = _NOTHING_HASHED.copy()  # to begin one anew is for OpenSSL to look up once more which of its parts does it
    hashed.update(text.encode() if isinstance(text, str) else text)
    return hashed.hexdigest()


_NOTHING_HASHED = sha256()


def new_id() -> str:
    """A fresh request id."""
    return urandom(16).hex()


def instant(moment: datetime) -> str:
    """An aware time as UTC ISO text with microseconds, e.g. `2026-11-20T02:00:00.000000Z`."""
    return _utc(moment if moment.tzinfo is UTC else moment.astimezone(UTC))


@lru_cache(maxsize=4096)
def _utc(moment: datetime) -> str:
    """Kept, for an act writes one time many times. Only of UTC: elsewhere the two instants of a repeated hour are equal."""
    return moment.isoformat(timespec="microseconds")[:-6] + "Z"


def to_plain(value: object) -> Any:
    """A value as plain JSON; a struct as an object of the fields that differ from their defaults."""
    write = _WRITERS[type(value)]
    return value if write is None else write(value)


Writer = Callable[[Any], Any]


class _Writers(dict[type, Writer | None]):
    """What writes values of a type, None for what is plain as it is: found once, for an act writes some hundred values."""

    def __missing__(self, kind: type) -> Writer | None:
        found = self[kind] = _writer(kind)
        return found


_AS_IS = frozenset({str, int, bool, float, NoneType})
_WRITERS = _Writers(dict.fromkeys(_AS_IS))


def _writer(kind: type) -> Writer:
    if issubclass(kind, Enum):
        return attrgetter("_value_")  # `value` is code of Python's that looks it up
    if issubclass(kind, str | int | float | NoneType):
        return lambda value: value
    if issubclass(kind, datetime):
        return instant
    if issubclass(kind, date | time):
        return kind.isoformat
    if issubclass(kind, Decimal):
        return str
    if issubclass(kind, Mapping):
        return _write_mapping
    if issubclass(kind, tuple | list | Later):
        return _write_list
    if issubclass(kind, Struct):
        return _fields_writer(kind)
    msg = f"{kind.__name__} has no plain form"
    raise TypeError(msg)


def _write_mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): item if (write := _WRITERS[type(item)]) is None else write(item) for key, item in value.items()}


def _write_list(value: Iterable[Any]) -> list[Any]:
    return [item if (write := _WRITERS[type(item)]) is None else write(item) for item in value]


@cache
def _written(kind: Any) -> tuple[tuple[str, object, Writer | None], ...]:
    """A struct's fields with their defaults, and what writes each (see `_field_writer`)."""
    return tuple((field.name, default := _default(field), _field_writer(field.type, default)) for field in fields(kind))


def _fields_writer(kind: type[Struct]) -> Writer:
    """The object of all fields is made at once: what is left is to take out the defaults, and to write what is not plain by its type."""
    known = _written(kind)
    given = tuple((name, write) for name, default, write in known if default is NODEFAULT and write is not None)
    optional = tuple(one for one in known if one[1] is not NODEFAULT)

    def write(value: Struct) -> dict[str, Any]:
        found = asdict(value)
        for name, write_it in given:
            found[name] = write_it(found[name])
        for name, default, may_write in optional:
            item = found[name]
            if item is default or item == default:
                del found[name]
            elif may_write is not None:
                found[name] = may_write(item)
        return found

    return write


def _field_writer(kind: Any, default: object) -> Writer | None:
    """What writes a field's values but its default, by its type; None where they are plain. So most need not be looked at."""
    origin, args = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        others = [one for one in args if one is not NoneType]
        return _field_writer(others[0], NODEFAULT) if default is None and len(others) == 1 else to_plain
    if kind in _AS_IS:
        return None
    if kind is datetime:
        return instant
    if origin is tuple and args[1:] == (Ellipsis,) and args[0] in _AS_IS:
        return list
    if isinstance(origin, type) and issubclass(origin, Mapping) and args[0] is str and args[1] in _AS_IS:
        return dict
    return to_plain


class Changes(NamedTuple):
    """What the plain form of one struct says otherwise than that of another."""

    items: dict[str, Any]
    """Its items that differ."""
    gone: list[str]
    """The keys that it has no more."""
    within: dict[str, dict[str, Any]]
    """Of its mappings that only grow: what differs within them."""


def changes(before: Struct, after: Struct, grow: Collection[str] = ()) -> Changes:
    """What the plain form of a struct `after` says otherwise than that of `before`. What both share is not looked into, so that a step
    costs what it changed. `grow`: the mappings of which the items that differ are enough, unless one is gone.
    """
    changed: dict[str, Any] = {}
    gone: list[str] = []
    within: dict[str, dict[str, Any]] = {}
    if after is before:
        return Changes(changed, gone, within)
    was, is_now = astuple(before), astuple(after)
    with_both = zip(_written(type(after)), was, is_now, strict=True)
    for (name, default, write), old, new in compress(with_both, map(is_not, was, is_now)):
        if new == default:
            if old != default:
                gone.append(name)
        elif write is None:
            if old != new:
                changed[name] = new
        elif name in grow and old and old.keys() <= new.keys():
            if found := {key: to_plain(item) for key, item in new.items() if key not in old or _differ(old[key], item)}:
                within[name] = found
        elif old == default or (_differ(old, new) if write is to_plain else write(old) != write(new)):
            changed[name] = write(new)
    return Changes(changed, gone, within)


def bring_on(plain: dict[str, Any], delta: Mapping[str, Any], items: str) -> None:
    """Bring the plain form of what was before up to what `changes` says, as a delta has it: what differs under the name `items`."""
    plain.update(delta[items])
    for key in delta.get("gone", ()):
        plain.pop(key, None)
    for name, found in delta.get("within", {}).items():
        plain[name] = {**plain.get(name, {}), **found}


def _differ(old: object, new: object) -> bool:
    """Whether the plain forms of two values differ."""
    if old is new:
        return False
    if type(old) is dict and type(new) is dict:
        return old.keys() != new.keys() or any(old[key] is not item and _differ(old[key], item) for key, item in new.items())
    if type(old) in _AS_IS and type(new) in _AS_IS:
        return bool(old != new)
    return bool(to_plain(old) != to_plain(new))


def from_plain(kind: type[T], data: object) -> T:
    """The value of type `kind` that `to_plain` wrote. Unknown keys are an error (a newer program wrote them)."""
    reader: Callable[[Any], T] = _reader(cast("Any", kind))
    return reader(data)


def _default(field: FieldInfo) -> object:
    return field.default_factory() if field.default_factory is not NODEFAULT else field.default


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    origin, args = get_origin(kind), get_args(kind)
    if origin in {Union, UnionType}:
        return _union(args)
    if origin is tuple:
        return _tuple(args)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        item = _reader(args[1])
        return _as_is if item is _as_is else lambda data: {key: item(value) for key, value in data.items()}
    return _simple(kind)


def _union(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    kinds = [kind for kind in args if kind is not NoneType]
    reader = _reader(kinds[0]) if len(kinds) == 1 else _as_is
    return reader if reader is _as_is else lambda data: None if data is None else reader(data)


def _tuple(args: tuple[Any, ...]) -> Callable[[Any], Any]:
    if args[1:] == (Ellipsis,):
        item = _reader(args[0])
        return lambda data: tuple(item(value) for value in data)
    readers = [_reader(kind) for kind in args]
    return lambda data: tuple(reader(value) for reader, value in zip(readers, data, strict=True))


def _simple(kind: type) -> Callable[[Any], Any]:
    if issubclass(kind, Struct):
        return _struct(kind)
    if issubclass(kind, datetime):
        return datetime.fromisoformat
    if issubclass(kind, date | time):
        return kind.fromisoformat
    if issubclass(kind, Enum | Decimal):
        return kind
    return _as_is


def _struct(kind: type[Struct]) -> Callable[[Any], Any]:
    readers: dict[str, Callable[[Any], Any] | None] = {}  # filled on first use: a struct may hold itself

    def read(data: dict[str, Any]) -> object:
        if not readers:
            hints = get_type_hints(kind)
            readers.update({name: None if (one := _reader(hints[name])) is _as_is else one for name in kind.__struct_fields__})
        return kind(**{key: value if (reader := readers[key]) is None else reader(value) for key, value in data.items()})

    return read


def _as_is(data: object) -> object:
    return data


def from_text(kind: type[T], text: str) -> T:
    """The value of type `kind` in a JSON text that `to_plain` was written as. Raises as `json.loads` and `from_plain` do."""
    decode = _decoder(cast("Any", kind))
    if decode is not None:
        try:
            return cast("T", decode(text))
        except (ValueError, RecursionError):  # what json takes nevertheless is taken; what it does not take it refuses in its own way
            pass
    return from_plain(kind, json.loads(text))


def read_plain(text: str) -> Any:
    """What a JSON text says, plain. Raises as `json.loads` does."""
    try:
        return msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return json.loads(text)


@cache
def _decoder(kind: Any) -> Callable[[str], Any] | None:
    """The reader of msgspec, which takes a fifth of the time; for structs alone that refuse unknown keys, as all in them must."""
    return msgspec.json.Decoder(kind).decode if kind.__struct_config__.forbid_unknown_fields else None


SHORT = 4096
"""Characters of a text that is kept with its value; so what is kept stays within some megabytes."""


def parsed(kind: type[T], text: str) -> T:
    """The same of a text that may have been read before: a short one gives the same value, worked out once. It is for values that
    nobody changes.
    """
    return from_text(kind, text) if len(text) > SHORT else cast("T", _kept(cast("Any", kind), text))


@lru_cache(maxsize=2048)
def _kept(kind: Any, text: str) -> Any:
    return from_text(kind, text)

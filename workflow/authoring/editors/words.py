"""The words that a file may name, each with its title: those of the language, those of an office, those of one process.

They are gathered from files as they stand, right or wrong: whoever mends a file needs them most.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from workflow.authoring.parse_time import WEEKDAYS
from workflow.language.values import TYPES

Titles = dict[str, str]
"""Word → its title; '' if it has none."""
Words = dict[str, Titles]
"""Kind of word (see `grammar.kinds.Names`) → the words that there are."""

_PEOPLE = {
    "opener": "người mở hồ sơ — whoever opened the case",
    "actor": "người đang thao tác — whoever acts",
    "asked": "nơi được hỏi — who is asked",
}
_STATES = {
    "any": "mọi trạng thái chưa kết thúc — every state that is not final",
    "all": "mọi trạng thái — every state",
}
_TYPES = {
    "text": "một dòng — one line",
    "note": "nhiều dòng — several lines",
    "integer": "số nguyên — a whole number",
    "decimal": "số thập phân — a decimal number",
    "date": "ngày — a day",
    "datetime": "ngày giờ — a day and an hour",
    "yes-no": "có hoặc không — yes or no",
    "choice": "chọn một (choices) — one of its choices",
    "choices": "chọn nhiều (choices) — several of its choices",
    "unit": "một đơn vị — a unit",
    "units": "nhiều đơn vị — several units",
    "person": "một người — a person",
    "persons": "nhiều người — several persons",
    "case": "một hồ sơ khác — another case",
    "cases": "nhiều hồ sơ khác — other cases",
    "file": "một tệp — a file",
    "files": "nhiều tệp — several files",
    "table": "bảng (columns) — a table (columns)",
}
_DAYS = [day[:3].lower() for day in WEEKDAYS]


def _plain(*words: str) -> Titles:
    return dict.fromkeys(words, "")


LANGUAGE: Words = {
    "who": _PEOPLE,
    "by": {
        **_PEOPLE,
        "anyone": "bất kỳ ai — anybody",
        "nobody": "không ai, chỉ bước nhắc hạn — nobody, only a ladder",
        "auto": "tự làm khi đủ điều kiện — done by itself when its conditions hold",
    },
    "states": _STATES,
    "target": {
        "same": "giữ nguyên — stay where it is",
        "previous": "trạng thái trước đó — the state before this one was entered",
    },
    "deadlines": {"all": "mọi thời hạn — every deadline"},
    "silence": {"none": "im lặng không tính là gì — silence counts as nothing"},
    "again": {"all": "hỏi lại tất cả — all are asked anew", "none": "không hỏi ai — nobody is asked"},
    "enough": {"all": "tất cả đã trả lời — all have replied", "60%": ""},
    "type": {kind: _TYPES[kind] for kind in TYPES},
    "column type": {kind: _TYPES[kind] for kind in TYPES if kind not in {"table", "file", "files"}},
    "moment": _plain("1 working day", "3 working days", "4 working hours", "1 month", "20 December", "day 5", "Monday", "end of quarter"),
    "rung": _plain("due", "1 working day before due", "1 working day after due", "50% before due"),
    "amount": _plain("1 working day", "4 working hours", "1 day"),
    "wait": _plain("until due", "1 working day", "1 working hour"),
    "outcome": _plain("done", "cancelled", "withdrawn", "refused"),
    "slot": _plain("handler"),
    "deadline": _plain("due"),
    "told": {key: _PEOPLE[key] for key in ("opener", "asked")},
    "weekdays": _plain("mon-fri", "mon-sun", *_DAYS),
    "hours": _plain("07:30-11:30", "13:30-17:00"),
    "calendar like": {"office": "lịch của cơ quan — the office's calendar"},
    "day end": _plain("24:00", "17:00"),
    "delegated": {"all": "mọi chức vụ — every position"},
    "acted for": {"all": "mọi người — everybody"},
    "kind of unit": _plain("party", "state", "commune"),
    "frame of": {"any": "mọi nơi khác — everywhere else"},
    "expression": _plain("today", "replies.enough"),
    "unit": {"asked": _PEOPLE["asked"]},
}
"""What may stand there in every process."""


def joined(*several: Mapping[str, Titles]) -> Words:
    """Several sets of words together: what is nearest to the file first."""
    kinds = dict.fromkeys(kind for words in several for kind in words)
    found: Words = {kind: {} for kind in kinds}
    for words in several:
        for kind, titles in words.items():
            found[kind] |= {word: title for word, title in titles.items() if word not in found[kind]}
    return found


# ---- an office -----------------------------------------------------------------------------------------------------


def office_words(organisation: Any, calendar: Any, types: Any) -> Words:
    """The words of the files beside the processes, as plain values (anything that is no mapping has none)."""
    units, persons = _titles(_part(organisation, "units")), _titles(_part(organisation, "persons"))
    posts = [post for post in _listed(_part(organisation, "posts")) if isinstance(post, dict)]
    positions = dict.fromkeys([str(post["position"]) for post in posts if "position" in post], "")
    positions |= {key: _title(value) for key, value in _mapping(_part(organisation, "positions")).items()}
    held = {f"{post['position']}.{post['unit']}": "" for post in posts if {"position", "unit"} <= set(post)}
    kinds = {str(kind): "" for unit in _mapping(_part(organisation, "units")).values() if (kind := _part(unit, "kind"))}
    return {
        "unit": units,
        "person": persons,
        "position": positions,
        "actor": {**held, **persons},
        "told": {**held, **persons},
        "delegated": positions,
        "acted for": persons,
        "kind of unit": kinds,
        "frame of": {**kinds, **units},
        "document type": _titles(types),
        "calendar": _titles(_part(calendar, "calendars")),
    }


# ---- a process -----------------------------------------------------------------------------------------------------


class _Gathered(Struct):
    """What stands in one process."""

    fields: dict[str, Any]
    roles: Titles
    documents: Titles
    groups: Titles
    starts: Titles
    tracks: Titles
    states: Titles = field(default_factory=dict)
    actions: Titles = field(default_factory=dict)
    dues: Titles = field(default_factory=dict)
    answers: Titles = field(default_factory=dict)
    outcomes: Titles = field(default_factory=dict)
    slots: Titles = field(default_factory=dict)


def process_words(process: Any, templates: list[str]) -> Words:
    """The words of a process.yaml as a plain value, and its templates."""
    found = _gathered(process)
    fields = {key: _title(value) for key, value in found.fields.items()}
    units = {f"fields.{key}": fields[key] for key, value in found.fields.items() if _part(value, "type") in {"unit", "units"}}
    days = {f"fields.{key}": fields[key] for key, value in found.fields.items() if _part(value, "type") in {"date", "datetime"}}
    return {
        "field": fields,
        "expression": {f"fields.{key}": title for key, title in fields.items()},
        "unit": units,
        "moment": days,
        **dict.fromkeys(("who", "by", "role", "told"), found.roles),
        "state": found.states,
        "states": {**found.states, **found.groups},
        "target": found.states,
        **dict.fromkeys(("action", "doing"), found.actions),
        **dict.fromkeys(("deadline", "deadlines"), found.dues),
        **dict.fromkeys(("answer", "silence", "again"), found.answers),
        "document": found.documents,
        "start": found.starts,
        "track": found.tracks,
        "outcome": found.outcomes,
        "slot": found.slots,
        "template": dict.fromkeys(templates, ""),
    }


def _gathered(process: Any) -> _Gathered:
    found = _Gathered(
        fields=_mapping(_part(process, "fields")),
        roles={key: _holder(value) for key, value in _mapping(_part(process, "roles")).items()},
        documents=_titles(_part(process, "documents")),
        groups=_titles(_part(process, "groups")),
        starts=_titles(_part(process, "starts")),
        tracks=_titles(_part(process, "tracks")),
    )
    for machine in (process, *_mapping(_part(process, "tracks")).values()):
        found.states |= _titles(_part(machine, "states"))
        found.actions |= {key: _title(next(iter(_listed(value)), None)) for key, value in _mapping(_part(machine, "actions")).items()}
        for state in _mapping(_part(machine, "states")).values():
            found.actions |= _titles(_part(state, "actions"))
            found.outcomes |= {_part(state, "final"): ""} if isinstance(_part(state, "final"), str) else {}
            consult = _part(state, "consult")
            found.answers |= _titles(_part(consult, "answers"))
            if consult is not None:
                named = _part(_part(consult, "reply"), "named")
                found.actions |= {named if isinstance(named, str) else "reply": _title(_part(consult, "reply"))}
    for key, value in _all(process):
        if key == "due":
            found.dues |= {one["name"]: "" for one in _listed(value) if isinstance(one, dict) and isinstance(one.get("name"), str)}
        elif key == "assigns":
            found.slots |= _titles(value)
    return found


def elsewhere(processes: Mapping[str, Words], titles: Titles) -> Words:
    """What one process may name of others: any word of any of them, since none says which process it is about."""

    def every(kind: str) -> Titles:
        return {word: title for words in processes.values() for word, title in words.get(kind, {}).items()}

    return {
        "process": titles,
        "start elsewhere": every("start"),
        "field elsewhere": every("field"),
        "action elsewhere": every("action"),
        "state elsewhere": every("state"),
    }


# ---- whatever stands there -----------------------------------------------------------------------------------------


def _part(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _titles(value: Any) -> Titles:
    """The keys of a mapping, each with the title that stands below it."""
    return {key: _title(item) for key, item in _mapping(value).items() if key}


def _title(value: Any) -> str:
    """The title of a thing: its own `title`, or itself if it is a title."""
    said = _part(value, "title") if isinstance(value, dict) and "title" in value else value
    said = (_part(said, "vi") or _part(said, "en")) if isinstance(said, dict) else said
    return said if isinstance(said, str) else ""


def _holder(role: Any) -> str:
    """Who holds a role, in the words of the file: `leader · btg`, `assigned: handler`."""
    if _part(role, "position") and _part(role, "unit"):
        return f"{role['position']} · {role['unit']}"
    way = next((key for key in ("assigned", "did", "person", "superior_of", "any") if _part(role, key)), "")
    return f"{way}: {', '.join(map(str, _listed(role[way])))}" if way else ""


def title_of(process: Any) -> str:
    """A process's title."""
    return _title(_part(process, "title"))


def _all(value: Any) -> Iterator[tuple[str, Any]]:
    """Every key and its value, however deep."""
    for key, item in _mapping(value).items():
        yield key, item
        yield from _all(item)
    for item in value if isinstance(value, list) else ():
        yield from _all(item)

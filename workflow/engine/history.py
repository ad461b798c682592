"""History: what each entry changes, the hash chain over entries, and the fold that proves a case's state (law 6).

An entry's `text` is canonical JSON with a format number; its payload (note, fields, delta, data) stands in it by its
own SHA-256, so that a payload which the law orders to be removed leaves a provable gap.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from workflow.model import Case, CaseFile, CasePart, Deadline, Document, DocumentStatus, Draft, Entry, Opinion
from workflow.phrases import phrase
from workflow.plain import Changes, bring_on, canonical, changes, digest, from_plain, instant, sealed, to_plain

FORMAT = 2
"""The number of the entry's form, in every entry. In the first, whatever changed of `GROWING` was said whole."""

DISPOSE = "dispose"
"""The act by which the contents of the entries before it were removed: its own holds what is left, whole."""

_NONE: Mapping[str, Any] = {}

KEPT_BY_CHAIN = frozenset({"revision", "seq", "head", "last_entry"})
"""What the chain itself says of a case; a delta leaves it out."""


GROWING = ("done", "fields")
"""What only grows, most often, in the course of a case: an entry says what came to it, and so does not grow with the case."""


def delta_of(before: Case | None, after: Case, *, deadlines: Iterable[Deadline] = (), opinions: Iterable[Opinion] = ()) -> dict[str, Any]:
    """What one step changes, as plain JSON: the case's changed fields, its new or changed deadlines and opinions."""
    changed, gone, within = Changes(to_plain(after), [], {}) if before is None else changes(before, after, GROWING)
    delta: dict[str, Any] = {"case": {key: value for key, value in changed.items() if key not in KEPT_BY_CHAIN}}
    if within:
        delta["within"] = within
    if gone and (gone := sorted(key for key in gone if key not in KEPT_BY_CHAIN)):
        delta["gone"] = gone
    if found := [to_plain(one) for one in deadlines]:
        delta["deadlines"] = found
    if found := [to_plain(one) for one in opinions]:
        delta["opinions"] = found
    return delta


def document_record(document: Document) -> dict[str, Any]:
    """A document as history keeps it: its facts by their hash (the facts stand with the document itself)."""
    plain = to_plain(replace(document, facts={}))
    return {**plain, "facts": digest(canonical(to_plain(document.facts)))}


def seal(part: CasePart, versions: Mapping[str, str]) -> CasePart:
    """The part with its drafts as entries of the chain, and its case's `seq`, `head`, `last_entry` and `revision`.

    Called when documents are rendered: an entry holds the hashes of the files that it issued.
    """
    if not part.drafts:  # nothing happened in it: only no other act may go in between
        revision = part.before.revision + 1 if part.before else 1
        return replace(part, case=replace(part.case, revision=revision))
    kept = tuple([_kept(document) for document in part.documents]) if part.documents else ()
    documents = {document.key: document for document in kept}
    head, seq = (part.before.head, part.before.seq) if part.before else ("", 0)
    context = _context(part, versions)
    entries: list[Entry] = []
    for draft in part.drafts:
        seq += 1
        entry = _sealed(draft, part.case.number, seq, head, context, [documents[key] for key in draft.documents])
        entries.append(entry)
        head = entry.hash
    case = replace(
        part.case,
        seq=seq,
        head=head,
        last_entry=part.drafts[-1].at,
        revision=part.before.revision + 1 if part.before else 1,
    )
    return replace(part, case=case, documents=kept, entries=tuple(entries))


def _kept(document: Document) -> Document:
    """A draft is kept without its facts: they are worked out anew whenever somebody looks at it."""
    return replace(document, facts={}) if document.status is DocumentStatus.DRAFT else document


def _context(part: CasePart, versions: Mapping[str, str]) -> dict[str, str]:
    """The versions that an act was decided under (law 5)."""
    return {**versions, "process": part.case.version}


def _sealed(draft: Draft, number: str, seq: int, head: str, versions: dict[str, str], documents: Sequence[Document]) -> Entry:
    delta, fields, data = draft.delta, to_plain(draft.fields), to_plain(draft.data)
    payload, payload_hash = sealed(
        {
            "note": draft.note,
            "fields": fields,
            "delta": delta,
            "data": data,
            "documents": [document_record(document) for document in documents],
        },
        loose=[fields, data, delta.get("case", _NONE).get("fields"), delta.get("within", _NONE).get("fields"), delta.get("opinions")],
    )
    text, own_hash = sealed(
        {
            "format": FORMAT,
            "case": number,
            "seq": seq,
            "at": instant(draft.at),
            "actor": draft.actor,
            "for": draft.acting_for,
            "act": draft.act,
            "action": draft.action,
            "before": draft.before,
            "after": draft.after,
            "versions": versions,
            "payload": payload_hash,
        },
        loose=(),
        behind=head,
    )
    return Entry(
        case=number,
        seq=seq,
        at=draft.at,
        actor=draft.actor,
        text=text,
        payload=payload,
        previous=head,
        hash=own_hash,
    )


# ---- proving ---------------------------------------------------------------------------------------------------------


def broken(entries: Sequence[Entry], head: str, language: str = "en") -> str | None:
    """What is wrong with a case's chain, in words; None if nothing: each entry's place, texts, hashes, and the head."""
    previous, gone = "", disposed_at(entries)
    for expected, entry in enumerate(entries, start=1):
        fault = _broken_entry(entry, expected, previous, disposed=expected < gone)
        if fault:
            return phrase(fault, language, seq=expected)
        previous = entry.hash
    if previous == head:
        return None
    return phrase("the last entry is not the one that the case names (entry {seq})", language, seq=len(entries))


def disposed_at(entries: Sequence[Entry]) -> int:
    """The number of the entry by which the contents of those before it were removed; 0 if none says so."""
    found = (entry.seq for entry in reversed(entries) if f'"act":"{DISPOSE}"' in entry.text and json.loads(entry.text)["act"] == DISPOSE)
    return next(found, 0)


def _broken_entry(entry: Entry, expected: int, previous: str, *, disposed: bool) -> str | None:
    """The template of what is wrong."""
    if entry.seq != expected:
        return "entry {seq} is missing"
    if entry.previous != previous or entry.hash != digest(previous + entry.text):
        return "entry {seq} does not fit the one before it"
    said = json.loads(entry.text)
    if disposed and entry.payload:
        return "the contents of entry {seq} were disposed of, and are there"
    if not disposed and not entry.payload:
        return "the contents of entry {seq} are gone, and no act says so"
    if not disposed and said["payload"] != digest(entry.payload):
        return "the contents of entry {seq} were changed"
    if (said["case"], said["seq"], said["at"], said["actor"]) != (entry.case, entry.seq, instant(entry.at), entry.actor):
        return "entry {seq} was moved or its columns were changed"
    return None


def version_of(entry: Entry) -> str:
    """The version of the process that the case obeyed after this entry."""
    return str(json.loads(entry.text)["versions"]["process"])


def versions_of(entry: Entry) -> dict[str, str]:
    """The versions that an entry was decided under: of the process, the organisation, the calendar."""
    found: dict[str, str] = json.loads(entry.text)["versions"]
    return found


def papers_of(entry: Entry) -> tuple[str, ...]:
    """The keys of the documents that an entry drafted, issued or changed."""
    return tuple(one["key"] for one in payload_of(entry)["documents"])


def payload_of(entry: Entry) -> dict[str, Any]:
    """What an entry holds: note, fields, delta, data, documents. Nothing where it was removed (see `engine.disposing`)."""
    found: dict[str, Any] = json.loads(entry.payload or _REMOVED)
    return found


_REMOVED = '{"note":"","fields":{},"delta":{"case":{}},"data":{},"documents":[]}'


def fold(entries: Sequence[Entry]) -> CaseFile:
    """What a history amounts to (law 6). Documents come without their facts."""
    known = _Folded()
    for entry in entries:
        known.add(entry)
    return known.file()


def folded(entries: Iterable[Entry]) -> Iterator[CaseFile]:
    """What a history amounted to after each of its entries whose contents are there."""
    known = _Folded()
    for entry in entries:
        known.add(entry)
        if entry.payload:
            yield known.file()


class _Folded:
    """What entries amount to, one after the other."""

    def __init__(self) -> None:
        self._case: dict[str, Any] = {}
        self._deadlines: dict[str, Any] = {}
        self._opinions: dict[tuple[str, int, str], Any] = {}
        self._documents: dict[str, Any] = {}

    def add(self, entry: Entry) -> None:
        """One entry more. Those before a disposal hold nothing any more, and the disposal's own all that is left."""
        payload = payload_of(entry)
        delta = payload["delta"]
        bring_on(self._case, delta, "case")
        self._deadlines.update({one["key"]: one for one in delta.get("deadlines", ())})
        self._opinions.update({(one["state"], one["round"], one["asked"]): one for one in delta.get("opinions", ())})
        self._documents.update({one["key"]: one for one in payload["documents"]})
        self._case |= {"seq": entry.seq, "head": entry.hash, "last_entry": instant(entry.at)}

    def plain_parts(self) -> dict[str, dict[Any, Any]]:
        """What they amount to so far, as it was written."""
        return {"case": self._case, "deadline": self._deadlines, "opinion": self._opinions, "document": self._documents}

    def file(self) -> CaseFile:
        """What they amount to so far."""
        return CaseFile(
            case=from_plain(Case, self._case),
            deadlines=tuple(from_plain(Deadline, one) for one in self._deadlines.values()),
            opinions=tuple(from_plain(Opinion, one) for one in self._opinions.values()),
            documents=tuple(from_plain(Document, {**one, "facts": {}}) for one in self._documents.values()),
        )


def differs(file: CaseFile, entries: Sequence[Entry], language: str = "en") -> str | None:
    """Where the stored case file is not what its history amounts to; None if it is."""
    known = _Folded()
    for entry in entries:
        known.add(entry)
    stored = _plain_parts(file)
    meant = known.plain_parts()
    if stored == meant:
        return None
    folded = known.file()  # a fact may be written in two ways: by an older program, with what is a default today
    meant = {**_plain_parts(folded), "document": meant["document"]}
    for what, kept in stored.items():
        if keys := sorted(str(key) for key in {**kept, **meant[what]} if kept.get(key) != meant[what].get(key)):
            said = "the case differs from its history in: {keys}" if what == "case" else f"the {what} {{keys}} differs from the history"
            return phrase(said, language, keys=", ".join(keys))
    return None


def _plain_parts(file: CaseFile) -> dict[str, dict[Any, Any]]:
    """A case file as plain JSON, by what the parts are called by."""
    return {
        "case": to_plain(replace(file.case, revision=0)),
        "deadline": {one.key: to_plain(one) for one in file.deadlines},
        "opinion": {(one.state, one.round, one.asked): to_plain(one) for one in file.opinions},
        "document": {one.key: document_record(one) for one in file.documents},
    }

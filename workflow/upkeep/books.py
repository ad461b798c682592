"""What `verify` proves beside the cases: series, registers, versions, receipts, periodic cases, files, what was sent."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from typing import Any

from msgspec import Struct

from workflow.engine.registry import Incoming, Reserved, fold
from workflow.engine.registry import broken as broken_register
from workflow.errors import HosoError
from workflow.language.process import FORM, Process, meaning
from workflow.model import Attachment, SeriesKey
from workflow.plain import canonical, digest
from workflow.ports import Store, StoredVersion
from workflow.upkeep.finding import Found, wrong

Recompile = Callable[[StoredVersion], Process]
COMPARE = "Compare the source's SHA-256 with that in an older backup."
DEFINED = frozenset({"process", "organisation", "calendar", "document-types", "programme"})
"""The kinds of versions that are called by their meaning."""
FEW = 5
"""So many gaps of a series are named one by one."""


class Books(Struct, frozen=True, kw_only=True):
    """All that an office keeps beside its cases."""

    store: Store
    language: str
    recompile: Recompile | None

    @property
    def looks(self) -> tuple[tuple[str, Callable[[], Iterator[Found]]], ...]:
        """What is looked at, one after the other: what each is called, and what finds what is wrong with it."""
        return (
            ("series", self._series),
            ("register", self._registers),
            ("version", self._versions),
            ("deployment", self._deployments),
            ("receipt", self._receipts),
            ("periodic", self._periods),
            ("message", self._messages),
        )

    # ---- numbers ----

    def _series(self) -> Iterator[Found]:
        for series, numbers, last in self.store.strange_series():
            known = sorted(number for number in numbers if isinstance(number, int))
            gaps = [
                (one + 1, other - 1) for one, other in pairwise([0, *known, max(last, known[-1] if known else 0) + 1]) if other > one + 1
            ]
            if gaps:
                said = ", ".join(f"{one}" if one == other else f"{one}–{other}" for one, other in gaps[:FEW]) + (" …" if gaps[FEW:] else "")
                yield wrong("series", "{series}: the numbers {numbers} are missing", series=series, numbers=said)
            if len(known) != len(numbers) or (known and known[-1] > last):
                yield wrong("series", "{series}: a number is none, or past the last", series=series)

    def _registers(self) -> Iterator[Found]:
        """Each body's chain of register entries, the scans that they name, and the numbers that were taken for it alone."""
        taken: set[tuple[SeriesKey, int]] = set()
        unread: set[str] = set()
        for body in self.store.registries():
            try:
                entries = self.store.registry(body)
                fault = broken_register(entries, self.language)
            except (ValueError, KeyError, TypeError):
                fault, entries = None, None
            if fault is not None or entries is None:
                unread.add(body)
                said = "{body}: {fault}" if fault is not None else "{body}: the register can't be read"
                yield wrong("register", said, body=body, fault=fault)
                continue
            state = fold(entries)
            taken |= state.reserved.keys()
            for scan in (*_scans(state.incoming), *_scans(state.reserved.values())):
                content = self.store.file(scan.hash)
                if content is None or digest(content) != scan.hash:
                    yield wrong("file", "{body}: {file} is missing or changed", body=body, file=scan.name)
        for series, number in self.store.loose_numbers():
            if (series, number) not in taken and series.body not in unread:
                yield wrong("number", "the number {number} of {series} was given to nothing", number=number, series=series)

    # ---- versions ----

    def _versions(self) -> Iterator[Found]:
        """What is kept of each version has the meaning that it is called by."""
        for kind, hash_, key in self.store.versions():
            named = f"{kind} {key} {hash_[:12]}".replace("  ", " ")
            try:
                stored = self.store.version(kind, hash_)
                plain: Any = json.loads(stored.compiled) if stored else None
            except (ValueError, KeyError, TypeError):
                yield wrong("version", "{version}: what is kept of it can't be read", version=named)
                continue
            if stored is not None and kind == "process" and stored.form != FORM:
                yield self._of_another_form(named, stored)
            elif kind in DEFINED and hash_ not in {digest(canonical(plain)), digest(canonical(meaning(plain)))}:
                yield wrong("version", "{version}: what is kept of it is not what it was deployed with", version=named)
            elif stored is not None and kind == "process":
                yield from self._of_source(named, stored)

    def _of_source(self, named: str, stored: StoredVersion) -> Iterator[Found]:
        """The source of a version is the one that it was made of, if it comes to the same meaning. That it compiles no more is no
        fault of its own: a newer program may refuse what an older one took.
        """
        if self.recompile is None:
            return
        try:
            meaning_now = _meaning_of(self.recompile, stored.key, canonical(dict(stored.source)))
        except HosoError:
            return
        if meaning_now != stored.hash:
            yield wrong("version", "{version}: its source is not what it was made of", version=named)

    def _of_another_form(self, named: str, stored: StoredVersion) -> Found:
        """A version that another hoso compiled, in another form: its hash is of that form. What can be proved is its source: it is the
        one that the version was made of if this program comes to the same meaning; at least it must still be a procedure of that name.
        """
        sources = digest(canonical(dict(stored.source)))
        facts: dict[str, Any] = {"version": named, "form": stored.form, "sources": sources}
        made = "{version}: another form ({form}) of the compiler made it, "
        if self.recompile is None:
            template = made + "so that its hash can't be worked out anew (SHA-256 of its source: {sources})"
            return Found(level="warning", what="version", template=template, facts=facts, hint=COMPARE)
        try:
            process = self.recompile(stored)
        except HosoError as fault:
            return wrong("version", made + "and its source does not compile: {fault}", **facts, fault=fault)
        if process.version == stored.hash:
            template = "{version}: another form ({form}) made it; its source means what it did"
            return Found(level="ok", what="version", template=template, facts=facts)
        if process.key != stored.key:
            return wrong("version", "{version}: its source is that of another procedure, {key}", **facts, key=process.key)
        template = made + "so that its hash can't be worked out anew; its source compiles (SHA-256 {sources})"
        return Found(level="warning", what="version", template=template, facts=facts, hint=COMPARE)

    def _deployments(self) -> Iterator[Found]:
        """Whatever came into use, and whatever a case obeys, is kept."""
        for kind, key, hash_ in self.store.unkept_versions():
            named = f"{kind} {key} {hash_[:12]}".replace("  ", " ")
            yield wrong("version", "{version}: it was brought into use, or a case obeys it, and it is not kept", version=named)

    # ---- acts, periods, files, mail ----

    def _receipts(self) -> Iterator[Found]:
        for request, case, seq in self.store.strange_receipts():
            told = "{case}: the receipt {request} is of entry {seq}, which is not there"
            yield wrong("receipt", told, case=case, request=request, seq=seq)

    def _periods(self) -> Iterator[Found]:
        for process, period, case in self.store.strange_periods():
            told = "{process}: the period {period} has a case, {case}, that the clock did not open for it alone"
            none = "{case}: the clock opened it, and it is the case of no period"
            yield wrong("periodic", told if period else none, process=process, period=period, case=case)

    def loose_files(self, named: set[bytes]) -> Iterator[Found]:
        """Files that nothing names, or whose size is not theirs. `named`: those of cases."""
        named = named | {bytes.fromhex(scan.hash) for scan in self._scans()}
        for hash_, fits in self.store.files():
            if not fits:
                yield wrong("file", "the file {hash}: its size is not that of its bytes", hash=hash_[:12])
            if bytes.fromhex(hash_) not in named:
                yield wrong("file", "the file {hash} is named by nothing", hash=hash_[:12])

    def _scans(self) -> Iterator[Attachment]:
        for body in self.store.registries():
            state = fold(self.store.registry(body))
            yield from (*_scans(state.incoming), *_scans(state.reserved.values()))

    def _messages(self) -> Iterator[Found]:
        """A message is called by the notices that it is of, and says what they say."""
        for message in self.store.sent():
            named = {"message": message.id[:12], "person": message.person}
            if message.id != digest("\n".join([message.person, *(key for key, _ in message.notices)]))[: len(message.id)]:
                yield wrong("message", "the message {message} to {person} is not of its notices", **named)
            for key, says in message.notices:
                if not says:
                    yield wrong(
                        "message", "the message {message} to {person} does not say what its notice {notice} says", **named, notice=key
                    )


@lru_cache(maxsize=256)
def _meaning_of(recompile: Recompile, key: str, sources: str) -> str:
    """What a source means, by its version; kept, for a program that stays proves the same sources again."""
    return recompile(StoredVersion(kind="process", key=key, hash="", form=FORM, source=json.loads(sources), compiled="")).version


def _scans(papers: Iterable[Incoming | Reserved]) -> list[Attachment]:
    return [one for paper in papers for one in paper.files]

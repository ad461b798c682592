"""One act, one way: load → decide → (lease, render) → commit; again when somebody else was first (design: at most five times)."""

import os
import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from workflow import documents
from workflow.engine.decide import Decision, decide
from workflow.engine.facts import Facts
from workflow.engine.history import seal
from workflow.errors import Conflict, NotFound, Refused, StoreUnreachable
from workflow.language.process import Process
from workflow.model import Act, Advance, Beginning, CaseFile, CasePart, Change, Dispose, Document, DocumentStatus, Fire, Needs, Open
from workflow.office.definitions import Definitions
from workflow.office.texts import printable
from workflow.plain import digest
from workflow.ports import Lease, Stale, Store

TRIES = 5
FRESH = 0.1
"""Seconds for which what an act read before its turn at a series came is as good as new: no act reads again while it is decided and
written, and a case that moved on meanwhile is found at the commit.
"""


class Outcome(Struct, frozen=True, kw_only=True):
    """What an act did: its change; or, if its request was done before, the receipt. `process` is the version that the case now obeys."""

    process: Process
    facts: Facts
    change: Change | None = None
    receipt: tuple[str, int] | None = None
    childless: bool = False
    """Its case is known to have had no sub-cases before."""

    @property
    def part(self) -> CasePart:
        """What it did to its case."""
        if self.change is None:
            raise AssertionError("an act that was done before has no change")
        return self.change.parts[0]


K = TypeVar("K")
V = TypeVar("V")
OnCase = Advance | Dispose | Fire
"""Acts of which many are done at a time."""
Sees = Callable[[CaseFile, Facts], bool]
"""Whether whoever acts may see the case."""
SeenBy = Callable[[str, CaseFile, Facts], bool]
"""Whether a person may see a case."""


def _sees_all(_file: CaseFile, _facts: Facts) -> bool:
    """The clock sees every case."""
    return True


class _More(Struct, frozen=True, kw_only=True):
    """What an act brings along."""

    uploads: Mapping[str, bytes]
    dry_run: bool
    facts: Mapping[str, Any]
    sees: Sees


_NOTHING_MORE = _More(uploads={}, dry_run=False, facts={}, sees=_sees_all)


class Acting(Struct, frozen=True, kw_only=True):
    """Carries acts out on a store."""

    store: Store
    definitions: Definitions
    now: Callable[[], datetime]
    papers: bool = True
    """Whether issued papers' files are written; scenarios only try their text."""
    progress: Callable[[int, int], None] = lambda _done, _all: None
    """Told after each paper that is written: how many are, of how many."""
    holder: str = field(default_factory=lambda: f"{os.getpid()}")

    def do(
        self,
        act: Act,
        *,
        case: str = "",
        uploads: Mapping[str, bytes] | None = None,
        dry_run: bool = False,
        facts: Mapping[str, Any] | None = None,
        sees: Sees | None = None,
    ) -> Outcome:
        """Carry an act out. `uploads` are the bytes of its files by hash; `facts` more for `Definitions.facts`; `sees`
        whether the actor may see the case: unseen is not found (law 7).

        Raises Refused, NotFound, WrongUsage and others of what was asked; Conflict after five tries.
        """
        more = _More(uploads=uploads or {}, dry_run=dry_run, facts=facts or {}, sees=sees or _sees_all)
        for attempt in range(TRIES):
            beginning = self._begun(act, case, fresh=attempt > 0 or dry_run)
            if beginning.receipt is not None:
                return self._repeated(beginning)
            try:
                return self._try(act, case, more, beginning)
            except Stale:
                if beginning.supposes is None:
                    time.sleep(random.uniform(0, 0.04 * 2**attempt))  # noqa: S311 - a pause, not a secret
            except StoreUnreachable:
                raise
            except Exception:  # what was supposed may be why; decided on what is read, it is what is told
                if beginning.supposes is None:
                    raise
        raise Conflict(what=case or getattr(act, "process", ""))

    def ready(
        self, acts: Mapping[K, OnCase], *, uploads: Mapping[str, bytes] | None = None, sees: "SeenBy | None" = None
    ) -> dict[K, Outcome]:
        """What these acts would do, each to its case as all of them are read at once, to be written together (see `write`); by the keys of
        the acts. One that is left out is to be tried by itself, which tells why: it is refused, it takes a number, its actor may not see
        the case, a case can't be read. Raises StoreUnreachable.
        """
        cases = list(dict.fromkeys([act.case for act in acts.values()]))
        try:
            facts, files = self.store.at_once(lambda: (self.definitions.facts(self.now()), self.store.load_many(cases)))
        except StoreUnreachable:
            raise
        except Exception:  # noqa: BLE001 - one that can't be read; which, is told when each is tried by itself
            return {}
        more = replace(_NOTHING_MORE, uploads=uploads or {})
        seen = {key: (act, file) for key, act in acts.items() if (file := files.get(act.case)) is not None}
        if sees is not None:
            seen = {key: (act, file) for key, (act, file) in seen.items() if sees(act.actor, file, facts)}
        # one kind of work for all of them, then the next: what it needs stays near the processor, which is a twenty-fifth of all
        decided = _of_each(self.decided, {key: (act, file, facts, more) for key, (act, file) in seen.items()})
        return _of_each(self._worked_out, {key: (*one, more, None) for key, one in decided.items()})

    def decided(self, act: Act, file: CaseFile, facts: Facts, more: _More | None = None) -> tuple[Change | Refused, Facts] | None:
        """What is decided of an act on a case that its actor may see, with what was known; None if it takes numbers, whose turn must be
        waited for. `facts`, `more`: what is known now and brought along, of a whole group of acts. Raises as `do` does.
        """
        beginning = Beginning(receipt=None, used={}, file=file)
        decision, facts = self._decided(act, file.case.number, facts, more or _NOTHING_MORE, beginning)
        return None if isinstance(decision, Needs) else (decision, facts)

    def write(self, prepared: Sequence[Outcome]) -> list[bool]:
        """Write several acts in one transaction, each whole or not at all; whether each was: its case may have moved on meanwhile."""
        if not prepared:
            return []
        try:
            return [stale is None for stale in self.store.commit([one.change for one in prepared if one.change])]
        except Stale:
            return [False] * len(prepared)

    def write_soon(self, prepared: Sequence[Outcome]) -> Callable[[], list[bool]]:
        """The same, but the caller goes on while they are on their way to the disk: what is given says whether each was written."""
        if not prepared:
            return list
        ended, many = self.store.commit_soon([one.change for one in prepared if one.change]), len(prepared)

        def written() -> list[bool]:
            try:
                return [stale is None for stale in ended()]
            except Stale:
                return [False] * many

        return written

    def _repeated(self, beginning: Beginning) -> Outcome:
        if beginning.file is None:
            raise NotFound(kind="case", name=beginning.receipt[0] if beginning.receipt else "")
        facts = self.definitions.facts(self.now(), used=beginning.used)
        return Outcome(process=self.definitions.version(beginning.file.case.version), facts=facts, receipt=beginning.receipt)

    def _try(self, act: Act, case: str, more: "_More", beginning: Beginning) -> Outcome:
        facts = self.definitions.facts(self.now(), used=beginning.used, **more.facts)
        decision, facts = self._decided(act, case, facts, more, beginning)
        if not isinstance(decision, Needs):
            return self._finish(decision, facts, more, beginning, None)
        if more.dry_run:
            numbers = {series: self.store.next_number(series) for series in decision.series}
            return self._numbered(act, case, replace(facts, numbers=numbers), more, beginning, None)
        with self.store.lease(decision.series, self.holder) as lease:
            if lease.waited > FRESH:  # the time and the cases are looked at again
                beginning = self._begun(act, case, fresh=True)
                if beginning.receipt is not None:
                    return self._repeated(beginning)
                facts = self.definitions.facts(self.now(), used=beginning.used, **more.facts)
            return self._numbered(act, case, replace(facts, numbers=dict(lease.numbers)), more, beginning, lease)

    def _begun(self, act: Act, case: str, *, fresh: bool) -> Beginning:
        return self.store.begin(act.request_id, "" if isinstance(act, Open) else case, fresh=fresh)

    def _numbered(self, act: Act, case: str, facts: Facts, more: "_More", beginning: Beginning, lease: Lease | None) -> Outcome:
        decision, facts = self._decided(act, case, facts, more, beginning)
        if isinstance(decision, Needs):
            raise Stale  # a case changed, and other series are needed now
        return self._finish(decision, facts, more, beginning, lease)

    def _decided(self, act: Act, case: str, facts: Facts, more: "_More", beginning: Beginning) -> tuple[Decision, Facts]:
        """The decision, once it has what it asks for beside the case; of what it still needs only numbers are left."""
        file = beginning.file
        if isinstance(act, Open):
            process = self.definitions.process(act.process, beginning.used)
        elif file is None or not more.sees(file, facts):
            raise NotFound(kind="case", name=case)
        else:
            process = self.definitions.keeper(file.case) if isinstance(act, Dispose) else self.definitions.version(file.case.version)
        while isinstance(decision := decide(process, file, act, facts), Needs) and not decision.series:
            facts = self.definitions.beside(facts, decision)
        return decision, facts

    def _finish(self, decision: Change | Refused, facts: Facts, more: "_More", beginning: Beginning, lease: Lease | None) -> Outcome:
        outcome = self._worked_out(decision, facts, more, lease, supposes=beginning.supposes, childless=beginning.childless)
        if not more.dry_run and outcome.change is not None:
            self.store.commit([outcome.change], lease)
        return outcome

    def _worked_out(
        self,
        decision: Change | Refused,
        facts: Facts,
        more: "_More",
        lease: Lease | None,
        *,
        supposes: int | None = None,
        childless: bool = False,
    ) -> Outcome:
        if isinstance(decision, Refused):
            raise decision
        files = dict(more.uploads)
        rendered = self._rendered(decision.parts, files, lease, dry_run=more.dry_run)
        parts = tuple([seal(part, facts.versions) for part in rendered])
        change = replace(decision, parts=parts, files=files, supposes=supposes)
        return Outcome(process=self.definitions.version(parts[0].case.version), facts=facts, change=change, childless=childless)

    def _rendered(self, parts: Sequence[CasePart], files: dict[str, bytes], lease: Lease | None, *, dry_run: bool) -> Sequence[CasePart]:
        """The parts with their papers written, whose files go among the `files`."""
        total, count, rendered = sum([len(part.documents) for part in parts]), 0, []
        if not total:  # as most
            return parts
        for part in parts:
            written = []
            for document in part.documents:
                written.append(self._written(part, document, files, lease, dry_run=dry_run))
                count += 1
                self.progress(count, total)
            rendered.append(replace(part, documents=tuple(written)) if written else part)
        return rendered

    def _template(self, part: CasePart, document: Document) -> tuple[str, str]:
        """(name, source) of a document's template: in the case's process, or in the one that the case belonged to before."""
        versions = (self.definitions.version(case.version) for case in (part.case, part.before or part.case))
        return next(found for process in versions if (found := template_of(document, process)))

    def _written(self, part: CasePart, document: Document, files: dict[str, bytes], lease: Lease | None, *, dry_run: bool) -> Document:
        """A draft's body is tried (an error refuses the act); an issued paper is written. No write lock is held here."""
        if document.files or not document.facts or document.status not in {DocumentStatus.DRAFT, DocumentStatus.ISSUED}:
            return document  # it was written before, and stays as it is
        name, template = self._template(part, document)
        if document.status is not DocumentStatus.ISSUED or dry_run or not self.papers:
            documents.text(printable(document), template, name=name)
            return document
        if lease is not None:
            lease.renew()
        papers = documents.write(printable(document), template, name=name)
        hashes = {kind: digest(content) for kind, content in papers.items()}
        files.update({hashes[kind]: content for kind, content in papers.items()})
        return replace(document, files=hashes, renderer=documents.versions(template))


def _of_each(work: Callable[..., V | None], things: Mapping[K, tuple[Any, ...]]) -> dict[K, V]:
    """What the work makes of each; one of which it makes nothing is left out. Raises StoreUnreachable."""
    made: dict[K, V] = {}
    for key, thing in things.items():
        try:
            one = work(*thing)
        except StoreUnreachable:
            raise
        except Exception:  # noqa: BLE001,S112 - tried again by itself, where it is told
            continue
        if one is not None:
            made[key] = one
    return made


def template_of(document: Document, process: Process) -> tuple[str, str] | None:
    """(name, source) of the template that the document was written by, if the process has it."""
    names = (name for name, source in process.templates.items() if digest(source) == document.template)
    rule = process.document_of.get(document.rule)
    own = rule.body if rule is not None else ""
    name = own if own and digest(process.templates[own]) == document.template else next(names, "")
    return (name, process.templates[name]) if name else None

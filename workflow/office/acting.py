"""One act, one way: load → decide → (lease, render) → commit; again when somebody else was first (design: at most five times)."""

import os
import random
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from workflow import documents
from workflow.engine.decide import decide
from workflow.engine.history import seal
from workflow.errors import Conflict, NotFound, Refused
from workflow.language.process import Process
from workflow.model import Act, CaseFile, CasePart, Change, Document, DocumentStatus, Needs, Open
from workflow.office.definitions import Definitions
from workflow.plain import digest
from workflow.ports import Lease, Stale, Store

TRIES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What an act did: its change; or, if its request was done before, the receipt. `process` is the case's version."""

    process: Process
    change: Change | None = None
    receipt: tuple[str, int] | None = None

    @property
    def part(self) -> CasePart:
        """What it did to its case."""
        if self.change is None:
            raise AssertionError("an act that was done before has no change")
        return self.change.parts[0]


@dataclass(frozen=True, kw_only=True)
class Acting:
    """Carries acts out on a store."""

    store: Store
    definitions: Definitions
    now: Callable[[], datetime]
    papers: bool = True
    """Whether issued papers' files are written; scenarios only try their text."""
    holder: str = field(default_factory=lambda: f"{os.getpid()}")

    def do(
        self,
        act: Act,
        *,
        case: str = "",
        uploads: Mapping[str, bytes] | None = None,
        dry_run: bool = False,
        facts: Mapping[str, Any] | None = None,
    ) -> Outcome:
        """Carry an act out. `uploads` are the bytes of its files by hash; `facts` more for `Definitions.facts`.

        Raises Refused, NotFound, WrongUsage and others of what was asked; Conflict after five tries.
        """
        for attempt in range(TRIES):
            if attempt:
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - a pause, not a secret
            outcome = self._repeated(act)
            if outcome is not None:
                return outcome
            try:
                return self._try(act, case, uploads or {}, dry_run=dry_run, more=facts or {})
            except Stale:
                continue
        raise Conflict(what=case or getattr(act, "process", ""))

    def _repeated(self, act: Act) -> Outcome | None:
        receipt = self.store.receipt(act.request_id)
        if receipt is None:
            return None
        file = self.store.load(receipt[0])
        if file is None:
            raise NotFound(kind="case", name=receipt[0])
        return Outcome(process=self.definitions.version(file.case.version), receipt=receipt)

    def _try(self, act: Act, case: str, uploads: Mapping[str, bytes], *, dry_run: bool, more: Mapping[str, Any]) -> Outcome:
        file, process = self._load(act, case)
        now = self.now()
        decision = decide(process, file, act, self.definitions.facts(now, **more))
        if isinstance(decision, Needs):
            with nullcontext() if dry_run else self.store.lease(decision.series, self.holder) as lease:
                numbers = {series: self.store.next_number(series) for series in decision.series}
                decision = decide(process, file, act, self.definitions.facts(now, numbers=numbers, **more))
                return self._finish(process, decision, uploads, lease, dry_run=dry_run)
        return self._finish(process, decision, uploads, None, dry_run=dry_run)

    def _load(self, act: Act, case: str) -> tuple[CaseFile | None, Process]:
        if isinstance(act, Open):
            return None, self.definitions.process(act.process)
        file = self.store.load(case)
        if file is None:
            raise NotFound(kind="case", name=case)
        return file, self.definitions.version(file.case.version)

    def _finish(self, process: Process, decision: object, uploads: Mapping[str, bytes], lease: Lease | None, *, dry_run: bool) -> Outcome:
        if isinstance(decision, Refused):
            raise decision
        if not isinstance(decision, Change):
            raise AssertionError("decide asked twice for facts")  # noqa: TRY004 - a fault of ours
        parts, files = [], dict(uploads)
        for part in decision.parts:
            written = [self._written(process, document, files, lease, dry_run=dry_run) for document in part.documents]
            parts.append(replace(part, documents=tuple(written)))
        versions = self.definitions.facts(self.now()).versions
        change = replace(decision, parts=tuple(seal(part, versions) for part in parts), files=files)
        if not dry_run:
            self.store.commit([change])
        return Outcome(process=process, change=change)

    def _written(self, process: Process, document: Document, files: dict[str, bytes], lease: Lease | None, *, dry_run: bool) -> Document:
        """A draft's body is tried (an error refuses the act); an issued paper is written. No write lock is held here."""
        name = process.document_of[document.rule].body
        template = process.templates[name]
        if document.status is not DocumentStatus.ISSUED or dry_run or not self.papers:
            documents.text(document, template, name=name)
            return document
        if lease is not None:
            lease.renew()
        papers = documents.write(document, template, name=name)
        hashes = {kind: digest(content) for kind, content in papers.items()}
        files.update({hashes[kind]: content for kind, content in papers.items()})
        return replace(document, files=hashes, renderer=documents.versions())

"""A case's papers: looked at, compared, and what becomes of them."""

from collections.abc import Callable, Sequence
from typing import Any

from workflow import documents
from workflow.answers import DifferenceShown, DocumentShown, Done
from workflow.engine.decide import draft_now
from workflow.engine.facts import Facts
from workflow.engine.history import fold, papers_of, versions_of
from workflow.errors import NotFound, Reason, Refused
from workflow.language.process import Process
from workflow.model import (
    AttachToDocument,
    CorrectDocument,
    Document,
    DocumentStatus,
    IssueDocument,
    OnDocument,
    RecallDocument,
    ReplaceDocument,
    Upload,
    VoidDocument,
)
from workflow.office import words
from workflow.office.acting import template_of
from workflow.office.further import Further
from workflow.office.texts import printable

_GONE = "its contents were disposed of by decision {decision}"


class Papers(Further):
    """Papers: each verb that changes one is an act on its case. Raises Refused with every reason, NotFound, Conflict."""

    # ---- looking ----

    def documents(self, case: str, *, actor: str) -> list[DocumentShown]:
        """The papers of a case, oldest first."""
        facts, file, _ = self._seen(case, actor)
        return [words.document_shown(one, facts) for one in sorted(file.documents, key=lambda one: (one.at, one.key))]

    def document_text(self, case: str, key: str, *, actor: str) -> str:
        """A paper's text, for reading at the terminal."""
        return self._text(case, *self._document(case, key, actor))

    def document_files(self, case: str, key: str, *, actor: str) -> dict[str, bytes]:
        """A paper's .docx and .pdf: an issued one's stored bytes, a draft's written now."""
        document, process = self._document(case, key, actor)
        if document.files:
            stored = {kind: self.store.file(hash_) for kind, hash_ in document.files.items()}
            return {kind: content for kind, content in stored.items() if content is not None}
        name, template = self._template(case, document, process)
        return documents.write(printable(document), template, name=name)

    def document_attached(self, case: str, key: str, *, actor: str) -> list[Upload]:
        """The files that became part of an issued paper: signed scans, signatures; oldest first."""
        document, _ = self._document(case, key, actor)
        stored = [(one.name, self.store.file(one.hash)) for event in document.events for one in event.files]
        return [Upload(name=name, content=content) for name, content in stored if content is not None]

    def document_differences(
        self, case: str, key: str, *, actor: str, other: str = "", since: int = 0, until: int = 0
    ) -> list[DifferenceShown]:
        """What differs between a paper as it was at entry `since` (left out: as it was first drafted) and as it is now (or was at
        entry `until`); or, with `other`, between that paper of the case and this one.
        """
        document, process = self._document(case, key, actor)
        newer = self._at(case, document.key, until) if until else (document, process)
        older = self._document(case, other, actor) if other else self._at(case, document.key, since or self._begun(case, document.key))
        return self._differences(case, older, newer)

    def _differences(self, case: str, older: tuple[Document, Process], newer: tuple[Document, Process]) -> list[DifferenceShown]:
        from workflow.documents.differences import differences

        heads = zip(_head(older[0]), _head(newer[0]), strict=True)
        found = [DifferenceShown(kind="changed", where=where, before=old, after=new) for (where, old), (_, new) in heads if old != new]
        body = differences(self._text(case, *older), self._text(case, *newer))
        return found + [DifferenceShown(kind=one.kind, where=str(one.where), before=one.before, after=one.after) for one in body]

    def _template(self, case: str, document: Document, process: Process) -> tuple[str, str]:
        """(name, source) of a paper's template: the process that the case obeys has it, or one that it obeyed before."""
        found = template_of(document, process)
        if found is None:
            hashes = dict.fromkeys(versions_of(entry)["process"] for entry in self.store.entries(case))
            found = next(filter(None, (template_of(document, self.definitions.version(hash_)) for hash_ in hashes)), None)
        if found is None:
            raise NotFound(kind="template", name=document.template)
        return found

    def _text(self, case: str, document: Document, process: Process) -> str:
        name, template = self._template(case, document, process)
        return documents.text(printable(document), template, name=name)

    def _begun(self, case: str, key: str) -> int:
        """The entry that first drafted (or issued) a paper."""
        return next(entry.seq for entry in self.store.entries(case) if key in papers_of(entry))

    def _at(self, case: str, key: str, seq: int) -> tuple[Document, Process]:
        """A paper as it was after an entry: a draft with the facts of that time. Raises NotFound."""
        entries = self.store.entries(case)
        if not 1 <= seq <= len(entries):
            raise NotFound(kind="entry", name=str(seq), known=[f"1–{len(entries)}"])
        file = fold(entries[:seq])
        document = next((one for one in file.documents if one.key == key), None)
        if document is None:
            raise NotFound(kind="document", name=key, known=[one.key for one in file.documents])
        versions = versions_of(entries[seq - 1])
        process = self.definitions.version(versions["process"])
        if document.status is DocumentStatus.DRAFT:
            facts = self._with_children(self.definitions.facts_of(versions, entries[seq - 1].at), case)
            return draft_now(process, file, document, facts), process
        return self.store.document(case, key) or document, process

    def _document(self, case: str, key: str, actor: str) -> tuple[Document, Process]:
        """A paper by its key (`plan/1`), its rule's name (the newest), or its number as printed; a draft with today's facts."""
        facts, file, process = self._seen(case, actor)
        return self._now(self._named(file.documents, key), file, process, facts), process

    def _named(self, papers: Sequence[Document], key: str) -> Document:
        ordered = sorted(papers, key=lambda one: (one.at, one.key))
        found = [one for one in ordered if key in {one.key, one.rule, one.symbol}]
        if not found:
            raise NotFound(kind="document", name=key, known=[name for one in ordered for name in (one.key, one.rule)])
        if found[-1].disposed:
            raise Refused(what=found[-1].key, reasons=[Reason(code="disposed", template=_GONE, facts={"decision": found[-1].disposed})])
        return found[-1]

    def _now(self, document: Document, file: Any, process: Process, facts: Facts) -> Document:
        return draft_now(process, file, document, facts) if document.status is DocumentStatus.DRAFT else document

    # ---- what becomes of them ----

    def issue_document(self, case: str, document: str, *, actor: str, note: str = "", request_id: str = "", dry_run: bool = False) -> Done:
        """Issue a draft."""
        return self._on(IssueDocument, case, document, actor=actor, note=note, request_id=request_id, dry_run=dry_run)

    def void_document(self, case: str, document: str, *, actor: str, note: str, request_id: str = "", dry_run: bool = False) -> Done:
        """Declare an issued paper void; its number stays listed."""
        return self._on(VoidDocument, case, document, actor=actor, note=note, request_id=request_id, dry_run=dry_run)

    def recall_document(self, case: str, document: str, *, actor: str, note: str, request_id: str = "", dry_run: bool = False) -> Done:
        """Call an issued paper back; its recipients are told."""
        return self._on(RecallDocument, case, document, actor=actor, note=note, request_id=request_id, dry_run=dry_run)

    def replace_document(
        self, case: str, document: str, *, actor: str, note: str, by: str = "", request_id: str = "", dry_run: bool = False
    ) -> Done:
        """Replace an issued paper by another of the case, or (`by` left out) by a new one of the same kind, issued now."""
        return self._on(ReplaceDocument, case, document, actor=actor, note=note, by=by, request_id=request_id, dry_run=dry_run)

    def correct_document(
        self, case: str, document: str, *, actor: str, note: str, by: str, request_id: str = "", dry_run: bool = False
    ) -> Done:
        """Correct the form of an issued paper by another of the case (a draft or a kind of paper is issued now)."""
        return self._on(CorrectDocument, case, document, actor=actor, note=note, by=by, request_id=request_id, dry_run=dry_run)

    def attach_to_document(
        self, case: str, document: str, *, actor: str, files: Sequence[Upload], note: str = "", request_id: str = "", dry_run: bool = False
    ) -> Done:
        """Make files part of an issued paper: its signed scan, its digital signature."""
        return self._on(AttachToDocument, case, document, actor=actor, files=files, note=note, request_id=request_id, dry_run=dry_run)

    def _on(self, kind: Callable[..., OnDocument], case: str, document: str, **given: Any) -> Done:
        return self._further(kind, case, document=document, **given)


def _head(document: Document) -> list[tuple[str, str]]:
    """What a frame prints around the body, each with its name."""
    signed = "; ".join(" / ".join((*one.lines, one.name)).rstrip(" /") for one in document.signatures)
    return [("title", document.title), ("recipients", "; ".join(document.recipients)), ("signature", signed)]

"""The office: the facade that every interface is written on. Each act is load → decide → render → commit.

`actor` is always a person's key; every answer is plain data (`workflow.answers`), every error a `HosoError`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.answers import Done
from workflow.engine.facts import Facts
from workflow.errors import TooLarge, UsedRequest
from workflow.model import (
    Act,
    Advance,
    Attach,
    Attachment,
    CaseFile,
    Open,
    Reply,
    Upload,
)
from workflow.office import shown
from workflow.office.acting import Outcome
from workflow.office.reading import Reading
from workflow.plain import digest


class Office(Reading):
    """One office: its folder, settings, clock and store, and all that staff do with it."""

    # ---- acts ----

    def open(
        self,
        process: str,
        *,
        actor: str,
        start: str = "open",
        fields: Mapping[str, Any] | None = None,
        title: str = "",
        note: str = "",
        files: Sequence[Upload] = (),
        request_id: str = "",
        dry_run: bool = False,
    ) -> Done:
        """Open a case. Raises Refused, NotFound, WrongUsage."""
        given, uploads = self._given(actor, fields, note, files, request_id)
        act = Open(**given, process=process, start=start, title=title)
        return self._done(act, self.acting.do(act, uploads=uploads, dry_run=dry_run), dry_run=dry_run)

    def advance(
        self,
        case: str,
        action: str,
        *,
        actor: str,
        fields: Mapping[str, Any] | None = None,
        note: str = "",
        files: Sequence[Upload] = (),
        request_id: str = "",
        dry_run: bool = False,
    ) -> Done:
        """Do an action on a case. Raises Refused with every reason, NotFound, WrongUsage, Conflict."""
        given, uploads = self._given(actor, fields, note, files, request_id)
        act = Advance(**given, case=case, action=action)
        return self._done(act, self._do(act, case, uploads, dry_run=dry_run), dry_run=dry_run)

    def reply(
        self,
        case: str,
        *,
        unit: str,
        answer: str = "",
        actor: str,
        fields: Mapping[str, Any] | None = None,
        note: str = "",
        files: Sequence[Upload] = (),
        request_id: str = "",
        dry_run: bool = False,
    ) -> Done:
        """Give a unit's opinion. `fields` may hold the answer too (`answer=…`), as a prompt fills it."""
        values = dict(fields or {})
        answer = answer or str(values.pop("answer", "") or "")
        given, uploads = self._given(actor, values, note, files, request_id)
        act = Reply(**given, case=case, asked=unit, answer=answer)
        return self._done(act, self._do(act, case, uploads, dry_run=dry_run), dry_run=dry_run)

    def attach(self, case: str, *, actor: str, files: Sequence[Upload], note: str = "", request_id: str = "") -> Done:
        """Put files with a case."""
        given, uploads = self._given(actor, {}, note, files, request_id)
        act = Attach(**given, case=case)
        return self._done(act, self._do(act, case, uploads), dry_run=False)

    def _given(
        self, actor: str, fields: Mapping[str, Any] | None, note: str, files: Sequence[Upload], request_id: str
    ) -> tuple[dict[str, Any], dict[str, bytes]]:
        """What every act bears, and the bytes of its files by hash. Raises TooLarge."""
        values, uploads = self._uploaded(fields or {}, files)
        attachments = tuple(Attachment(name=one.name, hash=digest(one.content), size=len(one.content)) for one in files)
        act = {"actor": actor, "request_id": request_id or new_id(), "fields": values, "note": note, "attachments": attachments}
        return act, uploads

    def _uploaded(self, fields: Mapping[str, Any], files: Sequence[Upload]) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The fields with their files as {name, hash, size}, and all bytes by hash. Raises TooLarge."""
        values, uploads = dict(fields), list(files)
        for key, value in fields.items():
            if isinstance(value, Upload):
                uploads.append(value)
                values[key] = _as_field(value)
            elif isinstance(value, list | tuple) and any(isinstance(one, Upload) for one in value):
                uploads += [one for one in value if isinstance(one, Upload)]
                values[key] = [_as_field(one) if isinstance(one, Upload) else one for one in value]
        for upload in uploads:
            if len(upload.content) > self.settings.max_bytes:
                raise TooLarge(file=upload.name, size=len(upload.content), limit=self.settings.max_bytes)
        return values, {digest(upload.content): upload.content for upload in uploads}

    def _do(self, act: Act, case: str, uploads: Mapping[str, bytes], *, dry_run: bool = False) -> Outcome:
        """Carry out an act on a case that its actor may see."""

        def sees(file: CaseFile, facts: Facts) -> bool:
            return self._may_see(act.actor, file, facts)

        return self.acting.do(act, case=case, uploads=uploads, dry_run=dry_run, sees=sees)

    def _done(self, act: Act, outcome: Outcome, *, dry_run: bool) -> Done:
        facts = outcome.facts
        if outcome.receipt is None:
            return shown.done(outcome, facts, dry_run=dry_run)
        number, seq = outcome.receipt
        if getattr(act, "case", number) != number or not self.store.sees(number, self._viewer(act.actor, facts)):
            raise UsedRequest(request=act.request_id)  # nor may a guessed id tell of a case that is not theirs to see
        file, process = self._file(number)
        title = process.state_of[file.case.state].title.to(self.language)
        return Done(
            case=number, action="", before="", after=file.case.state, state_title=title, repeated=True, seq=seq, title=file.case.title
        )


def _as_field(upload: Upload) -> dict[str, Any]:
    return {"name": upload.name, "hash": digest(upload.content), "size": len(upload.content)}


def new_id() -> str:
    """A fresh request id, for library callers that bring none (the command line makes its own)."""
    import secrets

    return secrets.token_hex(16)

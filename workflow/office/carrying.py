"""Carrying an act out: what every act bears, its files, and what is answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from workflow.answers import Done
from workflow.engine.facts import Facts
from workflow.errors import TooLarge, UsedRequest
from workflow.model import Act, Attachment, CaseFile, Open, Upload
from workflow.office import shown
from workflow.office.acting import Outcome
from workflow.office.reading import Reading
from workflow.office.repeating import is_same
from workflow.office.texts import refuse_signs
from workflow.plain import digest

TOGETHER = 50
"""So many acts on cases of their own are one transaction at most: it holds the database for some milliseconds."""


class Carrying(Reading):
    """How an office does what it is asked."""

    login: str = ""
    """The login that acts as others (`--as`); its name is on record with what it does. '' = everybody acts as themselves."""

    def _given(
        self, actor: str, fields: Mapping[str, Any] | None, note: str, files: Sequence[Upload], request_id: str
    ) -> tuple[dict[str, Any], dict[str, bytes]]:
        """What every act bears, and the bytes of its files by hash. Raises TooLarge, WrongValue, NotFound, NotSole."""
        values, uploads = self._uploaded(fields or {}, files) if fields or files else ({}, {})
        refuse_signs({"request_id": request_id})
        refuse_signs({"note": note, **values}, lines=True)
        if "." in actor:  # `position.unit` means its sole holder today
            facts = self._facts()
            actor = facts.organisation.resolve(actor, facts.today)
        attachments = tuple([Attachment(name=one.name, hash=digest(one.content), size=len(one.content)) for one in files])
        act = {
            "actor": actor,
            "request_id": request_id or self.store.new_request(),
            "fields": values,
            "note": note,
            "attachments": attachments,
            "login": self.login,
        }
        return act, uploads

    def _uploaded(self, fields: Mapping[str, Any], files: Sequence[Upload]) -> tuple[dict[str, Any], dict[str, bytes]]:
        """The fields with their files as {name, hash, size}, and all bytes by hash. Raises TooLarge, WrongValue."""
        values, uploads = dict(fields), list(files)
        for key, value in fields.items():
            if isinstance(value, Upload):
                uploads.append(value)
                values[key] = _as_field(value)
            elif isinstance(value, list | tuple) and any(isinstance(one, Upload) for one in value):
                uploads += [one for one in value if isinstance(one, Upload)]
                values[key] = [_as_field(one) if isinstance(one, Upload) else one for one in value]
        refuse_signs({"file": [one.name for one in uploads]})
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
        if (isinstance(act, Open) and act.process != file.case.process) or not is_same(act, self.store.entries(number)[:seq]):
            raise UsedRequest(request=act.request_id)
        title = process.state_of[file.case.state].title.to(self.language)
        return Done(
            case=number, action="", before="", after=file.case.state, state_title=title, repeated=True, seq=seq, title=file.case.title
        )


def _as_field(upload: Upload) -> dict[str, Any]:
    return {"name": upload.name, "hash": digest(upload.content), "size": len(upload.content)}


def request_of(request_id: str, case: str) -> str:
    """The request id of one case's share of an act on many: who sends the whole again does only what was not done. '' if there is none."""
    return digest(f"{request_id} {case}") if request_id else ""

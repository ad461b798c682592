"""What staff do with a case besides its actions: files, notes, fields, people, clocks, and taking an act back."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workflow.answers import Done
from workflow.model import (
    Act,
    Ask,
    Assign,
    Attach,
    Claim,
    Comment,
    Correct,
    Edit,
    Extend,
    LinkTo,
    Pause,
    Recall,
    Recuse,
    Release,
    Reopen,
    Resume,
    Upload,
)
from workflow.office.carrying import Carrying


class Further(Carrying):
    """The acts that move no state. Each raises Refused with every reason, NotFound, WrongValue, Conflict."""

    def attach(
        self, case: str, *, actor: str, files: Sequence[Upload], note: str = "", request_id: str = "", dry_run: bool = False
    ) -> Done:
        """Put files with a case."""
        return self._further(Attach, case, actor=actor, files=files, note=note, request_id=request_id, dry_run=dry_run)

    def comment(
        self, case: str, *, actor: str, note: str, files: Sequence[Upload] = (), request_id: str = "", dry_run: bool = False
    ) -> Done:
        """Put a note on record."""
        return self._further(Comment, case, actor=actor, files=files, note=note, request_id=request_id, dry_run=dry_run)

    def edit(
        self,
        case: str,
        *,
        actor: str,
        fields: Mapping[str, Any],
        note: str = "",
        files: Sequence[Upload] = (),
        request_id: str = "",
        dry_run: bool = False,
    ) -> Done:
        """Change fields outside of an action's form."""
        return self._further(Edit, case, actor=actor, fields=fields, files=files, note=note, request_id=request_id, dry_run=dry_run)

    def correct(
        self,
        case: str,
        entry: int,
        *,
        actor: str,
        fields: Mapping[str, Any],
        note: str,
        papers: Mapping[str, str] | None = None,
        answer: str = "",
        take_back: bool = False,
        files: Sequence[Upload] = (),
        request_id: str = "",
        dry_run: bool = False,
    ) -> Done:
        """Put right what entry number `entry` of the history says wrongly; also when the case is closed. `papers`: issued ones
        that say it → void, replace or keep. Of a line that took a reply, `answer` and the form's values are the reply's;
        `take_back`: nobody has replied.
        """
        options: dict[str, Any] = {
            "answer": answer,
            "take_back": take_back,
            "papers": dict(papers or {}),
            "fields": fields,
            "files": files,
            "note": note,
            "request_id": request_id,
            "dry_run": dry_run,
        }
        return self._further(Correct, case, actor=actor, entry=entry, **options)

    def assign(self, case: str, slot: str, person: str, *, actor: str, note: str = "", request_id: str = "", dry_run: bool = False) -> Done:
        """Give a slot to a person (a key, or `position.unit`)."""
        facts = self._facts_for(actor)
        meant = facts.organisation.resolve(person, facts.today)
        return self._further(Assign, case, actor=actor, slot=slot, person=meant, note=note, request_id=request_id, dry_run=dry_run)

    def ask(self, case: str, asked: Sequence[str], *, actor: str, note: str = "", request_id: str = "", dry_run: bool = False) -> Done:
        """Ask more units (or persons) in the round that runs."""
        return self._further(Ask, case, actor=actor, asked=tuple(asked), note=note, request_id=request_id, dry_run=dry_run)

    def claim(self, case: str, slot: str, *, actor: str, note: str = "", request_id: str = "", dry_run: bool = False) -> Done:
        """Take on what several may do."""
        return self._further(Claim, case, actor=actor, slot=slot, note=note, request_id=request_id, dry_run=dry_run)

    def release(
        self, case: str, slot: str = "", *, unit: str = "", actor: str, note: str = "", request_id: str = "", dry_run: bool = False
    ) -> Done:
        """Give a slot back to those who may claim it; with `unit`: let an asked unit (or person) off."""
        return self._further(Release, case, actor=actor, slot=slot, asked=unit, note=note, request_id=request_id, dry_run=dry_run)

    def recuse(self, case: str, *, actor: str, note: str, request_id: str = "", dry_run: bool = False) -> Done:
        """Withdraw from a case: its roles are the actor's no more."""
        return self._further(Recuse, case, actor=actor, note=note, request_id=request_id, dry_run=dry_run)

    def extend(self, case: str, deadline: str, amount: str, *, actor: str, note: str, request_id: str = "", dry_run: bool = False) -> Done:
        """Move a deadline (its key, or every open one of a name) on by an amount such as "3 working days"."""
        return self._further(Extend, case, actor=actor, deadline=deadline, amount=amount, note=note, request_id=request_id, dry_run=dry_run)

    def pause(self, case: str, *, actor: str, note: str, request_id: str = "", dry_run: bool = False) -> Done:
        """Stop all clocks of a case."""
        return self._further(Pause, case, actor=actor, note=note, request_id=request_id, dry_run=dry_run)

    def resume(self, case: str, *, actor: str, note: str = "", request_id: str = "", dry_run: bool = False) -> Done:
        """Let the clocks of a paused case go on."""
        return self._further(Resume, case, actor=actor, note=note, request_id=request_id, dry_run=dry_run)

    def recall(self, case: str, *, actor: str, note: str = "", request_id: str = "", dry_run: bool = False) -> Done:
        """Take the newest act back."""
        return self._further(Recall, case, actor=actor, note=note, request_id=request_id, dry_run=dry_run)

    def link(
        self, case: str, other: str, *, how: str = "relates", actor: str, note: str = "", request_id: str = "", dry_run: bool = False
    ) -> Done:
        """Link a case to another of equal rank: relates | follows."""
        return self._further(LinkTo, case, actor=actor, other=other, how=how, note=note, request_id=request_id, dry_run=dry_run)

    def reopen(self, case: str, *, actor: str, note: str, request_id: str = "", dry_run: bool = False) -> Done:
        """Let a closed case go on in the state from which it was closed."""
        return self._further(Reopen, case, actor=actor, note=note, request_id=request_id, dry_run=dry_run)

    def _further(
        self,
        kind: Callable[..., Act],
        case: str,
        *,
        actor: str,
        fields: Mapping[str, Any] | None = None,
        files: Sequence[Upload] = (),
        note: str = "",
        request_id: str = "",
        dry_run: bool = False,
        **others: Any,
    ) -> Done:
        given, uploads = self._given(actor, fields, note, files, request_id)
        act = kind(**given, case=case, **others)
        return self._done(act, self._do(act, case, uploads, dry_run=dry_run), dry_run=dry_run)

"""The office: the facade that every interface is written on. Each act is load → decide → render → commit.

`actor` is a person's key (for an act also `position.unit`, its sole holder on that day); every answer is plain data
(`workflow.answers`), every error a `HosoError`.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from workflow.answers import Done
from workflow.model import Advance, Open, Reply, Upload
from workflow.office.acting import Outcome
from workflow.office.many import Many
from workflow.office.texts import refuse_signs
from workflow.plain import new_id

__all__ = ["Office", "new_id"]


class Office(Many):
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
        refuse_signs({"title": title, "request_id": request_id})
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
        children: bool = False,
    ) -> Done:
        """Do an action on a case; `children`: on its open sub-cases too, where it can be done.

        Raises Refused with every reason, NotFound, WrongUsage, Conflict.
        """
        given, uploads = self._given(actor, fields, note, files, request_id)
        act = Advance(**given, case=case, action=action, children=children)
        outcome = self._do(act, case, uploads, dry_run=dry_run)
        done, left_open = self._done(act, outcome, dry_run=dry_run), self._left_open(outcome, actor)
        return replace(done, left_open=left_open) if left_open else done

    def _left_open(self, outcome: Outcome, actor: str) -> tuple[str, ...]:
        """The sub-cases that a case which was closed now leaves open, of those that the actor may see."""
        if outcome.change is None:
            return ()
        part = outcome.change.parts[0]
        if part.case.open or part.before is None or not part.before.open:
            return ()
        if outcome.childless and len(outcome.change.parts) == 1:  # nor did it open any now
            return ()
        moved = {one.case.number: one.case for one in outcome.change.parts}
        below = [moved.get(one.number, one) for one in self.store.children(part.case.number)]
        facts = outcome.facts
        person = facts.organisation.resolve(actor, facts.today)
        return tuple(one.number for one in below if one.open and self._sees(one.number, person, facts))

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

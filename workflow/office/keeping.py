"""What need not be kept any more: found, and disposed of by whoever may."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from functools import partial

from msgspec.structs import replace

from workflow.answers.keeping import Disposable
from workflow.engine.disposing import cannot, last_day, retention_of
from workflow.engine.entitled import not_entitled
from workflow.engine.facts import Facts
from workflow.engine.work import begun
from workflow.errors import NotFound, Reason, Refused
from workflow.language.process import Process
from workflow.language.retention import years_of
from workflow.model import Act, CaseFile, Dispose, Viewer
from workflow.office.carrying import TOGETHER, request_of
from workflow.office.reports import Reports
from workflow.office.texts import refuse_signs

Progress = Callable[[Disposable], object]
"""Told of each case that was disposed of."""
_WAITING = Reason(code="waiting", template="a message about it still waits to be sent")


class Keeping(Reports):
    """Retention and disposal, of the cases that the actor may see."""

    def disposable(self, cases: Sequence[str] = (), *, actor: str, until: date | None = None) -> list[Disposable]:
        """The closed cases whose retention ends by a day (today, if none is named), in order of procedure and opening; `cases`: of
        those alone. Raises NotFound.
        """
        facts = self._facts_for(actor)
        day, cases = until or facts.today, tuple(dict.fromkeys(cases))
        return [self._disposable(process, file, actor, facts) for process, file in self._ended(cases, actor, facts, day)]

    def dispose(
        self,
        cases: Sequence[str] = (),
        *,
        actor: str,
        decision: str,
        note: str,
        request_id: str = "",
        progress: Progress = lambda _: None,
    ) -> list[Disposable]:
        """Remove the contents of these cases (none named: of all whose retention has ended), some fifty in a transaction, each whole or
        not at all. What can't be is answered with its reasons, and stays. Raises Refused for cases that were named and must stay: then
        none goes.
        """
        refuse_signs({"decision": decision, "request_id": request_id})
        refuse_signs({"note": note}, lines=True)
        cases = tuple(dict.fromkeys(cases))
        found = self.disposable(cases, actor=actor)
        if cases and (refused := [one for one in found if one.reasons]):
            raise self._refusal(refused, cases, actor)
        if cases and len(found) < len(cases):
            raise self._refusal([], cases, actor)
        ready = [one for one in found if not one.reasons]
        for at in range(0, len(ready), TOGETHER):
            some = {one.number: self._act_on(one.number, actor, decision, note, request_id) for one in ready[at : at + TOGETHER]}
            together = self._dispose_together(some) if len(some) > 1 else set()
            for one in ready[at : at + TOGETHER]:
                if one.number not in together:
                    self._do(some[one.number], one.number, {})
                progress(replace(one, disposed=True))
        if ready:
            self.store.sweep()
        return [replace(one, disposed=not one.reasons) for one in found]

    def _act_on(self, number: str, actor: str, decision: str, note: str, request_id: str) -> Dispose:
        given, _ = self._given(actor, None, note, (), request_of(request_id, number))
        return Dispose(**given, case=number, decision=decision)

    def _dispose_together(self, acts: Mapping[str, Dispose]) -> set[str]:
        """Dispose of these cases in one transaction, so that the histories are read through once; those that went."""
        ready = self.acting.ready(acts, sees=self._may_see)
        written = self.acting.write(list(ready.values()))
        return {number for number, done in zip(ready, written, strict=True) if done}

    def _refusal(self, refused: Sequence[Disposable], cases: Sequence[str], actor: str) -> Refused:
        """Of the cases that were named: why the first of those that must stay, must."""
        facts, ended = self._facts_for(actor), {one.number for one in self.disposable(cases, actor=actor)}
        number = refused[0].number if refused else next(one for one in cases if one not in ended)
        _, file, _ = self._seen(number, actor)
        return Refused(what=f"{number}: dispose", reasons=self._why_not(self._keeper(file), file, actor, facts))

    def _ended(self, cases: Sequence[str], actor: str, facts: Facts, day: date) -> Iterator[tuple[Process, CaseFile]]:
        for number in cases or self._closed(day):
            file = self.store.load(number)
            if file is None or not self._may_see(actor, file, facts):
                if cases:
                    raise NotFound(kind="case", name=number)
                continue
            process, until = self._keeper(file), None
            if file.case.disposed is None:
                until = last_day(process, file, facts)
            if until is not None and until < day:
                yield process, file

    def _closed(self, day: date) -> Iterator[str]:
        """The closed cases of the procedures in use that may have to go by a day: a case is no older than its opening."""
        for key in self.definitions.in_use():
            years = years_of(self.definitions.process(key).retention)
            if years is not None:
                first = datetime.combine(date(day.year - years, 1, 1), time(), tzinfo=self.zone).astimezone(UTC)
                yield from self.store.closed_cases(key, first)

    def _keeper(self, file: CaseFile) -> Process:
        return self.definitions.keeper(file.case)

    def _disposable(self, process: Process, file: CaseFile, actor: str, facts: Facts) -> Disposable:
        until = last_day(process, file, facts)
        if until is None or file.case.closed is None:
            raise AssertionError(file.case.number)  # those alone are asked for whose retention ends
        return Disposable(
            number=file.case.number,
            process=file.case.process,
            title=file.case.title,
            closed=file.case.closed,
            retention=retention_of(process, file),
            until=until,
            files=sum(one.number is not None for one in file.documents),
            reasons=tuple(one.message(self.language) for one in self._why_not(process, file, actor, facts)),
            disposed=False,
        )

    def _why_not(self, process: Process, file: CaseFile, actor: str, facts: Facts) -> list[Reason]:
        """Every reason why the actor may not dispose of it now."""
        waiting = any(row.state == "waiting" for row in self.store.notices(Viewer(everything=True), file.case.number))
        return [*self.definitions.enough(facts, partial(_reasons, process, file, actor)), *([_WAITING] if waiting else [])]


def _reasons(process: Process, file: CaseFile, actor: str, facts: Facts) -> list[Reason]:
    work = begun(process, file, Act(actor=actor, request_id=""), facts)
    return [*not_entitled(work, "dispose"), *cannot(work)]

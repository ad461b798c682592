"""Whose turn it is in a case, and who may see it, as it follows from its history: for proving what lists look up."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from workflow.engine.facts import Facts
from workflow.engine.history import versions_of
from workflow.engine.permission import Asker, awaited, viewers
from workflow.model import CaseFile, Entry, Seat
from workflow.office.definitions import Definitions
from workflow.ports import Store, Used

Seats = tuple[Sequence[Seat], Sequence[Seat]]


class SeatsThen:
    """The seats of one case after the other, worked out from the rules that were in use."""

    def __init__(self, store: Store, definitions: Definitions) -> None:
        self._store, self._definitions = store, definitions

    def __call__(self, file: CaseFile, entries: Sequence[Entry]) -> Iterator[Seats]:
        """As the case's last act left them; then by each organisation that has come into use since, for an act in another case may have
        set them once more, without an entry here. Of a case that was disposed of nothing is there any more that says who may see it.
        """
        if file.case.disposed is not None:
            return
        last = entries[-1]
        then = {key: hash_ for key, hash_ in versions_of(last).items() if key != "process"}
        yield self._seats(file, then, last.at, last.actor)
        for used in self._organisations:
            if used.at >= last.at:
                yield self._seats(file, {**then, "organisation": used.hash}, used.at, last.actor)

    @cached_property
    def _used(self) -> Mapping[tuple[str, str], str]:
        return self._store.current()

    @cached_property
    def _organisations(self) -> Sequence[Used]:
        return self._store.deployments("organisation", "")

    def _seats(self, file: CaseFile, versions: Mapping[str, str], at: datetime, actor: str) -> Seats:
        process = self._definitions.version(file.case.version)

        def worked_out(facts: Facts) -> Seats:
            asker = Asker(process=process, file=file, facts=facts, actor=actor)
            return awaited(asker), viewers(asker) if file.case.secret else ()

        return self._definitions.enough(self._definitions.facts(at, versions=versions, used=self._used), worked_out)

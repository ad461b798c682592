"""What an office does to try a procedure before it is used: what scenarios cover, past cases, a simulated crowd."""

import os
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from workflow.answers.scenarios import Coverage
from workflow.answers.simulated import Simulated
from workflow.answers.trying import Backtested
from workflow.errors import DefinitionsWrong, NotFound
from workflow.office import Office
from workflow.office.definitions import in_office

if TYPE_CHECKING:
    from workflow.authoring.definitions import Compiled
    from workflow.simulate import ScenarioResult
    from workflow.simulate.running import Wish
    from workflow.simulate.world import Ground

MANY_CASES = 500
"""From so many past cases on, a back-test is shared among the machine's processors."""


class Trying(Office):
    """Tries what the definitions folder says; what reads YAML is imported when it is asked for."""

    def _right(self) -> "Compiled":
        """The definitions folder, compiled. Raises DefinitionsWrong."""
        from workflow.authoring.deploy import FOLDER, check, read_folder

        return check(read_folder(self.folder / FOLDER))

    def coverage(self, results: "Sequence[ScenarioResult]", process: str = "") -> list[Coverage]:
        """What scenarios that were played cover of one procedure of the definitions folder, or of all. Raises DefinitionsWrong."""
        from workflow.simulate.coverage import coverage

        found = self._right().processes
        return [coverage(one, results, self.language) for key, one in found.items() if process in {"", key}]

    def ground(self) -> "Ground":
        """What cases go by under the definitions folder, as values. Raises DefinitionsWrong."""
        from workflow.simulate.world import Ground

        compiled = self._right()
        if compiled.organisation is None or compiled.calendar is None:
            raise DefinitionsWrong(compiled.problems)
        return Ground(
            processes=compiled.processes,
            organisation=compiled.organisation,
            calendars=in_office(compiled.calendar, self.settings),
            zone=self.zone,
            language=self.language,
            late=self.settings.late,
        )

    def backtest(
        self, process: str, *, since: date | None = None, actor: str = "", progress: Callable[[int], Callable[[], None]] | None = None
    ) -> Backtested:
        """What the past cases of a procedure that `actor` may see would have come to under the definitions folder; nothing is written.
        Raises NotFound, DefinitionsWrong.
        """
        from workflow.simulate.backtest import backtest
        from workflow.simulate.past import past_of

        ground = self.ground()
        if process not in ground.processes:
            raise NotFound(kind="process", name=process, known=ground.processes)
        past = past_of(self.store, process, since=since, zone=self.zone, viewer=self._sight(actor))
        each = progress(len(past)) if progress is not None else None
        workers = (os.cpu_count() or 1) if len(past) >= MANY_CASES else 1
        return backtest(ground.processes[process], ground, past, self.clock.now(), each, workers=workers)

    def simulate(
        self,
        process: str,
        wish: "Wish",
        *,
        assumed: tuple[str, bytes] | None = None,
        actor: str = "",
        progress: Callable[[int], Callable[[], None]] | None = None,
    ) -> Simulated:
        """What a procedure of the definitions folder would come to with many cases: by what those of the office's own past cases show that
        `actor` may see, and by what a file says in its place (name, text). Nothing is written. Raises NotFound, DefinitionsWrong,
        AssumptionsWrong, NeverDone.
        """
        from workflow.simulate.assumed import fitted, read_assumed
        from workflow.simulate.past import past_of
        from workflow.simulate.running import simulate
        from workflow.simulate.world import World

        ground = self.ground()
        if process not in ground.processes:
            raise NotFound(kind="process", name=process, known=ground.processes)
        for unit in wish.more:
            ground.organisation.unit(unit)
        past = past_of(self.store, process, since=None, zone=self.zone, viewer=self._sight(actor))
        days = ground.calendars.default
        base = fitted(past, lambda first, last: days.elapsed(first, last) / timedelta(hours=1))
        asked, now = ground.processes[process], self.clock.now()
        known = read_assumed(*assumed, base, asked, World(ground).facts_at(now).known) if assumed is not None else base
        start = days.forward(now.replace(minute=0, second=0, microsecond=0), timedelta(minutes=1)) - timedelta(minutes=1)
        return simulate(asked, ground, known, wish, start, workers=os.cpu_count() or 1, progress=progress)

"""The scenarios of a deployment: those are played that may end otherwise than when they held."""

from collections.abc import Mapping, Sequence

from workflow.authoring.definitions import Compiled
from workflow.errors import Problem
from workflow.plain import digest
from workflow.ports import Clock, Deployment, Store, StoredVersion
from workflow.settings import Settings
from workflow.simulate import MemoryStore, ScenarioResult, read_scenarios, run_scenarios
from workflow.simulate.unchanged import KIND, held_with


class Played:
    """Plays what must be played, and keeps on record with what it held."""

    def __init__(self, store: Store, clock: Clock, settings: Settings, memory_store: MemoryStore, *, every: bool) -> None:
        self._store, self._clock, self._settings, self._memory_store = store, clock, settings, memory_store
        self._every = every
        self._held: dict[str, str] = {}
        self.unplayed = 0
        """How many procedures' scenarios were left alone."""

    def run(self, files: Mapping[str, bytes], compiled: Compiled) -> tuple[Sequence[ScenarioResult], Sequence[Problem]]:
        """How each that was played went, and what is wrong with the files of all."""
        scenarios, problems = read_scenarios(files)
        meant = held_with(scenarios, files, compiled, self._settings)
        used = self._store.current()
        self._held = {key: text for key, text in meant.items() if used.get((KIND, key)) != digest(text)}
        mine = set(meant) if self._every else set(self._held)
        self.unplayed = len(meant) - len(mine)
        return run_scenarios([one for one in scenarios if one.process in mine], compiled, self._settings, self._memory_store), problems

    def keep(self, *, by: str, why: str) -> None:
        """They held: with the same they need not be played again."""
        versions = [
            StoredVersion(kind=KIND, key=key, hash=digest(text), form=1, source={}, compiled=text) for key, text in self._held.items()
        ]
        if versions:
            self._store.deploy([Deployment(version=one, at=self._clock.now(), by=by, why=why) for one in versions])

"""What is done with each case: everything that `hoso process check` and `hoso deploy` do with a folder, timed."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from workflow.authoring.definitions import Compiled, compile_definitions
from workflow.authoring.deploy import deployments
from workflow.compose import _memory_store
from workflow.errors import HosoError
from workflow.language.process import load
from workflow.settings import Settings, read_settings
from workflow.simulate import read_scenarios, run_scenarios

SECONDS = 2.0
"""What a case may take, in seconds of the processor: the machine may do other things meanwhile."""
HANGS = 30
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def tried(files: dict[str, bytes]) -> Compiled | None:
    """Compile, look deeply, read the scenarios, say every problem; what compiles is stored and read back. An error of
    ours (HosoError) is an answer, anything else a crash.
    """
    with timed():
        try:
            return _tried(files)
        except HosoError:
            return None


def _tried(files: dict[str, bytes]) -> Compiled:
    compiled = compile_definitions(files, today=TODAY)
    _, problems = read_scenarios(files)
    for problem in (*compiled.problems, *problems):
        assert problem.said("vi")
        assert problem.said("en")
    for deployment in deployments(compiled, at=NOW, by="hoso", why=""):
        if deployment.version.kind == "process":
            assert load(json.loads(deployment.version.compiled)) == compiled.processes[deployment.version.key]
    return compiled


def played(key: str, files: dict[str, bytes], most: int = 2) -> None:
    """Play some scenarios of a process, if it compiles. A failure is an answer."""
    compiled = tried(files)
    if compiled is None or compiled.errors:
        return
    scenarios, _ = read_scenarios(files, key)
    with timed(SECONDS * (1 + most)):
        try:
            run_scenarios(scenarios[:most], compiled, office(), _memory_store)
        except HosoError:
            return


@contextmanager
def timed(seconds: float = SECONDS) -> Iterator[None]:
    """Within this, nothing takes longer, and nothing hangs."""

    def hangs(*_: object) -> None:
        raise TimeoutError(f"a case takes more than {HANGS} s")

    before = signal.signal(signal.SIGPROF, hangs)
    signal.setitimer(signal.ITIMER_PROF, HANGS)
    began = time.process_time()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    took = time.process_time() - began
    assert took < seconds, f"a case took {took:.1f} s"


@cache
def office() -> Settings:
    """Those of a practice office."""
    folder = Path(mkdtemp(prefix="hoso-fuzz-"))
    (folder / "office.toml").write_text('title = "Fuzz"\nzone = "Asia/Ho_Chi_Minh"\npractice = true\n', "utf-8")
    return read_settings(folder, {})

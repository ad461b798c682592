"""The long run of `make fuzz`: other cases each time, until the time is over. `SECONDS`, `MINUTES` and `SEED` set it."""

import os
import random
import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from tests.fuzz.changing import Files, changed_bytes, changed_folders, changed_templates, made_folders
from tests.fuzz.trying import played, tried

SECONDS = float(os.environ.get("SECONDS") or 60 * float(os.environ.get("MINUTES") or 10))
BATCH = 50
CASES: dict[str, tuple[st.SearchStrategy[tuple[str, Files]], Callable[[str, Files], object]]] = {
    "files": (changed_folders(), lambda _key, files: tried(files)),
    "bytes": (changed_bytes(), lambda _key, files: tried(files)),
    "templates": (changed_templates(), lambda _key, files: tried(files)),
    "scenarios": (changed_folders(), played),
    "grammar": (made_folders(), lambda _key, files: tried(files)),
}

pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore:Generating overly large repr"),  # else it would be all that is told of a failure
]


@pytest.mark.parametrize("kind", CASES)
def test_nothing_crashes_for_as_long_as_it_is_tried(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    strategy, work = CASES[kind]
    first = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**9))
    began, count = time.monotonic(), 0
    while time.monotonic() - began < SECONDS / len(CASES):
        _batch(strategy, work, first + count)
        count += BATCH
        with capsys.disabled():
            print(f"\r{kind}: {count} cases, {time.monotonic() - began:.0f} s (SEED={first})", end="", flush=True)
    with capsys.disabled():
        print()


def _batch(strategy: st.SearchStrategy[tuple[str, Files]], work: Callable[[str, Files], object], number: int) -> None:
    @seed(number)
    @settings(max_examples=BATCH, deadline=None, database=None, suppress_health_check=tuple(HealthCheck), print_blob=True)
    @given(strategy)
    def run(case: tuple[str, Files]) -> None:
        work(*case)

    run()

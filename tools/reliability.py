"""Run the tests of faults and write what was tried and found: `python tools/reliability.py [--write]`.

The table of docs/reliability.md stands between two marks and is written by this script alone, from what it has just run.
Processes are killed last, in rounds of some, each on new offices: KILLS=… on each database at most (500), for MINUTES=… (60) at
most, and the row says how many there were.
"""

import os
import platform
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- made by tools/reliability.py -->", "<!-- end -->"

A, S, C, F = "tests/app/", "tests/storage/", "tests/cli/", "tests/app/test_faults.py::test_"
FAULTS: dict[str, tuple[str, ...]] = {
    "a process ends at any writing statement": (A + "test_crash.py", S + "test_store_crash.py"),
    "commands and workers killed at random, under load": (F + "commands_and_workers_that_are_killed_at_random_lose_nothing_acknowledged",),
    "a worker dies with what it held": (
        A + "test_worker.py::test_what_a_worker_held_that_died_is_taken_over_at_once",
        S + "test_store_claims.py",
    ),
    "a full disk": (
        S + "test_store_opening.py::test_a_full_disk_is_told_and_nothing_is_written",
        S + "test_store_opening.py::test_a_store_that_finds_no_room_is_not_half_made",
        C + "test_bad_input.py::test_a_full_disk_is_told_and_nothing_is_written",
        C + "test_whole_files.py",
        C + "test_disk.py::test_on_a_full_disk_reading_goes_on_and_a_backup_on_another_is_made",
        C + "test_disk.py::test_without_room_for_the_logs_index_reading_goes_on",
        C + "test_disk.py::test_who_reads_on_a_full_disk_lets_others_read_next",
        A + "test_backup.py::test_a_backup_that_a_full_disk_can_not_put_on_record_is_told_as_good",
    ),
    "a database that can only be read": (
        S + "test_store_opening.py::test_a_read_only_file_is_told_and_left_alone",
        S + "test_store_postgres_errors.py::test_a_database_that_only_reads_is_told",
        C + "test_bad_input.py::test_a_read_only_disk_is_told",
        C + "test_disk.py::test_on_a_disk_that_is_mounted_read_only_reading_goes_on_and_the_cause_is_told",
        C + "test_disk.py::test_what_a_read_only_disk_has_not_put_in_order_is_not_read_past",
        C + "test_disk.py::test_modes_that_stand_in_the_way_are_told_with_the_file_and_what_to_type",
        A + "test_backup.py::test_a_backup_of_a_database_that_only_reads_is_told_as_good",
    ),
    "a server that goes away, refuses, or has no connection left": (S + "test_store_postgres.py", S + "test_store_postgres_errors.py"),
    "a database that others hold": (
        S + "test_store_opening.py::test_a_database_that_others_hold_is_waited_for_and_then_told",
        S + "test_store_postgres_errors.py::test_rows_that_somebody_holds_are_waited_for_and_then_told",
        F + "a_database_that_is_locked_for_half_a_minute_is_told_and_the_act_may_be_done_again",
    ),
    "a clock that is set back an hour": (F + "a_clock_that_is_set_back_an_hour_makes_no_act_earlier_than_the_one_before",),
    "two versions of the program on one database": (
        S + "test_store_opening.py::test_a_newer_schema_is_told_and_left_alone",
        A + "test_released.py",
        C + "test_bad_input.py::test_a_newer_database_is_told_and_left_alone",
    ),
    "a database's file that is moved away or replaced": (
        S + "test_store_fence.py::test_whoever_goes_on_once_the_file_was_replaced_is_told_and_writes_nothing",
        A + "test_worker.py::test_a_worker_ends_once_another_file_stands_in_the_place_of_its_database",
    ),
    "a damaged page": (
        S + "test_store_opening.py::test_a_damaged_page_is_told",
        F + "a_page_that_is_damaged_while_the_office_works_is_told_and_a_backup_helps",
    ),
    "a backup that was spoiled, an office that was lost": (A + "test_backup.py",),
}


ROUND = 100
"""Processes killed on each database in one round."""
KILLED = "commands and workers killed at random, under load"


def run(tests: tuple[str, ...], kills: int = ROUND, seed: int = 0) -> tuple[int, int, float]:
    """(how many ran, how many failed, seconds)."""
    with tempfile.TemporaryDirectory() as folder:
        told, began = Path(folder) / "told.xml", time.monotonic()
        command = [sys.executable, "-m", "pytest", "-q", "-m", "", f"--junitxml={told}", *tests, "--deselect", F + "five_hundred"]
        environ = {**os.environ, "KILLS": str(kills), "SEED": str(seed)}
        ended = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        suite = next(ET.parse(told).getroot().iter("testsuite"))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        if failed:
            print(ended.stdout[-5000:], file=sys.stderr)
        return int(suite.get("tests", 0)) - int(suite.get("skipped", 0)), failed, time.monotonic() - began


def row(fault: str, tests: tuple[str, ...]) -> str:
    """What became of one fault."""
    return _line(fault, *run(tests))


def killed(most: int, minutes: float) -> Iterator[str]:
    """The row of those that are killed, after each round."""
    done, ran, failed, seconds = 0, 0, 0, 0.0
    while done < most and seconds < minutes * 60 and not failed:
        many = min(ROUND, most - done)
        more, failed, took = run(FAULTS[KILLED], many, done + 1)
        done, ran, seconds = done + many, ran + more, seconds + took
        yield _line(f"{KILLED} ({done} on each database)", ran, failed, seconds)


def _line(fault: str, ran: int, failed: int, seconds: float) -> str:
    found = "the laws held" if ran and not failed else f"**{failed} failed**" if ran else "**nothing ran**"
    return f"| {fault} | {ran} | {found} | {seconds:.0f} |"


def page(rows: dict[str, str]) -> str:
    """The table: what was not run yet says so."""
    lines = ["| what happened | tests that tried it | found | seconds |", "|---|---|---|---|"]
    lines += [rows.get(fault, f"| {fault} | 0 | not run in this round | |") for fault in FAULTS]
    made = f"Python {platform.python_version()}, SQLite and PostgreSQL as the tests start it, {os.cpu_count()} processors."
    return "\n".join([*lines, "", made])


def write(made: str) -> None:
    text = PAGE.read_text("utf-8")
    PAGE.write_text(f"{text.partition(BEGIN)[0]}{BEGIN}\n{made}\n{END}{text.partition(END)[2]}", "utf-8")


def found(most: int, minutes: float) -> Iterator[tuple[str, str]]:
    """(fault, row), those that take longest last."""
    for fault, tests in sorted(FAULTS.items(), key=lambda one: len(one[1])):
        if fault != KILLED:
            yield fault, row(fault, tests)
    yield from ((KILLED, one) for one in killed(most, minutes))


def main(*words: str) -> int:
    """Run all; 1 if anything failed."""
    rows: dict[str, str] = {}
    for fault, line in found(int(os.environ.get("KILLS", "") or 500), float(os.environ.get("MINUTES", "") or 60)):
        rows[fault] = line
        print(line, flush=True)
        if "--write" in words:
            write(page(rows))
    return int("**" in page(rows))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

"""Where a command's output can't be written, or a stream was closed, what it says of its work is true, and it is no fault of the program."""

import json
import shlex

import pytest

from workflow.console import acts, lists

COMMENT = "comment {case} --as specialist.btg --note 'Đã gọi'"


def ended(typed, redirected, line):
    """(exit code, standard output, standard error) of a command behind a shell's redirections."""
    process = typed.process(*shlex.split(line), behind=("sh", "-c", f'exec "$@" {redirected}', "sh"))
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


def comments(typed, case):
    return [one["act"] for one in typed.json(f"history {case} --as specialist.btg")].count("comment")


def test_an_act_whose_answer_can_not_be_printed_is_told_as_done(typed):
    case = typed.incident()
    code, out, err = ended(typed, ">/dev/full", COMMENT.format(case=case))
    assert (code, out) == (8, "")
    assert "nhưng việc đã làm xong" in err
    code, out, err = ended(typed, ">/dev/full", COMMENT.format(case=case) + " --json")
    assert (code, json.loads(err)["error"], json.loads(err)["exit_code"]) == (8, "done-not-printed", 8)
    assert comments(typed, case) == 2


@pytest.mark.parametrize("line", ["list --as specialist.btg --json", "--help", "show {case} --as specialist.btg"])
def test_what_only_reads_and_can_not_be_printed_says_that_nothing_was_written(typed, line):
    code, _, err = ended(typed, ">/dev/full", line.format(case=typed.incident()))
    assert code == 8
    assert "Chưa ghi gì" in err or json.loads(err)["error"] == "not-printed"
    assert not (typed.folder / "var" / "errors.log").exists()


def test_a_command_works_where_its_streams_are_closed(typed):
    case = typed.incident()
    assert ended(typed, ">&-", COMMENT.format(case=case)) == (0, "", "")
    assert ended(typed, "<&- >&- 2>&-", COMMENT.format(case=case)) == (0, "", "")
    assert comments(typed, case) == 2
    code, out, err = ended(typed, "<&-", "each screen - --as specialist.btg --json")
    assert (code, json.loads(out)["done"], err) == (0, [], "")
    assert ended(typed, "2>&-", "show 999/2026-VV --as specialist.btg") == (4, "", "")
    assert ended(typed, "2>/dev/full", "show 999/2026-VV --as specialist.btg") == (4, "", "")
    assert not (typed.folder / "var" / "errors.log").exists()


def test_who_stops_a_command_is_told_whether_something_was_written_before(typed, monkeypatch):
    case = typed.incident()

    def stops(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("workflow.console.further.done_lines", stops)
    err = typed(COMMENT.format(case=case), 130).stderr
    assert "Trước đó đã ghi một phần" in err
    assert comments(typed, case) == 1
    monkeypatch.setattr("workflow.office.further.Further.comment", stops)
    assert typed(COMMENT.format(case=case), 130).stderr.strip() == "Đã dừng."
    assert comments(typed, case) == 1


def test_a_fault_tells_whether_something_was_written_before_it(typed, monkeypatch):
    case = typed.incident()

    def fails(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr(acts, "done_lines", fails)
    monkeypatch.setattr("workflow.console.further.done_lines", fails, raising=False)
    err = typed(COMMENT.format(case=case), 1).stderr
    assert "Trước đó đã ghi một phần" in err
    assert comments(typed, case) == 1
    monkeypatch.setattr(lists, "_table", fails, raising=False)
    monkeypatch.setattr(lists, "table", fails, raising=False)
    assert "Chưa ghi gì" in typed("list --as specialist.btg", 1).stderr

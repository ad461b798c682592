"""Disposal as it is typed: listed, tried, done by a decision, and proved."""

import json

import pytest

from workflow.console.session import login

PERIOD = "retention: 5 years\nrights:\n  dispose: leader\n  see: observer\n"


@pytest.fixture
def kept(typed):
    """An incident that was cancelled in 2026, of a procedure whose cases are kept for five years; the office in January 2032."""
    case = typed.incident()
    typed(f"attach {case} {typed.folder / 'office.toml'} --as specialist.btg")
    typed(f"do {case} cancel --note 'Trùng hồ sơ' --as leader.btg")
    path = typed.folder / "definitions/incident/process.yaml"
    text = path.read_text("utf-8")
    assert text.count("rights:\n  see: observer\n") == 1
    path.write_text(text.replace("rights:\n  see: observer\n", PERIOD), "utf-8")
    typed("deploy --why 'Thời hạn bảo quản'")
    typed("clock '2032-01-02 08:00'")
    typed("tick")
    return typed, case


def test_what_need_not_be_kept_is_listed_and_goes_by_a_decision(kept):
    typed, case = kept
    listed = typed.out("dispose --as leader.btg")
    assert case in listed
    assert "31/12/2031" in listed
    assert "--decision" in listed
    assert "--reason" in typed.refused(f"dispose {case} --decision 15/QĐ --as leader.btg", 2)
    assert "--until" in typed.refused("dispose --decision 15/QĐ --reason x --until 2033-01-01 --as leader.btg", 2)
    before = typed.contents()
    (tried,) = typed.json(f"dispose {case} --decision 15/QĐ --reason 'Hết thời hạn' --dry-run --as leader.btg")
    assert (tried["number"], tried["disposed"], tried["reasons"]) == (case, False, [])
    assert typed.contents() == before
    done = typed.out(f"dispose {case} --decision 15/QĐ --reason 'Hết thời hạn' --as leader.btg")
    assert case in done
    assert "1" in done.splitlines()[-1]
    assert typed.json(f"show {case} --as leader.btg")["fields"] == []
    assert "15/QĐ" in typed.out(f"history {case} --as leader.btg")
    assert "15/QĐ" in typed.out("verify")
    assert typed.json("dispose --as leader.btg") == []
    assert "15/QĐ" in typed.refused(f"comment {case} --note x --as leader.btg", 3)


def test_a_request_is_done_once_and_what_may_not_go_says_why(kept):
    typed, case = kept
    other = typed.incident()
    said = typed.refused(f"dispose {case} {other} --decision 15/QĐ --reason 'Hết thời hạn' --as leader.btg", 3)
    assert other in said
    said = typed.refused(f"dispose {case} --decision 15/QĐ --reason 'Hết thời hạn' --as specialist.btg", 3)
    assert "chỉ Trưởng Ban" in said
    for _ in range(2):
        typed("dispose --decision 15/QĐ --reason 'Hết thời hạn' --request-id mot-lan --as leader.btg")
    acts = [one for one in typed.json(f"history {case} --as leader.btg") if one["act"] == "dispose"]
    assert len(acts) == 1


def test_a_case_that_is_named_twice_goes_once_and_is_counted_once(kept):
    typed, case = kept
    assert len(typed.json(f"dispose {case} {case} --as leader.btg")) == 1
    done = typed.json(f"dispose {case} {case} --decision 15/QĐ --reason 'Hết thời hạn' --as leader.btg")
    assert [one["disposed"] for one in done] == [True]


def test_a_disposal_by_another_login_bears_its_name_and_is_proved(kept):
    typed, case = kept
    typed(f"dispose {case} --decision 15/QĐ --reason 'Hết thời hạn' --as leader.btg")
    last = typed.json(f"history {case} --as leader.btg")[-1]
    assert (last["act"], last["login"]) == ("dispose", login())
    typed("verify")


def test_those_that_come_next_are_listed_for_a_day(kept):
    typed, case = kept
    later = typed.incident()
    typed(f"do {later} cancel --note 'Trùng hồ sơ' --as leader.btg")
    assert [one["number"] for one in typed.json("dispose --as leader.btg")] == [case]
    listed = typed.json("dispose --until 2038-01-02 --as leader.btg")
    assert [one["number"] for one in listed] == [case, later]
    assert listed[1]["until"] == "2037-12-31"
    assert json.dumps(listed[1]["reasons"], ensure_ascii=False).count("31/12/2037") == 1

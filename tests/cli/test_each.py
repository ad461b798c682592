"""`hoso each`: an action on many cases, named one by one or read from standard input."""

import json

import pytest

SCREEN = "--as specialist.btg --set urgency=normal --set authority=btg --note 'Trong thẩm quyền'"


@pytest.fixture
def cases(typed):
    return [typed.incident() for _ in range(3)]


def test_each_case_is_done_or_told_why_not(typed, cases):
    typed(f"do {cases[1]} screen {SCREEN}")
    result = typed(f"each screen {' '.join(cases)} {SCREEN}", code=3)
    first, last, refused, *why, sum_up = result.stdout.splitlines()
    assert first.startswith(cases[0])
    assert last.startswith(cases[2])
    assert refused.startswith(cases[1])
    assert any("Tiếp nhận" in line for line in why)
    assert sum_up == "Đã làm ở 2 trong 3 hồ sơ."
    assert len({one["state"] for one in typed.json("list --as leader.btg")}) == 1


def test_what_a_list_prints_can_be_passed_on(typed, cases):
    listed = typed.out("list --as leader.btg --state received --json")
    tried = typed(f"each screen - {SCREEN} --dry-run", piped=listed).stdout
    assert tried.splitlines()[-1] == "Chỉ chạy thử, chưa ghi gì: sẽ làm được ở 3 trong 3 hồ sơ."
    lines = f"\n{cases[0]}\n  {cases[1]}  \n\n"
    for again in (False, True):
        came = json.loads(typed(f"each screen - {cases[2]} {SCREEN} --request-id r --json", piped=lines).stdout)
        assert [one["case"] for one in came["done"]] == cases
        assert {one["repeated"] for one in came["done"]} == {again}
        assert came["not_done"] == []
    assert "đã làm trước đó" in typed(f"each screen {cases[0]} {SCREEN} --request-id r").stdout
    typed("verify")


@pytest.mark.parametrize(
    "text", ["[1]", '{"number": "x"}', "[{}]", "[", '[{"number": 5}]', '[{"number": "\\ud800"}]', "[" * 100_000, b"\xff\xfe"]
)
def test_what_is_no_list_of_cases_is_refused(typed, cases, text):
    before = typed.contents()
    result = typed(f"each screen - {SCREEN}", piped=text, code=2)
    assert "hoso list --json" in result.stderr
    assert typed.contents() == before


def test_a_number_with_a_control_character_is_refused_with_all_others(typed, cases):
    before = typed.contents()
    result = typed(f"each screen - {SCREEN}", piped=f"{cases[0]}\n{cases[1]}\0\n", code=2)
    assert "U+0000" in result.stderr
    assert typed.contents() == before


def test_nobody_named_is_a_question_of_use(typed, cases):
    typed(f"each screen {SCREEN}", code=2)
    nothing = typed(f"each screen - {SCREEN}", piped="")
    assert nothing.stdout == "Đã làm ở 0 trong 0 hồ sơ.\n"

"""What each command does, on a real office."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from msgspec import Struct

from workflow import answers
from workflow.answers import keeping, migration, scenarios, simulated, trying  # noqa: F401 - parts of answers
from workflow.compose import open_office
from workflow.model import Open
from workflow.simulate import ScenarioResult
from workflow.timekeeping import PracticeClock, SystemClock

PAGE = Path(__file__).parents[2] / "docs/reference/commands.md"


def test_show_tells_where_who_until_when_what_next_and_why_not_by_me(typed):
    case = typed.incident()
    shown = typed.out(f"show {case} --as clerk.btg")
    for words in (case, "Tiếp nhận", "Chuyên viên Ban Tuyên giáo", "hết ngày 23/11/2026", "screen", "Phân loại", "Việc có thể làm tiếp"):
        assert words in shown
    found = typed.json(f"show {case} --as clerk.btg")
    screen = next(action for action in found["actions"] if action["key"] == "screen")
    assert screen["allowed"] is False
    assert all(reason in re.sub(r"\s+", " ", shown) for reason in screen["reasons"])
    mine = typed.json(f"show {case} --as specialist.btg")
    assert next(action for action in mine["actions"] if action["key"] == "screen")["allowed"] is True


def test_an_act_says_what_it_did_and_the_inbox_follows(typed):
    case = typed.incident()
    assert [line["number"] for line in typed.json("inbox --as specialist.btg")] == [case]
    done = typed.out(f"do {case} screen --as specialist.btg --note 'Thuộc phạm vi' --set urgency=normal --set authority=btg")
    assert "Trạng thái: Phân loại" in done
    assert "hết ngày 26/11/2026" in done  # 24/11 is a day off
    assert typed.json("inbox --as leader.tt-hdnd") == []
    assert "Không có việc nào chờ bạn" in typed.out("inbox --as leader.tt-hdnd")


def test_a_dry_run_shows_the_same_and_writes_nothing(typed):
    case = typed.incident()
    before = typed.contents()
    line = f"do {case} screen --as specialist.btg --note x --set urgency=normal --set authority=btg"
    tried = typed.json(f"{line} --dry-run")
    assert typed.contents() == before
    done = typed.json(line)
    assert (tried["dry_run"], done["dry_run"]) == (True, False)
    assert (tried["after"], tried["state_title"]) == (done["after"], done["state_title"])
    for part, keys in (
        ("deadlines", ("key", "due", "status")),
        ("documents", ("key", "title", "status")),
        ("notices", ("person", "subject")),
    ):
        assert [[one[key] for key in keys] for one in tried[part]] == [[one[key] for key in keys] for one in done[part]]


def test_the_same_request_is_done_once(typed):
    case = typed.incident()
    line = f"do {case} screen --as specialist.btg --note x --set urgency=normal --set authority=btg --request-id once"
    assert typed.json(line)["repeated"] is False
    assert typed.json(line)["repeated"] is True
    assert "đã được thực hiện trước đó" in typed.out(line)
    assert len([entry for entry in typed.json(f"history {case} --as leader.btg") if entry["action"] == "screen"]) == 1


def test_why_names_every_reason_and_what_is_asked_for(typed):
    case = typed.incident()
    said = typed.out(f"why {case} screen --as clerk.btg")
    assert said.count("\n  - ") == len(typed.json(f"why {case} screen --as clerk.btg")["reasons"]) > 0
    assert "urgency" in said
    assert "Bạn làm được ngay" in typed.out(f"why {case} screen --as specialist.btg")


def test_starts_lists_what_may_be_opened(typed):
    keys = [start["key"] for start in typed.json("starts --as clerk.btg")]
    assert {"incident", "incident/propose", "opinion", "annual_report"} <= set(keys)
    assert "Tiếp nhận vụ việc" in typed.out("starts --as clerk.btg")


def test_a_start_is_named_by_slash_or_option(typed):
    fields = "--set commune='Nam Giang' --set area='văn hóa' --set issue='Dư luận quan tâm việc di dời một di tích' --set urgency=normal"
    assert typed.json(f"open incident/propose --as leader.tt-hdnd {fields}")["case"] == "001/2026-VV"
    assert typed.json(f"open incident --start propose --as leader.tt-hdnd {fields} --title 'Di tích'")["title"] == "Di tích"


def test_lists_filter_page_and_hide_what_is_secret(typed, tmp_path):
    numbers = [typed.incident() for _ in range(3)]
    typed.opinion(tmp_path)
    assert [line["number"] for line in typed.json("list --as clerk.btg --process incident")] == numbers[::-1]
    page = typed.json("list --as clerk.btg --process incident --limit 2")
    rest = typed.json(f"list --as clerk.btg --process incident --limit 2 --after {page[-1]['cursor']}")
    assert [line["number"] for line in [*page, *rest]] == numbers[::-1]
    assert f"--after {page[-1]['cursor']}" in typed.out("list --as clerk.btg --process incident --limit 2")
    assert [line["process"] for line in typed.json("list --as leader.phong-vhtt")] == ["opinion"]
    assert [line["number"] for line in typed.json("list --as clerk.btg --field commune='Nam Giang'")] == numbers[::-1]
    assert typed.json("list --as clerk.btg --field commune='Nam Cường'") == []
    assert "Không có hồ sơ nào phù hợp" in typed.out("list --as clerk.btg --state closed")


def test_search_needs_no_marks(typed, tmp_path):
    case = typed.opinion(tmp_path)
    assert [line["number"] for line in typed.json("search nghi quyet thu --as clerk.vp")] == [case]
    assert "Không có hồ sơ nào chứa các từ này" in typed.out("search khongco --as clerk.vp")


def test_columns_of_a_list_stand_under_each_other(typed, tmp_path):
    typed.incident()
    typed.opinion(tmp_path)
    lines = typed.out("list --as leader.btg").splitlines()
    starts = {line.index(word) for line, word in zip(lines, ("Tên", "Nghị quyết thử", "Nam Giang"), strict=True)}
    assert len(starts) == 1


@pytest.fixture
def still(typed, monkeypatch):
    """The practice clock goes on with the machine's; here it stands where it was set, however slow the machine is."""
    shift = PracticeClock(typed.folder / "var" / "clock.json").shift()
    monkeypatch.setattr(SystemClock, "now", lambda _: datetime(2026, 11, 20, 2, tzinfo=UTC) - shift)


def test_history_tells_when_who_what_and_the_papers(typed, still):
    case = typed.incident()
    typed(f"do {case} screen --as specialist.btg --note 'Thuộc phạm vi' --set urgency=normal --set authority=btg")
    typed(f"extend {case} due '1 working day' --as leader.btg --note 'Việc khó'")
    said = " ".join(typed.out(f"history {case} --as leader.btg").split())
    for words in (
        "hết ngày 26/11/2026 → hết ngày 27/11/2026",
        "20/11/2026 09:00",
        "Văn thư Ban Tuyên giáo Huyện ủy",
        "Phân loại",
        "Thuộc phạm vi",
    ):
        assert words in said


def test_replies_are_given_and_shown(typed, tmp_path):
    case = typed.opinion(tmp_path)
    typed(f"reply {case} amend --unit btg --as leader.btg --set 'points=Điều 3 | | Bổ sung;;Điều 4 | | Bỏ' --note 'Cơ bản nhất trí'")
    opinions = {one["asked"]: one for one in typed.json(f"show {case} --as clerk.vp")["opinions"]}
    assert opinions["btg"]["answer"] == "amend"
    assert opinions["mttq"]["status"] == "asked"
    assert "Đề nghị sửa" in typed.out(f"show {case} --as clerk.vp")


def test_papers_are_listed_read_and_saved_once(typed, tmp_path):
    case = typed.opinion(tmp_path)
    papers = typed.json(f"docs {case} --as clerk.vp")
    assert [paper["status"] for paper in papers] == ["issued", "issued"]
    symbol = papers[0]["symbol"]
    assert "HĐND" in symbol
    assert symbol in typed.out(f"docs {case} --as clerk.vp")
    assert symbol in typed.out(f"doc show {case} '{symbol}' --as clerk.vp")
    assert "Nghị quyết thử" in typed.out(f"doc text {case} {papers[0]['key']} --as clerk.vp")
    assert typed.json(f"doc text {case} {papers[0]['key']} --as clerk.vp")["text"]
    saved = [Path(name) for name in typed.json(f"doc save {case} --to {tmp_path}/out --as clerk.vp")]
    assert sorted(file.suffix for file in saved) == [".docx", ".docx", ".pdf", ".pdf"]
    assert all(file.stat().st_mode & 0o077 == 0 and file.stat().st_size > 1000 for file in saved)
    again = typed.refused(f"doc save {case} --to {tmp_path}/out --as clerk.vp", 2)
    assert "--force" in again
    typed(f"doc save {case} {papers[0]['key']} --to {tmp_path}/out --force --as clerk.vp")


def test_files_are_attached(typed, tmp_path):
    case = typed.incident()
    (tmp_path / "ảnh.txt").write_text("x", encoding="utf-8")
    typed(f"attach {case} '{tmp_path}/ảnh.txt' --note 'Bổ sung' --as specialist.btg")
    assert typed.json(f"history {case} --as leader.btg")[-1]["act"] == "attach"


def test_time_passes_and_whoever_is_late_is_told(typed, still):
    case = typed.incident()
    assert "Không có gì quá hạn" in typed.out("overdue --as leader.btg")
    assert "24/11/2026 09:00" in typed.out("clock +4d")
    ticked = typed.json("tick")
    assert ticked["fired"] >= 1
    assert ticked["failed"] == 0
    late = typed.json("overdue --as leader.btg")
    assert [line["case"] for line in late] == [case]
    assert case in typed.out("overdue --as leader.btg")
    assert "QUÁ HẠN" in typed.out("list --as leader.btg")
    assert [line["overdue"] for line in typed.json("list --as leader.btg --overdue")] == [True]
    sent = typed.json(f"notices {case} --as leader.btg")
    assert {notice["person"] for notice in sent} == {"chuyen-vien-btg"}
    assert sent[0]["subject"] in typed.out("notices --person chuyen-vien-btg --full --as leader.btg")
    assert case in typed.out(f"notices {case} --as leader.btg")


def test_a_deadline_is_explained_day_by_day(typed):
    case = typed.incident()
    explained = typed.json(f"deadline explain {case} --as leader.btg")
    assert explained[0]["deadline"]["due"] == "2026-11-23T17:00:00.000000Z"
    said = typed.out(f"deadline explain {case} --as leader.btg")
    for words in ("hết ngày 23/11/2026", "21/11/2026", "ngày nghỉ", "Nghị định 30/2020"):
        assert words in said
    assert "hết ngày 23/11/2026" in typed.out(f"deadline list {case} --as leader.btg")


def test_a_deadline_is_explained_as_a_table_in_markdown_for_a_file(typed):
    case = typed.incident()
    typed(f"extend {case} due '2 working days' --note 'a|b' --as leader.btg")
    lines = typed.out(f"deadline explain {case} --markdown --as leader.btg").splitlines()
    assert lines[:3] == [f"# {case}", "", "## Tiếp nhận"]
    rows = [line.replace("\\|", "") for line in lines if line.startswith("|")]
    assert {row.count("|") for row in rows} == {7, 5}  # two tables of six and four columns
    assert any("a\\|b" in line for line in lines)
    assert lines[-1].startswith("| 26/11/2026 |")
    assert lines[-1].endswith("| 3 |")


def test_a_month_is_shown_with_its_hours_and_days_off(typed):
    assert "24/11/2026" in typed.out("calendar show")
    days = {one["day"]: one for one in typed.json("calendar show 2/2026")}
    assert len(days) == 28
    assert days["2026-02-17"]["hours"] == []
    assert days["2026-02-17"]["by"]
    assert days["2026-02-24"]["hours"] == ["07:30-11:30", "13:30-17:00"]
    assert days == {one["day"]: one for one in typed.json("calendar show 2026-02")}
    assert "2026-13" in typed.refused("calendar show 2026-13", 2)


def test_the_calendar_adds_and_counts(typed):
    assert typed.out("calendar add 2026-11-20 '5 working days'") == "30/11/2026\n"
    assert typed.json("calendar add 20/11/2026 '5 working days'") == {"date": "2026-11-30"}
    assert typed.json("calendar count 2026-11-20 2026-11-30") == {"working_days": 5}


def test_whoever_runs_the_office_checks_and_proves_it(typed):
    typed.incident()
    assert all(finding["level"] == "ok" for finding in typed.json("verify"))
    assert typed.json("doctor")
    assert {problem["code"] for problem in typed.json("process check")} == {
        "W625",
        "W626",
    }  # this office lacks scenarios, and the annual plan
    assert "0 lỗi" in typed.out("process check")
    assert typed.json("deploy")["changed"] == []
    assert "Không có gì thay đổi" in typed.out("deploy --dry-run")
    upgraded = typed.json("db upgrade")
    assert upgraded["before"] == upgraded["after"]
    schema = json.loads(typed.out("process schema"))
    assert "properties" in schema or "$defs" in schema


def test_scenarios_run_from_the_command_line(typed):
    results = typed.json("process test annual_report")
    assert results
    assert all(result["passed"] for result in results)
    assert {result["process"] for result in results} == {"annual_report"}
    file = next((typed.folder / "definitions/annual_report/scenarios").glob("*.yaml"))
    file.write_text(
        file.read_text(encoding="utf-8") + "  - {as: leader.btg, do: cancel, note: x, expect: {state: opened}}\n", encoding="utf-8"
    )
    failed = typed("process test annual_report", 6).stdout
    assert file.name in failed
    assert "KHÔNG ĐẠT" in failed


def test_verify_ends_with_1_when_history_was_rewritten(typed):
    import sqlite3

    typed.incident()
    database = sqlite3.connect(typed.folder / "hoso.db")
    with database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE entry SET actor = 'somebody-else', text = replace(text, 'Nam Giang', 'Nam Cường')")
    database.close()
    assert "error" in {finding["level"] for finding in json.loads(typed("verify --json", 1).stdout)}


def test_options_stand_before_or_after_the_command(typed):
    case = typed.incident()
    assert typed.out(f"--as leader.btg show {case}") == typed.out(f"show {case} --as leader.btg")
    assert json.loads(typed("--json inbox --as specialist.btg").stdout) == typed.json("inbox --as specialist.btg")


def test_control_characters_in_values_never_reach_the_terminal(typed):
    """Of a case that was stored before they were refused."""
    issue = "Nội dung bình thường dài hơn hai mươi chữ \x1b]0;owned\x07\x1b[2J"
    fields = {"commune": "Nam Giang", "area": "khác", "issue": issue}
    office = open_office(typed.folder)
    case = office.acting.do(
        Open(process="incident", actor="van-thu-btg", request_id="x", fields=fields, title="A\x1b[31m")
    ).part.case.number
    office.close()
    for line in (f"show {case}", "inbox", "list", f"history {case}", f"why {case} screen"):
        said = typed.out(f"{line} --as leader.btg")
        assert "\x1b" not in said
        assert "\x07" not in said


@pytest.mark.parametrize(
    "kind",
    [
        *filter(
            lambda one: isinstance(one, type) and issubclass(one, Struct) and one is not Struct,
            {
                **vars(answers),
                **vars(answers.changing),
                **vars(answers.migration),
                **vars(answers.scenarios),
                **vars(answers.trying),
                **vars(answers.simulated),
                **vars(answers.keeping),
            }.values(),
        ),
        ScenarioResult,
    ],
)
def test_the_reference_names_every_key_of_json(kind):
    keys = ", ".join(f"`{name}`" for name in kind.__struct_fields__)
    assert f"| {kind.__name__} | {keys} |" in PAGE.read_text(encoding="utf-8")


def test_the_cases_that_the_clock_opens_are_foreseen_paused_and_go_on(typed):
    assert "01/12/2026 08:00" in typed.out("periodic --as leader.btg")
    assert [one["period"] for one in typed.json("periodic --until 2027-12-31 --as leader.btg")] == ["2026", "2027"]
    assert "--why" in typed.refused("periodic pause annual_report", 3)
    assert typed.json("periodic pause annual_report --why 'Chờ hướng dẫn'") == {"process": "annual_report", "paused": True}
    assert "Chờ hướng dẫn" in typed.out("periodic --as leader.btg")
    typed("clock '2026-12-02 08:00'")
    assert typed.json("tick")["opened"] == []
    assert "Tiếp tục" in typed.out("periodic resume annual_report")
    assert "không mở" in typed.out("periodic --as leader.btg")
    assert "--backfill" in typed.refused("tick --since 2026-11-01", 2)
    assert typed.json("tick --backfill --since 2026-11-01")["opened"] == ["01/2026-BCN"]

"""A new user's first day: what surprised one, held."""

import os
import pwd
import re
import shutil

import pytest

from tests.sample import SHIPPED, keep_three

ENGLISH = re.compile(r"\b(a|the|is|such|known|there|none|at least|must)\b")
"""Words that no Vietnamese sentence of ours holds."""


def speaks(typed, language):
    settings = typed.folder / "office.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('language = "vi"', f'language = "{language}"'), encoding="utf-8")


WRONG = [
    ("open incident --as clerk.btg --set commune='Nam Giang' --set area=khác --set issue=ngắn", "ít nhất 20 ký tự"),
    ("open incident --as clerk.btg --set commune=Nam", "một trong các lựa chọn"),
    ("open opinion --as clerk.vp --set drafter=phong", "mã đơn vị"),
    ("open opinion --as clerk.vp --set session_date=31/02/2026", "ngày có thật"),
    ("open opinion --as clerk.vp --set draft=abc", "=@TỆP"),
    ("open annual_report --as specialist.btg --set year=soon", "số nguyên"),
    ("open incident --as clerk.btg --set letter=@gone.pdf", "không có tệp này"),
    ("calendar add 2026-12-01 5-foo", "khoảng thời gian"),
    ("clock +3x", "+3d (ngày)"),
    ("clock 2020-01-01", "không lùi lại được"),
]


@pytest.mark.parametrize(("line", "said"), WRONG)
def test_what_is_wrong_with_a_value_is_said_in_vietnamese(typed, line, said):
    told = typed.refused(line, 2)
    assert said in told
    assert not ENGLISH.search(told)


def test_a_misspelt_filter_is_no_empty_answer(typed):
    typed.incident()
    for words, right in (("--state recieved", "received"), ("--unit btgg", "btg"), ("--process incidnt", "incident")):
        assert f"'{right}'" in typed.refused(f"list --as clerk.btg {words}", 4)
    assert typed.json("list --as clerk.btg --state closed --unit vp --process incident") == []


def test_a_process_that_is_none_has_no_scenarios_to_pass(typed):
    assert "annual_report" in typed.refused("process test nosuch", 4)


def test_in_a_real_office_nobody_acts_for_others(typed):
    settings = typed.folder / "office.toml"
    settings.write_text(re.sub(r"practice = true *#", "practice = false #", settings.read_text(encoding="utf-8")), encoding="utf-8")
    (typed.folder / "var/clock.json").unlink()
    typed.refused("inbox --as clerk.btg", 2)  # the login of the tests is unknown there
    organisation = typed.folder / "definitions/organisation.yaml"
    login = pwd.getpwuid(os.getuid()).pw_name
    text = organisation.read_text(encoding="utf-8")
    organisation.write_text(text.replace("logins:\n", f"logins:\n  {login}: {{is: van-thu-btg}}\n"), encoding="utf-8")
    typed("deploy")
    typed("inbox")
    told = typed.refused("inbox --as leader.btg", 3)
    assert "'leader.btg'" in told
    assert "may_act_for" in told


def test_the_history_says_by_which_login_somebody_else_acted_but_not_in_practice(typed):
    case = typed.incident()
    login = pwd.getpwuid(os.getuid()).pw_name
    assert login not in typed.out(f"history {case} --as leader.btg")
    assert typed.json(f"history {case} --as leader.btg")[0]["login"] == login
    settings = typed.folder / "office.toml"
    settings.write_text(re.sub(r"practice = true *#", "practice = false #", settings.read_text(encoding="utf-8")), encoding="utf-8")
    organisation = typed.folder / "definitions/organisation.yaml"
    text = organisation.read_text(encoding="utf-8")
    mine = f"logins:\n  {login}: {{is: truong-ban-btg}}\n"
    organisation.write_text(text.replace("logins:\n", mine), encoding="utf-8")
    typed("deploy")
    assert re.search(rf"tài\s+khoản {login}", typed.out(f"history {case}"))


def test_an_office_speaks_its_language_even_with_broken_settings(typed):
    settings = typed.folder / "office.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('late = "coalesce"', 'late = "later"'), encoding="utf-8")
    assert "một trong các từ" in typed("inbox", 2).stderr


def test_the_sample_office_can_speak_english(typed):
    shutil.rmtree(typed.folder / "definitions")
    shutil.copytree(SHIPPED, typed.folder / "definitions")
    keep_three(typed.folder / "definitions")
    speaks(typed, "en")
    typed("process test")
    assert "State: " in typed.out("open annual_report --as specialist.btg --set year=2026")


def test_a_day_that_the_rule_names_is_not_called_uncounted(typed):
    case = typed.json("open annual_report --as specialist.btg --set year=2026")["case"]
    typed(f"do {case} request_data --as leader.btg")
    lines = [
        line for one in typed.json(f"deadline explain {case} --as leader.btg") if "14 December" in one["rule"] for line in one["lines"]
    ]
    assert {(line["day"], line["counts"], line["why"]) for line in lines} == {("2026-12-14", "counted", "ngày do quy định nêu")}


def test_one_slip_in_a_state_is_one_problem(typed):
    file = typed.folder / "definitions/incident/process.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("to: assessed", "to: asessed", 1), encoding="utf-8")
    told = typed("process check", 6).stdout
    assert "1 lỗi" in told
    assert "'assessed'" in told


def test_a_new_office_with_spaces_in_its_name_can_be_entered_as_told(typed, tmp_path):
    told = typed(f"init '{tmp_path}/Văn phòng A' --practice").stdout
    assert f"cd '{tmp_path}/Văn phòng A' && hoso deploy" in told


def test_the_report_of_responsibility_tells_a_case_day_by_day_and_a_period_by_unit(typed, tmp_path):
    case = typed.opinion(tmp_path)
    typed("clock '2026-12-04 10:00'")
    found = typed.json(f"report responsibility {case} --as leader.tt-hdnd")
    assert found["days"] == len(found["lines"]) == 9
    said = typed.out(f"report responsibility {case} --as leader.tt-hdnd")
    assert "27/11/2026" in said
    assert "cho ý kiến" in said
    year = typed.json("report responsibility --year 2026 --as leader.tt-hdnd")
    assert (year["days"], year["since"], year["until"]) == (9, "2026-01-01", "2026-12-31")
    assert "Cộng" in typed.out("report responsibility --since 1/12/2026 --until 2026-12-31 --as leader.tt-hdnd")
    assert "--since" in typed.refused("report responsibility --year 2026 --since 2026-01-01 --as leader.tt-hdnd", 2)


def test_what_falls_due_soon_is_typed_for_short_and_told_with_the_days_left(typed):
    case = typed.incident()
    assert [(one["case"], one["overdue"], one["days_left"]) for one in typed.json("overdue --soon 3wd --as leader.btg")] == [
        (case, False, 1)
    ]
    assert typed.out("overdue --soon '3 working days' --as leader.btg") == typed.out("overdue --soon 3wd --as leader.btg")
    assert "còn 1" in typed.out("overdue --soon 3wd --as leader.btg")
    assert typed.json("overdue --soon 1h --as leader.btg") == []
    assert "3 foo" in typed.refused("overdue --soon '3 foo' --as leader.btg", 2)


def test_a_forecast_is_told_and_drawn(typed, tmp_path):
    typed.incident()
    found = typed.json(f"report forecast --weeks 1 --svg {tmp_path}/a.svg --html {tmp_path}/a.html --as leader.btg")
    assert [one["total"] for one in found["days"]] == [0, 0, 0, 1, 0, 0, 0]
    assert (tmp_path / "a.svg").read_text("utf-8") in (tmp_path / "a.html").read_text("utf-8")
    assert "23/11/2026" in typed.out("report forecast --as leader.btg")
    assert "a.svg" in typed.refused(f"report forecast --svg {tmp_path}/no/a.svg --as leader.btg", 2)
    assert typed.out("report forecast --as observer.vp")


def test_a_year_is_shown_at_a_glance(typed):
    lines = typed.out("calendar show 2026").splitlines()
    assert lines[2].split() == ["02", "-·····--·····--NNNNN--·····-", "15"]
    assert lines[13].split()[-1] == "249"
    assert len(typed.json("calendar show 2026")) == 365
    assert "1899" in typed.refused("calendar show 1899", 2)


def test_deadlines_are_exported_as_a_feed(typed, tmp_path):
    typed.incident()
    typed(f"export ical --for specialist.btg --to {tmp_path}/a.ics --as leader.btg")
    written = (tmp_path / "a.ics").read_bytes()
    assert b"001/2026-VV" in written
    assert typed.json("export ical --for specialist.btg --as leader.btg")["ical"].encode() == written
    assert typed.out("export ical --as specialist.btg").startswith("BEGIN:VCALENDAR\nVERSION:2.0\n")

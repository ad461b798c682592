"""`hoso calendar`: what the file lacks."""


def edit(typed, old, new):
    path = typed.folder / "definitions/calendar.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


TET = "  - {on: 2027-02-04..2027-02-10, title: Tết Đinh Mùi (dự kiến)}"


def test_what_the_calendar_lacks_is_told_before_the_year_begins(typed):
    found = typed.json("calendar check")
    assert [one["what"] for one in found if one["level"] == "warning"] == ["decision", "decision"]
    edit(typed, TET, "  #")
    said = typed.out("calendar check")
    assert "Tết 2027" in said
    assert "hoso calendar apply" in said


def test_a_gap_of_this_year_ends_with_exit_code_1(typed):
    edit(typed, "  - {on: 2026-11-24,", "  - {on: 2026-11-25,")
    edit(typed, "  - {on: 2026-09-01..2026-09-02,", "  - {on: 2026-09-01,")
    said = typed("calendar check", 1).stdout
    assert "Quốc khánh" in said
    assert "24/11/2026" in said


def test_an_amended_calendar_is_shown_first_and_then_brought_into_use(typed):
    case = typed.incident()
    edit(typed, "\noff:", "\noff:\n  - {on: 2026-11-23, title: Nghỉ bão, by: CĐ 12}")
    before = typed.contents()
    seen = typed.json("calendar apply --dry-run --as leader.btg")
    assert typed.contents() == before
    assert [(one["case"], one["before"], one["after"]) for one in seen["moved"]] == [
        (case, "2026-11-23T17:00:00.000000Z", "2026-11-25T17:00:00.000000Z")
    ]
    assert case not in typed.out("calendar apply --dry-run --as clerk.vp")
    said = typed.out("calendar apply --why 'Công điện 12' --as leader.btg")
    assert all(word in said for word in (case, "hết ngày 23/11/2026", "hết ngày 25/11/2026", "Nghỉ bão (CĐ 12)"))
    assert "Công điện 12" in typed.out(f"history {case} --as leader.btg")
    assert "Không có gì thay đổi." in typed.out("calendar apply --as leader.btg")
    edit(typed, "CĐ 12", "CĐ 13")
    assert typed.json("deploy --dry-run")["moved"] == []


def test_a_wrong_calendar_file_is_told_with_its_place(typed):
    edit(typed, "2027-02-04..2027-02-10", "2027-02-10..2027-02-04")
    lines = (typed.folder / "definitions/calendar.yaml").read_text("utf-8").splitlines()
    line = next(at for at, text in enumerate(lines, start=1) if "2027-02-10..2027-02-04" in text)
    assert f"calendar.yaml:{line}:" in typed("calendar check", 6).stderr
    assert "--until" in typed("calendar check --until nextyear", 2).stderr

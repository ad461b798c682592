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


def test_a_wrong_calendar_file_is_told_with_its_place(typed):
    edit(typed, "2027-02-04..2027-02-10", "2027-02-10..2027-02-04")
    assert "calendar.yaml:60" in typed("calendar check", 6).stderr
    assert "--until" in typed("calendar check --until nextyear", 2).stderr

"""Changing procedures that are in use, as typed."""

import json


def edit(typed, file, *pairs):
    path = typed.folder / "definitions" / file
    text = path.read_text("utf-8")
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text, "utf-8")


def test_differences_are_said_in_words_with_their_lines(typed):
    typed.incident()
    assert typed.out("process diff") == "Không có gì khác.\n"
    edit(typed, "incident/process.yaml", ("{at: 10 working days, basis: D}", "{at: 12 working days, basis: D}"))
    edit(typed, "incident/templates/plan.md.j2", ("{{ ", "Mới: {{ "))
    said = typed.out("process diff incident --as leader.btg")
    assert "đổi: thời hạn due của executing   process.yaml:" in said
    assert "at: 10 working days → 12 working days   dòng " in said
    assert "mẫu văn bản plan.md.j2" in said
    assert "Hồ sơ đang mở (trong số bạn được xem) còn theo phiên bản cũ cho đến khi được chuyển: 1" in said
    deployed = typed.out("deploy --why 'Dài hơn'")
    assert "at: 10 working days → 12 working days" in deployed
    lines = typed.out("process versions incident").splitlines()
    assert "Dài hơn" in lines[-2]
    assert "đang áp dụng" in lines[-2]
    assert lines[-1] == "Phiên bản áp dụng cho mọi hồ sơ; chỉ đếm những hồ sơ bạn được xem."
    old, new = (one["version"] for one in typed.json("process versions incident"))
    assert [one["differences"][-1]["name"] for one in typed.json(f"process diff {old} {new}")] == ["due"]
    assert "0000" in typed.refused("process diff 0000", 4)


def test_open_cases_are_moved_shown_before_and_put_back(typed):
    case = typed.incident()
    typed(f"do {case} screen --as leader.btg --set urgency=normal --set authority=btg --note x")
    edit(
        typed,
        "incident/process.yaml",
        ("  screened:\n", "  sifted:\n"),
        ("{else: screened, drafts", "{else: sifted, drafts"),
        ("3 working days}]    # D", "1 working days}]    # D"),
    )
    typed("deploy --why 'Đổi tên'")
    typed("clock +5d")
    said = typed("process migrate incident --dry-run --as leader.btg", 3).stdout
    assert "1 hồ sơ ở 'screened': --map screened=…" in said
    preview = typed.json("process migrate incident --map screened=sifted --dry-run --as leader.btg")
    said = typed.out("process migrate incident --map screened=sifted --why 'QĐ 1' --as leader.btg")
    assert "Đã chuyển sang" in said
    assert "QUÁ HẠN" in said
    assert preview["cases"][0]["to"] == "sifted"
    assert {one["fate"] for one in preview["cases"][0]["deadlines"]} == {"moved"}
    assert typed.json(f"show {case} --as leader.btg")["state"] == "sifted"
    assert "Đã trả về từ" in typed.out("process migrate incident --undo --as leader.btg")
    assert typed.json(f"show {case} --as leader.btg")["state"] == "screened"
    typed("process migrate incident --map screened=sifted --restart-clock --as leader.btg")
    assert "Chuyển sang phiên bản khác" in typed.out(f"history {case} --as leader.btg")
    assert "--map" in typed.refused("process migrate incident --map screened", 2)
    typed("verify")


def longer(typed):
    """Another version in use: two days more."""
    edit(typed, "incident/process.yaml", ("{at: 10 working days, basis: D}", "{at: 12 working days, basis: D}"))
    typed("deploy --why 'Dài hơn'")


def test_where_nothing_was_migrated_nothing_goes_back(typed):
    case = typed.incident()
    before = typed.contents()
    for line in ("process migrate incident --undo", "process migrate incident --undo --dry-run"):
        assert "Không có hồ sơ đang mở nào để trả về" in typed.out(f"{line} --as leader.btg")
    done = typed.json("process migrate incident --undo --as leader.btg")
    assert (done["undo"], done["moved"], done["refused"], done["cases"]) == (True, 0, 0, [])
    assert "Không có hồ sơ đang mở nào để chuyển" in typed.out("process migrate incident --as leader.btg")
    assert typed.contents() == before
    assert "0000" in typed.refused("process migrate incident --undo --to 0000 --as leader.btg", 4)
    assert "'incident'" in typed.refused("process migrate incidnt --undo --as leader.btg", 4)
    longer(typed)
    new = typed.incident()
    before = typed.contents()
    assert typed.json("process migrate incident --undo --as leader.btg")["cases"] == []
    assert typed.contents() == before
    assert typed.json(f"show {case} --as leader.btg")["version"] != typed.json(f"show {new} --as leader.btg")["version"]


def test_a_case_in_which_something_came_since_stays_and_says_what(typed):
    acted, still, noted = typed.incident(), typed.incident(), typed.incident()
    old = typed.json(f"show {still} --as leader.btg")["version"]
    longer(typed)
    assert typed.json("process migrate incident --as leader.btg")["moved"] == 3
    typed(f"do {acted} screen --as leader.btg --set urgency=normal --set authority=btg --note x")
    typed(f"comment {noted} --note 'Đã xem' --as leader.btg")
    before = typed.contents()
    preview = json.loads(typed("process migrate incident --undo --dry-run --as leader.btg --json", 3).stdout)
    assert typed.contents() == before
    said = typed("process migrate incident --undo --as leader.btg", 3).stdout
    assert {one["case"]: one["outcome"] for one in preview["cases"]} == {acted: "refused", noted: "refused", still: "moves"}
    reasons = {one["case"]: one["reasons"] for one in preview["cases"]}
    assert "Phân loại" in reasons[acted][0]
    assert all(reasons[case][0] in said for case in (acted, noted))
    assert "Bị từ chối: 2" in said
    assert typed.json(f"show {still} --as leader.btg")["version"] == old
    for case in (acted, noted):
        assert typed.json(f"show {case} --as leader.btg")["version"] != old
    typed("verify")

"""Changing procedures that are in use, as typed."""


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
    said = typed.out("process diff incident")
    assert "đổi: thời hạn due của executing   process.yaml:" in said
    assert "at: 10 working days → 12 working days   dòng " in said
    assert "mẫu văn bản plan.md.j2" in said
    assert "Hồ sơ đang mở còn theo phiên bản cũ cho đến khi được chuyển: 1" in said
    deployed = typed.out("deploy --why 'Dài hơn'")
    assert "at: 10 working days → 12 working days" in deployed
    lines = typed.out("process versions incident").splitlines()
    assert "Dài hơn" in lines[-1]
    assert "đang áp dụng" in lines[-1]
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

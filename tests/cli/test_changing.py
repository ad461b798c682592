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

"""Backups by command."""

from tests.cli.conftest import Typed


def test_an_office_is_backed_up_looked_into_and_restored_by_command(typed, tmp_path):
    case = typed.incident()
    made = typed.json(f"backup {tmp_path / 'b'}")
    assert sorted(made) == ["file", "heads", "sha256", "size"]
    seen = typed.json(f"restore {tmp_path / 'b'} --preview")
    assert sorted(seen) == ["acts", "backed_up", "failed", "messages", "opened", "series"]
    assert "btg/case:incident/2026" in typed.out(f"restore {tmp_path / 'b'} --preview")
    assert "--late" in typed(f"restore {tmp_path / 'b'} {tmp_path / 'new'}", 2).stderr
    assert typed(f"restore {tmp_path / 'b'}", 2).stderr
    assert "btg/BC/term:2025-2030=17" in typed(f"restore {tmp_path / 'b'} {tmp_path / 'new'} --late fire --last x", 2).stderr
    assert "btg/case:incident/2026" in typed(f"restore {tmp_path / 'b'} {tmp_path / 'new'} --late fire --last btg/BC/2026=3", 2).stderr
    assert not (tmp_path / "new").exists()
    told = typed.json(f"restore {tmp_path / 'b'} {tmp_path / 'new'} --late suppress --last btg/case:incident/2026=4")
    assert sorted(told) == ["backed_up", "folder", "late", "reserved", "suppressed"]
    assert told["reserved"] == {"btg/case:incident/2026": [2, 4]}
    new = Typed(tmp_path / "new")
    assert new.json("verify") == []
    assert new.json("inbox --as specialist.btg")[0]["number"] == case
    assert new.incident().startswith("005/")
    again = typed(f"restore {tmp_path / 'b'} {tmp_path / 'new'} --late fire", 2)
    assert str(tmp_path / "new") in again.stderr
    assert str(tmp_path / "b") in typed(f"backup {tmp_path / 'b'}", 2).stderr
    assert "--late" in typed.out("restore --help")


def test_the_head_is_printed_for_paper_and_proves_the_history_later(typed):
    case = typed.incident()
    typed("clock +2d")
    made = typed.json("verify --head")
    assert sorted(made) == ["at", "cases", "entries", "hash", "seq"]
    assert (made["seq"], made["cases"]) == (1, 1)
    printed = typed.out("verify --head")
    assert " ".join(made["hash"][at : at + 8] for at in range(0, 64, 8)) in printed
    assert typed.json(f"verify --against {made['hash']}") == []
    assert typed.json(f"verify {case}") == typed.json("verify --since 2026-11-01") == []
    assert typed("verify 9/9 --json", 4)
    assert typed(f"verify --against {'0' * 64} --json", 1).stdout
    assert typed("verify --against abc", 4).stderr

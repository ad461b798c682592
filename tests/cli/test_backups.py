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
    assert "btg/BC/2026=17" in typed(f"restore {tmp_path / 'b'} {tmp_path / 'new'} --late fire --last x", 2).stderr
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

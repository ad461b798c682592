"""The database by command: made elsewhere, copied, upgraded; what to do next is told."""

import gzip
import json
import re
import sqlite3

import pytest

from storage.postgres_address import read_address
from storage.tables import SCHEMA
from tests.cli.conftest import ROOT, Typed
from tests.postgres import shell
from tests.postgres_server import PASSWORD


@pytest.fixture
def url(schemas):
    """A place on PostgreSQL where there is nothing yet."""
    url = schemas.url()
    yield url
    schemas.drop(url)


def named_in(typed, url):
    """Write the database into office.toml."""
    toml = typed.folder / "office.toml"
    toml.write_text(re.sub(r'database = "[^"]*"', f'database = "{url}"', toml.read_text("utf-8")), "utf-8")


def test_an_office_moves_to_postgresql_by_what_the_command_says(typed, url):
    typed("db upgrade")
    case = typed.incident()
    said = typed.out(f"db copy --to '{url}'")
    line = next(line.strip() for line in said.splitlines() if line.strip().startswith("database = "))
    named_in(typed, re.search('"(.*)"', line)[1])
    (typed.folder / "hoso.db").rename(typed.folder / "old.db")
    assert typed.json("verify") == []
    assert typed.json("inbox --as specialist.btg")[0]["number"] == case
    assert "screened" in typed.json(f"do {case} screen --as specialist.btg --note x --set urgency=normal")["after"]
    told = typed.json("db copy --to sqlite:///back.db")
    assert sorted(told) == ["from", "heads", "rows", "setting", "to"]
    assert told["setting"] == 'database = "sqlite:///back.db"'
    assert (told["rows"]["case"], told["rows"]["entry"]) == (1, 2)
    assert '"place-taken"' in typed("db copy --to sqlite:///back.db --json", 2).stderr
    assert "--to" in typed("db copy --to nowhere", 2).stderr
    named_in(typed, "sqlite:///back.db")
    assert typed.json("verify") == []
    assert [line["action"] for line in typed.json(f"history {case} --as specialist.btg")] == ["open", "screen"]


def test_a_password_is_in_no_answer(typed, url):
    secret = url.replace("postgres@", f"postgres:{PASSWORD}@")
    said = typed(f"db copy --to '{secret}'")
    assert PASSWORD not in said.output
    assert ".pgpass" in said.stdout
    assert PASSWORD not in typed(f"db copy --to '{secret}' --json", 2).output
    named_in(typed, secret)
    told = typed("inbox --as specialist.btg", 2)
    assert PASSWORD not in told.output
    assert "HOSO_DATABASE" in told.stderr


def test_an_office_begins_on_postgresql(tmp_path, url):
    typed = Typed(tmp_path / "office")
    typed(f"init {typed.folder} --practice --database '{url}'")
    assert not (typed.folder / "hoso.db").exists()
    assert typed.json("db upgrade") == {"before": SCHEMA, "after": SCHEMA, "dry_run": False, "steps": [], "remade": [], "workers": []}
    assert "hoso deploy" in typed("doctor", 6).stderr  # the office is there and empty
    again = Typed(tmp_path / "second")
    told = again(f"init {again.folder} --database '{url}'", 2)
    assert "?schema=" in told.stderr
    assert not again.folder.exists()


def test_an_office_on_a_server_that_is_away_is_not_half_made(tmp_path):
    typed = Typed(tmp_path / "office")
    told = typed(f"init {typed.folder} --database 'postgresql://u@/d?host={tmp_path}'", 7)
    assert "does not answer" in told.stderr or "không trả lời" in told.stderr
    assert list(tmp_path.iterdir()) == []
    typed(f"init {typed.folder} --database 'postgresql://u:{PASSWORD}@h/d'", 2)
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_is_away_is_told_by_its_exit_code_and_in_json(typed):
    named_in(typed, f"postgresql://u@/d?host={typed.folder}")
    for line in ("inbox --as specialist.btg", "tick", "verify", "db upgrade", "db upgrade --dry-run", "doctor", "deploy"):
        told = typed(f"{line} --json", 7)
        assert '"error": "store-away"' in told.stderr


def test_an_upgrade_is_shown_before_it_is_done(typed):
    for file in typed.folder.glob("hoso.db*"):
        file.unlink()
    (typed.folder / "hoso.db").write_bytes(gzip.decompress((ROOT / "tests/app/released/0001.db.gz").read_bytes()))
    before = typed.contents()
    would = typed.json("db upgrade --dry-run")
    assert (would["before"], would["after"], would["dry_run"]) == ("0001", SCHEMA, True)
    assert [step["schema"] for step in would["steps"][:2]] == ["0002", "0003"]
    assert all(step["what"] for step in would["steps"])
    assert "0002" in typed.out("db upgrade --dry-run")
    assert typed.contents() == before
    typed("inbox --as specialist.btg", 7)
    assert "0002" in typed.out("db upgrade")
    typed("inbox --as specialist.btg")


def test_a_newer_schema_is_refused_by_every_command(typed, schemas):
    with schemas.empty() as url:
        with shell(url) as owner:
            owner.execute("UPDATE alembic_version SET version_num = '9999'")
        named_in(typed, url)
        for line in ("inbox --as specialist.btg", "db upgrade", "db upgrade --dry-run", "db copy --to sqlite:///x.db"):
            assert "9999" in typed(line, 7).stderr
        assert not (typed.folder / "x.db").exists()


def test_a_place_with_something_else_in_it_is_told_as_taken(typed, tmp_path):
    before = (typed.folder / "office.toml").read_bytes()
    told = typed.refused("db copy --to sqlite:///office.toml", 2)
    assert "office.toml" in told
    assert "có thứ khác" in told
    assert "Hãy khôi phục" not in told
    assert (typed.folder / "office.toml").read_bytes() == before
    (tmp_path / "letter.db").write_text("Kính gửi" * 1000)
    assert "letter.db" in typed(f"init {tmp_path / 'new'} --database sqlite:///{tmp_path / 'letter.db'}", 2).stderr
    assert not (tmp_path / "new").exists()


def test_a_guard_that_is_missing_has_its_way_out_and_the_command_says_so(typed):
    place = sqlite3.connect(typed.folder / "hoso.db", isolation_level=None)
    place.execute("DROP TRIGGER entry_no_delete")
    place.execute("DROP INDEX ix_case_open")
    place.close()
    for look in ("verify", "doctor"):
        found = [one for one in json.loads(typed(f"{look} --json", 1).stdout) if one["what"] == "database"]
        assert [one["message"] for one in found] == ["thiếu chốt chặn entry_no_delete", "thiếu chỉ mục ix_case_open"] or look == "verify"
        assert {one["hint"] for one in found} <= {"Cho tạo lại: hoso db upgrade.", "Have it made anew: hoso db upgrade."}
        assert len(found) == 2
    would = typed.out("db upgrade --dry-run")
    assert "thiếu chốt chặn entry_no_delete" in would
    assert "Chưa ghi gì" in would
    assert typed.json("db upgrade")["remade"] == ["thiếu chốt chặn entry_no_delete", "thiếu chỉ mục ix_case_open"]
    assert typed.json("verify") == []
    assert "Đã tạo lại" in typed.out("db upgrade")
    assert typed.json("db upgrade")["remade"] == []


REFUSED = [
    "?foo=1", "?PASSWORD=geheim", "?connect_timeout=abc", "?connect_timeout=", "?sslmode=foo", "?target_session_attrs=foo", "?keepalives=abc",
    "?hostaddr=x", "?service=nope", "?channel_binding=foo", "?schema=pg_x", "?patience=0", "?options=a%00b", "?=1", "?port=99999", "?%66oo=1",
]  # fmt: skip


@pytest.mark.parametrize("query", REFUSED)
def test_whatever_the_driver_refuses_in_a_url_is_told_by_the_name_of_what_gives_it(typed, query, monkeypatch):
    url = f"postgresql://u@127.0.0.1:1/x{query}"
    monkeypatch.setenv("HOSO_DATABASE", url)
    for command in ("inbox --as clerk.btg", "db upgrade", "verify"):
        said = typed(command, 7).stderr
        assert "HOSO_DATABASE" in said
        assert "geheim" not in said
    monkeypatch.delenv("HOSO_DATABASE")
    if "PASSWORD" in query:
        return  # in the file it is refused as a password
    file = typed.folder / "office.toml"
    file.write_text(file.read_text("utf-8").replace("sqlite:///hoso.db", url), "utf-8")
    said = typed("inbox --as clerk.btg --json", 7).stderr
    assert json.loads(said)["error"] == "store-address"
    assert "office.toml: 'database'" in said


def test_a_server_that_is_away_is_no_wrong_url(typed, monkeypatch):
    monkeypatch.setenv("HOSO_DATABASE", "postgresql://u@127.0.0.1:1/x?connect_timeout=1")
    assert json.loads(typed("inbox --as clerk.btg --json", 7).stderr)["error"] == "store-away"


def test_a_url_to_copy_to_is_told_as_that_option(typed):
    assert "--to" in typed.refused("db copy --to 'postgresql://u@127.0.0.1:1/x?foo=1'", 7)


@pytest.mark.parametrize("there", [True, False])
def test_a_database_that_was_lost_is_told_with_the_way_to_the_last_backup(typed, there):
    file = typed.folder / "hoso.db"
    for side in typed.folder.glob("hoso.db*"):  # what made the office may not have closed it yet
        side.unlink()
    if there:
        file.touch()
    for line in ("inbox --as specialist.btg", "verify", "doctor", "db upgrade", "db upgrade --dry-run", "tick", "deploy --why x"):
        told = typed(line, 7).stderr
        assert "hoso restore TỆP THƯ-MỤC-MỚI" in told
        assert "HOSO_DATABASE" in told
    assert [path.stat().st_size for path in typed.folder.glob("hoso.db*")] == [0] * there
    if there:
        assert typed.json("db upgrade --dry-run --new")["before"] == ""
        assert file.stat().st_size == 0
        typed("db upgrade --new")
        assert typed.json("verify") == []


def test_an_empty_schema_on_a_server_is_not_filled_without_a_word(typed, url):
    with shell(url) as owner:
        owner.execute(f"CREATE SCHEMA {read_address(url).schema}")
    named_in(typed, url)
    assert "hoso restore" in typed("inbox --as specialist.btg", 7).stderr
    assert "hoso restore" in typed("db upgrade", 7).stderr
    typed("db upgrade --new")
    typed("verify")


def test_a_new_office_names_the_database_of_the_environment(tmp_path, url, monkeypatch):
    office = Typed(tmp_path / "new")
    monkeypatch.setenv("HOSO_DATABASE", url.replace("postgres@", f"postgres:{PASSWORD}@"))
    told = office(f"init {office.folder}").stdout
    assert read_address(url).schema in told
    assert "office.toml" in told
    assert ".pgpass" in told
    assert PASSWORD not in told + (office.folder / "office.toml").read_text("utf-8")
    monkeypatch.setenv("HOSO_DATABASE", "")
    assert office.json("verify") == []
    assert not (office.folder / "hoso.db").exists()


def test_a_new_office_on_the_file_that_the_environment_names_goes_on_without_it(tmp_path, monkeypatch):
    monkeypatch.setenv("HOSO_DATABASE", f"sqlite:///{tmp_path / 'x.db'}")
    office = Typed(tmp_path / "new")
    assert office.json(f"init {office.folder}")["database"] == f"sqlite:///{tmp_path / 'x.db'}"
    monkeypatch.delenv("HOSO_DATABASE")
    assert office.json("verify") == []
    monkeypatch.setenv("HOSO_DATABASE", "sqlite:///y.db")
    told = office(f"init {tmp_path / 'other'} --database sqlite:///z.db", 2).stderr
    assert ("y.db" in told, "z.db" in told, "HOSO_DATABASE" in told) == (True, True, True)
    assert not (tmp_path / "other").exists()
    assert office.json(f"init {tmp_path / 'other'} --database sqlite:///y.db")["database"].endswith("other/y.db")

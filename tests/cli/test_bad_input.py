"""Bad input: a clear paragraph, the right exit code, nothing written, no traceback (`Typed.refused` looks at all four)."""

import json
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Typed

ROOT = Path(__file__).parents[2]

CASES = [
    # what is typed, its exit code, what the paragraph must name
    ("show 999/2026-VV --as clerk.btg", 4, ["999/2026-VV"]),
    ("do {case} scren --as specialist.btg", 4, ["scren", "screen"]),
    ("why {case} scren --as specialist.btg", 4, ["scren", "screen"]),
    ("do {case} screen --as specialist.btg --note x --set urgencie=urgent", 2, ["urgencie", "urgency"]),
    ("do {case} screen --as specialist.btg --note x --set urgency=soon", 2, ["urgency", "soon", "urgent"]),
    ("do {case} screen --as specialist.btg --note x --set authority=btx", 2, ["authority", "btx", "btg"]),
    ("do {case} screen --as nobody.btg --note x", 2, ["nobody.btg"]),
    ("inbox --as specialst-btg", 4, ["specialst-btg"]),
    ("reply {case} agree --unit vp --as leader.vp", 4, ["{case}"]),
    ("open incidnt --as clerk.btg", 4, ["incidnt", "incident"]),
    ("open incident/opn --as clerk.btg", 4, ["opn", "open"]),
    ("open incident --as clerk.btg", 3, ["issue", "area", "commune"]),
    ("open annual_report --as leader.btg --set year=soon", 2, ["year", "soon"]),
    ("open annual_report --as leader.btg --set year=1999", 2, ["year", "1999", "2022"]),
    ("open opinion --as clerk.vp --set session_date=2026-02-30", 2, ["session_date", "2026-02-30"]),
    ("open opinion --as clerk.vp --set draft=@gone.docx", 2, ["gone.docx"]),
    ("open opinion --as clerk.vp --set draft=text", 2, ["draft", "text"]),
    ("attach {case} gone.pdf --as clerk.btg", 2, ["gone.pdf"]),
    ("open incident --as clerk.btg --set issue", 2, ["issue", "--set"]),
    ("docs 999/2026-VV --as clerk.btg", 4, ["999/2026-VV"]),
    ("doc text {case} plann --as leader.btg", 4, ["plann"]),
    ("calendar add 2026-02-30 '5 working days'", 2, ["2026-02-30"]),
    ("calendar add 2026-11-20 'five days'", 2, ["five days"]),
    ("calendar count 20/11/2026 gone", 2, ["gone"]),
    ("clock tomorrow", 2, ["tomorrow"]),
    ("list --limit 0", 2, ["--limit"]),
    ("list --field urgency --as clerk.btg", 2, ["urgency"]),
]


@pytest.fixture(scope="module")
def stocked(made, tmp_path_factory):
    """An office with one incident, for all who write nothing."""
    folder = tmp_path_factory.mktemp("stocked") / "office"
    shutil.copytree(made, folder)
    typed = Typed(folder)
    return typed, typed.incident()


@pytest.mark.parametrize(("line", "code", "named"), CASES)
def test_bad_input_is_told_with_its_name_and_the_way_out(stocked, line, code, named):
    typed, case = stocked
    paragraph = typed.refused(line.format(case=case), code)
    error = json.loads(typed.refused(line.format(case=case) + " --json", code))
    assert error["exit_code"] == code
    assert set(error) >= {"error", "message", "facts"}
    for word in named:
        assert word.format(case=case) in paragraph
        assert word.format(case=case) in error["message"]


def test_an_unknown_reply_names_the_answers_that_there_are(typed, tmp_path):
    case = typed.opinion(tmp_path)
    assert "agree" in typed.refused(f"reply {case} maybe --unit btg --as leader.btg", 3)


def test_a_unit_that_was_not_asked_cannot_reply(typed, tmp_path):
    case = typed.opinion(tmp_path)
    assert "vp" in typed.refused(f"reply {case} agree --unit vp --as leader.vp", 3)


def test_a_refusal_lists_every_reason_and_what_is_allowed_instead(typed):
    case = typed.incident()
    error = json.loads(typed.refused(f"do {case} screen --as clerk.btg --json", 3))
    assert len(error["reasons"]) >= 2
    assert all(reason["code"] and reason["message"] for reason in error["reasons"])
    paragraph = typed.refused(f"do {case} screen --as clerk.btg", 3)
    assert all(reason["message"] in paragraph for reason in error["reasons"])


def test_outside_of_an_office_the_way_to_one_is_told(tmp_path):
    from click.testing import CliRunner

    from cli import hoso

    result = CliRunner().invoke(hoso, ["inbox", "--office", str(tmp_path)], env={"LANG": "C"})
    assert result.exit_code == 2
    assert "hoso init" in result.stderr


def test_a_slip_in_the_settings_is_told_with_its_key(typed):
    file = typed.folder / "office.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('language = "vi"', 'language = "fr"'), encoding="utf-8")
    assert "language" in typed.refused("inbox --as clerk.btg", 2)


def test_a_folder_that_is_not_empty_is_left_alone(tmp_path):
    from click.testing import CliRunner

    from cli import hoso

    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = CliRunner().invoke(hoso, ["init", str(tmp_path)])
    assert result.exit_code == 2
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_database_that_is_none_is_told(typed):
    (typed.folder / "hoso.db").write_bytes(b"no database at all, but long enough to be read as one " * 40)
    for file in typed.folder.glob("hoso.db-*"):
        file.unlink()
    result = typed("inbox --as clerk.btg", 7)
    assert "hoso.db" in result.stderr


def test_a_newer_database_is_told_and_left_alone(typed):
    database = sqlite3.connect(typed.folder / "hoso.db")
    with database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert "9999" in typed.refused("inbox --as clerk.btg", 7)


def test_a_real_offices_clock_cannot_be_moved(typed):
    file = typed.folder / "office.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("practice = true", "practice = false"), encoding="utf-8")
    assert "--practice" in typed.refused("clock +3d", 2)


def test_twenty_mistakes_in_the_definitions_are_all_told_with_their_places(typed):
    file = typed.folder / "definitions/incident/process.yaml"
    text = file.read_text(encoding="utf-8")
    for good, bad in (
        ("secret: true", "secrett: true"),
        ("type: choice\n    title: Lĩnh vực", "type: choise\n    title: Lĩnh vực"),
        ("by: [handler, leader]", "by: [handlr, leader]"),
        ("{else: screened,", "{else: screend,"),
        ("issues: [situation]", "issues: [situatoin]"),
        ("form: [plan]", "form: [plann]"),
        ("body: final.md.j2", "body: finall.md.j2"),
        ("position: observer", "position: watcher"),
    ):
        assert good in text
        text = text.replace(good, bad, 1)
    file.write_text(text, encoding="utf-8")
    before = typed.contents()
    result = typed("deploy", 6)
    assert typed.contents() == before
    for word in ("secrett", "choise", "handlr", "screend", "situatoin", "plann", "finall.md.j2"):
        assert word in result.stderr
    assert result.stderr.count("incident/process.yaml:") >= 7
    problems = json.loads(typed("process check --json", 6).stdout)
    assert all(problem["line"] for problem in problems if not problem["warning"])


def limited(typed, size):
    """A process that can't write a file beyond `size` bytes: what a full disk looks like to a program."""
    import signal

    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return typed.process("open", "incident", "--as", "clerk.btg", *FIELDS, preexec_fn=limit)


FIELDS = [word for pair in ("commune=Nam Giang", "area=môi trường", "issue=" + "Mùi khó chịu " * 400) for word in ("--set", pair)]


@pytest.mark.bare
def test_a_full_disk_is_told_and_nothing_is_written(typed):
    before = typed.contents()
    process = limited(typed, 4096)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 7, err
    assert "hoso.db" in err
    assert "Traceback" not in out + err
    assert typed.contents() == before


@pytest.mark.skipif(not shutil.which("mount") or os.geteuid() != 0, reason="only root can mount")
def test_a_read_only_disk_is_told(typed):
    before = typed.contents()
    script = f'mount --bind "{typed.folder}" "{typed.folder}" && mount -o remount,ro,bind "{typed.folder}" && exec "$@"'
    command = ["unshare", "-m", "sh", "-c", script, "sh", sys.executable, "-c", "import cli; cli.main()"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "HOSO_OFFICE": str(typed.folder)}
    found = subprocess.run(
        [*command, "open", "incident", "--as", "clerk.btg", *FIELDS], env=environ, capture_output=True, text=True, check=False
    )
    if "unshare" in found.stderr or "mount:" in found.stderr:
        pytest.skip("this machine lets nobody mount")
    assert found.returncode == 7, found.stderr
    assert "Traceback" not in found.stderr
    assert "hoso.db: " in found.stderr
    assert "đĩa đang gắn ở chế độ chỉ đọc" in found.stderr
    assert "Hãy gắn lại để ghi được" in found.stderr
    assert "Chưa ghi gì" in found.stderr
    reading = subprocess.run([*command, "list", "--as", "observer.vp"], env=environ, capture_output=True, text=True, check=False)
    assert (reading.returncode, reading.stderr) == (0, "")
    assert typed.contents() == before


def test_a_file_that_can_not_be_taken_is_told_in_the_offices_language(typed, tmp_path):
    assert f"không có tệp '{tmp_path / 'none'}'" in typed(f"org apply {tmp_path / 'none'}", 2).stderr
    assert "là thư mục" in typed(f"org apply {tmp_path}", 2).stderr
    told = typed(f"restore {tmp_path / 'none'} --preview", 2).stderr
    assert told.strip() == f"{tmp_path / 'none'}: không đọc được tệp (không có tệp hoặc thư mục này)."

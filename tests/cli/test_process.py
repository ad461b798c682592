"""Where the process itself matters: signals, pipes, terminals, faults of ours."""

import gzip
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from workflow.console.failure import guarded
from workflow.console.session import Session

ROOT = Path(__file__).parents[2]


def test_a_worker_ends_cleanly_on_sigterm(typed):
    typed.incident()
    typed("clock '2026-11-25 09:00'")
    process = typed.process("worker")
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and not list((typed.folder / "var/outbox").glob("*.eml")):
        time.sleep(0.1)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0
    assert list((typed.folder / "var/outbox").glob("*.eml"))
    assert "Traceback" not in err


def test_a_reader_that_has_gone_is_no_error(typed):
    typed.incident()
    process = typed.process("list", "--as", "leader.btg", "--json")
    process.stdout.close()
    assert process.wait(timeout=30) == 0
    assert process.stderr.read() == ""
    process.stderr.close()


def test_colours_are_off_in_a_pipe(typed):
    case = typed.incident()
    process = typed.process("show", case, "--as", "leader.btg")
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert "\x1b" not in out
    assert "Tiếp nhận" in out


def test_a_fault_of_ours_has_an_id_and_no_traceback(typed):
    database = typed.folder / "hoso.db"
    assert database.exists()

    def broken():
        raise ZeroDivisionError("confidential words")

    runner = CliRunner()
    with runner.isolation(env={"HOSO_OFFICE": str(typed.folder)}) as (_, err, _output):
        code = guarded(broken, Session(named=str(typed.folder)))
    said = err.getvalue().decode()
    log = (typed.folder / "var/errors.log").read_text(encoding="utf-8")
    fault = json.loads(log.splitlines()[-1])["fault"]
    assert code == 1
    assert fault in said
    assert "Traceback" not in said
    assert "confidential" not in said + log


def test_new_files_are_private(typed, tmp_path):
    process = typed.process("init", str(tmp_path / "new"))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert all(file.stat().st_mode & 0o077 == 0 for file in (tmp_path / "new").rglob("*") if file.is_file())


class Terminal:
    """A process of the command at a terminal of its own."""

    def __init__(self, typed, *words):
        self.here, there = os.openpty()
        environ = {**os.environ, "HOSO_OFFICE": str(typed.folder), "PYTHONPATH": str(ROOT), "TERM": "xterm", "COLUMNS": "120"}
        environ.pop("NO_COLOR", None)
        command = [sys.executable, "-c", "import cli; cli.main()", *words]
        self.process = subprocess.Popen(
            command,
            env=environ,
            stdin=there,
            stdout=there,
            stderr=there,
            start_new_session=True,
            preexec_fn=take_terminal,  # noqa: PLW1509 - the child only takes its terminal
        )
        os.close(there)
        self.screen = ""

    def more(self, deadline, wanted):
        """Read what comes; False at the end. What comes not in time fails, and leaves no process behind."""
        ready, _, _ = select.select([self.here], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            self.process.kill()
            self.process.wait()
            pytest.fail(f"{wanted} is not in\n{self.screen}")
        try:
            self.screen += os.read(self.here, 4096).decode(errors="replace")
        except OSError:
            return False
        return True

    def until(self, words):
        deadline = time.monotonic() + 30
        while words not in self.screen and self.more(deadline, repr(words)):
            pass
        assert words in self.screen, self.screen
        self.screen = self.screen.partition(words)[2]

    def answer(self, words):
        os.write(self.here, words.encode())

    def interrupt(self):
        """Ctrl-C; again if it fell between the prompt and its reading, where Python does not look for signals."""
        for _ in range(30):
            self.answer("\x03")
            try:
                self.process.wait(timeout=1)
            except subprocess.TimeoutExpired:
                continue
            return

    def end(self):
        deadline = time.monotonic() + 30
        while self.more(deadline, "the end"):
            pass
        os.close(self.here)
        return self.process.wait(timeout=30)


def take_terminal():
    """Make standard input the terminal that Ctrl-C comes from; whoever runs the tests in the background may ignore it."""
    import fcntl
    import termios

    signal.signal(signal.SIGINT, signal.SIG_DFL)
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def test_a_case_is_opened_at_a_terminal_field_by_field(typed):
    terminal = Terminal(typed, "open", "annual_report", "--as", "leader.btg")
    terminal.until("Năm")
    terminal.answer("soon\n")
    terminal.until("soon")
    terminal.until("Năm: ")
    terminal.answer("2026\n")
    terminal.until("\x1b[1m01/2026-BCN")
    assert terminal.end() == 0
    assert [field["value"] for field in typed.json("show 01/2026-BCN --as leader.btg")["fields"] if field["key"] == "year"] == [2026]


def test_a_reply_and_a_file_are_asked_for(typed, tmp_path):
    terminal = Terminal(
        typed, "open", "opinion", "--as", "clerk.vp", "--set", "draft_title=Nghị quyết thử", "--set", "session_date=2026-12-25"
    )
    terminal.until("Dự thảo (đường dẫn tệp): ")
    terminal.answer("gone.docx\n")
    terminal.until("gone.docx: ")
    terminal.until("Dự thảo (đường dẫn tệp): ")
    (tmp_path / "d.txt").write_text("Điều 1", encoding="utf-8")
    terminal.answer(f"{tmp_path}/d.txt\n")
    terminal.until("Tờ trình của cơ quan soạn thảo (đường dẫn tệp): ")
    terminal.answer("\n")
    terminal.until("Cơ quan soạn thảo: ")
    terminal.answer("phong-vhtt\n")
    terminal.until("Nơi được hỏi: ")
    terminal.answer("btg, mttq\n")
    terminal.until("Trạng thái: Đề nghị")
    assert terminal.end() == 0
    typed("do 001/2026-TV ask --as leader.tt-hdnd")
    terminal = Terminal(typed, "reply", "001/2026-TV", "--unit", "btg", "--as", "leader.btg")
    terminal.until("2. Đề nghị sửa (amend)")
    terminal.until(": ")
    terminal.answer("2\n")
    terminal.until("Góp ý: ")
    terminal.answer("Điều 3 | | Bổ sung\n")
    terminal.until("Trạng thái: Lấy ý kiến")
    assert terminal.end() == 0
    assert [one["answer"] for one in typed.json("show 001/2026-TV --as clerk.vp")["opinions"]] == ["amend", ""]


def test_ctrl_c_at_a_prompt_writes_nothing(typed):
    before = typed.contents()
    terminal = Terminal(typed, "open", "annual_report", "--as", "leader.btg")
    terminal.until("Năm: ")
    terminal.interrupt()
    assert terminal.end() == 130
    assert "Đã dừng." in terminal.screen
    assert "Traceback" not in terminal.screen
    assert typed.contents() == before


@pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is not here")
def test_a_terminal_is_asked_for_what_is_missing(typed, tmp_path):
    case = typed.incident()
    server = ["tmux", "-S", str(tmp_path / "tmux")]
    environ = {**os.environ, "HOSO_OFFICE": str(typed.folder), "PYTHONPATH": str(ROOT), "LANG": "C.UTF-8", "TERM": "screen"}
    command = f"{sys.executable} -c 'import cli; cli.main()' do {case} screen --as specialist.btg; echo ended $?; sleep 60"

    def screen():
        return subprocess.run([*server, "capture-pane", "-p", "-J"], capture_output=True, text=True, env=environ, check=True).stdout

    def until(words):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            if words in screen():
                return
            time.sleep(0.1)
        raise AssertionError(f"{words!r} is not on the screen:\n{screen()}")

    def answer(words):
        subprocess.run([*server, "send-keys", words, "Enter"], env=environ, check=True)

    subprocess.run([*server, "-u", "new-session", "-d", "-x", "150", "-y", "60", command], env=environ, check=True)
    try:
        until("Mức độ")
        assert "1. Thường (normal)" in screen()
        answer("soon")
        until("số thứ tự")
        answer("2")
        until("Cơ quan có thẩm quyền")
        answer("")
        until("Ghi chú")
        answer("Vu viec khan")
        until("ended 0")
    finally:
        subprocess.run([*server, "kill-server"], env=environ, check=False)
    shown = typed.json(f"show {case} --as leader.btg")
    assert {field["key"]: field["value"] for field in shown["fields"]}["urgency"] == "urgent"
    assert typed.json(f"history {case} --as leader.btg")[-1]["note"] == "Vu viec khan"


def test_the_command_is_light(typed):
    """Daily commands import nothing that only authors, the worker or the papers need."""
    case = typed.incident()
    heavy = ["yaml", "pydantic", "alembic", "apscheduler", "docx", "typst", "jinja2", "rich"]
    script = (
        "import sys, cli\n"
        f"code = cli.hoso.main(['show', {case!r}, '--as', 'leader.btg'], standalone_mode=False)\n"
        f"found = [name for name in {heavy!r} if name in sys.modules]\n"
        "sys.exit(f'{code} {found}' if code or found else 0)\n"
    )
    environ = {**os.environ, "HOSO_OFFICE": str(typed.folder), "PYTHONPATH": str(ROOT)}
    found = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr


def test_help_imports_no_command_and_no_database():
    script = (
        "import sys, cli\n"
        "cli.hoso.main(['--help'], standalone_mode=False)\n"
        "found = [name for name in sys.modules if name.startswith(('sqlalchemy', 'workflow.office', 'workflow.console.acts', 'rich'))]\n"
        "sys.exit(str(found) if found else 0)\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script], env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )
    assert found.returncode == 0, found.stderr


def test_whoever_waits_for_an_upgrade_is_told_that_it_may_take_long(typed):
    for file in typed.folder.glob("hoso.db*"):
        file.unlink()
    (typed.folder / "hoso.db").write_bytes(gzip.decompress((ROOT / "tests/app/released/0003.db.gz").read_bytes()))
    waiting = Terminal(typed, "db", "upgrade")
    waiting.until("Văn phòng lớn mất vài phút. Nếu dừng giữa chừng thì mọi thứ vẫn như cũ.")
    waiting.until("0004")
    assert waiting.end() == 0
    again = Terminal(typed, "db", "upgrade")
    assert again.end() == 0
    assert "vài phút" not in again.screen, "nothing is to be done"

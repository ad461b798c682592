"""A practice office on Friday 20 November 2026, 09:00, made by the commands themselves; each test gets a copy."""

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import hoso
from tests.sample import keep_three

ROOT = Path(__file__).parents[2]
INCIDENT = "--set commune='Nam Giang' --set area='môi trường' --set issue='Mùi khó chịu từ cơ sở tái chế gần khu dân cư'"
OPINION = (
    "--set draft_title='Nghị quyết thử' --set draft=@{file} --set session_date=2026-12-25 --set drafter=phong-vhtt --set consulted=btg,mttq"
)


@dataclass(frozen=True)
class Typed:
    """The commands as typed in the folder of one office."""

    folder: Path

    def __call__(self, line, code=0, piped=None):
        """Run one command; its exit code must be `code`, whatever went wrong must be told, without a traceback. It reads `piped`."""
        environ = {"HOSO_OFFICE": str(self.folder), "NO_COLOR": "1", "COLUMNS": ""}
        result = CliRunner().invoke(hoso, shlex.split(line), input=piped, env=environ)
        assert result.exit_code == code, f"{line}: {result.exit_code}\n{result.output}"
        assert "Traceback" not in result.output
        return result

    def out(self, line):
        return self(line).stdout

    def json(self, line):
        return json.loads(self(f"{line} --json").stdout)

    def refused(self, line, code):
        """The paragraph on standard error of a command that must fail and write nothing."""
        before = self.contents()
        result = self(line, code)
        assert self.contents() == before
        assert result.stdout == ""
        assert result.stderr.strip()
        return result.stderr

    def contents(self):
        """Everything that the database holds."""
        found = sqlite3.connect(self.folder / "hoso.db")
        try:
            return list(found.iterdump())
        finally:
            found.close()

    def process(self, *words, **options):
        """The command as a process of its own."""
        environ = {**os.environ, "HOSO_OFFICE": str(self.folder), "PYTHONPATH": str(ROOT), **options.pop("env", {})}
        command = [*options.pop("behind", ()), sys.executable, "-c", "import cli; cli.main()", *words]
        return subprocess.Popen(command, env=environ, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)

    def incident(self):
        return self.json(f"open incident --as clerk.btg {INCIDENT}")["case"]

    def opinion(self, tmp_path):
        file = tmp_path / "du-thao.txt"
        file.write_text("Điều 1 …", encoding="utf-8")
        case = self.json(f"open opinion --as clerk.vp {OPINION.format(file=file)}")["case"]
        self(f"do {case} ask --as leader.tt-hdnd")
        return case


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("office") / "hoso"
    typed = Typed(folder)
    typed(f"init {folder} --practice")
    keep_three(folder / "definitions")
    for process in ("incident", "opinion"):  # tests/definitions plays them all; here one process's are enough
        shutil.rmtree(folder / "definitions" / process / "scenarios")
    typed("clock '2026-11-20 08:00'")
    typed("deploy --why 'For the tests'")
    typed("clock '2026-11-20 09:00'")
    return folder


@pytest.fixture
def typed(made, tmp_path):
    shutil.copytree(made, tmp_path / "office")
    return Typed(tmp_path / "office")

"""Runs the commands in README.md and docs/, so that what a reader copies works.

    python tools/doc_blocks.py README.md docs

A block that begins with ```console holds commands (`$ hoso …`; a line that ends with `\\` goes on) and what they print.
The blocks of one file run in order in one new folder. Unless the file's first command makes an office, one is there
already: a practice office with the definitions that ship, deployed, entered. Every command must end with 0. After
`console` may stand:

    check     the output must be as printed; a line `…` stands for any lines
    exit=3    the block's last command ends with this code
    skip      not run (it needs what is not here: a mail server, make)
"""

import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NoReturn

import cli
import workflow.authoring.definitions
import workflow.compose
import workflow.simulate
import workflow.worker  # noqa: F401 - all that commands import, before the first is forked

FENCE = re.compile(r"^ {0,3}```(\S*)[ \t]*(.*)$")
PLAIN = re.compile(r"hoso [^|&;<>$`~*?\n]*")
"""A command that needs no shell."""
LIMIT = 120
"""Seconds that one command may take."""
HIDE = "for one in definitions/*/{}; do mv $one $(dirname $one)/{}; done"
OFFICE = " && ".join(
    [
        *("hoso init office --practice", "cd office", HIDE.format("scenarios", ".scenarios")),
        *("hoso deploy", HIDE.format(".scenarios", "scenarios")),
    ]
)
"""Makes the office that pages begin with. The scenarios of all fifteen procedures are played elsewhere; pages find them in place."""


@dataclass(slots=True)
class Command:
    """One command and the lines printed below it."""

    text: str
    line: int
    output: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Block:
    """A console block: its marks and commands."""

    line: int
    marks: frozenset[str]
    commands: tuple[Command, ...]

    @property
    def code(self) -> int:
        """The exit code that its last command should have."""
        return next((int(mark[5:]) for mark in self.marks if mark.startswith("exit=")), 0)


class Wrong(Exception):
    """A command that did something else than the page says."""


def blocks(text: str) -> Iterator[Block]:
    """The console blocks of a page that are to be run."""
    inside: tuple[int, str, list[tuple[int, str]]] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if inside is None and fence:
            inside = (number, f"{fence[1]} {fence[2]}", [])
        elif inside and fence and not fence[1]:
            start, info, lines = inside
            inside = None
            marks = frozenset(info.split())
            if "console" in marks and "skip" not in marks:
                yield Block(start, marks, tuple(commands(lines)))
        elif inside:
            inside[2].append((number, line))


def commands(lines: list[tuple[int, str]]) -> Iterator[Command]:
    """The commands of a block, each with the output below it."""
    now: Command | None = None
    going_on = False
    for number, line in lines:
        if going_on and now:
            now.text += "\n" + line
        elif line.startswith("$ "):
            if now:
                yield now
            now = Command(line[2:], number)
        elif now:
            now.output.append(line.rstrip())
        going_on = line.endswith("\\")
    if now:
        yield now


class Shell:
    """Runs commands in one folder, keeping where `cd` led."""

    def __init__(self, folder: Path) -> None:
        self.here = folder
        self._home = folder
        self._environ = {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "100",
            "LOGNAME": "clerk",
            "USER": "clerk",
        }

    def run(self, command: str) -> tuple[int, str]:
        """Exit code and output (both streams, as a terminal shows them)."""
        return self._forked(shlex.split(command)) if PLAIN.fullmatch(command) else self._by_bash(command)

    def _forked(self, words: list[str]) -> tuple[int, str]:
        """A plain `hoso …` in a child of this process, which has paid for the imports already: else they are most of the time."""
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            self._become(words, writing)
        os.close(writing)
        with os.fdopen(reading, encoding="utf-8") as said:
            output = said.read()
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), output

    def _become(self, words: list[str], out: int) -> NoReturn:
        code = 1
        try:
            signal.alarm(LIMIT)
            for stream, handle in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, out)):
                os.dup2(handle, stream)
            os.chdir(self.here)
            os.environ.clear()
            os.environ.update(self._environ)
            sys.argv = words
            cli.main()
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _by_bash(self, command: str) -> tuple[int, str]:
        told = self._home / ".here"
        done = subprocess.run(
            ["bash", "-c", f'{command}\ncode=$?; pwd >"$TOLD"; exit $code'],
            cwd=self.here,
            env={**self._environ, "TOLD": str(told)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        if told.exists():
            self.here = Path(told.read_text().strip())
        return done.returncode, done.stdout


def same(expected: list[str], got: list[str]) -> bool:
    """Whether the output is as printed; a line `…` stands for any lines."""
    pattern = "".join(r"(?:.*\n)*?" if line.strip() == "…" else re.escape(line) + r"\n" for line in expected)
    return re.fullmatch(pattern, "".join(line.rstrip() + "\n" for line in got)) is not None


def run_block(shell: Shell, block: Block, page: Path) -> int:
    """Run a block; the number of its commands. Raises Wrong."""
    for command in block.commands:
        code, output = shell.run(command.text)
        wanted = block.code if command is block.commands[-1] else 0
        if code != wanted:
            raise Wrong(f"{page}:{command.line}: '{command.text}' ended with {code}, not {wanted}:\n{output}")
        if "check" in block.marks and not same(
            [line for line in command.output if line], [line for line in output.splitlines() if line.strip()]
        ):
            printed = "\n".join(command.output)
            raise Wrong(f"{page}:{command.line}: '{command.text}' printed\n{output}\nand not, as the page says,\n{printed}")
    return len(block.commands)


@cache
def office() -> tempfile.TemporaryDirectory:
    """The folder with the office of all pages that make none, made for the first of them. Raises Wrong."""
    made = tempfile.TemporaryDirectory(prefix="hoso-docs-")
    code, output = Shell(Path(made.name)).run(OFFICE)
    if code:
        raise Wrong(f"no practice office could be made:\n{output}")
    return made


def enter_office(shell: Shell) -> None:
    """Give a page its own copy of it."""
    target = shell.here / "office"
    shutil.copytree(Path(office().name) / "office", target)
    shell.here = target


def run_page(page: Path) -> int:
    """Run a page's blocks in a new folder; the number of its commands. Raises Wrong."""
    found = list(blocks(page.read_text(encoding="utf-8")))
    first = found[0].commands[0].text if found and found[0].commands else ""
    folder = Path(tempfile.mkdtemp(prefix="hoso-docs-"))
    shell = Shell(folder)
    try:
        if found and not first.startswith("hoso init"):
            enter_office(shell)
        return sum(run_block(shell, block, page) for block in found)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def main(names: list[str]) -> int:
    """Run every page of the files and folders named; 1 if one does not hold."""
    pages = [page for name in names for page in ([Path(name)] if Path(name).is_file() else sorted(Path(name).rglob("*.md")))]
    wrong = 0
    for page in pages:
        try:
            if count := run_page(page):
                print(f"{page}: {count} commands")
        except (Wrong, subprocess.TimeoutExpired) as error:
            wrong += 1
            print(error, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

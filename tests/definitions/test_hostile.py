"""Broken and hostile files, in every kind of file: told in a line each, within 2 s and 256 MiB, nothing run, nothing read outside.

Each is compiled in a process of its own, whose time and memory are measured; the worst also through the real command line.
"""

import codecs
import gc
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from workflow.authoring.definitions import compile_definitions
from workflow.authoring.deploy import read_folder
from workflow.errors import HosoError
from workflow.simulate import read_scenarios

HERE = Path(__file__).parent
SECONDS, MIB = 2, 256
GOOD = {
    path.relative_to(HERE / "three").as_posix(): path.read_bytes()
    for path in (HERE / "three").rglob("*")
    if path.suffix in {".yaml", ".j2"} and not {"opinion", "annual_report"} & set(path.parts)
}
PROCESS = GOOD["incident/process.yaml"]
CANARY = "/tmp/hoso-hostile-canary"


def bomb(levels: int = 30) -> bytes:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, levels)]
    return "\n".join(lines).encode()


HOSTILE: dict[str, bytes] = {
    "an alias bomb": bomb(),
    "a merge-key bomb": b"a: &a {x: 1}\n" + b"\n".join(b"b%d: {<<: [*a, *a, *a]}" % n for n in range(1000)),
    "an anchor to itself": b"a: &a [*a]\n",
    "an alias of nothing": b"a: *b\n",
    "100,000 brackets": b"[" * 100_000,
    "100,000 closed brackets": b"[" * 100_000 + b"]" * 100_000,
    "100,000 braces": b"{a: " * 100_000,
    "100,000 indents": b"".join(b" " * min(n, 900) + b"a:\n" for n in range(1100)),
    "100,000 dashes": b"- " * 100_000,
    "a text of 10 MB": b"process: " + b"x" * 10_000_000,
    "a quoted text of 10 MB": b'process: "' + b"x" * 10_000_000 + b'"',
    "a million lines": b"a: 1\n" * 1_000_000,
    "a million keys": b"\n".join(b"k%d: 1" % n for n in range(80_000)),
    "a python tag": b"process: !!python/object/apply:os.system ['touch %s']\n" % CANARY.encode(),
    "a python name": b"process: !!python/name:os.system\n",
    "a binary tag": b"process: !!binary aGVsbG8=\n",
    "a tag of its own": b"process: !include /etc/passwd\n",
    "a tag prefix": b"%TAG ! tag:x.org,2000:\n---\nprocess: !y 1\n",
    "a set": b"process: !!set {a, b}\n",
    "a directive": b"%YAML 9.9\n---\nprocess: x\n",
    "a second document": b"process: x\n---\nprocess: y\n",
    "NUL": b"process: a\x00b\n",
    "an escape": b"process: a\x1b[31mb\n",
    "a quoted NUL": b'process: "a\\0b"\n',
    "a bell in a quoted text": b'process: "a\\x07b"\n',
    "a surrogate": b'process: "\\uD800"\n',
    "an override of direction": "process: a\u202eb\n".encode(),
    "UTF-16": PROCESS.decode().encode("utf-16"),
    "UTF-16 without a mark": PROCESS.decode().encode("utf-16-le"),
    "UTF-32": PROCESS.decode().encode("utf-32"),
    "latin-1": "process: \xe9\n".encode("latin-1"),
    "a byte order mark twice": codecs.BOM_UTF8 + codecs.BOM_UTF8 + PROCESS,
    "tabs": PROCESS.replace(b"\n  ", b"\n\t"),
    "the same key twice": b"process: a\nprocess: b\n",
    "the same key in two forms": "tie\u0302n: 1\nti\u00ean: 2\n".encode(),
    "a huge integer": b"process: " + b"9" * 100_000,
    "a huge float": b"process: " + b"9" * 400 + b".5\n",
    "an exponent": b"process: 1e999999999\n",
    "infinity": b"process: .inf\nunit: .nan\n",
    "a huge date": b"process: 999999999-12-31\n",
    "a base-60 number": b"process: 190:20:30\n",
    "a complex key": b"? [a, b]\n: x\n",
    "a key of a key": b"? {a: b}\n: x\n",
    "a null key": b"~: x\n",
    "an empty file": b"",
    "only comments": b"# x\n" * 10_000,
    "only a mark": b"---\n",
    "a scalar": b"42\n",
    "a list": b"- a\n- b\n",
    "random bytes": bytes(range(256)) * 40,
    "half a file": PROCESS[: len(PROCESS) // 2],
    "a long line of colons": b":" * 100_000,
    "a long anchor": b"a: &" + b"x" * 500_000 + b" 1\n",
    "quotes without end": b"'" * 99_999,
    "carriage returns": b"process: a\runit: b\r",
}

EXPRESSIONS = [
    "__import__('os').system('touch /tmp/hoso-hostile-canary')",
    "fields.__class__.__mro__",
    "fields['__class__']",
    "().__class__.__base__.__subclasses__()",
    "'{0.__class__}'.format(fields)",
    "'%s' % fields",
    "fields|attr('__class__')",
    "fields|map('upper')|list",
    "9 ** 9 ** 9",
    "'a' * 10000000000",
    "[0] * 10000000000",
    "range(1000000000)",
    "fields.issue[0:1000000]",
    "lambda: 1",
    "x := 1",
    "f'{fields}'",
    "cycler.__init__.__globals__",
    "self._TemplateReference__context",
    "(" * 5000 + "1" + ")" * 5000,
    "-" * 5000 + "1",
    "not " * 5000 + "true",
    "1" + "+1" * 5000,
    "9" * 5000,
]
TEMPLATES = [
    "{% for a in range(10**9) %}{% for b in range(10**9) %}x{% endfor %}{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% extends '../../office.toml' %}",
    "{{ ''.__class__.__mro__ }}",
    "{{ cycler.__init__.__globals__ }}",
    "{{ 'x' * 10**10 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}",
    "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "{% if 1 %}" * 3000 + "{% endif %}" * 3000,
    "x" * 10_000_000,
    "{{ fields.issue|format(1) }}{{ '%10000000000d'|format(1) }}",
    "{% set x = 1 %}" * 50_000,
    "{#" * 100_000,
]
NAMES = ["../x", "../../etc/passwd", "/etc/passwd", "C:\\\\x", "a/../../b", "..", "a\\\\b", "%2e%2e/x", "x.j2/../../y"]


def measured(work: Callable[[], list[str]]) -> tuple[list[str], float, float]:
    """What `work` says in a process of its own, the seconds of the processor that it took, the MiB that it added."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
            gc.disable()  # as the command line does; else the other tests' objects are gone through too
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            said = work()
            grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
            os.write(write, json.dumps([said[:50], time.process_time(), grown]).encode())
            code = 0
        except BaseException as error:
            os.write(write, json.dumps([[f"TRACEBACK {error!r}"[:500]], 0, 0]).encode())
        finally:
            os._exit(code)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        content = pipe.read()
    os.waitpid(child, 0)
    assert content, "it was ended: it went on for ever"
    said, seconds, grown = json.loads(content)
    return said, seconds, grown


def told(files: dict[str, bytes]) -> list[str]:
    """Every problem of a folder in a line each, or the error that refuses it."""
    try:
        compiled = compile_definitions(files, today=date(2026, 11, 23))
        _, problems = read_scenarios(files)
        return [problem.said("vi") for problem in (*compiled.problems, *problems)]
    except HosoError as error:
        return [error.message("vi")]


@pytest.mark.parametrize("title", ["a\u2066b", '"a\\x07b"', '"a\\u202eb"', '"a\\x9b"'])
def test_a_sign_that_no_text_needs_is_told_with_its_place_also_as_an_escape(title):
    found = [one for one in told({"a/process.yaml": f"title: {title}\n".encode()}) if "E103" in one]
    assert len(found) == 1
    assert "a/process.yaml:1:8" in found[0]
    assert "U+" in found[0]


def test_a_version_that_is_in_use_is_compiled_again_whatever_its_texts_hold():
    problems = compile_definitions({"a/process.yaml": "title: a\u2066b\n".encode()}).problems
    assert [one for one in problems if one.code == "E103"] == []


def fine(files: dict[str, bytes], at: str) -> list[str]:
    said, seconds, grown = measured(lambda: [line[:6000] for line in told(files) if line.startswith(at)])
    assert said, f"something is told of {at}"
    assert not any("TRACEBACK" in line for line in said), said
    assert all("\n" not in line and len(line) < 5000 for line in said), said
    assert seconds < SECONDS, f"{seconds:.1f} s"
    assert grown < MIB, f"{grown:.0f} MiB"
    assert not Path(CANARY).exists()
    return said


KINDS = {
    "a process": "incident/process.yaml",
    "the organisation": "organisation.yaml",
    "the calendar": "calendar.yaml",
    "the document types": "document-types.yaml",
    "a scenario": "incident/scenarios/x.yaml",
}


@pytest.mark.parametrize("what", HOSTILE)
def test_whatever_stands_in_a_process_is_told_in_lines(what):
    fine(GOOD | {"incident/process.yaml": HOSTILE[what]}, "incident/process.yaml")


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "a process"])
def test_so_it_is_in_every_other_kind_of_file(kind):
    for what in (
        "an alias bomb",
        "100,000 brackets",
        "a text of 10 MB",
        "a python tag",
        "NUL",
        "UTF-16",
        "the same key twice",
        "random bytes",
        "a list",
    ):
        fine(GOOD | {KINDS[kind]: HOSTILE[what]}, KINDS[kind])


@pytest.mark.parametrize("source", EXPRESSIONS, ids=[one[:30] for one in EXPRESSIONS])
def test_a_hostile_expression_is_refused_on_loading(source):
    text = PROCESS.decode().replace("secret: true", f"secret: {json.dumps(source)}")
    assert text != PROCESS.decode()
    said = fine(GOOD | {"incident/process.yaml": text.encode()}, "incident/process.yaml")
    assert any(" E3" in line for line in said), said[:3]


@pytest.mark.parametrize("source", TEMPLATES, ids=[one[:30] for one in TEMPLATES])
def test_a_hostile_template_is_told(source):
    name = next(path for path in GOOD if path.startswith("incident/templates/"))
    fine(GOOD | {name: source.encode()}, name)


@pytest.mark.parametrize("name", NAMES)
def test_names_with_path_parts_are_no_names(name):
    text = PROCESS.decode()
    body = next(line.split("body: ")[1].split(",")[0].rstrip("}") for line in text.splitlines() if "body: " in line)
    for changed in (text.replace("process: incident", f'process: "{name}"'), text.replace(f"body: {body}", f'body: "{name}"', 1)):
        assert changed != text
        fine(GOOD | {"incident/process.yaml": changed.encode()}, "incident/process.yaml")


# ---- the folder itself -----------------------------------------------------------------------------------------------


def test_what_leads_out_of_the_folder_or_is_no_file_is_not_read(tmp_path):
    folder = tmp_path / "definitions"
    folder.mkdir()
    (tmp_path / "outside.yaml").write_text("secret", "utf-8")
    (folder / "in.yaml").write_text("a: 1\n", "utf-8")
    os.mkfifo(folder / "pipe.yaml")
    (folder / "device.yaml").symlink_to("/dev/zero")
    assert set(read_folder(folder)) <= {"in.yaml"}
    (folder / "out.yaml").symlink_to(tmp_path / "outside.yaml")
    with pytest.raises(HosoError, match=r"out\.yaml"):
        read_folder(folder)


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile") / "office"
    run = subprocess.run(
        [sys.executable, "-c", "import cli; cli.main()", "init", str(folder), "--practice"],
        capture_output=True,
        text=True,
        check=False,
        cwd=HERE.parents[1],
    )
    assert run.returncode == 0, run.stderr
    return folder


@pytest.mark.parametrize(
    ("command", "what"), [("process check", "an alias bomb"), ("process check", "a million keys"), ("deploy", "100,000 brackets")]
)
def test_the_command_line_tells_it_too_within_its_time_and_memory(office, command, what):
    (office / "definitions/incident/process.yaml").write_bytes(HOSTILE[what])

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS))  # the program's own start is in it
        resource.setrlimit(resource.RLIMIT_DATA, (MIB * 2**20, MIB * 2**20))

    run = subprocess.run(
        [sys.executable, "-c", "import cli; cli.main()", *command.split()], capture_output=True, text=True, check=False, cwd=HERE.parents[1],
        env={**os.environ, "HOSO_OFFICE": str(office)}, preexec_fn=limited,
    )  # fmt: skip
    assert run.returncode not in {0, 1}, run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    assert "incident/process.yaml" in run.stdout + run.stderr
    assert not Path(CANARY).exists()


def test_of_a_file_with_too_many_mistakes_the_first_are_told_and_how_many_more_there_are():
    shape = b"\n".join(b"k%d: 1" % n for n in range(1000))
    names = b"\n".join(b"  s%d: {actions: {a%d: {by: [nobody_knows], to: s%d}}}" % (n, n, n) for n in range(300))
    for text, more in ((shape, 1000 + 5 - 200), (PROCESS[: PROCESS.index(b"\nstates:")] + b"\nstates:\n" + names + b"\n", None)):
        problems = [
            one for one in compile_definitions(GOOD | {"incident/process.yaml": text}).problems if one.place.file == "incident/process.yaml"
        ]
        told = [problem for problem in problems if problem.code == "E115"]
        assert len(problems) <= 201 + len(told)
        assert [problem.facts["count"] for problem in told][:1] == [more] or more is None
        assert told

"""Law 7: to whoever may not see a secret case, the office is one that lacks it: every staff command, byte for byte.

Two offices live through the same days; in one of them a secret case is opened, worked on, late, and issues papers. Then every command
of the staff's table is typed by outsiders in both: whatever is printed, on either stream, and how it ends, is the same.
"""

import shlex
import shutil
from datetime import UTC, datetime, timedelta
from itertools import product

import click
import pytest
from click.testing import CliRunner

from cli import COMMANDS, RUN, hoso
from tests.cli.conftest import Typed
from workflow.console.lazy import Root
from workflow.console.session import Session
from workflow.timekeeping import SystemClock

SECRET = "001/2026-VV"
OUTSIDERS = ("clerk.mttq", "specialist.vp")
"""Somebody who never had a part in it; and, below, one who withdrew."""
GIVEN = {
    "case": f"'{SECRET}'",
    "action": "screen",
    "answer": "agree",
    "slot": "handler",
    "person": "clerk.mttq",
    "deadline": "due",
    "amount": "'3 working days'",
    "entry": "1",
    "units": "btg",
    "unit": "btg",
    "process": "incident",
    "words": "mùi",
    "key": "situation",
    "document": "situation",
    "files": "letter.txt",
    "note": "'Một lý do'",
    "day": "2026-11-23",
    "first": "2026-11-23",
    "second": "2026-11-27",
    "last": "2026-11-27",
    "series": "btg/BC",
}
"""What stands for an argument (or an option that must be there), by its name; 'x' for another."""
MORE = [
    "list --closed --process incident",
    "list --state received",
    "list --unit btg --overdue",
    "list --field area='môi trường' --closed",
    "list --limit 1",
    "list --after '{SECRET}'",
    "list --after '{PUBLIC}'",
    "search 001",
    "search VV",
    "search 'Nam Giang'",
    "overdue --unit btg",
    "notices --person chuyen-vien-btg",
    "notices --person truong-ban-btg",
    "inbox --limit 5",
    "comment '{SECRET}' --note x",
    "comment 009/2026-VV --note x",
    "edit '{SECRET}' --set issue='Một nội dung khác hẳn, đủ dài'",
    "do '{SECRET}' screen --set urgency=normal --note x --dry-run",
    "reply '{SECRET}' --unit btg agree",
    "doc show '{SECRET}' 01-BC/BTGHU",
    "show '{PUBLIC}'",
    "history '{PUBLIC}'",
    "docs '{PUBLIC}'",
    "notices '{PUBLIC}'",
]
"""Lines beside those that the table gives."""


@pytest.fixture
def clock(monkeypatch):
    """The machine's clock stands still but for what the test says: no line may differ by a second."""
    at = [datetime(2026, 11, 20, 2, tzinfo=UTC)]
    monkeypatch.setattr(SystemClock, "now", lambda _self: at[0])
    return lambda **later: at.__setitem__(0, at[0] + timedelta(**later))


def leaves(command, words=()):
    """(words, command) of every command of the staff's sections, groups opened up."""
    context = click.Context(command, obj=Session())
    names = command.list_commands(context)
    if isinstance(command, Root):
        names = [name for name in names if COMMANDS[name].section != RUN]
    for name in names:
        found = command.get_command(context, name)
        if isinstance(found, click.Group):
            yield from leaves(found, (*words, name))
        else:
            yield (*words, name), found


def line(words, command):
    """The command with all that it must be given."""
    typed = [*words]
    for param in command.params:
        value = GIVEN.get(param.name, "x")
        if isinstance(param, click.Argument):
            typed.append(value)
        elif param.required or param.name == "note":
            typed += [param.opts[0], value]
    return " ".join(typed)


def lines():
    found = [line(*leaf) for leaf in leaves(hoso)]
    named = {"{SECRET}": SECRET, "{PUBLIC}": "001/2026-TV"}
    for one in MORE:
        for word, value in named.items():
            one = one.replace(word, value)  # noqa: PLW2901 - the same line
        found.append(one)
    return found


def lived(folder, clock, *, secret):
    """An office after some days of work; in one of them a secret case is in the midst of it."""
    typed = Typed(folder)
    (folder / "var/clock.json").unlink()  # the time is the test's alone
    (folder / "letter.txt").write_text("Thư", encoding="utf-8")
    typed.opinion(folder)
    if secret:
        case = typed.incident()
        assert case == SECRET
        typed(f"recuse {case} --as specialist.vp --note 'Người thân'", code=4)  # who has no part in it can't even withdraw
        typed(f"recuse {case} --as leader.tt-hdnd --note 'Người thân'")
        typed(f"do {case} screen --as specialist.btg --set urgency=urgent --set authority=btg --note 'Trong thẩm quyền'")
        typed(f"comment {case} --as specialist.btg --note 'Đã gọi điện'")
        typed(f"attach {case} {folder}/letter.txt --as specialist.btg")
    clock(days=4)
    if secret:
        typed(f"do {SECRET} assess --as specialist.btg --set facts='UBND xã đã đo'")
        assert [one["status"] for one in typed.json(f"docs {SECRET} --as specialist.btg")] == ["issued"]
    typed("tick")
    typed("open annual_report --as specialist.btg --set year=2026")
    typed("do 01/2026-BCN request_data --as truong-ban-btg")
    clock(days=7)
    typed("tick")
    if secret:
        assert SECRET in {one["case"] for one in typed.json("overdue --as specialist.btg")}
    return typed


def printed(folder, actor, text, form):
    """All that one command prints, and how it ends."""
    result = CliRunner().invoke(
        hoso, [*shlex.split(text), "--as", actor, *form], env={"HOSO_OFFICE": str(folder), "NO_COLOR": "1", "COLUMNS": ""}
    )
    assert "Traceback" not in result.output, text
    said = result.stdout, result.stderr, result.exit_code
    return tuple(one.replace(str(folder), "OFFICE") if isinstance(one, str) else one for one in said)


def test_every_staff_command_says_to_outsiders_what_it_says_where_the_case_is_not(made, tmp_path, clock, monkeypatch):
    offices = {}
    for secret in (False, True):
        folder = tmp_path / ("with" if secret else "without") / "office"
        shutil.copytree(made, folder)
        before = SystemClock().now()
        offices[secret] = lived(folder, clock, secret=secret).folder
        clock(seconds=(before - SystemClock().now()).total_seconds())
    clock(days=11)
    first, *others = (*OUTSIDERS, "leader.tt-hdnd")  # the last had a part in it, and withdrew
    tried = 0
    for actor, text, form in (*product([first], lines(), ((), ("--json",))), *product(others, lines(), ((),))):
        saw = {}
        for secret, folder in offices.items():
            monkeypatch.chdir(folder)
            saw[secret] = printed(folder, actor, text, form)
        assert saw[True] == saw[False], f"{actor}: {text} {form}"
        tried += 1
    assert tried > 200


CHANGES = [
    "process diff",
    "process diff incident",
    "process versions",
    "process versions incident",
    "deploy --dry-run",
    "deploy --why 'Dài hơn'",
    "process diff",
]
"""What whoever runs the office types: in this order, for `deploy` brings it into use."""


def changed(folder):
    """The folder says otherwise: ten working days are twelve; no scenario is in the way."""
    path = folder / "definitions/incident/process.yaml"
    path.write_text(path.read_text("utf-8").replace("{at: 10 working days, basis: D}", "{at: 12 working days, basis: D}"), "utf-8")
    for scenario in folder.glob("definitions/*/scenarios/*.yaml"):
        scenario.unlink()


def test_differences_and_deployments_say_to_outsiders_what_they_say_where_the_case_is_not(made, tmp_path, clock, monkeypatch):
    said = {}
    for secret in (False, True):
        folder = tmp_path / ("with" if secret else "without") / "office"
        shutil.copytree(made, folder)
        before = SystemClock().now()
        lived(folder, clock, secret=secret)
        clock(days=11)
        changed(folder)
        monkeypatch.chdir(folder)
        said[secret] = [printed(folder, "clerk.mttq", text, form) for text in CHANGES for form in ((), ("--json",))]
        if secret:
            seen = printed(folder, "specialist.btg", "process versions incident", ("--json",))[0]
            assert '"open": 1' in seen, "whoever may see the case has it counted"
        clock(seconds=(before - SystemClock().now()).total_seconds())
    assert said[True] == said[False]
    assert any("trong số bạn được xem" in one for text in said[True] for one in text[:2])


def test_the_test_would_see_a_case_that_is_shown(made, tmp_path, clock):
    folder = tmp_path / "office"
    shutil.copytree(made, folder)
    lived(folder, clock, secret=True)
    assert printed(folder, "specialist.btg", f"show {SECRET}", ())[2] == 0
    assert printed(folder, "clerk.mttq", f"show {SECRET}", ())[2] == 4

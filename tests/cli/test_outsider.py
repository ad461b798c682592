"""Law 7: to whoever may not see a secret case, the office is one that lacks it: every staff command, byte for byte.

Two offices live through the same days; in one of them a secret case is opened, worked on, late, and issues papers. Then every command
of the staff's table is typed by outsiders in both: whatever is printed, on either stream, and how it ends, is the same.
"""

import json
import shlex
import shutil
from datetime import UTC, datetime, timedelta
from itertools import product

import click
import pytest
from click.testing import CliRunner

from cli import COMMANDS, RUN, hoso
from tests.cli.conftest import INCIDENT, Typed
from tests.cli.test_changing import edit
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
    "cases": f"'{SECRET}'",
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
    without_scenarios(folder)


def without_scenarios(folder):
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


SOMETIMES = (
    ("secret: true", "secret: fields.area == 'tôn giáo'"),
    ("    title: Phân loại\n", "    title: Phân loại, ghi sổ\n"),
)
"""Of a procedure that is secret at times, some cases are anybody's to see."""
TRIED = [
    "process migrate incident --dry-run",
    "process migrate incident --where state=received --dry-run",
    "process migrate incident --where area='tôn giáo' --dry-run",
    "process backtest incident",
    "process backtest incident --since 2026-11-20",
    "process simulate incident --cases 4 --seed 3",
    "process migrate incident --map screened=sifted --dry-run",
    "process migrate incident --map screened=sifted --why 'QĐ 1'",
    "process migrate incident",
    "process versions incident",
    "process migrate incident --undo --dry-run",
    "process migrate incident --undo",
    "process migrate incident --undo",
]
"""What is tried on past and open cases, and done to all of them."""
SIFTED = (
    ("  screened:\n", "  sifted:\n"),
    ("{else: screened, drafts", "{else: sifted, drafts"),
    ("{at: 10 working days", "{at: 12 working days"),
)


def incidents(folder, clock, *, secret):
    """An office with two public incidents; in one of two also with two secret ones, the one screened, the other late."""
    typed = Typed(folder)
    (folder / "var/clock.json").unlink()
    without_scenarios(folder)
    edit(typed, "incident/process.yaml", *SOMETIMES)
    typed("deploy --why 'Không phải lúc nào cũng mật'")
    screen = "screen --as specialist.btg --set urgency=normal --set authority=btg --note 'Trong thẩm quyền'"
    for _ in range(2):
        public = typed.incident()
    cases = [typed.json(f"open incident --as clerk.btg {INCIDENT.replace('môi trường', 'tôn giáo')}")["case"] for _ in range(2 * secret)]
    clock(hours=3)
    for case in (public, *cases[:1]):
        typed(f"do {case} {screen}")
    clock(days=9)
    typed("tick")
    if secret:
        typed(f"comment {cases[1]} --as leader.btg --note 'Đã gọi'")
    edit(typed, "incident/process.yaml", *SIFTED)
    typed("deploy --why 'Đổi tên'")
    return typed, cases


def test_what_is_tried_on_cases_and_done_to_all_says_to_outsiders_what_it_says_where_the_case_is_not(made, tmp_path, clock, monkeypatch):
    said = {}
    for secret in (False, True):
        folder = tmp_path / ("with" if secret else "without") / "office"
        shutil.copytree(made, folder)
        before = SystemClock().now()
        typed, cases = incidents(folder, clock, secret=secret)
        monkeypatch.chdir(folder)
        said[secret] = []
        for text in TRIED:
            said[secret].append(printed(folder, "clerk.mttq", text, ()))
            if "--dry-run" in text or "migrate" not in text:
                said[secret].append(printed(folder, "clerk.mttq", text, ("--json",)))
            if text.endswith("'QĐ 1'"):
                states = [typed.json(f"show {case} --as leader.btg")["state"] for case in cases]
                assert states == ["sifted", "received"][: len(cases)], "those that are seen by others were moved with the rest"
                newest = [json.loads(printed(folder, "leader.btg", f"show {case}", ("--json",))[0])["version"] for case in cases]
                assert len(set(newest)) <= 1
        if secret:
            assert [typed.json(f"show {case} --as leader.btg")["state"] for case in cases] == ["screened", "received"], "and back"
            seen = json.loads(printed(folder, "leader.btg", "process backtest incident", ("--json",))[0])
            assert seen["cases_tested"] == 4, "whoever may see them has them counted"
            assert json.loads(printed(folder, "leader.btg", "process simulate incident --cases 1", ("--json",))[0])["fitted"] == 4
        typed("verify")
        clock(seconds=(before - SystemClock().now()).total_seconds())
    assert said[True] == said[False]
    (moved,) = [one[0] for one in said[True] if "Đã chuyển sang" in one[0] and "Trong" not in one[0] and ": 2\n" in one[0]]
    assert "Chỉ đếm và nêu những hồ sơ bạn được xem" in moved


def test_the_test_would_see_a_case_that_is_shown(made, tmp_path, clock):
    folder = tmp_path / "office"
    shutil.copytree(made, folder)
    lived(folder, clock, secret=True)
    assert printed(folder, "specialist.btg", f"show {SECRET}", ())[2] == 0
    assert printed(folder, "clerk.mttq", f"show {SECRET}", ())[2] == 4

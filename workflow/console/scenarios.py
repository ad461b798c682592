"""Scenarios at the command line: played, what they cover, one written from a case."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workflow.answers.scenarios import Coverage, Recorded
from workflow.console.given import at_home
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, one_line, safe
from workflow.console.session import Session, pass_session
from workflow.console.table import table
from workflow.errors import CannotWrite, DefinitionsWrong
from workflow.filing import telling, write_whole
from workflow.sharing import let_group_in

if TYPE_CHECKING:
    from workflow.simulate import ScenarioResult


@click.command(cls=Verb)
@click.argument("name", metavar="[PROCESS]", required=False, default="")
@click.option(
    "--coverage", "covered", cls=Option, is_flag=True, help="Tell which states, actions, branches and rungs none of them reaches."
)
@click.option("--floor", cls=Option, type=click.IntRange(0, 100), metavar="PERCENT", help="Fail if less than this much is covered.")
@click.option("--junit", cls=Option, metavar="FILE", default="", help="Write the results as JUnit XML, for build servers.")
@click.pass_context
def test(ctx: click.Context, /, name: str, floor: int | None, junit: str, *, covered: bool) -> None:
    """Run the scenarios that stand beside the procedures, on a clock and a store of their own."""
    session = ctx.ensure_object(Session)
    results = session.office.test(name)
    found = session.office.coverage(results, name) if covered or floor is not None else []
    if junit:
        _write(junit, results)
    answer = {"scenarios": results, "coverage": found} if found else results
    session.tell(answer, lambda look: [*_results(results, look), *_coverage(found, floor, look)])
    low = [one for one in found if floor is not None and one.percent < floor]
    ctx.exit(0 if all(one.passed for one in results) and not low else DefinitionsWrong.exit_code)


def _write(file: str, results: "Sequence[ScenarioResult]") -> None:
    from workflow.simulate.junit import junit

    write_whole(Path(file), junit(results))


def _results(results: "Sequence[ScenarioResult]", look: Look) -> list[str]:
    lines: list[str] = []
    for one in results:
        mark = look.paint(look.say("ok"), "good") if one.passed else look.paint(look.say("FAILED"), "bad")
        lines.append(f"{mark}  {one_line(one.process)}: {one_line(one.name)}")
        lines += [] if one.passed else _failure(one, look)
    passed = sum(one.passed for one in results)
    return [*lines, look.say("{passed} of {count} scenarios passed.", passed=passed, count=len(results))]


def _failure(one: "ScenarioResult", look: Look) -> list[str]:
    """Where it failed, in which step, what was expected and what came; the line of the file."""
    lines = [f"    {safe(one.place)}"]
    if one.said:
        lines.append("    " + look.say("Step {number}: {said}", number=one.step, said=one_line(one.said)))
    if one.expected or one.got:
        lines.append("    " + look.paint(look.say("Expected: {what}", what=one_line(one.expected)), "good"))
        lines.append("    " + look.paint(look.say("Got:      {what}", what=one_line(one.got)), "bad"))
    else:
        lines += [f"    {line}" for line in safe(one.message).splitlines()]
    return [*lines, *(look.paint(f"      {safe(line)}", "dim") for line in one.excerpt.splitlines())]


def _coverage(found: Sequence[Coverage], floor: int | None, look: Look) -> list[str]:
    if not found:
        return []
    kinds = [part.kind for part in found[0].parts]
    heads = [look.say("Process"), *(look.say(kind) for kind in kinds), look.say("Covered")]
    rows = [(one.process, *(f"{part.covered}/{part.total}" for part in one.parts), f"{one.percent} %") for one in found]
    low = ["bad" if floor is not None and one.percent < floor else "" for one in found]
    lines = ["", *table(heads, rows, look, tint=low)]
    for one in found:
        for part in one.parts:
            lines += [look.paint(f"  {one_line(one.process)}: {look.say(part.kind)}: {one_line(name)}", "warn") for name in part.missing]
    if any(low):
        lines.append(look.paint(look.say("Less than {floor} % is covered.", floor=floor), "bad"))
    return lines


@click.command(cls=Verb)
@click.argument("case", metavar="CASE")
@click.option(
    "--to", cls=Option, metavar="FILE", default="", help="Write it to this file; - prints it (a file of the procedure's scenarios)."
)
@pass_session
def record(session: Session, case: str, to: str) -> None:
    """Write a scenario from what really happened to a case, and play it."""
    done = session.office.record(case, actor=session.actor)
    if to != "-":
        _keep(done, at_home(to) if to else None, session.folder / "definitions" / done.file)
    session.tell(done, lambda look: _recorded(done, to, look))


def _keep(done: Recorded, to: Path | None, beside: Path) -> None:
    """Write it where it was asked for, else beside the others, but not over one that somebody has changed since."""
    file, text = to or beside, done.text.encode()
    with telling(file):
        if to is None and file.exists() and file.read_bytes() != text:
            raise CannotWrite(file=str(file), cause="File exists")
    new = to is None and not file.exists()
    write_whole(file, text, folders=to is None)
    let_group_in(*([file] if new else []))


def _recorded(done: Recorded, to: str, look: Look) -> list[str]:
    if to == "-":
        return [safe(done.text).rstrip()]
    lines = [look.say("Written: {file}", file=safe(to or f"definitions/{done.file}"))]
    if done.passed:
        return [
            *lines,
            look.paint(look.say("It holds."), "good"),
            look.say("It repeats the case's words: put others for what is confidential."),
        ]
    return [
        *lines,
        look.paint(
            look.say("It does not hold by the definitions in the folder: {place}: {message}", place=done.place, message=safe(done.message)),
            "bad",
        ),
    ]

"""Procedures before they are used: check them, run their scenarios, print their grammar for editors."""

from collections.abc import Sequence

import click

from workflow.console.changing import diff, migrate, versions
from workflow.console.lazy import Nest, Option
from workflow.console.look import Look, safe
from workflow.console.pictures import diagram
from workflow.console.scenarios import record, test
from workflow.console.session import Session, pass_session
from workflow.console.trying import backtest, simulate
from workflow.errors import DefinitionsWrong, Problem
from workflow.errors.definitions import HELP

KINDS = ("process", "scenario", "organisation", "calendar", "document-types", "programme")
"""The kinds of definition file."""


@click.group(cls=Nest)
def process() -> None:
    """Procedures in YAML: check them, run their scenarios, bring changes to open cases, help editors with their words."""


for _command in (test, record, diagram, diff, versions, migrate, backtest, simulate):
    process.add_command(_command)


@process.command()
@click.pass_context
def check(ctx: click.Context) -> None:
    """Check the definitions folder and tell every problem with its file, line and column; nothing is deployed."""
    session = ctx.ensure_object(Session)
    problems = session.office.check()
    wrong = [problem for problem in problems if not problem.warning]
    session.tell([_plain(problem, session.language) for problem in problems], lambda look: _problems(problems, wrong, look))
    ctx.exit(DefinitionsWrong.exit_code if wrong else 0)


@process.command()
@click.argument("kind", metavar="[KIND]", required=False, default="process", type=click.Choice(KINDS))
@click.option(
    "--for", "name", cls=Option, metavar="PROCESS", default="", help="With the words of this process: its states, roles, fields …"
)
@click.option(
    "--write", cls=Option, is_flag=True, help="Write the schemas of all files into definitions/.schemas, and name them in each file."
)
@pass_session
def schema(session: Session, kind: str, name: str, *, write: bool) -> None:
    """The JSON Schema of a kind of file, for editors: process (if none is named), scenario or a file of the office's."""
    if write:
        written = session.office.place_schemas()
        session.tell(written, lambda look: [*map(safe, written), look.say("{count} files written.", count=len(written))])
    elif name:
        session.document(session.office.schema(kind, name))
    else:
        from workflow.authoring.editors import schema_for

        session.document(schema_for(kind))


def _plain(problem: Problem, language: str) -> dict[str, object]:
    """A problem for programs: its place, and the whole sentence instead of its template."""
    place = problem.place
    said = {"said": problem.said(language), "code": problem.code, "warning": problem.warning, "excerpt": problem.excerpt}
    return {"file": place.file, "line": place.line, "column": place.column, **said}


def _problems(problems: Sequence[Problem], wrong: Sequence[Problem], look: Look) -> list[str]:
    lines: list[str] = []
    for problem in problems:
        lines.append(look.paint(safe(problem.said(look.language)), "warn" if problem.warning else "bad"))
        lines += [f"    {safe(line)}" for line in problem.excerpt.splitlines()]
    lines.append(look.say("{wrong} problem(s), {warnings} warning(s).", wrong=len(wrong), warnings=len(problems) - len(wrong)))
    return [*lines, *(look.say(HELP, code=problem.code) for problem in [*wrong, *problems][:1])]

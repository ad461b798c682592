"""Registers as people read them: which periods a year's papers may be numbered by, first and last day, volumes."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from workflow.answers.registers import RegisterShown
from workflow.documents.registers.forms import Form, Register, filled, volume
from workflow.engine.facts import Facts
from workflow.errors import NotFound
from workflow.office import register_rows as lines
from workflow.vietnamese import short_date


def periods_of(body: str, year: int, facts: Facts) -> list[str]:
    """The periods that papers of a year may be numbered by: the year, and the body's terms that touch it."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    terms = [
        f"term:{term.name}"
        for term in facts.organisation.terms
        if body in term.bodies and (term.since or first) <= last and (term.until or last) >= first
    ]
    return [str(year), *terms]


def dated_of(form: Form, body: str, year: str, dated: Sequence[lines.Dated]) -> Register:
    """A register of these rows, with the days of its first and last."""
    days = [day for (day, _, _), _ in dated]
    return filled(
        Register(
            form=form,
            body=body,
            year=year,
            first_day=short_date(min(days)) if days else "",
            last_day=short_date(max(days)) if days else "",
        ),
        [row for _, row in dated],
    )


def volume_of(made: Register, number: int, size: int) -> Register:
    """One volume of a register, the first is 1. Raises NotFound."""
    rows, count = volume(made.rows, number, size)
    if not 1 <= number <= count:
        raise NotFound(kind="volume", name=str(number), known=[str(one) for one in range(1, count + 1)])
    return replace(filled(made, rows), volume=number, volumes=count)


def shown_of(made: Register, kind: str, body: str) -> RegisterShown:
    """A register as an answer."""
    return RegisterShown(
        kind=kind,
        title=made.form.title,
        body=body,
        body_title=made.body,
        year=made.year,
        first_day=made.first_day,
        last_day=made.last_day,
        first_number=made.first_number,
        last_number=made.last_number,
        volume=made.volume,
        volumes=made.volumes,
        columns=dict(zip(made.form.keys, made.form.headings, strict=True)),
        rows=tuple(dict(zip(made.form.keys, row, strict=True)) for row in made.rows),
    )

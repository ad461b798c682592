"""What was sent to whom."""

from collections.abc import Sequence

import click

from workflow.answers import NoticeShown
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look, one_line, safe
from workflow.console.session import Session, pass_session
from workflow.console.table import table

KINDS = {"notice": "notice", "reminder": "reminder", "overdue": "overdue notice", "escalation": "escalation"}
STATES = {"waiting": "waiting", "sent": "sent", "given up": "given up"}


@click.command(cls=Verb)
@click.argument("case", required=False, default="")
@click.option("--person", cls=Option, metavar="KEY", default="", help="To this person only.")
@click.option("--full", cls=Option, is_flag=True, help="With their whole text.")
@pass_session
def notices(session: Session, case: str, person: str, *, full: bool) -> None:
    """What was sent to whom and how delivery stands, the newest first; of one CASE if it is named."""
    found = session.office.notices(actor=session.actor, case=case, person=person)
    session.tell(found, lambda look: (_whole if full else _rows)(found, look) or [look.say("There are no notices.")])


def _rows(found: Sequence[NoticeShown], look: Look) -> list[str]:
    heads = [look.say(word) for word in ("When", "Case", "To", "Kind", "Subject", "Delivery")]
    rows = [
        (look.time(one.at), one.case, one.person_title, look.say(KINDS.get(one.kind, one.kind)), one.subject, _delivery(one, look))
        for one in found
    ]
    return table(heads, rows, look) if rows else []


def _delivery(one: NoticeShown, look: Look) -> str:
    if one.sent:
        return look.say("sent {time}", time=look.time(one.sent))
    state = look.say(STATES.get(one.state, one.state))
    return look.say("{state}, {tries} tries: {error}", state=state, tries=one.tries, error=one.error) if one.error else state


def _whole(found: Sequence[NoticeShown], look: Look) -> list[str]:
    lines: list[str] = []
    for one in found:
        heading = f"{look.time(one.at)}  {one_line(one.person_title)}  {one_line(one.case)}  {one_line(_delivery(one, look))}"
        lines += [look.paint(heading, "bold"), safe(one.subject), safe(one.text), ""]
    return lines[:-1]

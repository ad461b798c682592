"""The `hoso` command: its table of commands. Everything else of the command line is in `workflow.console`."""

import gc
import os

import click

from workflow.console.lazy import Listed, Option, Root
from workflow.console.streams import ready

STAFF, CASES, RUN = "For staff", "Papers, deadlines, notices", "For those who run it"

COMMANDS = {
    "inbox": Listed(where="lists:inbox", section=STAFF, help="what waits for me"),
    "list": Listed(where="lists:list_cases", section=STAFF, help="cases, with filters"),
    "search": Listed(where="lists:search", section=STAFF, help="cases by words"),
    "overdue": Listed(where="lists:overdue", section=STAFF, help="what is late, and who is awaited"),
    "programme": Listed(where="programme:programme", section=STAFF, help="the programme's obligations, and how each stands"),
    "show": Listed(where="case:show", section=STAFF, help="one case and what may be done next"),
    "history": Listed(where="case:history", section=STAFF, help="what happened to a case"),
    "starts": Listed(where="case:starts", section=STAFF, help="what may be opened"),
    "open": Listed(where="acts:open_case", section=STAFF, help="open a case"),
    "do": Listed(where="acts:do", section=STAFF, help="do an action on a case"),
    "each": Listed(where="each:each", section=STAFF, help="do an action on many cases"),
    "why": Listed(where="case:why", section=STAFF, help="why an action is not allowed; what it asks for"),
    "reply": Listed(where="acts:reply", section=STAFF, help="give a unit's opinion"),
    "attach": Listed(where="acts:attach", section=STAFF, help="put files with a case"),
    "comment": Listed(where="further:comment", section=STAFF, help="put a note on record"),
    "edit": Listed(where="further:edit", section=STAFF, help="change fields outside of an action"),
    "assign": Listed(where="further:assign", section=STAFF, help="give a case's slot to a person"),
    "claim": Listed(where="further:claim", section=STAFF, help="take on what several may do"),
    "release": Listed(where="further:release", section=STAFF, help="give it back; let an asked unit off"),
    "recuse": Listed(where="further:recuse", section=STAFF, help="withdraw from a case: a conflict of interest"),
    "ask": Listed(where="further:ask", section=STAFF, help="ask more units in a round that runs"),
    "extend": Listed(where="further:extend", section=STAFF, help="move a deadline on"),
    "pause": Listed(where="further:pause", section=STAFF, help="stop a case's clocks"),
    "resume": Listed(where="further:resume", section=STAFF, help="let them go on"),
    "recall": Listed(where="further:recall", section=STAFF, help="take the newest act back"),
    "correct": Listed(where="further:correct", section=STAFF, help="put right what the history says wrongly"),
    "link": Listed(where="further:link", section=STAFF, help="link a case to another"),
    "reopen": Listed(where="further:reopen", section=STAFF, help="let a closed case go on"),
    "docs": Listed(where="papers:docs", section=CASES, help="the papers of a case"),
    "doc": Listed(where="doc:doc", section=CASES, help="one paper: show, save, issue, void, replace …"),
    "register": Listed(where="registers:register", section=CASES, help="registers: outgoing, incoming, follow-up, series"),
    "deadline": Listed(where="deadlines:deadline", section=CASES, help="a case's deadlines: list, explain"),
    "report": Listed(where="reports:report", section=CASES, help="reports: responsibility, forecast"),
    "export": Listed(where="exporting:export", section=CASES, help="a case's whole file; for other programs: ical"),
    "notices": Listed(where="notices:notices", section=CASES, help="what was sent to whom"),
    "calendar": Listed(where="calendars:calendar", section=CASES, help="working days: add, count, show"),
    "org": Listed(where="organisation:org", section=RUN, help="the organisation: check, apply a reorganisation"),
    "init": Listed(where="running:init", section=RUN, help="make a new office"),
    "deploy": Listed(where="running:deploy", section=RUN, help="bring the definitions into use"),
    "process": Listed(where="processes:process", section=RUN, help="procedures: check, test, schema"),
    "help": Listed(where="explaining:explain", section=RUN, help="what a code means, with examples"),
    "worker": Listed(where="running:worker", section=RUN, help="watch deadlines and send notices, until stopped"),
    "tick": Listed(where="running:tick", section=RUN, help="the same, once"),
    "periodic": Listed(where="periods:periodic", section=RUN, help="cases that the clock opens: preview, pause, resume"),
    "clock": Listed(where="running:clock", section=RUN, help="the office's time; moves it in a practice office"),
    "doctor": Listed(where="running:doctor", section=RUN, help="what ails the office"),
    "verify": Listed(where="proving:verify", section=RUN, help="prove that nothing was lost or rewritten"),
    "dispose": Listed(where="disposing:dispose", section=RUN, help="remove what need not be kept any more, by a decision"),
    "backup": Listed(where="backups:backup", section=RUN, help="the whole office into one file, proved"),
    "restore": Listed(where="backups:restore", section=RUN, help="an office from a backup"),
    "db": Listed(where="database:db", section=RUN, help="the database: upgrade, copy"),
}


@click.group(cls=Root, table=COMMANDS)
@click.version_option(package_name="hoso", message="hoso %(version)s", cls=Option, help="Show the version and exit.")
def hoso() -> None:
    """Run an office's procedures: cases, deadlines, official papers, overdue notices."""


def main() -> None:
    """Run the command line; new files are private."""
    ready()
    os.umask(0o077)
    gc.disable()  # a command lives for less than a second: collecting while it imports costs a seventh of that
    hoso.main()

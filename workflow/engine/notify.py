"""Notices: who is told what. The text is frozen here; of a secret case it bears number and date alone."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace

from workflow.engine.charge import away_at_due, away_text
from workflow.engine.facts import Facts
from workflow.engine.permission import seats_of
from workflow.engine.work import Work
from workflow.language.expression import ExpressionError, fill
from workflow.language.process import Notify
from workflow.model import Deadline, Notice
from workflow.phrases import filled, phrase

MOST_SAID = 1_000
"""Dues that are kept in words beside a calendar."""
NOTICE, REMINDER, OVERDUE, FAILED = "notice", "reminder", "overdue", "failed"

SUBJECTS = {
    NOTICE: "[{case}] {what}",
    REMINDER: "[{case}] Due soon: {what}",
    OVERDUE: "[{case}] Overdue: {what}",
    FAILED: "[{case}] hoso could not do this by itself: {what}",
}
TEXTS = {
    NOTICE: "Case {case} “{title}”: {what}. It now stands at: {state}.",
    REMINDER: "Case {case} “{title}” stands at: {state}. Due: {due} ({what}).",
    OVERDUE: "Case {case} “{title}” stands at: {state}. It was due: {due} ({what}).",
    FAILED: "Case {case} “{title}” stands at: {state}. hoso could not do this by itself: {what}. It is tried again after the next act.",
}


def due_text(due: datetime, facts: Facts) -> str:
    """A due for people: its day where it ends one, else its hour."""
    known, asked = facts.calendars.default.said, (due, facts.zone, facts.language)
    if asked not in known:  # of many cases one due is told, or one is told to many
        if len(known) >= MOST_SAID:
            known.clear()
        known[asked] = _due_text(due, facts)
    return known[asked]


def _due_text(due: datetime, facts: Facts) -> str:
    local = due.astimezone(facts.zone)
    if (local.hour, local.minute, local.second) == (0, 0, 0):
        day = facts.calendars.default.day_of(due, ends=True)
        return phrase("end of {day}", facts.language, day=day.strftime("%d/%m/%Y"))
    return local.strftime("%d/%m/%Y %H:%M")


def tell(
    work: Work,
    rules: Iterable[Notify],
    what: str,
    *,
    kind: str = NOTICE,
    asked: str = "",
    deadline: Deadline | None = None,
    urgent: bool = False,
) -> None:
    """A notice to each person whom the rules name today; nobody twice the same words for one entry and one cause."""
    if work.facts.bare:
        return
    cause = deadline.key if deadline else "act"
    away = _away(work, deadline) if deadline is not None and kind == REMINDER else ""
    entry = f"{work.case.number}/{work.seq}/{cause}/{kind}"
    for rule in rules:
        own = _own_words(work, rule, asked)
        for person, absent in reached(work, rule, asked).items():
            key = _key(work, f"{entry}/{asked}/", person)
            notice = _in_place_of(absent, _notice(work, key, person, what, kind, own, deadline, urgent=urgent), work)
            _put(work, replace(notice, text=notice.text + away) if away else notice, entry)


def tell_persons(work: Work, persons: Iterable[str], what: str) -> None:
    """A notice to each of these persons, by name."""
    if work.facts.bare:
        return
    entry = "/".join((work.case.number, str(work.seq), "act", NOTICE))
    for person in persons:
        _put(work, _notice(work, _key(work, f"{entry}//", person), person, what, NOTICE, "", None, urgent=False), entry)


def _put(work: Work, notice: Notice, entry: str) -> None:
    if not (work.notices and any(_repeats(notice, told, entry) for told in work.notices)):
        work.notices.append(notice)


def _away(work: Work, deadline: Deadline) -> str:
    """A warning for reminders: those in charge will be away on the day of the due. Of a secret case nothing is said."""
    found = [] if work.case.secret else away_at_due(work.process, work.file, deadline, work.facts)
    return "".join(f" ({away_text(one, work.facts)}.)" for one in found)


def _own_words(work: Work, rule: Notify, asked: str) -> str:
    """The process's own text; '' for the program's sentence, also where the text can't be worked out: who is late must be told."""
    if rule.text is None:
        return ""
    try:
        return fill(rule.text, work.scope(asked))
    except ExpressionError:
        return ""


def _key(work: Work, cause: str, person: str) -> str:
    """A notice's key; other words to the same person about the same cause are numbered."""
    told = len([one for one in work.notices if one.person == person and one.key.startswith(cause)])
    return f"{cause}{person}/{told + 1}" if told else f"{cause}{person}"


def _repeats(notice: Notice, told: Notice, entry: str) -> bool:
    """Whether the person was told the same words for this entry and cause, be it about another asked unit."""
    return told.key.startswith(f"{entry}/") and (told.person, told.subject, told.text) == (notice.person, notice.subject, notice.text)


def reached(work: Work, rule: Notify, asked: str) -> dict[str, str]:
    """Who is told → '' in their own right, else in whose place: those meant; for one who is away today, whoever may act for
    them in this (if anybody does who is there).
    """
    found: dict[str, str] = {}
    facts, recused = work.facts, work.case.recused
    for seat in seats_of(rule.who, work.asker(asked)):
        for person, others in facts.organisation.answering(seat, facts.today):
            if person in recused:
                continue
            present = [one for one in others if one not in recused]
            for one in present or (person,):
                found[one] = found.get(one, person) if present else ""
    return found


def _in_place_of(absent: str, notice: Notice, work: Work) -> Notice:
    """A notice to whoever stands in says for whom; one of a secret case bears number and date alone."""
    if not absent or work.case.secret:
        return notice
    person = work.facts.person_title(absent)
    return replace(notice, text=phrase("{text} (In place of {person}, who is away.)", work.facts.language, text=notice.text, person=person))


def _notice(work: Work, key: str, person: str, what: str, kind: str, own: str, deadline: Deadline | None, *, urgent: bool) -> Notice:
    language, case = work.facts.language, work.case
    if case.secret:
        subject = phrase("[{case}] A case needs your attention", language, case=case.number)
        day = work.now.astimezone(work.facts.zone).strftime("%d/%m/%Y")
        text = phrase("Case {case}, {day}. Read it with: hoso show {case}", language, case=case.number, day=day)
    else:
        facts = {
            "case": case.number,
            "title": case.title,
            "what": what,
            "state": work.process.state_of[case.state].title.to(language),
            "due": due_text(deadline.due, work.facts) if deadline else "",
        }
        subject = filled(SUBJECTS[kind], language, facts)
        text = own or filled(TEXTS[kind], language, facts)
    return Notice(key=key, person=person, case=case.number, at=work.now, subject=subject, text=text, urgent=urgent, kind=kind)

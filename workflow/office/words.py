"""Cases, deadlines, papers and histories as people read them: from the engine's data to `answers`."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from msgspec.structs import replace

from workflow.answers import (
    CalendarDay,
    DeadlineShown,
    DocumentEventShown,
    DocumentShown,
    FieldAsked,
    FieldShown,
    NoticeShown,
    OpinionShown,
    PersonName,
)
from workflow.calendar import Calendar
from workflow.engine import deadlines as dl
from workflow.engine.charge import away_at_due, away_text
from workflow.engine.facts import Facts
from workflow.engine.scope import round_of
from workflow.language.process import Action, FieldType, Process
from workflow.model import CLOCK, CaseFile, Deadline, DeadlineStatus, Document, DocumentEvent, Notice, NoticeRow, Opinion, Values
from workflow.phrases import phrase
from workflow.plain import to_plain
from workflow.vietnamese import decimal_text, short_date


def person_name(key: str, facts: Facts) -> PersonName:
    """A person and their title; the clock is called hoso."""
    return PersonName(key=key, title=key if key == CLOCK else facts.person_title(key))


# ---- fields ----------------------------------------------------------------------------------------------------------


def fields_shown(process: Process, values: Values, facts: Facts) -> tuple[FieldShown, ...]:
    """The filled fields, in the process's order."""
    return tuple(
        FieldShown(
            key=field.key,
            title=field.title.to(facts.language),
            type=field.type,
            value=values[field.key],
            text=value_text(field, values[field.key], facts),
        )
        for field in process.fields
        if values.get(field.key) is not None
    )


def value_text(field: FieldType, value: Any, facts: Facts) -> str:
    """A field's value as people read it."""
    if value is None:
        return ""
    match field.type:
        case "units" | "persons" | "choices" | "cases" | "files":
            return ", ".join(_one_text(field, item, facts) for item in value)
        case "table":
            return "; ".join(" | ".join(value_text(column, row.get(column.key), facts) for column in field.columns) for row in value)
    return _one_text(field, value, facts)


def _one_text(field: FieldType, value: Any, facts: Facts) -> str:
    match field.type:
        case "unit" | "units":
            return facts.unit_title(value)
        case "person" | "persons":
            return facts.person_title(value)
        case "choice" | "choices":
            return dict(field.choices)[value].to(facts.language)
        case "yes-no":
            return phrase("yes" if value else "no", facts.language)
        case "date":
            return short_date(date.fromisoformat(value))
        case "datetime":
            return _time(value, facts)
        case "decimal":
            return decimal_text(Decimal(value))
        case "file" | "files":
            return str(value["name"])
    return str(value)


def _time(text: str, facts: Facts) -> str:
    return datetime.fromisoformat(text).astimezone(facts.zone).strftime("%d/%m/%Y %H:%M")


def form_of(process: Process, action: Action, values: Values, facts: Facts) -> tuple[FieldAsked, ...]:
    """The fields that an action asks for, with what is offered."""
    return tuple(_asked(process.field_of[key], values, facts) for key in action.form)


def _asked(field: FieldType, values: Values, facts: Facts) -> FieldAsked:
    return FieldAsked(
        key=field.key,
        title=field.title.to(facts.language),
        type=field.type,
        required=field.required,
        help=field.help,
        choices=_choices(field, facts),
        offered=values.get(field.key, field.default),
    )


def _choices(field: FieldType, facts: Facts) -> dict[str, str]:
    if field.type in {"choice", "choices"}:
        return {key: title.to(facts.language) for key, title in field.choices}
    if field.type in {"unit", "units"}:
        return {key: unit.title for key, unit in facts.organisation.units.items()}
    if field.type in {"person", "persons"}:
        return {key: person.title for key, person in facts.organisation.persons.items()}
    return {}


# ---- deadlines, opinions ---------------------------------------------------------------------------------------------


def deadline_shown(process: Process, deadline: Deadline, facts: Facts, file: CaseFile | None = None) -> DeadlineShown:
    """A deadline for people; of a case file also who of those in charge will be away when it is due."""
    rule = dl.rule_of(process, deadline)
    return DeadlineShown(
        key=deadline.key,
        name=deadline.name,
        on=on_text(process, deadline, facts),
        due=deadline.due,
        status=to_plain(deadline.status),
        overdue=deadline.status is DeadlineStatus.RUNNING and deadline.due <= facts.now,
        basis=rule.basis if rule else "",
        asked=deadline.asked,
        settled=deadline.settled,
        next_rung=deadline.next_at,
        away=tuple([away_text(one, facts) for one in away_at_due(process, file, deadline, facts)]) if file is not None else (),
    )


def on_text(process: Process, deadline: Deadline, facts: Facts) -> str:
    """What a deadline is on, in words."""
    return on_key_text(process, deadline.on, deadline.name, deadline.asked, facts)


def on_key_text(process: Process, on: str, name: str, asked: str, facts: Facts) -> str:
    """What a deadline of this kind, name and unit is on, in words."""
    where, _, key = on.partition(":")
    if where == dl.CASE:
        return phrase("the whole case ({name})", facts.language, name=name)
    if where == dl.TRACK:
        track = process.track_of[key].title.to(facts.language) if key in process.track_of else key
        return phrase("the whole track {track} ({name})", facts.language, track=track, name=name)
    title = state_title(process, key, facts)
    return f"{title} – {facts.unit_title(asked)}" if asked else title


def state_title(process: Process, key: str, facts: Facts) -> str:
    """A state's title; its key where this version has it no more."""
    return process.state_of[key].title.to(facts.language) if key in process.state_of else key


def asked_title(asked: str, facts: Facts) -> str:
    """The unit or person that was asked, in words; '' for nobody."""
    if not asked:
        return ""
    return facts.unit_title(asked) if asked in facts.organisation.units else facts.person_title(asked)


def opinions_shown(process: Process, file: CaseFile, facts: Facts) -> tuple[OpinionShown, ...]:
    """The opinions of all rounds, the newest round first."""
    newest = round_of(process, file)
    rest = [one for one in file.opinions if one not in newest]
    return tuple(_opinion(process, file, one, facts) for one in (*newest, *rest))


def _opinion(process: Process, file: CaseFile, opinion: Opinion, facts: Facts) -> OpinionShown:
    state = process.state_of.get(opinion.state)  # a state that this version has no more may have asked
    consult = state.consult if state is not None else None
    titles = dict(consult.answers) if consult else {}
    on = dl.on_consult(opinion.state)
    mine = [one for one in file.deadlines if one.on == on and one.asked == opinion.asked and dl.open_at(one) == opinion.asked_at]
    return OpinionShown(
        round=opinion.round,
        asked=opinion.asked,
        title=asked_title(opinion.asked, facts),
        status=opinion.status.value,
        answer=opinion.answer,
        answer_title=titles[opinion.answer].to(facts.language) if opinion.answer in titles else opinion.answer,
        note=opinion.note,
        late=opinion.late,
        at=opinion.at,
        due=mine[0].due if mine else None,
    )


# ---- papers, notices, history ----------------------------------------------------------------------------------------


def gone(document: Document, language: str) -> str:
    """That its contents were disposed of; '' if they were not."""
    return phrase("disposed of by decision {decision}", language, decision=document.disposed) if document.disposed else ""


def document_shown(document: Document, facts: Facts) -> DocumentShown:
    """A paper for people."""
    return DocumentShown(
        key=document.key,
        type=document.type,
        title=document.title or gone(document, facts.language),
        status=document.status.value,
        symbol=document.symbol,
        at=document.at,
        signed_by=", ".join(facts.person_title(one.person) for one in document.signatures) if document.number is not None else "",
        asked=document.asked,
        asked_title=asked_title(document.asked, facts),
        files=document.files,
        events=tuple(_event_shown(one, facts) for one in document.events),
    )


def _event_shown(event: DocumentEvent, facts: Facts) -> DocumentEventShown:
    return DocumentEventShown(
        what=event.what,
        at=event.at,
        actor=event.actor,
        actor_title=person_name(event.actor, facts).title,
        note=event.note,
        by=event.symbol,
        files={one.name: one.hash for one in event.files},
    )


def notice_shown(notice: Notice, facts: Facts, row: NoticeRow | None = None) -> NoticeShown:
    """A notice and, where it is stored, its delivery."""
    shown = NoticeShown(
        key=notice.key,
        case=notice.case,
        person=notice.person,
        person_title=facts.person_title(notice.person),
        at=notice.at,
        kind=notice.kind,
        subject=notice.subject,
        text=notice.text,
    )
    if row is None:
        return shown
    return replace(shown, state=row.state, message=row.message, sent=row.sent, tries=row.tries, error=row.error)


# ---- the calendar ----------------------------------------------------------------------------------------------------


def day_shown(calendar: Calendar, day: date, language: str) -> CalendarDay:
    """One day of a calendar for people."""
    hours = tuple(f"{_clock(start)}-{_clock(end)}" for start, end in calendar.spans(day))
    why, by = calendar.why_off(day, language) or ("", "")
    return CalendarDay(day=day, hours=hours, why=why, by=by)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"

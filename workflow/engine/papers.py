"""The documents that an act drafts or issues: who issues, signs and receives them, their number, and their facts."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from workflow.engine.deadlines import open_at, rule_of
from workflow.engine.heirs import heir
from workflow.engine.numbering import NoSeries, document_series, symbol
from workflow.engine.permission import named_in, seats_of
from workflow.engine.registry import ended
from workflow.engine.scope import case_names, counts, document_states, person_ref, round_of
from workflow.engine.signature import signature
from workflow.engine.work import Work
from workflow.errors import Reason, Refused
from workflow.language.expression import Ref, fill, path_of
from workflow.language.process import DocumentRule, DocumentType, FieldType
from workflow.model import Deadline, Document, DocumentStatus, Opinion, SeriesKey, Signature
from workflow.organisation import Organisation
from workflow.plain import digest


class _Paper(Struct, frozen=True, kw_only=True):
    """What is worked out of a paper before it is put down: its key in the case, who issues, signs and receives it."""

    key: str
    rule: DocumentRule
    kind: DocumentType
    frame: str
    issuers: list[str]
    signatures: tuple[Signature, ...]
    recipients: tuple[str, ...]
    title: str
    series: SeriesKey | None = None
    number: int | None = None


def write_document(
    work: Work, key: str, *, issue: bool, asked: str = "", deadline: Deadline | None = None, replaces: Document | None = None
) -> Document:
    """Draft or issue a document of the process: a draft of the same rule (and asked unit) is taken up again. `replaces`: the
    document that it replaces or corrects.
    """
    paper = _paper(work, key, asked, issue=issue)
    head = {} if work.facts.bare else _head(paper, work, issue=issue, replaces=replaces)
    written = Document(
        key=paper.key,
        rule=key,
        type=paper.kind.key,
        status=DocumentStatus.ISSUED if issue else DocumentStatus.DRAFT,
        title=paper.title,
        frame=paper.frame,
        template=_template(work, paper.rule.body),
        at=work.now,
        facts={} if work.facts.bare else facts_of(work, head, asked=asked, deadline=deadline),
        asked=asked,
        number=paper.number,
        symbol=_symbol(paper, work) if issue else "",
        series=paper.series,
        signatures=paper.signatures,
        recipients=paper.recipients,
    )
    work.put_document(written)
    return written


def _template(work: Work, body: str) -> str:
    """The hash of a template's text."""
    known: dict[str, str] = work.process.beside["templates"]
    if body not in known:
        known[body] = digest(work.process.templates[body])
    return known[body]


def _paper(work: Work, key: str, asked: str, *, issue: bool) -> _Paper:
    """The paper before it has a number; an issued one takes its series' next."""
    rule = work.process.document_of[key]
    kind = work.process.type_of[rule.type]
    issuers = _issuers(rule, work, asked)
    frame = frame_of(kind, issuers[0], work)
    held, unread = _held(rule, work, asked), _unread(rule, work)
    paper = _Paper(
        key=held.key if held else f"{key}/{1 + sum(1 for one in work.documents.values() if one.rule == key)}",
        rule=rule,
        kind=kind,
        frame=frame,
        issuers=issuers,
        signatures=_signatures(rule, issuers, frame, work, asked, issue=issue) if issue or not unread else (),
        recipients=() if unread else _recipients(rule, work, asked),
        title="" if unread else fill(rule.title, work.scope(asked)),
    )
    if not issue:
        return paper
    if rule.one_number and (twin := _twin(key, work)):
        return replace(paper, series=twin.series, number=twin.number)
    series = _series(kind, frame, issuers[0], work)
    return replace(paper, series=series, number=work.next_number(series, document=paper.key))


def _unread(rule: DocumentRule, work: Work) -> bool:
    """Whether nobody reads whom a paper is to and what it is called, and these can be told whatever the case says: its signers and
    recipients are posts that are named outright, its title says no more of the case than what every case has.
    """
    if not work.facts.bare:
        return False
    known: dict[str, bool] = work.process.beside["unread"]
    if rule.key not in known:
        plain = all(path_of(hole.tree) in _OF_EVERY_CASE for hole in rule.title.holes)
        known[rule.key] = plain and all(named_in(who, work.process) is not None for who in (rule.signers, rule.recipients))
    return known[rule.key]


_OF_EVERY_CASE = {("case", "number"), ("case", "title"), ("case", "unit")}


def _twin(rule: str, work: Work) -> Document | None:
    """A paper of the same rule that this act has issued: one letter to many has one number."""
    made = (work.documents[key] for key in work.touched.documents)
    return next((one for one in made if one.rule == rule and one.status is DocumentStatus.ISSUED and one.at == work.now), None)


def _head(paper: _Paper, work: Work, *, issue: bool, replaces: Document | None = None) -> dict[str, Any]:
    """What the frame prints around the body."""
    bodies = [_symbol_of(unit, work) for unit in paper.issuers]
    return {
        "frame": paper.frame,
        "type": paper.kind.key,
        "type_title": paper.kind.title if paper.kind.symbol else "",
        "title": paper.title,
        "number": paper.number,
        "symbol": _symbol(paper, work),
        "date": work.facts.today.isoformat() if issue else None,
        "place": _place(paper.issuers[0], work),
        "issuers": [_issuer(unit, work) for unit in paper.issuers],
        "signatures": [{"unit": one.unit, "lines": list(one.lines), "name": one.name} for one in paper.signatures],
        "recipients": list(paper.recipients),
        "archive": ", ".join(["VT", *bodies]) if paper.frame == "state" else ", ".join(bodies),
        "secret": work.case.secret,
        "replaces": _replaced(replaces, work),
    }


def _symbol(paper: _Paper, work: Work) -> str:
    return symbol(paper.kind, paper.frame, [_symbol_of(unit, work) for unit in paper.issuers], paper.number)


def _replaced(document: Document | None, work: Work) -> dict[str, Any] | None:
    """What a template may say of the document that this one replaces or corrects."""
    if document is None:
        return None
    return {"symbol": document.symbol, "date": document.at.astimezone(work.facts.zone).date().isoformat(), "title": document.title}


def _series(kind: DocumentType, frame: str, body: str, work: Work) -> SeriesKey:
    try:
        series = document_series(kind, frame, body, work.facts, secret=work.case.secret)
    except NoSeries as fault:
        raise refused(work, fault.reason) from None
    if closed := ended(body, work.facts):
        raise refused(work, *closed)
    return series


def _held(rule: DocumentRule, work: Work, asked: str) -> Document | None:
    drafts = (one for one in work.documents.values() if one.rule == rule.key and one.asked == asked)
    return next((one for one in drafts if one.status is DocumentStatus.DRAFT), None)


def _issuers(rule: DocumentRule, work: Work, asked: str) -> list[str]:
    named = [str(value) for one in rule.issuers if (value := work.value(one, asked))]
    found = [heir(one, work.case, work.facts) for one in named]
    unknown = [one for one in found if one not in work.facts.organisation.units]
    if unknown or len(found) < len(rule.issuers):
        raise refused(
            work,
            Reason(code="no-issuer", template="the document '{document}' has no issuing unit", facts={"document": rule.key}),
        )
    return found


def frame_of(kind: DocumentType, unit: str, work: Work) -> str:
    """The frame that the type takes for this issuer."""
    return frame_for(kind, unit, work.facts.organisation, work.facts.today)


def frame_for(kind: DocumentType, unit: str, organisation: Organisation, day: date) -> str:
    """The frame that a type takes for an issuer on a day: by the unit's key, its kind, or any; state if nothing is said."""
    body = organisation.units[unit]
    for later in reversed(kind.later):
        for word in (unit, body.kind, "any"):
            if later.since <= day and word in later.frame:
                return later.frame[word]
    for word in (unit, body.kind, "any"):
        if word in kind.frame:
            return kind.frame[word]
    return "party" if body.kind == "party" else "state"


def _signatures(rule: DocumentRule, issuers: list[str], frame: str, work: Work, asked: str, *, issue: bool) -> tuple[Signature, ...]:
    found: list[Signature] = []
    paired = len(rule.signers) == len(issuers)
    for index, unit in enumerate(issuers):
        who = (rule.signers[index],) if paired else rule.signers
        block = signature(unit, who, frame, work.asker(asked), joint=len(issuers) > 1)
        if isinstance(block, Signature):
            found.append(block)
        elif issue:
            raise refused(work, block)
    return tuple(found)


def _recipients(rule: DocumentRule, work: Work, asked: str) -> tuple[str, ...]:
    titles: dict[str, None] = {}
    for word in rule.recipients:
        for seat in seats_of((word,), work.asker(asked)):
            titles[work.facts.unit_title(seat.unit) if seat.unit else work.facts.person_title(seat.person)] = None
    return tuple(titles)


def _symbol_of(unit: str, work: Work) -> str:
    return work.facts.organisation.units[unit].symbol or unit.upper()


def _place(unit: str, work: Work) -> str:
    return work.facts.organisation.place_of(unit)


def _issuer(unit: str, work: Work) -> dict[str, Any]:
    body = work.facts.organisation.units[unit]
    return {"key": unit, "title": body.title, "parent": work.facts.organisation.parent_line(unit), "name_lines": list(body.name_lines)}


def deadline_of(work: Work, document: Document) -> Deadline | None:
    """The deadline whose rung drafted the document, the newest if there are several; None if an action did."""
    for deadline in reversed(work.deadlines.values()):
        rule = rule_of(work.process, deadline)
        ladder = work.process.ladder_of(rule) if rule else ()
        done = {*deadline.fired, *map(int, deadline.repeats)}
        if deadline.asked == document.asked and any(document.rule in rung.drafts for at, rung in enumerate(ladder) if at in done):
            return deadline
    return None


# ---- what a template sees --------------------------------------------------------------------------------------------


def facts_of(work: Work, paper: Mapping[str, Any], *, asked: str = "", deadline: Deadline | None = None) -> dict[str, Any]:
    """All that a template sees, frozen as plain JSON: the document can be written again from it at any time."""
    case, facts = work.case, work.facts
    states = document_states(work.process, tuple(work.documents.values()))
    return {
        "case": _plain(case_names(work.process, work.file, facts)),
        "fields": _fields(work),
        "document": dict(paper),
        "documents": {key: _brief(key, state, asked, work) for key, state in states.items()},
        "asked": _thing(asked, work),
        "opinion": _opinion_of(work, asked),
        "replies": _once(work, f"replies {work.process.version} {work.track}", lambda: _replies(work)),
        "opener": _plain(person_ref(case.opener, facts)),
        "actor": _plain(person_ref(work.act.actor, facts)),
        "today": facts.today.isoformat(),
        "deadline": _deadline(work, deadline),
        "office": {"title": facts.office, "place": paper["place"], "zone": str(facts.zone)},
        "roles": {key: [_plain(person_ref(one, facts)) for one in work.persons((key,), asked)] for key in work.process.role_of},
    }


def _once(work: Work, what: str, work_out: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Worked out once for all papers of a step: of a round's five hundred letters each says the same of the others."""
    if what not in work.memo:
        work.memo[what] = work_out()
    found: dict[str, Any] = work.memo[what]
    return found


def _fields(work: Work) -> dict[str, Any]:
    fields, kinds = work.case.fields, work.process.field_of
    return _once(work, f"fields {work.process.version}", lambda: {key: shown(kind, fields.get(key), work) for key, kind in kinds.items()})


def shown(kind: FieldType, value: Any, work: Work) -> Any:
    """A field's value for a template: units, persons and titled choices as {key, title}; the rest as it is kept."""
    if value is None:
        return None
    match kind.type:
        case "unit" | "person":
            return _thing(value, work)
        case "units" | "persons":
            return [_thing(one, work) for one in value]
        case "choice":
            return _choice(kind, value, work)
        case "choices":
            return [_choice(kind, one, work) for one in value]
        case "table":
            return [{column.key: shown(column, row.get(column.key), work) for column in kind.columns} for row in value]
    return value


def _choice(kind: FieldType, key: str, work: Work) -> Any:
    title = dict(kind.choices)[key].to(work.facts.language)
    return key if title == key else {"key": key, "title": title}


def _thing(key: str, work: Work) -> dict[str, Any] | None:
    if not key:
        return None
    found = work.facts.unit_attributes(key) or work.facts.person_attributes(key)
    return dict(found) if found else {"key": key, "title": key}


def _plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return dict(value.attributes)
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _brief(key: str, state: str, asked: str, work: Work) -> dict[str, Any]:
    """The newest paper of a rule; of several letters of one round, the one that was written to (or by) this unit."""
    papers = [one for one in work.documents.values() if one.rule == key and one.status.value == state]
    newest = next(iter([one for one in papers if asked and one.asked == asked][-1:] or papers[-1:]), None)
    day = newest.at.astimezone(work.facts.zone).date().isoformat() if newest and newest.number is not None else None
    return {"state": state, "symbol": newest.symbol if newest else "", "date": day, "title": newest.title if newest else ""}


def _opinion_of(work: Work, asked: str) -> dict[str, Any] | None:
    """The newest opinion that the unit was asked for: also in a round that the case has left (late replies are kept)."""
    mine = [one for one in work.file.asked if asked and one.asked == asked]
    return opinion_shown(work, max(mine, key=lambda one: (one.asked_at, one.round))) if mine else None


def opinion_shown(work: Work, opinion: Opinion) -> dict[str, Any]:
    """An opinion as a template sees it."""
    consult = work.process.state_of[opinion.state].consult if opinion.state in work.process.state_of else None
    titles = dict(consult.answers) if consult else {}
    known = work.process.field_of
    due = next(
        (one for one in reversed(list(work.deadlines.values())) if one.asked == opinion.asked and one.on.endswith(f":{opinion.state}")),
        None,
    )
    return {
        "asked": _thing(opinion.asked, work),
        "title": (_thing(opinion.asked, work) or {}).get("title", ""),
        "status": opinion.status.value,
        "answer": opinion.answer,
        "answer_title": titles[opinion.answer].to(work.facts.language) if opinion.answer in titles else "",
        "note": opinion.note,
        "late": opinion.late,
        "due": _due_day(due, work) if due else None,
        "fields": {key: shown(known[key], value, work) for key, value in opinion.fields.items() if key in known},
    }


def _replies(work: Work) -> dict[str, Any]:
    opinions = round_of(work.process, work.file, work.track)
    return {
        "asked": len(opinions),
        "given": sum(1 for one in opinions if counts(one)),
        "opinions": [opinion_shown(work, one) for one in opinions],
    }


def _due_day(deadline: Deadline, work: Work) -> str:
    return work.facts.calendars.default.day_of(deadline.due, ends=True).isoformat()


def _deadline(work: Work, deadline: Deadline | None) -> dict[str, Any] | None:
    if deadline is None:
        return None
    return {
        "name": deadline.name,
        "due": _due_day(deadline, work),
        "opened": open_at(deadline).astimezone(work.facts.zone).date().isoformat(),
        "state_title": work.process.state_of[work.case.state].title.to(work.facts.language),
        "asked": _thing(deadline.asked, work),
    }


def refused(work: Work, *reasons: Reason) -> Refused:
    """A refusal of the present act."""
    return Refused(what=f"{work.case.number or work.process.key}", reasons=reasons)

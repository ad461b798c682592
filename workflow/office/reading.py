"""What staff look at in an office: one case, lists, notices, papers. Nothing here changes anything."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from workflow.answers import (
    ActionShown,
    CalendarDay,
    CaseLine,
    CaseShown,
    DeadlineExplained,
    DeadlineShown,
    EntryShown,
    LinkShown,
    NoticeShown,
    ProgrammeShown,
    SubCaseShown,
)
from workflow.calendar import parse_amount
from workflow.engine import deadlines as dl
from workflow.engine.facts import Facts
from workflow.errors import NotFound, NotYours, WhoAreYou
from workflow.language.process import Process
from workflow.model import (
    Case,
    CaseFile,
    CaseQuery,
    CaseRow,
    Needs,
    Open,
    Viewer,
)
from workflow.office import explaining, histories, shown, words
from workflow.office.acting import Acting
from workflow.office.definitions import Definitions, Recompile
from workflow.office.explaining.sharing import Known, share_text
from workflow.office.moment import at_one_moment
from workflow.office.programme import Looking
from workflow.office.texts import refuse_signs
from workflow.ports import Clock, Store
from workflow.settings import Settings


class Reading:
    """What staff look at: cases, lists, histories, papers. Unseen is not found (law 7)."""

    def __init__(self, settings: Settings, store: Store, clock: Clock, recompile: Recompile, *, papers: bool = True) -> None:
        self.settings, self.store, self.clock = settings, store, clock
        self.definitions = Definitions(store, settings, recompile)
        self.on_progress: Callable[[int, int], None] | None = None
        self.acting = Acting(store=store, definitions=self.definitions, now=clock.now, papers=papers, progress=self._progress)

    def _progress(self, done: int, total: int) -> None:
        """Papers are being written: whoever waits may be told (`on_progress`)."""
        if self.on_progress is not None:
            self.on_progress(done, total)

    @property
    def folder(self) -> Path:
        """The office's folder."""
        return self.settings.folder

    @property
    def language(self) -> str:
        """Vi | en."""
        return self.settings.language

    @property
    def zone(self) -> ZoneInfo:
        """The zone that working time is reckoned in."""
        return self.settings.zone

    # ---- who ----

    def whoami(self, login: str, as_: str = "") -> str:
        """The person that a login is; or the person named by `as_` (a key, or `position.unit`), if the login may act
        for them. In a practice office everybody may act for everybody. Raises WhoAreYou, NotYours, NotFound, NotSole.
        """
        facts = self._facts()
        may = facts.organisation.may_act_for(login)
        if as_:
            person = facts.organisation.resolve(as_, facts.today)
            if person in may or self.settings.practice:
                return person
            raise NotYours(login=login, person=as_) if may else WhoAreYou(login=login)
        if not may:
            raise WhoAreYou(login=login)
        return may[0]

    def _facts(self) -> Facts:
        return self.definitions.facts(self.clock.now())

    def _facts_for(self, actor: str) -> Facts:
        """The facts, once it is sure that the actor is somebody here. Raises NotFound."""
        facts = self._facts()
        if actor not in facts.organisation.persons:
            raise NotFound(kind="person", name=actor, known=facts.organisation.persons)
        return facts

    def _viewer(self, actor: str, facts: Facts) -> Viewer:
        return facts.organisation.viewer(actor, facts.today)

    def _sight(self, actor: str) -> Viewer:
        """What a person sees; nobody in particular sees what is not secret."""
        return self._viewer(actor, self._facts()) if actor else Viewer()

    # ---- one case ----

    def _seen(self, number: str, actor: str) -> tuple[Facts, CaseFile, Process]:
        """The facts and the case, once it is sure that the actor may see it: unseen is not found (law 7)."""
        facts = self._facts_for(actor)
        file, process = self._file(number)
        if not self._may_see(actor, file, facts):
            raise NotFound(kind="case", name=number)
        return self._with_children(facts, number), file, process

    def _with_children(self, facts: Facts, number: str) -> Facts:
        """The facts with the case's sub-cases: its guards may look at them."""
        return self.definitions.beside(facts, Needs(children=(number,)))

    def _may_see(self, actor: str, file: CaseFile, facts: Facts) -> bool:
        return not file.case.secret or self.store.sees(file.case.number, self._viewer(actor, facts))

    def _file(self, number: str) -> tuple[CaseFile, Process]:
        file = self.store.load(number)
        if file is None:
            raise NotFound(kind="case", name=number)
        return file, self.definitions.version(file.case.version)

    @at_one_moment
    def show(self, case: str, *, actor: str) -> CaseShown:
        """One case, whole."""
        facts, file, process = self._seen(case, actor)
        above, told = self._above(file, actor, facts), shown.case_shown(process, file, actor, facts)
        return replace(
            told,
            parent=file.case.parent if above is not None else "",
            deadlines=told.deadlines if above is None else self._shares(told.deadlines, above, file, process),
            children=self._children(file.case.number, actor, facts),
            links=self._links(file.case, actor, facts),
        )

    def _shares(self, deadlines: tuple[DeadlineShown, ...], above: Known, file: CaseFile, process: Process) -> tuple[DeadlineShown, ...]:
        """A sub-case's deadlines, with which shares they are of the case above's."""
        if not deadlines:
            return ()
        own, known = {one.key: one for one in file.deadlines}, Known(process=process, file=file, facts=above.facts)
        first = next(iter(self.store.entries(file.case.number, 1)), None)
        return tuple(
            replace(one, share=share_text(known, dl.rule_of(process, own[one.key]), above, first, self.language)) for one in deadlines
        )

    def _links(self, case: Case, actor: str, facts: Facts) -> tuple[LinkShown, ...]:
        """The linked cases that the actor may see."""
        seen = [one for one in case.links if self._sees(one.case, actor, facts)]
        return tuple(LinkShown(kind=one.kind, case=one.case, title=self._file(one.case)[0].case.title) for one in seen)

    def _sees(self, number: str, actor: str, facts: Facts) -> bool:
        return self.store.sees(number, self._viewer(actor, facts))

    def _children(self, number: str, actor: str, facts: Facts) -> tuple[SubCaseShown, ...]:
        """The sub-cases that the actor may see, each with its own."""
        return tuple(self._child(one, actor, facts) for one in self.store.children(number) if self._sees(one.number, actor, facts))

    def _child(self, case: Case, actor: str, facts: Facts) -> SubCaseShown:
        return SubCaseShown(
            number=case.number,
            process=case.process,
            title=case.title,
            state=case.state,
            state_title=self.definitions.version(case.version).state_of[case.state].title.to(self.language),
            outcome=case.outcome,
            children=self._children(case.number, actor, facts),
        )

    def why(self, case: str, action: str, *, actor: str) -> ActionShown:
        """Whether the actor may do the action now, and every reason why not."""
        facts, file, process = self._seen(case, actor)
        return shown.why(process, file, action, actor, facts)

    def starts(self, *, actor: str) -> tuple[ActionShown, ...]:
        """The ways to open a case, each `process` or `process/start`."""
        found = []
        for key in self.definitions.in_use():
            process = self.definitions.process(key)
            found += [shown.start_shown(self._blank(process, actor), one) for one in process.starts if one.by != ("nobody",)]
        return tuple(found)

    def start(self, process: str, start: str = "open", *, actor: str) -> ActionShown:
        """One way to open a case. Raises NotFound."""
        compiled = self.definitions.process(process)
        if start not in compiled.start_of:
            raise NotFound(kind="start", name=start, known=compiled.start_of)
        return shown.start_shown(self._blank(compiled, actor), compiled.start_of[start], whole=False)

    def _blank(self, process: Process, actor: str) -> Any:
        from workflow.engine.opening import blank

        return blank(process, Open(actor=actor, request_id="", process=process.key), self._facts_for(actor))

    def reply_form(self, case: str, unit: str, *, actor: str) -> ActionShown:
        """What a unit's reply asks for."""
        facts, file, process = self._seen(case, actor)
        return shown.reply_shown(process, file, unit, actor, facts)

    @at_one_moment
    def history(self, case: str, *, actor: str) -> list[EntryShown]:
        """What happened to a case, first to last."""
        facts, _, _ = self._seen(case, actor)
        return histories.history_shown(
            self.store.entries(case), self.definitions.version, facts, sees=lambda number: self._sees(number, actor, facts)
        )

    def explain(self, case: str, *, actor: str, settled: bool = False) -> list[DeadlineExplained]:
        """Why each running deadline is when it is; with `settled`, and once the case is closed, all of them."""
        facts, file, process = self._seen(case, actor)
        running = [one for one in file.deadlines if one.settled is None]
        told = explaining.Explaining(
            definitions=self.definitions,
            now=Known(process=process, file=file, facts=facts),
            entries=self.store.entries(case),
            used=self.store.deployments("calendar", ""),
            above=self._above(file, actor, facts),
        )
        wanted = list(file.deadlines) if settled or not running else running
        return [told.explained(one) for one in sorted(wanted, key=lambda one: one.due)]

    def _above(self, file: CaseFile, actor: str, facts: Facts) -> Known | None:
        """The case above, if there is one that the actor sees."""
        above = self.store.load(file.case.parent) if file.case.parent and self._sees(file.case.parent, actor, facts) else None
        return None if above is None else Known(process=self.definitions.version(above.case.version), file=above, facts=facts)

    # ---- lists ----

    @at_one_moment
    def inbox(self, *, actor: str, after: str = "", limit: int = 50) -> list[CaseLine]:
        """What waits for the actor today, the most urgent first."""
        return self._lines(CaseQuery(awaited=True, after=after, limit=limit), actor)

    @at_one_moment
    def cases(
        self,
        *,
        actor: str,
        process: str = "",
        state: str = "",
        unit: str = "",
        overdue: bool = False,
        fields: Mapping[str, Any] | None = None,
        closed: bool = False,
        after: str = "",
        limit: int = 50,
    ) -> list[CaseLine]:
        """A page of the cases that the actor may see, newest first. Raises NotFound for filters that name nothing."""
        query = CaseQuery(
            process=process,
            state=state,
            unit=unit,
            fields=fields or {},
            open_only=not closed,
            overdue_at=self.clock.now() if overdue else None,
            after=after,
            limit=limit,
        )
        return self._lines(query, actor) or self._none(process, state, unit)

    def _none(self, process: str, state: str, unit: str) -> list[CaseLine]:
        """No case, unless a filter is misspelt: then that would not be an answer."""
        used = self.definitions.in_use() if process or state else {}
        if process and process not in used:
            raise NotFound(kind="process", name=process, known=used)
        if state:
            states = {one for key in ([process] if process else used) for one in self.definitions.version(used[key]).state_of}
            if state not in states:
                raise NotFound(kind="state", name=state, known=sorted(states))
        if unit:
            self._facts().organisation.unit(unit)
        return []

    @at_one_moment
    def search(self, words_: str, *, actor: str, limit: int = 50) -> list[CaseLine]:
        """Cases by words of their number, title and fields, with or without diacritics."""
        return self._lines(CaseQuery(words=words_, open_only=False, limit=limit), actor)

    def _lines(self, query: CaseQuery, actor: str) -> list[CaseLine]:
        refuse_signs({"words": query.words, "state": query.state, "unit": query.unit, "after": query.after, **query.fields})
        facts = self._facts_for(actor)
        rows = self.store.cases(query, self._viewer(actor, facts))
        waits = self._waits_for([row.number for row in rows], actor, facts) if query.awaited else {}
        return [self._line(row, facts, waits.get(row.number, ())) for row in rows]

    def _line(self, row: CaseRow, facts: Facts, waits: tuple[str, ...]) -> CaseLine:
        process = self.definitions.version(row.version)
        return CaseLine(
            number=row.number,
            process=row.process,
            title=row.title,
            state=row.state,
            state_title=process.state_of[row.state].title.to(self.language),
            unit=row.unit,
            due=row.due,
            overdue=row.due is not None and row.due <= facts.now,
            opened=row.opened,
            outcome=row.outcome,
            cursor=row.cursor,
            waits_for=waits,
        )

    def _waits_for(self, numbers: Sequence[str], actor: str, facts: Facts) -> dict[str, tuple[str, ...]]:
        """The actions (and replies) of each of these cases that the actor may do now; read for all of them at once."""
        files, children = self.store.load_many(numbers), self.store.children_of(numbers)
        facts = replace(facts, children={**facts.children, **children})
        return {number: shown.waits_for(self.definitions.version(file.case.version), file, actor, facts) for number, file in files.items()}

    def notices(self, *, actor: str, case: str = "", person: str = "") -> list[NoticeShown]:
        """What was sent to whom, newest first, about cases that the actor may see."""
        facts = self._seen(case, actor)[0] if case else self._facts_for(actor)
        rows = self.store.notices(self._viewer(actor, facts), case, person)
        shown = [words.notice_shown(row.notice, facts, row) for row in rows]
        # a message's id follows from all that it tells: to others it would say that there is more than they may see
        return [one if one.person == actor else replace(one, message="") for one in shown]

    def programme(self, *, actor: str, year: int | None = None) -> ProgrammeShown:
        """Each obligation of the programme in a year (this one), with the cases that the actor may see. Raises NoProgramme."""
        facts = self._facts_for(actor)
        looking = Looking(
            store=self.store,
            definitions=self.definitions,
            facts=facts,
            viewer=self._viewer(actor, facts),
            language=self.language,
            year=facts.today.year if year is None else year,
        )
        return looking.programme(self.definitions.programme())

    def programme_page(self, found: ProgrammeShown, kind: str) -> bytes:
        """That page as a file: `docx` or `html`. Of secret cases it bears the number alone."""
        from workflow.reports import programme

        if kind == "docx":
            return programme.docx(found, self.language, self.settings.title)
        return programme.html(found, self.language, self.settings.title).encode()

    # ---- the calendar ----

    def calendar_add(self, day: date, amount: str) -> date:
        """The day that an amount after (or, negative, before) a day falls on."""
        number, unit = parse_amount(amount)
        calendar = self._facts().calendars.default
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=self.zone)
        return calendar.day_of(calendar.add(noon, number, unit), ends=True)

    def calendar_count(self, first: date, second: date) -> int:
        """Working days after the first date up to and including the second."""
        return self._facts().calendars.default.count(first, second)

    def calendar_days(self, first: date, last: date) -> "list[CalendarDay]":
        """Each day from the first to the last: its working hours, or why it is off and by what decision."""
        calendar = self._facts().calendars.default
        days = [first + timedelta(days=far) for far in range((last - first).days + 1)]
        return [words.day_shown(calendar, day, self.language) for day in days]

    # ---- for the layers above ----

    def last_case(self, number: str) -> Case | None:
        """A case as it stands, for whoever carries figures forward; None if there is none."""
        file = self.store.load(number)
        return file.case if file else None

"""The registers of the office's bodies: looked at, printed, and what is entered in them."""

import json
import random
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from msgspec.structs import replace

from workflow.answers.registers import IncomingShown, RegisterShown, ReservedShown, SeriesClosed, SeriesShown
from workflow.documents.registers.forms import FORMS, Register, Row, filled, found, ordered
from workflow.engine import registry
from workflow.engine.facts import Facts
from workflow.engine.numbering import APART, NoSeries, document_series
from workflow.engine.papers import frame_for
from workflow.engine.registry import Incoming, Registering
from workflow.errors import Conflict, NotFound, Refused, UsedRequest, WrongValue
from workflow.model import CLOCK, Attachment, CaseFile, NumberRow, Open, RegistryEntry, SeriesKey, Upload
from workflow.model.registers import CloseSeries, EnterPaper, FollowUp, Receive, RegistryAct, Reserve
from workflow.office import register_rows as lines
from workflow.office.acting import TRIES
from workflow.office.papers import Papers
from workflow.office.register_shown import dated_of, periods_of, shown_of, volume_of
from workflow.office.repeating import is_same_entry
from workflow.office.texts import refuse_signs
from workflow.phrases import phrase
from workflow.plain import digest, new_id, to_plain
from workflow.ports import Stale
from workflow.vietnamese import short_date


class Registers(Papers):
    """Registers: those who keep a body's enter papers in them; all may read what is not secret. Raises Refused, NotFound, Conflict."""

    # ---- looking ----

    def register(
        self,
        kind: str,
        body: str,
        *,
        actor: str,
        year: int = 0,
        words: str = "",
        sort: str = "",
        volume_number: int = 1,
        volume_size: int = 0,
    ) -> RegisterShown:
        """A register of a body: `outgoing`, `incoming`, `follow-up` of a year (0 = this one); `contents` of a case (its number as
        `body`); or `series` with one as `body` (`btg/BC/2026`). `words` narrows it down (marks may be left out), `sort` names a
        column to put it in Vietnamese order by, `volume_size` parts it into volumes.
        """
        made = self._register(kind, body, actor, year, words, sort)
        return shown_of(volume_of(made, volume_number, volume_size), kind, body)

    def register_file(self, kind: str, body: str, to: str, *, actor: str, **options: Any) -> bytes:
        """The same as a file: csv, xlsx, docx or pdf. Raises WrongValue for another kind, CharacterRefused."""
        from workflow.documents.registers.writing import KINDS, write

        if to not in KINDS:
            raise WrongValue(field="file", value=to, expected=", ".join(f".{one}" for one in KINDS))
        number, size = options.pop("volume_number", 1), options.pop("volume_size", 0)
        given = {"year": 0, "words": "", "sort": "", **options}
        made = volume_of(self._register(kind, body, actor, given["year"], given["words"], given["sort"]), number, size)
        return write(made, to, self._facts().today)

    def _register(self, kind: str, body: str, actor: str, year: int, words: str, sort: str) -> Register:
        refuse_signs({"body": body, "words": words})
        facts = self._facts_for(actor)
        if kind == "contents":
            made = self._contents(body, actor)
        elif kind == "series":
            made = self._series_register(body, actor, facts)
        else:
            facts.organisation.unit(body)
            made = self._of_year(kind, body, actor, year or facts.today.year, facts)
        rows: Sequence[Row] = found(made.rows, words) if words else made.rows
        if sort:
            if sort not in made.form.keys:
                raise NotFound(kind="column", name=sort, known=made.form.keys)
            rows = ordered(rows, made.form, sort)
        return filled(made, rows)

    def _of_year(self, kind: str, body: str, actor: str, year: int, facts: Facts) -> Register:
        if kind == "outgoing":
            dated = [one for one in self._outgoing(body, periods_of(body, year, facts), actor, facts) if one[0][0].year == year]
        else:
            papers = [one for one in self._state(body).incoming if one.year == year and registry.sees(actor, body, one, facts)]
            of_kind = {"incoming": lambda: lines.incoming(papers, facts), "follow-up": lambda: self._followed(papers, actor, facts)}
            if kind not in of_kind:
                raise NotFound(kind="register", name=kind, known=[*of_kind, "outgoing", "contents", "series"])
            dated = of_kind[kind]()
        return dated_of(FORMS[kind], facts.unit_title(body), str(year), sorted(dated, key=lambda one: one[0]))

    def _series_register(self, name: str, actor: str, facts: Facts) -> Register:
        series = lines.series_of(name)
        known = [str(one) for one, _ in self._series_seen(actor, facts, series.body if series is not None else "")]
        if series is None or name not in known:
            raise NotFound(kind="series", name=name, known=known)
        rows = self._outgoing(series.body, [series.period], actor, facts, only=series)
        period = series.period.removeprefix("term:")
        return dated_of(FORMS["outgoing"], facts.unit_title(series.body), period, sorted(rows, key=lambda one: one[0][2]))

    def _outgoing(self, body: str, periods: Sequence[str], actor: str, facts: Facts, only: SeriesKey | None = None) -> list[lines.Dated]:
        rows = self.store.numbered(body, periods, self._viewer(actor, facts))
        wanted = [one for one in rows if (one.series == only if only else not one.series.type.startswith(APART))]
        return lines.outgoing([self._to_all(one) for one in wanted], self._state(body), facts)

    def _to_all(self, row: NumberRow) -> NumberRow:
        """The number's paper with the recipients of all that bear the number: one letter to many has one."""
        paper = row.document
        if paper is None or not paper.asked or (file := self.store.load(row.case)) is None:
            return row
        same = [one for one in file.documents if one.series == paper.series and one.number == paper.number]
        recipients = dict.fromkeys(name for one in sorted(same, key=lambda one: int(one.key.rpartition("/")[2])) for name in one.recipients)
        return replace(row, document=replace(paper, recipients=tuple(recipients)))

    def _followed(self, papers: Sequence[Incoming], actor: str, facts: Facts) -> list[lines.Dated]:
        return lines.follow_up([(one, self._stands(one.case, actor, facts)) for one in papers], facts)

    def _stands(self, case: str, actor: str, facts: Facts) -> str:
        """How a paper's case stands, if it may be seen."""
        file = self.store.load(case) if case else None
        if file is None or not self._may_see(actor, file, facts):
            return ""
        process = self.definitions.version(file.case.version)
        return process.state_of[file.case.state].title.to(facts.language)

    def _contents(self, case: str, actor: str) -> Register:
        facts, file, _ = self._seen(case, actor)
        issued = [(one, self._pages(one.files.get("pdf", ""))) for one in file.documents if lines.in_force(one)]
        came = [(one, sum(self._pages(scan.hash) for scan in one.files)) for one in self.received_for(file, actor, facts)]
        rows = lines.contents(issued, came, facts)
        year = str(file.case.opened.astimezone(facts.zone).year)
        made = Register(form=FORMS["contents"], body=f"{case} {file.case.title}".strip(), year=year, rows=tuple(rows))
        return filled(made, rows)

    def received_for(self, file: CaseFile, actor: str, facts: Facts) -> list[Incoming]:
        """The papers that came in for a case and that the actor may see, of every body's register."""
        found_: list[Incoming] = []
        for body in self.store.registries():
            found_ += [one for one in self._state(body).incoming if one.case == file.case.number and registry.sees(actor, body, one, facts)]
        return found_

    def _pages(self, hash_: str) -> int:
        content = self.store.file(hash_) if hash_ else None
        return lines.pages_of(content) if content is not None else 0

    def _state(self, body: str) -> registry.Registers:
        return registry.fold(self.store.registry(body))

    def series(self, *, actor: str, body: str = "") -> list[SeriesShown]:
        """The series of papers, of one body or of all: what each gave, whether it is closed or can be."""
        facts = self._facts_for(actor)
        if body:
            facts.organisation.unit(body)
        return [self._series(one, last, facts) for one, last in self._series_seen(actor, facts, body)]

    def _series_seen(self, actor: str, facts: Facts, body: str = "") -> Iterator[tuple[SeriesKey, int]]:
        """The series of papers and their last numbers; one of secret papers for those who may see one of them, or hold a number of it
        in their registers: for others there is none (law 7).
        """
        for one, last in self.store.series():
            if not one.type.startswith("case:") and body in {"", one.body}:
                if one.type.startswith(APART) and not self._sees_a_number(one, actor, facts):
                    continue
                yield one, last

    def _sees_a_number(self, series: SeriesKey, actor: str, facts: Facts) -> bool:
        rows = self.store.numbered(series.body, [series.period], self._viewer(actor, facts))
        keeper = series.body in facts.organisation.units and registry.keeps(actor, series.body, facts)
        return any(row.series == series and (row.case or keeper) for row in rows)

    def _series(self, series: SeriesKey, last: int, facts: Facts) -> SeriesShown:
        ended = series.body in facts.organisation.units and bool(registry.ended(series.body, facts))
        return SeriesShown(
            series=str(series),
            body=series.body,
            type=series.type,
            period=series.period,
            last=last,
            closed=series in self._state(series.body).closed,
            over=ended or registry.over(series, facts),
        )

    # ---- entering ----

    def receive(
        self,
        body: str,
        *,
        actor: str,
        author: str,
        symbol: str,
        title: str,
        dated: date | None = None,
        to: str = "",
        due: date | None = None,
        case: str = "",
        secret: bool = False,
        files: Sequence[Upload] = (),
        note: str = "",
        request_id: str = "",
        open_process: str = "",
        fields: Mapping[str, Any] | None = None,
    ) -> IncomingShown:
        """Register a paper that came in: linked to a case, or to a new one of `open_process`. A paper that came before is warned of."""
        refuse_signs({"author": author, "symbol": symbol, "title": title, "note": note, "request_id": request_id}, lines=True)
        request = request_id or new_id()
        facts = self._facts_for(actor)
        registry.refuse_others(actor, body, facts)  # before a case is opened for it
        if open_process and not case:
            case = self._open_for(open_process, actor, fields, note, f"{request}-open")
        elif case:
            self._seen(case, actor)
        attached, uploads = self._scans(files)
        act = Receive(
            body=body, actor=actor, request_id=request, login=self.login, note=note, author=author, symbol=symbol, dated=dated, title=title,
            to=self._resolved(to, facts), due=due, case=case, secret=secret, files=attached,
        )  # fmt: skip
        made, repeated = self._entered(act, uploads=uploads)
        return self._incoming_shown(body, made, repeated=repeated)

    def _open_for(self, process: str, actor: str, fields: Mapping[str, Any] | None, note: str, request_id: str) -> str:
        """A new case for a paper that came in; its number."""
        given, uploads = self._given(actor, fields, note, (), request_id)
        act = Open(**given, process=process)
        return self._done(act, self.acting.do(act, uploads=uploads), dry_run=False).case

    def follow_up(
        self,
        body: str,
        number: int,
        *,
        actor: str,
        year: int = 0,
        to: str = "",
        due: date | None = None,
        progress: str = "",
        answer: str = "",
        case: str = "",
        note: str = "",
        request_id: str = "",
    ) -> IncomingShown:
        """Say how the handling of a paper that came in goes on."""
        facts = self._facts_for(actor)
        if case:
            self._seen(case, actor)
        act = FollowUp(
            body=body, actor=actor, request_id=request_id or new_id(), login=self.login, note=note, number=number,
            year=year or facts.today.year, to=self._resolved(to, facts), due=due, progress=progress, answer=answer, case=case,
        )  # fmt: skip
        made, repeated = self._entered(act)
        return self._incoming_shown(body, made, repeated=repeated, at=(act.year, number))

    def reserve(
        self, body: str, type_: str, *, actor: str, count: int = 1, note: str, secret: bool = False, request_id: str = ""
    ) -> ReservedShown:
        """Take the next numbers of the series of this type for papers written outside of the program."""
        facts = self._facts_for(actor)
        act = Reserve(
            body=body,
            actor=actor,
            request_id=request_id or new_id(),
            login=self.login,
            note=note,
            series=self._series_for(body, type_, facts, secret=secret),
            count=count,
        )
        made, repeated = self._entered(act)
        numbers = _said(made.entry)["numbers"]
        return ReservedShown(series=str(act.series), numbers=tuple(numbers), note=note, repeated=repeated)

    def enter(
        self, series: str, number: int, *, actor: str, files: Sequence[Upload] = (), request_id: str = "", **given: Any
    ) -> ReservedShown:
        """Enter the paper that bears a reserved number (symbol, dated, title, signer, recipients, archive, copies, note), or `void` it."""
        key = lines.series_of(series)
        if key is None:
            raise NotFound(kind="series", name=series)
        attached, uploads = self._scans(files)
        given = {**given, "request_id": request_id or new_id(), "login": self.login}
        act = EnterPaper(body=key.body, actor=actor, series=key, number=number, files=attached, **given)
        _, repeated = self._entered(act, uploads=uploads)
        return ReservedShown(series=series, numbers=(number,), note=act.note, repeated=repeated)

    def close_series(self, body: str, *, actor: str, note: str = "", request_id: str = "") -> SeriesClosed:
        """Close the series of a body that ended, or those whose period is over, and certify their last numbers."""
        facts = self._facts_for(actor)
        facts.organisation.unit(body)
        shown = [one for one in self.series(actor=actor, body=body) if one.over and not one.closed]
        last = tuple((SeriesKey(body=one.body, type=one.type, period=one.period), one.last) for one in shown)
        act = CloseSeries(body=body, actor=actor, request_id=request_id or new_id(), login=self.login, note=note, last=last)
        made, repeated = self._entered(act)
        closed = [(str(SeriesKey(**one["series"])), one["last"]) for one in _said(made.entry)["series"]]
        again = {one.series: one for one in self.series(actor=actor, body=body)}
        on = made.entry.at.astimezone(facts.zone).date()
        return SeriesClosed(
            body=body,
            body_title=facts.unit_title(body),
            on=on,
            series=tuple(again[name] for name, _ in closed),
            text=_certificate(body, closed, on, facts),
            repeated=repeated,
        )

    def certify_ended(self, body: str, *, by: str, on: date) -> list[str]:
        """Close the series of a body that ended with a reorganisation, once, and certify their last numbers; those of secret papers
        are closed too, but named to nobody here (law 7). Nothing, where it has none.
        """
        facts, state = self._facts(), self._state(body)
        open_ = [(one, last) for one, last in self.store.series() if one.body == body and not one.type.startswith("case:")]
        last = tuple((one, last) for one, last in open_ if one not in state.closed)
        request_id = f"org-close-{body}-{on.isoformat()}"
        if not last and self.store.registered(request_id) is None:
            return []
        made, _ = self._entered(CloseSeries(body=body, actor=CLOCK, request_id=request_id, note=by, last=last))
        closed = [(SeriesKey(**one["series"]), one["last"]) for one in _said(made.entry)["series"]]
        named = [(str(series), last_) for series, last_ in closed if not series.type.startswith(APART)]
        return [_certificate(body, named, made.entry.at.astimezone(facts.zone).date(), facts)] if named else []

    # ---- carrying out ----

    def _entered(self, act: RegistryAct, *, uploads: Mapping[str, bytes] | None = None) -> tuple[Registering, bool]:
        """Do it once, however many others do the same; whether it was done before. Raises Conflict, WrongValue, UsedRequest."""
        refuse_signs({"request_id": act.request_id})
        refuse_signs(to_plain(act), lines=True)  # a line of a register is one line whatever it was typed as
        for attempt in range(TRIES):
            if attempt:
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 - a pause, not a secret
            if (before := self.store.registered(act.request_id)) is not None:
                if not is_same_entry(act, before):
                    raise UsedRequest(request=act.request_id)
                return Registering(entry=before), True
            try:
                return self._try(act, uploads or {}), False
            except Stale:
                continue
        raise Conflict(what=act.body)

    def _try(self, act: RegistryAct, uploads: Mapping[str, bytes]) -> Registering:
        if not isinstance(act, Reserve):
            return self._write(act, uploads, 0)
        registry.register(act, self.store.registry(act.body), self._facts_for(act.actor), 1)  # what is refused waits for no turn
        with self.store.lease([act.series], self.acting.holder) as lease:
            return self._write(act, uploads, lease.numbers[act.series])

    def _write(self, act: RegistryAct, uploads: Mapping[str, bytes], first: int) -> Registering:
        facts = self._facts() if act.actor == CLOCK else self._facts_for(act.actor)
        made = registry.register(act, self.store.registry(act.body), facts, first)
        self.store.register([made.entry], made.numbers, uploads)
        return made

    def _scans(self, files: Sequence[Upload]) -> tuple[tuple[Attachment, ...], dict[str, bytes]]:
        _, uploads = self._uploaded({}, files)
        return tuple(Attachment(name=one.name, hash=digest(one.content), size=len(one.content)) for one in files), uploads

    def _resolved(self, to: str, facts: Facts) -> str:
        """A unit's key, or a person by key or `position.unit`."""
        return to if not to or to in facts.organisation.units else facts.organisation.resolve(to, facts.today)

    def _series_for(self, body: str, type_: str, facts: Facts, *, secret: bool) -> SeriesKey:
        facts.organisation.unit(body)
        types = self.definitions.types()
        if type_ not in types:
            raise NotFound(kind="document type", name=type_, known=types)
        frame = frame_for(types[type_], body, facts.organisation, facts.today)
        try:
            return document_series(types[type_], frame, body, facts, secret=secret)
        except NoSeries as fault:
            raise Refused(what=body, reasons=[fault.reason]) from None

    def _incoming_shown(self, body: str, made: Registering, *, repeated: bool, at: tuple[int, int] | None = None) -> IncomingShown:
        said = _said(made.entry)
        year, number = at or (said["year"], said["number"])
        one = next(one for one in self._state(body).incoming if (one.year, one.number) == (year, number))
        return IncomingShown(
            body=body, number=one.number, year=one.year, arrived=one.arrived, author=one.author, symbol=one.symbol, dated=one.dated,
            title=one.title, to=one.to, due=one.due, progress=one.progress, answer=one.answer, case=one.case, secret=one.secret,
            note=one.note, files={scan.name: scan.hash for scan in one.files},
            warnings=tuple(reason.message(self.language) for reason in made.warnings), repeated=repeated,
        )  # fmt: skip


def _certificate(body: str, closed: Sequence[tuple[str, int]], on: date, facts: Facts) -> str:
    """The paper that says at which numbers the series ended."""
    title, day = facts.unit_title(body), short_date(on)
    text = [phrase("Certificate: the series of {body} are closed on {day}.", facts.language, body=title, day=day)]
    text += [phrase("- {series}: last number {last}", facts.language, series=name, last=f"{last:02}") for name, last in closed]
    return "\n".join(text)


def _said(entry: RegistryEntry) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(entry.text)["data"]
    return data

"""What a scenario expects after a step, each kind by its name, and what there really is."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from workflow import documents
from workflow.engine.decide import draft_now
from workflow.engine.permission import Asker, awaited, holders
from workflow.engine.scope import round_of
from workflow.engine.together import children
from workflow.engine.work import begun
from workflow.errors import NotFound
from workflow.language.values import parse
from workflow.model import Act, CaseFile, Deadline, DeadlineStatus, Document, DocumentStatus, Notice, OpinionStatus
from workflow.simulate.deeds import next_deadline
from workflow.simulate.scenario import Step
from workflow.simulate.stage import Stage, field_type, step_case

BY_KEY = {"due": "due by name", "notices": "notices by words"}
"""The expectations that are a list or a value, but may be keys with values too."""


class Before(Struct, frozen=True, kw_only=True):
    """What there was before a step: what is new after it is the step's."""

    cases: frozenset[str] = frozenset()
    notices: frozenset[str] = frozenset()
    documents: Mapping[tuple[str, str], Document] = field(default_factory=dict)


def look(stage: Stage, step: Step) -> Before:
    """What there is now of what the step is expected to change."""
    papers, cases = {"drafts", "issues"} & set(step.expect), "opened" in step.expect
    files = stage.files() if papers or cases else []
    return Before(
        cases=frozenset(file.case.number for file in files),
        notices=frozenset(notice.key for notice in stage.notices()) if "notices" in step.expect else frozenset(),
        documents={(file.case.number, one.key): one for file in files for one in file.documents},
    )


def check(stage: Stage, step: Step, before: Before) -> None:
    """Compare what is expected of a step with what came. Raises Mismatch at the expectation."""
    came = _Came(stage, step, before)
    for key, (wanted, place) in step.expect.items():
        kind = BY_KEY.get(key, key) if isinstance(wanted, Mapping) else key
        got = getattr(came, kind.replace(" ", "_"))()
        if not came.agrees(kind, wanted, got):
            said = {name: got.get(name) for name in wanted} if isinstance(wanted, Mapping) else got
            raise stage.wrong(place, "expected {key}: {wanted}; got: {got}", key=key, wanted=_shown(wanted), got=_shown(said))


class _Came(Struct, frozen=True, dict=True):
    """What came of a step; a method for each expectation."""

    stage: Stage
    step: Step
    before: Before

    @cached_property
    def file(self) -> CaseFile:
        return step_case(self.stage, self.step)

    def agrees(self, key: str, wanted: Any, got: Any) -> bool:
        words = [] if wanted is None else [str(one) for one in (wanted if isinstance(wanted, list) else [wanted])]
        match key:
            case "notices by words":
                told = {person for who in wanted for person in self._persons(who)} == {one.person for one in self._told()}
                return told and all(_one_line(said) in got[who] for who, said in wanted.items())
            case "notices":
                meant = [self.stage.persons(word, self.file) for word in words]
                return set(got) <= set().union(*meant) and all(one & set(got) for one in meant)
            case "awaited":
                return set(got) == set().union(*(self.stage.persons(word, self.file) for word in words))
            case "drafts" | "issues" | "opened" | "deadlines":
                return sorted(got) == sorted(words)
            case "fields":
                return all(got.get(name) == self._plain(name, value) for name, value in wanted.items())
            case "due":
                return str(got) == str(wanted)
            case "signed":
                return all(set(got[rule]) == self._persons(who) for rule, who in wanted.items())
            case "says":
                return all(_one_line(said) in got[rule] for rule, said in wanted.items())
            case "due by name" | "tracks" | "children" | "opinions":
                return all(str(got.get(name)) == str(value) for name, value in wanted.items())
        return bool(got == wanted)

    def _persons(self, words: Any) -> set[str]:
        """The persons that one word, or several, mean."""
        return set().union(*(self.stage.persons(str(word), self.file) for word in ([words] if isinstance(words, str) else words)))

    def _plain(self, name: str, value: Any) -> Any:
        kind = field_type(self.stage.process(self.file), name)
        return parse(kind, self.stage.value(value), self.stage.facts().known)

    # ---- the case ----

    def state(self) -> str:
        return self.file.case.state

    def outcome(self) -> str:
        return self.file.case.outcome

    def title(self) -> str:
        return self.file.case.title

    def fields(self) -> Mapping[str, Any]:
        """As they are now, computed ones worked out."""
        file = self.file
        return begun(self.stage.process(file), file, Act(actor="", request_id=""), self.stage.facts_of(file)).fields_now()

    def tracks(self) -> Mapping[str, str]:
        states = self.stage.process(self.file).state_of
        return {key: states[at.state].name for key, at in self.file.case.tracks.items()}

    def children(self) -> Mapping[str, Any]:
        found = children(self.stage.office.store.children(self.file.case.number))
        names = [(name, *name.partition(".")[::2]) for name in self.step.expect["children"][0]]
        return {name: found[first][field_] if field_ else found[first] for name, first, field_ in names}

    def opinions(self) -> Mapping[str, str]:
        """Of the newest round (the case's own, and each track's): each asked one's answer, or how it stands: asked, given
        (where no answers are declared), silent. Of one asked in several, what was asked last.
        """
        process = self.stage.process(self.file)
        rounds = [one for track in ("", *process.track_of) for one in round_of(process, self.file, track)]
        return {
            one.asked: one.answer if one.answer and one.status is OpinionStatus.GIVEN else one.status.value
            for one in sorted(rounds, key=lambda one: one.asked_at)
        }

    def opened(self) -> list[str]:
        """The processes of the cases that the step opened."""
        return [file.case.process for file in self.stage.files() if file.case.number not in self.before.cases]

    def number(self) -> str:
        return self.file.case.number

    def sees(self) -> Mapping[str, bool]:
        """Of each who is named, whether they (all of them) may see the case: everybody may, unless it is secret."""
        return {who: self._all_see(self._persons(who)) for who in self.step.expect["sees"][0]}

    def _all_see(self, persons: set[str]) -> bool:
        organisation, today = self.stage.facts().organisation, self.stage.facts().today
        viewers = [organisation.viewer(one, today) for one in persons]
        return bool(viewers) and all(self.stage.office.store.sees(self.file.case.number, one) for one in viewers)

    # ---- time ----

    def _running(self) -> list[Deadline]:
        return [one for one in self.file.deadlines if one.status is DeadlineStatus.RUNNING]

    def deadlines(self) -> list[str]:
        """The names of those that run."""
        return sorted(one.name for one in self._running())

    def overdue(self) -> bool:
        return any(one.due <= self.stage.clock.at for one in self._running())

    def due(self) -> date:
        """The last day of the next deadline."""
        return self._day(next_deadline(self.stage, self.step))

    def due_by_name(self) -> Mapping[str, date]:
        """The last day of each that runs; of one name, the next."""
        return {one.name: self._day(one) for one in sorted(self._running(), key=lambda one: one.due, reverse=True)}

    def _day(self, deadline: Deadline) -> date:
        return self.stage.facts().calendars.default.day_of(deadline.due, ends=True)

    # ---- people and papers ----

    def _told(self) -> list[Notice]:
        """The step's notices about the case."""
        number = self.file.case.number
        return [one for one in self.stage.notices() if one.case == number and one.key not in self.before.notices]

    def notices(self) -> list[str]:
        return sorted({one.person for one in self._told()})

    def notices_by_words(self) -> Mapping[str, str]:
        """What each that is named was told, on one line."""
        told = self._told()
        named = {who: self._persons(who) for who in self.step.expect["notices"][0]}
        return {who: _one_line(" ".join(one.text for one in told if one.person in persons)) for who, persons in named.items()}

    def awaited(self) -> list[str]:
        facts = self.stage.facts_of(self.file)
        return sorted(holders(awaited(Asker(process=self.stage.process(self.file), file=self.file, facts=facts)), facts))

    def drafts(self) -> list[str]:
        return self._papers(DocumentStatus.DRAFT)

    def issues(self) -> list[str]:
        return self._papers(DocumentStatus.ISSUED)

    def signed(self) -> Mapping[str, list[str]]:
        """Who signed the newest paper of each rule."""
        return {rule: [one.person for one in self._newest(rule).signatures] for rule in self.step.expect["signed"][0]}

    def says(self) -> Mapping[str, str]:
        """The text of the newest paper of each rule, on one line; of a draft, as it would be written now."""
        return {rule: self._text(self._newest(rule)) for rule in self.step.expect["says"][0]}

    def _newest(self, rule: str) -> Document:
        found = [one for one in self.file.documents if one.rule == rule]
        if not found:
            known = [one.rule for one in self.file.documents]
            raise NotFound(kind="document", name=rule, known=known)
        return max(found, key=lambda one: (one.at, one.key))

    def _text(self, document: Document) -> str:
        file = self.file
        process = self.stage.process(file)
        if document.status is DocumentStatus.DRAFT:
            document = draft_now(process, file, document, self.stage.facts_of(file))
        name = process.document_of[document.rule].body
        return _one_line(documents.text(document, process.templates[name], name=name))

    def _papers(self, status: DocumentStatus) -> list[str]:
        number = self.file.case.number
        new = (one for one in self.file.documents if self.before.documents.get((number, one.key)) != one and one.status is status)
        return sorted({one.rule for one in new})


def _one_line(text: object) -> str:
    return " ".join(str(text).split())


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_shown(one)}" for key, one in value.items()) or "–"
    return ", ".join(map(str, value)) or "–" if isinstance(value, list | tuple | set) else str(value)

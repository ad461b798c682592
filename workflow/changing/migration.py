"""Moving the open cases of a procedure to another version of it: each in a transaction of its own, seen before and done after by
one planner (the engine's act). Broken off, it is begun again: a case that was moved is none of those that are left.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from workflow.answers.migration import CaseMoved, DeadlineCarried, Migrated
from workflow.changing.versions import SHORT, rows, version_named
from workflow.engine.migrating import MAPPING
from workflow.errors import HosoError, NotFound, Refused, WrongValue
from workflow.language.process import Process
from workflow.model import CLOCK, Act, CaseRow, Migrate, Unmigrate, Viewer
from workflow.office import Office, new_id, words
from workflow.office.acting import Outcome
from workflow.vietnamese import nfc

MOVES, REFUSED = "moves", "refused"
COLUMNS = ("state", "unit", "version")
"""What cases may be chosen by besides their fields."""

_ELSEWHERE = frozenset({"never", "closed", "same"})
"""Reasons of cases that are no matter of this migration: closed or moved since they were looked for, or never migrated."""

Progress = Callable[[Iterator[CaseMoved], int], Iterator[CaseMoved]]
"""Shows how far a migration has come: what comes of each case, and how many cases there are."""


class Wanted(Struct, frozen=True, kw_only=True):
    """What somebody who runs the office asks for. `to`: the first letters of a version ('' = the one in use)."""

    process: str
    to: str = ""
    states: Mapping[str, str] = field(default_factory=dict)
    where: Mapping[str, str] = field(default_factory=dict)
    restart: bool = False
    undo: bool = False
    dry_run: bool = False
    by: str = ""
    why: str = ""


class Migration:
    """One migration of one procedure. Raises NotFound and WrongValue for what names nothing."""

    def __init__(self, office: Office, wanted: Wanted, viewer: Viewer) -> None:
        self._office, self._wanted, self._viewer = office, wanted, viewer
        used = office.definitions.in_use()
        if wanted.process not in used:
            raise NotFound(kind="process", name=wanted.process, known=used)
        hash_ = version_named(office, wanted.to, wanted.process) if wanted.to else used[wanted.process]
        self.target: Process = office.definitions.version(hash_)
        for state in wanted.states.values():
            if state not in self.target.state_of:
                raise NotFound(kind="state", name=state, known=self.target.state_of)
        self._rows = list(self._chosen())
        self._hidden = self._unseen()
        self._opening = any(self._opens(key) for key in used)
        self._known_states(wanted.states)

    def _unseen(self) -> frozenset[str]:
        """The secret ones among them that whoever asks may not see."""
        secret = frozenset(row.number for row in self._rows if row.secret)
        return secret - {row.number for row in rows(self._office, self.target.key, viewer=self._viewer)} if secret else secret

    def _opens(self, process: str) -> bool:
        """Whether cases of a procedure may have sub-cases."""
        found = self._office.definitions.process(process)
        effects = [state.effects for state in found.states]
        for action in (*found.actions, *found.starts, *(state.consult.reply for state in found.states if state.consult)):
            effects += [action.effects, *(branch.effects for branch in action.to)]
        return any(one.opens for one in effects)

    def _known_states(self, states: Mapping[str, str]) -> None:
        """A mapping that names no state of any version is misspelt."""
        deployed = {used.hash for used in self._office.store.deployments("process", self.target.key)}
        known = {state for hash_ in deployed for state in self._office.definitions.version(hash_).state_of}
        for state in states:
            if state not in known:
                raise NotFound(kind="state", name=state, known=sorted(known))

    def _chosen(self) -> Iterator[CaseRow]:
        """The open cases that are left to move (or, to undo, that were moved), the oldest last."""
        where = dict(self._wanted.where)
        columns = {key: where.pop(key) for key in COLUMNS if key in where and key not in self.target.field_of}
        unknown = [key for key in where if key not in self.target.field_of and not self._ever(key)]
        if unknown:
            raise NotFound(kind="field", name=unknown[0], known=[*self.target.field_of, *COLUMNS])
        for row in rows(self._office, self.target.key, where):
            here = row.version == self.target.version
            if here is self._wanted.undo and all(_matches(row, key, value) for key, value in columns.items()):
                yield row

    def _ever(self, field_: str) -> bool:
        versions = (used.hash for used in self._office.store.deployments("process", self.target.key))
        return any(field_ in self._office.definitions.version(hash_).field_of for hash_ in versions)

    # ---- one case after the other ----

    def run(self, progress: Progress) -> Migrated:
        """Move them, or show it; what came of each goes through `progress`."""
        outcomes: Counter[str] = Counter()
        unmapped: Counter[str] = Counter()
        reasons: Counter[str] = Counter()
        cases = []
        for one in progress(self._visited(), len(self._rows) - len(self._hidden)):
            outcomes[one.outcome] += 1
            if one.outcome == MAPPING:
                unmapped[one.state] += 1
            else:
                reasons.update(one.reasons)
            cases.append(one)
        wanted = self._wanted
        return Migrated(
            process=self.target.key,
            title=self.target.title.to(self._office.language),
            to=self.target.version[:SHORT],
            dry_run=wanted.dry_run,
            undo=wanted.undo,
            restart=wanted.restart,
            moved=outcomes[MOVES],
            mapping=outcomes[MAPPING],
            refused=outcomes[REFUSED],
            unmapped=dict(sorted(unmapped.items())),
            why_refused=dict(reasons.most_common()),
            cases=tuple(cases),
        )

    def _visited(self) -> Iterator[CaseMoved]:
        """What comes of each case that whoever asks may see. The others are moved with them, and nothing is said of them (law 7)."""
        for row in self._rows:
            if row.number not in self._hidden:
                found = self._one(row)
                if found is not None:
                    yield found
            elif not self._wanted.dry_run:
                self._one(row)

    def _one(self, row: CaseRow) -> CaseMoved | None:
        """What comes of one case; None for one that was closed or moved meanwhile, or, to undo, never was migrated."""
        old = self._office.definitions.version(row.version)
        head: dict[str, Any] = {
            "case": row.number,
            "title": row.title,
            "version": row.version[:SHORT],
            "state": row.state,
            "state_title": old.state_of[row.state].title.to(self._office.language),
        }
        kept = {self.target.version: self.target}
        try:
            outcome = self._office.acting.do(self._act(row), case=row.number, dry_run=self._wanted.dry_run, facts={"kept": kept})
        except Refused as refusal:
            codes = {reason.code for reason in refusal.reasons}
            if codes <= _ELSEWHERE:
                return None
            said = tuple(reason.message(self._office.language) for reason in refusal.reasons)
            return CaseMoved(**head, outcome=MAPPING if codes == {MAPPING} else REFUSED, reasons=said)
        except HosoError as error:
            return CaseMoved(**head, outcome=REFUSED, reasons=(error.message(self._office.language),))
        return self._moved(head, outcome)

    def _act(self, row: CaseRow) -> Act:
        wanted, number, request = self._wanted, row.number, new_id()
        if wanted.undo:
            return Unmigrate(actor=CLOCK, request_id=request, case=number, by=wanted.by, note=wanted.why)
        return Migrate(
            actor=CLOCK,
            request_id=request,
            case=number,
            version=self.target.version,
            states=wanted.states,
            restart=wanted.restart,
            by=wanted.by,
            note=wanted.why,
        )

    # ---- for people ----

    def _moved(self, head: dict[str, Any], outcome: Outcome) -> CaseMoved:
        if outcome.change is None:  # done by somebody else at this very moment
            return CaseMoved(**head, outcome=MOVES)
        part, facts = outcome.part, outcome.facts
        data, case = part.drafts[0].data, part.case
        after = {one.key: one for one in part.deadlines}
        return CaseMoved(
            **head,
            outcome=MOVES,
            to=case.state,
            to_title=outcome.process.state_of[case.state].title.to(facts.language),
            deadlines=tuple(self._carried(one, outcome, after) for one in data.get("deadlines", ())),
            opinions_out=data.get("opinions", 0),
            fields_left=tuple(data.get("fields", ())),
            drafts_void=tuple(data.get("drafts", ())),
            drafts_kept=data.get("drafts_kept", 0),
            sub_cases=self._open_below(case.number) if self._opening else 0,
            handlers={slot: facts.person_title(person) for slot, person in case.slots.items()},
            followed=tuple(draft.action for draft in part.drafts[1:]),
        )

    def _open_below(self, number: str) -> int:
        """Its open sub-cases, of those that whoever asks may see."""
        store = self._office.store
        return sum(one.open and (not one.secret or store.sees(one.number, self._viewer)) for one in store.children(number))

    def _carried(self, one: Mapping[str, Any], outcome: Outcome, after: Mapping[str, Any]) -> DeadlineCarried:
        deadline = after.get(one["deadline"])
        on = words.on_text(outcome.process, deadline, outcome.facts) if deadline is not None else one["deadline"]
        running = one["fate"] != "dropped"
        return DeadlineCarried(
            deadline=one["deadline"],
            on=on,
            fate=one["fate"],
            before=one["before"],
            after=one["after"],
            overdue=running and one["after"] <= outcome.facts.now,
        )


def _matches(row: CaseRow, column: str, value: str) -> bool:
    found = str(getattr(row, column))
    return found.startswith(value) if column == "version" else found == nfc(value)


def pairs(texts: tuple[str, ...], what: str) -> dict[str, str]:
    """`old=new` each. Raises WrongValue."""
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip() or not value.strip():
            raise WrongValue(field=what, value=text, expected="of the form NAME=VALUE")
        found[key.strip()] = value.strip()
    return found

"""A reorganisation: what it means for open cases, replies, delegations, periodic cases and series, seen before and done after by the
same planner.

The organisation comes into use first, then each case changes hands in a transaction of its own, with a request id that follows from the
organisation and the case: what was broken off is gone on with by the same command, and nothing is done twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from msgspec import Struct, field

from workflow.answers.organisation import CaseTransferred, Choice, Reorganised, UnitChanged
from workflow.engine.numbering import APART
from workflow.engine.standing import actions_here
from workflow.engine.transferring import REORGANISE
from workflow.errors import HosoError, Reason, Refused
from workflow.language.process import Process
from workflow.logs import LOG
from workflow.model import CLOCK, CaseFile, OpinionStatus, Transfer, Viewer
from workflow.office.reading import Reading
from workflow.organisation import Organisation, OrgUnit, holds_on
from workflow.phrases import phrase
from workflow.plain import digest

DAY = timedelta(days=1)
RENAMED, MERGED, SPLIT, ENDED = "renamed", "merged", "split", "ended"
END = "end"
"""In place of a successor: nobody takes the unit's place, what it owed is owed no more and what it kept is closed."""


class Ending(Struct, frozen=True, kw_only=True):
    """A unit that ends, and by what: its kind is renamed, merged, split or ended (by none)."""

    unit: OrgUnit
    kind: str
    successors: tuple[str, ...]


def endings(organisation: Organisation, effective: date) -> dict[str, Ending]:
    """The units whose last day is the one before, in file order."""
    ended = {key: unit for key, unit in organisation.units.items() if unit.until == effective - DAY}
    before = [one for unit in ended.values() for one in unit.succeeded_by]
    return {key: Ending(unit=unit, kind=_kind(unit, before), successors=unit.succeeded_by) for key, unit in ended.items()}


def _kind(unit: OrgUnit, successors: Sequence[str]) -> str:
    if len(unit.succeeded_by) > 1:
        return SPLIT
    if not unit.succeeded_by:
        return ENDED
    return MERGED if successors.count(unit.succeeded_by[0]) > 1 else RENAMED


class Plan(Struct, kw_only=True, dict=True):
    """A reorganisation in the making. `chosen`: ended unit → successor, where there are several or none; `single`: the same for
    one case by its number.
    """

    office: Reading
    organisation: Organisation
    effective: date
    chosen: Mapping[str, str] = field(default_factory=dict)
    single: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    failed: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.endings = endings(self.organisation, self.effective)

    # ---- what is asked first ----

    def check(self) -> None:
        """Raises Refused with every reason why it can't be applied: nothing ends that day, a choice names nothing."""
        reasons: list[Reason] = []
        if not self.endings:
            last = (self.effective - DAY).strftime("%d/%m/%Y")
            template = "no unit ends on {day} (write until: and succeeded_by: in its line)"
            reasons.append(Reason(code="no-unit", template=template, facts={"day": last}))
        reasons += [
            Reason(code="choice", template="'{unit}' does not end then, so nothing takes its place", facts={"unit": one})
            for one in self.chosen
            if one not in self.endings
        ]
        reasons += [
            Reason(code="choice", template="'{unit}' has a successor, so nothing of it ends", facts={"unit": one})
            for one, heir in self.chosen.items()
            if heir == END and one in self.endings and len(self.endings[one].successors) == 1
        ]
        reasons += [
            Reason(code="choice", template="'{unit}' is no unit that exists on that day", facts={"unit": one})
            for one in dict.fromkeys((*self.chosen.values(), *self.single.values()))
            if one != END and not self._exists(one)
        ]
        if reasons:
            raise Refused(what="org apply", reasons=reasons)

    def _exists(self, unit: str) -> bool:
        found = self.organisation.units.get(unit)
        return found is not None and holds_on(found, self.effective)

    # ---- cases ----

    def cases(self) -> Iterator[tuple[CaseFile, Process]]:
        """Every open case, in order of opening."""
        for number in self.office.store.open_cases():
            file = self.office.store.load(number)
            if file is not None and file.case.open:
                yield file, self.office.definitions.version(file.case.version)

    def touched(self, file: CaseFile, process: Process) -> tuple[str, ...]:
        """The ended units that the case hangs on: that keeps it, is asked, or is named by its process or its fields."""
        named = {file.case.unit, *(one.asked for one in file.asked if one.status is OpinionStatus.ASKED)}
        named |= _units_of(process) | _values(file)
        return tuple(one for one in self.endings if one in named)

    def heirs(self, file: CaseFile, units: Iterable[str]) -> dict[str, str]:
        """Ended unit → who takes its place in this case, or `end`; without those that are still to be chosen."""
        found: dict[str, str] = {}
        for one in units:
            successors = self.endings[one].successors
            heir = self.single.get(file.case.number, "") if len(successors) != 1 else ""
            heir = heir or self.chosen.get(one, "") or (successors[0] if len(successors) == 1 else "")
            if heir:
                found[one] = heir
        return found

    def open_choices(self, seen: Iterable[tuple[CaseFile, tuple[str, ...]]], viewer: Viewer) -> tuple[Choice, ...]:
        """The ended units without one successor that open cases hang on, and nothing is chosen for; the cases that the viewer may see."""
        found: dict[str, list[str]] = {}
        for file, units in seen:
            for one in units:
                if one not in self.heirs(file, units) and _seen(file, viewer, self.office):
                    found.setdefault(one, []).append(file.case.number)
        return tuple(
            Choice(unit=one, title=self.endings[one].unit.title, successors=self.endings[one].successors, cases=tuple(numbers))
            for one, numbers in found.items()
        )

    def stuck(self, hit: Iterable[tuple[CaseFile, Mapping[str, str]]]) -> tuple[Reason, ...]:
        """Why cases can't end with the unit that keeps them, each procedure once: by its version, it has no action for that where the
        case stands. Of a case goes to `failed` what those may read who see it; the reasons name no case (law 7).
        """
        found: dict[tuple[str, str], Reason] = {}
        for file, heirs in hit:
            process = self.office.definitions.version(file.case.version)
            if heirs.get(file.case.unit) == END and REORGANISE not in actions_here(process, file.case):
                facts = {"process": process.key, "unit": file.case.unit, "action": REORGANISE}
                reason = Reason(code="no-end", template=_NO_END, facts=facts)
                found[process.key, file.case.unit] = reason
                state = process.state_of[file.case.state]
                self.failed[file.case.number] = f"{state.title.to(self.office.language)}: {reason.message(self.office.language)}"
        return tuple(found.values())

    # ---- carried out ----

    def act(self, file: CaseFile, heirs: Mapping[str, str]) -> Transfer:
        """The clock's act on one case: its request id follows from what is done, so that it is done once."""
        named = digest(f"{self.organisation.version}\n{self.effective.isoformat()}\n{file.case.number}")
        note = phrase("reorganisation of {day}", self.office.language, day=self.effective.strftime("%d/%m/%Y"))
        after = {unit: heir for unit, heir in heirs.items() if heir != END}
        ended = tuple(unit for unit in heirs if unit not in after)
        number = file.case.number
        return Transfer(actor=CLOCK, request_id=f"org-{named[:40]}", case=number, heirs=after, ended=ended, by=self.by, note=note)

    def move(self, file: CaseFile, heirs: Mapping[str, str]) -> bool:
        """Let one case change hands; False where nothing of it changes. What can't be done goes to `failed`."""
        act = self.act(file, heirs)
        try:
            outcome = self.office.acting.do(act, case=file.case.number)
        except Refused as refusal:
            if [reason.code for reason in refusal.reasons] != ["not-due"]:
                self.failed[file.case.number] = refusal.message(self.office.language)
            return False
        except HosoError as error:
            self.failed[file.case.number] = error.message(self.office.language)
            LOG.warning("case not transferred", extra={"facts": {"case": file.case.number, "error": error.code}})
            return False
        return outcome.receipt is None


_NO_END = (
    "the procedure '{process}' has no action '{action}' where open cases of {unit} stand, so they can't end with it: give it one that "
    "leads to a final state (actions: {action}: {{from: any, by: …, to: …}}), deploy, and move these cases over (hoso process migrate "
    "{process}); or name who takes its place (--to {unit}=SUCCESSOR, --case NUMBER=SUCCESSOR)"
)


def _values(file: CaseFile) -> set[str]:
    """The texts in a case's fields that may be units' keys."""
    found: set[str] = set()
    for value in file.case.fields.values():
        found.update(one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str))
    return found


def _units_of(process: Process) -> frozenset[str]:
    """The units that a process names: of its roles, its papers, itself."""
    kept = _KNOWN.get(process.version)
    if kept is None:
        roles = [role.unit for role in process.roles if role.unit is not None]
        trees = [process.unit, *roles, *(one for rule in process.documents for one in rule.issuers)]
        kept = frozenset(str(tree.tree[1]) for tree in trees if tree.tree[0] == "const" and tree.tree[1])
        _KNOWN[process.version] = kept
    return kept


_KNOWN: dict[str, frozenset[str]] = {}


def _seen(file: CaseFile, viewer: Viewer, office: Reading) -> bool:
    return not file.case.secret or office.store.sees(file.case.number, viewer)


def moved_shown(file: CaseFile, heirs: Mapping[str, str], viewer: Viewer, office: Reading) -> CaseTransferred | None:
    """One case that changes hands, for whoever may see it."""
    case = file.case
    if not _seen(file, viewer, office):
        return None
    replies = tuple(one.asked for one in file.asked if one.status is OpinionStatus.ASKED and one.asked in heirs)
    return CaseTransferred(case=case.number, title=case.title, before=case.unit, after=heirs.get(case.unit, case.unit), replies=replies)


def told(
    plan: Plan,
    cases: Sequence[CaseTransferred],
    choices: tuple[Choice, ...],
    viewer: Viewer,
    *,
    dry_run: bool,
    certificates: Sequence[str] = (),
) -> Reorganised:
    """All that a reorganisation means, for people."""
    return Reorganised(
        effective=plan.effective,
        dry_run=dry_run,
        units=tuple(
            UnitChanged(unit=key, title=one.unit.title, kind=one.kind, successors=one.successors) for key, one in plan.endings.items()
        ),
        cases=tuple(cases),
        choices=choices,
        delegations=_delegations(plan),
        periodic=_periodic(plan),
        series=_series(plan),
        certificates=tuple(certificates),
        failed=tuple(f"{case}: {why}" for case, why in plan.failed.items() if plan.office.store.sees(case, viewer)),
    )


def _delegations(plan: Plan) -> tuple[str, ...]:
    """Running delegations of (or to) somebody who holds no post from that day on: they are worth nothing any more."""
    organisation = plan.organisation
    running = [one for one in organisation.delegations if holds_on(one, plan.effective)]
    gone = {one: organisation.left(one, plan.effective) for each in running for one in (each.principal, each.deputy)}
    return tuple(f"{one.principal} → {one.deputy}" for one in running if gone[one.principal] or gone[one.deputy])


def _periodic(plan: Plan) -> tuple[str, ...]:
    """Processes whose clock opens cases for an ended unit, and who keeps these from then on ('' = nobody: they fail)."""
    found = []
    for key in plan.office.definitions.in_use():
        process = plan.office.definitions.process(key)
        unit = str(process.unit.tree[1]) if process.unit.tree[0] == "const" else ""
        if process.periodic and unit in plan.endings:
            successors = plan.endings[unit].successors
            found.append(f"{key}: {unit} → {successors[0] if len(successors) == 1 else plan.chosen.get(unit, '–')}")
    return tuple(found)


def _series(plan: Plan) -> tuple[str, ...]:
    """The series of ended units, with their last numbers: those that take their place open theirs at 01. Those of secret papers and
    cases are counted for nobody here (law 7).
    """
    secret = {f"case:{key}" for key in plan.office.definitions.in_use() if plan.office.definitions.process(key).secret is not None}
    named = ((series, last) for series, last in plan.office.store.series() if series.body in plan.endings)
    return tuple(f"{series}: {last}" for series, last in named if series.type not in secret and not series.type.startswith(APART))

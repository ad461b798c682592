"""What an office does about its organisation: what a day leaves empty, and reorganisations (reads YAML only when asked for)."""

from collections.abc import Mapping
from datetime import date, timedelta

from workflow.answers import Finding
from workflow.answers.organisation import Reorganised
from workflow.errors import DefinitionsWrong, Reason, Refused, WrongValue
from workflow.filing import write_whole
from workflow.model import Viewer
from workflow.office import Office
from workflow.office.texts import refuse_signs
from workflow.organisation import Organisation

AHEAD = timedelta(days=366)
FARTHEST = timedelta(days=366 * 20)


class Units(Office):
    """Looks at the organisation, and reorganises."""

    def _today(self) -> date:
        return self.clock.now().astimezone(self.zone).date()

    def check_organisation(self, *, until: date | None = None) -> list[Finding]:
        """What the organisation of the definitions folder leaves empty, from today up to a day (a year ahead, if none is named).

        Raises DefinitionsWrong, WrongValue.
        """
        from workflow.authoring.deploy import FOLDER, check, read_folder
        from workflow.changing.staffing import Staffing

        today, last = self._today(), until or self._today() + AHEAD
        if not today <= last <= today + FARTHEST:
            raise WrongValue(field="until", value=last.isoformat(), expected="a day of the next twenty years")
        compiled = check(read_folder(self.folder / FOLDER))
        if compiled.organisation is None:
            raise DefinitionsWrong(compiled.problems)
        processes = tuple(compiled.processes.values())
        staffing = Staffing(processes=processes, organisation=compiled.organisation, today=today, last=last, language=self.language)
        return staffing.find()

    def reorganise(
        self,
        file: bytes,
        *,
        effective: date,
        actor: str = "",
        by: str = "",
        why: str = "",
        chosen: Mapping[str, str] | None = None,
        single: Mapping[str, str] | None = None,
        dry_run: bool = False,
    ) -> Reorganised:
        """Bring an organisation into use whose units are others from a day on, and let what ended units kept or owed change hands.
        `chosen`: ended unit → who takes its place, where it has several successors or none, or `end`: nobody; `single`: the same for
        one case by its number. Called again, it goes on where it was broken off. Of the cases it tells those that `actor` may see.

        Raises DefinitionsWrong, Refused (too early, a choice to be made, a case that can't end …); then nothing was changed.
        """
        refuse_signs({"why": why}, lines=True)
        from workflow.office.reorganising import Plan, moved_shown, told

        organisation = self._meant(file)
        plan = Plan(office=self, organisation=organisation, effective=effective, chosen=chosen or {}, single=single or {}, by=by)
        plan.check()
        viewer = self._viewer(actor, self._facts()) if actor else Viewer()
        seen = [(case, plan.touched(case, process)) for case, process in plan.cases()]
        hit = [(case, plan.heirs(case, units)) for case, units in seen if units]
        shown = [one for case, heirs in hit if heirs and (one := moved_shown(case, heirs, viewer, self)) is not None]
        choices, stuck = plan.open_choices(seen, viewer), plan.stuck(hit)
        if dry_run:
            return told(plan, shown, choices, viewer, dry_run=True)
        self._refuse(plan.open_choices(seen, Viewer(everything=True)), stuck, effective)
        self._bring_into_use(file, by, why)
        done = {case.case.number for case, heirs in hit if heirs and plan.move(case, heirs)}
        certificates = [one for unit in plan.endings for one in self.certify_ended(unit, by=by, on=effective)]
        return told(plan, [one for one in shown if one.case in done], choices, viewer, dry_run=False, certificates=certificates)

    def _meant(self, file: bytes) -> Organisation:
        """The organisation of a file, held against the procedures of the definitions folder. Raises DefinitionsWrong."""
        from workflow.authoring.definitions import ORGANISATION, compile_definitions

        compiled = compile_definitions({**self._folder(), ORGANISATION: file})
        if compiled.errors or compiled.organisation is None:
            raise DefinitionsWrong(compiled.errors)
        return compiled.organisation

    def _folder(self) -> dict[str, bytes]:
        from workflow.authoring.deploy import FOLDER, read_folder

        return read_folder(self.folder / FOLDER)

    def _refuse(self, choices: tuple[object, ...], stuck: tuple[Reason, ...], effective: date) -> None:
        reasons = [*stuck]
        if choices:
            named = ", ".join(dict.fromkeys(getattr(one, "unit", "") for one in choices))
            template = "it is to be chosen who takes the place of: {units} (--to UNIT=SUCCESSOR, --to UNIT=end, or --case NUMBER=…)"
            reasons.append(Reason(code="choice", template=template, facts={"units": named}))
        if self._today() < effective:
            template = "it is done on {day} or later (until then: --dry-run)"
            reasons.append(Reason(code="too-early", template=template, facts={"day": effective.strftime("%d/%m/%Y")}))
        if reasons:
            raise Refused(what="org apply", reasons=reasons)

    def _bring_into_use(self, file: bytes, by: str, why: str) -> None:
        """The organisation, and nothing else of the folder, once: what goes on after it was broken off brings nothing into use again. The
        folder gets the file too, so that the next deployment keeps it.
        """
        from workflow.authoring.definitions import ORGANISATION, compile_definitions
        from workflow.authoring.deploy import FOLDER, deployments

        compiled = compile_definitions({**self._folder(), ORGANISATION: file})
        found = deployments(compiled, at=self.clock.now(), by=by, why=why)
        used = self.store.current()
        new = [one for one in found if one.version.kind == "organisation" and used.get(("organisation", "")) != one.version.hash]
        if new:
            self.store.deploy(new)
        target = self.folder / FOLDER / ORGANISATION
        if target.read_bytes() != file:
            write_whole(target, file)

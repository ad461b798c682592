"""One decision over several cases: the cases as they stand so far, and the numbers that they take between them."""

from typing import TYPE_CHECKING, Any

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.engine.facts import Facts
from workflow.errors import Reason, Refused
from workflow.model import Act, Case, Disposed, NumberTaken, SeriesKey

if TYPE_CHECKING:
    from workflow.engine.work import Work

MOST = 50
"""The cases that one act may change (design, section 3); more are a batch of acts."""


def gone(disposed: Disposed) -> Reason:
    """Why nothing can be done to a case."""
    facts = {"decision": disposed.decision, "day": f"{disposed.at:%d/%m/%Y}"}
    return Reason(code="disposed", template="its contents were disposed of by decision {decision}, on {day}", facts=facts)


class Joint(Struct, kw_only=True, eq=False):
    """What the cases of one decision share. The first of `works` is the case that was acted on."""

    facts: Facts
    works: list["Work"] = field(default_factory=list)
    numbers: list[NumberTaken] = field(default_factory=list)
    missing: dict[SeriesKey, None] = field(default_factory=dict)
    """Series whose next number is not among the facts yet."""
    moving: list["Work"] = field(default_factory=list)
    """The cases whose action is being done, the first outermost: none of them can be moved once more from inside."""

    def add(self, work: "Work") -> None:
        """One more case. Raises Refused when there are too many, and for one that was disposed of, unless it is only looked at."""
        if work.case.disposed is not None and type(work.act) is not Act:
            raise Refused(what=work.case.number, reasons=[gone(work.case.disposed)])
        if len(self.works) >= MOST:
            reason = Reason(code="too-many", template="one act would change more than {most} cases", facts={"most": MOST})
            raise Refused(what=self.works[0].case.number, reasons=[reason])
        self.works.append(work)

    def find(self, number: str) -> "Work | None":
        """The case of this number, if the decision has touched it."""
        return next((one for one in self.works if one.case.number == number), None)

    def next_number(self, series: SeriesKey, *, case: str = "", document: str = "") -> int:
        """Take a series' next number; 0 for now if it must be asked for first."""
        if series not in self.facts.numbers:
            self.missing[series] = None
            return 0
        number = self.facts.numbers[series] + sum(1 for taken in self.numbers if taken.series == series)
        self.numbers.append(NumberTaken(series=series, number=number, case=case, document=document))
        return number

    def named(self, number: str) -> None:
        """The case that took the last number is called so: its number is written now."""
        self.numbers[-1] = replace(self.numbers[-1], case=number)

    def keep(self, child: Case) -> None:
        """Let the parent's expressions see a sub-case as it stands now, once its sub-cases are known."""
        known = self.facts.children.get(child.parent) if child.parent else None
        if known is None:
            return
        found = {one.number: one for one in known} | {child.number: child}
        self.facts = replace(self.facts, children={**self.facts.children, child.parent: tuple(found.values())})

    # ---- undoing ----

    def snapshot(self) -> dict[str, Any]:
        """What `restore` needs to undo a step that was refused half-way."""
        return {
            "facts": self.facts,
            "works": [(one, one.snapshot()) for one in self.works],
            "numbers": list(self.numbers),
            "moving": list(self.moving),
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """Put every case back as it was; those that were touched since are forgotten."""
        self.facts, self.numbers, self.moving = kept["facts"], kept["numbers"], kept["moving"]
        self.works = [one for one, _ in kept["works"]]
        for one, state in kept["works"]:
            one.restore(state)

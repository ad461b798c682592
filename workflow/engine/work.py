"""One decision in the making: the case as it stands so far, and what has been touched.

It is made and thrown away inside `decide`; nothing outside of the engine sees it. What it holds are frozen values:
a step replaces them, so what `decide` was given is never changed.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.engine.computed import with_computed
from workflow.engine.deadlines import RUNNING, STOPPED, is_open
from workflow.engine.facts import Facts
from workflow.engine.history import delta_of
from workflow.engine.joint import Joint
from workflow.engine.moments import When
from workflow.engine.permission import Asker, persons_of
from workflow.engine.scope import scope_of
from workflow.language.expression import Scope, constant, evaluate
from workflow.language.process import Expr, Moment, Process, Who
from workflow.model import Act, Case, CaseFile, Deadline, Document, Draft, Notice, Opinion, Reply, SeriesKey, Values

OpinionKey = tuple[str, int, str]


class Touched(Struct, kw_only=True):
    """The keys of what was changed, in the order in which it was."""

    deadlines: dict[str, None] = field(default_factory=dict)
    opinions: dict[OpinionKey, None] = field(default_factory=dict)
    documents: dict[str, None] = field(default_factory=dict)

    def copy(self) -> "Touched":
        """The same, for `restore`."""
        return Touched(deadlines={**self.deadlines}, opinions={**self.opinions}, documents={**self.documents})


class Work(Struct, kw_only=True, eq=False):
    """The state of one decision on one case."""

    joint: Joint
    process: Process
    act: Act
    case: Case
    before: Case | None
    now: datetime
    """When the act happens: never earlier than the case's last entry."""
    deadlines: dict[str, Deadline] = field(default_factory=dict)
    stored: Mapping[str, Deadline] = field(default_factory=dict)
    """The deadlines as they were before."""
    opinions: dict[OpinionKey, Opinion] = field(default_factory=dict)
    documents: dict[str, Document] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    track: str = ""
    """The track in which an action is being done: whose `entry` and `replies` expressions mean."""
    followed: list[str] = field(default_factory=list)
    """The automatic actions that were done in this act."""
    old: Values = field(default_factory=dict)
    """The fields before the form's values were merged."""
    memo: dict[str, Any] = field(default_factory=dict)
    """What papers say of the case's fields and replies, worked out once for all letters of a round; forgotten when these change."""
    ways: dict[int, tuple[Values, Moment, Moment | None]] = field(default_factory=dict)
    """Which way moments came out in this decision (see `When`)."""
    taken: int | None = None
    """Which way the present step took, where its action has several: its entry says so."""
    whole: CaseFile | None = None
    """The case file as it was last put together; None since a deadline, an opinion or a document changed."""
    known_asker: Asker | None = None
    known_scope: tuple[tuple[object, ...], Scope] | None = None
    step_case: Case | None = None
    """The case when the present step began; None for the opening."""
    step_touched: Touched = field(default_factory=Touched)
    touched: Touched = field(default_factory=Touched)

    @property
    def facts(self) -> Facts:
        """What is known beside the case."""
        return self.joint.facts

    @property
    def seq(self) -> int:
        """The number of the entry in the making."""
        return self.case.seq + len(self.drafts) + 1

    def open_deadlines(self) -> list[Deadline]:
        """The deadlines that are still owed; a list of the asker's own."""
        return [one for one in self.deadlines.values() if one.status is RUNNING or one.status is STOPPED]

    def earliest_due(self) -> datetime | None:
        """When the first of its running deadlines is due."""
        running = [one.due for one in self.deadlines.values() if one.status is RUNNING]
        return min(running) if running else None

    @property
    def file(self) -> CaseFile:
        """The case file as it stands so far."""
        whole = self.whole
        if whole is None:
            whole = self.whole = CaseFile(
                case=self.case,
                deadlines=tuple(self.deadlines.values()),
                opinions=tuple(self.opinions.values()),
                documents=tuple(self.documents.values()),
            )
        elif whole.case is not self.case:
            whole = self.whole = replace(whole, case=self.case)
        return whole

    def asker(self, asked: str = "") -> Asker:
        """For whom roles are worked out."""
        file, facts, actor, known = self.file, self.joint.facts, self.act.actor, self.known_asker
        same = known is not None and known.file is file and known.facts is facts and known.process is self.process
        if known is not None and same and known.actor == actor and known.asked == asked:
            return known
        self.known_asker = Asker(process=self.process, file=file, facts=facts, actor=actor, asked=asked)
        return self.known_asker

    def scope(self, asked: str = "", *, item: object = None, answer: str = "") -> Scope:
        """What expressions see now. Until something changes it is the same, with all that was worked out in it."""
        asker = self.asker(asked)
        answer = answer or (self.act.answer if isinstance(self.act, Reply) else "")
        if self.known_scope is not None:
            (for_whom, old, track, thing, reply), known = self.known_scope
            if for_whom is asker and old is self.old and track is self.track and thing is item and reply is answer:
                return known
        made = scope_of(
            self.process,
            asker.file,
            self.facts,
            actor=self.act.actor,
            asked=asked,
            answer=answer,
            old=self.old,
            track=self.track,
            item=item,
            roles=lambda role: persons_of((role,), asker),
        )
        self.known_scope = (asker, self.old, self.track, item, answer), made
        return made

    def value(self, expr: Expr, asked: str = "") -> object:
        """What an expression says now; one that is nothing but a value needs no scope."""
        said = constant(expr)
        return evaluate(expr, self.scope(asked)) if said is None else said[0]

    def persons(self, who: Who, asked: str = "") -> tuple[str, ...]:
        """The persons that WHO stands for today."""
        return persons_of(who, self.asker(asked))

    def when(self, entry: datetime, *, due: datetime | None = None, asked: str = "", calendar: str = "") -> When:
        """What a moment hangs on."""
        return When(
            process=self.process,
            file=self.file,
            facts=self.joint.facts,
            entry=entry,
            due=due,
            asked=asked,
            calendar=calendar,
            ways=self.ways,
        )

    def on(self, track: str) -> "_On":
        """Within this, expressions see the track's own `entry` and `replies`."""
        return _On(self, track)

    # ---- changes ----

    def evolve(self, **changes: Any) -> None:
        """The case with these fields changed."""
        if "fields" in changes:
            self.memo.clear()
        self.case = replace(self.case, **changes)

    def put_deadline(self, deadline: Deadline) -> None:
        """A new or changed deadline."""
        if self.deadlines.get(deadline.key) != deadline:
            self.memo.clear()
            self.whole = None
            self.deadlines[deadline.key] = deadline
            self.touched.deadlines[deadline.key] = self.step_touched.deadlines[deadline.key] = None

    def put_opinion(self, opinion: Opinion) -> None:
        """A new or changed opinion."""
        key = (opinion.state, opinion.round, opinion.asked)
        self.memo.clear()
        self.whole = None
        self.opinions[key] = opinion
        self.touched.opinions[key] = self.step_touched.opinions[key] = None

    def put_document(self, document: Document) -> None:
        """A new or changed document."""
        self.whole = None
        self.documents[document.key] = document
        self.touched.documents[document.key] = self.step_touched.documents[document.key] = None

    def next_number(self, series: SeriesKey, *, document: str = "") -> int:
        """Take the series' next number; 0 for now if it must be asked for first."""
        return self.joint.next_number(series, case=self.case.number, document=document)

    def compute(self) -> None:
        """Keep the computed fields as they are now."""
        if self.process.computed:
            self.evolve(fields=self.fields_now())

    def fields_now(self) -> Values:
        """The case's fields, the computed ones as they are now: what they hang on may have changed since they were kept."""
        return with_computed(self.process, self.case.fields, self.scope(), self.facts.known)

    # ---- steps ----

    def record(self, draft: Draft) -> None:
        """End the present step with its history entry, which holds all that the step changed."""
        if self.case.failed:
            self._forget_settled()
        self.compute()
        if self.case.parent:
            self.joint.keep(self.case)
        by_another = bool(self.act.login) and draft.actor == self.act.actor
        more: dict[str, Any] = {"login": self.act.login} if by_another else {}
        if self.taken is not None:
            more["branch"], self.taken = self.taken, None
        draft = replace(
            draft,
            data={**draft.data, **more} if more else draft.data,
            delta={} if self.facts.bare else self._delta(),
            documents=tuple(self.step_touched.documents),
        )
        self.drafts.append(draft)
        self.step_case, self.step_touched = self.case, Touched()

    def _delta(self) -> dict[str, Any]:
        """What the present step changes."""
        return delta_of(
            self.step_case,
            self.case,
            deadlines=[self.deadlines[key] for key in self.step_touched.deadlines],
            opinions=[self.opinions[key] for key in self.step_touched.opinions],
        )

    def owed(self, failed: str) -> Deadline | None:
        """The deadline whose rung the clock could not do (`ACTION@DEADLINE#RUNG`); None if it is owed no more."""
        stem = failed.rpartition("#")[0]
        return next((one for one in self.deadlines.values() if is_open(one) and stem.endswith(f"@{one.key}")), None)

    def _forget_settled(self) -> None:
        failed = {key: why for key, why in self.case.failed.items() if self.owed(key) is not None}
        if len(failed) < len(self.case.failed):
            self.evolve(failed=failed)

    # ---- undoing ----

    def snapshot(self) -> dict[str, Any]:
        """What `restore` needs to undo a step that was refused half-way."""
        return {
            "process": self.process,
            "case": self.case,
            "step_case": self.step_case,
            "track": self.track,
            "taken": self.taken,
            "followed": list(self.followed),
            "deadlines": dict(self.deadlines),
            "opinions": dict(self.opinions),
            "documents": dict(self.documents),
            "notices": list(self.notices),
            "drafts": list(self.drafts),
            "touched": self.touched.copy(),
            "step_touched": self.step_touched.copy(),
        }

    def restore(self, kept: dict[str, Any]) -> None:
        """Put the working state back as it was."""
        self.memo.clear()
        self.whole = None
        for name, value in kept.items():
            setattr(self, name, value)


class _On(Struct):
    """Within it a track is looked at, after it the one before: a generator would do, at four times the cost."""

    work: Work
    track: str
    before: str = ""

    def __enter__(self) -> None:
        self.before, self.work.track = self.work.track, self.track

    def __exit__(self, *_: object) -> None:
        self.work.track = self.before


def work_on(process: Process, file: CaseFile, act: Act, joint: Joint) -> Work:
    """The working state of one decision on a case that exists; it is no part of the decision before it is added."""
    return Work(
        joint=joint,
        process=process,
        act=act,
        case=file.case,
        before=file.case,
        now=max(joint.facts.now, file.case.last_entry),
        deadlines={**file.deadline_of},
        stored=file.deadline_of,
        opinions={**file.opinion_of} if file.opinions else {},
        documents={**file.paper_of} if file.documents else {},
        old=file.case.fields,
        step_case=file.case,
        whole=None if file.documents else file,  # its papers stand in another order here
    )


def begun(process: Process, file: CaseFile, act: Act, facts: Facts) -> Work:
    """A decision on a case that exists, before anything is decided."""
    work = work_on(process, file, act, Joint(facts=facts))
    work.joint.add(work)
    return work

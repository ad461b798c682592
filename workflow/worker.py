"""The worker's look: rungs that are due as ordinary acts, periodic cases, the outbox."""

import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from workflow.answers import Ticked
from workflow.engine.facts import Facts
from workflow.engine.periodic import Period, begun, opening, period_before
from workflow.errors import CharacterRefused, HosoError, Refused, StoreUnreachable, TemplateRefused
from workflow.language.expression import ExpressionError
from workflow.language.process import Periodic, Process
from workflow.logs import LOG, fault
from workflow.model import CLOCK, Fire, Message, Notice, Viewer
from workflow.office import Office
from workflow.office.acting import Outcome
from workflow.office.heads import add_head, due_until
from workflow.office.periods import KIND, Schedule, schedule_of
from workflow.office.recounting import Recounting
from workflow.phrases import phrase
from workflow.plain import digest
from workflow.ports import Sender, SenderError

RUNGS = 500
"""So many rungs are claimed at once. At the end of each such batch the disk is waited for, which was a sixteenth of firing with 200; a
worker that holds so many keeps another from them for a tenth of a second.
"""
BATCH = 200
"""So many messages are claimed at once: they are sent within `LEASE`."""
TOGETHER = 100
"""Acts of the clock that are written in one transaction, each whole or not at all."""
MOST_AT_ONCE = 2000
"""The notices that one look makes messages of; the rest go with the next."""
LEASE = timedelta(minutes=5)
"""How long a worker may take to hand over the messages that it claimed."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
MOST_TRIES = 16
"""After these (about two days) a message is given up and shown by `hoso doctor`."""
PATIENCE = timedelta(minutes=1)
"""How long a notice waits for others that are about to be told, so that they go in one message."""
BEAT = timedelta(seconds=20)
"""Between two signs of life, by which a worker keeps what it holds; an act lasts seconds at most."""


Rung = tuple[str, str]
"""A case's number and a deadline's key."""


def _nothing() -> set[Rung]:
    return set()


class Worker(Struct):
    """Looks after one office. Any number may run: each rung, period and message is done once all the same."""

    office: Office
    sender: Sender
    name: str = ""
    beaten: datetime | None = None
    headed: datetime | None = None
    """Until when it has seen to the chain over the whole office."""
    stuck: set["Rung"] = field(default_factory=set)
    """What did not go in this look; it stays due."""
    holding: bool = False
    """Whether it may hold something: a look that broke off lets go of nothing."""

    def __post_init__(self) -> None:
        """A worker is called by its host and a random word, so that two on one host are two."""
        self.name = self.name or f"{socket.gethostname()}/{secrets.token_hex(4)}"

    def tick(self, *, backfill: bool = False, since: datetime | None = None) -> Ticked:
        """One look. What can't be done now is logged and counted; it never stops the rest. `backfill`: open the cases of
        all periods that began from `since` on (left out: since the process came into use) and have none, also of those that
        were missed in a pause.
        """
        self._beat()
        self._let_go()
        for gone in self.office.store.take_over():
            LOG.warning("what a worker held that is gone was taken over", extra={"facts": {"worker": gone}})
        self._recount()
        opened, unopened = self._periods(backfill=backfill, since=since)
        fired, failed = self._rungs()
        sent, unsent = self._outbox()
        self._let_go()
        self._head()
        return Ticked(fired=fired, opened=tuple(opened), sent=sent, failed=unopened + failed + unsent)

    def fire_due(self) -> tuple[int, int]:
        """Fire the rungs that are due, and nothing else; (how many acts, how many failed)."""
        self._beat()
        done = self._rungs()
        self._let_go()
        return done

    def drain(self) -> Ticked:
        """Look until a look finds nothing more that it can do; all that was done, and how many of the last look did not go."""
        done = look = self.tick()
        while look.fired or look.opened or look.sent:
            look = self.tick()
            done = replace(
                done, fired=done.fired + look.fired, opened=done.opened + look.opened, sent=done.sent + look.sent, failed=look.failed
            )
        return done

    def _beat(self) -> None:
        now = self.office.clock.now()
        if self.beaten is None or not timedelta(0) <= now - self.beaten < BEAT:
            self.office.store.beat(self.name, now)
            self.beaten = now

    def _let_go(self) -> None:
        if self.holding:
            self.office.store.let_go(self.name)
            self.holding = False

    def _head(self) -> None:
        """Once a day: what all chains came to."""
        before = due_until(self.office.clock.now(), self.office.zone)
        if self.headed is None or self.headed < before:
            try:
                add_head(self.office.store, before)
            except Exception as error:  # noqa: BLE001 - tried again tomorrow, and `hoso verify --head` tells why
                self._could_not("the day's head not made", error)
            self.headed = before

    def _could_not(self, what: str, error: Exception, **facts: str) -> None:
        """Log why one thing was not done, so that the rest may go on; a fault of ours by its id in var/errors.log.

        Raises StoreUnreachable: without the store nothing goes on.
        """
        if isinstance(error, StoreUnreachable):
            raise error
        if not isinstance(error, HosoError):
            facts = {**facts, "fault": fault(error, self.office.folder)}
        LOG.warning(what, extra={"facts": {**facts, "error": getattr(error, "code", "fault")}})

    def _recount(self) -> None:
        """Nothing fires by a calendar that is not in use any more: what its deployment left unmoved is moved first."""
        recounting = Recounting(self.office)
        if recounting.owed:
            for moved in recounting.carry_out(Viewer()):
                LOG.info("deadline moved by the calendar", extra={"facts": {"case": moved.case, "deadline": moved.deadline}})

    # ---- rungs ----

    def _rungs(self) -> tuple[int, int]:
        """Fire what is due; (how many acts, how many failed). What does not go is tried once a look, and held till its end; a
        deadline that has more due after an act (another one's rung comes between, or it was a great many) goes on.
        """
        fired, failed = 0, 0
        self.stuck = set()
        while claimed := self.office.store.claim_rungs(self.office.clock.now(), self.name, RUNGS):
            self.holding = True
            went = self._fire_together(claimed)
            for rung in claimed:
                if rung not in went:
                    gone, fault = self._fire_alone(rung)
                    went |= {rung} if gone else set()
                    failed += fault
            fired += len(went)
            self.stuck |= set(claimed) - went
            self.office.store.let_go(self.name, sorted(went))
        return fired, failed

    def _fire_together(self, rungs: Sequence[Rung]) -> set[Rung]:
        """Fire these, so many in a transaction; those that went. The rest is to be tried by itself, which also tells why one did not go.
        While some are on their way to the disk, the next are decided.
        """
        went, written = set[Rung](), _nothing
        for at in range(0, len(rungs), TOGETHER):
            ready = self.office.acting.ready({rung: self._act(*rung) for rung in rungs[at : at + TOGETHER]})
            went |= written()
            self._beat()
            written = self._on_its_way(ready)
            del ready  # what was decided goes at once, while the processor has it at hand
        return went | written()

    def _on_its_way(self, ready: Mapping[Rung, Outcome]) -> Callable[[], set[Rung]]:
        ended, rungs = self.office.acting.write_soon(list(ready.values())), list(ready)
        return lambda: {rung for rung, done in zip(rungs, ended(), strict=True) if done}

    def _fire_alone(self, rung: Rung) -> tuple[bool, bool]:
        """Fire what is due of one deadline by itself; (whether it went, whether that failed)."""
        self._beat()
        case, deadline = rung
        try:
            return self._fire(self._act(case, deadline)), False
        except Exception as error:  # noqa: BLE001 - one case's fault must not keep all others waiting
            self._could_not("rung not fired", error, case=case, deadline=deadline)
            return False, True

    def _act(self, case: str, deadline: str) -> Fire:
        # no receipt: nobody asks for it again, and that a rung fires once the deadline says itself
        return Fire(actor=CLOCK, request_id="", case=case, deadline=deadline, late=self.office.settings.late)

    def _fire(self, act: Fire) -> bool:
        """Fire what is due of one deadline; False if another worker did it in the meantime."""
        try:
            try:
                self.office.acting.do(act, case=act.case)
            except (TemplateRefused, CharacterRefused) as unwritten:
                why = unwritten.message(self.office.language)
                self.office.acting.do(replace(act, unwritten=why), case=act.case)
        except Refused as refusal:
            if [reason.code for reason in refusal.reasons] == ["not-due"]:
                return False
            raise
        return True

    # ---- periodic cases ----

    def _periods(self, *, backfill: bool, since: datetime | None) -> tuple[list[str], int]:
        """Open what begins; (the cases' numbers, how many could not be opened)."""
        opened: list[str] = []
        failed = 0
        for key, version in self.office.definitions.in_use().items():
            process = self.office.definitions.version(version)
            for rule in process.periodic:
                try:
                    numbers, unopened = self._open_periods(
                        process, rule, self._since(key, since) if backfill else self._schedule(key).since
                    )
                except (HosoError, ExpressionError) as error:
                    self._could_not("periods not found", error, process=key)
                    numbers, unopened = [], 1
                opened += numbers
                failed += unopened
        return opened, failed

    def _schedule(self, process: str) -> Schedule:
        return schedule_of(self.office.store, process, switched=(KIND, process) in self.office.store.current())

    def _since(self, process: str, since: datetime | None) -> datetime | None:
        """From when periods are backfilled; None for none: while they are paused."""
        schedule = self._schedule(process)
        if schedule.paused is not None:
            return None
        return since - timedelta(microseconds=1) if since is not None else schedule.first

    def _open_periods(self, process: Process, rule: Periodic, since: datetime | None) -> tuple[list[str], int]:
        facts = self.office.definitions.facts(self.office.clock.now())
        opened: list[str] = []
        failed = 0
        have = dict(self.office.store.periods(process.key))
        begin = list(begun(process, rule, facts, since, have=frozenset(have))) if since is not None else []
        ours = self.office.store.claim_periods(process.key, [period.key for period in begin], self.name)
        self.holding |= bool(ours)
        for period in begin:
            if period.key not in ours:
                continue
            self._beat()
            try:
                number, now = self._open_period(process, rule, period, have, facts)
            except Exception as error:  # noqa: BLE001 - one period's fault must not keep the rest waiting
                self._could_not("periodic case not opened", error, process=process.key, period=period.key)
                failed += 1
                continue
            have[period.key] = number
            opened += [number] if now else []
        return opened, failed

    def _open_period(self, process: Process, rule: Periodic, period: Period, have: Mapping[str, str], facts: Facts) -> tuple[str, bool]:
        """The number of the period's case, and whether it was opened now, not by another worker in the meantime."""
        before = period_before(period.key, have)
        last = self.office.last_case(have[before]) if before else None
        known: dict[str, Any] = {"last": last, "period": period.names}
        act = self.office.definitions.enough(replace(facts, **known), lambda enough: opening(process, rule, period, enough))
        done = self.office.acting.do(act, facts=known)
        return (done.part.case.number, True) if done.receipt is None else (done.receipt[0], False)

    # ---- the outbox ----

    def _outbox(self) -> tuple[int, int]:
        """Put waiting notices into one message a person, and hand over the messages whose time has come."""
        now = self.office.clock.now()
        facts = self.office.definitions.facts(now)
        quiet = self._is_quiet(now, facts)
        if not self._others_fire(now):
            self._digests(now, facts, quiet=quiet)
        sent, unsent = 0, 0
        while claimed := self.office.store.claim_messages(now, self.name, LEASE, BATCH, urgent=quiet):
            self._beat()
            outcomes = self.sender.send(claimed)
            for message in claimed:
                refusal = outcomes.get(message.id, SenderError("not tried", final=False))
                self.office.store.settle_message(tried(message, refusal, now), now)
                sent, unsent = (sent + 1, unsent) if refusal is None else (sent, unsent + 1)
        return sent, unsent

    def _others_fire(self, now: datetime) -> bool:
        """Whether another worker is still firing what is due: what it has to tell belongs into the same digests, one a person
        instead of one a worker; whoever is done last makes them. What has waited for long is not kept back for that.
        """
        oldest = self.office.store.waiting_notices(1)
        if not oldest or now - oldest[0].at > PATIENCE:
            return False
        due = self.office.store.due(now, len(self.stuck) + 1)
        return any(rung not in self.stuck for rung in due)

    def _digests(self, now: datetime, facts: Facts, *, quiet: bool) -> None:
        def digests(waiting: Sequence[Notice]) -> Iterator[tuple[Message, Sequence[str]]]:
            persons: dict[str, list[Notice]] = {}
            for notice in waiting:
                persons.setdefault(notice.person, []).append(notice)
            for person, notices in persons.items():
                yield digest_of(person, notices, facts, now), [notice.key for notice in notices]

        self.office.store.make_messages(MOST_AT_ONCE, digests, urgent=quiet)

    def _is_quiet(self, now: datetime, facts: Facts) -> bool:
        """Quiet hours and days off: nothing is delivered that is not urgent, nor tried again (if the office has quiet hours at all)."""
        quiet, local = self.office.settings.quiet, now.astimezone(self.office.zone)
        if quiet is None:
            return False
        return quiet.holds(local.time()) or not facts.calendars.default.is_working(local.date())


def digest_of(person: str, notices: Sequence[Notice], facts: Facts, now: datetime) -> Message:
    """One message of several notices to one person. Its id follows from the notices: made again, it is the same."""
    known, language = facts.organisation.persons.get(person), facts.language
    subject = notices[0].subject
    if len(notices) > 1:
        subject = phrase("{count} notices; {first}", language, count=len(notices), first=subject)
    lines = [phrase("To: {title}", language, title=facts.person_title(person)), ""]
    for notice in notices:
        lines += [notice.subject, notice.text, ""]
    lines.append(
        phrase("This message was written by hoso for {office}. Read the case with: hoso show NUMBER", language, office=facts.office)
    )
    address = known.email if known else ""
    message = Message(
        id=digest("\n".join([person, *(notice.key for notice in notices)]))[:40],
        person=person,
        address=address,
        subject=subject,
        text="\n".join(lines) + "\n",
        made=now,
        next_try=now,
        urgent=any(notice.urgent for notice in notices),
    )
    return message if address else replace(message, state="given up", error="no address", next_try=None)


def tried(message: Message, refusal: SenderError | None, now: datetime) -> Message:
    """The message after a try: sent; or to be tried again after a pause that grows; or given up."""
    tries = message.tries + 1
    if refusal is None:
        return replace(message, state="sent", tries=tries, next_try=None, error="")
    if refusal.final or tries >= MOST_TRIES:
        return replace(message, state="given up", tries=tries, next_try=None, error=refusal.reason)
    pause = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
    return replace(message, tries=tries, next_try=now + pause, error=refusal.reason)

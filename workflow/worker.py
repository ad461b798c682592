"""The worker's look: rungs that are due as ordinary acts, periodic cases, the outbox."""

import logging
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workflow.answers import Ticked
from workflow.engine.facts import Facts
from workflow.engine.periodic import begun, opening
from workflow.errors import CharacterRefused, Conflict, HosoError, Refused, TemplateRefused
from workflow.language.process import Process
from workflow.model import CLOCK, Fire, Message, Notice
from workflow.office import Office
from workflow.phrases import phrase
from workflow.plain import digest
from workflow.ports import Sender, SenderError

log = logging.getLogger("hoso.worker")

BATCH = 200
LEASE = timedelta(minutes=5)
"""How long a worker may take to hand over the messages that it claimed."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
MOST_TRIES = 16
"""After these (about two days) a message is given up and shown by `hoso doctor`."""
BEAT = timedelta(seconds=30)


@dataclass(slots=True)
class Worker:
    """Looks after one office. Any number may run: each rung, period and message is done once all the same."""

    office: Office
    sender: Sender
    name: str = ""
    beaten: datetime | None = None

    def __post_init__(self) -> None:
        """A worker is called by its host and a random word, so that two on one host are two."""
        self.name = self.name or f"{socket.gethostname()}/{secrets.token_hex(4)}"

    def tick(self) -> Ticked:
        """One look. What can't be done now is logged and counted; it never stops the rest."""
        now = self.office.clock.now()
        if self.beaten is None or not timedelta(0) <= now - self.beaten < BEAT:
            self.office.store.beat(self.name, now)
            self.beaten = now
        opened = self._periods()
        fired, failed = self._rungs()
        sent, unsent = self._outbox()
        return Ticked(fired=fired, opened=tuple(opened), sent=sent, failed=failed + unsent)

    # ---- rungs ----

    def _rungs(self) -> tuple[int, int]:
        """Fire what is due; (how many acts, how many failed). A deadline is tried once a look."""
        fired, failed = 0, 0
        tried: set[tuple[str, str]] = set()
        while True:
            due = [one for one in self.office.store.due(self.office.clock.now(), BATCH + len(tried)) if one not in tried]
            if not due:
                return fired, failed
            for case, deadline in due:
                tried.add((case, deadline))
                if self._fire(case, deadline):
                    fired += 1
                else:
                    failed += 1

    def _fire(self, case: str, deadline: str) -> bool:
        act = Fire(
            actor=CLOCK,
            request_id=secrets.token_hex(16),
            case=case,
            deadline=deadline,
            late=self.office.settings.late,
        )
        try:
            try:
                self.office.acting.do(act, case=case)
            except (TemplateRefused, CharacterRefused) as unwritten:
                why = unwritten.message(self.office.language)
                self.office.acting.do(replace(act, unwritten=why), case=case)
        except (Refused, Conflict) as error:
            log.warning("rung not fired", extra={"case": case, "deadline": deadline, "error": error.code})
            return False
        return True

    # ---- periodic cases ----

    def _periods(self) -> list[str]:
        opened: list[str] = []
        for key in self.office.definitions.in_use():
            process = self.office.definitions.process(key)
            if process.periodic:
                opened += self._open_periods(process)
        return opened

    def _open_periods(self, process: Process) -> list[str]:
        store, now = self.office.store, self.office.clock.now()
        since, facts, opened = store.deployed_since(process.key), self.office.definitions.facts(now), []
        if since is None:
            return []
        for rule in process.periodic:
            have = dict(store.periods(process.key))
            for period in begun(process, rule, facts, since):
                if period.key in have:
                    continue
                last = self.office.last_case(have[max(have)]) if have else None
                known: dict[str, object] = {"last": last, "period": period.names}
                act = opening(process, rule, period, self._with(facts, known))
                try:
                    number = self.office.acting.do(act, facts=known).part.case.number
                except HosoError as error:
                    log.warning("periodic case not opened", extra={"case_process": process.key, "period": period.key, "error": error.code})
                    continue
                have[period.key] = number
                opened.append(number)
        return opened

    def _with(self, facts: Facts, known: dict[str, object]) -> Facts:
        return replace(facts, **known)  # type: ignore[arg-type]  # last and period, by name

    # ---- the outbox ----

    def _outbox(self) -> tuple[int, int]:
        """Put waiting notices into one message a person, and hand over the messages whose time has come."""
        now = self.office.clock.now()
        self._digests(now)
        sent, unsent = 0, 0
        while claimed := self.office.store.claim_messages(now, self.name, LEASE, BATCH):
            outcomes = self.sender.send(claimed)
            for message in claimed:
                fault = outcomes.get(message.id, SenderError("not tried", final=False))
                self.office.store.settle_message(tried(message, fault, now), now)
                sent, unsent = (sent + 1, unsent) if fault is None else (sent, unsent + 1)
        return sent, unsent

    def _digests(self, now: datetime) -> None:
        facts = self.office.definitions.facts(now)
        waiting = self.office.store.waiting_notices(BATCH * 10)
        if self._is_quiet(now, facts):
            waiting = [notice for notice in waiting if notice.urgent]
        persons: dict[str, list[Notice]] = {}
        for notice in waiting:
            persons.setdefault(notice.person, []).append(notice)
        for person, notices in persons.items():
            self.office.store.make_message(digest_of(person, notices, facts, now), [notice.key for notice in notices])

    def _is_quiet(self, now: datetime, facts: Facts) -> bool:
        """Quiet hours and days off: nothing is delivered that is not urgent (if the office has quiet hours at all)."""
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
    )
    return message if address else replace(message, state="given up", error="no address", next_try=None)


def tried(message: Message, fault: SenderError | None, now: datetime) -> Message:
    """The message after a try: sent; or to be tried again after a pause that grows; or given up."""
    tries = message.tries + 1
    if fault is None:
        return replace(message, state="sent", tries=tries, next_try=None, error="")
    if fault.final or tries >= MOST_TRIES:
        return replace(message, state="given up", tries=tries, next_try=None, error=fault.reason)
    pause = min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)
    return replace(message, tries=tries, next_try=now + pause, error=fault.reason)

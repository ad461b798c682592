"""What holds for every process and every run of acts: laws 2, 4, 5 and 6, and that `decide` is pure."""

from datetime import timedelta
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.effort import examples
from tests.unit.engine.making import Book
from workflow.engine.decide import decide
from workflow.engine.history import broken, differs
from workflow.errors import HosoError, Refused
from workflow.model import Advance, Attach, Attachment, Case, CaseFile, Change, DeadlineStatus, Fire, Open, OpinionStatus, Reply
from workflow.plain import canonical, to_plain

HEAD = """
secret: {secret}
fields:
  n: {{type: integer, title: Số, max: 99, default: 2}}
  t: {{type: text, title: Chữ}}
  day: {{type: date, title: Ngày}}
  units: {{type: units, title: Nơi hỏi, default: [north, south]}}
  must: {{type: text, title: Phải có, required: true}}
roles:
  worker: {{unit: office, position: specialist}}
  boss: {{unit: office, position: leader}}
  chair: {{unit: council, position: leader}}
  handler: {{assigned: handler}}
  doer: {{did: [go0, go1, reply]}}
  asked_head: {{unit: asked, position: leader}}
  busy: {{unit: office, position: clerk, when: fields.n + 1 > 3}}
documents:
  report: {{type: BC, title: "Báo cáo {{{{ case.number }}}}", body: b.j2, issuer: office, signer: boss, recipients: [handler, boss]}}
  joint: {{type: BC, title: Chung, body: b.j2, issuer: [council, office], signer: [chair, boss]}}
  unsigned: {{type: BC, title: Không ai ký, body: b.j2, issuer: office, signer: asked_head}}
  letter: {{type: CV, title: V/v hỏi, body: b.j2, issuer: office, signer: boss, recipients: asked}}
"""
TAIL = """
  cancel: {from: any, by: [worker, boss], to: end}
  guarded: {from: any, by: nobody, when: fields.n > 4, issues: report, to: end}
  reopen: {from: all, by: anyone, when: case.outcome == 'done', to: s0}
"""
EXPRESSIONS = (
    "fields.n > 3",
    "fields.n + 1 > 3",
    "done.go0 < 2",
    "fields.t is none",
    "replies.enough",
    "documents.report == 'issued'",
    "fields.day >= today",
    "actor == opener",
    "roles.busy|length > 0",
)
SETS = (
    "n: fields.n + 1",
    "n: fields.n|default(0) + 1",
    "n: none",
    "t: none",
    "t: opener.title",
    "day: today|plus('3 working days')",
    "n: replies.given",
    "t: fields.day",
)
WHO = ("worker", "boss", "handler", "opener", "anyone", "anyone", "doer", "[worker, boss]", "busy")
TIMES = (
    "2 working days",
    "3 hours",
    "fields.n days",
    "1 day after fields.day",
    "2 days after last act",
    "1 day after go0",
    "4 working hours",
)
RUNGS = (
    "{at: 1 hour before due, notifies: handler}",
    "{at: due, notifies: [boss, handler], issues: report}",
    "{at: due, do: stay}",
    "{at: 50% before due, drafts: report, notifies: worker}",
    "{at: 1 hour after due, do: cancel}",
    "{at: 1 hour after due, notifies: boss, repeat: 1 day}",
    "{at: due, do: guarded}",
    "{at: due, issues: [joint, unsigned]}",
)
WRITES = ("drafts: report", "issues: report", "issues: joint", "drafts: unsigned", "issues: unsigned", "issues: [report, letter]")
TELLS = ("notifies: handler", "notifies: {boss: 'Số {{ fields.n }}'}", "notifies: [asked_head, boss]", "notifies: {boss: a, worker: b}")


# Strategies are made once: what Hypothesis works out about one is kept with it, and took as long as the acts themselves.


@cache
def one(*items: str):
    return st.sampled_from(items)


def listing(found) -> str:
    return f"[{', '.join(found)}]"


def mapping(*parts: str) -> str:
    return "{" + ", ".join(part for part in parts if part) + "}"


def rarely(strategy):
    """Nothing, three times of four: a procedure in which everything is asked for at once does nothing at all."""
    return st.integers(0, 3).flatmap(lambda number: strategy if number == 3 else NOTHING)


NOTHING = st.just("")


@cache
def effects():
    """EFFECTS as the inside of a flow mapping."""
    sets = st.lists(one(*SETS), min_size=1, max_size=2, unique_by=lambda text: text.split(":")[0])
    return st.tuples(
        rarely(sets.map(lambda found: f"sets: {mapping(*found)}")),
        rarely(one("assigns: {handler: worker}", "assigns: {handler: busy}", "assigns: {handler: doer}")),
        rarely(one(*WRITES)),
        rarely(one(*TELLS)),
        rarely(one("stops: all", "resumes: all", "restarts: all", "stops: whole")),
    ).map(lambda found: ", ".join(part for part in found if part))


def targets(states: tuple[str, ...]):
    choice = one("same", "previous", *states)
    branch = st.tuples(one(*EXPRESSIONS), choice, effects()).map(
        lambda found: mapping(f'when: "{found[0]}"', f"then: {found[1]}", found[2])
    )
    otherwise = choice.map("{{else: {}}}".format)
    return st.one_of(choice, choice, st.tuples(branch, otherwise).map(listing), branch.map("[{}]".format))


@cache
def actions(states: tuple[str, ...]):
    """The inside of an action, by a person or by itself."""
    condition = one(*EXPRESSIONS).map('when: "{}"'.format)
    end = (targets(states).map("to: {}".format), effects())
    person = st.tuples(
        one(*WHO).map("by: {}".format),
        rarely(one("not_by: opener", "not_by: doer")),
        st.lists(one("n", "t", "day", "units", "must"), max_size=2, unique=True).map(
            lambda found: f"form: {listing(found)}" if found else ""
        ),
        rarely(one("note: required")),
        rarely(one("times: 1", "times: 2")),
        rarely(one("needs: n", "needs: [t, day]")),
        rarely(one("not_before: 1 day", "not_before: 2 days after fields.day")),
        rarely(condition),
        *end,
    )
    itself = st.tuples(st.just("by: auto, times: 2"), condition, *end)
    return st.one_of(person, person, itself).map(lambda parts: mapping(*parts))


@cache
def dues():
    ladder = st.lists(one(*RUNGS), max_size=3).map(listing)
    due = st.tuples(one(*TIMES), ladder).map(lambda found: f"{{at: {found[0]}, ladder: {found[1]}}}")
    return st.lists(due, max_size=2).map(lambda found: f"due: {listing(found)}" if found else "")


CONSULT = st.tuples(
    one("fields.units", "fields.units", "roles.worker", "\"'north'\"", '"[]"').map("asks: {}".format),
    one("", "issues: letter", "drafts: letter", "notifies: asked_head"),
    one("answers: {yes: Có, 'no': Không}", "answers: {yes: Có}, silence: 'yes'"),
    one(
        "reply: {by: [asked, asked_head], form: [n, must], sets: {n: replies.newest.fields.n|default(1)}, issues: letter}",
        "reply: {by: asked, form: t, when: fields.t != 'x'}",
        "reply: {by: asked, note: optional}",
    ),
    one("", "due: {at: 2 days, ladder: [{at: due, notifies: asked_head}]}", "due: 1 working day"),
    one("enough: all", "enough: 1", "enough: 50%", "enough: replies.yes >= 1"),
).map(lambda parts: "consult: " + mapping(*parts))


BEGINNING = effects().filter(lambda text: "busy" not in text and "doer" not in text)
"""Effects that a case can open with: what nobody can be assigned to opens none."""
ENDING = effects().filter(lambda text: "stops: all" not in text)
INDEX = st.integers(0, 2)


@st.composite
def definitions(draw) -> str:
    """A procedure of a few states, between which anybody may go, and with whatever else."""
    states = [f"s{number}" for number in range(draw(st.integers(2, 3)))]
    whole = f"{{name: whole, at: {draw(one(*TIMES))}, until: {draw(one('end', *states[1:]))}, ladder: [{draw(one(*RUNGS))}]}}"
    lines = [
        HEAD.format(secret=draw(one("false", "true", "fields.n == 5"))),
        f"due: [{whole}]",
        "starts: {open: {by: [worker, boss], form: [n, t, units], assigns: {handler: worker}, to: s0}}",
        "states:",
    ]
    for number, state in enumerate(states):
        own = [f"a{number}{index}: {draw(actions((*states, 'end')))}" for index in range(draw(INDEX))]
        consult = draw(CONSULT) if number else ""
        lines.append(
            f"  {state}: {mapping(draw(dues()), consult, draw(effects() if number else BEGINNING), f'actions: {mapping(*own)}' if own else '')}"
        )
    lines.append(f"  end: {mapping('final: done', draw(ENDING))}")
    lines.append("actions:")
    lines += [f"  go{number}: {{from: any, by: anyone, form: [n, day], to: {state}}}" for number, state in enumerate(states)]
    lines.append(f"  stay: {mapping('from: any, by: anyone, form: [n, t, units]', draw(effects()))}")
    return "\n".join(lines) + TAIL


RIGHT = {
    "n": st.integers(0, 9) | st.none(),
    "t": one("x", "Đất", ""),
    "day": one("2026-11-21", "30/11/2026", "2027-01-04"),
    "units": st.sampled_from([["north"], ["north", "south"], []]),
    "must": st.just("có"),
}
WRONG = {
    "n": st.integers(-1, 120),
    "t": st.just("a\nb"),
    "day": one("9999-12-31", "no"),
    "units": st.just(["nowhere"]),
    "must": st.just(""),
    "unknown": st.just("1"),
}
ACTORS = ("officer", "officer", "second", "head", "head", "clerk", "north_head", "deputy", "nobody_at_all")
HEADS = {"north": "north_head", "south": "south_head"}
STEPS = st.tuples(
    st.sampled_from(["go", "go", "do", "do", "do", "reply", "reply", "fire", "fire", "attach", "open"]),
    st.integers(0, 30),
    one(*ACTORS),
    st.fixed_dictionaries(RIGHT) | st.fixed_dictionaries(RIGHT) | st.fixed_dictionaries({}, optional=WRONG),
    one("", "ghi chú", "ghi chú"),
    st.sampled_from([0, 1, 26, 80]),
)


def acts(book: Book, step) -> list:
    """The acts of one step, as the case stands."""
    kind, number, actor, values, note, _ = step
    given = {"actor": actor, "request_id": "r", "note": note}
    if not book.files or kind == "open":
        fields = {key: value for key, value in values.items() if key in {"n", "t", "units"}}
        return [Open(**given | {"actor": actor if book.files else "officer", "fields": fields}, process=book.process.key)]
    case = sorted(book.files)[number % len(book.files)]
    file = book.files[case]
    match kind:
        case "reply":
            asked = [one.asked for one in file.opinions if one.status is OpinionStatus.ASKED] or ["north"]
            unit = asked[number % len(asked)]
            person = HEADS.get(unit, unit) if number % 7 else actor
            fields = {key: value for key, value in values.items() if key in _reply_form(book, file)}
            return [Reply(**given | {"actor": person, "fields": fields}, case=case, asked=unit, answer="no" if number == 3 else "yes")]
        case "fire":
            due = [one.key for one in file.deadlines if one.next_at is not None and one.next_at <= book.now]
            late = ("coalesce", "each", "skip")[number % 3]
            return [Fire(actor="hoso", request_id="f", case=case, deadline=key, late=late) for key in due or ["none/such"]]
        case "attach":
            return [Attach(**given, case=case, attachments=(Attachment(name="a", hash="0" * 64, size=number),))]
    return [_advance(book, file, step, given)]


def _reply_form(book: Book, file: CaseFile) -> tuple[str, ...]:
    consults = [book.process.state_of[one.state].consult for one in file.opinions]
    return consults[-1].reply.form if consults else ()


def _advance(book: Book, file: CaseFile, step, given) -> Advance:
    kind, number, _, values, _, _ = step
    here = book.process.in_state[file.case.state]
    keys = (
        [*here, *here, *book.process.action_keys, "no_such_action"]
        if kind == "do"
        else [key for key in here if key.startswith("go")] or [*here]
    )
    key = keys[number % len(keys)]
    form = here[key].form if key in here and number % 7 else values
    fields = {name: value for name, value in values.items() if name in form}
    return Advance(**given | {"fields": fields}, case=file.case.number, action=key)


def deep(value: object) -> str:
    return canonical(to_plain(value))


def answered(book: Book, act, facts) -> str:
    """What `decide` answers to the act, whatever it is, as text."""
    try:
        return said(decide(book.process, book.files.get(getattr(act, "case", "")), act, facts))
    except HosoError as error:
        return str(error)


def said(decision) -> str:
    return deep(decision) if isinstance(decision, Change) else str(decision)


def asked_twice(book: Book, act) -> None:
    """`decide` changes nothing of what it is given, and answers alike when it is asked again."""
    file = book.files.get(getattr(act, "case", ""))
    before = deep(file), deep(act)
    for numbers in ({}, {series: number + 1 for series, number in book.numbers.items()}):
        facts = book.facts(numbers)
        assert answered(book, act, facts) == answered(book, act, facts)
        assert facts.numbers == numbers
    assert (deep(file), deep(act)) == before


def sound(book: Book) -> None:
    """What holds of every case after every act."""
    for number, file in book.files.items():
        entries = book.entries[number]
        assert broken(entries, file.case.head) is None
        assert differs(file, entries) is None
        assert file.case.seq == len(entries)
        assert file.case.version == book.process.version
        assert all(earlier.at <= later.at for earlier, later in pairwise(entries))
        assert file.case.state in book.process.state_of
        assert file.case.outcome == book.process.state_of[file.case.state].final
        assert_deadlines(file)
    keys = [notice.key for change in book.changes for part in change.parts for notice in part.notices]
    assert len(keys) == len(set(keys))
    assert_numbers(book)


def assert_deadlines(file: CaseFile) -> None:
    case: Case = file.case
    for deadline in file.deadlines:
        is_open = deadline.status in {DeadlineStatus.RUNNING, DeadlineStatus.STOPPED}
        assert is_open is (deadline.settled is None)
        assert not (is_open and case.outcome and deadline.on != f"state:{case.state}"), "a closed case has no open deadline of before"
        assert deadline.next_at is None or deadline.status is DeadlineStatus.RUNNING
        if deadline.on.startswith("state:"):
            assert not is_open or deadline.on == f"state:{case.state}"
    for opinion in file.opinions:
        assert (opinion.at is None) is (opinion.status is OpinionStatus.ASKED)
    assert set(case.failed) <= {key for key in case.failed if any(one.key in key and one.settled is None for one in file.deadlines)}


def assert_numbers(book: Book) -> None:
    """No series has a gap or a double; every issued paper has the number that was taken for it."""
    taken: dict = {}
    for change in book.changes:
        for number in change.numbers:
            taken.setdefault(number.series, []).append(number.number)
    assert all(numbers == list(range(1, len(numbers) + 1)) for numbers in taken.values())
    issued = [(one.series, one.number) for file in book.files.values() for one in file.documents if one.number is not None]
    assert len(issued) == len(set(issued))
    given = sum(len(numbers) for series, numbers in taken.items() if not series.type.startswith("case:"))
    assert given == len(issued)


def played(text: str, steps) -> Book:
    """A book after these steps, each checked."""
    book = Book(text, {"b.j2": "x"})
    for step in steps:
        book.now += timedelta(hours=step[-1])
        for act in acts(book, step):
            asked_twice(book, act)
            before = deep(tuple(book.files.values())), len(book.changes), dict(book.numbers)
            refusal = carried_out(book, act)
            if refusal is not None:
                assert (deep(tuple(book.files.values())), len(book.changes), book.numbers) == before
                assert not isinstance(refusal, Refused) or refusal.reasons
            sound(book)
    return book


def carried_out(book: Book, act) -> HosoError | None:
    """Carry the act out; why it was refused."""
    try:
        book.act(act)
    except HosoError as refusal:
        return refusal
    return None


RUN = given(definitions(), st.lists(STEPS, min_size=3, max_size=14))
QUICK = (Phase.explicit, Phase.generate)
"""Shrinking a whole procedure takes minutes: the long run does it."""
CALM = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much)


@pytest.mark.random
@settings(max_examples=examples(30), deadline=None, suppress_health_check=CALM, phases=QUICK)
@RUN
def test_every_run_of_acts_can_be_proved_from_its_history(text, steps):
    played(text, steps)


@pytest.mark.long
@settings(max_examples=3000, deadline=None, suppress_health_check=CALM)
@RUN
def test_every_run_of_acts_can_be_proved_from_its_history_long(text, steps):
    played(text, steps)

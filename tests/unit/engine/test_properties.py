"""What holds for every process and every run of acts: laws 2, 4, 5 and 6, and that `decide` is pure."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.unit.engine.making import Book
from workflow.engine.decide import decide
from workflow.engine.history import broken, differs
from workflow.errors import HosoError, Refused
from workflow.model import Advance, Attach, Attachment, Case, CaseFile, Change, DeadlineStatus, Fire, Needs, Open, OpinionStatus, Reply
from workflow.plain import canonical, to_plain

HEAD = """
secret: {secret}
fields:
  n: {{type: integer, title: Số, max: 9}}
  t: {{type: text, title: Chữ}}
  day: {{type: date, title: Ngày}}
  units: {{type: units, title: Nơi hỏi, default: [north, south]}}
  must: {{type: text, title: Phải có, required: true}}
roles:
  worker: {{unit: office, position: specialist}}
  boss: {{unit: office, position: leader}}
  handler: {{assigned: handler}}
  doer: {{did: [go0, go1]}}
  asked_head: {{unit: asked, position: leader}}
  busy: {{unit: office, position: clerk, when: fields.n + 1 > 3}}
documents:
  report: {{type: BC, title: "Báo cáo {{{{ case.number }}}}", body: b.j2, issuer: office, signer: boss, recipients: [handler, boss]}}
  joint: {{type: BC, title: Chung, body: b.j2, issuer: [council, office], signer: [asked_head, boss]}}
  letter: {{type: CV, title: V/v hỏi, body: b.j2, issuer: office, signer: boss, recipients: asked}}
"""
ACTORS = ("officer", "second", "head", "clerk", "north_head", "south_head", "deputy", "nobody_at_all")
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
    "t: none",
    "t: opener.title",
    "day: today|plus('3 working days')",
    "n: replies.given",
    "t: fields.day",
)
WHO = ("worker", "boss", "handler", "opener", "anyone", "doer", "[worker, boss]", "busy")
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
    "{at: due, issues: joint}",
)


def one(*items: str):
    return st.sampled_from(items)


def mapping(*parts: str) -> str:
    return "{" + ", ".join(part for part in parts if part) + "}"


def maybe(strategy):
    return st.just("") | strategy


def listed(key: str, items, most: int = 2):
    """`key: [a, b]`, or nothing."""
    return st.lists(items, max_size=most, unique=True).map(lambda found: f"{key}: [{', '.join(found)}]" if found else "")


def effects():
    """EFFECTS as the inside of a flow mapping."""
    return st.tuples(
        maybe(
            st.lists(one(*SETS), min_size=1, max_size=2, unique_by=lambda text: text.split(":")[0]).map(
                lambda found: f"sets: {{{', '.join(found)}}}"
            )
        ),
        maybe(one("assigns: {handler: worker}", "assigns: {handler: busy}", "assigns: {handler: doer}")),
        maybe(one("drafts: report", "issues: report", "issues: joint", "drafts: joint", "issues: [report, letter]")),
        maybe(one("notifies: handler", "notifies: {boss: 'Số {{ fields.n }}'}", "notifies: [asked_head, boss]")),
        maybe(one("stops: all", "resumes: all", "restarts: all", "stops: whole")),
    ).map(lambda found: ", ".join(part for part in found if part))


def targets(states: list[str]):
    choice = one("same", "previous", *states)
    branch = st.tuples(one(*EXPRESSIONS), choice, effects()).map(
        lambda found: mapping(f'when: "{found[0]}"', f"then: {found[1]}", found[2])
    )
    return choice | st.lists(branch, min_size=1, max_size=2).map(lambda found: f"[{', '.join(found)}]")


def actions(states: list[str]):
    """The inside of an action, by a person or by itself."""
    common = (maybe(one(*EXPRESSIONS).map('when: "{}"'.format)), targets(states).map("to: {}".format), effects())
    person = st.tuples(
        one(*WHO).map("by: {}".format),
        maybe(one("not_by: opener", "not_by: doer")),
        listed("form", one("n", "t", "day", "units", "must")),
        maybe(one("note: required")),
        maybe(one("times: 1", "times: 2")),
        maybe(one("needs: n", "needs: [t, day]")),
        maybe(one("not_before: 1 day", "not_before: 2 days after fields.day")),
        *common,
    )
    return st.one_of(person, person, st.tuples(st.just("by: auto"), *common)).map(lambda parts: mapping(*parts))


def dues():
    due = st.tuples(one(*TIMES), st.lists(one(*RUNGS), max_size=3)).map(
        lambda found: mapping(f"at: {found[0]}", f"ladder: [{', '.join(found[1])}]")
    )
    return listed("due", due)


CONSULT = st.tuples(
    one("fields.units", "roles.worker", "\"'north'\"", '"[]"').map("asks: {}".format),
    maybe(one("issues: letter", "drafts: letter", "notifies: asked_head")),
    one("answers: {yes: Có, 'no': Không}", "answers: {yes: Có}, silence: 'yes'"),
    one(
        "reply: {by: [asked, asked_head], form: [n, must], sets: {n: replies.newest.fields.n}, issues: letter}",
        "reply: {by: asked, form: t, when: fields.t != 'x'}",
    ),
    maybe(one("due: {at: 2 days, ladder: [{at: due, notifies: asked_head}]}", "due: 1 working day")),
    one("enough: all", "enough: 1", "enough: 50%", "enough: replies.yes >= 1"),
).map(lambda parts: "consult: " + mapping(*parts))


@st.composite
def definitions(draw) -> str:
    states = [f"s{number}" for number in range(draw(st.integers(2, 3)))]
    lines = [HEAD.format(secret=draw(one("false", "true", "fields.n == 5")))]
    lines.append(f"due: [{{name: whole, at: {draw(one(*TIMES))}, until: {draw(one('end', *states[1:]))}, ladder: [{draw(one(*RUNGS))}]}}]")
    lines.append(
        f"starts: {{open: {{by: [worker, clerk], form: [n, t, units], assigns: {{handler: worker}}, {draw(effects().filter(lambda text: 'assigns' not in text))}, to: s0}}}}".replace(
            ", ,", ","
        )
    )
    lines[-1] = lines[-1].replace("clerk", "boss")
    lines.append("states:")
    for number, state in enumerate(states):
        consult = draw(st.booleans()) if number else False
        own = {f"a{number}{index}": draw(actions([*states, "end"])) for index in range(draw(st.integers(0, 2)))}
        inside = [
            draw(dues()),
            draw(CONSULT) if consult else "",
            draw(effects()),
            f"actions: {{{', '.join(f'{key}: {text}' for key, text in own.items())}}}" if own else "",
        ]
        lines.append(f"  {state}: {mapping(*inside)}")
    lines.append(f"  end: {{final: done, {draw(effects().filter(lambda text: 'stops: all' not in text))}}}")
    lines.append("actions:")
    lines += [f"  go{number}: {{from: any, by: anyone, form: [n, day], to: {state}}}" for number, state in enumerate(states)]
    lines.append("  cancel: {from: any, by: [worker, boss], to: end}")
    lines.append("  guarded: {from: any, by: nobody, when: fields.n > 4, issues: report, to: end}")
    lines.append(f"  stay: {{from: any, by: anyone, form: [n, t, units], {draw(effects().filter(bool))}}}")
    lines.append(f"  reopen: {{from: all, by: anyone, when: case.outcome == 'done', to: {states[0]}}}")
    return "\n".join(lines)


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "n": st.integers(-1, 12) | st.none(),
        "t": st.sampled_from(["x", "Đất", "", "a\nb"]),
        "day": st.sampled_from(["2026-11-21", "30/11/2026", "9999-12-31", "no"]),
        "units": st.sampled_from([["north"], ["north", "south"], [], ["nowhere"]]),
        "must": st.sampled_from(["có", ""]),
        "unknown": st.just("1"),
    },
)
STEPS = st.tuples(
    st.sampled_from(["do", "do", "do", "do", "reply", "reply", "fire", "attach", "wait", "open"]),
    st.integers(0, 30),
    st.sampled_from(ACTORS),
    VALUES,
    st.sampled_from(["", "ghi chú"]),
    st.sampled_from([0, 1, 26, 80]),
)


def acts(book: Book, step):
    """The acts of one step, as the case stands."""
    kind, number, actor, values, note, _ = step
    given = {"actor": actor, "request_id": "r", "fields": values, "note": note}
    if not book.files or kind == "open":
        person = actor if book.files else "officer"
        return [
            Open(
                **given | {"actor": person, "fields": {key: value for key, value in values.items() if key in {"n", "t"}}},
                process=book.process.key,
            )
        ]
    case = sorted(book.files)[number % len(book.files)]
    file = book.files[case]
    here = [*book.process.in_state[file.case.state], *book.process.action_keys, "no_such_action"]
    if kind == "do":
        easy = {key: value for key, value in values.items() if number % 2 or key in {"n", "day"}}
        return [Advance(**given | {"fields": easy}, case=case, action=here[number % len(here)])]
    if kind == "reply":
        asked = [one.asked for one in file.opinions] or ["north"]
        mine = {"north": "north_head", "south": "south_head"}.get(asked[number % len(asked)], asked[number % len(asked)])
        easy = {key: value for key, value in values.items() if key in {"n", "must"}}
        return [
            Reply(
                **given | {"actor": mine if number % 5 else actor, "fields": easy},
                case=case,
                asked=asked[number % len(asked)],
                answer=("yes", "no", "")[number % 3],
            )
        ]
    if kind == "fire":
        due = [one.key for one in file.deadlines if one.next_at is not None and one.next_at <= book.now]
        late = ("coalesce", "each", "skip")[number % 3]
        return [Fire(actor="hoso", request_id="f", case=case, deadline=key, late=late) for key in due or ["none/such"]]
    if kind == "attach":
        return [Attach(**given | {"fields": {}}, case=case, attachments=(Attachment(name="a", hash="0" * 64, size=number),))]
    return []


def deep(value: object) -> str:
    return canonical(to_plain(value))


def asked_twice(book: Book, act) -> None:
    """`decide` changes nothing of what it is given, and answers alike when it is asked again."""
    file = book.files.get(getattr(act, "case", ""))
    facts = book.facts()
    before = deep(file), deep(act), deep(facts.numbers)
    answers = []
    for _ in range(2):
        try:
            answer = decide(book.process, file, act, facts)
        except HosoError as error:
            answer = error
        answers.append(str(answer) if isinstance(answer, Exception) else deep(answer))
        if isinstance(answer, Needs):
            facts = book.facts({series: book.numbers.get(series, 0) + 1 for series in answer.series})
            answers.clear()
            answers.append(deep(decision) if isinstance(decision := decide(book.process, file, act, facts), Change) else str(decision))
            answers.append(deep(decision) if isinstance(decision := decide(book.process, file, act, facts), Change) else str(decision))
            break
    assert answers[0] == answers[1]
    assert (deep(file), deep(act)) == before[:2]


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


@settings(max_examples=40, deadline=None, suppress_health_check=CALM, phases=QUICK)
@RUN
def test_every_run_of_acts_can_be_proved_from_its_history(text, steps):
    played(text, steps)


@pytest.mark.long
@settings(max_examples=3000, deadline=None, suppress_health_check=CALM)
@RUN
def test_every_run_of_acts_can_be_proved_from_its_history_long(text, steps):
    played(text, steps)


# ---- a history that was tampered with ----------------------------------------------------------------------------------

STORY = """
fields: {n: {type: integer, title: Số}, t: {type: text, title: Chữ}}
roles: {worker: {unit: office, position: specialist}}
starts: {open: {by: worker, form: [n, t], to: begun}}
states:
  begun: {due: 2 working days, actions: {stay: {by: worker, form: [n, t]}, again: {by: worker, to: begun}}}
  over: {final: done, actions: {back: {by: worker, to: begun}}}
actions: {finish: {from: any, by: worker, to: over}}
"""


def history() -> tuple[list, str]:
    """A history of eight entries, and its head."""
    book = Book(STORY)
    book.open(n=1, t="Vụ việc")
    for action, fields in (
        ("stay", {"n": 2}),
        ("again", {}),
        ("finish", {}),
        ("back", {}),
        ("stay", {"t": "Khác"}),
        ("again", {}),
        ("finish", {}),
    ):
        book.now += timedelta(hours=1)
        book.do(action, "second", **fields)
    return book.entries["001/2026-S"], book.case.head


ENTRIES, CHAIN_HEAD = history()
COLUMNS = ("text", "payload", "actor", "case", "hash", "previous")


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(ENTRIES) - 1), st.sampled_from(COLUMNS), st.integers(0, 10_000), st.characters(codec="utf-8"))
def test_one_changed_letter_of_any_entry_is_found(place, column, at, letter):
    text = getattr(ENTRIES[place], column)
    spot = at % max(len(text), 1)
    changed = text[:spot] + letter + text[spot + 1 :]
    entries = [*ENTRIES]
    entries[place] = replace(entries[place], **{column: changed})
    assert (broken(entries, CHAIN_HEAD) is None) is (changed == text)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(ENTRIES) - 1), st.integers(0, len(ENTRIES) - 1), st.integers(1, 10**7))
def test_an_entry_dropped_swapped_added_or_moved_in_time_is_found(one_place, other, microseconds):
    assert broken([*ENTRIES[:one_place], *ENTRIES[one_place + 1 :]], CHAIN_HEAD)
    assert broken([*ENTRIES[:one_place], ENTRIES[other], *ENTRIES[one_place:]], CHAIN_HEAD)
    swapped = [*ENTRIES]
    swapped[one_place], swapped[other] = swapped[other], swapped[one_place]
    assert (broken(swapped, CHAIN_HEAD) is None) is (one_place == other)
    moved = [*ENTRIES]
    moved[one_place] = replace(moved[one_place], at=moved[one_place].at + timedelta(microseconds=microseconds))
    assert broken(moved, CHAIN_HEAD)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, len(ENTRIES) - 1), st.integers(0, 10_000))
def test_a_removed_letter_or_a_removed_payload_is_found(place, at):
    text = ENTRIES[place].payload
    spot = at % len(text)
    for payload in ("", text[:spot] + text[spot + 1 :]):
        entries = [*ENTRIES]
        entries[place] = replace(entries[place], payload=payload)
        assert broken(entries, CHAIN_HEAD) == f"the contents of entry {place + 1} were changed"

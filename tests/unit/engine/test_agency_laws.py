"""Laws of agencies that work together, over random courses: what others owe stays owed, who withdrew has no right, each day is one unit's."""

from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.making import ORGANISATION, Book
from tests.unit.engine.rules import tried
from workflow.engine.flow import unseen
from workflow.engine.history import differs
from workflow.engine.permission import acts_for, awaited, persons_of
from workflow.engine.work import begun
from workflow.model import Act, Ask, Claim, Correct, DeadlineStatus, OpinionStatus, Recuse, Release

CASE = {"request_id": "r", "case": "001/2026-S"}
ROUND = """
fields: {places: {type: units}}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  local: {unit: asked, position: leader}
starts: {open: {by: worker, form: places, to: asking}}
states:
  asking:
    consult:
      asks: fields.places
      answers: {agree: Đồng ý, reject: Không}
      reply: {by: local}
      due: {at: 5 working days, ladder: [{at: due, notifies: local}]}
      lasting: true
      ENOUGH
    actions: {collect: {by: auto, when: replies.enough, to: drafted}, early: {by: worker, to: drafted}}
  drafted: {actions: {end: {by: worker, to: over}}}
  over: {final: done}
rights: {ask: boss, correct: boss}
"""
HEADS = {"north": "north_head", "south": "south_head", "council": "chair", "district": "secretary"}
STEP = st.one_of(
    st.tuples(st.just("reply"), st.sampled_from(sorted(HEADS)), st.sampled_from(["agree", "reject"])),
    st.tuples(st.just("ask"), st.sampled_from(sorted(HEADS)), st.just("")),
    st.tuples(st.just("let off"), st.sampled_from(sorted(HEADS)), st.just("")),
    st.tuples(st.just("take back"), st.integers(1, 8), st.just("")),
    st.tuples(st.just("early"), st.just(""), st.just("")),
)


def _do(case: Book, step) -> None:
    """One step, if it may be done."""
    what, whom, answer = step
    acts = {
        "reply": lambda: case.reply(whom, HEADS[whom], answer),
        "ask": lambda: case.act(Ask(actor="head", asked=(whom,), **CASE)),
        "let off": lambda: case.act(Release(actor="head", asked=whom, note="x", **CASE)),
        "take back": lambda: case.act(Correct(actor="head", entry=min(whom, case.case.seq), take_back=True, note="x", **CASE)),
        "early": lambda: case.do("early"),
    }
    tried(acts[what])


@settings(max_examples=60, deadline=None)
@given(
    enough=st.sampled_from(["enough: all", "enough: 1", "enough: 50%", "enough: replies.agree >= 2", "veto: reject"]),
    steps=st.lists(STEP, max_size=8),
)
def test_reaching_a_quorum_never_deletes_what_others_still_owe(enough, steps):
    case = Book(ROUND.replace("ENOUGH", enough))
    case.open("officer", places=["north", "south", "council"])
    for step in steps:
        before = {one.asked: one.status for one in case.file.opinions}
        case.now += timedelta(hours=1)
        _do(case, step)
        after = {one.asked: one for one in case.file.opinions}
        for asked, status in before.items():
            if status is OpinionStatus.ASKED and step[:2] not in {("reply", asked), ("let off", asked)}:
                assert after[asked].status is OpinionStatus.ASKED
        running = {one.asked for one in case.file.deadlines if one.status is DeadlineStatus.RUNNING and one.asked}
        assert running == {asked for asked, one in after.items() if one.status is OpinionStatus.ASKED}
        assert differs(case.file, case.entries["001/2026-S"]) is None


PEOPLE = """
secret: true
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  clerk: {unit: office, position: clerk}
  handler: {assigned: handler, among: [worker, clerk]}
starts: {open: {by: worker, to: begun}}
states: {begun: {actions: {work: {by: [worker, handler, clerk, boss], to: same}, end: {by: boss, to: over}}}, over: {final: done}}
rights: {assign: boss}
"""
PERSONS = ("head", "officer", "second", "clerk", "deputy")
LENDING = st.lists(
    st.tuples(st.sampled_from(PERSONS), st.sampled_from(PERSONS)).filter(lambda one: one[0] != one[1]), max_size=4, unique=True
)


@settings(max_examples=60, deadline=None)
@given(lending=LENDING, out=st.lists(st.sampled_from(PERSONS), max_size=4, unique=True))
def test_whoever_withdraws_keeps_no_right_and_lends_none(lending, out):
    given_ = "\ndelegations:\n" + "\n".join(f"  - {{from: {one}, to: {other}, roles: all}}" for one, other in lending) if lending else ""
    case = Book(PEOPLE, organisation_text=ORGANISATION + given_)
    case.open("officer")
    tried(lambda: case.act(Claim(actor="clerk", slot="handler", **CASE)))
    own = {"officer": "worker", "second": "worker", "head": "boss", "clerk": "clerk"}
    for person in out:
        case.act(Recuse(actor=person, note="x", **CASE))
    work = begun(case.process, case.file, Act(actor="head", request_id=""), case.facts())
    who = tuple(case.process.role_of)
    for person in PERSONS:
        right = acts_for(person, who, work.asker())
        lenders = {one for one, other in lending if other == person and one in own and one not in out}
        if person in out:
            assert right is None
            assert unseen(work, person)
            assert tried(lambda person=person: case.do("work", person)) == ["recused"]
        elif person not in own and not lenders:
            assert right is None
        elif right:
            assert right in lenders
    assert not set(persons_of(who, work.asker())) & set(out)
    assert {one.person for one in awaited(work.asker()) if one.unit == "-"} == set(out)
    assert set(case.case.slots.values()) & set(out) == set()

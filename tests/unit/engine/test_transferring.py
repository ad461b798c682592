"""A reorganisation in one case: it changes hands, its clocks run on, papers bear the names of their day."""

import pytest

from tests.unit.engine.making import ORGANISATION, Book, at
from tests.unit.engine.rules import said, tried
from workflow.engine.history import differs
from workflow.engine.permission import awaited, viewers
from workflow.engine.work import begun
from workflow.errors import NotFound
from workflow.model import Act, DeadlineStatus, Seat, Transfer

CASE = "001/2026-S"
AFTER = (
    ORGANISATION.replace("office: {title: Ban Tuyên giáo,", "office: {title: Ban Tuyên giáo, until: 2026-11-30, succeeded_by: [joined],")
    .replace("north: {title: Xã Bắc,", "north: {title: Xã Bắc, until: 2026-11-30, succeeded_by: [south],")
    .replace("council: {title: Hội đồng,", "council: {title: Hội đồng, until: 2026-11-30, succeeded_by: [upper, lower],")
    .replace(
        "persons:\n",
        "  joined: {title: Ban Tuyên giáo và Dân vận, kind: party, symbol: BTGDV, from: 2026-12-01}\n  upper: {title: Hội đồng trên, from: 2026-12-01}\n  lower: {title: Hội đồng dưới, from: 2026-12-01}\npersons:\n  new: {title: Chuyên viên mới}\n",
    )
    .replace(
        "posts:\n",
        "posts:\n  - {person: head, unit: joined, position: leader, title: Trưởng ban, from: 2026-12-01}\n  - {person: new, unit: joined, position: specialist, from: 2026-12-01}\n  - {person: chair, unit: lower, position: leader, from: 2026-12-01}\n",
    )
    .replace("bodies: [office, district]", "bodies: [office, district, joined]")
)
TEXT = """
secret: true
fields: {places: {type: units, default: [north, south, council]}, drafter: {type: unit, default: council}}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  handler: {assigned: handler}
  drafter: {unit: fields.drafter, position: leader}
  local: {unit: asked, position: leader}
documents: {report: {type: BC, title: Báo cáo, body: r.j2, issuer: office, signer: boss}}
starts: {open: {by: worker, assigns: {handler: worker}, to: asking}}
due: {name: whole, at: 20 days}
states:
  asking:
    consult:
      asks: fields.places
      answers: {agree: Đồng ý}
      reply: {by: local}
      due: {at: 15 days, ladder: [{at: 1 day before due, notifies: local}]}
    actions:
      write: {by: boss, issues: report}
      on: {by: [handler, drafter], to: asking}
      end: {by: boss, to: over}
  over: {final: done}
"""

ENDING = """
  terminated: {final: terminated}
actions: {reorganise: {from: any, by: boss, to: terminated}}
"""


@pytest.fixture
def book() -> Book:
    made = Book(TEXT, {"r.j2": "x"}, organisation_text=AFTER)
    made.open("officer")
    made.do("write", "head")
    made.now = at("2026-12-01 08:00")
    return made


def transfer(case: Book, **heirs: str):
    return case.act(Transfer(actor="hoso", request_id="t", case=CASE, heirs=heirs, by="QĐ 1", note="Sáp nhập"))


ALL = {"office": "joined", "north": "south", "council": "lower"}


def seats(case: Book, of) -> set[Seat]:
    return set(of(begun(case.process, case.file, Act(actor="head", request_id=""), case.facts()).asker()))


def test_the_case_and_the_replies_that_are_out_go_to_their_heirs_and_clocks_run_on(book):
    before = {one.asked: one.due for one in book.file.deadlines if one.on == "consult:asking"}
    transfer(book, **ALL)
    assert book.case.unit == "joined"
    assert {one.asked: one.status.value for one in book.file.opinions} == {
        "north": "released",
        "south": "asked",
        "council": "released",
        "lower": "asked",
    }
    running = {one.asked: one for one in book.file.deadlines if one.status is DeadlineStatus.RUNNING and one.asked}
    assert {asked: one.due for asked, one in running.items()} == {"south": before["south"], "lower": before["council"]}
    assert [event.at for event in running["lower"].events] == [at("2026-11-20 09:00")]
    assert differs(book.file, book.entries[CASE]) is None


def test_what_a_unit_owed_and_kept_ends_with_it_where_nobody_takes_its_place():
    made = Book(TEXT + ENDING, {"r.j2": "x"}, organisation_text=AFTER.replace(", succeeded_by: [joined]", ""))
    made.open("officer")
    made.now = at("2026-12-01 08:00")
    ended = Transfer(
        actor="hoso", request_id="t", case=CASE, heirs={"north": "south"}, ended=("office", "council"), by="QĐ 1", note="Giải thể"
    )
    made.act(ended)
    assert {one.asked: one.status.value for one in made.file.opinions if one.asked != "south"} == {
        "north": "released",
        "council": "released",
    }
    assert (made.case.state, made.case.outcome, made.case.unit) == ("terminated", "terminated", "office")
    assert not [one for one in made.file.deadlines if one.status is DeadlineStatus.RUNNING]
    assert (said(made)[-1]["action"], said(made)[-1]["data"]["ended"]) == ("reorganise", ["council"])
    assert differs(made.file, made.entries[CASE]) is None
    assert tried(lambda: made.act(ended)) == ["not-due"], "it is done once"


def test_a_case_that_nobody_keeps_and_that_no_action_ends_stays_and_that_is_told(book):
    ended = Transfer(actor="hoso", request_id="t", case=CASE, ended=("district",))
    assert tried(lambda: book.act(ended)) == [], "its only successor keeps it"
    alone = Book(TEXT, {"r.j2": "x"}, organisation_text=AFTER.replace(", succeeded_by: [joined]", ""))
    alone.open("officer")
    alone.now = at("2026-12-01 08:00")
    assert tried(lambda: alone.act(Transfer(actor="hoso", request_id="t", case=CASE, ended=("office",)))) == ["state"]
    alone.act(Transfer(actor="hoso", request_id="t", case=CASE, ended=("council",)))
    assert alone.case.open


def test_the_history_says_what_went_where_and_by_whose_decision(book):
    transfer(book, **ALL)
    entry = said(book)[-1]
    assert (entry["act"], entry["actor"], entry["note"]) == ("transfer", "hoso", "Sáp nhập")
    assert entry["data"]["by"] == "QĐ 1"
    assert entry["data"]["kept"] == ["office", "joined"]
    assert entry["data"]["asked"] == {"north": "south", "council": "lower"}


def test_a_unit_asked_already_answers_for_both_and_an_heir_replies(book):
    transfer(book, **ALL)
    book.reply("south", "south_head", "agree")
    book.reply("lower", "chair", "agree")
    assert tried(lambda: book.reply("north", "north_head", "agree")) == ["not-asked"]


def test_new_papers_bear_the_new_name_and_issued_ones_keep_the_old(book):
    transfer(book, **ALL)
    book.do("write", "head")
    assert [(one.symbol, one.facts["document"]["issuers"][0]["title"]) for one in book.file.documents] == [
        ("01-BC/BTG", "Ban Tuyên giáo"),
        ("01-BC/BTGDV", "Ban Tuyên giáo và Dân vận"),
    ]


def test_nobody_sees_more_or_less_but_by_the_new_posts(book):
    transfer(book, **ALL)
    seen = seats(book, viewers)
    assert Seat(unit="joined", position="specialist") in seen
    assert Seat(unit="lower", position="leader") in seen
    assert not any(seat.unit in {"office", "north", "council", "upper"} for seat in seen)
    assert Seat(unit="south", position="leader") in seats(book, awaited)


def test_the_work_of_a_handler_who_has_no_post_any_more_falls_to_the_new_unit(book):
    transfer(book, **ALL)
    assert book.case.slots == {"handler": "officer"}
    book.do("on", "new")
    assert [(one.asked, one.round) for one in book.file.opinions if one.round == 2] == [("south", 2), ("lower", 2)]


def test_a_rename_or_merger_is_followed_by_itself_and_a_split_by_nobody(book):
    book.do("write", "head")
    assert tried(lambda: book.do("on", "chair")) == ["by"]


def test_a_new_case_is_kept_by_the_successor():
    made = Book(TEXT, {"r.j2": "x"}, organisation_text=AFTER)
    made.now = at("2026-12-01 08:00")
    made.open("new")
    assert made.case.unit == "joined"


def test_what_changes_nothing_is_no_entry(book):
    transfer(book, **ALL)
    assert tried(lambda: transfer(book, **ALL)) == ["not-due"]


def test_nobody_speaks_for_the_clock(book):
    with pytest.raises(NotFound):
        book.act(Transfer(actor="head", request_id="t", case=CASE, heirs=ALL))


def test_heirs_in_a_ring_end(book):
    transfer(book, office="north", north="office")
    assert book.case.unit in {"office", "north"}


def test_a_closed_case_tells_nobody(book):
    book.do("end", "head")
    transfer(book, **ALL)
    assert book.told == []

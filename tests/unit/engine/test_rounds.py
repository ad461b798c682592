"""Rounds in full: who is asked again, more and fewer in mid-round, replies changed, silence escalated, weights, vetoes, what stays owed."""

import pytest

from tests.unit.engine.making import ORGANISATION, Book, at
from tests.unit.engine.rules import tried
from workflow.engine.permission import awaited
from workflow.engine.scope import replies
from workflow.engine.work import begun
from workflow.errors import NotFound
from workflow.model import Act, Ask, DeadlineStatus, OpinionStatus, Release, Seat

CASE = {"request_id": "r", "case": "001/2026-S"}
TEXT = """
fields:
  places: {type: units, default: [north, south]}
  substantial: {type: yes-no, default: false}
  points: {type: table, columns: {whose: {type: unit}, article: {type: text}, opinion: {type: note}}}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  local: {unit: asked, position: leader}
documents: {ask: {type: CV, title: "Hỏi {{ asked.title }}", body: r.j2, issuer: office, signer: boss, recipients: local}}
starts: {open: {by: worker, form: places, to: asking}}
states:
  asking:
    title: Lấy ý kiến
    consult:
      asks: fields.places
      issues: ask
      answers: {agree: Đồng ý, amend: Sửa, reject: Không}
      reply: {by: local, form: points, note: optional}
      due: {at: 3 working days, ladder: [{at: due, notifies: local}, {at: 2 working days after due, notifies: local}]}
      CONSULT
    actions: {collect: {by: worker, sets: {points: replies.rows.points}, to: drafted}}
  drafted: {actions: {again: {by: worker, form: [places, substantial], to: asking}, end: {by: worker, to: over}}}
  over: {final: done}
rights: {ask: boss}
"""


def book(*consult: str, **more) -> Book:
    made = Book(TEXT.replace("CONSULT", "\n      ".join(consult)), {"r.j2": "x"}, **more)
    made.open("officer", places=["north", "south", "council"])
    return made


def ask(case: Book, *asked: str, actor: str = "head"):
    return case.act(Ask(actor=actor, asked=asked, **CASE))


def let_off(case: Book, asked: str, actor: str = "head", note: str = "Không liên quan"):
    return case.act(Release(actor=actor, asked=asked, note=note, **CASE))


def statuses(case: Book, number: int = 1) -> dict[str, str]:
    return {one.asked: one.status.value for one in case.file.opinions if one.round == number}


def owed(case: Book) -> list[str]:
    return [one.asked for one in case.file.deadlines if one.status is DeadlineStatus.RUNNING]


def seen(case: Book):
    return replies(case.process, case.file, case.facts())


def all_reply(case: Book, **answers: str) -> None:
    heads = {"north": "north_head", "south": "south_head", "council": "chair"}
    for unit, answer in answers.items():
        case.reply(unit, heads[unit], answer)


# ---- who is asked again ----------------------------------------------------------------------------------------------------

BY_WEIGHT = ("again:", "  - {when: fields.substantial, then: all}", "  - {else: [amend, reject]}")


@pytest.mark.parametrize(
    ("consult", "substantial", "asked"),
    [
        (BY_WEIGHT, True, ["north", "south", "council"]),
        (BY_WEIGHT, False, ["south", "council"]),
        (("again: asked.kind == 'commune' and answer != 'agree'",), False, ["south"]),
        (("again: [{when: fields.substantial, then: asked.kind == 'commune'}, {else: none}]",), True, ["north", "south"]),
        (("again: [{when: fields.substantial, then: none}]",), False, ["north", "south", "council"]),
    ],
)
def test_who_is_asked_again_may_hang_on_the_case_and_on_each(consult, substantial, asked):
    case = book(*consult)
    all_reply(case, north="agree", south="amend", council="reject")
    case.do("collect")
    case.do("again", places=["north", "south", "council"], substantial=substantial)
    assert [unit for unit, status in statuses(case, 2).items() if status == "asked"] == asked


# ---- more, and fewer, in mid-round -----------------------------------------------------------------------------------------


def test_more_may_be_asked_while_the_round_runs_each_with_its_letter_and_its_own_time():
    case = book()
    let_off(case, "council")
    case.now = at("2026-11-23 09:00")
    ask(case, "council")
    assert statuses(case) == {"north": "asked", "south": "asked", "council": "asked"}
    assert [(one.asked, one.symbol) for one in case.file.documents if one.asked == "council"] == [
        ("council", "03-CV/BTG"),
        ("council", "04-CV/BTG"),
    ]
    due = {one.asked: one.due for one in case.file.deadlines if one.status is DeadlineStatus.RUNNING}
    assert due["council"] > due["north"]


def test_who_is_let_off_owes_nothing_and_counts_no_more_but_stays_on_record():
    case = book()
    let_off(case, "council")
    assert case.told == ["chair"]
    assert owed(case) == ["north", "south"]
    assert statuses(case)["council"] == "released"
    assert seen(case)["asked"] == 2
    assert tried(lambda: case.reply("council", "chair", "agree")) == ["not-asked"]


def test_the_others_are_enough_once_one_is_let_off():
    case = book()
    all_reply(case, north="agree", south="agree")
    assert not seen(case)["enough"]
    let_off(case, "council")
    assert seen(case)["enough"]


def test_why_nobody_more_can_be_asked_or_let_off():
    case = book()
    assert tried(lambda: ask(case, "north")) == ["asked"]
    assert tried(lambda: ask(case)) == ["nobody"]
    assert tried(lambda: ask(case, "district", actor="officer")) == ["by"]
    assert tried(lambda: let_off(case, "north", note="")) == ["note"]
    assert tried(lambda: let_off(case, "district")) == ["not-asked"]
    with pytest.raises(NotFound):
        ask(case, "nowhere")
    case.reply("north", "north_head", "agree")
    assert tried(lambda: let_off(case, "north")) == ["answered"]
    case.do("collect")
    assert tried(lambda: ask(case, "district")) == ["no-round"]
    case.do("end")
    assert tried(lambda: ask(case, "district")) == ["closed"]
    assert tried(lambda: let_off(case, "south")) == ["closed"]


def test_a_unit_that_has_ended_is_not_asked():
    ended = ORGANISATION.replace("district: {title: Huyện ủy,", "district: {title: Huyện ủy, until: 2026-01-01,")
    assert tried(lambda: ask(book(organisation_text=ended), "district")) == ["no-unit"]


# ---- replies ---------------------------------------------------------------------------------------------------------------


def test_a_reply_that_is_changed_keeps_the_one_before():
    case = book("changeable: true")
    case.reply("north", "north_head", "agree", note="được")
    case.reply("north", "north_head", "amend", points=[{"article": "Điều 2", "opinion": "bỏ"}])
    (north,) = (one for one in case.file.opinions if one.asked == "north")
    assert (north.answer, [(one.answer, one.note, one.by) for one in north.earlier]) == ("amend", [("agree", "được", "north_head")])


def test_points_say_whose_they_are():
    case = book()
    case.reply("north", "north_head", "amend", points=[{"article": "Điều 2", "opinion": "bỏ"}])
    case.reply("south", "south_head", "amend", points=[{"whose": "north", "article": "Điều 1", "opinion": "thêm"}])
    case.do("collect")
    assert case.case.fields["points"] == [
        {"whose": "north", "article": "Điều 2", "opinion": "bỏ"},
        {"whose": "north", "article": "Điều 1", "opinion": "thêm"},
    ]


def test_a_late_reply_is_kept_marked_and_told_to_whoever_works_on_the_case_now():
    case = book()
    case.do("collect")
    case.reply("north", "north_head", "reject")
    assert case.told == ["officer", "second"]
    assert [(one.answer, one.late) for one in case.file.opinions if one.asked == "north"] == [("reject", True)]
    assert seen(case)["late"] == 1


# ---- silence ---------------------------------------------------------------------------------------------------------------


ABOVE = ORGANISATION.replace("north: {title: Xã Bắc, kind: commune,", "north: {title: Xã Bắc, kind: commune, parent: district,")


def test_silence_that_escalates_tells_the_superiors_who_may_then_reply_too():
    case = book("silence: escalate", organisation_text=ABOVE)
    assert tried(lambda: case.reply("north", "secretary", "agree")) == ["by"]
    case.now = at("2026-11-30 08:00")
    case.fire()
    assert statuses(case) == {"north": "asked", "south": "asked", "council": "asked"}
    assert all(one.escalated for one in case.file.opinions)
    assert "secretary" in {notice.person for change in case.changes for part in change.parts for notice in part.notices}
    case.reply("north", "secretary", "agree")
    assert [(one.by, one.late) for one in case.file.opinions if one.asked == "north"] == [("secretary", True)]
    assert tried(lambda: case.reply("south", "secretary", "agree")) == ["by"]


def test_silence_is_counted():
    case = book("silence: agree")
    case.now = at("2026-11-30 08:00")
    case.fire()
    assert (seen(case)["silent"], seen(case)["agree"], seen(case)["enough"]) == (3, 3, True)


# ---- enough ----------------------------------------------------------------------------------------------------------------


def test_a_share_is_of_what_opinions_weigh():
    case = book(
        "weight: \"{'council': 3}[asked.key]\"".replace("\"{'council': 3}[asked.key]\"", "2 if asked.kind == 'state' else 1"), "enough: 60%"
    )
    all_reply(case, north="agree", south="amend")
    assert not seen(case)["enough"]
    all_reply(case, council="agree")
    assert seen(case)["enough"]
    weight = seen(case)["weight"]
    assert (weight["asked"], weight["given"], weight["agree"], weight["reject"]) == (4, 4, 3, 0)


def test_what_weighs_no_number_weighs_nothing():
    case = book("weight: asked.kind", "enough: 50%")
    assert seen(case)["weight"]["asked"] == 0


@pytest.mark.parametrize(
    ("veto", "vetoed"),
    [("veto: reject", True), ("veto: {reject: asked.kind == 'commune'}", False), ("veto: {reject: asked.kind == 'state'}", True)],
)
def test_a_veto_stops_the_rest(veto, vetoed):
    case = book(veto, "enough: 1")
    all_reply(case, north="agree", council="reject")
    assert seen(case)["vetoed"] is vetoed
    assert seen(case)["enough"] is not vetoed


# ---- what is still owed ----------------------------------------------------------------------------------------------------


def waits_for(case: Book) -> set[Seat]:
    return set(awaited(begun(case.process, case.file, Act(actor="head", request_id=""), case.facts()).asker()))


def test_what_others_still_owe_outlasts_the_round_where_that_is_declared():
    case = book("enough: 1", "lasting: true")
    case.reply("north", "north_head", "agree")
    case.do("collect")
    assert owed(case) == ["south", "council"]
    assert {Seat(unit="south", position="leader"), Seat(unit="council", position="leader")} < waits_for(case)
    case.reply("south", "south_head", "amend")
    assert [(one.late, one.answer) for one in case.file.opinions if one.asked == "south"] == [(False, "amend")]
    case.now = at("2026-11-30 08:00")
    case.fire()
    case.reply("council", "chair", "amend")
    assert [one.late for one in case.file.opinions if one.asked == "council"] == [True]


def test_a_quorum_deletes_nothing_where_it_is_not():
    case = book("enough: 1")
    case.reply("north", "north_head", "agree")
    case.do("collect")
    assert owed(case) == []
    assert statuses(case) == {"north": "given", "south": "asked", "council": "asked"}
    case.reply("south", "south_head", "amend")
    assert statuses(case)["south"] == "given"


def test_a_new_round_and_the_end_of_the_case_take_the_place_of_what_lasted():
    case = book("lasting: true")
    case.do("collect")
    case.do("again", places=["north"])
    assert owed(case) == ["north"]
    case.do("collect")
    case.do("end")
    assert owed(case) == []
    assert waits_for(case) == set()


def test_opinions_have_a_status_of_their_own_once_let_off():
    case = book()
    let_off(case, "north")
    assert OpinionStatus("released") in {one.status for one in case.file.opinions}
    assert {one.asked for one in case.file.asked} == {"south", "council"}

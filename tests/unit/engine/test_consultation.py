"""Consultations: rounds, replies, enough, silence, late (language.md 2.8, 2.17)."""

import json

import pytest

from tests.unit.engine.making import Book, at
from workflow.errors import Refused, UnknownField
from workflow.model import DeadlineStatus, OpinionStatus

TEXT = """
fields:
  n: {type: integer, title: Số, max: 100}
  m: {type: integer}
  remark: {type: text, required: true}
  asked: {type: units, default: [north, south]}
  one: {type: unit}
  points: {type: table, columns: {a: {type: text}}}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  handler: {assigned: handler}
  head_of_asked: {unit: asked, position: leader}
documents:
  ask: {type: CV, title: "Hỏi {{ asked.title }}", body: r.j2, issuer: office, signer: boss, recipients: head_of_asked}
  answer: {type: CV, title: V/v góp ý, body: r.j2, issuer: asked, signer: head_of_asked, recipients: boss}
starts: {open: {by: worker, form: [asked, one, n], assigns: {handler: worker}, to: begun}}
states:
  begun: {actions: {ask: {by: worker, to: asking}}}
  asking:
    title: {vi: Lấy ý kiến, en: Asking}
    consult:
      asks: fields.asked
      CONSULT
      reply: {by: [asked, head_of_asked], REPLY}
    actions:
      gather: {by: auto, when: WHEN, sets: {n: SETS}, to: gathered}
      go_on: {by: worker, to: gathered}
      stay: {by: worker, form: n}
  gathered: {actions: {again: {by: worker, form: asked, to: asking}, end: {by: worker, to: over}, weigh: {by: worker, when: replies.given > 1, sets: {n: replies.given}}}}
  over: {final: done}
"""
ANSWERS = "answers: {yes: {vi: Có, en: Agreed}, maybe: {vi: Sửa, en: Amended}}"
LADDER = "due: {at: 2 working days, ladder: [{at: due, notifies: [head_of_asked, handler]}]}"


def book(consult=ANSWERS, reply="note: optional", sets="replies.given", asks="fields.asked", **fields) -> Book:
    text = (
        TEXT.replace("CONSULT", consult.replace("; ", "\n      "))
        .replace("REPLY", reply)
        .replace("WHEN", "replies.enough")
        .replace("SETS", sets)
    )
    made = Book(text.replace("asks: fields.asked", f"asks: {asks}"), {"r.j2": "x"})
    made.open(**fields)
    made.do("ask")
    return made


def said(act, *args, **fields):
    with pytest.raises(Refused) as caught:
        act(*args, **fields)
    return [(reason.code, reason.message()) for reason in caught.value.reasons]


# ---- a round -----------------------------------------------------------------------------------------------------------


def test_entering_asks_each_unit_once_with_its_own_letter_deadline_and_notice():
    case = book(f"{ANSWERS}; issues: ask; notifies: head_of_asked; {LADDER}", asked=["south", "north", "south"])
    file = case.file
    assert [(one.asked, one.round, one.status) for one in file.opinions] == [
        ("south", 1, OpinionStatus.ASKED),
        ("north", 1, OpinionStatus.ASKED),
    ]
    assert [(one.asked, one.on) for one in file.deadlines] == [("south", "consult:asking"), ("north", "consult:asking")]
    assert [(one.asked, one.title, one.symbol, one.recipients) for one in file.documents] == [
        ("south", "Hỏi Xã Nam", "01-CV/BTG", ("Xã Nam",)),
        ("north", "Hỏi Xã Bắc", "02-CV/BTG", ("Xã Bắc",)),
    ]
    assert [(notice.person, notice.subject) for notice in case.last_part.notices] == [
        ("south_head", "[001/2026-S] Asking"),
        ("north_head", "[001/2026-S] Asking"),
    ]


def test_letters_of_a_round_may_be_drafts():
    case = book(f"{ANSWERS}; drafts: ask")
    assert [(one.status.value, one.asked) for one in case.file.documents] == [("draft", "north"), ("draft", "south")]


def test_one_unit_alone_may_be_asked():
    single = book(asks="fields.one", one="north")
    assert [one.asked for one in single.file.opinions] == ["north"]
    assert single.reply("north", "north_head", "yes").case.state == "gathered"


def test_persons_may_be_asked_and_answer_for_themselves():
    persons = book(asks="roles.worker")
    assert [one.asked for one in persons.file.opinions] == ["officer", "second"]
    assert said(persons.reply, "officer", "second", "yes")[0][0] == "by"
    assert persons.reply("officer", "officer", "yes").opinions[0].by == "officer"


@pytest.mark.parametrize("enough", ["enough: all", "enough: 50%"])
def test_a_round_of_nobody_is_enough(enough):
    assert book(f"{ANSWERS}; {enough}", asked=[]).case.state == "gathered"


@pytest.mark.parametrize("enough", ["enough: 1", "enough: replies.yes > 0"])
def test_a_round_of_nobody_is_not_enough_where_somebody_must_answer(enough):
    assert book(f"{ANSWERS}; {enough}", asked=[]).case.state == "asking"


def test_coming_back_opens_a_new_round_and_leaves_the_old_one_as_it_was():
    case = book(f"{ANSWERS}; {LADDER}")
    case.reply("north", "north_head", "yes", note="được")
    case.do("go_on")
    case.now = at("2026-11-23 09:00")
    file = case.do("again", asked=["south", "north"])
    assert [(one.round, one.asked, one.status.value) for one in file.opinions] == [
        (1, "north", "given"),
        (1, "south", "asked"),
        (2, "south", "asked"),
        (2, "north", "asked"),
    ]
    assert [one.status for one in file.deadlines] == [
        DeadlineStatus.MET,
        DeadlineStatus.DROPPED,
        DeadlineStatus.RUNNING,
        DeadlineStatus.RUNNING,
    ]
    answered = case.reply("north", "north_head", "maybe")
    assert [(one.round, one.answer) for one in answered.opinions if one.asked == "north"] == [(1, "yes"), (2, "maybe")]


# ---- a reply -----------------------------------------------------------------------------------------------------------


def test_a_reply_is_kept_with_answer_note_fields_and_hand():
    case = book(reply="form: [n, m, remark]")
    case.now = at("2026-11-20 10:00")
    file = case.reply("north", "north_head", "yes", note="đúng", n=3, remark="ổn", m="")
    opinion = file.opinions[0]
    assert (opinion.status, opinion.answer, opinion.note, opinion.by, opinion.at, opinion.late) == (
        OpinionStatus.GIVEN,
        "yes",
        "đúng",
        "north_head",
        case.now,
        False,
    )
    assert opinion.fields == {"n": 3, "remark": "ổn"}
    assert "n" not in file.case.fields
    draft = case.last_part.drafts[0]
    assert (draft.act, draft.action, draft.data) == ("reply", "reply", {"asked": "north", "answer": "yes"})


def test_replies_are_remembered_like_actions_under_their_name():
    case = book(reply="named: supply")
    case.reply("north", "north_head", "yes")
    assert case.case.done["supply"].persons == ("north_head",)


def test_a_reply_settles_its_own_deadline_alone():
    case = book(f"{ANSWERS}; {LADDER}")
    file = case.reply("south", "south_head", "yes")
    assert [(one.asked, one.status) for one in file.deadlines] == [("north", DeadlineStatus.RUNNING), ("south", DeadlineStatus.MET)]


def test_a_reply_s_papers_and_notices_are_of_the_unit_that_replies():
    case = book(reply="issues: answer, notifies: [boss, head_of_asked]")
    file = case.reply("south", "south_head", "yes")
    (paper,) = file.documents
    assert (paper.asked, paper.symbol, paper.signatures[0].person, paper.recipients) == (
        "south",
        "01/XN",
        "south_head",
        ("Ban Tuyên giáo",),
    )
    assert case.told == ["head", "south_head"]


def test_a_reply_s_paper_may_be_a_draft():
    case = book(reply="drafts: answer")
    assert case.reply("south", "south_head", "yes").documents[0].status.value == "draft"


def test_a_reply_s_effects_reach_the_case():
    case = book(reply="form: m, sets: {n: replies.newest.fields.m}, assigns: {handler: worker}")
    file = case.reply("north", "north_head", "yes", m=7)
    assert (file.case.fields["n"], file.case.slots) == (7, {"handler": "officer"})


def test_a_reply_may_make_the_case_secret_before_anybody_is_told():
    text = (
        TEXT.replace("CONSULT", ANSWERS)
        .replace("REPLY", "sets: {n: 5}, notifies: {boss: 'Gấp'}")
        .replace("WHEN", "replies.enough")
        .replace("SETS", "1")
    )
    case = Book("secret: fields.n == 5\n" + text, {"r.j2": "x"})
    case.open()
    case.do("ask")
    assert case.reply("north", "north_head", "yes").case.secret
    assert [notice.subject for notice in case.last_part.notices] == ["[001/2026-S] A case needs your attention"]


def test_the_guards_of_a_reply_see_its_form_and_leave_the_case_alone():
    case = book(reply="form: n, when: {fields.n < 10: too much}")
    assert said(case.reply, "north", "north_head", "yes", n=10) == [("guard", "too much")]
    assert "n" not in case.reply("north", "north_head", "yes", n=9).case.fields


def test_the_guards_of_a_reply_see_its_answer():
    case = book(reply="form: n, when: {answer == 'yes' or fields.n is not none: say why}")
    assert said(case.reply, "north", "north_head", "maybe") == [("guard", "say why")]
    case.reply("north", "north_head", "maybe", n=1)
    assert case.reply("south", "south_head", "yes").case.state == "gathered"


def test_a_reply_of_somebody_else_is_refused_with_every_reason():
    case = book(reply="form: remark, note: required")
    reasons = said(case.reply, "north", "south_head", "no")
    assert [code for code, _ in reasons] == ["answer", "by", "form", "note"]
    assert reasons[0][1] == "the answer must be one of: yes (Agreed), maybe (Amended)"
    assert reasons[1][1] == "only Lãnh đạo xã Bắc may do this, not Lãnh đạo xã Nam"


def test_what_the_reply_s_form_does_not_ask_for_is_told():
    with pytest.raises(UnknownField, match="'n' is not asked for here"):
        book().reply("north", "north_head", "yes", n=1)


def test_who_is_not_asked_can_not_reply_and_is_told_who_is():
    case = book()
    assert said(case.reply, "council", "chair", "yes") == [("not-asked", "'council' is not asked here; asked: north, south")]
    fresh = Book(case.text, {"r.j2": "x"})
    fresh.open()
    assert said(fresh.reply, "north", "north_head", "yes") == [("not-asked", "'north' is not asked here; asked: –")]


def test_a_reply_goes_to_the_round_that_runs_though_another_was_opened_at_the_same_instant():
    second = """
  gathered: {consult: {asks: "['north']", answers: {no: Không}, reply: {named: second, by: head_of_asked}}, actions: {end: {by: worker, to: over}}}
"""
    before, _, after = TEXT.partition("  gathered:")
    text = before + second.lstrip("\n") + after.split("\n", 1)[1]
    text = text.replace("CONSULT", ANSWERS).replace("REPLY", "note: optional").replace("WHEN", "replies.enough").replace("SETS", "1")
    case = Book(text.replace("stay: {by: worker, form: n}", "stay: {by: worker, to: asking}"), {"r.j2": "x"})
    case.open()
    case.do("ask")
    case.do("stay")
    case.do("go_on")
    file = case.reply("north", "north_head", "no")
    assert [(one.state, one.round, one.answer) for one in file.opinions if one.answer] == [("gathered", 1, "no")]


def test_after_a_round_its_replies_are_those_that_are_looked_at_though_another_was_opened_at_the_same_instant():
    text = TEXT.replace("gathered: {actions:", "gathered: {sets: {n: replies.given}, actions:")
    text = text.replace("go_on: {by: worker, to: gathered}", "go_on: {by: worker, to: early}")
    early = """
  early: {consult: {asks: "['council']", reply: {named: early, by: asked}}, actions: {ask_more: {by: worker, to: asking}, tell: {by: worker, to: gathered}}}
"""
    text = text.replace("  gathered:", early.lstrip("\n") + "  gathered:").replace("CONSULT", "enough: 3")
    case = Book(text.replace("REPLY", "note: optional").replace("WHEN", "replies.enough").replace("SETS", "1"), {"r.j2": "x"})
    case.open()
    for action in ("ask", "go_on", "ask_more", "go_on"):
        case.do(action)
    case.reply("north", "north_head")
    assert case.do("tell").case.fields["n"] == 0


def test_nobody_replies_twice():
    case = book()
    case.reply("north", "north_head", "yes")
    assert said(case.reply, "north", "north_head", "maybe") == [("answered", "Xã Bắc has replied already")]


def test_a_changeable_reply_may_be_given_anew_until_it_is_due_and_the_newest_counts():
    case = book(f"{ANSWERS}; {LADDER}; changeable: true; enough: 3", reply="form: n")
    case.reply("north", "north_head", "yes", n=1)
    case.reply("north", "north_head", "maybe", n=2)
    (north,) = [one for one in case.file.opinions if one.asked == "north"]
    assert (north.answer, north.fields, north.late) == ("maybe", {"n": 2}, False)
    assert [json.loads(entry.text)["act"] for entry in case.entries[case.file.case.number]].count("reply") == 2
    assert [one.status for one in case.file.deadlines if one.asked == "north"] == [DeadlineStatus.MET]
    case.now = at("2026-11-26 00:01")
    assert said(case.reply, "north", "north_head", "yes") == [("answered", "Xã Bắc has replied already")]


def test_a_changeable_reply_is_final_once_the_case_has_moved_on_or_asked_anew():
    case = book(f"{ANSWERS}; changeable: true")
    case.reply("north", "north_head", "yes")
    case.do("go_on")
    assert said(case.reply, "north", "north_head", "maybe") == [("answered", "Xã Bắc has replied already")]
    case.do("again")
    assert case.reply("north", "north_head", "maybe").opinions[-2].round == 2


def test_without_answers_the_form_is_the_reply_and_no_answer_is_chosen():
    case = book("due: 2 working days", reply="form: n")
    assert said(case.reply, "north", "north_head", "yes", n=1) == [("answer", "no answer is chosen here: the form is the reply")]
    assert case.reply("north", "north_head", n=1).opinions[0].answer == ""


def test_a_closed_case_takes_no_reply_and_says_everything_that_is_wrong():
    case = book()
    case.reply("north", "north_head", "yes")
    case.do("go_on")
    case.do("end")
    assert said(case.reply, "south", "south_head", "yes") == [("closed", "the case is closed")]
    assert [code for code, _ in said(case.reply, "north", "north_head", "no")] == ["closed", "answered", "answer"]


# ---- late --------------------------------------------------------------------------------------------------------------


def test_a_reply_after_its_due_is_taken_and_marked_late():
    case = book(f"{ANSWERS}; {LADDER}")
    case.now = at("2026-11-26 00:00")
    assert not case.reply("north", "north_head", "yes").opinions[0].late
    case.now = at("2026-11-26 00:01")
    file = case.reply("south", "south_head", "yes")
    assert file.opinions[1].late
    assert [one.status for one in file.deadlines] == [DeadlineStatus.MET, DeadlineStatus.MISSED]


def test_a_reply_after_the_case_has_moved_on_is_kept_and_marked_late():
    case = book()
    case.reply("north", "north_head", "yes")
    case.do("go_on")
    file = case.reply("south", "south_head", "maybe")
    assert (file.opinions[1].late, file.opinions[1].answer, file.case.state) == (True, "maybe", "gathered")
    assert case.do("weigh").case.fields["n"] == 2


# ---- enough ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("enough", "after"),
    [
        ("enough: all", 3),
        ("enough: 1", 1),
        ("enough: 2", 2),
        ("enough: 50%", 2),
        ("enough: 67%", 3),
        ("enough: 100%", 3),
        ("enough: replies.yes >= 2", 2),
        ("enough: replies.maybe == 1", None),
    ],
)
def test_enough_is_all_a_number_a_share_of_all_asked_or_what_an_expression_says(enough, after):
    case = book(f"{ANSWERS}; {enough}", asked=["north", "south", "council"])
    replied = 0
    for unit, head in (("north", "north_head"), ("south", "south_head"), ("council", "chair")):
        if case.case.state == "asking":
            case.reply(unit, head, "yes")
            replied += 1
    assert (replied, case.case.state) == ((after, "gathered") if after else (3, "asking"))


def test_enough_can_not_be_said_by_itself():
    with pytest.raises(AssertionError, match=r"'replies\.enough and true'"):
        book(f"{ANSWERS}; enough: replies.enough and true")


def test_figures_of_replies_are_there_for_what_follows():
    case = book(reply="form: [n, points]", sets="replies.sum.n")
    case.reply("north", "north_head", "yes", n=4, points=[["x"]])
    assert case.reply("south", "south_head", "maybe").case.fields["n"] == 4


# ---- silence -----------------------------------------------------------------------------------------------------------


def test_silence_counts_as_the_declared_answer_at_the_due_and_then_enough_is_looked_at_again():
    case = book(f"{ANSWERS}; {LADDER}; silence: yes", sets="replies.yes")
    case.reply("north", "north_head", "yes")
    case.now = at("2026-11-26 00:00")
    case.fire()
    opinion = case.file.opinions[1]
    assert (opinion.status, opinion.answer, opinion.by, opinion.at) == (OpinionStatus.SILENT, "yes", "", case.now)
    assert (case.case.state, case.case.fields["n"]) == ("gathered", 2)
    assert [(draft.act, draft.actor) for draft in case.last_part.drafts] == [("fire", "hoso"), ("silence", "hoso"), ("auto", "hoso")]
    assert case.file.deadlines[1].status is DeadlineStatus.MISSED


def test_without_a_declared_answer_silence_fills_in_nothing():
    case = book(f"{ANSWERS}; {LADDER}")
    case.now = at("2026-11-26 00:00")
    case.fire()
    assert [one.status for one in case.file.opinions] == [OpinionStatus.ASKED] * 2


def test_one_who_was_silent_may_still_reply_late():
    case = book(f"{ANSWERS}; {LADDER}; silence: yes; enough: replies.maybe > 0")
    case.now = at("2026-11-26 00:00")
    case.fire()
    file = case.reply("south", "south_head", "maybe")
    assert (file.opinions[1].status, file.opinions[1].answer, file.opinions[1].late) == (OpinionStatus.GIVEN, "maybe", True)
    assert file.case.state == "gathered"


def test_silence_of_an_old_round_fills_in_nothing_in_the_new_one():
    case = book(f"{ANSWERS}; {LADDER}; silence: yes")
    case.do("go_on")
    case.now = at("2026-11-25 09:00")
    case.do("again", asked=["north"])
    case.now = at("2026-11-26 00:00")
    assert case.fire() == []
    assert case.file.opinions[2].status is OpinionStatus.ASKED

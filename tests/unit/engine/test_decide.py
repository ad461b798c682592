"""One act, decided: what it does, and every way in which it is refused (language.md 2.1 to 2.6, laws 5, 7, 8)."""

import gc

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.engine.decide import decide, draft_now
from workflow.errors import NotFound, Refused, UnknownField, WrongValue
from workflow.model import Act, Advance, Attach, Attachment, DocumentStatus, Fire, Needs, NumberTaken, Open, Reply, SeriesKey

LEAVE = """
title: {vi: Nghỉ phép, en: Leave}
case_title: "Nghỉ {{ fields.days }} ngày"
fields:
  days: {type: integer, title: {vi: Số ngày, en: Days}, min: 1, max: 12, required: true}
  why: {type: note, title: Lý do}
  place: {type: text, title: Nơi đến}
  urgent: {type: yes-no, title: Khẩn, default: false}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  handler: {assigned: handler}
starts:
  open: {by: worker, form: [days, why], assigns: {handler: worker}, to: asked}
  clockwise: {by: nobody, to: asked}
states:
  asked:
    title: {vi: Chờ duyệt, en: Waiting}
    actions:
      grant: {title: {vi: Duyệt, en: Grant}, by: boss, not_by: opener, when: {fields.days <= 5: at most five days}, needs: place, to: granted}
      amend: {by: worker, form: [days, place], note: required}
  granted: {title: {vi: Đã duyệt, en: Granted}, final: done, actions: {reopen: {by: boss, to: asked}}}
"""


@pytest.fixture
def book():
    return Book(LEAVE)


def codes(refusal):
    return [reason.code for reason in refusal.reasons]


def refused(act, *args, **fields):
    with pytest.raises(Refused) as caught:
        act(*args, **fields)
    return caught.value


# ---- open --------------------------------------------------------------------------------------------------------------


def test_a_new_case_has_number_unit_title_opener_and_the_version_of_its_process(book):
    case = book.open(days="3").case
    assert (case.number, case.unit, case.title, case.opener) == ("001/2026-S", "office", "Nghỉ 3 ngày", "officer")
    assert (case.version, case.state, case.fields) == (book.process.version, "asked", {"days": 3, "urgent": False})
    assert (case.opened, case.entered, case.last_act) == (book.now, book.now, book.now)


def test_whoever_opens_a_case_may_give_it_a_title(book):
    file = book.act(Open(actor="officer", request_id="r", process="sample", fields={"days": 1}, title="Của tôi"))
    assert file.case.title == "Của tôi"


def test_decide_asks_for_the_numbers_that_it_needs_and_then_takes_the_next_one(book):
    act = Open(actor="officer", request_id="r", process="sample", fields={"days": 1})
    series = SeriesKey(body="office", type="case:sample", period="2026")
    assert decide(book.process, None, act, book.facts()) == Needs(series=(series,))
    change = decide(book.process, None, act, book.facts({series: 41}))
    assert change.numbers == (NumberTaken(series=series, number=41, case="041/2026-S"),)
    assert (change.parts[0].before, change.request_id, change.periodic) == (None, "r", None)


def test_a_start_that_is_not_there_is_told_with_the_nearest_one(book):
    with pytest.raises(NotFound, match="no start 'opne'; did you mean 'open'"):
        book.open(start="opne", days=1)


def test_a_start_for_the_clock_alone_is_refused_to_persons_and_done_by_the_clock_with_any_field(book):
    assert codes(refused(book.open, start="clockwise")) == ["by"]
    act = Open(actor="hoso", request_id="r", process="sample", start="clockwise", fields={"place": "Huế"}, periodic="2026")
    case = book.act(act).case
    assert (case.opener, case.fields["place"], book.changes[-1].periodic) == ("hoso", "Huế", ("sample", "2026"))


def test_opening_is_refused_with_every_reason(book):
    refusal = refused(book.open, "clerk")
    assert codes(refusal) == ["by", "form"]
    assert str(refusal) == (
        "Refused: sample.\n- only Chuyên viên 1, Chuyên viên 2 may do this, not Văn thư\n"
        "- the field 'days' (Days) must be filled: --set days=…"
    )


def test_a_process_kept_by_no_unit_opens_no_case():
    book = Book(
        LEAVE.replace("title: {vi: Nghỉ phép, en: Leave}", "").replace(
            "fields:", "process: kept\nunit: fields.keeper\nfields:\n  keeper: {type: unit}", 1
        )
    )
    assert codes(refused(book.open, days=1)) == ["no-unit"]


def test_a_number_by_terms_wants_a_term():
    text = 'process: sample\nunit: council\nnumber: "{n}/{term}"\n' + LEAVE
    refusal = refused(Book(text).open, days=1)
    assert (codes(refusal), refusal.facts["what"]) == (["no-term"], "sample")
    assert Book(text.replace("council", "office", 1)).open(days=1).case.number == "1/2025-2030"


# ---- who and what is named ---------------------------------------------------------------------------------------------


def test_an_unknown_person_is_told_with_the_nearest_one(book):
    with pytest.raises(NotFound, match="no person 'oficer'; did you mean 'officer'"):
        book.open("oficer", days=1)


def test_an_unknown_action_is_told_with_the_nearest_one(book):
    book.open(days=1)
    with pytest.raises(NotFound, match="no action 'grand'; did you mean 'grant'"):
        book.do("grand", "head")


ACTS = {Advance: {"action": "grant"}, Attach: {}, Reply: {"asked": "north"}, Fire: {"deadline": "x"}}


@pytest.mark.parametrize("kind", ACTS)
def test_an_act_on_a_case_that_is_not_there_is_not_found(book, kind):
    actor = "hoso" if kind is Fire else "officer"
    with pytest.raises(NotFound, match="no case '009/2026-S'"):
        book.decide(kind(actor=actor, request_id="r", case="009/2026-S", **ACTS[kind]))


@pytest.mark.parametrize("kind", [Advance, Attach, Reply])
def test_nobody_speaks_for_the_clock(book, kind):
    book.open(days=3)
    with pytest.raises(NotFound, match="no person 'hoso'"):
        book.decide(kind(actor="hoso", request_id="r", case="001/2026-S", **ACTS[kind]))
    with pytest.raises(NotFound, match="no person 'hoso'"):
        book.open("hoso", days=3)


def test_nobody_does_the_clock_s_work(book):
    book.open(days=3)
    with pytest.raises(NotFound, match="no person 'officer'"):
        book.decide(Fire(actor="officer", request_id="r", case="001/2026-S", deadline="x"))
    with pytest.raises(NotFound, match="no person 'head'"):
        book.decide(Open(actor="head", request_id="r", process="sample", start="clockwise", periodic="2026"))


# ---- advance -----------------------------------------------------------------------------------------------------------


def test_an_act_moves_the_case_and_leaves_word_of_it(book):
    book.open(days=3)
    book.do("amend", note="đổi", place="Huế", days=4)
    book.now = at("2026-11-20 10:00")
    case = book.do("grant", "head").case
    assert (case.state, case.outcome, case.closed, case.previous, case.entered) == ("granted", "done", book.now, "asked", book.now)
    draft = book.last_part.drafts[0]
    assert (draft.actor, draft.act, draft.action, draft.before, draft.after) == ("head", "advance", "grant", "asked", "granted")
    assert (case.done["grant"].count, case.done["grant"].last, case.done["grant"].persons) == (1, book.now, ("head",))


def test_a_refusal_lists_every_reason_and_what_is_allowed_instead(book):
    book.open(days=9)
    refusal = refused(book.do, "grant", "officer")
    assert codes(refusal) == ["by", "not_by", "guard", "needs"]
    assert [reason.message() for reason in refusal.reasons] == [
        "only Trưởng ban may do this, not Chuyên viên 1",
        "whoever it is now must not be Chuyên viên 1 (four eyes)",
        "at most five days",
        "the field 'place' (Nơi đến) is still empty",
    ]
    assert (refusal.allowed, refusal.facts["what"]) == (("amend",), "001/2026-S: grant")


def test_what_is_allowed_is_told_by_the_case_as_it_is_not_as_the_refused_form_would_make_it(book):
    book.open(days=9)
    book.do("amend", note="n", days=9, place="Huế")
    assert refused(book.do, "amend", "head", days=2).allowed == ()


def test_a_refusal_changes_nothing(book):
    book.open(days=9)
    before = book.file
    refused(book.do, "amend", days=2)
    assert book.file == before
    assert len(book.changes) == 1


def test_an_action_of_another_state_says_where_the_case_stands_and_where_it_is_done(book):
    book.open(days=3)
    refusal = refused(book.do, "reopen", "head")
    assert codes(refusal) == ["state"]
    assert refusal.reasons[0].message() == "the case stands at: Waiting; this is done at: Granted"
    assert refusal.allowed == ()
    assert refused(book.do, "reopen", "officer").allowed == ("amend",)


def test_guards_see_the_values_of_the_form(book):
    guarded = Book(LEAVE.replace("needs: place,", "form: days,"))
    guarded.open(days=9)
    assert guarded.do("grant", "head", days=5).case.state == "granted"


def test_a_field_that_the_form_does_not_ask_for_is_told(book):
    book.open(days=3)
    with pytest.raises(UnknownField, match=r"'why' is not asked for here. Asked for: days, place"):
        book.do("amend", note="n", why="x")


def test_a_value_that_does_not_fit_its_field_is_told(book):
    with pytest.raises(WrongValue, match="days: 'ba' is not a whole number"):
        book.open(days="ba")


def test_the_same_answer_is_given_when_the_same_is_asked_again(book):
    book.open(days=3)
    act = Advance(actor="officer", request_id="q", case="001/2026-S", action="amend", fields={"days": 2}, note="n")
    assert book.decide(act) == book.decide(act)


def test_an_act_is_never_earlier_than_the_last_entry_of_its_case(book):
    book.open(days=3)
    opened, book.now = book.now, at("2026-11-19 09:00")
    file = book.do("amend", note="n", days=2)
    assert (file.case.last_entry, file.case.last_act) == (opened, opened)


def test_an_expression_that_can_not_be_worked_out_refuses_the_act_not_the_program(book):
    book = Book(LEAVE.replace("note: required}", "note: required, to: [{when: fields.days + fields.place > 2, then: granted}]}"))
    book.open(days=3)
    refusal = refused(book.do, "amend", note="n", days=2)
    assert (codes(refusal), refusal.facts["what"]) == (["expression"], "001/2026-S: amend")


def test_an_expression_that_can_not_be_worked_out_refuses_the_opening():
    book = Book(LEAVE.replace("{{ fields.days }}", "{{ fields.days + fields.place }}"))
    refusal = refused(book.open, days=3)
    assert (codes(refusal), refusal.facts["what"]) == (["expression"], "sample")
    assert "a value in it is empty" in str(refusal)


def test_what_hangs_on_the_last_act_counts_from_this_act_not_from_the_one_before():
    book = Book(LEAVE.replace("title: {vi: Chờ duyệt, en: Waiting}", "due: 2 hours after last act"))
    book.open(days=3)
    book.now = at("2026-11-20 09:30")
    book.do("amend", note="n", days=2)
    assert book.file.deadlines[0].due == at("2026-11-20 11:30")
    book.now = at("2026-11-20 10:00")
    book.attach()
    assert book.file.deadlines[0].due == at("2026-11-20 12:00")


def test_an_act_of_no_kind_is_a_fault_of_ours(book):
    file = book.open(days=3)
    with pytest.raises(TypeError, match="Act"):
        decide(book.process, file, Act(actor="officer", request_id="r"), book.facts())


# ---- attach ------------------------------------------------------------------------------------------------------------

PAPER = Attachment(name="ảnh.png", hash="f" * 64, size=3)


def test_the_opener_and_whoever_may_act_may_put_files_with_a_case(book):
    book.open(days=3)
    for actor in ("officer", "head", "second"):
        book.attach(actor, attachments=[PAPER])
    draft = book.last_part.drafts[0]
    assert (draft.act, draft.data) == ("attach", {"files": [{"name": "ảnh.png", "hash": "f" * 64, "size": 3}]})
    assert book.case.state == "asked"


def test_nobody_else_may_put_files_with_a_case(book):
    book.open(days=3)
    assert codes(refused(book.attach, "chair", attachments=[PAPER])) == ["by"]


def test_files_may_come_with_any_act(book):
    book.open(days=3)
    book.act(
        Advance(actor="officer", request_id="r", case="001/2026-S", action="amend", fields={"days": 2}, note="n", attachments=(PAPER,))
    )
    assert book.last_part.drafts[0].data["files"][0]["name"] == "ảnh.png"


def test_automatic_actions_are_tried_after_an_attachment_too():
    auto = "      watch: {by: auto, when: now >= entry|plus('1 hours'), to: granted}\n  granted:"
    book = Book(LEAVE.replace("  granted:", auto, 1))
    book.open(days=3)
    book.now = at("2026-11-20 11:00")
    assert book.attach().case.state == "granted"
    assert [draft.act for draft in book.last_part.drafts] == ["attach", "auto"]


# ---- standing in -------------------------------------------------------------------------------------------------------

AWAY = (
    ORGANISATION
    + "delegations: [{from: head, to: deputy, roles: all, by: QĐ 1, since: 2026-11-01}]\nabsences: [{person: head, since: 2026-11-01}]\n"
)


def test_a_deputy_acts_for_the_principal_and_is_recorded_so():
    book = Book(LEAVE.replace("needs: place,", ""), organisation_text=AWAY)
    book.open(days=3)
    case = book.do("grant", "deputy").case
    draft = book.last_part.drafts[0]
    assert (draft.actor, draft.acting_for) == ("deputy", "head")
    assert case.done["grant"].persons == ("deputy", "head")


# ---- drafts as they are now --------------------------------------------------------------------------------------------

PAPERS = """
fields: {topic: {type: text, title: Chủ đề}}
roles: {worker: {unit: office, position: specialist}, boss: {unit: office, position: leader}}
documents: {report: {type: BC, title: "Về {{ fields.topic }}", body: r.j2, issuer: office, signer: boss}}
starts: {open: {by: worker, form: topic, drafts: report, to: begun}}
states:
  begun: {actions: {rename: {by: worker, form: topic}, sign: {by: boss, issues: report, to: over}}}
  over: {final: done}
"""


def test_a_draft_is_drawn_with_the_facts_of_now_and_kept_as_it_was():
    book = Book(PAPERS, {"r.j2": "x"})
    kept = book.open(topic="A").documents[0]
    assert (kept.status, kept.facts) == (DocumentStatus.DRAFT, {})
    book.now = at("2026-11-23 09:00")
    file = book.do("rename", topic="B")
    drawn = draft_now(book.process, file, file.documents[0], book.facts())
    assert (drawn.title, drawn.facts["fields"]["topic"], drawn.at, drawn.key) == ("Về B", "B", kept.at, kept.key)
    assert book.file.documents[0] == kept


def test_where_nobody_keeps_what_is_decided_what_only_a_store_needs_is_left_out():
    text = """
secret: true
roles: {officer: {unit: office, position: specialist}, head: {unit: office, position: leader}}
documents: {report: {type: BC, title: Báo cáo, body: b.j2, issuer: office, signer: head}}
starts: {open: {by: officer, to: one}}
states: {one: {due: 2 days, actions: {go: {by: officer, drafts: report, to: two}}}, two: {final: done}}
"""
    book = Book(text, {"b.j2": "x"})
    file = book.open()
    act = Advance(actor="officer", request_id="r", case="001/2026-S", action="go")
    whole, bare = (decide(book.process, file, act, replace(book.facts(), bare=bare)).parts[0] for bare in (False, True))
    assert (bare.case, bare.deadlines) == (whole.case, whole.deadlines)
    assert (bare.awaited, bare.viewers, bare.drafts[0].delta, bare.documents[0].facts) == ((), (), {}, {})
    assert whole.viewers
    assert whole.drafts[0].delta


# ---- memory ------------------------------------------------------------------------------------------------------------


def test_a_decision_leaves_nothing_for_the_collector(book):
    """A simulation makes millions, and a command runs without the collector: what a decision looked at goes with it."""
    number = book.open(days=3).case.number
    book.do("amend", note="đổi", place="Huế", days=4)
    act = Advance(actor="head", request_id="", case=number, action="grant")
    assert not isinstance(book.decide(act), Refused)  # what is worked out once for the process is
    gc.collect()
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        book.decide(act)
        gc.collect()
        left = [type(one).__name__ for one in gc.garbage if type(one).__module__.startswith("workflow.")]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()
    assert left == []

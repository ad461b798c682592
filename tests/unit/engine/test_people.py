"""Who works on a case: slots claimed and given back, handlers who have left, persons who withdraw (language: rights)."""

import pytest

from tests.unit.engine.making import ORGANISATION, Book, at
from tests.unit.engine.rules import tried
from workflow.engine.flow import unseen
from workflow.engine.permission import acts_for, awaited, viewers
from workflow.engine.work import begun
from workflow.errors import NotFound, Refused
from workflow.model import OUT, Act, Assign, Claim, Recuse, Release, Seat

CASE = {"request_id": "r", "case": "001/2026-S"}
TEXT = """
fields: {n: {type: integer}}
SECRET
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  handler: {assigned: handler, AMONG}
documents:
  report: {type: BC, title: Báo cáo, body: r.j2, issuer: office, signer: worker}
starts: {open: {by: [boss, worker], ASSIGNS, to: begun}}
states:
  begun:
    actions:
      work: {by: handler, form: n}
      check: {by: [worker, boss], not_by: checked}
      second: {by: [worker, boss], not_by: [checked, seconded]}
      write: {by: [worker, boss], issues: report}
  over: {final: done}
actions: {end: {from: any, by: boss, to: over}}
rights: {assign: boss}
"""


def book(among: str = "", assigns: str = "assigns: {handler: worker}", secret: str = "", **more) -> Book:
    text = TEXT.replace(", AMONG", f", among: {among}" if among else "").replace("ASSIGNS", assigns or "note: optional")
    text = text.replace("SECRET", secret)
    text = text.replace("checked]", "checked]").replace("  handler:", "  checked: {did: check}\n  seconded: {did: second}\n  handler:")
    made = Book(text, {"r.j2": "x"}, **more)
    made.open("head")
    return made


SHARED = {"among": "worker", "assigns": ""}


def claim(case: Book, actor: str, slot: str = "handler"):
    return case.act(Claim(actor=actor, slot=slot, **CASE))


def release(case: Book, actor: str, slot: str = "handler"):
    return case.act(Release(actor=actor, slot=slot, **CASE))


def recuse(case: Book, actor: str, note: str = "Người thân"):
    return case.act(Recuse(actor=actor, note=note, **CASE))


def waits_for(case: Book) -> list[Seat]:
    return list(awaited(begun(case.process, case.file, Act(actor="head", request_id=""), case.facts()).asker()))


# ---- claimed ---------------------------------------------------------------------------------------------------------------


def test_while_a_shared_slot_is_nobodys_all_who_may_claim_it_hold_the_role():
    case = book(**SHARED)
    case.do("work", "officer")
    case.do("work", "second")
    assert Seat(unit="office", position="specialist") in waits_for(case)
    assert tried(lambda: case.do("work", "clerk")) == ["by"]


def test_whoever_claims_it_has_it_alone_and_the_others_are_told():
    case = book(**SHARED)
    claim(case, "second")
    assert case.told == ["officer"]
    assert case.case.slots == {"handler": "second"}
    assert tried(lambda: case.do("work", "officer")) == ["by"]
    assert tried(lambda: claim(case, "officer")) == ["claimed"]
    with pytest.raises(Refused, match="Chuyên viên 2 has it already"):
        claim(case, "officer")
    case.do("work", "second")


def test_what_is_given_back_is_everybodys_again():
    case = book(**SHARED)
    claim(case, "second")
    assert tried(lambda: release(case, "officer")) == ["not-yours"]
    release(case, "second")
    assert case.told == ["officer"]
    assert case.case.slots == {}
    claim(case, "officer")


def test_a_slot_that_nobody_may_claim_is_given_by_others():
    case = book()
    assert tried(lambda: claim(case, "second")) == ["no-among", "claimed"]
    assert tried(lambda: release(case, "officer")) == ["no-among"]


def test_only_those_who_are_named_may_claim_and_no_slot_that_there_is_not():
    case = book(**SHARED)
    assert tried(lambda: claim(case, "clerk")) == ["by"]
    with pytest.raises(NotFound):
        claim(case, "officer", "another")


def test_a_closed_case_is_nobodys_to_take_on():
    case = book(**SHARED)
    case.do("end", "head")
    assert tried(lambda: claim(case, "officer")) == ["closed"]
    assert tried(lambda: release(case, "officer")) == ["not-yours", "closed"]
    assert tried(lambda: recuse(case, "officer")) == ["closed"]


# ---- who has left ----------------------------------------------------------------------------------------------------------

LEFT = ORGANISATION.replace(
    "{person: officer, unit: office, position: specialist}", "{person: officer, unit: office, position: specialist, until: 2026-11-25}"
)


def test_the_work_of_a_handler_who_has_left_falls_to_those_from_whom_the_slot_is_filled():
    case = book(organisation_text=LEFT)
    assert case.case.slots == {"handler": "officer"}
    case.now = at("2026-11-25 09:00")
    assert tried(lambda: case.do("work", "second")) == ["by"]
    case.now = at("2026-11-26 09:00")
    assert Seat(unit="office", position="specialist") in waits_for(case)
    case.do("work", "second")


def test_a_claimed_slot_of_somebody_who_has_left_may_be_claimed():
    case = book(**SHARED, organisation_text=LEFT)
    claim(case, "officer")
    case.now = at("2026-11-26 09:00")
    claim(case, "second")
    assert case.case.slots == {"handler": "second"}


def test_a_handler_whose_unit_has_ended_has_left_too():
    ended = ORGANISATION.replace("office: {title: Ban Tuyên giáo,", "office: {title: Ban Tuyên giáo, until: 2026-11-25,")
    case = book(organisation_text=ended)
    case.now = at("2026-11-26 09:00")
    assert case.organisation.left("officer", case.facts().today)
    assert not case.organisation.left("north_head", case.facts().today)
    assert not case.organisation.left("nobody", case.facts().today)


# ---- withdrawn -------------------------------------------------------------------------------------------------------------


def test_who_withdraws_is_out_of_every_role_and_another_has_their_work():
    case = book()
    assert case.case.slots == {"handler": "officer"}
    recuse(case, "officer")
    assert case.case.slots == {"handler": "second"}
    assert case.told == ["head", "second"], "whoever has the work now, and the superior, are told"
    for action in ("work", "check", "write"):
        assert tried(lambda action=action: case.do(action, "officer")) == ["recused"]
    case.do("work", "second")


def test_a_withdrawal_has_its_reason_and_is_made_once():
    case = book()
    assert tried(lambda: recuse(case, "officer", note=" ")) == ["note"]
    recuse(case, "officer")
    assert tried(lambda: recuse(case, "officer")) == ["recused"]


def test_who_withdrew_gets_no_work_of_the_case_any_more():
    case = book()
    recuse(case, "officer")
    assert tried(lambda: case.act(Assign(actor="head", slot="handler", person="officer", **CASE))) == ["recused"]
    shared = book(**SHARED)
    recuse(shared, "officer")
    assert shared.case.slots == {}
    assert tried(lambda: claim(shared, "officer")) == ["recused"]


def test_claimed_work_of_one_who_withdraws_is_nobodys_until_it_is_claimed():
    shared = book(**SHARED)
    claim(shared, "officer")
    recuse(shared, "officer")
    assert not shared.case.slots.get("handler")
    claim(shared, "second")
    assert shared.case.slots == {"handler": "second"}


def test_a_stand_in_who_withdrew_signs_nothing():
    away = "\nabsences: [{person: officer, since: 2026-01-01, until: 2026-12-31}, {person: second, since: 2026-01-01, until: 2026-12-31}]"
    given = "\ndelegations: [{from: officer, to: clerk, roles: all, since: 2026-01-01, until: 2026-12-31}]"
    for withdrawn, signer in ((False, "clerk"), (True, "officer")):
        case = book(organisation_text=ORGANISATION + away + given)
        if withdrawn:
            recuse(case, "clerk")
        case.do("write", "head")
        (document,) = case.file.documents
        assert document.signatures[0].person == signer


def test_who_withdrew_has_no_right_of_their_own_and_sees_no_secret_case():
    case = book(secret="secret: true")
    for withdrawn in (False, True):
        if withdrawn:
            recuse(case, "officer")
        work = begun(case.process, case.file, Act(actor="officer", request_id=""), case.facts())
        assert acts_for("officer", ("worker",), work.asker()) == (None if withdrawn else "")
        assert unseen(work, "officer") is withdrawn


def test_nobody_acts_for_one_who_withdrew():
    text = ORGANISATION + "\ndelegations: [{from: officer, to: clerk, roles: all, since: 2026-01-01, until: 2026-12-31}]"
    case = book(organisation_text=text)
    case.do("work", "clerk")
    recuse(case, "officer")
    assert tried(lambda: case.do("check", "clerk")) == ["by"]


def test_who_stands_in_for_one_who_withdrew_sees_the_secret_case_only_by_another():
    given = "\ndelegations:\n" + "\n".join(f"  - {{from: {one}, to: clerk, roles: all}}" for one in ("officer", "second"))
    case = book(secret="secret: true", organisation_text=ORGANISATION + given)
    for withdrawn, left in (("officer", "second"), ("second", None)):
        recuse(case, withdrawn)
        work = begun(case.process, case.file, Act(actor="clerk", request_id=""), case.facts())
        assert acts_for("clerk", ("worker",), work.asker()) == left
        assert unseen(work, "clerk") is (left is None)


def test_a_paper_is_not_signed_by_one_who_withdrew():
    case = book()
    recuse(case, "officer")
    case.do("write", "head")
    assert [one.signatures[0].person for one in case.file.documents] == ["second"]


def test_a_slot_falls_to_nobody_where_nobody_is_left():
    alone = ORGANISATION.replace("  - {person: second, unit: office, position: specialist}\n", "")
    case = book(organisation_text=alone)
    recuse(case, "officer")
    assert case.case.slots == {}
    assert case.told == ["head"]


def test_the_seats_say_who_is_out():
    case = book(secret="secret: true")
    recuse(case, "officer")
    asker = begun(case.process, case.file, Act(actor="head", request_id=""), case.facts()).asker()
    out = Seat(unit=OUT, person="officer")
    assert out in viewers(asker)
    assert out in awaited(asker)


# ---- four eyes, and six ----------------------------------------------------------------------------------------------------


def test_six_eyes_are_those_of_three_persons():
    case = book()
    case.do("check", "officer")
    assert tried(lambda: case.do("second", "officer")) == ["not_by"]
    case.do("second", "second")
    assert tried(lambda: case.do("second", "second")) == ["not_by"]
    case.do("second", "head")
    assert {key: one.persons for key, one in case.case.done.items() if key in {"check", "second"}} == {
        "check": ("officer",),
        "second": ("second", "head"),
    }

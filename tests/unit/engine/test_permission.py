"""WHO worked out to seats, seats to persons on the day; whose turn it is; who may see (law 7)."""

import pytest

from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.engine.permission import Asker, among, awaited, hanging_on_asked, holders, in_words, seats_of, viewers
from workflow.model import Seat

CHANGES = (
    ORGANISATION.replace(
        "  - {person: clerk, unit: office, position: clerk}\n",
        "  - {person: clerk, unit: office, position: clerk, until: 2026-11-20}\n  - {person: second, unit: office, position: clerk, from: 2026-11-21}\n",
    )
    + "delegations: [{from: head, to: deputy, roles: all, by: QĐ 1, since: 2026-11-01}]\n"
)
TEXT = """
secret: true
fields: {leads: {type: unit}, units: {type: units}, who: {type: person}, persons: {type: persons}, n: {type: integer}}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  clerk: {unit: office, position: clerk}
  lead: {unit: fields.leads, position: leader}
  many: {unit: fields.units, position: leader}
  handler: {assigned: handler}
  doer: {did: [stay, open]}
  chosen: {person: fields.who}
  several: {person: fields.persons}
  above_worker: {superior_of: worker}
  above_handler: {superior_of: handler}
  above_boss: {superior_of: boss}
  all_of_them: {any: [boss, clerk, boss]}
  big: {unit: office, position: leader, when: fields.n > 3}
  reckoned: {unit: office, position: leader, when: fields.n + 1 > 3}
  asked_head: {unit: asked, position: leader}
starts: {open: {by: [worker, boss], form: [leads, units, who, persons, n], assigns: {handler: worker}, to: begun}}
states:
  begun:
    actions:
      stay: {by: [worker, clerk], form: n}
      ask: {by: boss, to: asking}
      itself: {by: auto, when: fields.n == 99, to: over}
  asking:
    rights: {see: secretary}
    consult: {asks: fields.units, answers: {yes: Có}, reply: {by: [asked, asked_head]}}
    actions: {close: {by: handler, to: over}}
  over: {final: done, actions: {reopen: {by: boss, to: begun}}}
actions: {drop: {from: any, by: [boss, chair], to: over}}
rights: {see: chair}
"""
TEXT = TEXT.replace(
    "  asked_head:", "  secretary: {unit: district, position: leader}\n  chair: {unit: council, position: leader}\n  asked_head:"
)


@pytest.fixture
def book():
    return Book(TEXT, organisation_text=CHANGES)


def asker(book, asked="", actor="officer"):
    return Asker(process=book.process, file=book.file, facts=book.facts(), actor=actor, asked=asked)


def persons(book, *who, asked=""):
    return holders(seats_of(who, asker(book, asked)), book.facts())


# ---- roles -------------------------------------------------------------------------------------------------------------


def test_a_post_is_held_by_whoever_holds_it_that_day(book):
    book.open()
    assert persons(book, "clerk") == ("clerk",)
    book.now = at("2026-11-21 00:00")
    assert persons(book, "clerk") == ("second",)


def test_roles_hang_on_fields_slots_deeds_persons_and_superiors(book):
    book.open(leads="council", units=["north", "south"], who="deputy", persons=["clerk", "chair"], n=4)
    assert persons(book, "lead") == ("chair",)
    assert persons(book, "many") == ("north_head", "south_head")
    assert persons(book, "handler") == ("officer",)
    assert persons(book, "chosen") == ("deputy",)
    assert persons(book, "several") == ("clerk", "chair")
    assert persons(book, "above_worker") == ("head",)
    assert persons(book, "above_handler") == ("head",)
    assert persons(book, "above_boss") == ("secretary",)
    assert persons(book, "all_of_them") == ("head", "clerk")
    assert persons(book, "big") == persons(book, "reckoned") == ("head",)


def test_a_role_of_empty_fields_is_nobody(book):
    book.open()
    for role in ("lead", "many", "chosen", "several", "big", "reckoned", "asked_head", "asked"):
        assert persons(book, role) == ()


def test_whoever_did_it_are_deputies_and_principals_the_start_counts_too(book):
    book.open("deputy")
    book.do("stay", "clerk")
    assert persons(book, "doer") == ("clerk", "deputy", "head")


def test_the_words_of_who_are_persons_or_nobody(book):
    book.open("head")
    assert persons(book, "opener") == ("head",)
    assert persons(book, "actor") == ("officer",)
    assert persons(book, "anyone", "auto", "nobody") == ()
    assert persons(book, "asked", asked="north") == ("north_head",)
    assert persons(book, "asked", asked="clerk") == ("clerk",)
    assert persons(book, "asked_head", asked="south") == ("south_head",)


def test_each_person_is_named_once_in_order(book):
    book.open()
    assert persons(book, "worker", "opener", "boss", "handler") == ("officer", "second", "head")
    assert seats_of(("boss", "all_of_them"), asker(book)) == (Seat(unit="office", position="leader"), Seat(unit="office", position="clerk"))


def test_the_clock_holds_no_seat(book):
    book.open()
    assert seats_of(("actor",), asker(book, actor="hoso")) == ()


def test_among_counts_own_rights_alone(book):
    book.open()
    assert among(["chair", "head"], ("boss",), asker(book))
    assert not among(["deputy"], ("boss",), asker(book))
    assert not among([], ("boss",), asker(book))


def test_who_is_said_in_words(book):
    book.open()
    said = in_words(("anyone", "auto", "nobody", "worker", "lead"), asker(book))
    assert said == "anyone or hoso by itself or Chuyên viên 1, Chuyên viên 2 or lead (nobody today)"


# ---- whose turn it is --------------------------------------------------------------------------------------------------


def test_a_case_waits_for_those_who_may_do_its_state_s_own_actions_whatever_the_conditions(book):
    book.open()
    assert book.last_part.awaited == (
        Seat(unit="office", position="specialist"),
        Seat(unit="office", position="clerk"),
        Seat(unit="office", position="leader"),
    )


def test_a_consultation_waits_for_those_who_have_not_replied_then_for_its_actions(book):
    book.open(units=["north", "south"])
    book.do("ask", "head")
    assert [seat.unit for seat in book.last_part.awaited] == ["north", "south"]
    book.reply("north", "north_head", "yes")
    assert [seat.unit for seat in book.last_part.awaited] == ["south"]
    book.reply("south", "south_head", "yes")
    assert book.last_part.awaited == (Seat(person="officer"),)


def test_a_reply_that_several_roles_may_give_waits_for_all_of_them():
    both = Book(TEXT.replace("reply: {by: [asked, asked_head]}", "reply: {by: [asked_head, boss]}"), organisation_text=CHANGES)
    both.open(units=["north"])
    both.do("ask", "head")
    assert [(one.unit, one.position) for one in awaited(asker(both))][:2] == [("north", "leader"), ("office", "leader")]


def test_a_closed_case_waits_for_nobody(book):
    book.open()
    book.do("drop", "head")
    assert book.last_part.awaited == awaited(asker(book)) == ()


# ---- who may see -------------------------------------------------------------------------------------------------------


def test_a_secret_case_is_seen_by_its_roles_those_asked_and_whoever_has_the_right(book):
    book.open("second", units=["south"], who="clerk")
    seen = holders(book.last_part.viewers, book.facts())
    assert set(seen) == {"second", "officer", "head", "clerk", "south_head", "secretary", "chair"}


def test_a_post_elsewhere_sees_nothing(book):
    plain = Book(
        TEXT.replace("  secretary: {unit: district, position: leader}\n", "")
        .replace("    rights: {see: secretary}\n", "")
        .replace("  above_boss: {superior_of: boss}\n", ""),
        organisation_text=CHANGES,
    )
    plain.open(units=["south"])
    assert {"secretary", "north_head", "deputy"}.isdisjoint(holders(plain.last_part.viewers, plain.facts()))


def test_those_asked_keep_seeing_a_secret_case_after_its_round(book):
    book.open(units=["north"])
    book.do("ask", "head")
    book.do("close", "officer")
    assert "north_head" in holders(viewers(asker(book)), book.facts())


def test_a_state_s_own_right_to_see_goes_before_the_process_s():
    case = Book("""
secret: true
roles: {worker: {unit: office, position: specialist}}
starts: {open: {by: worker, to: begun}}
states: {begun: {actions: {go: {by: worker, to: shut}}}, shut: {rights: {see: actor}, actions: {end: {by: worker, to: over}}}, over: {final: done}}
rights: {see: opener}
""")
    case.open("officer")
    assert Seat(person="second") not in case.last_part.viewers
    case.do("go", "second")
    assert Seat(person="second") in case.last_part.viewers


def test_a_case_that_is_not_secret_lists_no_viewers():
    open_book = Book(TEXT.replace("secret: true", "secret: fields.n == 5"), organisation_text=CHANGES)
    open_book.open()
    assert open_book.last_part.viewers == ()
    open_book.do("stay", n=5)
    assert open_book.last_part.viewers


OF_ASKED = """  asked_above: {superior_of: asked_head}
  asked_clerks: {unit: asked, position: clerk, when: asked.key == 'north'}
  asked_any: {any: [worker, asked_above]}
  asked_in_two: {any: [asked_any, boss]}
  asked_slot: {assigned: extra, among: [asked_head]}
  near: {person: fields.who, when: asked != 'south'}
  secretary:"""


def one_by_one(asker_):
    """Who sees a secret case, each role worked out for each of those asked."""
    process, case = asker_.process, asker_.case
    found = {Seat(person=one): None for one in (case.opener, *case.slots.values())}
    for asked in ("", *(one.asked for one in asker_.file.asked)):
        one = Asker(process=process, file=asker_.file, facts=asker_.facts, actor=asker_.actor, asked=asked)
        found |= dict.fromkeys(seats_of(("asked",), one))
        for role in process.role_of:
            found |= dict.fromkeys(seats_of((role,), one))
    state = process.state_of[case.state]
    for right in [one for one in state.rights if one.what == "see"] or [one for one in process.rights if one.what == "see"]:
        found |= dict.fromkeys(seats_of(right.who, asker_))
    return tuple(found)


def test_only_roles_that_hang_on_who_is_asked_are_worked_out_for_each(book):
    many = Book(TEXT.replace("  secretary:", OF_ASKED, 1), organisation_text=CHANGES)
    assert hanging_on_asked(book.process) == ("asked_head",)
    roles = ("asked_above", "asked_clerks", "asked_any", "asked_in_two", "asked_slot", "near", "asked_head")
    assert hanging_on_asked(many.process) == roles
    many.open(units=["north", "south"], who="second", leads="north", n=4)
    assert viewers(asker(many)) == one_by_one(asker(many))
    many.do("ask", "head")
    assert viewers(asker(many)) == one_by_one(asker(many))
    assert {"north_head", "south_head"} <= set(holders(many.last_part.viewers, many.facts()))
    many.reply("north", "north_head", "yes")
    many.do("close", "officer")
    assert viewers(asker(many)) == one_by_one(asker(many))

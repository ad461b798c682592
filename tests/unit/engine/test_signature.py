"""Signature lines follow from posts and delegations of the day (domain.md 2; Decree 30/2020, Guideline 36-HD/VPTW)."""

import pytest

from tests.unit.engine.making import ORGANISATION, Book
from workflow.engine.signature import signature
from workflow.engine.work import begun
from workflow.errors import Reason
from workflow.model import Act, Signature

SAMPLE = """
roles:
  boss: {unit: office, position: leader}
  deputies: {unit: office, position: deputy}
  chair: {unit: council, position: leader}
  secretary: {unit: district, position: leader}
  clerks: {unit: office, position: clerk}
  handler: {assigned: handler}
starts: {open: {by: anyone, assigns: {handler: clerks}, to: a}}
states: {a: {actions: {end: {by: anyone, to: done}}}, done: {final: done}}
"""
AWAY = "absences: [{person: head, since: 2026-11-01, until: 2026-11-30}]\n"
STANDS_IN = 'delegations: [{from: head, to: WHO, roles: all, since: 2026-11-01, until: 2026-11-30, by: "QĐ 1"}]\n'


def sign(
    unit: str, who: str, frame: str, actor: str = "hoso", more: str = "", *, joint: bool = False, text: str = ORGANISATION
) -> Signature | Reason:
    one = Book(SAMPLE, organisation_text=text + more)
    one.open()
    work = begun(one.process, one.file, Act(actor=actor, request_id=""), one.facts())
    return signature(unit, (who,), frame, work.asker(), joint=joint)


def lines(*given: object, **more: object) -> tuple[str, tuple[str, ...]]:
    found = sign(*given, **more)
    assert isinstance(found, Signature)
    return found.person, found.lines


def test_an_advisory_bodys_head_signs_directly():
    assert lines("office", "boss", "party") == ("head", ("TRƯỞNG BAN",))


def test_a_committee_signs_on_behalf_of_its_body_and_a_deputy_for_its_head():
    assert lines("council", "chair", "state") == ("chair", ("TM. HỘI ĐỒNG", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"))
    assert lines("district", "secretary", "party") == ("secretary", ("T/M HUYỆN ỦY", "BÍ THƯ"))
    assert lines("office", "deputies", "party") == ("deputy", ("K/T TRƯỞNG BAN", "PHÓ TRƯỞNG BAN"))


def test_who_has_posts_in_two_units_signs_a_paper_of_one_by_the_post_there():
    post = "  - {person: clerk, unit: office, position: clerk}\n"
    two = ORGANISATION.replace(
        post, "  - {person: clerk, unit: north, position: clerk, title: Cán bộ}\n" + post.replace("}", ", title: Văn thư}")
    )
    more = AWAY + STANDS_IN.replace("WHO", "clerk")
    assert lines("office", "boss", "party", more=more, text=two) == ("clerk", ("T/L TRƯỞNG BAN", "VĂN THƯ"))
    assert lines("office", "boss", "party", more=more, text=two.replace("{person: clerk, unit: office", "{person: second, unit: office"))[
        1
    ] == (
        "T/L TRƯỞNG BAN",
        "CÁN BỘ",
    )


def test_each_block_of_a_joint_paper_names_its_body():
    assert lines("office", "boss", "party", joint=True) == ("head", ("BAN TUYÊN GIÁO", "TRƯỞNG BAN"))
    assert lines("council", "chair", "state", joint=True)[1][0] == "TM. HỘI ĐỒNG"


def test_who_stands_in_for_an_absent_head_signs_by_delegation():
    more = AWAY + STANDS_IN.replace("WHO", "clerk")
    assert lines("office", "boss", "party", more=more) == ("clerk", ("T/L TRƯỞNG BAN",))
    assert lines("office", "boss", "state", more=more) == ("clerk", ("TUQ. TRƯỞNG BAN",))


def test_a_deputy_who_stands_in_for_the_head_of_their_own_unit_signs_for_them():
    more = AWAY + STANDS_IN.replace("WHO", "deputy")
    assert lines("office", "boss", "party", more=more) == ("deputy", ("K/T TRƯỞNG BAN", "PHÓ TRƯỞNG BAN"))


def test_a_deputy_of_another_unit_who_stands_in_signs_by_delegation():
    more = AWAY + STANDS_IN.replace("WHO", "chair")
    assert lines("office", "boss", "party", more=more) == ("chair", ("T/L TRƯỞNG BAN", "PHÓ CHỦ TỊCH"))


def test_the_one_who_acts_signs_if_they_may_in_their_own_right_or_for_another():
    both = ORGANISATION + "  - {}\n"
    two = ORGANISATION.replace("terms:", "  - {person: second, unit: office, position: leader, title: Quyền Trưởng ban}\nterms:")
    assert both != two
    assert lines("office", "boss", "party", "second", text=two) == ("second", ("QUYỀN TRƯỞNG BAN",))
    assert lines("office", "boss", "party", "clerk", text=two)[0] == "head"  # who may not, leaves it to the first who may
    assert lines("office", "boss", "party", "clerk", more=AWAY, text=two)[0] == "second"  # … and is not away
    more = STANDS_IN.replace("WHO", "deputy")
    assert lines("office", "boss", "party", "deputy", more) == ("deputy", ("K/T TRƯỞNG BAN", "PHÓ TRƯỞNG BAN"))


def test_of_several_the_first_who_is_not_away_signs():
    two = ORGANISATION.replace("terms:", "  - {person: second, unit: office, position: leader, title: Phó}\nterms:")
    assert lines("office", "boss", "party", more=AWAY, text=two) == ("second", ("PHÓ",))


def test_an_absent_head_whom_nobody_stands_in_for_signs_all_the_same():
    assert lines("office", "boss", "party", more=AWAY) == ("head", ("TRƯỞNG BAN",))


def test_a_post_without_a_title_prints_none():
    assert lines("office", "handler", "party") == ("clerk", ())


def test_a_head_without_a_title_leaves_the_signers_own():
    bare = ORGANISATION.replace(
        "{person: head, unit: office, position: leader, title: Trưởng ban}", "{person: head, unit: office, position: leader}"
    )
    more = AWAY + STANDS_IN.replace("WHO", "chair")
    assert lines("office", "boss", "party", more=more, text=bare) == ("chair", ("PHÓ CHỦ TỊCH",))


def test_who_has_no_post_signs_by_name_alone():
    none = ORGANISATION.replace(
        "  - {person: clerk, unit: office, position: clerk}\n", "  - {person: clerk, unit: office, position: clerk, until: 2026-11-19}\n"
    )
    more = AWAY + STANDS_IN.replace("WHO", "clerk")
    found = sign(
        "office", "boss", "party", more=more, text=none.replace("terms:", "  - {person: second, unit: office, position: clerk}\nterms:")
    )
    assert (found.person, found.lines) == ("clerk", ("T/L TRƯỞNG BAN",))


def test_where_nobody_holds_the_post_nobody_may_sign():
    gone = ORGANISATION.replace("  - {person: secretary, unit: district, position: leader, title: Bí thư}\n", "")
    found = sign("district", "secretary", "party", text=gone)
    assert isinstance(found, Reason)
    assert found.code == "no-signer"
    assert found.message("en") == "nobody may sign for Huyện ủy today (secretary): nobody holds a post there to sign by"


def test_where_nobody_may_sign_those_are_named_who_could():
    gone = ORGANISATION.replace("  - {person: head, unit: office, position: leader, title: Trưởng ban}\n", "")
    found = sign("office", "boss", "party", text=gone)
    assert isinstance(found, Reason)
    assert "today (boss); who could, named in 'signer' or by a delegation: Phó trưởng ban" in found.message("en")
    without = ORGANISATION.replace("  - {person: secretary, unit: district, position: leader, title: Bí thư}\n", "")
    named = sign("office", "secretary", "party", text=without)
    assert isinstance(named, Reason)
    assert named.code == "no-signer"
    assert named.message("en").endswith(": Trưởng ban, Phó trưởng ban"), "neither who works there, nor who heads another"
    chaired = sign("council", "boss", "state", text=gone)
    assert isinstance(chaired, Reason)
    assert ": Phó Chủ tịch Hội đồng" in chaired.message("en")


def test_a_standing_order_is_signed_tl_a_mandate_tuq_and_neither_speaks_for_the_committee():
    mandate = STANDS_IN.replace("from: head", "from: chair").replace("WHO", "deputy")
    order = mandate.replace('by: "QĐ 1"', 'by: "QĐ 1", signs: by order')
    away = AWAY.replace("head", "chair")
    head = ORGANISATION.replace("title: Phó Chủ tịch, deputy_of: Chủ tịch", "title: Chủ tịch")
    assert lines("council", "chair", "state", more=away + mandate, text=head) == ("deputy", ("TUQ. CHỦ TỊCH", "PHÓ TRƯỞNG BAN"))
    assert lines("council", "chair", "state", more=away + order, text=head) == ("deputy", ("TL. CHỦ TỊCH", "PHÓ TRƯỞNG BAN"))
    alone = STANDS_IN.replace("WHO", "clerk").replace('by: "QĐ 1"', "signs: by order")
    assert lines("office", "boss", "party", more=AWAY + alone) == ("clerk", ("T/L TRƯỞNG BAN",))
    assert lines("office", "boss", "state", more=AWAY + alone) == ("clerk", ("TL. TRƯỞNG BAN",))


def test_of_an_order_and_a_mandate_the_mandate_goes_first():
    both = STANDS_IN.replace("WHO", "clerk").replace("}]", "}, {from: head, to: clerk, roles: leader, signs: by order}]")
    assert lines("office", "boss", "state", more=AWAY + both) == ("clerk", ("TUQ. TRƯỞNG BAN",))


def test_party_bodies_sign_by_order_of_the_committee_itself():
    order = STANDS_IN.replace("from: head", "from: secretary").replace("WHO", "head").replace('by: "QĐ 1"', "signs: by order")
    assert lines("district", "secretary", "party", more=AWAY.replace("head", "secretary") + order) == (
        "head",
        ("T/L HUYỆN ỦY", "TRƯỞNG BAN"),
    )


def test_each_block_of_a_joint_paper_signed_by_order_names_the_body_that_is_no_committee():
    order = STANDS_IN.replace("WHO", "clerk").replace('by: "QĐ 1"', "signs: by order")
    assert lines("office", "boss", "state", more=AWAY + order, joint=True)[1] == ("BAN TUYÊN GIÁO", "TL. TRƯỞNG BAN")


def test_who_is_charged_with_a_post_signs_with_q():
    acting = ORGANISATION.replace("position: leader, title: Trưởng ban}", "position: leader, title: Trưởng ban, acting: true}")
    assert lines("office", "boss", "state", text=acting) == ("head", ("Q. TRƯỞNG BAN",))
    assert lines("office", "boss", "party", text=acting) == ("head", ("Q. TRƯỞNG BAN",))


def test_authority_is_that_of_the_day_of_signing():
    later = ORGANISATION.replace("position: leader, title: Trưởng ban}", "position: leader, title: Trưởng ban, until: 2026-11-19}").replace(
        "terms:", "  - {person: deputy, unit: office, position: leader, title: Trưởng ban, from: 2026-11-20}\nterms:"
    )
    assert lines("office", "boss", "party", text=later) == ("deputy", ("TRƯỞNG BAN",))


def test_a_block_names_its_unit_and_the_signer():
    named = ORGANISATION.replace("head: {title: Trưởng ban,", "head: {title: Trưởng ban, name: Họ và tên,")
    found = sign("office", "boss", "party", text=named)
    assert (found.unit, found.name) == ("office", "Họ và tên")


@pytest.mark.parametrize("frame", ["state", "party"])
def test_every_line_is_in_capitals(frame):
    assert all(line == line.upper() for line in lines("council", "chair", frame)[1])

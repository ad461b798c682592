"""Who holds what on a day, who stands in, who is above."""

import sys
from datetime import date
from timeit import repeat

import pytest
from msgspec.structs import replace

from workflow.errors import NotFound, NotSole
from workflow.model import Seat
from workflow.organisation import Absence, Delegation, Login, Organisation, OrgUnit, Person, Post, Term
from workflow.plain import from_plain, to_plain

TODAY = date(2026, 11, 20)
YEAR = {"since": date(2026, 1, 1), "until": date(2026, 12, 31)}


def unit(key, **more):
    return OrgUnit(key=key, title=f"Đơn vị {key}", **more)


def organisation(**more):
    units = [
        unit("huyen-uy", place="Nam Trực"),
        unit("btg", parent="huyen-uy", parent_line="HUYỆN ỦY"),
        unit("to-35", parent="btg", head="captain"),
        unit("old", until=date(2025, 6, 30), succeeded_by=("btg",)),
    ]
    persons = ["bi-thu", "truong-ban", "pho-ban", "cv1", "cv2", "to-truong", "cu"]
    posts = [
        Post(person="bi-thu", unit="huyen-uy", position="leader", title="Bí thư"),
        Post(person="truong-ban", unit="btg", position="leader", title="Trưởng ban"),
        Post(person="pho-ban", unit="btg", position="deputy", deputy_of="Trưởng ban"),
        Post(person="cv2", unit="btg", position="specialist", **YEAR),
        Post(person="cv1", unit="btg", position="specialist", until=date(2026, 11, 20)),
        Post(person="to-truong", unit="to-35", position="captain"),
        Post(person="cv1", unit="to-35", position="member"),
        Post(person="cu", unit="old", position="leader"),
    ]
    parts = {
        "units": {one.key: one for one in units},
        "persons": {key: Person(key=key, title=key.title()) for key in persons},
        "posts": tuple(posts),
    }
    return Organisation(**{**parts, "positions": {"specialist": "Chuyên viên"}, **more})


def delegated(*delegations):
    return organisation(delegations=delegations)


def test_holders_are_those_of_the_day_in_file_order():
    office = organisation()
    assert office.holders("btg", "specialist", TODAY) == ("cv2", "cv1")
    assert office.holders("btg", "specialist", date(2026, 11, 21)) == ("cv2",)
    assert office.holders("btg", "specialist", date(2027, 1, 1)) == ()
    assert office.holders("nowhere", "leader", TODAY) == ()


def test_the_first_and_the_last_day_of_a_post_both_count():
    office = organisation()
    assert "cv2" in office.holders("btg", "specialist", date(2026, 1, 1))
    assert "cv2" in office.holders("btg", "specialist", date(2026, 12, 31))
    assert "cv2" not in office.holders("btg", "specialist", date(2025, 12, 31))


def test_an_absent_holder_still_holds_the_post():
    office = organisation(absences=(Absence(person="cv1", since=date(2026, 11, 19), until=date(2026, 11, 20)),))
    assert office.holders("btg", "specialist", TODAY) == ("cv2", "cv1")
    assert [office.absent("cv1", date(2026, 11, day)) for day in (18, 19, 20, 21)] == [False, True, True, False]
    assert not office.absent("cv2", TODAY)


def test_a_post_ends_with_its_unit():
    office = organisation()
    assert office.holders("old", "leader", date(2025, 6, 30)) == ("cu",)
    assert office.holders("old", "leader", date(2025, 7, 1)) == ()
    assert office.posts_of("cu", date(2025, 7, 1)) == ()


def test_the_posts_of_a_person_are_those_of_the_day():
    office = organisation()
    assert [post.unit for post in office.posts_of("cv1", TODAY)] == ["btg", "to-35"]
    assert [post.unit for post in office.posts_of("cv1", date(2026, 11, 21))] == ["to-35"]
    assert [office.title_of(post) for post in office.posts_of("cv1", TODAY)] == ["Chuyên viên", "member"]
    assert office.title_of(office.posts_of("truong-ban", TODAY)[0]) == "Trưởng ban"


def test_the_seats_of_a_person_are_their_own_and_those_they_stand_in_for():
    office = delegated(Delegation(principal="truong-ban", deputy="pho-ban", **YEAR))
    assert office.seats("pho-ban", TODAY) == {
        Seat(person="pho-ban"): "",
        Seat(unit="btg", position="deputy"): "",
        Seat(unit="btg", position="leader"): "truong-ban",
        Seat(person="truong-ban"): "truong-ban",
    }


def test_a_delegation_of_some_positions_gives_those_and_nothing_personal():
    office = delegated(Delegation(principal="cv1", deputy="cv2", roles=("member",)))
    assert office.seats("cv2", TODAY) == {
        Seat(person="cv2"): "",
        Seat(unit="btg", position="specialist"): "",
        Seat(unit="to-35", position="member"): "cv1",
    }


def test_a_delegation_holds_on_its_days_only():
    office = delegated(Delegation(principal="truong-ban", deputy="pho-ban", since=TODAY, until=TODAY))
    assert Seat(unit="btg", position="leader") in office.seats("pho-ban", TODAY)
    assert Seat(unit="btg", position="leader") not in office.seats("pho-ban", date(2026, 11, 21))
    assert office.stands_in_for("pho-ban", date(2026, 11, 19)) == ()
    assert office.delegates_of("truong-ban", TODAY) == ("pho-ban",)
    assert office.delegates_of("truong-ban", date(2026, 11, 21)) == ()


def test_a_delegated_right_is_not_passed_on():
    office = delegated(Delegation(principal="bi-thu", deputy="truong-ban"), Delegation(principal="truong-ban", deputy="pho-ban"))
    assert Seat(unit="huyen-uy", position="leader") in office.seats("truong-ban", TODAY)
    assert Seat(unit="huyen-uy", position="leader") not in office.seats("pho-ban", TODAY)


def test_who_looks_holds_seats_of_their_own_and_each_lent_one_with_its_lender():
    office = delegated(Delegation(principal="cv1", deputy="cv2"), Delegation(principal="truong-ban", deputy="cv2", roles=("leader",)))
    leader, member = Seat(unit="btg", position="leader"), Seat(unit="to-35", position="member")
    found = office.viewer("cv2", TODAY)
    assert (found.person, found.seats) == ("cv2", {Seat(person="cv2"), Seat(unit="btg", position="specialist")})
    assert found.lent == {(leader, "truong-ban"), (member, "cv1"), (Seat(person="cv1"), "cv1")}, "what is their own is not lent"
    assert leader not in office.seats("cv2", TODAY, without=("truong-ban",))
    assert office.seats("cv2", TODAY, without=("truong-ban",))[member] == "cv1"


def test_for_a_seat_answers_whoever_holds_it_and_whoever_is_there_for_one_who_is_away_that_day():
    away = (Absence(person="truong-ban", since=TODAY, until=TODAY), Absence(person="cv2"), Absence(person="to-truong"))
    lent = (
        Delegation(principal="truong-ban", deputy="cv2"),
        Delegation(principal="truong-ban", deputy="cv1", roles=("leader",)),
        Delegation(principal="truong-ban", deputy="pho-ban"),
        Delegation(principal="bi-thu", deputy="pho-ban"),
    )
    office = organisation(absences=away, delegations=lent)
    leader, tomorrow = Seat(unit="btg", position="leader"), date(2026, 11, 21)
    assert office.answering(leader, TODAY) == (("truong-ban", ("cv1", "pho-ban")),), "cv2 is away too"
    assert office.answering(leader, tomorrow) == (("truong-ban", ()),)
    assert office.answering(Seat(person="truong-ban"), TODAY) == (("truong-ban", ("pho-ban",)),), "who acts in everything goes first"
    assert office.answering(Seat(unit="btg", position="specialist"), TODAY) == (("cv2", ()), ("cv1", ()))
    assert office.answering(Seat(unit="to-35", position="captain"), TODAY) == (("to-truong", ()),), "nobody acts for them"
    assert office.answering(Seat(unit="huyen-uy", position="leader"), TODAY) == (("bi-thu", ()),)
    assert office.answering(Seat(unit="nowhere", position="leader"), TODAY) == ()
    assert office.answering(leader, TODAY) is office.answering(leader, TODAY)


def test_an_own_right_goes_before_a_delegated_one():
    office = delegated(Delegation(principal="cv1", deputy="cv2"))
    assert office.seats("cv2", TODAY)[Seat(unit="btg", position="specialist")] == ""


def test_the_superior_is_the_head_of_the_unit():
    office = organisation()
    assert office.superiors("cv2", TODAY) == ("truong-ban",)
    assert office.superiors("cv1", TODAY) == ("truong-ban", "to-truong")
    assert office.superiors_of_post("btg", "specialist", TODAY) == ("truong-ban",)


def test_a_head_is_under_the_head_of_the_unit_above():
    office = organisation()
    assert office.superiors("truong-ban", TODAY) == ("bi-thu",)
    assert office.superiors("to-truong", TODAY) == ("truong-ban",)
    assert office.superiors_of_post("to-35", "captain", TODAY) == ("truong-ban",)
    assert office.superiors("bi-thu", TODAY) == ()


def test_the_search_for_a_superior_climbs_until_somebody_is_found():
    vacant = organisation()
    vacant = Organisation(
        units=vacant.units, persons=vacant.persons, posts=tuple(post for post in vacant.posts if post.person != "truong-ban")
    )
    assert vacant.superiors("cv2", TODAY) == ("bi-thu",)
    assert vacant.superiors_of_post("to-35", "captain", TODAY) == ("bi-thu",)


def test_nobody_is_their_own_superior_though_they_head_the_unit_above():
    office = organisation()
    both = Organisation(
        units=office.units,
        persons=office.persons,
        posts=(
            Post(person="truong-ban", unit="to-35", position="captain"),
            Post(person="truong-ban", unit="btg", position="leader"),
            office.posts[0],
        ),
    )
    assert both.superiors("truong-ban", TODAY) == ("bi-thu",)


def test_a_loop_of_parents_ends():
    units = {"a": unit("a", parent="b"), "b": unit("b", parent="a")}
    office = Organisation(units=units, persons={}, posts=())
    assert office.superiors_of_post("a", "leader", TODAY) == ()
    assert office.superiors_of_post("nowhere", "leader", TODAY) == ()
    assert office.place_of("a") == ""


def test_the_sole_holder_of_a_post():
    office = organisation()
    assert office.sole_holder("leader.btg", TODAY) == "truong-ban"
    assert office.resolve("leader.btg", TODAY) == office.resolve("truong-ban", TODAY) == "truong-ban"


def test_a_post_of_nobody_or_of_several_names_no_person():
    office = organisation()
    with pytest.raises(NotSole, match=r"held by 2 persons on 2026-11-20 \(cv2, cv1\)"):
        office.sole_holder("specialist.btg", TODAY)
    with pytest.raises(NotSole, match="held by 0 persons on 2026-11-20;"):
        office.sole_holder("observer.btg", TODAY)


def test_unknown_units_and_persons_are_told_with_the_nearest():
    office = organisation()
    with pytest.raises(NotFound, match="did you mean 'btg'"):
        office.sole_holder("leader.btgg", TODAY)
    with pytest.raises(NotFound, match="did you mean 'truong-ban'"):
        office.resolve("truongban", TODAY)
    assert office.unit("btg").key == "btg"
    assert office.person("cv1").key == "cv1"


def test_what_papers_need_to_know_of_a_unit():
    office = organisation()
    assert office.parent_line("btg") == "HUYỆN ỦY"
    assert office.parent_line("to-35") == "Đơn vị btg"
    alone = replace(office, units={**office.units, "btg": replace(office.units["btg"], parent_line="none")})
    assert alone.parent_line("btg") == ""
    assert office.parent_line("huyen-uy") == office.parent_line("nowhere") == ""
    assert office.place_of("to-35") == "Nam Trực"


def test_terms_are_those_of_the_body_and_the_day():
    office = organisation(
        terms=(
            Term(name="2020-2025", bodies=("btg", "huyen-uy"), since=date(2020, 8, 1), until=date(2025, 7, 31)),
            Term(name="2025-2030", bodies=("btg",), since=date(2025, 8, 1)),
        )
    )
    assert office.term("btg", date(2025, 7, 31)) == "2020-2025"
    assert office.term("btg", date(2025, 8, 1)) == "2025-2030"
    assert office.term("huyen-uy", TODAY) is None
    assert office.term("btg", date(2020, 7, 31)) is None


def test_a_login_is_a_person_and_may_act_for_those_it_names():
    office = organisation(
        logins={"an": Login(person="cv1", may_act_for=("cv2", "cv1")), "boss": Login(person="bi-thu", may_act_for=("all",))}
    )
    assert office.person_of_login("an") == "cv1"
    assert office.may_act_for("an") == ("cv1", "cv2")
    assert set(office.may_act_for("boss")) == set(office.persons)
    assert office.may_act_for("boss")[0] == "bi-thu"
    assert office.person_of_login("stranger") is None
    assert office.may_act_for("stranger") == ()


def test_an_organisation_has_a_plain_form_and_a_version_of_its_meaning():
    office = delegated(Delegation(principal="cv1", deputy="cv2", roles=("member",), by="QĐ 1"))
    again = from_plain(Organisation, to_plain(office))
    assert again == office
    assert again.version == office.version
    assert office.version != organisation().version


def large(count):
    """An organisation of so many persons, ten in a unit, under a tree of units."""
    persons = {f"p{number}": Person(key=f"p{number}", title="Chuyên viên") for number in range(count)}
    posts = (
        Post(person=key, unit=f"u{number // 10}", position="specialist" if number % 10 else "leader") for number, key in enumerate(persons)
    )
    units = {f"u{number}": unit(f"u{number}", parent=f"u{number // 10}" if number else "") for number in range(count // 10)}
    return Organisation(units=units, persons=persons, posts=tuple(posts))


@pytest.mark.parametrize(
    "ask",
    [
        lambda office: office.holders("u4", "leader", TODAY),
        lambda office: office.superiors_of_post("u4", "leader", TODAY),
        lambda office: office.seats("p49", TODAY),
    ],
)
def test_a_role_among_five_thousand_persons_is_resolved_as_fast_as_among_fifty(ask):
    few, many = large(50), large(5000)
    assert ask(few) == ask(many)

    def best(office):
        return min(repeat(lambda: ask(office), number=200, repeat=5)) / 200

    assert best(many) < 4 * best(few)
    assert sys.gettrace() is not None or best(many) < 20e-6  # a tracer, such as coverage, slows everything

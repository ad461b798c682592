"""organisation.yaml: what it means, and every way to get it wrong."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.authoring.organisation import compile_organisation
from workflow.authoring.problems import UNKNOWN
from workflow.authoring.read import parse, read
from workflow.organisation import Delegation, Login, OrgUnit, Person, Post, Term

GOOD = """
positions: {leader: Lãnh đạo, specialist: Chuyên viên}
units:
  hu: {title: Huyện ủy, kind: party, place: Nam Trực}
  btg: {title: Ban Tuyên giáo, kind: party, parent: hu, from: 2010-01-01, until: null, symbol: BTGHU, on_behalf: yes,
        name_lines: BAN TUYÊN GIÁO, parent_line: HUYỆN ỦY, succeeded_by: [hu]}
persons:
  bt: {title: Bí thư}
  tb: {title: Trưởng ban, email: tb@btg.example, name: ""}
  cv: {title: Chuyên viên}
posts:
  - {person: bt, unit: hu, position: leader}
  - {person: tb, unit: btg, position: leader, title: Trưởng ban, from: 2022-01-01}
  - {person: cv, unit: btg, position: specialist, deputy_of: Trưởng ban, until: 2026-12-31}
delegations: [{from: tb, to: cv, roles: leader, since: 2026-01-01, until: 2026-02-01, by: QĐ 1}]
absences: {person: tb, since: 2026-01-01}
terms: [{name: 2020-2025, bodies: btg, from: 2020-08-01, until: 2025-07-31}, {name: 2025-2030, bodies: [btg, hu], from: 2025-08-01}]
logins: {an: {is: cv, may_act_for: all}, binh.nguyen: {is: tb, may_act_for: [cv]}}
"""


def problems_of(text):
    """The problems of a file, as `line: code`."""
    made, problems = compile_organisation(read("organisation.yaml", text))
    assert (made is None) is any(not problem.warning for problem in problems)
    return [f"{problem.place.line}: {problem.code}" for problem in problems]


def only_problem(old, new):
    """The one problem that a change of the good file makes."""
    assert old in GOOD
    _, problems = compile_organisation(read("organisation.yaml", GOOD.replace(old, new)))
    assert len(problems) == 1, [str(problem) for problem in problems]
    return problems[0]


def test_a_good_file_means_what_it_says():
    made, problems = compile_organisation(read("organisation.yaml", GOOD))
    assert problems == []
    assert made.units["btg"] == OrgUnit(
        key="btg",
        title="Ban Tuyên giáo",
        kind="party",
        parent="hu",
        since=date(2010, 1, 1),
        succeeded_by=("hu",),
        symbol="BTGHU",
        on_behalf=True,
        name_lines=("BAN TUYÊN GIÁO",),
        parent_line="HUYỆN ỦY",
    )
    assert made.persons["tb"] == Person(key="tb", title="Trưởng ban", email="tb@btg.example")
    assert made.posts[2] == Post(person="cv", unit="btg", position="specialist", deputy_of="Trưởng ban", until=date(2026, 12, 31))
    assert made.delegations == (
        Delegation(principal="tb", deputy="cv", roles=("leader",), since=date(2026, 1, 1), until=date(2026, 2, 1), by="QĐ 1"),
    )
    assert made.absent("tb", date(2026, 5, 1))
    assert made.terms[0] == Term(name="2020-2025", bodies=("btg",), since=date(2020, 8, 1), until=date(2025, 7, 31))
    assert made.logins == {"an": Login(person="cv", may_act_for=("all",)), "binh.nguyen": Login(person="tb", may_act_for=("cv",))}
    assert made.positions["leader"] == "Lãnh đạo"


def test_unknown_keys_are_told_with_the_nearest_right_one():
    problem = only_problem("symbol: BTGHU", "symbl: BTGHU")
    assert "'symbl'" in str(problem)
    assert "did you mean 'symbol'?" in str(problem)
    assert str(problem.place) == f"organisation.yaml:5:{GOOD.splitlines()[4].index('symbol') + 1}"


def test_missing_keys_are_told():
    assert only_problem("bt: {title: Bí thư}", "bt: {email: bt@x.example}").code == "E202"
    assert only_problem("bodies: btg, ", "").code == "E202"
    assert problems_of("units: {}") == ["1: E202"]


def test_names_that_stand_for_nothing_are_told_with_the_nearest_right_one():
    for old, new, meant in [
        ("parent: hu", "parent: huu", "hu"),
        ("succeeded_by: [hu]", "succeeded_by: [btgg]", "btg"),
        ("person: cv, unit: btg", "person: cvv, unit: btg", "cv"),
        ("person: cv, unit: btg", "person: cv, unit: btgg", "btg"),
        ("to: cv", "to: cvv", "cv"),
        ("roles: leader", "roles: leadr", "leader"),
        ("absences: {person: tb", "absences: {person: tbb", "tb"),
        ("bodies: [btg, hu]", "bodies: [btgg, hu]", "btg"),
        ("is: tb", "is: tbb", "tb"),
        ("may_act_for: [cv]", "may_act_for: [cvv]", "cv"),
    ]:
        problem = only_problem(old, new)
        assert problem.code.startswith("E4")
        assert f"did you mean '{meant}'?" in str(problem)


def test_dates_that_are_none_are_told():
    for wrong in ("2026-02-30", "1/2/2026", "20260101", "soon"):
        assert only_problem("until: 2026-12-31", f"until: {wrong}").code == "E701"
    assert only_problem("until: 2026-12-31", "until: [2026-01-01]").code == "E203"


def test_periods_that_end_before_they_begin_are_told():
    for old, new in [
        ("until: 2026-02-01", "until: 2025-02-01"),
        ("until: 2025-07-31", "until: 2019-07-31"),
        ("until: null", "until: 2009-12-31"),
    ]:
        assert only_problem(old, new).code == "E702"


def test_a_post_that_one_person_holds_twice_at_once_is_told_with_the_other_line():
    again = "  - {person: cv, unit: btg, position: specialist, from: 2026-12-31}\ndelegations:"
    problem = only_problem("delegations:", again)
    assert problem.code == "E710"
    assert "line 14" in str(problem)
    assert problems_of(GOOD.replace("delegations:", again.replace("2026-12-31", "2027-01-01"))) == []


def test_terms_of_one_body_that_meet_are_told():
    assert only_problem("until: 2025-07-31", "until: 2025-08-01").code == "E711"


def test_units_that_lead_back_to_each_other_are_told_once():
    problem = only_problem("hu: {title: Huyện ủy,", "hu: {title: Huyện ủy, parent: btg,")
    assert problem.code == "E712"
    assert "hu → btg → hu" in str(problem)
    problem = only_problem("hu: {title: Huyện ủy,", "hu: {title: Huyện ủy, succeeded_by: btg,")
    assert (problem.code, "'succeeded_by'" in str(problem)) == ("E712", True)


def test_a_key_that_is_a_person_and_a_unit_is_told():
    assert "E713" in " ".join(problems_of(GOOD.replace("  bt: {title", "  hu: {title").replace("person: bt", "person: hu")))


def test_keys_that_could_be_taken_for_something_else_are_told():
    for key in ("hoso", "all", "a.b", "a b", "'-x'", "a/b"):
        assert only_problem("  cv: {title: Chuyên viên}", f"  cv: {{title: Chuyên viên}}\n  {key}: {{title: Khác}}").code == "E703"


def test_keys_may_be_in_any_script():
    assert problems_of(GOOD.replace("  cv: {title", "  đồng-chí_1: {title: Khác}\n  cv: {title")) == []


def test_what_is_no_address_is_told():
    for wrong in ("tb", "a@b@c", "'a b@c'", "'x@y>'"):
        assert only_problem("email: tb@btg.example", f"email: {wrong}").code == "E714"


def test_a_delegation_to_oneself_is_told():
    assert only_problem("to: cv", "to: tb").code == "E715"


def test_a_unit_that_nobody_heads_is_a_warning():
    problem = only_problem("  - {person: bt, unit: hu, position: leader}\n", "")
    assert (problem.code, problem.warning) == ("W716", True)


def test_a_login_written_twice_is_told():
    _, problems = parse("organisation.yaml", GOOD.replace("binh.nguyen:", "an:"))
    assert [problem.code for problem in problems] == ["E109"]


def test_values_of_a_wrong_kind_are_told():
    assert problems_of("units: [btg]\npersons: {}") == ["1: E203"]
    assert problems_of("units: {}\npersons: {}\nposts: [word]") == ["3: E203"]
    assert problems_of("units: {}\npersons: {}\nlogins: [an]") == ["3: E203"]
    assert only_problem("on_behalf: yes", "on_behalf: maybe").code == "E203"
    assert only_problem("symbol: BTGHU", "symbol: [BTGHU]").code == "E203"
    assert problems_of("[]") == ["1: E203"]


def test_all_problems_of_a_file_are_told_at_once_in_file_order():
    text = (
        GOOD.replace("place:", "plaace:")
        .replace("parent: hu", "parent: h")
        .replace("tb@btg.example", "tb")
        .replace("from: 2022-01-01", "from: x")
    )
    assert problems_of(text) == ["4: E201", f"5: {UNKNOWN['unit'].code}", "9: E714", "13: E701"]


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(1, 12), st.sampled_from(["", "x", ": ", "[", "}", "null", "2026-02-30", "- "]))
def test_no_damage_to_the_file_breaks_the_reader(at, length, instead):
    node, _ = parse("organisation.yaml", GOOD[:at] + instead + GOOD[at + length :])
    if node is not None:
        made, problems = compile_organisation(node)
        assert (made is None) is any(not problem.warning for problem in problems)
        assert all(problem.place.line for problem in problems)

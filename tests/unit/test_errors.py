"""Every error is one clear paragraph, in every language, with its exit code."""

import string

import pytest

from workflow import errors
from workflow.phrases import LANGUAGES


def family(kind=errors.HosoError):
    """The class and all under it."""
    return [kind, *(grand for child in kind.__subclasses__() for grand in family(child))]


def facts_of(template):
    return {name: 3 if spec else "x" for _, name, spec, _ in string.Formatter().parse(template) if name}


@pytest.mark.parametrize("kind", [kind for kind in family() if "__init__" not in vars(kind)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_error_says_all_its_facts_in_one_paragraph(kind, language):
    text = kind(**facts_of(kind.template)).message(language)
    assert text
    assert "\n" not in text
    assert "{" not in text


def test_every_exit_code_is_one_of_the_table():
    assert {kind.exit_code for kind in family()} == {1, 2, 3, 4, 5, 6, 7, 8}


def test_codes_tell_errors_apart_except_within_one_file_of_settings():
    codes = [kind.code for kind in family() if not issubclass(kind, errors.WrongSettings)]
    shared = {code for code in codes if codes.count(code) > 1}
    assert shared <= {"fault"}  # HosoError itself, and Fault before and after something was written


def test_what_is_not_there_names_the_nearest_right_word():
    error = errors.NotFound(kind="process", name="incidnt", known=["incident", "opinion"])
    assert str(error) == "There is no process 'incidnt'; did you mean 'incident'?"
    assert "incident" in error.message("vi")
    assert "process" not in error.message("vi")


def test_what_is_near_to_nothing_is_told_what_there_is():
    assert str(errors.NotFound(kind="process", name="x", known=["incident"])) == "There is no process 'x'; there are: incident."
    assert str(errors.NotFound(kind="case", name="x")) == "There is no case 'x'."
    many = errors.NotFound(kind="process", name="x", known=[f"incident{at}" for at in range(13)])
    assert many.message("vi").endswith("incident10, incident11 ….")


def test_a_wrong_value_is_told_in_one_language():
    error = errors.WrongValue(field="issue", value="ngắn", expected="at least {bound} characters long ({count} now)", bound=20, count=4)
    assert str(error) == "issue: 'ngắn' is not at least 20 characters long (4 now)."
    assert error.message("vi") == "issue: không nhận 'ngắn'; cần ít nhất 20 ký tự (hiện có 4)."


def test_a_cause_is_told_in_the_same_language():
    assert errors.NoFile(file="a", cause="there is none").message("vi") == "a: không đọc được tệp (không có tệp này)."
    assert errors.NoFile(file="a", cause="a rare one").message("vi") == "a: không đọc được tệp (a rare one)."


def test_a_refusal_lists_every_reason_and_what_is_allowed_instead():
    reasons = [
        errors.Reason(code="guard", template="Ngày họp quá gần {không phải mẫu}"),
        errors.Reason(code="note", template="'{what}' wants a note.", facts={"what": "Trả lại"}),
    ]
    error = errors.Refused(what="Ký", reasons=reasons, allowed=["Trả lại", "Rút"])
    assert str(error).splitlines() == [
        "Refused: Ký.",
        "- Ngày họp quá gần {không phải mẫu}",
        "- 'Trả lại' wants a note.",
        "Allowed now: Trả lại, Rút.",
    ]
    plain = error.to_json()
    assert (plain["error"], plain["exit_code"], plain["allowed"]) == ("refused", 3, ["Trả lại", "Rút"])
    assert [reason["code"] for reason in plain["reasons"]] == ["guard", "note"]


def test_a_refusal_without_a_way_out_ends_with_its_reasons():
    error = errors.Refused(what="Ký", reasons=[errors.Reason(code="guard", template="Không")])
    assert str(error) == "Refused: Ký.\n- Không"


def test_wrong_definitions_tell_all_problems_with_their_places_then_the_count():
    place = errors.Place(file="process.yaml", line=12, column=5)
    problems = [
        errors.Problem(place=place, code="key", message="unknown key 'dead_line'", hint="did you mean 'due'?"),
        errors.Problem(place=errors.Place(file="calendar.yaml"), code="empty", message="nothing in it"),
    ]
    assert str(errors.DefinitionsWrong(problems)).splitlines() == [
        "process.yaml:12:5: key unknown key 'dead_line' (did you mean 'due'?)",
        "calendar.yaml: empty nothing in it",
        "The definitions have 2 problem(s); nothing was deployed.",
        "What a code means, with an example: hoso help key",
    ]


def test_an_error_in_json_holds_only_plain_facts():
    error = errors.TooLarge(file=errors.Place(file="a.pdf"), size=30, limit=25)
    assert error.to_json()["facts"] == {"file": "a.pdf", "size": 30, "limit": 25}

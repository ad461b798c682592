"""What is found in templates before they are used."""

import pytest

from workflow.documents import check_template

KNOWN = {"fields.issue", "fields.points", "case", "documents.plan", "fields.commune"}


def found(source: str) -> list[tuple[int, int, str]]:
    return check_template(source, KNOWN)


@pytest.mark.parametrize(
    "source",
    [
        "{{ fields.issue }} {{ case.number }} {{ documents.plan.symbol }} {{ fields['issue'] }}",
        "{% for p in fields.points %}{{ p.unit }} {{ loop.index }}{% endfor %}",
        "{% set x = fields.issue %}{{ x }}",
        "{% for key in fields %}{{ key }}{% endfor %}",
        "{{ fields.points|map(attribute='unit')|join('; ') }}",
        "{# fields.nothing #}",
        "\\pagebreak\n\\appendix I: A\n\\# x",
    ],
)
def test_a_right_template_has_no_findings(source):
    assert found(source) == []


def test_names_that_the_process_lacks_are_told_with_place_and_nearest_word():
    assert found("Một\n{{ case.number }} {{ fields.isue }}\n{{ documents.plna.symbol }}") == [
        (2, 22, "the process has no 'fields.isue'; did you mean 'fields.issue'?"),
        (3, 4, "the process has no 'documents.plna.symbol'; did you mean 'documents.plan'?"),
    ]


def test_all_findings_come_at_once_in_file_order():
    source = "{{ xyz }}\n{{ fields.issue|daet }}\n\\pagebraek\n😀\n{% if qqq %}{% endif %}"
    assert [(line, message.split(";")[0]) for line, _, message in found(source)] == [
        (1, "the process has no 'xyz'"),
        (2, "there is no filter 'daet'"),
        (3, "there is no command '\\pagebraek'"),
        (4, "the character U+1F600 😀 can't be printed (the shipped font lacks it)"),
        (5, "the process has no 'qqq'"),
    ]


def test_the_nearest_filter_is_offered():
    assert found("{{ fields.issue|daet }}") == [(1, 17, "there is no filter 'daet'; did you mean 'date'?")]


def test_what_is_wrong_is_told_each_time_that_it_is_looked_at():
    wrong = "{{ fields.issue|daet }} {{ xyz }}"
    assert check_template(wrong, {"fields.issue"}) == check_template(wrong, {"fields.issue", "case"})
    assert [column for _, column, _ in found(wrong)] == [17, 28]


@pytest.mark.parametrize(
    ("source", "line", "word"),
    [
        ("a\n{{ fields.issue", 2, "unexpected end"),
        ("a\n\n{% include 'x' %}", 3, "a body can't use 'include'"),
        ("{{ fields.issue.upper() }}", 1, "a body can't use 'name(…)'"),
        ("{% macro m() %}{% endmacro %}", 1, "a body can't use 'macro'"),
        ("{% endfor %}", 1, "endfor"),
        ("{{ fields.issue is strange }}", 1, "there is no test 'strange'"),
        ("{{ " + "(" * 5000, 1, "too deeply"),
    ],
)
def test_what_is_no_template_is_told_with_its_line(source, line, word):
    ((at, _, message),) = found(source)
    assert at == line
    assert word in message

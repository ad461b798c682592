"""Bodies: what templates see, print and may not do."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests import papers
from workflow.documents import text
from workflow.errors import CharacterRefused, TemplateRefused


def body(template: str, **fields: object) -> str:
    return text(papers.document(fields=fields), template, name="situation.md.j2")


def refusal(template: str, **fields: object) -> TemplateRefused:
    with pytest.raises(TemplateRefused) as caught:
        body(template, **fields)
    return caught.value


def test_a_template_prints_the_facts_it_is_given():
    assert body("Vụ việc {{ case.number }} tại {{ fields.commune }}") == "Vụ việc 007/2026-VV tại Nam Cường"


def test_a_unit_prints_as_its_title_and_several_are_joined():
    units = [{"key": "vp", "title": "Văn phòng"}, {"key": "btg", "title": "Ban Tuyên giáo"}]
    assert body("{{ fields.units }}; {{ fields.units|join(' và ') }}; {{ fields.units|first|title_of }}", units=units) == (
        "Văn phòng, Ban Tuyên giáo; Văn phòng và Ban Tuyên giáo; Văn phòng"
    )


def test_a_file_prints_as_its_name():
    assert body("{{ fields.draft }}", draft={"name": "du thao.docx", "hash": "0", "size": 3}) == "du thao.docx"


def test_an_empty_field_prints_nothing_and_yes_no_in_words():
    assert body("[{{ fields.none }}] {{ fields.yes }} {{ fields.no }}", none=None, yes=True, no=False) == "[] có không"


@pytest.mark.parametrize(
    ("template", "printed"),
    [
        ("{{ '2026-02-05'|date }}", "05/02/2026"),
        ("{{ '2026-06-29'|long_date }}", "ngày 29 tháng 6 năm 2026"),
        ("{{ '2026-02-05'|long_date }}", "ngày 05 tháng 02 năm 2026"),
        ("{{ '2026-11-20T18:30:00.000000Z'|date }}", "21/11/2026"),
        ("{{ '2026-11-20T02:00:00.000000Z'|time }}", "09 giờ 00"),
        ("{{ 1234567|number }}", "1.234.567"),
        ("{{ '1234.5'|number }}", "1.234,5"),
        ("{{ '2.345'|number(1) }}", "2,3"),
        ("{{ 7 / 2 }}", "3,5"),
        ("{{ 'Huyện ủy'|upper }}", "HUYỆN ỦY"),
        ("{{ [1, '2.5', none]|sum|number }}", "3,5"),
        ("{{ fields.points|sum('count') }}", "15"),
        ("{{ fields.points|length }}", "2"),
        ("{{ fields.nothing|default('chưa có') }}", "chưa có"),
        ("{{ fields.empty|default('chưa có') }}", "chưa có"),
        ("{% for p in fields.points %}{{ loop.index }}.{{ p.unit }};{% endfor %}", "1.Văn phòng HU-HĐND-UBND;2.Thị trấn Nam Giang;"),
    ],
)
def test_filters_write_what_papers_write(template, printed):
    assert body(template, empty=None) == printed


def test_times_are_written_in_the_zone_of_the_office():
    document = papers.document()
    document = replace(document, facts={**document.facts, "office": {"zone": "Europe/Paris"}})
    assert text(document, "{{ '2026-11-20T23:30:00Z'|time }} {{ '2026-11-20T23:30:00Z'|date }}") == "00 giờ 30 21/11/2026"


def test_a_missing_name_names_template_line_and_the_nearest_right_word():
    error = refusal("Một dòng\n\n{{ fields.isue }}")
    assert error.facts == {
        "template": "situation.md.j2",
        "line": 3,
        "detail": "there is no 'isue' here; did you mean 'issue'?",
        "document": "Tình hình vụ việc 007/2026-VV tại xã Nam Cường",
    }
    assert error.exit_code == 3


def test_a_missing_name_at_the_top_is_refused():
    error = refusal("{% if missing %}x{% endif %}")
    assert (error.facts["line"], error.facts["detail"]) == (1, "'missing' is undefined")


@pytest.mark.parametrize(
    ("template", "line", "word"),
    [
        ("a\n{{ fields.issue", 2, "unexpected end"),
        ("a\n{% if %}", 2, "Expected an expression"),
        ("{{ fields.commune|date }}", 1, "'Nam Cường' is no date"),
        ("{{ ''|date }}", 1, "the value for 'date' is empty"),
        ("{{ none|number }}", 1, "the value for 'number' is empty"),
        ("{{ fields.commune|number }}", 1, "'Nam Cường' is no number"),
        ("x\n{{ 1 // 0 }}", 2, "zero"),
        ("{{ fields }}", 1, "an object without a title"),
        ("{{ fields.commune|nofilter }}", 1, "No filter named"),
        ("{{ loop }}", 1, "'loop' is undefined"),
        ("{{ self }}", 1, "can't be printed"),
    ],
)
def test_a_wrong_expression_is_refused_with_its_line(template, line, word):
    error = refusal(template)
    assert error.facts["line"] == line
    assert word in str(error.facts["detail"])


@pytest.mark.parametrize(
    "trick",
    [
        "{{ ''.__class__ }}",
        "{{ ''['__class__'] }}",
        "{{ fields.__class__.__mro__ }}",
        "{{ fields['__init__'] }}",
        "{{ fields.items }}",
        "{{ fields.items() }}",
        "{{ fields.update({'x': 1}) }}",
        "{{ fields.points.append(1) }}",
        "{{ fields.points.pop }}",
        "{{ ''.join }}",
        "{{ '%s'|format(1) }}",
        "{{ '{0.__class__}'.format(1) }}",
        "{{ fields.commune|attr('__class__') }}",
        "{{ [fields]|map(attribute='__class__')|first }}",
        "{{ [fields]|map('attr', '__class__')|first }}",
        "{{ fields.points|map(attribute='unit.__class__')|first }}",
        "{{ range(9) }}",
        "{{ range }}",
        "{{ dict(a=1) }}",
        "{{ lipsum() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ namespace() }}",
        "{{ self._TemplateReference__context }}",
        "{{ self.__init__.__globals__ }}",
        "{% for x in fields %}{{ loop.__class__ }}{% endfor %}",
        "{% for x in fields %}{{ loop.cycle('a') }}{% endfor %}",
        "{% for x in fields %}{{ loop._iterator }}{% endfor %}",
        "{% for x in [1] recursive %}{{ loop([1]) }}{% endfor %}",
        "{% include '/etc/passwd' %}",
        "{% include 'state.py' ignore missing %}",
        "{% import 'os' as os %}",
        "{% from 'os' import path %}",
        "{% extends 'base' %}",
        "{% macro m() %}x{% endmacro %}{{ m() }}",
        "{% macro m() %}{{ caller }}{% endmacro %}{{ m.__globals__ }}",
        "{% set x %}**a**{% endset %}{{ x }}",
        "{% filter upper %}a{% endfilter %}",
        "{% block b %}x{% endblock %}",
        "{% with a = 1 %}{{ a }}{% endwith %}",
        "{% autoescape true %}x{% endautoescape %}",
        "{{ fields.commune|safe }}",
        "{{ fields|tojson }}",
        "{{ fields|pprint }}",
        "{{ 'a' * 1000000000 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ [1] * 1000000000 }}",
        "{{ '%999999999d' % 1 }}",
        "{{ 'x'|center(1000000000) }}",
        "{% set ns.x = 1 %}",
        "{{ environment }}",
        "{{ context }}",
        "{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}",
    ],
)
def test_nothing_outside_the_facts_can_be_reached_or_done(trick):
    assert refusal(trick).code == "template"


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("{% for a in fields.rows %}{% for b in fields.few %}{{ fields.long }}{% endfor %}{% endfor %}", "the body is longer than 1000000"),
        ("{% for a in fields.rows %}{% for b in fields.rows %}{% endfor %}{% endfor %}", "go round more than 100000 times"),
        ("{% for a in fields.rows if a %}{% for b in fields.rows if b %}{% else %}{% endfor %}{% endfor %}", "go round more than"),
        ("{% set x = fields.long %}" + "{% set x = x ~ x ~ x %}" * 60, "a text in the body is longer than"),
        ("{% set x = fields.long %}" + "{% set x = x|replace('x', 'xxxxxxxxxx') %}" * 60, "a text in the body is longer than"),
        ("{% set x = fields.long %}" + "{% set x = fields.rows|join(x) %}" * 60, "a text in the body is longer than"),
        ("{% set x = fields.rows %}" + "{% set x = x + x %}" * 60, "'+' wants numbers"),
        ("{% set x = 9 %}" + "{% set x = x * x %}" * 60, "'*' wants numbers below 10^30"),
    ],
)  # fmt: skip
def test_no_body_goes_on_for_ever_or_grows_without_end(source, cause):
    error = refusal(source, rows=list(range(2000)), few=[1, 2], long="x" * 1000)
    assert cause in str(error.facts["detail"])


def test_loops_print_what_they_go_through_and_joins_what_they_join():
    assert text(papers.document(), "{% for a in [1, 2] if a > 1 %}{{ a ~ ':' ~ loop.index }}{% else %}none{% endfor %}") == "2:1"
    assert text(papers.document(), "{{ 'một hai'|replace('hai', 'ba') }}") == "một ba"


def test_the_facts_are_as_they_were_after_rendering():
    document = papers.document()
    before = papers.document()
    text(document, papers.BODY)
    assert document == before


@pytest.mark.parametrize(
    ("sign", "shown"),
    [
        ("😀", "U+1F600 😀"),
        ("\0", "U+0000"),
        ("\ud800", "U+D800"),
        ("\ue000", "U+E000"),
        ("漢", "U+6F22 漢"),
        ("\x1b", "U+001B"),
        ("א", "U+05D0 א"),
    ],
)
def test_a_character_that_cannot_be_printed_is_refused_with_its_field(sign, shown):
    with pytest.raises(CharacterRefused) as caught:
        body("{{ fields.issue }}", issue=f"Nội dung {sign}")
    assert caught.value.facts == {"place": "fields.issue", "character": shown}


def test_the_place_of_a_bad_character_in_a_table_is_its_row_and_column():
    points = [{"unit": "a", "opinion": "b", "count": 1}, {"unit": "a", "opinion": "b 😀", "count": 1}]
    with pytest.raises(CharacterRefused) as caught:
        body(papers.BODY, points=points)
    assert caught.value.facts["place"] == "fields.points.2.opinion"


def test_a_bad_character_of_the_template_names_the_template():
    with pytest.raises(CharacterRefused) as caught:
        body("Xin chào 😀")
    assert caught.value.facts["place"] == "situation.md.j2"


def test_a_bad_character_in_the_head_is_refused_for_drafts_too():
    with pytest.raises(CharacterRefused) as caught:
        text(papers.document(recipients=["Nơi 😀"]), "x")
    assert caught.value.facts["place"] == "document.recipients.1"


def test_a_bad_character_that_does_not_reach_the_paper_is_no_matter():
    assert body("{{ fields.commune }}", issue="😀") == "Nam Cường"


def test_marks_of_direction_and_what_prints_nothing_are_left_out():
    assert body("{{ fields.issue }}", issue="a\u202eb\u200fc\ufeffd\u00ade\u200bf") == "abcdef"


def test_decomposed_letters_become_composed():
    assert body("{{ fields.issue }}", issue="Tie\u0302\u0301ng Vie\u0323\u0302t") == "Tiếng Việt"


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(codec="latin-1", exclude_categories=["Cc"], exclude_characters="\xad"), max_size=60))
def test_whatever_a_field_holds_is_printed_as_it_is(value):
    assert body("[{{ fields.issue }}]", issue=value) == f"[{value.strip()}]"

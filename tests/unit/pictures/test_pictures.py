"""Pictures: everything is in them, nothing lies over another, the same graph gives the same bytes."""

import re
from datetime import timedelta
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.engine.making import Book, at, process
from workflow.pictures.graph import DENSE, graph_of
from workflow.pictures.journey import Journey, journey_of, time_text
from workflow.pictures.layout import place
from workflow.pictures.svg import svg
from workflow.pictures.texts import dot, fold, mermaid, page, text_width

TEXT = """
case_title: x
title: {vi: Quy trình <thử> & "ngoặc", en: Trial}
fields: {n: {type: integer, title: Số}}
roles: {officer: {unit: office, position: specialist}, handler: {assigned: handler}, head: {unit: office, position: leader}}
documents: {report: {type: BC, title: "Báo cáo {{ case.number }}", body: b.j2, issuer: office, signer: head}}
starts: {open: {title: Mở hồ sơ, by: officer, form: n, assigns: {handler: officer}, to: first}}
states:
  first:
    title: Tiếp nhận
    due: [{when: fields.n > 3, then: 4 working hours}, {else: 1 working day}]
    actions:
      go: {title: Chuyển, by: handler, to: [{when: fields.n > 3, then: asking}, {else: done}]}
      again: {title: Làm lại, by: head, to: same}
  asking:
    title: Lấy ý kiến
    consult: {asks: "['north']", answers: {yes: Có}, reply: {by: asked}, due: 3 days, issues: report}
    actions: {back: {title: Trở lại, by: officer, to: first}, enough: {by: auto, when: replies.enough, to: done}}
  done: {title: Xong, final: done, actions: {reopen: {title: Mở lại, by: head, to: first}}}
  gone: {title: Hủy bỏ, final: gone}
actions:
  drop: {title: Hủy, from: any, by: head, to: gone, note: required}
tracks:
  side: {title: Nhánh bên, start: a, states: {a: {actions: {on: {by: officer, to: b}}}, b: {final: ok}}}
"""


@pytest.fixture(scope="module")
def made():
    return process(TEXT, {"b.j2": "x"})


def test_everything_of_a_procedure_is_in_its_picture(made):
    one = Book(TEXT, {"b.j2": "x"})
    drawn = svg(graph_of(made, "vi", one.organisation), None, "vi")
    words = " ".join(text for text in ET.fromstring(drawn).itertext())
    for word in ("Tiếp nhận", "Lấy ý kiến", "4 working hours / 1 working day", "Chuyên viên BTG", "người xử lý", "Chuyển", "↻ Làm lại", "Hủy (Lãnh đạo BTG) → Hủy bỏ", "Nhánh bên", "BC Báo cáo", "tự động", "3 days"):  # fmt: skip
        assert word in words, word
    assert drawn == svg(graph_of(made, "vi", one.organisation), None, "vi")


def test_a_case_shows_its_way_its_time_and_where_it_stands(made):
    one = Book(TEXT, {"b.j2": "x"})
    one.open(n=5)
    one.now = at("2026-11-23 11:30")
    one.do("go")
    one.now = at("2026-11-23 12:00")
    file = one.do("back")
    journey = journey_of(file.case, one.entries["001/2026-S"], at("2026-11-24 12:00"))
    assert [(a, b) for a, b, _ in journey.steps if "/" not in b] == [("·", "first"), ("first", "asking"), ("asking", "first")]
    assert {key: time_text(spent, "en") for key, spent in journey.spent.items() if "/" not in key} == {
        "asking": "0 h 30 min",
        "first": "4 days 2 h",
    }
    assert journey.now[0] == "first"
    drawn = svg(graph_of(made, "vi"), journey, "vi")
    assert drawn.count('class="box here"') == 2
    assert "Đã ở: 4 ngày 2 giờ" in drawn
    assert "#3" in drawn
    assert "penwidth=3" in dot(graph_of(made, "vi"), journey)
    assert "class s1 here" in mermaid(graph_of(made, "vi"), journey)


def test_names_of_any_letters_are_labels_in_mermaid_and_dot(made):
    graph = graph_of(made, "vi")
    assert 'state "Lấy ý kiến" as s2' in mermaid(graph, None)
    assert "[*] --> s1: Mở hồ sơ" in mermaid(graph, None)
    assert '[label="Tiếp nhận\\n4 working hours / 1 working day' in dot(graph, None)
    assert "&lt;thử&gt; &amp; &quot;ngoặc&quot;" in page(graph.title, "", "vi")


def test_of_many_ways_only_those_that_lead_on_are_lines():
    states = 12
    lines = "\n".join(f"  s{a}: {{actions: {{{', '.join(f'a{a}x{b}: {{by: officer, to: s{b}}}' for b in range(states) if b != a)}, e{a}: {{by: officer, to: end}}}}}}" for a in range(states))  # fmt: skip
    text = f"case_title: x\nroles: {{officer: {{unit: office, position: specialist}}}}\nstarts: {{open: {{by: officer, to: s0}}}}\nstates:\n{lines}\n  end: {{final: done}}\n"
    graph = graph_of(process(text), "en")
    assert graph.dense
    assert len(graph.edges) == states + 1 < DENSE
    listed = [line for box in graph.boxes for kind, line in box.lines if kind == "way"]
    assert len(listed) + len(graph.edges) == states * (states - 1) + states + 1
    assert ET.fromstring(svg(graph, None, "en")) is not None


NODES = st.integers(2, 9)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_no_box_lies_over_another_and_every_line_ends_at_its_boxes(data):
    count = data.draw(NODES)
    pairs = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)).filter(lambda pair: pair[0] != pair[1])
    edges = data.draw(st.lists(pairs, unique=True, max_size=20))
    sizes = {node: (data.draw(st.floats(10, 200)), data.draw(st.floats(10, 90))) for node in range(count)}
    placed = place(sizes, edges)
    for a, b in combinations(range(count), 2):
        (ax, ay), (bx, by) = placed.at[a], placed.at[b]
        apart = abs(ax - bx) >= (sizes[a][0] + sizes[b][0]) / 2 - 0.5 or abs(ay - by) >= (sizes[a][1] + sizes[b][1]) / 2 - 0.5
        assert apart
    for edge in edges:
        assert (placed.routes[edge][0], placed.routes[edge][-1]) == (placed.at[edge[0]], placed.at[edge[1]])
    assert place(sizes, edges).at == placed.at


def test_marks_over_letters_take_no_room_and_long_texts_are_folded():
    assert text_width("Nghị quyết", 10) == text_width("Nghi quyet", 10)
    assert fold("một hai ba", 20, 10) == ["một", "hai", "ba"]
    assert fold("", 20, 10) == []
    assert re.fullmatch(r"\d+ days \d+ h", time_text(at("2026-11-24 12:00") - at("2026-11-20 09:00"), "en"))


def test_mermaid_and_dot_say_where_a_case_has_been_and_for_how_long(made):
    graph = graph_of(made, "vi")
    first, second = graph.boxes[0].key, graph.boxes[1].key
    spent = {first: timedelta(days=2, hours=3), second: timedelta(hours=1, minutes=5)}
    journey = Journey(case="1", title="x", steps=[("·", first, 1), (first, second, 2)], spent=spent, now=(second,))
    text = mermaid(graph, journey, "en")
    assert "– 2 days 3 h" in text
    assert "  class s1 been\n  class s2 here\n" in text
    drawn = dot(graph, journey, "vi")
    assert "\\n2 ngày 3 giờ" in drawn
    assert drawn.count("#e0f2fe") == drawn.count("#fde68a") == 1
    assert "penwidth=3" in drawn

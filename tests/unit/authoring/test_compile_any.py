"""Whatever stands in a file, compiling it ends in a process or in problems, never in a traceback."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.authoring.compile import Around, compile_process
from workflow.authoring.read import parse
from workflow.language.process import load
from workflow.plain import canonical, to_plain

GOOD = {
    "process": "p",
    "unit": "fields.where",
    "number": "{n}/{year}",
    "title": {"vi": "Tên"},
    "case_title": "{{ fields.day }} {{ case.number }}",
    "secret": "fields.days > 3",
    "fields": {
        "day": {"type": "date"},
        "days": {"type": "integer", "default": 2},
        "where": {"type": "unit"},
        "rows": {"type": "table", "columns": {"a": {"type": "text", "pattern": "[a-z]"}}},
        "kind": {"type": "choice", "choices": ["x", "y"]},
    },
    "roles": {"a": {"unit": "b", "position": "c"}, "d": {"assigned": "s", "when": "fields.days"}, "e": {"any": ["a", "d"]}, "f": {"superior_of": "a"}},
    "documents": {"doc": {"type": "BC", "body": "doc.md.j2", "issuer": ["b", "asked"], "signer": "a", "recipients": ["a"]}},
    "groups": {"g": ["one", "two"]},
    "ladder": [{"at": "50% before due", "notifies": [{"a": "Chậm {{ fields.days }}"}], "do": "stop", "repeat": "1 day"}],
    "due": [{"at": {"latest": ["1 day", "fields.day"]}, "name": "n", "until": "two"}, {"at": "1 day", "name": "m", "in": "g"}],
    "periodic": [{"every": "end of month", "start": "open", "fields": {"days": "1"}, "title": "{{ period.year }}"}],
    "rights": {"see": "a"},
    "starts": {"open": {"by": "a", "to": "one", "assigns": {"s": "a"}}},
    "states": {
        "one": {
            "due": [{"when": "fields.kind == 'x'", "then": "1 day"}, {"else": "2 days after go"}],
            "actions": {"go": {"by": "a", "when": {"fields.days > 1": "why"}, "to": [{"when": "fields.days", "then": "two", "sets": {"days": 1}}, {"else": "same"}]}},
        },
        "two": {
            "stops": "all",
            "consult": {"asks": "fields.where", "reply": {"by": "a"}, "answers": {"yes": "Y"}, "silence": "yes", "enough": "50%", "due": "3 days"},
            "actions": {"on": {"by": "auto", "when": "replies.enough", "to": "three"}},
        },
        "three": {"final": "done"},
    },
    "actions": {"stop": [{"from": "any", "by": "a", "to": "three"}]},
}  # fmt: skip
JUNK = st.sampled_from(
    [
        None,
        True,
        0,
        -1,
        12,
        "",
        "x",
        "any",
        "all",
        "auto",
        "same",
        "{{",
        "{{ a }}",
        "fields.day",
        "1 day",
        "(",
        [],
        [[]],
        {},
        {"a": 1},
        [{"when": 1}],
        {"else": None},
        ["x", 2, None],
    ]
)
TEMPLATES = {"doc.md.j2": "{{ fields.day }}"}


def paths(value, path=()):
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from paths(item, (*path, at))


def changed(value, path, new):
    if not path:
        return new
    head, *rest = path
    if isinstance(value, dict):
        return {key: changed(item, rest, new) if key == head else item for key, item in value.items()}
    return [changed(item, rest, new) if at == head else item for at, item in enumerate(value)]


def renamed(value, path, new):
    """The mapping at `path`'s parent with its last key renamed."""
    head, *rest = path
    if rest:
        return {key: renamed(item, rest, new) if key == head else item for key, item in value.items()} if isinstance(value, dict) else value
    return {new if key == head else key: item for key, item in value.items()} if isinstance(value, dict) else value


def compiled(value):
    node, problems = parse("p/process.yaml", json.dumps(value, ensure_ascii=False))
    assert problems == []
    return compile_process(node, Around(folder="p", templates=TEMPLATES))


def test_the_good_process_is_good():
    made, problems = compiled(GOOD)
    assert [str(problem) for problem in problems] == []
    assert load(json.loads(canonical(to_plain(made)))) == made


@settings(max_examples=100, deadline=None)
@given(st.sampled_from([path for path in paths(GOOD) if path]), JUNK)
def test_any_value_anywhere_gives_a_process_or_problems(path, new):
    made, problems = compiled(changed(GOOD, path, new))
    assert (made is None) == any(not problem.warning for problem in problems)
    if made is not None:
        assert load(json.loads(canonical(to_plain(made)))) == made


@settings(max_examples=50, deadline=None)
@given(
    st.sampled_from([path for path in paths(GOOD) if path and isinstance(path[-1], str)]),
    st.sampled_from(["", "x", "Đ đ", "any", "a.b", "1"]),
)
def test_any_key_anywhere_gives_a_process_or_problems(path, new):
    made, problems = compiled(renamed(GOOD, path, new))
    assert (made is None) == any(not problem.warning for problem in problems)
    for problem in problems:
        assert problem.place.line == (0 if problem.code == "W602" else 1)
        assert problem.said("vi")

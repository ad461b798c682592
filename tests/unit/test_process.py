"""A compiled process as data: what is looked up in it, and what its version is made of."""

from workflow.language import process
from workflow.language.process import Action, Branch, Due, Expr, Moment, Point, PointKind, Process, Rung, State, Text, Title, load, meaning
from workflow.plain import to_plain


def title(text):
    return Title(vi=text, en=text)


def action(key, *states, general=False):
    return Action(key=key, title=title(key), by=("clerk",), states=states, general=general, to=(Branch(to="b"),))


RUNG = Rung(at=Moment(point=Point(kind=PointKind.DUE)))
PROCESS = Process(
    key="p",
    title=Title(vi="Tên", en="Name"),
    unit=Expr(source="btg", tree=["const", "btg"]),
    number="{n}/{year}",
    case_title=Text(literals=("x",)),
    states=(State(key="a", title=title("A")), State(key="b", title=title("B"), final="done")),
    starts=(action("open"),),
    actions=(action("go", "a"), action("go", "a", "b", general=True), action("stop", "a", general=True)),
    ladder=(RUNG,),
)


def test_every_name_that_is_offered_is_there_and_a_process_comes_back_from_its_plain_form():
    assert [name for name in process.__all__ if not hasattr(process, name)] == []
    assert process.load(to_plain(PROCESS)) == PROCESS


def test_a_title_is_told_in_the_language_asked_for():
    assert (PROCESS.title.to("vi"), PROCESS.title.to("en"), PROCESS.title.to("fr")) == ("Tên", "Name", "Name")


def test_a_states_own_action_goes_before_a_general_one():
    assert list(PROCESS.in_state["a"]) == ["go", "stop"]
    assert PROCESS.in_state["a"]["go"].general is False
    assert PROCESS.in_state["b"]["go"].general is True


def test_things_are_found_by_their_keys():
    assert PROCESS.state_of["b"].final == "done"
    assert PROCESS.start_of["open"].key == "open"
    assert PROCESS.action_keys == ("go", "stop")
    assert (PROCESS.field_of, PROCESS.role_of, PROCESS.document_of, PROCESS.type_of) == ({}, {}, {}, {})


def test_a_deadline_has_its_own_ladder_or_the_processs():
    at = Moment(point=Point(kind=PointKind.ENTRY))
    assert PROCESS.ladder_of(Due(at=at, name="x")) == (RUNG,)
    assert PROCESS.ladder_of(Due(at=at, name="x", ladder=())) == ()


def test_the_version_leaves_out_how_an_expression_was_written_and_nothing_else():
    def with_unit(source, tree):
        return load({**to_plain(PROCESS), "unit": {"source": source, "tree": tree}})

    assert with_unit("  btg ", ["const", "btg"]).version == PROCESS.version
    assert with_unit("btg", ["const", "vp"]).version != PROCESS.version
    assert meaning({"source": "a"}) == {"source": "a"}
    assert meaning([{"source": "a", "tree": 1}, {"source": "b", "among": [2]}, {"source": "c", "branches": []}]) == [
        {"tree": 1},
        {"among": [2]},
        {"branches": []},
    ]
    assert meaning({"source": "d", "point": {"kind": "due"}}) == {"point": {"kind": "due"}}

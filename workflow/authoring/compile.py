"""Nodes → a process: every problem of the file at once, each at its place, in file order."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from workflow.authoring import problems as p
from workflow.authoring.checks.graph import check_graph
from workflow.authoring.checks.inspected import Inspected
from workflow.authoring.checks.retention import check_retention
from workflow.authoring.checks.rungs import check_rungs
from workflow.authoring.checks.templates import check_templates
from workflow.authoring.checks.words import Known, check_computed, check_roles, check_uses
from workflow.authoring.declare import documents, fields, number, roles, unit
from workflow.authoring.grammar import PROCESS, check_shape
from workflow.authoring.machine import machines
from workflow.authoring.names import check_expression, vocabulary
from workflow.authoring.parse_expression import constant
from workflow.authoring.read import Node
from workflow.authoring.reading import Elsewhere, Reading, pairs, word
from workflow.authoring.rights import rights
from workflow.authoring.steps import action
from workflow.authoring.waits import ladder, periodic, reply_name
from workflow.errors import Place, Problem
from workflow.language.process import Action, DocumentType, Expr, Process, in_track


class Around(Struct, frozen=True, kw_only=True):
    """What a process is compiled with: its folder, its templates, the document types, what the office has."""

    folder: str
    templates: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, DocumentType] = field(default_factory=dict)
    known: Known = field(default_factory=Known)
    entered: frozenset[str] = frozenset()
    """The states in which cases of other processes go on (`becomes`)."""
    elsewhere: list[Elsewhere] = field(default_factory=list)
    """Filled here: the words that must name something of other processes."""
    inspected: dict[str, Inspected] = field(default_factory=dict)
    """Filled here: what is whole in itself, with its places."""


def compile_process(node: Node, around: Around) -> tuple[Process | None, list[Problem]]:
    """The process of a file's root node, or None if it has more than warnings."""
    shape = check_shape(node, PROCESS)
    if not node.is_mapping:
        return None, shape
    reading = Reading(file=node.place.file, actions=_action_names(node))
    process = _process(reading, node, around)
    around.elsewhere.extend(reading.others)
    found = [*reading.problems, *_checked(reading, process, node, around)]
    told = {problem.place for problem in shape}
    problems = in_order([*shape, *(problem for problem in found if problem.place not in told)])
    if any(not problem.warning for problem in problems):
        return None, problems
    places = {id(one.expr): one.place for one in reading.expressions}
    around.inspected[process.key] = Inspected(process=process, node=node, written=reading.expressions, places=places)
    return process, problems


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, by file, line and column."""
    once = {str(problem): problem for problem in problems}
    return sorted(once.values(), key=lambda problem: (problem.place.file, problem.place.line, problem.place.column))


def _action_names(node: Node) -> tuple[str, ...]:
    """The names of all that may be done, wherever it stands: actions, replies, starts. Times may hang on them."""
    tracks = [track for _, track in pairs(node.get("tracks"))]
    states = [state for machine in (node, *tracks) for _, state in pairs(machine.get("states"))]
    inside = [key.text for state in states for key, _ in pairs(state.get("actions"))]
    replies = [reply_name(state.get("consult")) for state in states if state.get("consult")]
    outside = [key.text for part in ("actions", "starts") for machine in (node, *tracks) for key, _ in pairs(machine.get(part))]
    return tuple(dict.fromkeys([*inside, *replies, *outside]))


def _process(reading: Reading, node: Node, around: Around) -> Process:
    key = word(node.get("process"))
    title = reading.title(node.get("title"), key)
    moves, states = machines(reading, node)
    rules = documents(reading, node.get("documents"))
    used = {rule.body for rule in rules}
    return Process(
        key=key,
        title=title,
        unit=unit(reading, node.get("unit")),
        number=number(reading, node.get("number")),
        case_title=reading.text(node.get("case_title"), title.vi),
        secret=_secret(reading, node.get("secret")),
        retention=word(node.get("retention")),
        fields=fields(reading, node.get("fields")),
        roles=roles(reading, node.get("roles")),
        documents=rules,
        groups=tuple(states.groups.items()),
        ladder=ladder(reading, node.get("ladder"), None),
        dues=moves.dues,
        starts=_starts(reading, node.get("starts")),
        states=tuple(moves.states),
        actions=tuple(moves.actions),
        tracks=tuple(moves.tracks),
        periodic=periodic(reading, node.get("periodic")),
        rights=rights(reading, node.get("rights")),
        templates={name: source for name, source in around.templates.items() if name in used},
        types=tuple(kind for name, kind in around.types.items() if name in {rule.type for rule in rules}),
    )


def _secret(reading: Reading, node: Node | None) -> Expr | None:
    if node is None or node.is_empty or node.value is False:
        return None
    return constant(value=True) if node.value is True else reading.expr(node)


def _starts(reading: Reading, node: Node | None) -> tuple[Action, ...]:
    found = []
    for key, value in pairs(node):
        if value.is_mapping:
            made = action(reading, key.text, value)
            if any(branch.to in {"same", "previous"} for branch in made.to):
                reading.wrong(p.START_TO, key.place, word=key.text)
            found.append(made)
    return tuple(found)


def _checked(reading: Reading, process: Process, node: Node, around: Around) -> list[Problem]:
    words = vocabulary(process)
    found = [problem for one in reading.expressions for problem in check_expression(one, words)]
    found += check_uses(reading.uses, process, around.known, list(around.templates))
    if not any(problem.code == p.UNKNOWN["state"].code for problem in found):  # else whatever follows from it would be told too
        found += check_graph(process, _state_places(node), around.entered)
    found += check_computed(process, _places(node.get("fields")))
    found += check_roles(process, _places(node.get("roles")))
    found += check_rungs(reading, process)
    found += check_retention(node, process)
    found += check_templates(process, around.folder, around.templates)
    if process.key and process.key != around.folder and (named := node.get("process")):
        found.append(p.FOLDER_NAME.at(named.place, word=process.key, folder=around.folder))
    return found


def _state_places(node: Node) -> dict[str, Place]:
    """Each state's key, by its full key."""
    found = _places(node.get("states"))
    for track, value in pairs(node.get("tracks")):
        found |= {in_track(track.text, key): place for key, place in _places(value.get("states")).items()}
    return found


def _places(node: Node | None) -> dict[str, Place]:
    return {key.text: key.place for key, _ in pairs(node)}

"""Nodes → a process: every problem of the file at once, each at its place, in file order."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from workflow.authoring import problems as p
from workflow.authoring.check import Known, check_graph, check_roles, check_rungs, check_templates, check_uses
from workflow.authoring.declare import documents, fields, groups, number, roles, unit
from workflow.authoring.grammar import PROCESS, check_shape
from workflow.authoring.names import Vocabulary, check_expression
from workflow.authoring.parse_expression import constant
from workflow.authoring.read import Node
from workflow.authoring.reading import Reading, pairs, word
from workflow.authoring.steps import States, action, effects, general_actions
from workflow.authoring.waits import consult, dues, ladder, periodic, reply_name
from workflow.errors import Place, Problem
from workflow.language.process import ALL, Action, DocumentType, Expr, Process, Right, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a process is compiled with: its folder, its templates, the document types, what the office has."""

    folder: str
    templates: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[str, DocumentType] = field(default_factory=dict)
    known: Known = field(default_factory=Known)


def compile_process(node: Node, around: Around) -> tuple[Process | None, list[Problem]]:
    """The process of a file's root node, or None if it has more than warnings."""
    shape = check_shape(node, PROCESS)
    if not node.is_mapping:
        return None, shape
    reading = Reading(file=node.place.file, actions=_action_names(node))
    process = _process(reading, node, around)
    found = [*reading.problems, *_checked(reading, process, node, around)]
    told = {problem.place for problem in shape}
    problems = in_order([*shape, *(problem for problem in found if problem.place not in told)])
    return (None if any(not problem.warning for problem in problems) else process), problems


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Each problem once, by file, line and column."""
    once = {str(problem): problem for problem in problems}
    return sorted(once.values(), key=lambda problem: (problem.place.file, problem.place.line, problem.place.column))


def _action_names(node: Node) -> tuple[str, ...]:
    """The names of all that may be done, wherever it stands: actions, replies, starts. Times may hang on them."""
    states = [state for _, state in pairs(node.get("states"))]
    inside = [key.text for state in states for key, _ in pairs(state.get("actions"))]
    replies = [reply_name(state.get("consult")) for state in states if state.get("consult")]
    outside = [key.text for part in ("actions", "starts") for key, _ in pairs(node.get(part))]
    return tuple(dict.fromkeys([*inside, *replies, *outside]))


def _process(reading: Reading, node: Node, around: Around) -> Process:
    key = word(node.get("process"))
    title = reading.title(node.get("title"), key)
    states = _states(reading, node)
    rules = documents(reading, node.get("documents"))
    used = {rule.body for rule in rules}
    return Process(
        key=key,
        title=title,
        unit=unit(reading, node.get("unit")),
        number=number(reading, node.get("number")),
        case_title=reading.text(node.get("case_title"), title.vi),
        secret=_secret(reading, node.get("secret")),
        fields=fields(reading, node.get("fields")),
        roles=roles(reading, node.get("roles")),
        documents=rules,
        groups=tuple(states.groups.items()),
        ladder=ladder(reading, node.get("ladder"), None),
        dues=dues(reading, node.get("due"), states, tuple(key for key in states.keys if key not in states.final)),
        starts=_starts(reading, node.get("starts")),
        states=tuple(_state(reading, key, value, states) for key, value in pairs(node.get("states")) if value.is_mapping),
        actions=tuple(_actions(reading, node, states)),
        periodic=periodic(reading, node.get("periodic")),
        rights=_rights(reading, node.get("rights")),
        templates={name: source for name, source in around.templates.items() if name in used},
        types=tuple(kind for name, kind in around.types.items() if name in {rule.type for rule in rules}),
    )


def _states(reading: Reading, node: Node) -> States:
    found = [(key.text, value) for key, value in pairs(node.get("states")) if value.is_mapping]
    keys = tuple(key for key, _ in found)
    final = frozenset(key for key, value in found if word(value.get("final")))
    return States(keys=keys, final=final, groups=groups(reading, node.get("groups"), keys))


def _secret(reading: Reading, node: Node | None) -> Expr | None:
    if node is None or node.is_empty or node.value is False:
        return None
    return constant(value=True) if node.value is True else reading.expr(node)


def _rights(reading: Reading, node: Node | None) -> tuple[Right, ...]:
    see = node.get("see") if node is not None else None
    return (Right(what="see", who=reading.who(see)),) if see else ()


def _state(reading: Reading, key: Node, node: Node, states: States) -> State:
    happens = effects(reading, node)
    stops_all = ALL in happens.stops
    return State(
        key=key.text,
        title=reading.title(node.get("title"), key.text),
        final=word(node.get("final")),
        effects=replace(happens, stops=()) if stops_all else happens,
        dues=dues(reading, node.get("due"), states, (key.text,)),
        stops_all=stops_all,
        consult=consult(reading, node.get("consult"), states, key.text),
        rights=_rights(reading, node.get("rights")),
    )


def _starts(reading: Reading, node: Node | None) -> tuple[Action, ...]:
    found = []
    for key, value in pairs(node):
        if value.is_mapping:
            made = action(reading, key.text, value)
            if any(branch.to in {"same", "previous"} for branch in made.to):
                reading.wrong(p.START_TO, key.place, word=key.text)
            found.append(made)
    return tuple(found)


def _actions(reading: Reading, node: Node, states: States) -> list[Action]:
    """Those of states first, then the general ones."""
    found: dict[str, Action] = {}
    for state, value in pairs(node.get("states")):
        for key, inner in pairs(value.get("actions")):
            if not inner.is_mapping:
                continue
            if key.text in found:
                reading.wrong(p.DOUBLE_ACTION, key.place, word=key.text, other=found[key.text].states[0])
            else:
                found[key.text] = action(reading, key.text, inner, (state.text,))
    return [*found.values(), *general_actions(reading, node.get("actions"), states)]


def _checked(reading: Reading, process: Process, node: Node, around: Around) -> list[Problem]:
    answers = {key for state in process.states if state.consult for key, _ in state.consult.answers}
    words = Vocabulary(
        fields=process.fields,
        roles=list(process.role_of),
        documents=list(process.document_of),
        actions=process.action_keys,
        answers=sorted(answers),
    )
    found = [problem for expr, place in reading.expressions for problem in check_expression(expr, place, words)]
    found += check_uses(reading.uses, process, around.known, list(around.templates))
    if not any(problem.code == p.UNKNOWN["state"].code for problem in found):  # else whatever follows from it would be told too
        found += check_graph(process, _places(node.get("states")))
    found += check_roles(process, _places(node.get("roles")))
    found += check_rungs(reading, process)
    found += check_templates(process, around.folder, around.templates)
    if process.key and process.key != around.folder and (named := node.get("process")):
        found.append(p.FOLDER_NAME.at(named.place, word=process.key, folder=around.folder))
    return found


def _places(node: Node | None) -> dict[str, Place]:
    return {key.text: key.place for key, _ in pairs(node)}

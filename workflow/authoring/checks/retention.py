"""How long cases are kept, and who may dispose of them after that."""

from workflow.authoring import problems as p
from workflow.authoring.read import Node
from workflow.errors import Problem
from workflow.language.process import Process
from workflow.language.retention import is_retention, years_of


def check_retention(node: Node, process: Process) -> list[Problem]:
    """What is wrong with a procedure's `retention`, and whether anybody may ever use it."""
    said = node.get("retention")
    found = wrong_retention(said)
    disposes = [right for right in process.rights if right.what == "dispose"]
    if said is not None and years_of(process.retention) is not None and not disposes:
        found.append(p.NOBODY_DISPOSES.at(said.place))
    rights = node.get("rights")
    if disposes and rights is not None and not process.retention and (right := rights.get("dispose")) is not None:
        found.append(p.NOTHING_DISPOSED.at(right.place))
    return found


def wrong_retention(node: Node | None) -> list[Problem]:
    """A retention that is none."""
    if node is None or not node.is_scalar or is_retention(node.text):
        return []
    return [p.RETENTION.at(node.place, text=node.text)]

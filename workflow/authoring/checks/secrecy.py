"""Secret processes have series of their own: else the gaps in a register that everybody reads tell that there is a secret case (law 7)."""

from collections.abc import Iterator

from workflow.authoring import problems as p
from workflow.authoring.checks.inspected import Inspected, Office
from workflow.errors import Problem
from workflow.language.process import DocumentType, Process

ALL = "all"


def check_secrecy(one: Inspected, office: Office) -> Iterator[Problem]:
    """Each document type whose series papers of this process's secret cases share with papers that are not secret."""
    if one.process.secret is None:
        return
    for kind in _types(one.process):
        others = [other.process.key for other in office.processes.values() if not _always(other.process) and _shares(kind, other.process)]
        if others and not kind.series.apart:
            yield p.SECRET_SERIES.at(one.key("secret"), word=one.process.key, type=kind.key, others=", ".join(others))


def _types(process: Process) -> list[DocumentType]:
    """The types of the process's documents, each once; one that there is not is told elsewhere."""
    return list({rule.type: process.type_of[rule.type] for rule in process.documents if rule.type in process.type_of}.values())


def _always(process: Process) -> bool:
    """Whether all its cases are secret."""
    return process.secret is not None and process.secret.tree == ("const", True)


def _shares(kind: DocumentType, process: Process) -> bool:
    """Whether papers of the process may be numbered in the same series: of the same type, or both among all types."""
    return any(one.key == kind.key or (one.series.per == ALL == kind.series.per) for one in _types(process))

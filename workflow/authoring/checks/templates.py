"""Templates that ask for what the process can't supply, and templates that nothing uses."""

from collections.abc import Iterator, Mapping

from workflow.authoring import problems as p
from workflow.documents import check_template
from workflow.errors import Place, Problem
from workflow.language.process import Process

TEMPLATE_ROOTS = ("case", "document", "asked", "opinion", "replies", "opener", "actor", "today", "deadline", "office")


def check_templates(process: Process, folder: str, templates: Mapping[str, str]) -> Iterator[Problem]:
    """Templates that ask for what the process can't supply, and templates that nothing uses."""
    known = [*TEMPLATE_ROOTS, *(f"fields.{key}" for key in process.field_of)]
    known += [*(f"documents.{key}" for key in process.document_of), *(f"roles.{key}" for key in process.role_of)]
    used = {rule.body for rule in process.documents}
    for name, source in sorted(templates.items()):
        file = f"{folder}/templates/{name}"
        if name not in used:
            yield p.UNUSED_TEMPLATE.at(Place(file=file), word=name)
        for line, column, detail in check_template(source, known):
            yield p.TEMPLATE_WRONG.at(Place(file=file, line=line, column=column), detail=detail)

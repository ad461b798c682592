"""Templates that ask for what the process can't supply, and templates that nothing uses."""

from collections.abc import Iterator, Mapping

from workflow.authoring import problems as p
from workflow.documents import SUFFIX, check_own, check_template
from workflow.errors import Place, Problem
from workflow.language.process import Process
from workflow.phrases import Said

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
        if name.endswith(SUFFIX):
            for one in check_own(source, known):
                yield p.TEMPLATE_WRONG.at(Place(file=file), detail=_said(one.detail, one.text))
            continue
        for line, column, detail in check_template(source, known):
            yield p.TEMPLATE_WRONG.at(Place(file=file, line=line, column=column), detail=detail)


def _said(detail: str, paragraph: str) -> str:
    """A finding names its paragraph, for Word shows no numbers of them."""
    return Said("{detail}, in “{paragraph}”", detail=detail, paragraph=paragraph) if paragraph else detail

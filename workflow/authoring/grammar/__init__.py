"""The allowed shape of every kind of definition file: which keys, which kinds of value. The only importer of pydantic.
What the texts mean (expressions, times, who) is for others to say; here they are texts.
"""

from workflow.authoring.grammar.assumed import ASSUMED
from workflow.authoring.grammar.beside import CALENDAR, DOCUMENT_TYPES, ORGANISATION, PROGRAMME, SCENARIO
from workflow.authoring.grammar.breaches import MANY, check_shape
from workflow.authoring.grammar.schema import KINDS, json_schema
from workflow.authoring.grammar.shapes import PROCESS

__all__ = [
    "ASSUMED",
    "CALENDAR",
    "DOCUMENT_TYPES",
    "KINDS",
    "MANY",
    "ORGANISATION",
    "PROCESS",
    "PROGRAMME",
    "SCENARIO",
    "check_shape",
    "json_schema",
]

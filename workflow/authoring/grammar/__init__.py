"""The allowed shape of `process.yaml` and `document-types.yaml`: which keys, which kinds of value. The only importer
of pydantic. What the texts mean (expressions, times, who) is `compile`'s to say; here they are texts.
"""

from workflow.authoring.grammar.breaches import MANY, check_shape
from workflow.authoring.grammar.shapes import DOCUMENT_TYPES, PROCESS, json_schema

__all__ = ["DOCUMENT_TYPES", "MANY", "PROCESS", "check_shape", "json_schema"]

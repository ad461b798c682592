"""The allowed shape of `process.yaml` and `document-types.yaml`: which keys, which kinds of value. The only importer
of pydantic. What the texts mean (expressions, times, who) is `compile`'s to say; here they are texts.
"""

from workflow.authoring.grammar.breaches import check_shape
from workflow.authoring.grammar.shapes import DOCUMENT_TYPES, PROCESS, json_schema

__all__ = ["DOCUMENT_TYPES", "PROCESS", "check_shape", "json_schema"]

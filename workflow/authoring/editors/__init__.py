"""What editors need: the JSON Schema of each file of a definitions folder, which knows the words of its own process and
office, and the line in each file that names it. A schema offers words and forbids none; `hoso process check` judges.
"""

from workflow.authoring.editors.places import SCHEMAS, place, refresh
from workflow.authoring.editors.schemas import schema_for, schemas

__all__ = ["SCHEMAS", "place", "refresh", "schema_for", "schemas"]

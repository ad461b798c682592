"""The shape of what a simulation may be told to assume: the file of `hoso process simulate --with`.

Its bounds are wide, and keep a run from never coming to its end: a slip such as 2000 for 2.000 hours is told, not waited for.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

from msgspec import Struct
from pydantic import TypeAdapter
from pydantic_core import core_schema

from workflow.authoring.grammar.kinds import Closed, Id, wrong_kind

RAREST, OFTENEST = Decimal("0.01"), 1_000
"""Cases a working day: five in two years, and one every half a minute."""
LONGEST = 2_000
"""Hours that an act takes in the middle: a year of work."""
WIDEST = 3
HEAVIEST = 1_000_000
MOST_PEOPLE = 1_000


class Within(Struct, frozen=True, eq=False):
    """A number between two, both included; and what is expected if it is not."""

    least: Decimal | int
    most: int
    expected: str
    whole: bool = False

    def __get_pydantic_core_schema__(self, _source: Any, _handler: Callable[[Any], Any]) -> Any:
        """Pydantic's schema: a function."""
        return core_schema.no_info_plain_validator_function(self._checked)

    def _checked(self, value: Any) -> Any:
        if type(value) not in ((int,) if self.whole else (int, Decimal)) or not self.least <= value <= self.most:
            raise wrong_kind(self.expected)
        return value


Hours = Annotated[Any, Within(0, LONGEST, "a number of hours from 0 to 2000")]
Weight = Annotated[Any, Within(0, HEAVIEST, "a number from 0 to 1000000")]
People = Annotated[Any, Within(0, MOST_PEOPLE, "a whole number from 0 to 1000", whole=True)]


class AssumedShape(Closed):
    """What a simulation assumes in the place of what the office's own past shows."""

    arrivals: Annotated[Any, Within(RAREST, OFTENEST, "a number of cases a working day from 0.01 to 1000")] = None
    spread: Annotated[Any, Within(0, WIDEST, "a number from 0 to 3")] = None
    hours: dict[Id, Hours] = {}
    weights: dict[Id, Weight] = {}
    fields: dict[Id, Any] = {}
    people: dict[Id, People] = {}


ASSUMED: TypeAdapter[Any] = TypeAdapter(AssumedShape)

"""Which share of a deadline of the case above a sub-case's own deadline is."""

import json
from datetime import date

from msgspec import Struct

from workflow.engine.facts import Facts
from workflow.engine.periodic import points_of
from workflow.language.expression import names
from workflow.language.process import Due, Process
from workflow.model import CaseFile, Entry
from workflow.office import words
from workflow.phrases import phrase
from workflow.vietnamese import short_date


class Known(Struct, frozen=True, kw_only=True):
    """What a deadline follows from."""

    process: Process
    file: CaseFile
    facts: Facts


def share_text(known: Known, rule: Due | None, above: Known | None, opened: Entry | None, language: str) -> str:
    """Which share of the case above's deadline the day of a rule is, as the entry says that opened the case: for those who see the case
    above. '' if it is none, or was changed since.
    """
    if above is None or rule is None or opened is None:
        return ""
    shares = json.loads(opened.payload or "{}").get("data", {}).get("shares", {})
    if not shares:
        return ""
    points = (point.value for point in points_of(rule.at) if point is not None and point.value is not None)
    keys = [path[1] for value in points for path in sorted(names(value)) if path[0] == "fields"]
    found = next((shares[key] for key in keys if key in shares and known.file.case.fields.get(key) == shares[key]["value"]), None)
    whole = next((one for one in above.file.deadlines if found and one.key == found["deadline"]), None)
    if found is None or whole is None:
        return ""
    return phrase(
        "{share} of '{deadline}' of {case}: {given} of the {left} working days that were left after {day}",
        language,
        share=found["share"],
        deadline=words.on_text(above.process, whole, above.facts),
        case=above.file.case.number,
        given=found["given"],
        left=found["left"],
        day=short_date(date.fromisoformat(found["since"])),
    )

"""The engine's data: what is known, what is asked (acts), what follows (a change).

All of it is frozen, with a plain JSON form (`workflow.plain`). Times are aware UTC. Values of fields are plain
JSON: text, integers and yes-no as themselves; decimals, dates (`2026-11-20`) and times (UTC ISO) as text; a choice,
unit, person or case by its key; several as a list; a file as {name, hash, size}; a table as a list of objects.
"""

from workflow.model.asked import Act, Advance, Attach, Attachment, Fire, Open, Reply, Upload
from workflow.model.follows import CasePart, Change, Message, Needs, NumberTaken
from workflow.model.known import (
    CLOCK,
    Case,
    CaseFile,
    ClockEvent,
    Deadline,
    DeadlineStatus,
    Document,
    DocumentStatus,
    Doing,
    Draft,
    Entry,
    Happening,
    Notice,
    Opinion,
    OpinionStatus,
    Seat,
    SeriesKey,
    Signature,
    Unit,
    Values,
)
from workflow.model.read import CaseQuery, CaseRow, DeadlineRow, NoticeRow, Viewer

__all__ = [
    "CLOCK",
    "Act",
    "Advance",
    "Attach",
    "Attachment",
    "Case",
    "CaseFile",
    "CasePart",
    "CaseQuery",
    "CaseRow",
    "Change",
    "ClockEvent",
    "Deadline",
    "DeadlineRow",
    "DeadlineStatus",
    "Document",
    "DocumentStatus",
    "Doing",
    "Draft",
    "Entry",
    "Fire",
    "Happening",
    "Message",
    "Needs",
    "Notice",
    "NoticeRow",
    "NumberTaken",
    "Open",
    "Opinion",
    "OpinionStatus",
    "Reply",
    "Seat",
    "SeriesKey",
    "Signature",
    "Unit",
    "Upload",
    "Values",
    "Viewer",
]

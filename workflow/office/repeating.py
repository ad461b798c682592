"""A request id that comes again: whether it comes with the act that it was given to, or with another one."""

import json
from collections.abc import Sequence

from workflow.model import (
    CLOCK,
    Act,
    Advance,
    Ask,
    Assign,
    Attach,
    AttachToDocument,
    Claim,
    Comment,
    Correct,
    CorrectDocument,
    Dispose,
    Edit,
    Entry,
    Extend,
    IssueDocument,
    LinkTo,
    Open,
    Pause,
    Recall,
    RecallDocument,
    Recuse,
    RegistryEntry,
    Release,
    Reopen,
    ReplaceDocument,
    Reply,
    Resume,
    VoidDocument,
)
from workflow.model.registers import CloseSeries, EnterPaper, FollowUp, Receive, RegistryAct, Reserve

KINDS: dict[type[Act], str] = {
    Open: "open",
    Advance: "advance",
    Reply: "reply",
    Ask: "ask",
    Attach: "attach",
    Comment: "comment",
    Edit: "edit",
    Correct: "correct",
    LinkTo: "link",
    Reopen: "reopen",
    Assign: "assign",
    Claim: "claim",
    Release: "release",
    Recuse: "recuse",
    Extend: "extend",
    Pause: "pause",
    Resume: "resume",
    Recall: "recall",
    Dispose: "dispose",
    IssueDocument: "document-issued",
    VoidDocument: "document-void",
    RecallDocument: "document-recalled",
    ReplaceDocument: "document-replaced",
    CorrectDocument: "document-corrected",
    AttachToDocument: "document-attached",
}
"""What the history calls each act of a person."""
REGISTERED: dict[type[RegistryAct], str] = {
    Receive: "received",
    FollowUp: "followed",
    Reserve: "reserved",
    EnterPaper: "entered",
    CloseSeries: "closed",
}
"""What the registers call each act."""


def is_same(act: Act, entries: Sequence[Entry]) -> bool:
    """Whether the act whose last entry is the last of `entries` is of the same kind, the same action, by the same person."""
    for entry in reversed(entries):
        said = json.loads(entry.text)
        if entry.actor == CLOCK or said["act"] == "also" or (isinstance(act, Correct) and said["act"].startswith("document-")):
            continue  # what followed from it by itself, or what a correction did to papers
        action = act.action if isinstance(act, Advance) else act.start if isinstance(act, Open) else said["action"]
        return (said["act"], said["action"], entry.actor) == (KINDS[type(act)], action, act.actor)
    return False


def is_same_entry(act: RegistryAct, entry: RegistryEntry) -> bool:
    """The same of what was entered in a register."""
    return (json.loads(entry.text)["what"], entry.body, entry.actor) == (REGISTERED[type(act)], act.body, act.actor)

"""What is asked: acts."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow.model.known import Values


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file given with an act: its name, and its bytes' hash and size (the bytes go beside, by hash)."""

    name: str
    hash: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as a person gives it: its name and its bytes. A field of type `file` takes one."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What anybody does. `fields` are plain values, already of their types; `request_id` makes it happen once."""

    actor: str
    request_id: str
    fields: Values = field(default_factory=dict)
    note: str = ""
    attachments: tuple[Attachment, ...] = ()
    acting_for: str = ""
    """The principal whose delegation the actor chose to use; '' = worked out."""
    login: str = ""
    """The login that acted as the actor, where it is another person's; '' = the actor's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Act):
    """Open a case by one of its process's starts. `periodic`: the period it is for, when the clock opens it."""

    process: str
    start: str = "open"
    title: str = ""
    periodic: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advance(Act):
    """Do an action on a case."""

    case: str
    action: str
    children: bool = False
    """Do it on the open sub-cases too, where it can be done there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply(Act):
    """Give a unit's (or person's) opinion."""

    case: str
    asked: str
    answer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Act):
    """Ask more units (or persons) in a round that runs."""

    case: str
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attach(Act):
    """Put files with a case."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment(Act):
    """Put a note on record, and files with it."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit(Act):
    """Change fields outside of an action's form."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correct(Act):
    """Put right what entry number `entry` says wrongly: other values of fields, with a note. Also when the case is closed.
    Of an entry that took a reply: its answer and its form's values too; or the reply is taken back.
    """

    case: str
    entry: int
    answer: str = ""
    """The answer that a reply should have had."""
    take_back: bool = False
    """The reply was not the unit's: it is owed again."""
    papers: Mapping[str, str] = field(default_factory=dict)
    """Issued papers that say what was wrong → what becomes of them: void | replace | keep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkTo(Act):
    """Link the case to another one: it relates to it, or follows it."""

    case: str
    other: str
    how: str = "relates"
    """relates | follows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Act):
    """Let a closed case go on in the state from which it was closed, with a note."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Act):
    """Give a slot to a person."""

    case: str
    slot: str
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Act):
    """Take on what several may do: the slot is the actor's from now on."""

    case: str
    slot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Release(Act):
    """Give a slot back to those who may claim it; or let an asked unit (or person) off, with a note: it need not reply."""

    case: str
    slot: str = ""
    asked: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recuse(Act):
    """Withdraw from a case for a conflict of interest, with a note: the actor is out of all its roles."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Extend(Act):
    """Move a deadline (its key, or its name where one is open by it) by an amount such as "3 working days"; with a note."""

    case: str
    deadline: str
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause(Act):
    """Stop all clocks of the case, with a note."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Act):
    """Let the clocks of a paused case go on with what was left."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall(Act):
    """Take the newest act of a person back, with what followed from it: the case stands as before it."""

    case: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispose(Act):
    """Remove the contents of a closed case whose retention has ended, by a decision; `note` says why."""

    case: str
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recount(Act):
    """The clock: another calendar came into use; work the open deadlines of a case out anew. `by`: whose decision that was."""

    case: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Migrate(Act):
    """Move an open case to another version of its process. `states`: a state that the new version lacks → where its cases stand
    there (full keys); `restart`: open deadlines begin anew; `by`: whose decision that was.
    """

    case: str
    version: str
    states: Mapping[str, str] = field(default_factory=dict)
    restart: bool = False
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmigrate(Act):
    """Put a case back into the version that it was migrated from, if nothing came since."""

    case: str
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(Act):
    """The clock: units were reorganised; what an ended one kept or owed goes to its heir, or (`ended`) ends with it: its replies are
    owed no more, a case that it keeps is closed. `by`: whose decision that was.
    """

    case: str
    heirs: Mapping[str, str] = field(default_factory=dict)
    ended: tuple[str, ...] = ()
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire(Act):
    """The clock: fire what is due of one deadline. `late`: the office's policy for rungs missed by an outage."""

    case: str
    deadline: str
    late: str = "coalesce"
    unwritten: str = ""
    """Why its papers can't be written: then they are left out, and that is put on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OnDocument(Act):
    """Something done to one document of a case: its key, its number as printed, or its rule's name (the newest)."""

    case: str
    document: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDocument(OnDocument):
    """Issue a draft, outside of an action."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoidDocument(OnDocument):
    """Declare an issued document void, with a note; its number stays listed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecallDocument(OnDocument):
    """Call an issued document back, with a note; its recipients are told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplaceDocument(OnDocument):
    """Replace an issued document, with a note: by another one of the case (a draft is issued now), or, `by` left out, by a new
    one of the same rule.
    """

    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectDocument(OnDocument):
    """Correct the form of an issued document, with a note, by another document of the case; it stays in force."""

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachToDocument(OnDocument):
    """Make files part of an issued document: its signed scan, its digital signature."""

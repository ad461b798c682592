"""What is asked: acts."""

from collections.abc import Mapping

from msgspec import Struct, field

from workflow.model.known import Values


class Attachment(Struct, frozen=True, gc=False, kw_only=True):
    """A file given with an act: its name, and its bytes' hash and size (the bytes go beside, by hash)."""

    name: str
    hash: str
    size: int


class Upload(Struct, frozen=True, gc=False, kw_only=True):
    """A file as a person gives it: its name and its bytes. A field of type `file` takes one."""

    name: str
    content: bytes


class Act(Struct, frozen=True, gc=False, kw_only=True):
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


class Open(Act, frozen=True, kw_only=True):
    """Open a case by one of its process's starts. `periodic`: the period it is for, when the clock opens it."""

    process: str
    start: str = "open"
    title: str = ""
    periodic: str = ""


class Advance(Act, frozen=True, kw_only=True):
    """Do an action on a case."""

    case: str
    action: str
    children: bool = False
    """Do it on the open sub-cases too, where it can be done there."""


class Reply(Act, frozen=True, kw_only=True):
    """Give a unit's (or person's) opinion."""

    case: str
    asked: str
    answer: str = ""


class Ask(Act, frozen=True, kw_only=True):
    """Ask more units (or persons) in a round that runs."""

    case: str
    asked: tuple[str, ...]


class Attach(Act, frozen=True, kw_only=True):
    """Put files with a case."""

    case: str


class Comment(Act, frozen=True, kw_only=True):
    """Put a note on record, and files with it."""

    case: str


class Edit(Act, frozen=True, kw_only=True):
    """Change fields outside of an action's form."""

    case: str


class Correct(Act, frozen=True, kw_only=True):
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


class LinkTo(Act, frozen=True, kw_only=True):
    """Link the case to another one: it relates to it, or follows it."""

    case: str
    other: str
    how: str = "relates"
    """relates | follows."""


class Reopen(Act, frozen=True, kw_only=True):
    """Let a closed case go on in the state from which it was closed, with a note."""

    case: str


class Assign(Act, frozen=True, kw_only=True):
    """Give a slot to a person."""

    case: str
    slot: str
    person: str


class Claim(Act, frozen=True, kw_only=True):
    """Take on what several may do: the slot is the actor's from now on."""

    case: str
    slot: str


class Release(Act, frozen=True, kw_only=True):
    """Give a slot back to those who may claim it; or let an asked unit (or person) off, with a note: it need not reply."""

    case: str
    slot: str = ""
    asked: str = ""


class Recuse(Act, frozen=True, kw_only=True):
    """Withdraw from a case for a conflict of interest, with a note: the actor is out of all its roles."""

    case: str


class Extend(Act, frozen=True, kw_only=True):
    """Move a deadline (its key, or its name where one is open by it) by an amount such as "3 working days"; with a note."""

    case: str
    deadline: str
    amount: str


class Pause(Act, frozen=True, kw_only=True):
    """Stop all clocks of the case, with a note."""

    case: str


class Resume(Act, frozen=True, kw_only=True):
    """Let the clocks of a paused case go on with what was left."""

    case: str


class Recall(Act, frozen=True, kw_only=True):
    """Take the newest act of a person back, with what followed from it: the case stands as before it."""

    case: str


class Dispose(Act, frozen=True, kw_only=True):
    """Remove the contents of a closed case whose retention has ended, by a decision; `note` says why."""

    case: str
    decision: str


class Recount(Act, frozen=True, kw_only=True):
    """The clock: another calendar came into use; work the open deadlines of a case out anew. `by`: whose decision that was."""

    case: str
    by: str = ""


class Migrate(Act, frozen=True, kw_only=True):
    """Move an open case to another version of its process. `states`: a state that the new version lacks → where its cases stand
    there (full keys); `restart`: open deadlines begin anew; `by`: whose decision that was.
    """

    case: str
    version: str
    states: Mapping[str, str] = field(default_factory=dict)
    restart: bool = False
    by: str = ""


class Unmigrate(Act, frozen=True, kw_only=True):
    """Put a case back into the version that it was migrated from, if nothing came since."""

    case: str
    by: str = ""


class Transfer(Act, frozen=True, kw_only=True):
    """The clock: units were reorganised; what an ended one kept or owed goes to its heir, or (`ended`) ends with it: its replies are
    owed no more, a case that it keeps is closed. `by`: whose decision that was.
    """

    case: str
    heirs: Mapping[str, str] = field(default_factory=dict)
    ended: tuple[str, ...] = ()
    by: str = ""


class Fire(Act, frozen=True, kw_only=True):
    """The clock: fire what is due of one deadline. `late`: the office's policy for rungs missed by an outage."""

    case: str
    deadline: str
    late: str = "coalesce"
    unwritten: str = ""
    """Why its papers can't be written: then they are left out, and that is put on record."""


class OnDocument(Act, frozen=True, kw_only=True):
    """Something done to one document of a case: its key, its number as printed, or its rule's name (the newest)."""

    case: str
    document: str


class IssueDocument(OnDocument, frozen=True, kw_only=True):
    """Issue a draft, outside of an action."""


class VoidDocument(OnDocument, frozen=True, kw_only=True):
    """Declare an issued document void, with a note; its number stays listed."""


class RecallDocument(OnDocument, frozen=True, kw_only=True):
    """Call an issued document back, with a note; its recipients are told."""


class ReplaceDocument(OnDocument, frozen=True, kw_only=True):
    """Replace an issued document, with a note: by another one of the case (a draft is issued now), or, `by` left out, by a new
    one of the same rule.
    """

    by: str = ""


class CorrectDocument(OnDocument, frozen=True, kw_only=True):
    """Correct the form of an issued document, with a note, by another document of the case; it stays in force."""

    by: str


class AttachToDocument(OnDocument, frozen=True, kw_only=True):
    """Make files part of an issued document: its signed scan, its digital signature."""

"""What happens and when: effects, ladders, deadlines, guards, branches, actions, consultations."""

from msgspec import Struct

from workflow.language.words import Amount, Expr, Moment, Text, Title

SPECIAL = frozenset({"anyone", "nobody", "auto", "opener", "actor", "asked"})
"""The words of WHO that are not roles."""

ANY, ALL = "any", "all"

Who = tuple[str, ...]
"""Role names and the words of `SPECIAL`; empty = nobody named."""
AUTO = ("auto",)
"""The WHO of an action that is done by itself."""


class Notify(Struct, frozen=True, kw_only=True):
    """Whom to tell; `text` None = the program's own sentence."""

    who: Who
    text: Text | None = None


class Share(Struct, frozen=True, kw_only=True):
    """The share of a deadline of the case above that a sub-case gets: `field` (of type date or datetime) takes the day on which it
    ends. `percent` of the working days that are left; 0 = equal parts, the sub-cases one after another.
    """

    field: str
    percent: int = 0
    of: str = ""
    """The name of the deadline; '' = the nearest that runs."""

    @property
    def written(self) -> str:
        """As it is written."""
        share = f"{self.percent}%" if self.percent else PARTS
        return f"{share} of {self.of}" if self.of else share


PARTS = "parts"
"""The share that is one of equal parts."""


class Opens(Struct, frozen=True, kw_only=True):
    """Open a sub-case of another process: one, or one for each item of `for_each` (then `item` is named). `fields` and
    `title` are worked out on the case that opens it.
    """

    process: str
    start: str = "open"
    for_each: Expr | None = None
    fields: tuple[tuple[str, Expr], ...] = ()
    title: Text | None = None
    shares: tuple[Share, ...] = ()


class Also(Struct, frozen=True, kw_only=True):
    """Do an action on another case (or cases) too: `case` gives its number; the name `children` alone means the sub-cases.
    `fields` fill the action's form; they are worked out on the case that asks for it.
    """

    do: str
    case: Expr
    fields: tuple[tuple[str, Expr], ...] = ()


class Becomes(Struct, frozen=True, kw_only=True):
    """The case goes on as a case of another process, in this state of it; it keeps its number."""

    process: str
    state: str


class Effects(Struct, frozen=True, kw_only=True):
    """What happens besides the next state. `stops`, `resumes`, `restarts` name dues, or `all`."""

    sets: tuple[tuple[str, Expr], ...] = ()
    assigns: tuple[tuple[str, Who], ...] = ()
    drafts: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    notifies: tuple[Notify, ...] = ()
    stops: tuple[str, ...] = ()
    resumes: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    also: tuple[Also, ...] = ()
    opens: tuple[Opens, ...] = ()
    becomes: Becomes | None = None


NOTHING = Effects()


class Rung(Struct, frozen=True, kw_only=True):
    """One step of a ladder. `repeat`: again after each such amount, while the deadline is open."""

    at: Moment
    notifies: tuple[Notify, ...] = ()
    drafts: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    do: str = ""
    repeat: Amount | None = None
    urgent: bool = False


class Due(Struct, frozen=True, kw_only=True):
    """A deadline's rule. `ladder` None = the process's default. `until` and `states` (`in:`) are for a case's own dues."""

    at: Moment
    name: str
    states: tuple[str, ...] = ()
    until: str = ""
    calendar: str = ""
    basis: str = ""
    ladder: tuple[Rung, ...] | None = None


class Guard(Struct, frozen=True, kw_only=True):
    """A condition that must hold; `reason` is what the refused person reads (else the condition itself)."""

    when: Expr
    reason: str = ""


class Branch(Struct, frozen=True, kw_only=True):
    """One way of a CHOICE of `to`: `when` None = else; `to` is a state's key, `same` or `previous`."""

    to: str
    when: Expr | None = None
    effects: Effects = NOTHING


SAME, PREVIOUS = "same", "previous"


class Action(Struct, frozen=True, kw_only=True):
    """What moves a case on (also a start, and a consultation's reply)."""

    key: str
    title: Title
    by: Who
    not_by: Who = ()
    guards: tuple[Guard, ...] = ()
    needs: tuple[str, ...] = ()
    not_before: Moment | None = None
    times: int | None = None
    form: tuple[str, ...] = ()
    note: str = ""
    """`` (may be given), `optional` (asked for), `required`."""
    to: tuple[Branch, ...] = (Branch(to=SAME),)
    effects: Effects = NOTHING
    states: tuple[str, ...] = ()
    """Where it may be done: the state it stands in, or the states of `from:`, worked out (groups, any, all)."""
    general: bool = False
    """Of several states: a state's own action goes before it."""
    track: str = ""
    """The track whose states it moves; '' = the case's own."""


class Again(Struct, frozen=True, kw_only=True):
    """One way of a CHOICE of `again`: `when` None = else. Asked again are all, none, those who gave one of `answers`, or
    those of whom `of` holds (it sees `asked`, and `answer`: the one that was given).
    """

    answers: tuple[str, ...] = ()
    of: Expr | None = None
    when: Expr | None = None


class Consult(Struct, frozen=True, kw_only=True):
    """Asking several units (or persons) at once."""

    asks: Expr
    reply: Action
    due: Due | None = None
    answers: tuple[tuple[str, Title], ...] = ()
    drafts: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    notifies: tuple[Notify, ...] = ()
    silence: str = ""
    """The answer that silence counts as; '' = none."""
    enough: Expr | None = None
    """None = all."""
    enough_count: int | None = None
    enough_percent: int | None = None
    again: tuple[str, ...] = (ALL,)
    """Who is asked again when the state is entered anew: `all`, `none`, or those who gave one of these answers. Whoever
    was not asked before, or has not answered, is asked in any case; the other answers are carried over.
    """
    again_choice: tuple[Again, ...] = ()
    """Instead of `again`: the first whose `when` holds as the round is opened."""
    escalates: bool = False
    """`silence: escalate`: when nothing has come, the superiors of whoever is to reply are told, and may reply too."""
    weight: Expr | None = None
    """How much an opinion weighs (it sees `asked`); None = 1. Shares are of all weights."""
    vetoes: tuple[tuple[str, Expr | None], ...] = ()
    """An answer that stops the rest: given by anybody, or by those of whom the expression holds, there is never enough."""
    lasting: bool = False
    """What is still owed when the state is left stays owed: deadlines run on, and a reply in time is not late."""
    changeable: bool = False
    """Whether whoever has replied may reply anew while the round runs, and not later than the reply's due."""

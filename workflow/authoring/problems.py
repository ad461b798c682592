"""What can be wrong with the definitions: each kind once, with its stable code, its sentence and its way out.

E1 reading a file · E2 its shape · E3 expressions and times · E4 names that stand for nothing · E5 what no shape can
say · W the same as warnings: they are shown, and stop nothing.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from msgspec import Struct
from msgspec.structs import replace

from workflow.errors import Place, Problem, nearest

MEANT = "did you mean '{nearest}'?"
COMPARED = 50_000
"""The most words that are compared with wrong ones while one folder is read: half a second's work, and a thousand times what a folder
that people wrote ever asks for. Beyond it no word is offered, so that no file keeps the machine busy."""
_LEFT: ContextVar[list[int] | None] = ContextVar("compared words left", default=None)


@contextmanager
def few_compared() -> Iterator[None]:
    """Within this, no more than COMPARED words are compared."""
    token = _LEFT.set([COMPARED])
    try:
        yield
    finally:
        _LEFT.reset(token)


def _near(word: str, words: list[str]) -> str | None:
    left = _LEFT.get()
    if left is not None:
        left[0] -= len(words)
        if left[0] < 0:
            return None
    return nearest(word, words)


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of problem: `message` and `hint` are English templates, filled from the facts given to `at`."""

    code: str
    message: str
    hint: str = ""

    def at(self, place: Place, **facts: object) -> Problem:
        """A problem of this kind at `place`."""
        return Problem(
            place=place,
            code=self.code,
            message=self.message,
            hint=self.hint,
            facts={"file": place.file, **facts},
            warning=self.code.startswith("W"),
        )

    def meant(self, place: Place, word: str, known: Iterable[str], **facts: object) -> Problem:
        """The same about a wrong word: the hint is the nearest right one, or all of them if none is near."""
        words = list(known)
        facts = {"word": word, **facts}
        if near := words[0] if len(words) == 1 else _near(word, words):
            return replace(self, hint=MEANT).at(place, **facts, nearest=near)
        if not words:
            return replace(self, hint="leave it out").at(place, **facts)
        return self.at(place, **facts, known=", ".join(words[:_SHOWN]) + (" …" if len(words) > _SHOWN else ""))


_SHOWN = 30

KNOWN = "known: {known}"

# ---- E1: reading ---------------------------------------------------------------------------------------------------

TOO_LARGE = Kind(
    code="E101", message="the file has {size} bytes; at most {limit} are read", hint="split it, or take out what is no definition"
)
NOT_UTF8 = Kind(code="E102", message="the file is not UTF-8 text", hint="save it as UTF-8 without a byte order mark")
BAD_CHARACTER = Kind(code="E103", message="the character {character} can't stand in a definition", hint="take it out")
TAB = Kind(code="E104", message="a tab indents this line", hint="indent with spaces")
SYNTAX = Kind(
    code="E105", message="this is not YAML: {cause}", hint="look at the indentation, colons, brackets and quotes here and just above"
)
ALIAS = Kind(code="E106", message="anchors and aliases (& and *) are not allowed", hint="write the value out, or quote the text")
TAG = Kind(code="E107", message="tags (!) are not allowed", hint="write the plain value, or quote the text")
TOO_DEEP = Kind(code="E108", message="the nesting is deeper than {limit}", hint="no definition needs that")
DUPLICATE = Kind(code="E109", message="'{key}' stands here twice; the first is on line {line}", hint="keep one of them")
KEY_NOT_TEXT = Kind(code="E110", message="a key must be a word", hint="write 'key: value'")
EMPTY = Kind(code="E111", message="the file is empty", hint="write its content, or remove the file")
SEVERAL = Kind(code="E112", message="the file holds a second document (---)", hint="one file, one document")
HUGE_NUMBER = Kind(code="E113", message="a number of {digits} digits is too long; at most {limit}", hint="quote it if it is a text")
NO_FILE = Kind(code="E114", message="the file is missing", hint="write it, or copy it from an office made by 'hoso init'")
MORE = Kind(code="E115", message="{count} more mistakes in this file are not told", hint="mend those that are, and check again")
TOO_MANY = Kind(code="E116", message="the file has more than {limit} keys and values", hint="take out what is no definition")

# ---- E2: shape -----------------------------------------------------------------------------------------------------

UNKNOWN_KEY = Kind(code="E201", message="the key '{word}' is not known here", hint=KNOWN)
MISSING_KEY = Kind(code="E202", message="the key '{key}' is missing", hint="write '{key}: …' here")
WRONG_KIND = Kind(code="E203", message="{expected} should stand here, not {found}")
ONE_TEMPLATE = Kind(
    code="E204",
    message="the document's text comes from one file: 'body' names a .j2, 'template' a .docx",
    hint="write one of the two, with a file of its kind",
)
BAD_KEY = Kind(code="E205", message="'{word}' can't be a key here", hint="use lower-case letters, digits and _, beginning with a letter")
WRONG_WORD = Kind(code="E206", message="'{word}' is not one of the words that may stand here", hint=KNOWN)

# ---- E3: expressions and times ---------------------------------------------------------------------------------------

EXPRESSION_SYNTAX = Kind(
    code="E301", message="'{source}' is no expression: {cause}", hint="a text in an expression stands in quotes: fields.area == 'khác'"
)
EXPRESSION_NODE = Kind(code="E302", message="'{what}' can't be used in an expression", hint="compare, reckon, and, or, not, if … else")
EXPRESSION_FILTER = Kind(code="E303", message="there is no filter '{word}'", hint=KNOWN)
EXPRESSION_ARGUMENT = Kind(
    code="E304", message="the filter '{word}' is given too much or too little", hint="as in x|plus('5 working days')"
)
EXPRESSION_SIZE = Kind(code="E305", message="the expression is too long or nested too deep", hint="part it into several conditions")
EXPRESSION_NUMBER = Kind(code="E306", message="a number in the expression is beyond 10^15", hint="use a smaller one")
TEXT_STATEMENT = Kind(
    code="E307", message="'{word}' can't stand in this text", hint="only {{{{ an expression }}}} can; statements belong in templates"
)
UNKNOWN_NAME = Kind(code="E308", message="the expression names '{word}', which is not known", hint=KNOWN)
NAME_NOT_HERE = Kind(
    code="E309",
    message="'{word}' means nothing here",
    hint="'item' belongs to for_each, 'answer' to a reply, 'period' and 'last' to periodic; a computed field sees only its own case",
)
NO_NUMBER = Kind(
    code="E310",
    message="'{operator}' reckons with numbers, and '{word}' is none",
    hint="texts are joined by ~, dates are moved by |plus('5 working days')",
)
MOMENT = Kind(
    code="E311",
    message="'{text}' is no time",
    hint="as '3 working days', '15 days before fields.session_date', '1 December 08:00', 'day 5', 'Monday', 'end of quarter'",
)
UNIT_OF_TIME = Kind(code="E312", message="'{word}' is no unit of time", hint=KNOWN)
POINT = Kind(code="E313", message="'{word}' is no point in time", hint=KNOWN)
PERCENT_HERE = Kind(code="E314", message="a share in % can stand in a ladder only", hint="give an amount such as '2 working days'")
DUE_HERE = Kind(code="E315", message="'due' can stand in a ladder only", hint="name another point, such as entry or open")
NO_DAY = Kind(code="E316", message="there is no such day or hour: '{text}'", hint="as '20 December 08:00' or 'day 5'")
CHOICE_SHAPE = Kind(
    code="E317", message="this is no choice", hint="as [{{when: fields.urgency == 'urgent', then: …}}, {{else: …}}], 'else' last"
)
NOT_A_DATE = Kind(code="E318", message="'{word}' is a field of type {type}, not a date", hint="name a date or datetime field")
AMOUNT = Kind(code="E319", message="'{text}' is no amount of time", hint="as '1 working day', 'exactly 3 days', '4 working hours'")
NOT_PERIODIC = Kind(
    code="E320",
    message="'{text}' does not come again by itself",
    hint="as '1 December 08:00', '3 working days before 20 December', 'day 5', 'Monday', 'end of quarter'",
)

# ---- E4: names that stand for nothing --------------------------------------------------------------------------------

UNKNOWN = {
    kind: Kind(code=f"E4{number:02}", message=f"there is no {kind} '{{word}}'", hint=KNOWN)
    for number, kind in enumerate(
        [
            "state",
            "role",
            "document",
            "field",
            "action",
            "start",
            "deadline",
            "answer",
            "template",
            "document type",
            "unit",
            "position",
            "person",
            "calendar",
            "process",
        ],
        start=1,
    )
}
"""What a word should have named → the problem that nothing bears it."""

# ---- E5: what no shape can say ---------------------------------------------------------------------------------------

NOT_HERE = Kind(code="E501", message="'{word}' can't stand here", hint="{hint}")
DOUBLE_ACTION = Kind(
    code="E502",
    message="the action '{word}' stands in state '{other}' too",
    hint="give it another name, or write it once under 'actions:' with 'from: […]'",
)
OVERLAP = Kind(code="E503", message="the action '{word}' is given twice for state '{state}'", hint="make the lists of 'from' disjoint")
NO_FROM = Kind(
    code="E504", message="the action '{word}' can be done in no state", hint="name open states, other than its own target, in 'from'"
)
GROUP_LOOP = Kind(code="E505", message="the group '{word}' contains itself", hint="name states, or groups that don't lead back")
START_TO = Kind(code="E506", message="the start '{word}' leads to no state", hint="write 'to: STATE'")
UNREACHABLE = Kind(code="E507", message="no start and no action leads to the state '{word}'", hint="lead to it, or take it out")
TRAPPED = Kind(code="E508", message="nothing leads out of the state '{word}'", hint="give it an action with 'to', or make it 'final: …'")
NO_END = Kind(code="E509", message="no final state can be reached from the state '{word}'", hint="lead on to a state with 'final'")
ROLE_WAYS = Kind(
    code="E510",
    message="a role is found in one way; here are {count}",
    hint="write one of unit + position, assigned, did, person, superior_of, any",
)
ROLE_LOOP = Kind(code="E511", message="the role '{word}' leads back to itself", hint="name another role")
NO_CHOICES = Kind(code="E512", message="a field of type {type} must have 'choices'", hint="as choices: [một, hai]")
NO_COLUMNS = Kind(code="E513", message="a table must have 'columns'", hint="as columns: {{article: {{type: text}}}}")
NOT_FOR_TYPE = Kind(code="E514", message="'{key}' means nothing for a field of type {type}", hint="leave it out")
BAD_PATTERN = Kind(code="E515", message="'{word}' is no regular expression: {cause}", hint="as '[0-9]{{3}}'")
BAD_DEFAULT = Kind(code="E516", message="the default '{word}' does not fit the type {type}", hint="{hint}")
BAD_NUMBER = Kind(
    code="E517", message="'{word}' is no pattern of case numbers", hint="as '{{n:03}}/{{year}}-VV', with {{n}}, {{year}} or {{term}}"
)
SAME_NUMBER = Kind(code="E518", message="the process '{other}' gives the same numbers '{word}'", hint="use another ending, such as -VV")
FOLDER_NAME = Kind(
    code="E519", message="the process '{word}' stands in the folder '{folder}'", hint="give the folder and the process one name"
)
RUNG_ACTION = Kind(
    code="E520", message="the action '{word}' can't be done where this deadline runs", hint="add {states} to its 'from', or name another"
)
BAD_ENOUGH = Kind(
    code="E522", message="'{word}' is not enough of anything", hint="write all, a number, a share such as 60%, or an expression"
)
DOUBLE_DUE = Kind(code="E523", message="two deadlines are called '{word}' here", hint="give one of them another 'name'")
NO_REPEAT = Kind(code="E527", message="'repeat: {word}' never comes again", hint="write an amount above 0, such as 1 working day")
SAME_PERIOD = Kind(
    code="E528",
    message="'{word}' has periods as long as another rule's",
    hint="let one rule open the case, or make it a process of its own",
)
COMPUTED_FILLED = Kind(
    code="E529", message="the field '{word}' is computed, so nobody fills it in", hint="take it out here, or take 'computed' from the field"
)
COMPUTED_LOOP = Kind(code="E530", message="the computed field '{word}' hangs on itself", hint="work it out from other fields")
TRACK_START = Kind(code="E531", message="the track begins at its end: '{word}' is final", hint="name a state that is not final")
FINAL_ENDLESS = Kind(code="E532", message="the state '{word}' is final, so it can't be endless too", hint="keep one of them")
BECOMES_TO = Kind(
    code="E533", message="the action '{word}' leads to a state and becomes another process too", hint="take out 'to', or 'becomes'"
)
REPLY_BECOMES = Kind(code="E534", message="a reply can't turn the case into another process", hint="do it by an action 'by: auto'")
AUTO_SAME = Kind(
    code="E535",
    message="the automatic action '{word}' would be done again and again: nothing that its conditions look at is changed by it",
    hint="lead to another state, or add a condition such as done.{word} == 0",
)
TEMPLATE_WRONG = Kind(code="E524", message="{detail}", hint="mend the template there")
NO_SHARE = Kind(
    code="E536", message="'{text}' is no share of a deadline", hint="as 60%, '60% of dossier' (1% to 100%), parts or 'parts of dossier'"
)
PARTS_OF_ONE = Kind(code="E537", message="one sub-case has no parts to share with", hint="write a share such as 60%, or for_each")
SHARED_TWICE = Kind(
    code="E538", message="'{word}' is filled by 'fields' and by 'shares'", hint="keep one of them: 'shares' gives it a day of the deadline"
)
NOTHING_TO_SHARE = Kind(
    code="E539", message="this procedure has no deadline that could be shared", hint="give the state, or the case, a 'due'"
)
NO_ANSWER = Kind(code="E526", message="'silence: {word}' needs 'answers'", hint="write silence: none, or answers: {{{word}: …}}")

# ---- W: warnings -----------------------------------------------------------------------------------------------------

NOT_A_CHOICE = Kind(code="W601", message="'{word}' is none of the choices of '{field}'", hint=KNOWN)
UNUSED_TEMPLATE = Kind(
    code="W602", message="no document uses the template '{word}'", hint="name it in a 'body' or 'template', or remove the file"
)
UNUSED_SLOT = Kind(
    code="W603", message="the slot '{word}' of this role is never assigned", hint="write assigns: {{{word}: ROLE}} in a start or an action"
)
UNHELD = Kind(code="W604", message="nobody holds the position '{position}' in '{unit}'", hint="add a post in organisation.yaml")
RUNG_PARTLY = Kind(
    code="W605", message="the action '{word}' can't be done in {states}, where this ladder runs too", hint="add them to its 'from'"
)
NEVER_HOLDS = Kind(code="W606", message="this can never hold ('{word}'): {source}", hint="compare with a value that can be")
NEVER_TOGETHER = Kind(
    code="W607",
    message="the conditions of '{word}' can never hold together",
    hint="take one of them out, or make it two actions",
)
IMPOSSIBLE = Kind(code="W608", message="{path} is never '{word}'", hint=KNOWN)
BEYOND = Kind(code="W609", message="{path} is never {word}: its bounds are {bounds}", hint="compare with a number within them")
NOBODY_LEAVES = Kind(
    code="W610",
    message="nobody can lead a case from the state '{word}' to its end: what leads on is done by nobody, or never allowed",
    hint="let somebody do it (by), or a ladder (do)",
)
NOBODY_TODAY = Kind(
    code="W611", message="nobody holds the role '{word}' ({post}) today; it is needed for: {what}", hint="add a post in organisation.yaml"
)
ALL_AWAY = Kind(
    code="W612",
    message="whoever holds the role '{word}' is away and nobody stands in: {away}; it is needed for: {what}",
    hint="add a delegation in organisation.yaml",
)
NOBODY_LEFT = Kind(code="W613", message="'not_by' leaves nobody who may do '{word}'", hint="let another role do it")
RUNG_AFTER = Kind(
    code="W614",
    message="this rung never fires: '{word}' leaves the state '{state}' before it",
    hint="put it before, or into the next state",
)
AUTO_RING = Kind(
    code="W615", message="these automatic actions lead around in a ring: {word}", hint="let their conditions exclude each other"
)
NEVER_ENOUGH = Kind(code="W616", message="'{word}' is never reached: at most {most} are asked", hint="ask for less, or ask more of them")
NOT_IN_TIME = Kind(
    code="W617", message="'{word}' may be done only after {first}, when the deadline ({last}) is past", hint="let it be done earlier"
)
NO_TERM = Kind(
    code="W618",
    message="'{word}' has no committee term today, and '{document}' is numbered by it",
    hint="add one to 'terms:' in organisation.yaml",
)
UNUSED_FIELD = Kind(code="W619", message="nothing fills or looks at the field '{word}'", hint="ask for it in a form, or take it out")
NEVER_FILLED = Kind(
    code="W620", message="the field '{word}' is looked at, but nothing ever fills it", hint="put it into a form, or set it by an action"
)
NEVER_READ = Kind(
    code="W621",
    message="the field '{word}' is asked for, but nothing looks at it",
    hint="name it in a template, a title or a condition, or take it out",
)
UNUSED_ROLE = Kind(code="W622", message="nothing names the role '{word}'", hint="use it, or take it out")
UNUSED_DOCUMENT = Kind(code="W623", message="nothing drafts or issues the document '{word}'", hint="write drafts: {word} or issues: {word}")
UNUSED_GROUP = Kind(code="W624", message="nothing names the group '{word}'", hint="use it in 'from' or 'in', or take it out")
NOT_COVERED = Kind(
    code="W625",
    message="no scenario does '{word}' so that it leads to: {to}",
    hint="add a step to a scenario (see 'Scenarios' in the reference)",
)
NO_SCENARIO = Kind(code="W626", message="the process '{word}' has no scenario", hint="write one in {word}/scenarios/")
PRIVATE_PERSON = Kind(
    code="W627",
    message="the field '{word}' asks for a private person: '{asked}'",
    hint="ask for the issue, the place, the body or the post instead; cases keep no records about persons",
)
SECRET_SERIES = Kind(
    code="W628",
    message="papers of secret cases of '{word}' take numbers from the series of '{type}' that open ones take too: {others}",
    hint="write series: {{secret_apart: true}} at '{type}' in document-types.yaml, so that no gap tells of a secret case",
)
RETENTION = Kind(code="E323", message="'{text}' is no time to keep cases for", hint="as '10 years' (1 to 99), or 'permanent'")
NOBODY_DISPOSES = Kind(
    code="W629",
    message="nobody may dispose of the cases when their retention ends",
    hint="write rights: {{dispose: ROLE}}",
)
NOTHING_DISPOSED = Kind(
    code="W630",
    message="'dispose' is of no use: nothing says how long the cases are kept",
    hint="write retention: 10 years",
)

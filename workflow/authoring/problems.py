"""What can be wrong with the definitions: each kind once, with its stable code, its sentence and its way out.

E1 reading a file · E2 its shape · E3 expressions and times · E4 names that stand for nothing · E5 what no shape can
say · W the same as warnings: they are shown, and stop nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from workflow.errors import Place, Problem, nearest

MEANT = "did you mean '{nearest}'?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of problem: `message` and `hint` are English templates, filled from the facts given to `at`."""

    code: str
    message: str
    hint: str = ""

    def at(self, place: Place, **facts: object) -> Problem:
        """A problem of this kind at `place`."""
        return Problem(place=place, code=self.code, message=self.message, hint=self.hint, facts=facts, warning=self.code.startswith("W"))

    def meant(self, place: Place, word: str, known: Iterable[str], **facts: object) -> Problem:
        """The same about a wrong word: the hint is the nearest right one, or all of them if none is near."""
        words = list(known)
        facts = {"word": word, **facts}
        if near := nearest(word, words):
            return Problem(place=place, code=self.code, message=self.message, hint=MEANT, facts={**facts, "nearest": near})
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

"""`rights`: who may comment, edit, assign, extend … where the case stands, and the reasons why somebody may not."""

from workflow.engine.guards import not_permitted, principal_of
from workflow.engine.permission import rights
from workflow.engine.standing import actions_here
from workflow.engine.work import Work
from workflow.errors import Reason
from workflow.language.process import Action, Who
from workflow.model import CLOCK

BY_ITSELF = frozenset({"auto", "nobody"})
OPEN_TO_HANDLERS = frozenset({"comment", "attach", "link"})
"""The rights that, where nothing is said, whoever opened the case or may do one of its actions here has."""


def who_may(work: Work, what: str, field: str = "", *, otherwise: Who = ()) -> Who:
    """Who has this right where the case stands; of `edit`, the right to change one field; `otherwise` where nothing is said.
    Empty: nobody.
    """
    declared = rights(work.process, work.case, what)
    if declared:
        fitting = [right for right in declared if not field or not right.fields or field in right.fields]
        return tuple(dict.fromkeys(word for right in fitting for word in right.who))
    if what not in OPEN_TO_HANDLERS:
        return otherwise
    here = [action.by for action in actions_here(work.process, work.case).values()]
    return tuple(dict.fromkeys(["opener", *(word for by in here for word in by if word not in BY_ITSELF)]))


def not_entitled(work: Work, what: str, field: str = "", *, otherwise: Who = (), asked: str = "") -> list[Reason]:
    """Why the actor has not this right: nobody has it, or others have."""
    who = who_may(work, what, field, otherwise=otherwise)
    if not who and field:
        return [Reason(code="right", template=_NOBODY_FIELD, facts={"field": field})]
    if not who:
        return [Reason(code="right", template=_NOBODY, facts={"right": what})]
    return not_permitted(work, _as_action(work, what, who), asked)


_NOBODY = "the procedure gives the right '{right}' to nobody here (its author may write: rights: {{{right}: ROLE}})"
_NOBODY_FIELD = "the procedure lets nobody change the field '{field}' here (its author may write: rights: {{edit: {{ROLE: [{field}]}}}})"


def on_behalf(work: Work, what: str, field: str = "", *, otherwise: Who = (), asked: str = "") -> str:
    """On whose behalf the actor uses the right: '' in their own."""
    return principal_of(work, _as_action(work, what, who_may(work, what, field, otherwise=otherwise)), asked)


def held(work: Work, what: str) -> bool:
    """Whether the actor has this right, for at least one field."""
    if work.act.actor == CLOCK:
        return False
    return bool(who_may(work, what)) and not not_entitled(work, what)


def _as_action(work: Work, what: str, who: Who) -> Action:
    """A right is asked like an action's `by`."""
    return Action(key=what, title=work.process.title, by=who)

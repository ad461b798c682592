"""Who may act, see and sign: WHO worked out to seats, seats to persons on the day."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from msgspec import Struct

from workflow.engine.facts import Facts
from workflow.engine.heirs import heir, heirs
from workflow.engine.scope import scope_of
from workflow.engine.standing import waiting
from workflow.language.expression import ExpressionError, Scope, constant, evaluate, holds, names
from workflow.language.process import SPECIAL, Consult, Expr, Process, Right, Role, State, Who
from workflow.model import CLOCK, OUT, Case, CaseFile, OpinionStatus, Seat
from workflow.phrases import phrase


class Asker(Struct, frozen=True, gc=False, kw_only=True):
    """On whose behalf roles are worked out: the case as it stands, who acts, which unit is asked."""

    process: Process
    file: CaseFile
    facts: Facts
    actor: str = ""
    asked: str = ""

    @property
    def case(self) -> Case:
        """The case."""
        return self.file.case


def seats_of(who: Who, asker: Asker) -> tuple[Seat, ...]:
    """The seats that WHO stands for, each once, in order. `anyone`, `auto` and `nobody` have none."""
    named = named_in(who, asker.process)
    if named is not None and not asker.file.case.heirs and asker.facts.organisation.passing.isdisjoint(named[0]):
        return named[1]
    found = [seat for word in who for seat in _seats_of_word(word, asker, _NONE)]
    return tuple(dict.fromkeys(found) if len(found) > 1 else found)


_NONE: frozenset[str] = frozenset()
"""The roles that are being worked out while nothing is yet."""


def named_in(who: Who, process: Process) -> tuple[list[str], tuple[Seat, ...]] | None:
    """The units of WHO and its seats, where all its roles name their units outright and hang on nothing; None of others."""
    known: dict[Who, tuple[list[str], tuple[Seat, ...]] | None] = process.beside["named"]
    if who not in known:
        roles = [process.role_of.get(word) for word in who]
        found = [_named(one, one.unit, process) for one in roles if one is not None and one.unit is not None and one.when is None]
        each = [one for one in found if one is not None]
        seats = dict.fromkeys(seat for one in each for seat in one[1])
        known[who] = ([unit for one in each for unit in one[0]], tuple(seats)) if len(each) == len(who) else None
    return known[who]


def _seats_of_word(word: str, asker: Asker, climbing: frozenset[str]) -> Iterable[Seat]:
    if word in SPECIAL:
        return _seats_of_special(word, asker)
    role = asker.process.role_of[word]
    if word in climbing or (role.when is not None and not _applies(role.when, asker)):
        return ()
    return _seats_of_role(role, asker, climbing)


def _seats_of_special(word: str, asker: Asker) -> Iterable[Seat]:
    match word:
        case "opener":
            return _persons([asker.case.opener])
        case "actor":
            return _persons([asker.actor])
        case "asked":
            return _asked_seats(asker)
    return ()  # anyone, auto, nobody


def _applies(when: Expr, asker: Asker) -> bool:
    """Whether a role's `when` holds; one that can't be worked out (yet) does not."""
    try:
        return holds(when, _scope(asker))
    except ExpressionError:
        return False


def _seats_of_role(role: Role, asker: Asker, climbing: frozenset[str]) -> Iterable[Seat]:
    if role.unit is not None:
        named = _named(role, role.unit, asker.process)
        if named is not None and not asker.case.heirs and asker.facts.organisation.passing.isdisjoint(named[0]):
            return named[1]
        units = _units_of(_value(role.unit, asker))
        return [Seat(unit=unit, position=role.position) for unit in heirs(units, asker.case, asker.facts)]
    if role.assigned:
        return _slot(role, asker, climbing)
    if role.did:
        return _persons(one for action in role.did if action in asker.case.done for one in asker.case.done[action].persons)
    if role.person is not None:
        return _persons(_units_of(_value(role.person, asker)))
    if role.superior_of:
        return _superiors(role.superior_of, asker, climbing | {role.key})
    return [seat for one in role.any for seat in _seats_of_word(one, asker, climbing | {role.key})]


def _named(role: Role, unit: Expr, process: Process) -> tuple[list[str], tuple[Seat, ...]] | None:
    """The units of a role that names them outright, as most do, and their seats; None of one whose units hang on the case."""
    known: dict[str, tuple[list[str], tuple[Seat, ...]] | None] = process.beside["named units"]
    if role.key not in known:
        said = constant(unit)
        units = list(dict.fromkeys(_units_of(said[0]))) if said is not None else []
        known[role.key] = (units, tuple(post_of(one, role.position) for one in units)) if said is not None else None
    return known[role.key]


def _slot(role: Role, asker: Asker, climbing: frozenset[str]) -> Iterable[Seat]:
    """Whoever the slot was given to; of one who has left, those from whom it is filled; of nobody's, those who may claim it."""
    person = asker.file.case.slots.get(role.assigned, "")
    if person and not asker.facts.organisation.left(person, asker.facts.today):
        return _persons([person])
    words = asker.process.pool_of[role.assigned] if person else role.among
    return [seat for word in words for seat in _seats_of_word(word, asker, climbing | {role.key})]


def _superiors(role: str, asker: Asker, climbing: frozenset[str]) -> Iterable[Seat]:
    organisation, today = asker.facts.organisation, asker.facts.today
    found: list[str] = []
    for seat in _seats_of_word(role, asker, climbing):
        if seat.person:
            found += organisation.superiors(seat.person, today)
        else:
            found += organisation.superiors_of_post(seat.unit, seat.position, today)
    return _persons(found)


def _persons(keys: Iterable[str]) -> list[Seat]:
    return [_own_seat(key) for key in dict.fromkeys(keys) if key and key != CLOCK]


@lru_cache(maxsize=4096)
def _own_seat(person: str) -> Seat:
    """The seat of a person alone: the same one each time."""
    return Seat(person=person)


def _asked_seats(asker: Asker) -> list[Seat]:
    """The asked unit's head (the letter goes to the unit), or the asked person."""
    if not asker.asked:
        return []
    unit = asker.facts.organisation.units.get(heir(asker.asked, asker.case, asker.facts))
    return [post_of(unit.key, unit.head)] if unit else _persons([asker.asked])


def _units_of(value: object) -> list[str]:
    if value is None or value == "":
        return []
    return [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]


def _value(expr: Expr, asker: Asker) -> object:
    """What an expression says of the case; most roles name their unit outright, and need no scope."""
    said = constant(expr)
    return evaluate(expr, _scope(asker)) if said is None else said[0]


def _scope(asker: Asker) -> Scope:
    return scope_of(asker.process, asker.file, asker.facts, actor=asker.actor, asked=asker.asked)


def holders(seats: Iterable[Seat], facts: Facts) -> tuple[str, ...]:
    """The persons who hold these seats today, each once, in the organisation's order; but those who are out."""
    found: dict[str, None] = {}
    out: set[str] = set()
    for seat in seats:
        if seat.unit == OUT and seat.person:
            out.add(seat.person)
            continue
        persons = (seat.person,) if seat.person else facts.organisation.holders(seat.unit, seat.position, facts.today)
        found.update(dict.fromkeys(persons))
    return tuple([one for one in found if one not in out]) if out else tuple(found)


def persons_of(who: Who, asker: Asker) -> tuple[str, ...]:
    """The persons whom WHO means today, but those who withdrew from the case."""
    return holders((*seats_of(who, asker), *out_of(asker.case)), asker.facts)


def out_of(case: Case) -> tuple[Seat, ...]:
    """The seats that say who is out of the case."""
    return tuple([Seat(unit=OUT, person=one) for one in case.recused]) if case.recused else ()


def acts_for(actor: str, who: Who, asker: Asker, principal: str = "") -> str | None:
    """Whether `actor` is among WHO today: '' in their own right, a principal's key by delegation, None if not.

    Their own right goes first; `principal` asks for one delegation. Who withdrew from the case has none, nor gives any.
    """
    facts, recused = asker.facts, asker.file.case.recused
    if actor in recused:
        return None
    if "anyone" in who and not principal:
        return ""
    held = facts.organisation.seats(actor, facts.today, recused)
    found = [held[seat] for seat in seats_of(who, asker) if seat in held]
    if principal:
        return principal if principal in found else None
    return min(found, key=bool) if found else None


def among(persons: Iterable[str], who: Who, asker: Asker) -> bool:
    """Whether one of these persons is among WHO in their own right (`not_by`: four eyes)."""
    meant = seats_of(who, asker)
    for person in persons:
        held = asker.facts.organisation.seats(person, asker.facts.today)
        if any(seat in meant and not principal for seat, principal in held.items()):
            return True
    return False


def in_words(who: Who, asker: Asker) -> str:
    """WHO for people: titles of those who hold it today; what the process calls it if nobody does."""
    language, facts = asker.facts.language, asker.facts
    words: list[str] = []
    for word in who:
        if word == "anyone":
            words.append(phrase("anyone", language))
        elif word in {"auto", "nobody"}:
            words.append(phrase("hoso by itself", language))
        else:
            titles = [facts.person_title(one) for one in persons_of((word,), asker)]
            words.append(", ".join(titles) or phrase("{role} (nobody today)", language, role=word))
    return phrase(" or ", language).join(dict.fromkeys(words))


def rights(process: Process, case: Case, what: str) -> tuple[Right, ...]:
    """The rights of this kind that hold where the case stands: what its state (or a track's) says of them goes before
    what the process says.
    """
    standing = [case.state, *(one.state for one in case.tracks.values())]
    own = tuple(right for key in standing if key in process.state_of for right in process.state_of[key].rights if right.what == what)
    return own or tuple(right for right in process.rights if right.what == what)


def viewers(asker: Asker) -> tuple[Seat, ...]:
    """Who may see a secret case: its opener, all who hold one of its roles, the asked units, `rights: see` (a state's own go before)."""
    process, case = asker.process, asker.case
    found: dict[Seat, None] = dict.fromkeys(_persons([case.opener, *case.slots.values()]))
    for role in process.role_of:
        found.update(dict.fromkeys(seats_of((role,), asker)))
    for opinion in asker.file.asked:
        found.update(dict.fromkeys(_seen_by_asked(opinion.asked, asker)))
    for right in rights(process, case, "see"):
        found.update(dict.fromkeys(seats_of(right.who, asker)))
    return (*found, *out_of(case))


def _seen_by_asked(asked: str, asker: Asker) -> list[Seat]:
    """The seats by which one of those asked sees a secret case: there may be some hundred of them."""
    process = asker.process
    one = Asker(process=process, file=asker.file, facts=asker.facts, actor=asker.actor, asked=asked)
    found = [*_asked_seats(one)]
    for role in hanging_on_asked(process):
        position = _of_asked_alone((role,), process)
        found += [post_of(heir(asked, asker.case, asker.facts), position)] if position else seats_of((role,), one)
    return found


def hanging_on_asked(process: Process) -> tuple[str, ...]:
    """The roles that may be others' for each of those asked; the rest are the same for all."""
    known: dict[str, tuple[str, ...]] = process.beside["asked"]
    if "roles" not in known:
        found: dict[str, None] = {"asked": None}
        for _ in process.roles:  # a role may be made of others, in a row as long as all of them
            found.update({one.key: None for one in process.roles if _hangs_on(found, one, process)})
        known["roles"] = tuple(one.key for one in process.roles if one.key in found)
    return known["roles"]


def _hangs_on(found: Mapping[str, None], role: Role, process: Process) -> bool:
    words = (role.superior_of, *role.any, *role.among, *process.pool_of.get(role.assigned, ()))
    said = [path[0] for expr in (role.unit, role.person, role.when) if expr is not None for path in names(expr)]
    return any(word in found for word in words) or "asked" in said


def awaited(asker: Asker) -> tuple[Seat, ...]:
    """Whose turn it is, in the case's state and in each track's: the units whose reply is out, or else all who may do one
    of the state's own actions.

    Guards are left aside; general actions (cancelling …) wait for nobody.
    """
    process, case = asker.process, asker.file.case
    standing = waiting(process, case)
    found = [awaited_in(state, asker) for state in standing]
    if process.lasting and case.open:
        found += [_owed(one, one.consult, asker) for one in process.lasting if one.consult is not None and one not in standing]
    seats = found[0] if len(found) == 1 else tuple(dict.fromkeys(seat for some in found for seat in some))
    return (*seats, *out_of(case)) if seats else ()


def awaited_in(state: State, asker: Asker) -> tuple[Seat, ...]:
    """Whose turn it is in one state where the case stands."""
    found = _owed(state, state.consult, asker) if state.consult is not None else ()
    if found:
        return found
    known: dict[str, Who] = asker.process.beside["whose turn"]
    if state.key not in known:
        own = [action for action in asker.process.in_state[state.key].values() if not action.general]
        known[state.key] = tuple(dict.fromkeys(word for action in own for word in action.by))
    return seats_of(known[state.key], asker)


def _owed(state: State, consult: Consult, asker: Asker) -> tuple[Seat, ...]:
    """Those whose reply is out in a state's newest round: each once, for there may be some hundred."""
    newest, key, open_ = asker.case.rounds.get(state.key, 0), state.key, OpinionStatus.ASKED
    asked = [one.asked for one in asker.file.opinions if one.status is open_ and one.round == newest and one.state == key]
    position = _of_asked_alone(consult.reply.by, asker.process)
    if position:
        return tuple([post_of(unit, position) for unit in heirs(asked, asker.case, asker.facts)])
    askers = (Asker(process=asker.process, file=asker.file, facts=asker.facts, asked=one) for one in asked)
    return tuple(dict.fromkeys(seat for one in askers for seat in seats_of(consult.reply.by, one)))


@lru_cache(maxsize=4096)
def post_of(unit: str, position: str) -> Seat:
    """The seat of a post: the same one each time."""
    return Seat(unit=unit, position=position)


ASKED = ("name", "asked")
"""The tree of the expression `asked`."""


def _of_asked_alone(who: Who, process: Process) -> str:
    """The position, where WHO is one role of the asked unit's and hangs on nothing else: such seats need no working out."""
    role = process.role_of.get(who[0]) if len(who) == 1 else None
    if role is None or role.when is not None or role.unit is None or role.unit.tree != ASKED:
        return ""
    return role.position

"""What is found wrong with a database, said the same of either kind; and how statements of two origins are held to each other."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from storage.tables import SCHEMA
from storage.transaction import Transaction
from workflow.errors import StoreEmpty, StoreNewer, StoreOlder, StoreUnreachable
from workflow.model import Fault

Named = Callable[[str], Fault]
RESTORE = Fault(template="").hint
REMAKE = "Have it made anew: hoso db upgrade."
STRANGE = "Find out who added it and what for, then take it away."
COMPARE = "Find out who changed it, then restore the last backup."


def absent_trigger(name: str) -> Fault:
    """A guard that is not there, or is put out of work."""
    return Fault(template="the trigger {name} is missing", facts={"name": name}, hint=REMAKE)


def hollow_trigger(name: str) -> Fault:
    """A guard that does something else."""
    return Fault(template="the trigger {name} is not the one that this program makes", facts={"name": name}, hint=REMAKE)


def strange_trigger(name: str) -> Fault:
    """One that is none of ours: an upgrade takes all away and makes ours anew."""
    return Fault(template="the trigger {name} is none of this program's", facts={"name": name}, hint=REMAKE)


def absent_index(name: str) -> Fault:
    """An index that is not there."""
    return Fault(template="the index {name} is missing", facts={"name": name}, hint=REMAKE)


def other_index(name: str) -> Fault:
    """An index of the same name over something else."""
    return Fault(template="the index {name} is not the one that this program makes", facts={"name": name}, hint=REMAKE)


def strange_index(name: str) -> Fault:
    """One that is none of ours."""
    return Fault(template="the index {name} is none of this program's", facts={"name": name}, hint=STRANGE)


def absent_table(name: str) -> Fault:
    """A table that is not there."""
    return Fault(template="the table {name} is missing", facts={"name": name}, hint=COMPARE)


def strange_table(name: str) -> Fault:
    """One that is none of ours; a view as well."""
    return Fault(template="the table {name} is none of this program's", facts={"name": name}, hint=STRANGE)


def triggers(there: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[Fault]:
    """What of the guards is missing, does something else, or is none of ours: trigger → its statement, as both would say it."""
    return _held(there, wanted, absent_trigger, hollow_trigger, strange_trigger)


def indexes(there: Mapping[str, str], wanted: Mapping[str, str]) -> Iterator[Fault]:
    """The same of indexes."""
    return _held(there, wanted, absent_index, other_index, strange_index)


def _held(there: Mapping[str, str], wanted: Mapping[str, str], absent: Named, other: Named, strange: Named) -> Iterator[Fault]:
    yield from (absent(name) for name in sorted(wanted.keys() - there.keys()))
    yield from (other(name) for name in sorted(wanted.keys() & there.keys()) if wanted[name] != there[name])
    yield from (strange(name) for name in sorted(there.keys() - wanted.keys()))


def tables(there: Mapping[str, Iterable[str]], wanted: Mapping[str, Iterable[str]]) -> Iterator[Fault]:
    """The same of tables: table → its columns and constraints."""
    yield from (absent_table(name) for name in sorted(wanted.keys() - there.keys()))
    for name in sorted(wanted.keys() & there.keys()):
        ours, theirs = set(wanted[name]), set(there[name])
        for one in sorted(ours - theirs):
            yield Fault(template="the table {name} lacks: {what}", facts={"name": name, "what": one}, hint=COMPARE)
        for one in sorted(theirs - ours):
            yield Fault(
                template="the table {name} has what this program does not give it: {what}", facts={"name": name, "what": one}, hint=COMPARE
            )
    yield from (strange_table(name) for name in sorted(there.keys() - wanted.keys()))


def all_of(tx: Transaction) -> list[Fault]:
    """Damage, guards, tables. The contents are looked at where all tables are there."""
    drift = tx.backend.drift(tx)
    whole = not any(one.template == absent_table("").template for one in drift)
    return [*(tx.backend.damage(tx) if whole else ()), *tx.backend.guards(tx), *drift]


def stops(fault: Fault) -> bool:
    """Whether an upgrade must leave the database as it is."""
    return fault.hint == RESTORE or fault.template == absent_table("").template


def unlike(of: str, what: str) -> Fault:
    """A row whose columns, which lists look at, say something else."""
    return Fault(template="{of}: what the lists say differs from the {what} itself", facts={"of": of, "what": what})


def lost_indexes(faults: Iterable[Fault]) -> list[str]:
    """The indexes that an upgrade has to make anew."""
    again = {absent_index("").template, other_index("").template}
    return [str(fault.facts["name"]) for fault in faults if fault.template in again]


def alike(sql: str) -> str:
    """A statement without what two of the same meaning may differ in: quotes of names, spaces."""
    return re.sub(r"\s+", "", sql.replace('"', ""))


@cache
def parts(sql: str) -> tuple[str, ...]:
    """The columns and constraints of a CREATE TABLE, and what stands after them, each with single spaces."""
    begin, end = sql.index("("), sql.rindex(")")
    found, depth, last = [sql[end + 1 :]], 0, begin + 1
    for place in range(begin + 1, end):
        depth += {"(": 1, ")": -1}.get(sql[place], 0)
        if sql[place] == "," and depth == 0:
            found.append(sql[last:place])
            last = place + 1
    found.append(sql[last:end])
    return tuple(said for one in found if (said := " ".join(one.replace('"', "").split()).replace("( ", "(").replace(" )", ")")))


def other_schema(url: str, found: str) -> StoreUnreachable:
    """What is said of a database with another schema."""
    kind = StoreEmpty if not found else StoreOlder if found < SCHEMA else StoreNewer
    return kind(url=url, found=found or "none", known=SCHEMA)

"""Versions of definitions: kept for good, brought into use."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, literal_column, select
from sqlalchemy import update as sql_update

from storage import tables
from storage.statements import insert, insert_new, matching
from storage.transaction import Statement, Transaction
from workflow.plain import canonical, instant
from workflow.ports import Deployment, StoredVersion, Used

InUse = tuple[int, Mapping[tuple[str, str], str]]
"""The newest deployment that somebody has seen, and what was in use then."""

_version, _deployment = tables.version, tables.deployment
_VERSION = ("kind", "key", "hash", "form", "source", "compiled")
_DEPLOYMENTS = Statement(
    lambda _: (
        select(*(_deployment.c[name] for name in ("hash", "at", "by", "why")))
        .where(*matching(_deployment, "kind", "key"))
        .order_by(_deployment.c.id)
    )
)
_INSERT_DEPLOYMENT = insert(_deployment)
_FIND_VERSION = Statement(lambda _: select(*(_version.c[name] for name in _VERSION)).where(*matching(_version, "kind", "hash")))
_CURRENT = Statement(
    lambda _: select(_deployment.c.kind, _deployment.c.key, _deployment.c.hash).where(
        _deployment.c.id.in_(select(func.max(_deployment.c.id)).group_by(_deployment.c.kind, _deployment.c.key))
    )
)
NEWEST_DEPLOYMENT = Statement(lambda _: select(func.max(_deployment.c.id)))
_SINCE = Statement(
    lambda _: select(func.min(_deployment.c.at)).where(_deployment.c.kind == literal_column("'process'"), *matching(_deployment, "key"))
)

_KEEP_VERSION = insert_new(_version)
_RENEW_VERSION = Statement(
    lambda _: sql_update(_version).where(*matching(_version, "kind", "hash"), _version.c.form < bindparam("below")), ["form", "compiled"]
)


def deploy(tx: Transaction, deployments: Sequence[Deployment]) -> None:
    """Bring versions into use; a kept one only gets the newer compiled form, if the program makes a newer one."""
    tx.alone("deploy")  # of two deployments one is in use whole, not a mixture
    for deployment in deployments:
        values = {name: getattr(deployment.version, name) for name in _VERSION}
        new = tx.run(_KEEP_VERSION, {**values, "source": canonical(dict(deployment.version.source))})
        if not new and values["form"]:  # what has no form of its own is never renewed: whoever brings only such needs no right to it
            at = {"at_kind": values["kind"], "at_hash": values["hash"], "below": values["form"]}
            tx.run(_RENEW_VERSION, {**at, "form": values["form"], "compiled": values["compiled"]})
        at = {"at": instant(deployment.at), "by": deployment.by, "why": deployment.why}
        tx.run(_INSERT_DEPLOYMENT, {name: values[name] for name in ("kind", "key", "hash")} | at)


def current(tx: Transaction) -> Mapping[tuple[str, str], str]:
    """(kind, key) → hash of the version in use."""
    return {(kind, key): hash_ for kind, key, hash_ in tx.rows(_CURRENT)}


def in_use(tx: Transaction, known: InUse) -> InUse:
    """What is in use now; read only where something was deployed since it was `known`."""
    ((newest,),) = tx.rows(NEWEST_DEPLOYMENT)
    return known if known[0] == (newest or 0) else (newest or 0, current(tx))


def deployments(tx: Transaction, kind: str, key: str) -> list[Used]:
    """Every coming into use of a version of this kind and key, oldest first."""
    rows = tx.rows(_DEPLOYMENTS, {"at_kind": kind, "at_key": key})
    return [Used(hash=hash_, at=datetime.fromisoformat(at), by=by, why=why) for hash_, at, by, why in rows]


def deployed_since(tx: Transaction, process: str) -> datetime | None:
    """When a process was first brought into use."""
    found = tx.row(_SINCE, {"at_key": process})
    return datetime.fromisoformat(found[0]) if found and found[0] else None


def version(tx: Transaction, kind: str, hash_: str) -> StoredVersion | None:
    """A kept version."""
    found = tx.row(_FIND_VERSION, {"at_kind": kind, "at_hash": hash_})
    if found is None:
        return None
    values = dict(zip(_VERSION, found, strict=True))
    return StoredVersion(**{**values, "source": json.loads(values["source"])})

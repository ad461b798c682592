"""A case's whole file: papers, history, table of contents, metadata of Annex VI, hashes. The same case gives the same bytes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from html import escape
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from workflow.engine.facts import Facts
from workflow.engine.history import payload_of
from workflow.engine.registry import Incoming
from workflow.model import CaseFile, Document, Entry
from workflow.office import register_rows as lines
from workflow.plain import canonical, digest, to_plain
from workflow.signs import without

METADATA = (
    "OrganId", "FileCatalog", "FileNotation", "DocOrdinal", "TypeName", "CodeNumber", "CodeNotation", "IssuedDate", "OrganName",
    "Subject", "PageAmount", "Position", "FullName", "Priority", "DueDate", "ArrivalDate", "ArrivalNumber",
)  # fmt: skip
"""What Annex VI of Decree 30/2020/NĐ-CP keeps of a document. No conformity with the edXML standard is claimed."""
SUMS = "SHA256SUMS"


def pretty(value: object) -> bytes:
    """JSON for people, the same each time."""
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def history(entries: Sequence[Entry]) -> bytes:
    """The history as it is stored, with the chain's hashes: it can be proved without the program."""
    return pretty(
        [{"seq": one.seq, "text": one.text, "payload": one.payload, "previous": one.previous, "hash": one.hash} for one in entries]
    )


def described(
    file: CaseFile, papers: Sequence[tuple[Document, int]], came: Sequence[tuple[Incoming, int]], facts: Facts
) -> list[dict[str, str]]:
    """The metadata of a case's papers, by day as the table of contents has them."""
    found = [(lines.day_of(one, facts), _issued(one, pages, facts)) for one, pages in papers]
    found += [(one.dated or one.arrived.astimezone(facts.zone).date(), _received(one, pages, facts)) for one, pages in came]
    year = str(file.case.opened.astimezone(facts.zone).year)
    shared = {"FileCatalog": year, "FileNotation": file.case.number, "Priority": ""}
    ordered = sorted(found, key=lambda one: one[0])
    return [{**dict.fromkeys(METADATA, ""), **shared, **told, "DocOrdinal": str(at)} for at, (_, told) in enumerate(ordered, 1)]


def _issued(document: Document, pages: int, facts: Facts) -> dict[str, str]:
    head = document.facts.get("document", {})
    issuers = head.get("issuers", ())
    signer = document.signatures[0] if document.signatures else None
    number = "" if document.number is None else f"{document.number:02}"
    return {
        "OrganId": ", ".join(str(one["key"]) for one in issuers),
        "TypeName": str(head.get("type_title") or lines.LETTER),
        "CodeNumber": number,
        "CodeNotation": document.symbol.removeprefix(number).lstrip("/-"),
        "IssuedDate": lines.day_of(document, facts).isoformat(),
        "OrganName": " - ".join(str(one["title"]) for one in issuers),
        "Subject": document.title,
        "PageAmount": str(pages or ""),
        "Position": signer.lines[-1] if signer and signer.lines else "",
        "FullName": signer.name if signer else "",
    }


def _received(one: Incoming, pages: int, facts: Facts) -> dict[str, str]:
    number, _, notation = one.symbol.partition("/")
    return {
        "CodeNumber": number,
        "CodeNotation": notation,
        "IssuedDate": one.dated.isoformat() if one.dated else "",
        "OrganName": one.author,
        "Subject": one.title,
        "PageAmount": str(pages or ""),
        "DueDate": one.due.isoformat() if one.due else "",
        "ArrivalDate": one.arrived.astimezone(facts.zone).date().isoformat(),
        "ArrivalNumber": f"{one.number:02}",
    }


def as_xml(papers: Sequence[Mapping[str, str]]) -> bytes:
    """The metadata as XML."""

    def element(paper: Mapping[str, str]) -> Iterator[str]:
        yield "  <Document>"
        yield from (f"    <{key}>{escape(without(paper[key]), quote=False)}</{key}>" for key in METADATA)
        yield "  </Document>"

    rows = [row for paper in papers for row in element(paper)]
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<Documents>", *rows, "</Documents>", ""]).encode()


def attachments(entries: Sequence[Entry]) -> list[tuple[int, str, str]]:
    """(entry, name, hash) of the files that were given with a case's acts, each content once."""
    found: dict[str, tuple[int, str, str]] = {}
    for entry in entries:
        payload = payload_of(entry)
        for one in (*payload["data"].get("files", ()), *_files_in(payload["fields"])):
            found.setdefault(one["hash"], (entry.seq, str(one["name"]), str(one["hash"])))
    return list(found.values())


def _files_in(value: Any) -> Iterator[Mapping[str, Any]]:
    """The files among the values of fields."""
    if isinstance(value, Mapping):
        if {"name", "hash", "size"} == set(value):
            yield value
            return
        value = list(value.values())
    if isinstance(value, list | tuple):
        for item in value:
            yield from _files_in(item)


def clean(name: str) -> str:
    """A file name that every system takes and that leads out of no folder."""
    kept = "".join("-" if letter in '/\\:*?"<>|' or not letter.isprintable() else letter for letter in name).strip(" .")
    return kept or "-"


def summed(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files in order of name, with their hashes in one more, as sha256sum writes and checks them."""
    ordered = dict(sorted(files.items()))
    sums = "".join(f"{digest(content)}  {name}\n" for name, content in ordered.items())
    return {**ordered, SUMS: sums.encode()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as one .zip, with one fixed time."""
    out = BytesIO()
    with ZipFile(out, "w") as written:
        for name, content in files.items():
            info = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, 3, 0o600 << 16
            written.writestr(info, content)
    return out.getvalue()


def case_as_json(file: CaseFile) -> bytes:
    """The case as it stands."""
    return pretty(
        json.loads(canonical({"case": to_plain(file.case), "deadlines": to_plain(file.deadlines), "opinions": to_plain(file.opinions)}))
    )


def last_day(file: CaseFile, facts: Facts) -> date:
    """The day of the last that happened to a case: exports bear it, so that they are the same until something happens."""
    return file.case.last_entry.astimezone(facts.zone).date()

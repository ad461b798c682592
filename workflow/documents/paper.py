"""What stands on a paper: the facts that the engine worked out, and the body."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from msgspec import Struct, field

from workflow.documents.coverage import clean
from workflow.documents.markup import Block
from workflow.vietnamese import long_date

BLANK = "\u00a0" * 6
"""Where a draft leaves room for the pen."""


class Issuer(Struct, frozen=True, kw_only=True):
    """Who issues it: the name in one line or in the `lines` that the office wants, and the body above it."""

    title: str
    parent: str = ""
    lines: tuple[str, ...] = ()


class Signer(Struct, frozen=True, kw_only=True):
    """One signature: what stands above the name, and the name (a post's papers have none)."""

    lines: tuple[str, ...]
    name: str = ""


class Paper(Struct, frozen=True, kw_only=True):
    """One paper. `dated` is None in a draft, whose `year` is printed alone."""

    frame: str
    type_title: str
    title: str
    symbol: str
    dated: date | None
    made: date
    place: str
    issuers: tuple[Issuer, ...]
    signers: tuple[Signer, ...]
    recipients: tuple[str, ...] = ()
    archive: str = ""
    blocks: tuple[Block, ...] = field(default=())

    @property
    def letter(self) -> bool:
        """Whether it is an official letter (công văn), which has a subject in place of a type and title."""
        return not self.type_title

    @property
    def date_line(self) -> str:
        """`ngày 05 tháng 02 năm 2026`; a draft leaves day and month blank."""
        if self.dated:
            return long_date(self.dated)
        return f"ngày{BLANK}tháng{BLANK}năm {self.made.year}"

    @property
    def day(self) -> date:
        """The day that its files bear: its own, or the one a draft was made on."""
        return self.dated or self.made

    @property
    def full_title(self) -> str:
        """Type and title in one line."""
        return f"{self.type_title} {self.title}".strip()

    @property
    def place_line(self) -> str:
        """Place and date."""
        return f"{self.place}, {self.date_line}" if self.place else self.date_line


def read(facts: Mapping[str, Any], made: date, blocks: Sequence[Block]) -> Paper:
    """The paper of the engine's facts (`document` in what templates see). `made`: the day a draft was made."""
    number, symbol = facts.get("number"), clean(facts.get("symbol") or "").strip()
    return Paper(
        frame=facts["frame"],
        type_title=_text(facts.get("type_title")),
        title=_text(facts.get("title")),
        symbol=symbol if number is not None else BLANK + symbol,
        dated=date.fromisoformat(facts["date"]) if facts.get("date") else None,
        made=made,
        place=_text(facts.get("place")),
        issuers=tuple(_issuer(issuer) for issuer in facts.get("issuers", ())),
        signers=tuple(_signer(signature) for signature in facts.get("signatures", ())),
        recipients=tuple(text for recipient in facts.get("recipients", ()) if (text := _text(recipient))),
        archive=_text(facts.get("archive")),
        blocks=tuple(blocks),
    )


def _text(value: Any) -> str:
    """One line of text: the frames set no line breaks but their own."""
    return " ".join(clean(value or "").split())


def _issuer(facts: Mapping[str, Any]) -> Issuer:
    return Issuer(
        title=_text(facts.get("title")),
        parent=_text(facts.get("parent")),
        lines=tuple(_text(line) for line in facts.get("name_lines") or ()),
    )


def _signer(facts: Mapping[str, Any]) -> Signer:
    return Signer(lines=tuple(_text(line) for line in facts.get("lines", ())), name=_text(facts.get("name")))

"""`hoso help`: what a code means, with a wrong example and the right one; without a topic, all of them."""

import textwrap
from collections.abc import Iterator, Sequence

import click

from workflow.authoring.explained import LANGUAGES, Family, Page, families, pages
from workflow.console.lazy import Option, Verb
from workflow.console.look import Look
from workflow.console.session import Session
from workflow.errors import NotFound

WIDTH = 100
"""Columns of running text at most."""


@click.command("help", cls=Verb)
@click.argument("topic", required=False, default="")
@click.option("--language", cls=Option, type=click.Choice(LANGUAGES), help="The language, if not the office's.")
@click.pass_context
def explain(ctx: click.Context, topic: str, language: str | None) -> None:
    """Explain a code, as 'hoso help E201', or a command; without TOPIC all that can be explained."""
    session = ctx.ensure_object(Session)
    spoken = language or session.language
    root = ctx.find_root().command
    command = root.get_command(ctx, topic) if isinstance(root, click.Group) else None
    if command is not None:
        session.out(command.get_help(click.Context(command, info_name=topic, parent=ctx.find_root())))
        return
    found = _named(topic)
    if isinstance(found, Page):
        session.tell(_plain(found, spoken), lambda look: _page(found, spoken, look))
    else:
        session.tell([_listed(family, spoken) for family in found], lambda look: _list(found, spoken, look))


def _named(topic: str) -> Page | Sequence[Family]:
    """The page of a code, the families of which a topic names one (E5, W); all without a topic. Raises NotFound."""
    wanted = topic.upper()
    chosen = [family for family in families() if wanted in {"", family.key}]
    if chosen:
        return chosen
    page = pages().get(wanted)
    if page is None:
        raise NotFound(kind="topic", name=wanted, known=[*pages(), *(family.key for family in families())])
    return page


def _plain(page: Page, language: str) -> dict[str, object]:
    told = page.told[language]
    examples = [{"right": one.right, "file": one.file, "text": one.text} for one in page.examples]
    return {"code": page.code, "title": told.title, "text": told.text, "examples": examples}


def _listed(family: Family, language: str) -> dict[str, object]:
    return {
        "key": family.key,
        "title": family.titles[language],
        "codes": [{"code": page.code, "title": page.told[language].title} for page in family.pages],
    }


def _list(found: Sequence[Family], language: str, look: Look) -> Iterator[str]:
    for family in found:
        yield look.paint(f"{family.key}  {family.titles[language]}", "bold")
        yield from (f"  {page.code}  {page.told[language].title}" for page in family.pages)


def _page(page: Page, language: str, look: Look) -> Iterator[str]:
    told = page.told[language]
    spoken = Look(language=language, zone=look.zone, width=look.width, colour=look.colour)
    yield look.paint(f"{page.code}  {told.title}", "bold")
    yield textwrap.fill(told.text, min(look.width or WIDTH, WIDTH))
    for example in page.examples:
        heading = spoken.say("Right ({file}):" if example.right else "Wrong ({file}):", file=example.file)
        yield "\n" + look.paint(heading, "good" if example.right else "bad")
        yield textwrap.indent(example.text.rstrip("\n"), "    ")

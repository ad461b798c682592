"""What differs between versions of procedures, as lines."""

from collections.abc import Iterable, Iterator, Sequence

from workflow.answers.changing import Aspect, Difference, ProcessDiff, Standing, VersionShown
from workflow.console.look import Look, one_line, safe
from workflow.console.table import table

MARKS = {"added": ("+", "good"), "removed": ("-", "bad"), "changed": ("~", "warn")}
MANY = 12
"""Lines of a template that are shown of one stretch."""


def diff_lines(found: Iterable[ProcessDiff], look: Look, *, standing: bool = True) -> list[str]:
    """Every difference in words, with its lines; then what it means for open cases."""
    lines: list[str] = []
    for one in found:
        lines += [""] if lines else []
        lines += _process(one, look)
        lines += standing_lines(one.standing, one.after, look) if standing and one.before else []
    return lines or [look.say("Nothing differs.")]


def _process(one: ProcessDiff, look: Look) -> list[str]:
    title = look.paint(f"{one_line(one.process)} – {one_line(one.title)}", "bold")
    if not one.before:
        return [title, "  " + look.say("A new procedure, version {version}.", version=_name(one.after, look))]
    names = {"before": _name(one.before, look), "after": _name(one.after, look)}
    lines = [title, "  " + look.say("{before} → {after}: {count} differences", **names, count=len(one.differences))]
    for difference in one.differences:
        lines += _difference(difference, look)
    return lines


def _name(version: str, look: Look) -> str:
    return look.say("the definitions folder") if version == "files" else version


def _difference(one: Difference, look: Look) -> Iterator[str]:
    mark, colour = MARKS[one.how]
    name = one_line(one.name) + (f" ({one_line(one.title)})" if one.title and one.title != one.name else "")
    where = look.say(" of {where}", where=one_line(one.where)) if one.where else ""
    file = one.file + (f":{one.line_after or one.line_before}" if one.line_after or one.line_before else "")
    yield look.paint(f"  {mark} {look.say(one.how)}: {look.say(one.what)} {name}{where}", colour) + look.paint(f"   {safe(file)}", "dim")
    for aspect in one.aspects:
        yield from _text(aspect, look) if aspect.key == "text" else [_aspect(aspect, look)]


def _aspect(one: Aspect, look: Look) -> str:
    line = look.paint(look.say("   line {line}", line=one.line_after or one.line_before), "dim")
    if not one.before or not one.after:
        said = look.say("now says") if one.after else look.say("no longer says")
        return f"      {safe(one.key)} {said}: {one_line(one.after or one.before)}{line}"
    return f"      {safe(one.key)}: {one_line(one.before)} → {one_line(one.after)}{line}"


def _text(one: Aspect, look: Look) -> Iterator[str]:
    for text, mark, colour, first in ((one.before, "-", "bad", one.line_before), (one.after, "+", "good", one.line_after)):
        lines = text.splitlines() if first else []
        for at, line in enumerate(lines[:MANY]):
            yield look.paint(f"      {mark} {first + at:>3} {safe(line)}", colour)
        if len(lines) > MANY:
            yield look.paint(look.say("      … {count} more lines", count=len(lines) - MANY), "dim")


def standing_lines(found: Sequence[Standing], after: str, look: Look) -> list[str]:
    """How many open cases that one may see stand where, and what that means; of the others no word says whether there are any."""
    old = [one for one in found if one.version != after]
    count = sum(one.cases for one in old)
    lines = [look.say("  Open cases, of those you may see, that keep an older version until they are migrated: {count}", count=count)]
    if not old:
        return lines
    heads = [look.say(word) for word in ("Version", "State", "Open", "")]
    gone = look.say("the new version has no such state")
    cells = [(one.version, f"{one.title} ({one.state})", one.cases, gone if one.gone else "") for one in old]
    return [*lines, *table(heads, cells, look, indent="    ", tint=["warn" if one.gone else "" for one in old])]


def version_lines(found: Sequence[VersionShown], look: Look) -> list[str]:
    """A table of versions as they came into use."""
    heads = [look.say(word) for word in ("Process", "Version", "In use from", "By", "Why", "Open", "Closed", "")]
    used = look.say("in use")
    cells = [
        (one.process, one.version, look.time(one.at), one.by, one.why, one.open, one.closed, used if one.in_use else "") for one in found
    ]
    lines = table(heads, cells, look, tint=["" if one.in_use else "dim" for one in found])
    return [*lines, look.say("A version is for all cases; counted are those that you may see.")]

"""What a migration does, as lines: how many cases move, which don't and why, and what becomes of what they have open."""

from collections import Counter
from collections.abc import Iterator, Sequence

from workflow.answers.migration import CaseMoved, DeadlineCarried, Migrated
from workflow.console.look import Look, one_line, safe
from workflow.console.table import table

MANY = 30
"""Cases that are listed one by one; --json lists all."""
FATES = ("kept", "moved", "restarted", "dropped", "opened")


def migrated_lines(done: Migrated, look: Look) -> list[str]:
    """The report, or with --dry-run the preview: both are the same."""
    lines = [look.paint(f"{one_line(done.process)} – {one_line(done.title)}", "bold"), *_counts(done, look)]
    lines.append("  " + look.say("Counted and told are the cases that you may see; the others go with them."))
    moving = [one for one in done.cases if one.outcome == "moves"]
    lines += _ways(moving, look) + _what(moving, look) + _overdue(moving, look)
    for state, count in done.unmapped.items():
        lines.append(look.paint("  " + look.say("{count} cases at '{state}': --map {state}=…", count=count, state=state), "warn"))
    for reason, count in done.why_refused.items():
        lines.append(look.paint(f"  {count} × {safe(reason)}", "bad"))
    stay = [one for one in done.cases if one.outcome != "moves"]
    heads = [look.say(word) for word in ("Case", "State", "Why")]
    lines += table(heads, [(one.case, one.state_title, "; ".join(one.reasons)) for one in stay[:MANY]], look, indent="  ") if stay else []
    if len(stay) > MANY:
        lines.append(look.say("  … and {count} more (--json lists all)", count=len(stay) - MANY))
    return lines


def _counts(done: Migrated, look: Look) -> Iterator[str]:
    facts = {"count": done.moved, "version": done.to}
    if done.undo:
        template = "Would go back from {version}: {count}" if done.dry_run else "Went back from {version}: {count}"
    else:
        template = "Would move to {version}: {count}" if done.dry_run else "Moved to {version}: {count}"
    yield "  " + look.say(template, **facts)
    if not (done.moved or done.mapping or done.refused):
        yield "  " + look.say("There is no open case to put back." if done.undo else "There is no open case to move.")
    if done.mapping:
        yield look.paint("  " + look.say("Need a mapping: {count}", count=done.mapping), "warn")
    if done.refused:
        yield look.paint("  " + look.say("Refused: {count}", count=done.refused), "bad")
    if done.restart:
        yield "  " + look.say("Their open deadlines begin anew (--restart-clock).")


def _ways(moving: Sequence[CaseMoved], look: Look) -> list[str]:
    counted = Counter((one.version, one.state_title, one.to_title) for one in moving)
    heads = [look.say(word) for word in ("Version", "From state", "To state", "Cases")]
    return table(heads, [(*way, count) for way, count in sorted(counted.items())], look, indent="  ") if counted else []


def _what(moving: Sequence[CaseMoved], look: Look) -> list[str]:
    """What becomes of deadlines, replies, drafts, fields, sub-cases, of all cases together."""
    fates = Counter(deadline.fate for one in moving for deadline in one.deadlines)
    fate_words = ", ".join(f"{look.say(fate)} {fates[fate]}" for fate in FATES if fates[fate])
    left = ", ".join(sorted({field for one in moving for field in one.fields_left}))
    on = ", ".join(one.case for one in moving if one.followed)
    counts = {
        "Replies still out, as before: {count}": sum(one.opinions_out for one in moving),
        "Drafts that follow the new templates: {count}": sum(one.drafts_kept for one in moving),
        "Drafts that are void: {count}": sum(len(one.drafts_void) for one in moving),
        "Open sub-cases, which keep their own versions: {count}": sum(one.sub_cases for one in moving),
        "Whoever has a case keeps it: {count}": sum(bool(one.handlers) for one in moving),
    }
    found = [look.say("Deadlines: {what}", what=fate_words)] if fate_words else []
    found += [look.say(template, count=count) for template, count in counts.items() if count]
    found += [look.say("Fields that stay in the history only: {fields}", fields=left)] if left else []
    found += [look.say("Go on by themselves at once: {cases}", cases=on)] if on else []
    return [f"  {safe(said)}" for said in found]


def _overdue(moving: Sequence[CaseMoved], look: Look) -> list[str]:
    """Deadlines whose time changes: those that are late then stand first."""
    changed = [(case, one) for case in moving for one in case.deadlines if one.fate != "dropped" and (one.before != one.after)]
    if not changed:
        return []
    changed.sort(key=lambda one: (not one[1].overdue, one[1].after, one[0].case))
    heads = [look.say(word) for word in ("Case", "Deadline", "Old due", "New due")]
    rows = [(case.case, one.on, look.due(one.before) if one.before else "–", _new(one, look)) for case, one in changed[:MANY]]
    more = [look.say("  … and {count} more (--json lists all)", count=len(changed) - MANY)] if len(changed) > MANY else []
    return [*table(heads, rows, look, indent="  ", tint=["bad" if one.overdue else "" for _, one in changed[:MANY]]), *more]


def _new(one: DeadlineCarried, look: Look) -> str:
    due = look.due(one.after)
    return look.say("{due}, LATE", due=due) if one.overdue else due

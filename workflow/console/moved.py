"""What an amended calendar moves, as lines."""

from collections.abc import Sequence

from workflow.answers import CalendarApplied, DeadlineRecounted
from workflow.console.look import Look, safe
from workflow.console.table import table


def moved_lines(moved: Sequence[DeadlineRecounted], look: Look, *, dry_run: bool) -> list[str]:
    """A table of the deadlines that move: from when, to when, because of which days."""
    if not moved:
        return [look.say("No open deadline that you may see moves.")]
    heading = "Deadlines that would move: {count}" if dry_run else "Deadlines that moved: {count}"
    heads = [look.say(word) for word in ("Case", "Deadline", "Old due", "New due", "Next reminder", "Because of")]
    rows = [(one.case, one.on, look.due(one.before), _after(one, look), _rung(one, look), "; ".join(one.why)) for one in moved]
    tints = ["bad" if one.overdue and not one.was_overdue else "" for one in moved]
    return [look.paint(look.say(heading, count=len(moved)), "bold"), *table(heads, rows, look, indent="  ", tint=tints)]


def _after(one: DeadlineRecounted, look: Look) -> str:
    if one.before == one.after:
        return look.say("the same")
    if one.overdue and not one.was_overdue:
        return look.say("{due}, LATE", due=look.due(one.after))
    return look.due(one.after)


def _rung(one: DeadlineRecounted, look: Look) -> str:
    """Where the next reminder goes, if it moves."""
    if one.rung_before == one.rung_after:
        return ""
    before, after = (look.due(at) if at else "–" for at in (one.rung_before, one.rung_after))
    return f"{before} → {after}"


def applied_lines(done: CalendarApplied, look: Look) -> list[str]:
    """What bringing an amended calendar into use did, or would do."""
    if not done.changed and not done.moved and not done.failed:
        return [look.say("Nothing had changed.")]
    lines = []
    if done.changed:
        lines.append(
            look.say("Would come into use: calendar {version}" if done.dry_run else "Now in use: calendar {version}", version=done.version)
        )
        lines += [f"  {safe(day)}" for day in done.days]
    lines += moved_lines(done.moved, look, dry_run=done.dry_run)
    lines += [look.paint(safe(one), "bad") for one in done.failed]
    return [*lines, look.say("Cases that you may not see follow it too.")]

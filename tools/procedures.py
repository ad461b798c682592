"""Write docs/procedures.md from the definitions that ship, in a clerk's words: `python tools/procedures.py`."""

import re
from collections.abc import Iterator
from pathlib import Path

from workflow.authoring.definitions import Compiled
from workflow.authoring.deploy import check, read_folder
from workflow.language.process import Action, Amount, Due, Moment, Point, PointKind, Process, State, Text, Unit, Who

ROOT = Path(__file__).parents[1]
TARGET = ROOT / "docs/procedures.md"
HEAD = """\
# Mười lăm quy trình đi kèm

*The fifteen procedures that ship, as staff read them: steps, deadlines, papers. Made from `definitions/` by `python tools/procedures.py`.*

Mỗi quy trình là một thư mục trong `definitions/`; cơ quan sửa được mọi thời hạn, bước, văn bản. Căn cứ của thời hạn: **S** là Chương trình
phối hợp quy định, **D** là mặc định của cơ quan, không luật nào quy định; còn lại ghi tên văn bản. Hồ sơ ghi việc, văn bản và ý kiến của cơ
quan: không quy trình nào có trường về cá nhân. Ngoài các bước dưới đây, quy trình nào cũng kết thúc được khi sắp xếp tổ chức.
"""
UNITS = {
    Unit.WORKING_DAYS: "ngày làm việc",
    Unit.WORKING_HOURS: "giờ làm việc",
    Unit.DAYS: "ngày",
    Unit.WEEKS: "tuần",
    Unit.MONTHS: "tháng",
    Unit.YEARS: "năm",
    Unit.HOURS: "giờ",
    Unit.MINUTES: "phút",
}
EQUALS = re.compile(r"fields\.(\w+) == '(\w+)'")
FILLED = re.compile(r"fields\.(\w+) is not none")
SAID = {"asked.kind == 'commune'": "nơi được hỏi là xã, thị trấn", "done.retransfer > 0": "đã mở lại"}
"""Conditions that no pattern puts into words."""
ASIDE = frozenset({"terminated_reorg"})


def page() -> str:
    """The whole page."""
    compiled = check(read_folder(ROOT / "definitions"))
    contents = [f"- [{one.title.vi}](#{key}) (`{key}`)" for key, one in compiled.processes.items()]
    return "\n".join([HEAD, *contents, *(line for one in compiled.processes.values() for line in _process(one, compiled))]) + "\n"


def _process(process: Process, compiled: Compiled) -> Iterator[str]:
    yield from ("", f'<a id="{process.key}"></a>', "", f"## {process.title.vi}", "")
    periodic = "".join(f" Tự mở hằng năm: {_moment(rule.every, process)}." for rule in process.periodic)
    secret = " Hồ sơ mật: chỉ người giữ một vai trong hồ sơ mới thấy." if process.secret is not None else ""
    number = process.number.format(n=1, year=2026, term="2025-2030")
    yield f"Số hồ sơ như `{number}`.{periodic}{secret} [Sơ đồ](pictures/{process.key}.svg)."
    yield from ("", "Mở hồ sơ:", "")
    yield from (f"- {start.title.vi}: {_who(start.by, process, compiled)}" for start in process.starts)
    yield from ("", "| Bước | Thời hạn | Căn cứ | Việc tiếp theo |", "|---|---|---|---|")
    yield from (_state(state, process) for state in process.states if state.name not in ASIDE)
    if process.dues:
        yield from ("", "Thời hạn của cả hồ sơ:", "")
        yield from (f"- {_whole(due, process)} ({due.basis})" for due in process.dues)
    yield from ("", "Văn bản:", "")
    yield from (f"- {compiled.types[one.type].title}: {_text(one.title)}" for one in process.documents)


def _state(state: State, process: Process) -> str:
    if state.final:
        return f"| {state.title.vi} | | | *kết thúc* |"
    dues = (*state.dues, *((state.consult.due,) if state.consult and state.consult.due else ()))
    actions = [_action(one, process) for one in process.in_state[state.key].values() if not one.general and one.by != ("nobody",)]
    asked = [f"{state.consult.reply.title.vi} (từng nơi được hỏi)"] if state.consult else []
    times = "; ".join(_moment(due.at, process) for due in dues)
    return f"| {state.title.vi} | {times} | {'; '.join(due.basis for due in dues)} | {'; '.join([*asked, *actions])} |"


def _action(action: Action, process: Process) -> str:
    """What may be done, and where it leads."""
    goals = [process.state_of[one.to].title.vi for one in action.to if one.to in process.state_of and one.to not in action.states]
    told = f"{action.title.vi} → {' hoặc '.join(dict.fromkeys(goals))}" if goals else action.title.vi
    return f"*tự động:* {told}" if action.by == ("auto",) else told


def _whole(due: Due, process: Process) -> str:
    until = f" phải tới bước “{process.state_of[due.until].title.vi}”" if due.until else ""
    return f"{_moment(due.at, process)}{until}"


def _who(who: Who, process: Process, compiled: Compiled) -> str:
    """Roles by the posts that hold them; what hangs on a case's fields in the words of the role's place."""
    if who == ("nobody",):
        return "phần mềm, hoặc từ một hồ sơ khác"
    if who == ("anyone",):
        return "mọi cơ quan"
    return ", ".join(dict.fromkeys(_role(word, process, compiled) for word in who))


def _role(word: str, process: Process, compiled: Compiled) -> str:
    role, organisation = process.role_of[word], compiled.organisation
    unit = role.unit.tree[1] if role.unit is not None and role.unit.tree[0] == "const" else ""
    if organisation is None or unit not in organisation.units:
        field = re.search(r"fields\.(\w+)", role.unit.source) if role.unit is not None else None
        return f"lãnh đạo {process.field_of[field[1]].title.vi.lower()}" if field else word
    return f"{organisation.positions[role.position]} {organisation.units[unit].title}"


# ---- times in words ------------------------------------------------------------------------------------------------


def _moment(moment: Moment, process: Process) -> str:
    if moment.branches:
        parts = [(_when(one.when.source, process) if one.when is not None else "", _moment(one.then, process)) for one in moment.branches]
        return ", ".join(f"{then} nếu {when}" if when else f"còn lại {then}" for when, then in parts)
    if moment.pick:
        word = "muộn nhất" if moment.pick == "latest" else "sớm nhất"
        return f"{word} trong: {', '.join(_moment(one, process) for one in moment.among)}"
    point = _point(moment.point, process) if moment.point is not None else ""
    if moment.amount is None:
        return point
    amount = _amount(moment.amount, process)
    if amount.startswith("0 "):
        return point or "trong ngày"
    if moment.before:
        return f"{amount} trước {point}"
    return f"{amount} sau {point}" if point else amount


def _amount(amount: Amount, process: Process) -> str:
    number = amount.number if amount.value is None else f"“{_field(amount.value.source, process)}”"
    return f"{number} {UNITS[amount.unit]}"


def _point(point: Point, process: Process) -> str:
    match point.kind:
        case PointKind.ENTRY:
            return ""
        case PointKind.OPEN:
            return "ngày mở hồ sơ"
        case PointKind.ACTION:
            action = next((one for one in (*process.actions, *process.starts) if one.key == point.name), None)
            return f"“{action.title.vi}”" if action is not None else point.name
        case PointKind.VALUE if point.value is not None:
            return f"“{_field(point.value.source, process)}”"
        case PointKind.YEARLY:
            hour = f" {point.at:%H:%M}" if point.at is not None else ""
            return f"{point.day:02}/{point.month:02}{hour}"
    return point.name


def _field(source: str, process: Process) -> str:
    return process.field_of[source.removeprefix("fields.")].title.vi


def _when(source: str, process: Process) -> str:
    """A condition in words, as far as there are patterns for it; else as it is written."""
    if found := EQUALS.fullmatch(source):
        kind = process.field_of[found[1]]
        titles = {key: title.vi for key, title in kind.choices}
        return f"{kind.title.vi.lower()} là {titles.get(found[2], found[2]).lower()}"
    if found := FILLED.fullmatch(source):
        return f"có ghi “{process.field_of[found[1]].title.vi}”"
    return SAID.get(source, f"`{source}`")


def _text(text: Text) -> str:
    """A title with dots for what a case fills in."""
    return " ".join("…".join(text.literals).split())


if __name__ == "__main__":
    TARGET.write_text(page(), "utf-8")

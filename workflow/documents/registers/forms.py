"""The registers' forms: their columns as Annexes IV and V of Decree 30/2020/NĐ-CP have them, in Vietnamese as the forms are."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from workflow.vietnamese import sort_key, words

Row = tuple[str, ...]


class Form(Struct, frozen=True, kw_only=True):
    """One kind of register: its name, its columns (a stable key, the heading, its share of the page's width)."""

    key: str
    title: str
    columns: tuple[tuple[str, str, float], ...]
    numbered_by: str = "symbol"
    """The column whose first and last line the cover tells."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns' keys."""
        return tuple(key for key, _, _ in self.columns)

    @property
    def headings(self) -> tuple[str, ...]:
        """What stands above them."""
        return tuple(heading for _, heading, _ in self.columns)


OUTGOING = Form(
    key="outgoing",
    title="Sổ đăng ký văn bản đi",
    columns=(
        ("symbol", "Số, ký hiệu văn bản", 11),
        ("date", "Ngày tháng văn bản", 8.5),
        ("title", "Tên loại và trích yếu nội dung văn bản", 24),
        ("signer", "Người ký", 10),
        ("recipients", "Nơi nhận văn bản", 14),
        ("archive", "Đơn vị, người nhận bản lưu", 8.5),
        ("copies", "Số lượng bản", 5),
        ("sent", "Ngày chuyển", 7),
        ("receipt", "Ký nhận", 5),
        ("note", "Ghi chú", 9),
    ),
)
INCOMING = Form(
    key="incoming",
    numbered_by="number",
    title="Sổ đăng ký văn bản đến",
    columns=(
        ("arrived", "Ngày đến", 8),
        ("number", "Số đến", 5),
        ("author", "Tác giả", 13),
        ("symbol", "Số, ký hiệu văn bản", 11),
        ("date", "Ngày tháng văn bản", 8),
        ("title", "Tên loại và trích yếu nội dung văn bản", 25),
        ("to", "Đơn vị hoặc người nhận", 12),
        ("forwarded", "Ngày chuyển", 7),
        ("receipt", "Ký nhận", 5),
        ("note", "Ghi chú", 9),
    ),
)
FOLLOW_UP = Form(
    key="follow-up",
    numbered_by="number",
    title="Sổ theo dõi giải quyết văn bản đến",
    columns=(
        ("number", "Số đến", 6),
        ("paper", "Tên loại, số, ký hiệu, ngày, tháng và tên cơ quan, tổ chức ban hành văn bản", 32),
        ("to", "Đơn vị hoặc người nhận", 16),
        ("due", "Thời hạn giải quyết", 10),
        ("progress", "Tiến độ giải quyết", 15),
        ("answer", "Số, ký hiệu văn bản trả lời", 13),
        ("note", "Ghi chú", 11),
    ),
)
CONTENTS = Form(
    key="contents",
    numbered_by="order",
    title="Mục lục văn bản trong hồ sơ",
    columns=(
        ("order", "STT", 5),
        ("symbol", "Số, ký hiệu văn bản", 13),
        ("date", "Ngày tháng năm văn bản", 11),
        ("title", "Tên loại và trích yếu nội dung văn bản", 34),
        ("author", "Tác giả văn bản", 17),
        ("pages", "Tờ số/Trang số", 8),
        ("note", "Ghi chú", 12),
    ),
)
FORMS = {form.key: form for form in (OUTGOING, INCOMING, FOLLOW_UP, CONTENTS)}


class Register(Struct, frozen=True, kw_only=True):
    """A register as it is printed: its form, whose it is, what the cover says, and its lines."""

    form: Form
    body: str
    """The body's name (of a table of contents: the case's number and title)."""
    year: str
    first_day: str = ""
    last_day: str = ""
    first_number: str = ""
    last_number: str = ""
    volume: int = 1
    volumes: int = 1
    rows: tuple[Row, ...] = ()

    @property
    def cover(self) -> tuple[str, ...]:
        """The lines of the cover below its title: year, from which day to which, from which number to which, volume."""
        days = f"Từ ngày {self.first_day} đến ngày {self.last_day}" if self.rows else "Không có văn bản"
        numbers = f"Từ số {self.first_number} đến số {self.last_number}" if self.rows else ""
        return tuple(filter(None, (f"Năm: {self.year}", days, numbers, f"Quyển số: {self.volume}")))


def filled(made: Register, rows: Sequence[Row]) -> Register:
    """The register with these lines; its cover says their numbers."""
    at = made.form.keys.index(made.form.numbered_by)
    numbers = [row[at] for row in rows]
    return replace(made, rows=tuple(rows), first_number=numbers[0] if numbers else "", last_number=numbers[-1] if numbers else "")


def found(rows: Sequence[Row], text: str) -> list[Row]:
    """The lines that have all these words, with or without their marks."""
    wanted = words(text)
    return [row for row in rows if all(any(word.startswith(one) for word in words(" ".join(row))) for one in wanted)]


def ordered(rows: Sequence[Row], form: Form, column: str) -> list[Row]:
    """The lines in the Vietnamese order of a column; those alike stay as they were."""
    at = form.keys.index(column)
    return sorted(rows, key=lambda row: sort_key(row[at]))


def volume(rows: Sequence[Row], number: int, size: int) -> tuple[Sequence[Row], int]:
    """The lines of one volume of at most `size` lines (0 = all in one), and how many volumes there are."""
    count = 1 if size <= 0 else max(1, -(-len(rows) // size))
    if size <= 0:
        return rows, count
    return rows[(number - 1) * size : number * size], count

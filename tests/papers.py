"""Papers for tests and pictures: a report, a letter, a joint plan, in both frames, as the engine's facts make them."""

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from workflow.model import Document, DocumentStatus

BTG = {"key": "btg", "title": "Ban Tuyên giáo", "parent": "Huyện ủy Nam Trực"}
TT = {"key": "tt-hdnd", "title": "Thường trực Hội đồng nhân dân", "parent": "Hội đồng nhân dân huyện Nam Trực"}

HEAD: dict[str, Any] = {
    "type": "BC",
    "type_title": "Báo cáo",
    "title": "Tình hình vụ việc 007/2026-VV tại xã Nam Cường",
    "number": 5,
    "date": "2026-02-05",
    "place": "Nam Trực",
    "recipients": ["Thường trực HĐND huyện", "Các xã, thị trấn"],
    "archive": "VT, BTG",
    "secret": False,
}
STATE: dict[str, Any] = {
    **HEAD,
    "frame": "state",
    "symbol": "05/BC-HĐND",
    "issuers": [TT],
    "signatures": [{"unit": "tt-hdnd", "lines": ["TM. Thường trực HĐND", "KT. Chủ tịch", "Phó Chủ tịch"], "name": ""}],
}
PARTY: dict[str, Any] = {
    **HEAD,
    "frame": "party",
    "symbol": "05-BC/BTGHU",
    "issuers": [BTG],
    "signatures": [{"unit": "btg", "lines": ["K/T Trưởng ban", "Phó Trưởng ban"], "name": ""}],
    "archive": "BTGHU",
}
JOINT: dict[str, Any] = {
    **PARTY,
    "type": "PA",
    "type_title": "Phương án",
    "title": "Xử lý vụ việc môi trường tại xã Nam Cường trong quý IV năm 2026 và các năm tiếp theo của giai đoạn",
    "symbol": "05-PA/BTGHU-HĐND",
    "issuers": [{**BTG, "title": "Ban Tuyên giáo Huyện ủy"}, {**TT, "title": "Thường trực Hội đồng nhân dân huyện"}],
    "signatures": [
        {"unit": "btg", "lines": ["Ban Tuyên giáo Huyện ủy", "Trưởng ban"], "name": ""},
        {"unit": "tt-hdnd", "lines": ["TM. Thường trực Hội đồng nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"], "name": ""},
    ],
    "archive": "BTGHU và VP HU-HĐND-UBND huyện",
}
LETTER: dict[str, Any] = {
    "type": "CV",
    "type_title": "",
    "title": "V/v cung cấp số liệu phục vụ báo cáo kết quả thực hiện Chương trình phối hợp năm 2026",
    "recipients": ["Như trên", "Lãnh đạo Ban"],
}

BODY = """\
> Căn cứ Luật Tổ chức chính quyền địa phương năm 2015;
> Căn cứ Quyết định số 238-QĐ/TW ngày 30/9/2020 của Ban Bí thư Trung ương Đảng (khóa XII);

{{ document.issuers|join }} báo cáo tình hình như sau:

# I. TÌNH HÌNH

## 1. Nội dung vụ việc

{{ fields.issue }}

### a) Diễn biến

Ngày {{ fields.on|date }}, tại **{{ fields.commune }}**, *ước tính* {{ fields.amount|number }} đồng.

- Lĩnh vực: {{ fields.area }};
- Cơ quan có thẩm quyền: {{ fields.authority }}.

a) Việc thứ nhất: kiểm tra, đôn đốc các đơn vị thực hiện đúng thời hạn đã giao trong chương trình.
b) Việc thứ hai: tổng hợp kết quả.

| TT | Đơn vị | Ý kiến | Số cuộc |
|----|--------|--------|---------|
{% for row in fields.points %}
| {{ loop.index }} | {{ row.unit }} | {{ row.opinion }} | {{ row.count }} |
{% endfor %}

# II. ĐỀ NGHỊ

{{ fields.proposal }}
"""
LETTER_BODY = """\
Kính gửi:
- Thường trực Hội đồng nhân dân huyện;
- Văn phòng HU-HĐND-UBND huyện.

Thực hiện Chương trình phối hợp, {{ document.issuers|join }} đề nghị quý cơ quan cung cấp số liệu trước ngày {{ fields.on|date }}.

Trân trọng.
"""

FIELDS: dict[str, Any] = {
    "issue": "Người dân thôn Đông phản ánh mùi khét từ cơ sở sản xuất kéo dài nhiều ngày, nhất là vào ban đêm và sáng sớm.\nUBND xã đã lập biên bản, yêu cầu cơ sở giảm công suất và báo cáo kết quả khắc phục.",
    "on": "2026-11-20",
    "commune": "Nam Cường",
    "area": "môi trường",
    "amount": "1234567.5",
    "authority": {"key": "ubnd", "title": "UBND huyện Nam Trực"},
    "points": [
        {
            "unit": {"key": "vp", "title": "Văn phòng HU-HĐND-UBND"},
            "opinion": "Đồng ý với dự thảo, đề nghị bổ sung thời hạn cho từng việc và người chịu trách nhiệm",
            "count": 12,
        },
        {"unit": {"key": "tt", "title": "Thị trấn Nam Giang"}, "opinion": "Đồng ý", "count": 3},
    ],
    "proposal": "Đề nghị Ban Thường vụ Huyện ủy xem xét, cho ý kiến chỉ đạo.",
}


def document(head: Mapping[str, Any] = STATE, *, fields: Mapping[str, Any] | None = None, **changes: Any) -> Document:
    """A document as the engine hands it over: `fields` and `changes` (of its head) over those above."""
    facts = {"fields": {**FIELDS, **(fields or {})}, "case": {"number": "007/2026-VV"}, "document": {**head, **changes}}
    return Document(
        key="situation/1",
        rule="situation",
        type=str(head["type"]),
        status=DocumentStatus.ISSUED,
        title=str(head["title"]),
        frame=str(head["frame"]),
        template="0" * 64,
        at=datetime(2026, 11, 20, 2, 0, tzinfo=UTC),
        facts=deepcopy(facts),
    )

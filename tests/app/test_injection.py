"""Texts that would like to be more than texts stay texts."""

from collections.abc import Callable
from io import BytesIO
from xml.etree.ElementTree import fromstring

import pytest
from pypdf import PdfReader

from tests.app.making import CLERK, HEAD, INCIDENT, SPECIALIST, Place, dump, incident, step
from workflow.compose import LocalOffice
from workflow.console.look import safe
from workflow.engine.registry import register
from workflow.errors import HosoError, NotFound, WrongValue
from workflow.model import Open, Upload
from workflow.model.registers import Receive
from workflow.signs import code, refused_in

SQL = 'x\'); DROP TABLE "case"; --'


def test_sql_in_any_text_is_a_text(any_place: Place) -> None:
    office = any_place.office()
    number = office.open("incident", actor=CLERK, fields={**INCIDENT, "issue": SQL + " và nhiều chữ nữa"}, note=SQL, title=SQL).case
    assert office.store.load(number).case.fields["issue"].startswith(SQL)
    for words in (SQL, "' OR 1=1", '" OR "" = "', "a* NEAR(b)", "x & !y | (z", "%", "_"):
        assert {row.number for row in office.search(words, actor=HEAD)} <= {number}
    with pytest.raises(NotFound):
        office.cases(actor=HEAD, state="' OR '1'='1")
    assert office.cases(actor=HEAD, fields={"x' OR '1'='1": "1"}) == []
    assert office.cases(actor=HEAD, fields={'area"]) OR 1=1 --': "1"}) == []
    with pytest.raises(NotFound):
        office.show("' OR '1'='1", actor=HEAD)
    assert office.verify() == []
    assert [row.number for row in office.cases(actor=HEAD)] == [number]
    office.close()


def test_a_template_in_a_field_is_a_text_on_the_paper(place: Place) -> None:
    office = place.office()
    evil = "{{ 7 * 191 }} {% for x in ().__class__.__mro__ %}{{ x }}{% endfor %}"
    number = incident(office, "screen")
    office.advance(number, "assess", actor=SPECIALIST, fields={"facts": evil})
    (paper,) = [one for one in office.documents(number, actor=HEAD) if one.status == "issued"]
    text = office.document_text(number, paper.key, actor=HEAD)
    assert "{{ 7 * 191 }}" in text
    assert "1337" not in text
    assert "<class" not in text


@pytest.mark.parametrize("name", ["../../../evil", "/etc/passwd", "..", "a/b\\c", "-rf", "con\x1b]0;x\x07"])
def test_an_attachments_name_is_no_path(place: Place, name: str) -> None:
    office = place.office()
    number = incident(office)
    before = sorted(place.folder.rglob("*"))
    try:
        office.attach(number, actor=CLERK, files=[Upload(name=name, content=b"x")])
    except HosoError:
        return
    assert sorted(place.folder.rglob("*")) == before
    assert not (place.folder.parent / "evil").exists()
    assert office.verify() == []


def test_escape_sequences_are_shown_and_not_obeyed() -> None:
    shown = safe("\x1b]0;evil\x07 \x1b[2J \x9b31m \u202eđảo")
    assert not any(char in shown for char in "\x1b\x07\x9b\u202e")


ZEROS = {
    "field": lambda office, _: office.open("incident", actor=CLERK, fields={**INCIDENT, "issue": "một\0hai ba bốn năm sáu bảy"}),
    "note": lambda office, number: office.advance(number, "cancel", actor=HEAD, note="a\0b"),
    "title": lambda office, _: office.open("incident", actor=CLERK, fields=INCIDENT, title="a\0b"),
    "file": lambda office, number: office.attach(number, actor=CLERK, files=[Upload(name="a\0b", content=b"x")]),
    "comment": lambda office, number: office.comment(number, actor=SPECIALIST, note="\0"),
    "words that are searched for": lambda office, _: office.search("a\0b", actor=HEAD),
    "a list's field": lambda office, _: office.cases(actor=HEAD, fields={"area": "a\0b"}),
    "a register's words": lambda office, _: office.register("outgoing", "btg", actor=HEAD, words="a\0b"),
    "a paper that came in": lambda office, _: office.receive("btg", actor=CLERK, author="UBND", symbol="1/UB", title="a\0b"),
    "a number that is reserved": lambda office, _: office.reserve("btg", "CV", actor=CLERK, note="a\0b"),
    "how a paper is followed up": lambda office, _: office.follow_up("btg", 1, actor=CLERK, progress="a\0b"),
    "a decision": lambda office, number: office.dispose([number], actor=HEAD, decision="1\0", note="x"),
    "table": lambda office, number: office.edit(number, actor=HEAD, fields={"rows": [{"a": ("x\0",)}]}, note="x"),
}


@pytest.mark.parametrize("where", ZEROS)
def test_the_character_zero_is_refused_with_the_fields_name_and_nothing_is_written(any_place: Place, where: str) -> None:
    office = any_place.office()
    number = incident(office)
    before = len(office.store.entries(number))
    with pytest.raises(WrongValue, match="0000"):
        ZEROS[where](office, number)
    assert len(office.store.entries(number)) == before
    assert len(list(office.store.all_cases())) == 1
    office.close()


SIGNS = ["\x07", "\x1b", "\r", "\x7f", "\x9b", "\u202e", "\u2066"]


@pytest.mark.parametrize("sign", SIGNS, ids=code)
def test_a_control_character_is_refused_wherever_a_text_comes_in(place: Place, sign: str) -> None:
    office = place.office()
    number = incident(office)
    before = dump(place)
    paper = {"author": "UBND", "symbol": "1/UB", "title": "Báo cáo"}
    given = {**INCIDENT, "issue": f"một hai {sign} ba bốn năm sáu bảy"}
    asked: dict[str, Callable[[], object]] = {
        "title": lambda: office.open("incident", actor=CLERK, fields=INCIDENT, title=f"a{sign}b"),
        "issue": lambda: office.open("incident", actor=CLERK, fields=given),
        "note": lambda: office.comment(number, actor=SPECIALIST, note=f"a{sign}"),
        "file": lambda: office.attach(number, actor=CLERK, files=[Upload(name=f"a{sign}b", content=b"x")]),
        "request_id": lambda: office.comment(number, actor=SPECIALIST, note="a", request_id=f"a{sign}"),
        "author": lambda: office.receive("btg", actor=CLERK, **{**paper, "author": f"UB{sign}ND"}),
        "symbol": lambda: office.receive("btg", actor=CLERK, **{**paper, "symbol": f"{sign}1/UB"}),
        "progress": lambda: office.follow_up("btg", 1, actor=CLERK, progress=f"a{sign}b"),
        "decision": lambda: office.dispose([number], actor=HEAD, decision=f"1{sign}", note="x"),
        "words": lambda: office.search(f"a{sign}", actor=HEAD),
        "why": lambda: office.deploy(by="hoso", why=f"a{sign}"),
    }
    for field, act in asked.items():
        with pytest.raises(WrongValue) as caught:
            act()
        assert caught.value.facts["field"] == field
        assert sign not in caught.value.message("vi")
        assert code(sign) in caught.value.message("vi")
    assert dump(place) == before


def test_lines_stand_where_a_text_has_lines_and_nowhere_else(place: Place) -> None:
    office = place.office()
    number = incident(office)
    office.comment(number, actor=SPECIALIST, note="một\n\thai")
    for text in ("a\nb", "a\tb"):
        with pytest.raises(WrongValue, match="title"):
            office.open("incident", actor=CLERK, fields=INCIDENT, title=text)
        with pytest.raises(WrongValue, match="request_id"):
            office.comment(number, actor=SPECIALIST, note="a", request_id=text)
        with pytest.raises(WrongValue, match="file"):
            office.attach(number, actor=CLERK, files=[Upload(name=text, content=b"x")])


EVIL = "A\x1b]0;x\x07B\x9bC\u202eD"


def stored_before(office: LocalOffice) -> str:
    """A case and a register's line with such characters, as a program stored them that took everything; the case's number."""
    fields = {**INCIDENT, "issue": f"{EVIL} mùi khó chịu từ cơ sở tái chế"}
    act = Open(process="incident", actor=CLERK, request_id="open", fields=fields, title=EVIL)
    number = office.acting.do(act).part.case.number
    came = Receive(body="btg", actor=CLERK, request_id="came", author=EVIL, symbol="1/UB", title=EVIL, dated=None, case=number)
    office.store.register([register(came, (), office.definitions.facts(office.clock.now())).entry], (), {})
    return number


def test_what_was_stored_before_is_written_without_such_characters(place: Place) -> None:
    """Papers, the register, the case's file and pictures come of it all the same."""
    office = place.office()
    number = stored_before(office)
    for action in ("screen", "assess"):
        step(office, number, action)
    _, files = office.export_file(number, actor=HEAD)
    registers = {f"in.{kind}": office.register_file("incoming", "btg", kind, actor=HEAD) for kind in ("csv", "docx", "pdf", "xlsx")}
    drawn = {f"p.{kind}": office.diagram("incident", kind, actor=HEAD, case=number).encode() for kind in ("svg", "html", "dot", "mermaid")}
    made = {**files, **registers, **drawn, "feed.ics": office.feed(actor=SPECIALIST)}
    for name, content in made.items():
        if name.rpartition(".")[2] in {"csv", "svg", "html", "dot", "mermaid", "ics", "xml"}:
            assert refused_in(content.decode().replace("\r\n", "\n"), lines=True) is None, name
    for name in ("p.svg", "metadata.xml"):
        fromstring(made[name])
    assert "A]0;xBCD" in made["p.svg"].decode()
    (paper,) = [one for one in office.documents(number, actor=HEAD) if one.status == "issued"]
    assert "A]0;xBCD" in office.document_text(number, paper.key, actor=HEAD)
    assert all(office.reproduce(number, paper.key, actor=HEAD)[0].same.values())
    assert office.verify() == []


def test_a_case_whose_words_no_page_can_hold_is_exported_with_boxes_in_their_places(place: Place) -> None:
    office = place.office()
    number = office.open("incident", actor=CLERK, fields=INCIDENT, title="vui 😀 漢").case
    office.receive("btg", actor=CLERK, author="UBND 😀", symbol="1/UB", title="Báo cáo", case=number)
    _, files = office.export_file(number, actor=HEAD)
    words = "".join(page.extract_text() for page in PdfReader(BytesIO(files["contents.pdf"])).pages)
    assert "VUI □ □" in words
    assert "UBND □" in words
    assert "UBND 😀" in files["contents.csv"].decode()


def test_what_a_login_does_as_somebody_else_bears_its_name(place: Place) -> None:
    office = place.office()
    office.login = "may-chung"
    number = incident(office, "screen")
    office.login = ""
    step(office, number, "assess")
    assert [one.login for one in office.history(number, actor=HEAD)] == ["may-chung", "may-chung", ""]
    assert office.verify() == []

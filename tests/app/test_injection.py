"""Texts that would like to be more than texts stay texts."""

import pytest

from tests.app.making import CLERK, HEAD, INCIDENT, SPECIALIST, Place, incident, step
from workflow.console.look import safe
from workflow.errors import HosoError, NotFound, WrongValue
from workflow.model import Upload

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


def test_what_a_login_does_as_somebody_else_bears_its_name(place: Place) -> None:
    office = place.office()
    office.login = "may-chung"
    number = incident(office, "screen")
    office.login = ""
    step(office, number, "assess")
    assert [one.login for one in office.history(number, actor=HEAD)] == ["may-chung", "may-chung", ""]
    assert office.verify() == []

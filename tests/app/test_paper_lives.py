"""What becomes of papers, at the office's level: stored, proved, compared; the first bytes stay."""

import pytest
from sqlalchemy import text as sql

from tests.app.making import CLERK, HEAD, SPECIALIST, Place, incident, step
from workflow.compose import LocalOffice
from workflow.errors import NotFound, Refused
from workflow.model import Upload


@pytest.fixture
def office(place: Place) -> LocalOffice:
    return place.office()


def issued(office: LocalOffice) -> str:
    """A case with an issued report."""
    number = incident(office, "screen")
    step(office, number, "assess")
    return number


def report(office: LocalOffice, number: str):
    return next(one for one in office.documents(number, actor=HEAD) if one.key == "situation/1")


def test_a_void_paper_keeps_number_bytes_and_reason_and_the_office_proves_it(office: LocalOffice) -> None:
    number = issued(office)
    before, files = report(office, number), office.document_files(number, "situation/1", actor=HEAD)
    assert office.void_document(number, "situation", actor=HEAD, note="Sai số liệu", dry_run=True).dry_run
    assert report(office, number) == before
    office.void_document(number, before.symbol, actor=HEAD, note="Sai số liệu")
    after = report(office, number)
    assert (after.status, after.symbol, after.files) == ("void", before.symbol, before.files)
    assert (after.events[0].what, after.events[0].note, after.events[0].actor) == ("void", "Sai số liệu", HEAD)
    assert office.document_files(number, "situation/1", actor=HEAD) == files
    assert office.history(number, actor=HEAD)[-1].title == f"Hủy văn bản {before.symbol}"
    assert office.verify() == []


def test_a_replaced_paper_names_the_new_one_and_both_stay(office: LocalOffice) -> None:
    number = issued(office)
    old = report(office, number)
    office.correct(number, 1, actor=HEAD, fields={"commune": "Nam Cường"}, note="Ghi sai xã", papers={old.symbol: "keep"})
    office.replace_document(number, "situation", actor=HEAD, note="Sai địa bàn")
    new = office.documents(number, actor=HEAD)[-1]
    assert (report(office, number).status, report(office, number).events[0].by) == ("replaced", new.symbol)
    assert old.symbol != new.symbol
    found = office.document_differences(number, new.key, actor=HEAD, other="situation/1")
    assert any("Nam Giang" in one.before and "Nam Cường" in one.after for one in found)
    assert office.verify() == []


def test_a_correction_says_what_became_of_the_paper(office: LocalOffice) -> None:
    number = issued(office)
    old = report(office, number).symbol
    done = office.correct(number, 1, actor=HEAD, fields={"commune": "Nam Cường"}, note="Ghi sai xã", papers={old: "replace"})
    new = office.documents(number, actor=HEAD)[-1].symbol
    assert done.also == (f"Văn bản {old} được thay thế bằng {new}",)


def test_a_signed_scan_is_part_of_its_paper_from_then_on(office: LocalOffice) -> None:
    number = issued(office)
    office.attach_to_document(number, "situation", actor=SPECIALIST, files=[Upload(name="ky.pdf", content=b"%PDF scan")])
    (event,) = report(office, number).events
    assert list(event.files) == ["ky.pdf"]
    assert office.document_attached(number, "situation", actor=HEAD) == [Upload(name="ky.pdf", content=b"%PDF scan")]
    assert office.verify() == []


def test_a_scan_that_was_changed_or_lost_is_noticed(place: Place) -> None:
    office = place.office()
    number = issued(office)
    office.attach_to_document(number, "situation", actor=SPECIALIST, files=[Upload(name="ky.pdf", content=b"%PDF scan")])
    engine = office.store.database

    def spoil(tx) -> None:
        tx.cursor.execute("DROP TRIGGER file_no_update")
        tx.cursor.execute("UPDATE file SET bytes = x'78' WHERE bytes = ?", (b"%PDF scan",))

    engine.write(spoil)
    assert any("ky.pdf" in finding.message for finding in office.verify())


def test_what_differs_between_drafts_is_told_in_words(office: LocalOffice, place: Place) -> None:
    number = incident(office, "screen")
    assert office.document_differences(number, "situation", actor=HEAD) == []
    place.set("2026-11-23 09:00")
    office.correct(number, 1, actor=HEAD, fields={"commune": "Nam Cường"}, note="Ghi sai xã")
    found = office.document_differences(number, "situation", actor=HEAD)
    assert {one.kind for one in found} == {"changed"}
    assert any("Nam Giang" in one.before and "Nam Cường" in one.after for one in found)
    last = office.history(number, actor=HEAD)[-1].seq
    assert office.document_differences(number, "situation", actor=HEAD, until=last - 1) == []
    assert office.document_differences(number, "situation", actor=HEAD, since=last) == []
    with pytest.raises(NotFound):
        office.document_differences(number, "situation", actor=HEAD, since=99)
    with pytest.raises(NotFound):
        office.document_differences(number, "situation", actor=HEAD, since=1)


def test_an_issued_paper_reads_as_it_was_issued_whatever_changed_since(office: LocalOffice) -> None:
    number = issued(office)
    before = office.document_text(number, "situation", actor=HEAD)
    office.correct(
        number, 1, actor=HEAD, fields={"commune": "Nam Cường"}, note="Ghi sai xã", papers={report(office, number).symbol: "keep"}
    )
    assert office.document_text(number, "situation", actor=HEAD) == before
    last = office.history(number, actor=HEAD)[-1].seq
    assert office.document_differences(number, "situation", actor=HEAD, since=last) == []


def test_nobody_does_what_is_not_theirs(office: LocalOffice) -> None:
    number = issued(office)
    for verb in (office.void_document, office.recall_document, office.replace_document):
        with pytest.raises(Refused):
            verb(number, "situation", actor=CLERK, note="x")
    assert "void" in office.show(number, actor=HEAD).rights
    assert "void" not in office.show(number, actor=CLERK).rights


def test_the_database_itself_keeps_what_became_of_a_paper(place: Place) -> None:
    office = place.office()
    number = issued(office)
    office.void_document(number, "situation", actor=HEAD, note="Sai")
    for statement in ("UPDATE document_event SET plain = '{}'", "DELETE FROM document_event", "UPDATE document SET status = 'draft'"):

        def rewrite(tx, statement: str = statement) -> None:
            tx.cursor.execute(str(sql(statement)))

        with pytest.raises(Exception, match="stays as it is"):
            office.store.database.write(rewrite)

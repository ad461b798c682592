"""The life of a document: issued outside of actions; void, replaced, corrected, recalled; its signed scan. Nothing is erased."""

import pytest

from tests.unit.engine.making import Book
from workflow.engine.history import differs, fold, papers_of, versions_of
from workflow.engine.lives import on_document
from workflow.engine.work import begun
from workflow.errors import NotFound, Refused
from workflow.model import (
    Attachment,
    AttachToDocument,
    Change,
    CorrectDocument,
    DocumentStatus,
    IssueDocument,
    OnDocument,
    PaperFile,
    Recall,
    RecallDocument,
    ReplaceDocument,
    VoidDocument,
)

CASE = "001/2026-S"
TEXT = """
fields: {topic: {type: text}, units: {type: units}}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  clerk: {unit: office, position: clerk}
  chair: {unit: council, position: leader}
documents:
  report: {type: BC, title: "Về {{ fields.topic }}", body: r.j2, issuer: office, signer: boss, recipients: chair}
  letter: {type: CV, title: Đính chính, body: r.j2, issuer: office, signer: boss, recipients: chair}
  ask: {type: CV, title: Hỏi, body: r.j2, issuer: office, signer: boss, recipients: asked}
rights: {issue: [boss, clerk]}
starts: {open: {by: worker, form: [topic, units], to: doing}}
states:
  doing:
    actions:
      write: {by: worker, drafts: report}
      word: {by: worker, form: topic, to: same}
      sign: {by: [worker, boss], issues: report}
      draft_letter: {by: worker, drafts: letter}
      ask_all: {by: boss, to: asking}
      end: {by: worker, to: over}
  asking:
    consult: {asks: fields.units, drafts: ask, reply: {named: answer, by: boss, form: topic}, silence: none, enough: all}
    actions: {back: {by: boss, to: doing}}
  over: {final: done}
"""


def book(**fields) -> Book:
    made = Book(TEXT, {"r.j2": "x"})
    made.open(**{"topic": "A", **fields})
    return made


def on(kind: type[OnDocument], document: str, actor: str = "head", note: str = "sai số liệu", **more):
    return kind(actor=actor, request_id="r", case=CASE, document=document, note=note, **more)


def said(made: Book, act) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as caught:
        made.act(act)
    return [(reason.code, reason.message()) for reason in caught.value.reasons]


def paper(made: Book, key: str = "report/1"):
    return next(one for one in made.files[CASE].documents if one.key == key)


def proved(made: Book) -> None:
    """State = fold(history), with what became of the papers."""
    assert differs(made.files[CASE], made.entries[CASE]) is None
    assert {one.key: one.status for one in fold(made.entries[CASE]).documents} == {
        one.key: one.status for one in made.files[CASE].documents
    }


def test_a_draft_is_issued_outside_of_an_action_by_whoever_has_the_right():
    made = book()
    made.do("write")
    assert said(made, on(IssueDocument, "report", actor="officer"))[0][0] == "by"
    made.act(on(IssueDocument, "report/1", actor="clerk", note=""))
    issued = paper(made)
    assert (issued.status, issued.number, issued.symbol) == (DocumentStatus.ISSUED, 1, "01-BC/BTG")
    assert issued.signatures[0].person == "head"
    assert said(made, on(IssueDocument, "report")) == [("document", "the document 01-BC/BTG is: issued")]
    proved(made)


def test_a_right_that_is_not_given_is_nobody_s():
    made = Book(TEXT.replace("rights: {issue: [boss, clerk]}\n", ""), {"r.j2": "x"})
    made.open(topic="A")
    made.do("write")
    assert said(made, on(IssueDocument, "report"))[0][0] == "right"


def test_a_void_document_keeps_its_number_and_says_why():
    made = book()
    made.do("sign")
    assert said(made, on(VoidDocument, "01-BC/BTG", note=" ")) == [("note", "a reason is required: --note …")]
    made.act(on(VoidDocument, "01-BC/BTG"))
    void = paper(made)
    assert (void.status, void.number) == (DocumentStatus.VOID, 1)
    (event,) = void.events
    assert (event.what, event.note, event.actor, event.seq) == ("void", "sai số liệu", "head", 3)
    assert made.last_part.notices == ()
    assert said(made, on(VoidDocument, "report/1")) == [("document", "the document 01-BC/BTG is: void")]
    made.do("sign")
    assert paper(made, "report/2").number == 2
    proved(made)


def test_by_itself_whoever_may_sign_may_void_and_a_procedure_may_say_otherwise():
    made = book()
    made.do("sign")
    assert said(made, on(VoidDocument, "report", actor="clerk"))[0][0] == "by"
    other = Book(TEXT.replace("rights: {", "rights: {void: clerk, "), {"r.j2": "x"})
    other.open(topic="A")
    other.do("sign")
    assert said(other, on(VoidDocument, "report"))[0][0] == "by"
    other.act(on(VoidDocument, "report", actor="clerk"))
    assert paper(other).status is DocumentStatus.VOID


def test_a_recalled_document_tells_its_recipients():
    made = book()
    made.do("sign")
    made.act(on(RecallDocument, "report"))
    assert paper(made).status is DocumentStatus.RECALLED
    (notice,) = made.last_part.notices
    assert notice.person == "chair"
    assert "01-BC/BTG (Về A) is recalled: sai số liệu" in notice.subject
    proved(made)


def test_wrong_contents_are_replaced_by_a_new_document_of_the_same_kind():
    made = book()
    made.do("sign")
    made.do("word", topic="B")
    made.act(on(ReplaceDocument, "report"))
    old, new = paper(made), paper(made, "report/2")
    assert (old.status, old.title, old.events[0].by, old.events[0].symbol) == (DocumentStatus.REPLACED, "Về A", "report/2", "02-BC/BTG")
    assert (new.status, new.title) == (DocumentStatus.ISSUED, "Về B")
    assert new.facts["document"]["replaces"] == {"symbol": "01-BC/BTG", "date": "2026-11-20", "title": "Về A"}
    assert "is replaced by 02-BC/BTG (Về B)" in made.last_part.notices[0].subject
    proved(made)


def test_a_draft_or_an_issued_document_may_take_over():
    made = book()
    made.do("sign")
    made.do("sign")
    made.do("write")
    made.act(on(ReplaceDocument, "report/1", by="report/3"))
    assert (paper(made, "report/3").status, paper(made).events[0].by) == (DocumentStatus.ISSUED, "report/3")
    made.act(on(ReplaceDocument, "report/2", by="03-BC/BTG"))
    assert (paper(made, "report/2").status, paper(made, "report/2").events[0].symbol) == (DocumentStatus.REPLACED, "03-BC/BTG")
    made.do("sign")
    assert said(made, on(ReplaceDocument, "report/4", by="report/1")) == [("document", "the document 01-BC/BTG is: replaced")]
    with pytest.raises(NotFound):
        made.act(on(ReplaceDocument, "report/4", by="nothing"))
    with pytest.raises(NotFound):
        made.act(on(ReplaceDocument, "report/4", by="report/4"))


def test_a_wrong_form_is_corrected_by_a_letter_and_the_document_stays_in_force():
    made = book()
    made.do("sign")
    made.do("draft_letter")
    made.act(on(CorrectDocument, "report", by="letter"))
    assert (paper(made).status, paper(made).events[0].what) == (DocumentStatus.ISSUED, "corrected")
    assert paper(made, "letter/1").status is DocumentStatus.ISSUED
    assert paper(made).events[0].symbol == "01-CV/BTG"
    made.act(on(CorrectDocument, "report", by="letter"))
    assert [one.symbol for one in paper(made).events] == ["01-CV/BTG", "02-CV/BTG"]
    proved(made)


def test_a_letter_to_one_unit_is_replaced_by_one_to_the_same_unit():
    made = book(units=["north", "south"])
    made.do("ask_all", actor="head")
    for key in ("ask/1", "ask/2"):
        made.act(on(IssueDocument, key))
    made.act(on(ReplaceDocument, "ask/2"))
    assert (paper(made, "ask/3").asked, [one.person for one in made.last_part.notices]) == ("south", ["south_head"])


def test_a_signed_scan_becomes_part_of_an_issued_document():
    made = book()
    made.do("write")
    scan = Attachment(name="ky.pdf", hash="0" * 64, size=3)
    assert said(made, on(AttachToDocument, "report", actor="officer", attachments=(scan,)))[0][0] == "document"
    made.do("sign")
    assert said(made, on(AttachToDocument, "report", actor="officer")) == [("form", "no file is given")]
    made.act(on(AttachToDocument, "report", actor="officer", attachments=(scan,), note=""))
    assert paper(made).events[0].files == (PaperFile(name="ky.pdf", hash="0" * 64, size=3),)
    made.act(on(VoidDocument, "report"))
    made.act(on(AttachToDocument, "report", actor="officer", attachments=(scan,)))
    assert [one.what for one in paper(made).events] == ["attached", "void", "attached"]
    proved(made)


def test_what_happened_to_a_paper_is_not_taken_back():
    made = book()
    made.do("sign")
    made.act(on(VoidDocument, "report"))
    assert ("recall", "the newest act changed an issued paper: that stays on record") in said(
        made, Recall(actor="head", request_id="r", case=CASE)
    )


def test_papers_of_a_closed_case_may_still_be_replaced():
    made = book()
    made.do("sign")
    made.do("end")
    made.act(on(ReplaceDocument, "report"))
    assert paper(made).status is DocumentStatus.REPLACED
    proved(made)


def test_a_paper_whose_kind_the_procedure_no_longer_has_can_be_ended_by_nobody():
    made = book()
    made.do("sign")
    other = Book(TEXT.replace("report", "account"), {"r.j2": "x"})
    made.process = other.process
    assert said(made, on(VoidDocument, "report/1"))[0][0] == "right"
    given = Book(TEXT.replace("report", "account").replace("rights: {", "rights: {void: clerk, "), {"r.j2": "x"})
    made.process = given.process
    assert isinstance(made.decide(on(RecallDocument, "report/1", actor="clerk")), Change)
    assert made.decide(on(RecallDocument, "report/1", actor="clerk")).parts[0].notices == ()


def test_an_unknown_paper_is_told_with_those_that_there_are():
    made = book()
    made.do("sign")
    for name in ("", "plan"):
        with pytest.raises(NotFound, match="01-BC/BTG"):
            made.act(on(VoidDocument, name))


def test_an_act_of_no_known_kind_is_a_fault():
    made = book()
    made.do("sign")
    act = on(OnDocument, "report")
    with pytest.raises(TypeError):
        on_document(begun(made.process, made.files[CASE], act, made.facts()), act)


def test_an_entry_names_the_papers_that_it_changed_and_the_versions_that_it_was_decided_under():
    made = book()
    made.do("sign")
    last = made.entries[CASE][-1]
    assert papers_of(last) == ("report/1",)
    assert versions_of(last) == {"organisation": "o", "calendar": "c", "process": made.process.version}
    assert papers_of(made.entries[CASE][0]) == ()

"""Documents drafted and issued: who issues, signs, receives; numbers; what a template sees (laws 2 and 4)."""

import pytest
from msgspec.structs import replace

from tests.unit.engine.making import ORGANISATION, Book, at
from workflow.engine.decide import decide, draft_now
from workflow.engine.papers import frame_of
from workflow.engine.work import begun
from workflow.errors import Refused
from workflow.language.process import DocumentType
from workflow.model import Advance, DocumentStatus, SeriesKey

STAND_IN = (
    ORGANISATION
    + "delegations: [{from: head, to: deputy, roles: all, by: QĐ 1, since: 2026-11-01}]\nabsences: [{person: head, since: 2026-11-21, until: 2026-11-22}]\n"
)
TEXT = """
title: {vi: Mẫu, en: Sample}
fields:
  topic: {type: text}
  by_unit: {type: unit}
  units: {type: units}
  who: {type: person}
  kind: {type: choice, choices: {hot: {vi: Nóng, en: Hot}, cold: cold}}
  kinds: {type: choices, choices: {a: An, b: Ba}}
  grid: {type: table, columns: {unit: {type: unit}, kind: {type: choice, choices: {x: Ích}}, n: {type: integer}}}
  money: {type: decimal}
roles:
  worker: {unit: office, position: specialist}
  boss: {unit: office, position: leader}
  chair: {unit: council, position: leader}
  clerk: {unit: council, position: clerk, when: fields.topic == 'x'}
  nobody_now: {person: fields.who}
documents:
  report: {type: BC, title: "Về {{ fields.topic }}", body: r.j2, issuer: office, signer: boss, recipients: [chair, opener, boss]}
  letter: {type: CV, title: V/v, body: l.j2, issuer: council, signer: chair}
  joint: {type: BC, title: Chung, body: r.j2, issuer: [council, office], signer: [chair, boss], recipients: nobody_now}
  shared: {type: BC, title: Chung, body: r.j2, issuer: [council, office], signer: chair}
  unsigned: {type: CV, title: V/v, body: l.j2, issuer: office, signer: nobody_now}
  from_field: {type: CV, title: V/v, body: l.j2, issuer: fields.by_unit, signer: boss}
  termless: {type: CV, title: V/v, body: l.j2, issuer: district, signer: boss}
starts: {open: {by: worker, form: [topic, by_unit, units, who, kind, kinds, grid, money], to: begun}}
states:
  begun:
    title: {vi: Bắt đầu, en: Begun}
    actions:
      write: {by: [worker, boss], form: topic, drafts: report}
      both: {by: worker, drafts: report, issues: [report, report]}
      sign: {by: [worker, boss, chair], issues: report}
      send: {by: worker, issues: letter}
      sign_joint: {by: [boss, chair], issues: joint}
      sign_shared: {by: worker, issues: shared}
      write_unsigned: {by: worker, drafts: unsigned}
      sign_unsigned: {by: worker, issues: unsigned}
      issue_field: {by: worker, issues: from_field}
      issue_termless: {by: worker, issues: termless}
      end: {by: worker, to: over}
  over: {final: done}
"""
TEXT = TEXT.replace("  clerk: {unit: council, position: clerk, when: fields.topic == 'x'}\n", "")
TEMPLATES = {"r.j2": "x", "l.j2": "y"}


def book(organisation=ORGANISATION, **fields) -> Book:
    made = Book(TEXT, TEMPLATES, organisation_text=organisation)
    made.open(**fields)
    return made


def said(act, *args, **fields):
    with pytest.raises(Refused) as caught:
        act(*args, **fields)
    return [(reason.code, reason.message()) for reason in caught.value.reasons]


# ---- drafted, issued ---------------------------------------------------------------------------------------------------


def test_a_draft_has_no_number_no_date_and_is_kept_without_facts():
    case = book(topic="A")
    (paper,) = case.do("write").documents
    assert (paper.key, paper.status, paper.number, paper.symbol, paper.series) == ("report/1", DocumentStatus.DRAFT, None, "", None)
    assert paper.facts == {}
    drawn = draft_now(case.process, case.file, paper, case.facts())
    assert (drawn.facts["document"]["date"], drawn.facts["document"]["number"], drawn.facts["document"]["symbol"]) == (
        None,
        None,
        "     -BC/BTG",
    )


def test_a_draft_is_taken_up_again_until_it_is_issued_and_then_stays_as_it_is():
    case = book(topic="A")
    case.do("write")
    assert [one.title for one in case.do("write", topic="B").documents] == ["Về B"]
    case.now = at("2026-11-23 09:00")
    issued = case.do("sign").documents[0]
    assert (issued.key, issued.status, issued.number, issued.symbol, issued.at) == (
        "report/1",
        DocumentStatus.ISSUED,
        1,
        "01-BC/BTG",
        case.now,
    )
    assert issued.series == SeriesKey(body="office", type="BC", period="term:2025-2030")
    file = case.do("write", topic="C")
    assert [(one.key, one.title, one.status) for one in file.documents] == [
        ("report/1", "Về B", DocumentStatus.ISSUED),
        ("report/2", "Về C", DocumentStatus.DRAFT),
    ]
    assert file.documents[0] == issued


def test_numbers_of_one_act_follow_each_other():
    case = book(topic="A")
    file = case.do("both")
    assert [(one.key, one.number) for one in file.documents] == [("report/1", 1), ("report/2", 2)]
    assert [taken.document for taken in case.changes[-1].numbers] == ["report/1", "report/2"]
    assert case.do("sign").documents[2].number == 3


def test_a_party_body_numbers_by_term_and_type_a_state_body_by_the_year():
    case = book(topic="A")
    letter = case.do("send").documents[0]
    assert (letter.symbol, letter.frame, letter.series) == ("01/HĐND", "state", SeriesKey(body="council", type="all", period="2026"))


def test_a_body_without_a_term_refuses_the_act_with_the_way_out():
    termless = book(ORGANISATION.replace("bodies: [office, district]", "bodies: [office]"))
    reasons = said(termless.do, "issue_termless")
    assert reasons == [("no-term", "Huyện ủy has no committee term on 20/11/2026; add it to 'terms:' in organisation.yaml")]


def test_the_template_of_a_paper_is_known_by_its_hash():
    case = book(topic="A")
    case.do("write")
    case.do("send")
    report, letter = case.file.documents
    assert report.template != letter.template
    assert len(report.template) == 64


# ---- who ---------------------------------------------------------------------------------------------------------------


def test_the_one_who_acts_signs_if_they_may_else_whoever_holds_the_post():
    case = book(topic="A")
    signed = case.do("sign", "officer").documents[0].signatures
    assert [(one.unit, one.person, one.lines) for one in signed] == [("office", "head", ("TRƯỞNG BAN",))]
    assert case.do("sign", "head").documents[1].signatures[0].person == "head"


def test_a_deputy_signs_for_the_head():
    case = book(STAND_IN, topic="A")
    (signature,) = case.act(Advance(actor="deputy", request_id="r", case="001/2026-S", action="sign")).documents[0].signatures
    assert (signature.person, signature.lines) == ("deputy", ("K/T TRƯỞNG BAN", "PHÓ TRƯỞNG BAN"))


def test_a_joint_paper_bears_a_signature_of_each_body_the_lead_first_and_the_lead_s_number():
    case = book(topic="A")
    paper = case.do("sign_joint", "head").documents[0]
    assert [(one.unit, one.person) for one in paper.signatures] == [("council", "chair"), ("office", "head")]
    assert paper.signatures[0].lines == ("TM. HỘI ĐỒNG", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH")
    assert paper.signatures[1].lines == ("BAN TUYÊN GIÁO", "TRƯỞNG BAN")
    assert (paper.symbol, paper.series.body, paper.recipients) == ("01/BC-HĐND-BTG", "council", ())
    assert [one["key"] for one in paper.facts["document"]["issuers"]] == ["council", "office"]


def test_a_joint_paper_with_one_signer_is_signed_by_them_for_each_body():
    paper = book(topic="A").do("sign_shared").documents[0]
    assert [(one.unit, one.person) for one in paper.signatures] == [("council", "chair"), ("office", "chair")]


def test_a_paper_that_nobody_may_sign_can_be_drafted_but_not_issued():
    case = book(topic="A")
    assert case.do("write_unsigned").documents[0].signatures == ()
    ((code, why),) = said(case.do, "sign_unsigned")
    assert (code, why.partition(";")[0]) == ("no-signer", "nobody may sign for Ban Tuyên giáo today (nobody_now)")
    assert case.file.documents[0].status is DocumentStatus.DRAFT


def test_a_paper_of_an_empty_or_unknown_unit_refuses_the_act():
    assert said(book(topic="A").do, "issue_field") == [("no-issuer", "the document 'from_field' has no issuing unit")]
    gone = book(topic="A", by_unit="south")
    assert gone.do("issue_field").documents[0].symbol == "01/XN"
    del gone.organisation.units["south"]
    assert said(gone.do, "issue_field")[0][0] == "no-issuer"


def test_recipients_are_units_for_posts_and_persons_for_persons_each_once():
    assert book(topic="A").do("sign").documents[0].recipients == ("Hội đồng", "Chuyên viên 1", "Ban Tuyên giáo")


def test_a_unit_without_a_symbol_is_written_by_its_key():
    case = book(ORGANISATION.replace(", symbol: XN", ""), by_unit="south")
    assert case.do("issue_field").documents[0].symbol == "01/SOUTH"


# ---- the frame ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("frame", "unit", "expected"),
    [
        ("{council: party, any: state}", "council", "party"),
        ("{party: state, any: party}", "office", "state"),
        ("{any: party}", "north", "party"),
        ("{south: party}", "office", "party"),
        ("{south: party}", "north", "state"),
    ],
)
def test_the_frame_goes_by_the_unit_then_its_kind_then_any_then_what_the_body_is(frame, unit, expected):
    pairs = (part.split(": ") for part in frame.strip("{}").split(", "))
    case = book(topic="A")
    work = begun(case.process, case.file, Advance(actor="officer", request_id="r", case="x", action="end"), case.facts())
    assert frame_of(DocumentType(key="X", title="X", frame=dict(pairs)), unit, work) == expected


# ---- what a template sees ----------------------------------------------------------------------------------------------


def test_a_template_sees_the_case_its_fields_and_its_people_as_plain_values():
    case = book(
        topic="A",
        by_unit="north",
        units=["north", "south"],
        who="clerk",
        kind="hot",
        kinds=["a"],
        grid=[{"unit": "south", "kind": "x", "n": 3}],
        money="1234,5",
    )
    facts = case.do("sign").documents[0].facts
    north = {"key": "north", "title": "Xã Bắc", "kind": "commune", "symbol": "XB"}
    south = {"key": "south", "title": "Xã Nam", "kind": "commune", "symbol": "XN"}
    assert facts["fields"] == {
        "topic": "A",
        "by_unit": north,
        "units": [north, south],
        "who": {"key": "clerk", "title": "Văn thư", "unit": "office", "position": "clerk"},
        "kind": {"key": "hot", "title": "Hot"},
        "kinds": [{"key": "a", "title": "An"}],
        "grid": [{"unit": south, "kind": {"key": "x", "title": "Ích"}, "n": 3}],
        "money": "1234.5",
    }
    assert (facts["case"]["number"], facts["case"]["opened"], facts["case"]["unit"]["title"], facts["case"]["state_title"]) == (
        "001/2026-S",
        "2026-11-20",
        "Ban Tuyên giáo",
        "Begun",
    )
    assert (facts["today"], facts["office"], facts["opener"]["title"], facts["actor"]["key"]) == (
        "2026-11-20",
        {"title": "Văn phòng thử", "place": "Nam Trực", "zone": "Asia/Ho_Chi_Minh"},
        "Chuyên viên 1",
        "officer",
    )
    assert facts["roles"]["boss"] == [{"key": "head", "title": "Trưởng ban", "unit": "office", "position": "leader"}]
    assert (facts["asked"], facts["opinion"], facts["deadline"]) == (None, None, None)
    assert facts["replies"] == {"asked": 0, "given": 0, "opinions": []}


def test_an_empty_field_is_none_and_an_untitled_choice_its_key():
    facts = book(kind="cold").do("sign").documents[0].facts["fields"]
    assert (facts["kind"], facts["topic"], facts["grid"], facts["units"]) == ("cold", None, None, None)


def test_a_paper_says_its_date_place_archive_and_secrecy():
    case = book(topic="A")
    paper = case.do("sign").documents[0].facts["document"]
    assert {
        key: paper[key] for key in ("frame", "type", "type_title", "title", "number", "symbol", "date", "place", "archive", "secret")
    } == {
        "frame": "party",
        "type": "BC",
        "type_title": "Báo cáo",
        "title": "Về A",
        "number": 1,
        "symbol": "01-BC/BTG",
        "date": "2026-11-20",
        "place": "Nam Trực",
        "archive": "BTG",
        "secret": False,
    }
    assert paper["issuers"] == [{"key": "office", "title": "Ban Tuyên giáo", "parent": "Huyện ủy", "name_lines": []}]
    assert paper["signatures"] == [{"unit": "office", "lines": ["TRƯỞNG BAN"], "name": ""}]
    letter = case.do("send").documents[1].facts["document"]
    assert (letter["type_title"], letter["archive"]) == ("", "VT, HĐND")


def test_a_template_sees_how_the_other_papers_stand():
    case = book(topic="A")
    case.do("sign")
    case.do("write", topic="B")
    seen = case.do("send").documents[2].facts["documents"]
    assert seen["report"] == {"state": "draft", "symbol": "", "date": None, "title": "Về B"}
    assert seen["joint"] == {"state": "none", "symbol": "", "date": None, "title": ""}
    case.do("sign")
    assert case.do("send").documents[3].facts["documents"]["report"] == {
        "state": "issued",
        "symbol": "02-BC/BTG",
        "date": "2026-11-20",
        "title": "Về B",
    }


# ---- papers of consultations and deadlines -----------------------------------------------------------------------------

ROUND = """
fields: {n: {type: integer}, asked: {type: units, default: [north, south]}}
roles: {worker: {unit: office, position: specialist}, boss: {unit: office, position: leader}, asked_head: {unit: asked, position: leader}}
documents:
  ask: {type: CV, title: V/v hỏi, body: r.j2, issuer: office, signer: boss, recipients: asked}
  answer: {type: CV, title: V/v đáp, body: r.j2, issuer: asked, signer: asked_head}
  summary: {type: BC, title: Tổng hợp, body: r.j2, issuer: office, signer: boss}
  late: {type: BC, title: Chậm, body: r.j2, issuer: office, signer: boss}
starts: {open: {by: worker, to: asking}}
states:
  asking:
    title: {vi: Hỏi, en: Asking}
    consult:
      asks: fields.asked
      answers: {yes: {vi: Đồng ý, en: Agreed}}
      reply: {by: asked_head, form: n, issues: answer}
      issues: ask
      due: {name: reply, at: 2 working days, ladder: [{at: due, drafts: late}]}
    actions: {sum: {by: worker, issues: summary}, on: {by: worker, to: gathered}}
  gathered: {actions: {end: {by: worker, to: over}}}
  over: {final: done}
"""


@pytest.fixture
def asking():
    case = Book(ROUND, TEMPLATES)
    case.open()
    return case


def test_letters_of_a_round_know_who_is_asked_and_by_when(asking):
    facts = asking.file.documents[1].facts
    assert (facts["asked"]["title"], facts["opinion"]["due"], facts["opinion"]["status"], facts["opinion"]["answer_title"]) == (
        "Xã Nam",
        "2026-11-25",
        "asked",
        "",
    )
    assert asking.file.documents[1].recipients == ("Xã Nam",)


def test_an_answer_quotes_the_letter_that_was_written_to_its_own_unit(asking):
    file = asking.reply("north", "north_head", "yes", n=4, note="được")
    answer = next(one for one in file.documents if one.rule == "answer")
    assert answer.facts["documents"]["ask"]["symbol"] == "01-CV/BTG"
    assert (answer.facts["opinion"]["answer_title"], answer.facts["opinion"]["fields"], answer.facts["opinion"]["note"]) == (
        "Agreed",
        {"n": 4},
        "được",
    )


def test_a_summary_sees_all_opinions_of_the_round(asking):
    asking.reply("north", "north_head", "yes", n=4)
    seen = next(one for one in asking.do("sum").documents if one.rule == "summary").facts["replies"]
    assert (seen["asked"], seen["given"]) == (2, 1)
    assert [(one["title"], one["status"], one["late"]) for one in seen["opinions"]] == [
        ("Xã Bắc", "given", False),
        ("Xã Nam", "asked", False),
    ]


def test_a_late_answer_is_written_with_the_round_that_it_answers(asking):
    asking.do("on")
    answer = next(one for one in asking.reply("south", "south_head", "yes", n=1).documents if one.rule == "answer")
    assert (answer.facts["opinion"]["late"], answer.facts["opinion"]["fields"]) == (True, {"n": 1})


def test_a_paper_of_a_rung_knows_its_deadline(asking):
    asking.now = at("2026-11-26 08:00")
    changes = len(asking.changes)
    asking.fire()
    parts = [part for change in asking.changes[changes:] for part in change.parts]
    assert [(paper.asked, paper.status) for part in parts for paper in part.documents] == [
        ("north", DocumentStatus.DRAFT),
        ("south", DocumentStatus.DRAFT),
    ]
    seen = [paper.facts["deadline"] for change in asking.changes[changes:] for part in change.parts for paper in part.documents]
    assert seen[0] == {
        "name": "reply",
        "due": "2026-11-25",
        "opened": "2026-11-20",
        "state_title": "Asking",
        "asked": {"key": "north", "title": "Xã Bắc", "kind": "commune", "symbol": "XB"},
    }


def test_a_draft_of_a_rung_is_drawn_anew_with_its_deadline(asking):
    asking.now = at("2026-11-26 08:00")
    asking.fire()
    late = [one for one in asking.file.documents if one.rule == "late"]
    drawn = [draft_now(asking.process, asking.file, one, asking.facts()).facts["deadline"] for one in late]
    assert [(one["due"], one["asked"]["key"]) for one in drawn] == [("2026-11-25", "north"), ("2026-11-25", "south")]


# ---- read by nobody ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "action", ["write", "both", "sign", "send", "sign_shared", "write_unsigned", "sign_unsigned", "issue_field", "issue_termless"]
)
def test_a_paper_that_nobody_reads_is_refused_numbered_and_kept_as_any_other(action):
    book = Book(TEXT, {"r.j2": "x", "l.j2": "x"})
    file = book.open(topic="A")
    act = Advance(actor="officer", request_id="r", case=file.case.number, action=action, fields={"topic": "A"} if action == "write" else {})
    read, unread = (decide(book.process, file, act, replace(book.facts(), numbers=Numbers(), bare=bare)) for bare in (False, True))
    assert type(unread) is type(read)
    if isinstance(read, Refused):
        assert [one.message() for one in unread.reasons] == [one.message() for one in read.reasons]
    else:
        kept = [
            [(one.key, one.status, one.number, one.symbol, one.frame) for one in change.parts[0].documents] for change in (read, unread)
        ]
        assert kept[0] == kept[1]
        assert unread.numbers == read.numbers


class Numbers(dict):
    """Every series begins with 5."""

    def __missing__(self, key):
        return 5

    def __contains__(self, key):
        return True


def test_whom_a_paper_is_to_is_left_out_where_it_could_be_told_anyhow():
    """What might be refused is worked out: a title by a field, a recipient who is no post."""
    book = Book(TEXT, {"r.j2": "x", "l.j2": "x"})
    file = book.open(topic="A")
    facts = replace(book.facts(), numbers=Numbers(), bare=True)
    letter, report = (
        decide(book.process, file, Advance(actor="officer", request_id="r", case=file.case.number, action=action), facts)
        .parts[0]
        .documents[0]
        for action in ("send", "sign")
    )
    assert (letter.title, letter.recipients, letter.symbol) == ("", (), "05/HĐND")
    assert report.title == "Về A"
    assert len(report.recipients) == 3
    assert [(one.person, one.lines) for one in (*letter.signatures, *report.signatures)] == [("chair", ()), ("head", ())]


def test_a_paper_says_what_fields_hold_after_another_paper_of_the_same_act_was_written():
    text = """
fields: {n: {type: integer}}
roles: {boss: {unit: office, position: leader}}
documents:
  first: {type: BC, title: Một, body: b.j2, issuer: office, signer: boss}
  second: {type: BC, title: Hai, body: b.j2, issuer: office, signer: boss}
starts: {open: {by: anyone, sets: {n: 1}, to: a}}
states:
  a: {actions: {write: {by: anyone, issues: first, to: b}}}
  b: {actions: {more: {by: auto, sets: {n: 2}, issues: second, to: c}}}
  c: {actions: {end: {by: anyone, to: done}}}
  done: {final: done}
"""
    one = Book(text, {"b.j2": "Số {{ fields.n }}"})
    one.open()
    file = one.do("write")
    assert {document.rule: document.facts["fields"]["n"] for document in file.documents} == {"first": 1, "second": 2}

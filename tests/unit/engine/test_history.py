"""History: what an entry holds, the chain, and the fold that proves a case's state (laws 2 and 6)."""

import json
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.unit.engine.making import Book, at
from workflow.engine.decide import draft_now
from workflow.engine.history import broken, delta_of, differs, fold, seal
from workflow.errors import Refused
from workflow.model import CasePart, DeadlineStatus, Draft
from workflow.plain import bring_on, canonical, digest, to_plain

TEXT = """
fields: {n: {type: integer}, units: {type: units, default: [north]}}
roles: {worker: {unit: office, position: specialist}, boss: {unit: office, position: leader}, asked_head: {unit: asked, position: leader}}
documents: {report: {type: BC, title: Báo cáo, body: r.j2, issuer: office, signer: boss}}
starts: {open: {by: worker, form: n, drafts: report, to: asking}}
states:
  asking:
    due: 2 working days
    consult: {asks: fields.units, answers: {yes: Có}, reply: {by: asked_head}, due: 1 day}
    actions:
      fill: {by: worker, form: n}
      sign: {by: worker, issues: report}
      end: {by: worker, note: required, to: over}
  over: {final: done, actions: {reopen: {by: worker, to: asking}}}
"""


@pytest.fixture
def book():
    made = Book(TEXT, {"r.j2": "x"})
    made.open(n=1)
    made.now = at("2026-11-20 10:00")
    made.do("fill", "second", n="")
    made.reply("north", "north_head", "yes", note="Đồng ý")
    made.do("sign")
    made.do("end", note="xong")
    return made


def entries(book):
    return book.entries["001/2026-S"]


def test_a_part_in_which_nothing_happened_only_keeps_others_from_going_in_between(book):
    part = CasePart(before=book.case, case=book.case, drafts=())
    assert seal(part, {}).case == replace(book.case, revision=book.case.revision + 1)
    assert seal(replace(part, before=None), {}).case == replace(book.case, revision=1)


def test_a_draft_of_the_process_that_a_case_belonged_to_before_is_not_written_anew(book):
    document = book.file.documents[0]
    assert draft_now(book.process, book.file, document, book.facts()).rule == "report"
    with pytest.raises(Refused, match="belonged to before"):
        draft_now(book.process, book.file, replace(document, rule="gone"), book.facts())


# ---- an entry ----------------------------------------------------------------------------------------------------------


def test_an_entry_says_who_did_what_when_from_where_to_where_and_under_which_versions(book):
    entry = entries(book)[-1]
    said = json.loads(entry.text)
    assert said == {
        "format": 2,
        "case": "001/2026-S",
        "seq": 5,
        "at": "2026-11-20T03:00:00.000000Z",
        "actor": "officer",
        "for": "",
        "act": "advance",
        "action": "end",
        "before": "asking",
        "after": "over",
        "versions": {"organisation": "o", "calendar": "c", "process": book.process.version},
        "payload": digest(entry.payload),
    }
    assert entry.text == canonical(said)
    assert (entry.case, entry.seq, entry.at, entry.actor) == ("001/2026-S", 5, book.now, "officer")
    assert json.loads(entry.payload)["note"] == "xong"


def test_an_entry_says_which_of_several_ways_its_action_took_and_nothing_of_the_only_one():
    ways = Book(TEXT.replace("note: required, to: over", "to: [{when: fields.n == 1, then: asking}, {else: over}]"), {"r.j2": "x"})
    ways.open(n=1)
    ways.do("fill", n=1)
    ways.do("end")
    ways.do("fill", n=2)
    ways.do("end")
    said = [(json.loads(one.text)["action"], json.loads(one.payload)["data"].get("branch")) for one in entries(ways)]
    assert said == [("open", None), ("fill", None), ("end", 0), ("fill", None), ("end", 1)]


def test_each_entry_hangs_on_the_one_before_and_the_case_on_the_last(book):
    chain = entries(book)
    assert [entry.previous for entry in chain] == ["", *(entry.hash for entry in chain[:-1])]
    assert all(entry.hash == digest(entry.previous + entry.text) for entry in chain)
    assert (book.case.head, book.case.seq, book.case.revision) == (chain[-1].hash, 5, 5)


def test_a_payload_holds_the_form_the_delta_and_the_documents_without_their_facts(book):
    drafted, filled, replied, signed, _ = (json.loads(entry.payload) for entry in entries(book))
    assert drafted["documents"][0]["status"] == "draft"
    assert drafted["documents"][0]["facts"] == digest("{}")
    assert filled["fields"] == {"n": None}
    assert filled["delta"]["case"]["fields"] == {"units": ["north"]}
    assert (replied["note"], replied["data"]) == ("Đồng ý", {"asked": "north", "answer": "yes"})
    assert signed["documents"][0]["symbol"] == "01-BC/BTG"
    assert signed["documents"][0]["facts"] == digest(canonical(book.file.documents[0].facts))


def test_a_delta_names_what_changed_and_what_is_gone_and_leaves_out_what_the_chain_says(book):
    closed = book.case
    opened = replace(closed, outcome="", closed=None, previous="begun", seq=9, head="x", revision=9)
    delta = delta_of(closed, opened)
    assert delta == {"case": {"previous": "begun"}, "gone": ["closed", "outcome"]}
    assert delta_of(closed, closed) == {"case": {}}
    assert set(delta_of(None, closed)["case"]) >= {"number", "state", "fields", "done"}


def test_an_entry_says_of_what_grows_what_came_to_it_alone(book):
    delta = json.loads(entries(book)[-1].payload)["delta"]
    assert set(delta["within"]["done"]) == {"end"}
    assert "done" not in delta["case"]
    case = replace(book.case, fields={"units": ["north"], "a": 1})
    changed = replace(case, fields={**case.fields, "a": {"name": "f"}, "b": 2})
    assert delta_of(case, changed) == {"case": {}, "within": {"fields": {"a": {"name": "f"}, "b": 2}}}
    assert delta_of(case, replace(case, fields={"a": 1})) == {"case": {"fields": {"a": 1}}}  # something is gone: it is said whole
    assert delta_of(replace(case, fields={}), case) == {"case": {"fields": case.fields}}


def test_an_act_done_again_and_again_leaves_entries_of_one_length(book):
    book.do("reopen")
    lengths = []
    for n in range(5, 9):
        book.do("fill", n=n)
        lengths.append(len(entries(book)[-1].payload))
    assert len(set(lengths)) == 1
    assert differs(book.file, entries(book)) is None


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 2) | st.lists(st.integers(0, 2), max_size=2)), min_size=2)
)
def test_what_the_deltas_say_amounts_to_the_case(book, steps):
    cases = [replace(book.case, fields=fields, slots=dict.fromkeys(fields, "x"), previous="y" * len(fields)) for fields in steps]
    plain = to_plain(cases[0])
    for before, after in pairwise(cases):
        bring_on(plain, delta_of(before, after), "case")
        assert plain == to_plain(after)


def test_every_entry_of_an_act_is_sealed_in_order_each_on_the_one_before(book):
    part = CasePart(
        before=book.case, case=book.case, drafts=tuple(Draft(at=book.now, actor="hoso", act="auto", action=name) for name in ("a", "b"))
    )
    sealed = seal(part, {})
    first, second = sealed.entries
    assert (first.seq, second.seq, first.previous, second.previous) == (6, 7, book.case.head, first.hash)
    assert (sealed.case.seq, sealed.case.head, sealed.case.last_entry, sealed.case.revision) == (7, second.hash, book.now, 6)


# ---- the fold ----------------------------------------------------------------------------------------------------------


def test_the_history_amounts_to_the_case(book):
    folded = fold(entries(book))
    assert replace(folded.case, revision=book.case.revision) == book.case
    assert (folded.deadlines, folded.opinions) == (book.file.deadlines, book.file.opinions)
    assert [replace(one, facts={}) for one in book.file.documents] == list(folded.documents)
    assert differs(book.file, entries(book)) is None


def test_what_was_emptied_and_reopened_is_gone_from_the_fold(book):
    assert fold(entries(book)[:1]).case.fields == {"n": 1, "units": ["north"]}
    assert fold(entries(book)[:2]).case.fields == {"units": ["north"]}
    assert fold(entries(book)).case.outcome == "done"
    reopened = book.do("reopen")
    assert json.loads(entries(book)[-1].payload)["delta"]["gone"] == ["closed", "outcome"]
    assert (fold(entries(book)).case.outcome, fold(entries(book)).case.closed, differs(reopened, entries(book))) == ("", None, None)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda file: replace(file, case=replace(file.case, title="Khác", unit="x")), "the case differs from its history in: title, unit"),
        (lambda file: replace(file, case=replace(file.case, head="0")), "the case differs from its history in: head"),
        (lambda file: replace(file, deadlines=file.deadlines[1:]), "the deadline state:asking/due/1 differs from the history"),
        (
            lambda file: replace(file, deadlines=(replace(file.deadlines[0], status=DeadlineStatus.MISSED), *file.deadlines[1:])),
            "the deadline state:asking/due/1 differs from the history",
        ),
        (
            lambda file: replace(file, opinions=(replace(file.opinions[0], answer="no"),)),
            "the opinion ('asking', 1, 'north') differs from the history",
        ),
        (
            lambda file: replace(file, opinions=(*file.opinions, replace(file.opinions[0], asked="z"))),
            "the opinion ('asking', 1, 'z') differs from the history",
        ),
        (
            lambda file: replace(file, documents=(replace(file.documents[0], facts={"x": 1}),)),
            "the document report/1 differs from the history",
        ),
        (lambda file: replace(file, documents=()), "the document report/1 differs from the history"),
    ],
)
def test_whatever_is_kept_beside_the_history_and_differs_from_it_is_named(book, change, said):
    assert differs(change(book.file), entries(book)) == said


def test_the_store_s_own_revision_is_none_of_the_history_s(book):
    assert differs(replace(book.file, case=replace(book.case, revision=77)), entries(book)) is None


def test_a_fact_that_an_older_program_wrote_out_though_it_is_a_default_is_no_difference(book):
    first, *others = entries(book)
    payload = json.loads(first.payload)
    payload["delta"]["case"]["failed"] = {}
    older = [replace(first, payload=canonical(payload)), *others]
    assert "failed" in json.loads(older[0].payload)["delta"]["case"]
    assert differs(book.file, older) is None


# ---- the chain ---------------------------------------------------------------------------------------------------------


def test_a_whole_chain_is_not_broken(book):
    assert broken(entries(book), book.case.head) is None
    assert broken([], "") is None


def test_each_kind_of_damage_is_told_apart(book):
    chain, head = entries(book), book.case.head
    second = chain[1]
    assert broken([chain[0], *chain[2:]], head) == "entry 2 is missing"
    assert broken(chain[:-1], head) == "the last entry is not the one that the case names (entry 4)"
    assert broken([], head) == "the last entry is not the one that the case names (entry 0)"
    assert broken([chain[0], replace(second, text="{"), *chain[2:]], head) == "entry 2 does not fit the one before it"
    assert broken([chain[0], replace(second, previous="0"), *chain[2:]], head) == "entry 2 does not fit the one before it"
    assert broken([chain[0], replace(second, payload="{}"), *chain[2:]], head) == "the contents of entry 2 were changed"
    assert broken([chain[0], replace(second, actor="head"), *chain[2:]], head) == "entry 2 was moved or its columns were changed"


def test_a_chain_that_was_forged_whole_does_not_fit_the_case(book):
    forged, previous = [], ""
    for entry in entries(book):
        text = entry.text.replace('"actor":"officer"', '"actor":"second"')
        forged.append(
            replace(entry, actor=entry.actor.replace("officer", "second"), text=text, previous=previous, hash=digest(previous + text))
        )
        previous = forged[-1].hash
    assert broken(forged, previous) is None
    assert broken(forged, book.case.head) == "the last entry is not the one that the case names (entry 5)"

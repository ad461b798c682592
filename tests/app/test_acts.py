"""Acts at the office's level: done once, tried without writing, refused with every reason, never told to outsiders."""

import json
import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy import select

from storage import tables
from tests.app.making import (
    CLERK,
    COUNTERPART,
    HEAD,
    HEADS,
    INCIDENT,
    OBSERVER,
    OPINION,
    OUTSIDER,
    SPECIALIST,
    STEPS,
    Place,
    consulting,
    dump,
    incident,
    step,
)
from tests.storage.test_store_postgres import Cut
from workflow.answers import Done
from workflow.compose import LocalOffice
from workflow.engine.decide import CLOCKS
from workflow.errors import HosoError, NotFound, Refused, TooLarge, UnknownField, UsedRequest, WrongValue
from workflow.model import Act, OnDocument, Upload
from workflow.model.registers import RegistryAct
from workflow.office.repeating import KINDS, REGISTERED
from workflow.plain import canonical, digest, to_plain

LETTER = Upload(name="Công văn đến.pdf", content=b"%PDF-1.7 thu" * 100)

# ---- who ------------------------------------------------------------------------------------------------------------


def test_whoever_acts_may_be_named_by_their_position_too(place: Place) -> None:
    office = place.office()
    done = office.open("incident", actor="clerk.btg", fields=INCIDENT)
    assert done.number == done.case
    assert office.history(done.number, actor=CLERK)[0].actor == CLERK
    with pytest.raises(NotFound):
        office.open("incident", actor="clerk.nowhere", fields=INCIDENT)


def test_an_answer_says_what_its_act_did_whenever_it_is_read(place: Place) -> None:
    office = place.office()
    case = incident(office)
    at_once, later = step(office, case, "screen"), step(office, case, "assess")
    said = canonical(to_plain(at_once))
    place.set("2027-02-01 08:00")
    step(office, case, "draft_plan")
    now = canonical(to_plain(later))
    assert [one.status for one in at_once.deadlines] == ["met", "running"]
    assert said == canonical(to_plain(at_once))
    again = json.loads(now)
    assert [one["status"] for one in again["deadlines"]] == ["met", "running"]
    assert not any(one.get("overdue") for one in again["deadlines"])
    office.store.close()


# ---- once ------------------------------------------------------------------------------------------------------------


def test_the_same_request_is_done_once_and_says_so(place: Place) -> None:
    office = place.office()
    first = office.open("incident", actor=CLERK, fields=INCIDENT, request_id="one")
    step(office, first.case, "screen", request_id="two")
    before = dump(place)
    again = office.open("incident", actor=CLERK, fields=INCIDENT, request_id="one")
    assert (again.case, again.repeated, again.after, again.title) == (first.case, True, "screened", first.title)
    second = step(office, first.case, "screen", request_id="two")
    assert (second.repeated, second.seq, second.documents, second.notices) == (True, 2, (), ())
    assert dump(place) == before


def test_a_reply_and_an_attachment_are_done_once_too(place: Place) -> None:
    office = place.office()
    number = consulting(office)
    acts: list[Callable[[], Done]] = [
        lambda: office.reply(number, unit="btg", answer="agree", actor=HEADS["btg"], request_id="r"),
        lambda: office.attach(number, actor=COUNTERPART, files=[LETTER], request_id="a"),
    ]
    for act in acts:
        assert not act().repeated
        before = dump(place)
        assert act().repeated
        assert dump(place) == before


def test_a_request_id_that_another_act_used_is_refused_and_tells_nothing(place: Place) -> None:
    office = place.office()
    one = office.open("incident", actor=CLERK, fields=INCIDENT, request_id="guessed").case
    two = incident(office)
    with pytest.raises(UsedRequest) as raised:
        office.open("incident", actor=OUTSIDER, fields=INCIDENT, request_id="guessed")
    assert one not in str(raised.value)
    with pytest.raises(UsedRequest):
        step(office, two, "screen", request_id="guessed")
    assert office.show(two, actor=HEAD).state == "received"


def test_a_request_id_that_comes_with_another_act_in_the_same_case_is_refused_and_nothing_is_done(any_place: Place) -> None:
    office = any_place.office()
    number = incident(office)
    office.comment(number, actor=SPECIALIST, note="x", request_id="r")
    step(office, number, "screen", request_id="s")
    before = len(office.store.entries(number))
    others: dict[str, Callable[[], Done]] = {
        "another kind": lambda: office.edit(
            number, actor=SPECIALIST, fields={"issue": INCIDENT["issue"] + " khác"}, note="x", request_id="r"
        ),
        "another person": lambda: office.comment(number, actor=HEAD, note="x", request_id="r"),
        "another person's action": lambda: office.advance(number, "cancel", actor=HEAD, note="x", request_id="r"),
        "another action": lambda: step(office, number, "assess", request_id="s"),
        "a comment after an action": lambda: office.comment(number, actor=STEPS["screen"][0], note="x", request_id="s"),
        "an opening": lambda: office.open("incident", actor=SPECIALIST, fields=INCIDENT, request_id="r"),
    }
    for why, act in others.items():
        with pytest.raises(UsedRequest) as raised:
            act()
        assert raised.value.exit_code == 2, why
    assert len(office.store.entries(number)) == before
    assert office.show(number, actor=HEAD).state == "screened"
    assert office.comment(number, actor=SPECIALIST, note="x", request_id="r").repeated
    assert step(office, number, "screen", request_id="s").repeated
    assert len(office.store.entries(number)) == before
    office.close()


def test_a_correction_that_replaced_papers_and_acts_on_papers_get_their_own_receipts_again(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen", "assess")
    (paper,) = [one.key for one in office.documents(number, actor=HEAD) if one.status == "issued"]
    right = {"commune": "Nam Cường"}
    acts: list[Callable[[], Done]] = [
        lambda: office.correct(number, 1, actor=HEAD, fields=right, papers={paper: "replace"}, note="x", request_id="c"),
        lambda: office.attach_to_document(number, "situation", actor=CLERK, files=[LETTER], request_id="f"),
        lambda: office.void_document(number, "situation", actor=HEAD, note="x", request_id="v"),
    ]
    for act in acts:
        assert not act().repeated
    for act in acts:
        assert act().repeated
    assert [json.loads(one.text)["act"] for one in office.store.entries(number)][3:] == [
        "correct", "document-replaced", "document-attached", "document-void",
    ]  # fmt: skip
    with pytest.raises(UsedRequest):
        office.void_document(number, "situation", actor=HEAD, note="x", request_id="f")
    with pytest.raises(UsedRequest):
        office.comment(number, actor=HEAD, note="x", request_id="c")


def test_every_act_of_a_person_has_the_name_that_the_history_gives_it() -> None:
    def family(kind: type) -> list[type]:
        return [one for child in kind.__subclasses__() for one in (child, *family(child))]

    assert set(family(Act)) - {*CLOCKS, OnDocument} == set(KINDS)
    assert set(family(RegistryAct)) == set(REGISTERED)


def test_a_request_id_of_a_register_that_comes_with_another_entry_is_refused(place: Place) -> None:
    office = place.office()
    office.reserve("btg", "CV", actor=CLERK, note="x", request_id="r")
    paper = {"author": "UBND", "symbol": "1/UB", "title": "Báo cáo"}
    with pytest.raises(UsedRequest):
        office.receive("btg", actor=CLERK, request_id="r", **paper)
    with pytest.raises(UsedRequest):
        office.reserve("btg", "CV", actor=HEAD, note="x", request_id="r")
    assert office.reserve("btg", "CV", actor=CLERK, note="x", request_id="r").repeated
    assert len(office.store.registry("btg")) == 1


# ---- without writing -------------------------------------------------------------------------------------------------


def test_a_dry_run_tells_all_that_would_happen_and_writes_nothing(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen")
    before = dump(place)
    opened = office.open("incident", actor=CLERK, fields={**INCIDENT, "letter": LETTER}, dry_run=True)
    assert (opened.case, opened.dry_run, opened.after) == ("002/2026-VV", True, "received")
    would = step(office, number, "assess", dry_run=True)
    assert (would.before, would.after, [one.symbol for one in would.documents]) == ("screened", "assessed", ["01-BC/BTGHU"])
    asked = office.open("opinion", actor="van-thu-vp", fields=OPINION, dry_run=True)
    assert asked.deadlines
    assert dump(place) == before
    done = step(office, number, "assess")
    told = set(Done.__struct_fields__) - {"dry_run", "documents"}
    assert {name: getattr(would, name) for name in told} == {name: getattr(done, name) for name in told}
    assert not done.dry_run


def test_a_dry_run_is_refused_where_the_act_would_be(place: Place) -> None:
    office = place.office()
    number = incident(office)
    with pytest.raises(Refused):
        step(office, number, "assess", dry_run=True)
    with pytest.raises(Refused):
        office.advance(number, "screen", actor=OBSERVER, fields=STEPS["screen"][1], note="x", dry_run=True)


# ---- refused ---------------------------------------------------------------------------------------------------------


def test_a_refusal_lists_every_reason_and_what_is_allowed_instead(place: Place) -> None:
    office = place.office()
    number = office.open("incident", actor=COUNTERPART, start="propose", fields=INCIDENT).case
    before = dump(place)
    with pytest.raises(Refused) as raised:
        office.advance(number, "screen", actor=COUNTERPART, fields={})
    assert [reason.code for reason in raised.value.reasons] == ["by", "not_by", "note"]
    assert dump(place) == before
    with pytest.raises(Refused) as raised:
        office.advance(number, "assess", actor=SPECIALIST, fields={"facts": "x"})
    assert [reason.code for reason in raised.value.reasons] == ["state"]
    assert raised.value.allowed == ("screen",)
    said = raised.value.message("vi")
    assert "screen" in said.splitlines()[-1]
    assert office.why(number, "assess", actor=SPECIALIST).reasons == tuple(reason.message("vi") for reason in raised.value.reasons)


def test_guards_tell_their_reason_and_missing_fields_are_named_together(place: Place) -> None:
    office = place.office()
    with pytest.raises(Refused) as raised:
        office.open("opinion", actor="van-thu-vp", fields={"drafter": "phong-vhtt"})
    assert [reason.facts["field"] for reason in raised.value.reasons] == ["draft_title", "draft", "session_date", "consulted"]
    number = office.open("opinion", actor="van-thu-vp", fields={**OPINION, "session_date": "2026-12-01"}).case
    with pytest.raises(Refused) as raised:
        office.advance(number, "ask", actor=COUNTERPART)
    assert "Ngày họp quá gần" in raised.value.message("vi")
    assert office.show(number, actor=COUNTERPART).state == "requested"


WRONG: list[tuple[dict[str, object], type[HosoError]]] = [
    ({**INCIDENT, "area": "thể thao"}, WrongValue),
    ({**INCIDENT, "issue": "ngắn"}, WrongValue),
    ({**INCIDENT, "nobody": "x"}, UnknownField),
    ({**INCIDENT, "letter": "không phải tệp"}, WrongValue),
]


@pytest.mark.parametrize(("values", "error"), WRONG, ids=lambda value: str(value)[-40:])
def test_a_value_that_can_not_be_is_told_and_nothing_is_written(place: Place, values: dict[str, object], error: type[HosoError]) -> None:
    office = place.office()
    before = dump(place)
    with pytest.raises(error):
        office.open("incident", actor=CLERK, fields=values)
    assert dump(place) == before


UNKNOWN: dict[str, Callable[[LocalOffice, str], object]] = {
    "process": lambda office, _: office.open("incidents", actor=CLERK),
    "start": lambda office, _: office.open("incident", actor=CLERK, start="opne"),
    "person opening": lambda office, _: office.open("incident", actor="ai-do", fields=INCIDENT),
    "case": lambda office, _: office.show("999/2026-VV", actor=HEAD),
    "action": lambda office, number: office.advance(number, "scren", actor=HEAD),
    "action asked about": lambda office, number: office.why(number, "scren", actor=HEAD),
    "asked unit": lambda office, number: office.reply_form(number, "mttq", actor=HEAD),
    "document": lambda office, number: office.document_text(number, "plan", actor=HEAD),
    "person": lambda office, number: office.show(number, actor="truong-ban"),
    "person listing": lambda office, _: office.cases(actor="ai-do"),
    "person searching": lambda office, _: office.search("x", actor="ai-do"),
    "person's inbox": lambda office, _: office.inbox(actor="ai-do"),
    "person overdue": lambda office, _: office.overdue(actor="ai-do"),
    "person's notices": lambda office, _: office.notices(actor="ai-do"),
    "person's starts": lambda office, _: office.starts(actor="ai-do"),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_is_not_there_is_not_found(place: Place, what: str) -> None:
    office = place.office()
    number = incident(office)
    before = dump(place)
    with pytest.raises(NotFound) as raised:
        UNKNOWN[what](office, number)
    assert raised.value.exit_code == 4
    assert dump(place) == before


def test_a_slip_is_told_with_the_nearest_right_word(place: Place) -> None:
    office = place.office()
    number = incident(office)
    with pytest.raises(NotFound, match="did you mean 'screen'"):
        office.advance(number, "scren", actor=HEAD)
    with pytest.raises(NotFound, match="did you mean 'truong-ban-btg'"):
        office.show(number, actor="truong-ban-bgt")


# ---- unseen ----------------------------------------------------------------------------------------------------------

VERBS: dict[str, Callable[[LocalOffice, str, str], object]] = {
    "show": lambda office, number, who: office.show(number, actor=who),
    "why": lambda office, number, who: office.why(number, "screen", actor=who),
    "history": lambda office, number, who: office.history(number, actor=who),
    "explain": lambda office, number, who: office.explain(number, actor=who),
    "advance": lambda office, number, who: office.advance(number, "screen", actor=who),
    "advance by no action": lambda office, number, who: office.advance(number, "no such action", actor=who),
    "reply": lambda office, number, who: office.reply(number, unit="mttq", actor=who),
    "reply_form": lambda office, number, who: office.reply_form(number, "mttq", actor=who),
    "attach": lambda office, number, who: office.attach(number, actor=who, files=[LETTER]),
    "documents": lambda office, number, who: office.documents(number, actor=who),
    "document_text": lambda office, number, who: office.document_text(number, "situation", actor=who),
    "document_files": lambda office, number, who: office.document_files(number, "situation", actor=who),
    "notices": lambda office, number, who: office.notices(actor=who, case=number),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_secret_case_is_not_there_for_an_outsider_whatever_they_try(place: Place, verb: str) -> None:
    office = place.office()
    number = incident(office, "screen")
    before = dump(place)
    with pytest.raises(NotFound) as unseen:
        VERBS[verb](office, number, OUTSIDER)
    with pytest.raises(NotFound) as missing:
        VERBS[verb](office, "999/2026-VV", OUTSIDER)
    assert unseen.value.to_json("vi") == json.loads(json.dumps(missing.value.to_json("vi")).replace("999/2026-VV", number))
    assert dump(place) == before


def test_a_secret_case_is_in_no_list_count_or_notice_of_an_outsider(place: Place) -> None:
    office = place.office()
    number = incident(office)
    place.set("2026-11-25 09:00")
    office.tick()

    def everything(who: str) -> str:
        lists = [
            office.inbox(actor=who),
            office.cases(actor=who),
            office.cases(actor=who, closed=True),
            office.cases(actor=who, process="incident"),
            office.cases(actor=who, overdue=True),
            office.cases(actor=who, fields={"commune": "Nam Giang"}),
            office.search("Nam Giang", actor=who),
            office.search(number, actor=who),
            office.overdue(actor=who),
            office.notices(actor=who),
            office.notices(actor=who, person=SPECIALIST),
        ]
        return repr(lists)

    assert number not in everything(OUTSIDER)
    assert "Nam Giang" not in everything(OUTSIDER)
    for insider in (HEAD, SPECIALIST, COUNTERPART, OBSERVER):
        assert everything(insider).count(number) >= 8


def test_notices_of_a_secret_case_bear_its_number_and_the_date_alone(place: Place) -> None:
    office = place.office()
    number = incident(office)
    place.set("2026-11-25 09:00")
    office.tick()
    notices = office.notices(actor=HEAD, case=number)
    assert notices
    for one in notices:
        assert one.subject == f"[{number}] Có hồ sơ cần đồng chí xem" or number in one.subject
        assert "Nam Giang" not in one.subject + one.text
        assert "môi trường" not in one.subject + one.text
    outbox = b"".join(path.read_bytes() for path in (place.folder / "var" / "outbox").iterdir())
    assert number.encode() in outbox
    assert "Nam Giang" not in outbox.decode()


# ---- files -----------------------------------------------------------------------------------------------------------


def test_an_upload_lies_in_the_database_by_its_hash_written_with_its_act(place: Place) -> None:
    office = place.office()
    number = office.open("incident", actor=CLERK, fields={**INCIDENT, "letter": LETTER}).case
    office.attach(number, actor=CLERK, files=[LETTER, Upload(name="b.txt", content=b"hai")], note="Bổ sung")
    assert office.store.file(digest(LETTER.content)) == LETTER.content
    (kept,) = (field for field in office.show(number, actor=HEAD).fields if field.key == "letter")
    assert kept.text == "Công văn đến.pdf"
    assert kept.value == {"name": "Công văn đến.pdf", "hash": digest(LETTER.content), "size": len(LETTER.content)}
    attached = office.history(number, actor=HEAD)[-1]
    assert (attached.act, attached.note, attached.before, attached.after) == ("attach", "Bổ sung", "received", "received")
    found = sqlite3.connect(place.folder / "hoso.db")
    assert sorted(found.execute("SELECT hash, size FROM file")) == sorted(
        [(digest(LETTER.content), len(LETTER.content)), (digest(b"hai"), 3)]
    )
    found.close()


def test_files_of_a_refused_act_are_not_kept(place: Place) -> None:
    office = place.office()
    number = incident(office)
    for refused in (
        lambda: office.open("incident", actor=OUTSIDER, fields={**INCIDENT, "letter": LETTER}),
        lambda: office.attach(number, actor=OBSERVER, files=[LETTER]),
        lambda: office.advance(number, "screen", actor=SPECIALIST, files=[LETTER]),
    ):
        with pytest.raises(Refused):
            refused()
    assert office.store.file(digest(LETTER.content)) is None


@pytest.mark.parametrize("how", ["field", "files", "attach"])
def test_a_file_above_the_limit_is_refused_by_its_name_and_both_sizes(place: Place, how: str) -> None:
    toml = place.folder / "office.toml"
    toml.write_text(toml.read_text("utf-8").replace("max_file = 25", "max_file = 1"), "utf-8")
    office = place.office()
    number = incident(office)
    large = Upload(name="quay-phim.mp4", content=bytes(1024 * 1024 + 1))
    whole = Upload(name="vừa.bin", content=bytes(1024 * 1024))
    before = dump(place)
    acts: dict[str, Callable[[], object]] = {
        "field": lambda: office.open("incident", actor=CLERK, fields={**INCIDENT, "letter": large}),
        "files": lambda: office.advance(number, "screen", actor=SPECIALIST, fields=STEPS["screen"][1], note="x", files=[whole, large]),
        "attach": lambda: office.attach(number, actor=CLERK, files=[large]),
    }
    with pytest.raises(TooLarge, match=r"quay-phim.mp4 has 1048577 bytes; at most 1048576") as raised:
        acts[how]()
    assert raised.value.exit_code == 2
    assert dump(place) == before
    office.attach(number, actor=CLERK, files=[whole])
    assert office.store.file(digest(whole.content)) == whole.content


def test_whoever_may_do_nothing_in_the_state_and_did_not_open_may_not_attach(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen")
    with pytest.raises(Refused):
        office.attach(number, actor=OBSERVER, files=[LETTER])
    assert office.attach(number, actor=SPECIALIST, files=[LETTER]).seq == 3


def test_an_act_whose_request_brings_no_id_leaves_a_receipt_only_where_its_commit_may_be_lost(any_place: Place) -> None:
    office = any_place.office()
    number = incident(office)
    database = office.store.database  # type: ignore[attr-defined]
    far = database.backend.side_by_side
    if far:
        Cut(office.store, late=True)
    assert office.comment(number, actor=HEAD, note="Đã gọi").repeated is far
    assert len(database.read(lambda tx: tx.select(select(tables.receipt.c.seq)))) == (2 if far else 0)
    twice = [office.comment(number, actor=HEAD, note="Đã đến", request_id="một lần").seq for _ in range(2)]
    assert twice == [3, 3]
    assert [one.act for one in office.history(number, actor=HEAD)] == ["open", "comment", "comment"]

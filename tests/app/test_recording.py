"""What scenarios cover, how a failure is told, and a scenario written from a case."""

from xml.etree import ElementTree as ET

from tests.app.making import CLERK, COUNTERPART, HEAD, HEADS, SPECIALIST, Place, change_definitions, consulting, incident, step
from workflow.model import Upload
from workflow.simulate.coverage import coverage
from workflow.simulate.junit import junit


def only(place: Place, *keep: str) -> None:
    for path in (place.folder / "definitions").glob("*/scenarios/*.yaml"):
        if path.name not in keep:
            path.unlink()


def test_a_failure_names_its_step_what_was_expected_and_what_came(place: Place) -> None:
    only(place, "06-huy.yaml")
    change_definitions(place, "incident/scenarios/06-huy.yaml", ("state: cancelled", "state: closed"))
    (failed,) = [one for one in place.office().test("incident") if not one.passed]
    assert (failed.step, failed.said, failed.expected, failed.got) == (3, "leader.btg: do cancel", "state: closed", "state: cancelled")
    assert "state: closed" in failed.excerpt
    assert failed.excerpt.splitlines()[1].strip() == "^"
    suite = ET.fromstring(junit([failed]))
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    assert "closed" in suite.find("testsuite/testcase/failure").get("message")


def test_coverage_names_what_no_scenario_reaches(place: Place) -> None:
    only(place, "06-huy.yaml")
    office = place.office()
    results = office.test("incident")
    (found,) = office.coverage(results, "incident")
    parts = {one.kind: one for one in found.parts}
    assert "executing" in parts["states"].missing
    assert "received" not in parts["states"].missing
    assert "received/screen" in parts["actions"].missing
    assert "received/screen → transferred" in parts["branches"].missing
    assert parts["rungs"].covered == 0
    assert found.percent < 40


def test_scenarios_that_ship_cover_every_state_action_and_branch(place: Place) -> None:
    office = place.office()
    results = [*office.test("incident"), *office.test("opinion")]
    assert all(one.passed for one in results)
    for one in (found for found in office.coverage(results) if found.process in {"incident", "opinion"}):
        assert {part.kind: part.missing for part in one.parts if part.kind != "rungs"} == {"states": (), "actions": (), "branches": ()}
    compiled = office.definitions.process("incident")
    assert coverage(compiled, [], "vi").percent == 0


def test_what_happened_to_a_case_is_a_scenario_that_holds(place: Place) -> None:
    office = place.office()
    number = incident(office)
    place.set("2026-11-23 14:00")
    office.tick()
    step(office, number, "screen")
    office.comment(number, actor=HEAD, note='Đã xem: "gấp"')
    office.attach(number, actor=CLERK, files=[Upload(name="ảnh.txt", content=b"x")])
    office.assign(number, "handler", SPECIALIST, actor=HEAD, note="giao")
    place.set("2026-11-25 08:30")
    office.extend(number, "due", "2 working days", actor=HEAD, note="việc khó")
    office.pause(number, actor=HEAD, note="chờ")
    place.set("2026-11-26 10:00")
    office.resume(number, actor=HEAD)
    step(office, number, "assess")
    step(office, number, "draft_plan")
    office.recall(number, actor=SPECIALIST)
    place.set("2026-12-20 09:00")
    office.tick()
    done = office.record(number, actor=HEAD)
    assert done.passed, done.message
    assert done.file == "incident/scenarios/001-2026-vv.yaml"
    assert 'as: "clerk.btg"' in done.text
    assert "recall" in done.text
    (place.folder / "definitions" / done.file).write_text(done.text, "utf-8")
    assert all(one.passed for one in office.test("incident"))


def test_a_consultation_is_recorded_with_its_replies_and_silence(place: Place) -> None:
    office = place.office()
    number = consulting(office)
    place.set("2026-11-23 10:00")
    office.reply(number, unit="btg", answer="agree", actor=HEADS["btg"])
    place.set("2026-12-15 08:00")
    office.tick()
    done = office.record(number, actor=COUNTERPART)
    assert done.passed, done.message
    assert '"file:du-thao.txt"' in done.text


def test_whatever_staff_do_to_a_case_is_recorded(place: Place) -> None:
    office = place.office()
    change_definitions(
        place,
        "opinion/process.yaml",
        ("handler:    {assigned: handler}", "handler:    {assigned: handler, among: specialist}"),
        ("rights:\n", "rights:\n  ask: chair\n  reopen: chair\n  void: chair\n  link: [handler, chair]\n"),
    )
    only(place)
    office.deploy()
    number = consulting(office)
    place.set("2026-11-23 10:00")
    office.ask(number, ["xa-nam-cuong"], actor=COUNTERPART, note="quên")
    office.release(number, unit="xa-nam-cuong", actor=COUNTERPART, note="không liên quan")
    office.release(number, "handler", actor="chuyen-vien-vp")
    office.claim(number, "handler", actor="chuyen-vien-vp")
    office.reply(number, unit="btg", answer="agree", actor=HEADS["btg"], note="gửi")
    entry = len(office.history(number, actor=COUNTERPART))
    paper = next(one.key for one in office.documents(number, actor=COUNTERPART) if one.key.startswith("reply_letter"))
    place.set("2026-11-24 10:00")
    office.correct(number, entry, answer="reject", fields={}, papers={paper: "void"}, actor=COUNTERPART, note="nhầm")
    office.correct(number, entry, take_back=True, fields={}, papers={}, actor=COUNTERPART, note="nơi khác gửi")
    letter = next(one.key for one in office.documents(number, actor=COUNTERPART) if one.key.startswith("ask_letter"))
    office.attach_to_document(number, letter, actor=COUNTERPART, files=[Upload(name="ký.txt", content=b"x")])
    office.recuse(number, actor="chuyen-vien-vp", note="người thân")
    office.advance(number, "withdraw", actor=COUNTERPART, note="thôi")
    office.reopen(number, actor=COUNTERPART, note="lại")
    done = office.record(number, actor=COUNTERPART)
    assert done.passed, done.message
    for words in (
        "ask: [",
        "release: true",
        "claim: ",
        "take_back: true",
        'answer: "reject"',
        "doc: {attach:",
        "recuse: ",
        "reopen: ",
        "void: [",
    ):
        assert words in done.text, words
    assert done.text.count("doc:") == 1, "what the correction did to a paper is part of it"


def test_a_case_that_the_clock_opened_is_recorded_without_an_opening(place: Place) -> None:
    office = place.office()
    place.set("2026-12-01 08:00")
    (number,) = office.tick().opened
    place.set("2026-12-02 08:00")
    office.advance(number, "request_data", actor=HEAD, fields={"units": ["vp"]})
    done = office.record(number, actor=HEAD)
    assert "open:" not in done.text
    assert done.passed, done.message


def test_one_that_does_not_hold_any_more_says_so(place: Place) -> None:
    office = place.office()
    number = incident(office, "screen")
    change_definitions(
        place, "incident/process.yaml", ("  screened:\n", "  sifted:\n"), ("{else: screened, drafts", "{else: sifted, drafts")
    )
    only(place)
    done = office.record(number, actor=HEAD)
    assert not done.passed
    assert "sifted" in done.message

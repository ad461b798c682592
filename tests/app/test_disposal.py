"""Disposal: what need not be kept any more goes, by an act, and leaves a gap that is proved; nothing else does."""

import sqlite3
from pathlib import Path

import pytest

from storage.sqlite_guards import GUARDS
from tests.app.making import (
    CLERK,
    HEAD,
    OUTSIDER,
    STEPS,
    Place,
    change_definitions,
    copied,
    incident,
    no_scenarios,
    served,
    step,
)
from tests.storage.tracing import trace
from workflow.answers import Finding
from workflow.compose import LocalOffice
from workflow.engine.history import payload_of
from workflow.errors import NotFound, Refused
from workflow.model import Attachment, Entry, Upload
from workflow.office.acting import Acting
from workflow.office.histories import DONE, LEFT, PAPERS
from workflow.plain import digest

DECISION, REASON = "15/QĐ-HĐTL", "Hết thời hạn bảo quản"
WORDS = "Người dân phản ánh mùi khó chịu"
SECRET = b"mot to giay ma khong ai can nua"


def keeping(place: Place, retention: str = "retention: 1 year", who: str = "leader") -> None:
    """The incident's procedure says how long its cases are kept and who disposes of them."""
    no_scenarios(place)
    right = f"  dispose: {who}\n" if who else ""
    change_definitions(place, "incident/process.yaml", ("rights:\n  see: observer\n", f"{retention}\nrights:\n  see: observer\n{right}"))
    office = place.office()
    office.deploy(by="hoso", why="thử")
    office.close()


def closed(office: LocalOffice) -> str:
    """An incident from its opening to its end, with an attachment and issued papers."""
    number = incident(office)
    office.attach(number, actor=CLERK, files=[Upload(name="anh.txt", content=SECRET)])
    for action in STEPS:
        step(office, number, action)
    assert office.show(number, actor=HEAD).outcome == "done"
    return number


def errors(found: list[Finding]) -> list[str]:
    return [one.message for one in found if one.level == "error"]


@pytest.fixture(scope="module")
def with_closed(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An office with a closed incident of 2026, kept for a year: made once."""
    place = copied(deployed, tmp_path_factory.mktemp("kept") / "office")
    office = place.office()
    number = closed(office)
    office.close()
    keeping(place)
    return place.folder, number


@pytest.fixture(params=["file", "postgres"])
def kept(request: pytest.FixtureRequest, with_closed: tuple[Path, str], tmp_path: Path) -> tuple[Place, str]:
    """A copy of it on either database, the test's own."""
    folder, number = with_closed
    place = copied(folder, tmp_path / "kept")
    return place if request.param == "file" else served(place, request.getfixturevalue("postgres_url")), number


def test_contents_go_and_numbers_dates_and_the_chain_stay(kept):
    place, number = kept
    place.set("2028-01-01 08:00")
    office = place.office()
    office.drain()
    papers = [one for one in office.documents(number, actor=HEAD) if one.symbol]
    before = office.store.entries(number)
    assert [one.number for one in office.cases(actor=HEAD, fields={"commune": "Nam Giang"}, closed=True)] == [number]
    hashes = [hash_ for one in office.store.load(number).documents for hash_ in one.files.values()]
    assert [(one.number, one.reasons) for one in office.disposable(actor=HEAD)] == [(number, ())]
    (done,) = office.dispose(actor=HEAD, decision=DECISION, note=REASON)
    assert (done.number, done.disposed, str(done.until)) == (number, True, "2027-12-31")
    after = office.store.entries(number)
    assert [one.hash for one in before] == [one.hash for one in after[:-1]]
    assert [one.payload for one in after[:-1]] == [""] * len(before)
    assert REASON in after[-1].payload
    file = office.store.load(number)
    assert (file.deadlines, file.opinions, dict(file.case.fields), file.case.title) == ((), (), {}, "")
    assert file.case.disposed.decision == DECISION
    assert [office.store.file(one) for one in hashes] == [None] * len(hashes)
    shown = {one.key: one for one in office.documents(number, actor=HEAD)}
    assert [(one.symbol, one.at, one.type) for one in papers] == [
        (shown[one.key].symbol, shown[one.key].at, shown[one.key].type) for one in papers
    ]
    assert all(DECISION in shown[one.key].title for one in papers)
    series = next(one.series for one in file.documents if one.series is not None)
    register = office.register("series", str(series), actor=HEAD)
    assert DECISION in str(register.rows)
    lines = office.history(number, actor=HEAD)
    assert DECISION in lines[-1].title
    assert not any(one.note or one.fields for one in lines[:-1])
    assert [one.title for one in lines if one.title == one.act or one.title.startswith("document-")] == []
    assert [one for line in lines for one in line.documents if not one.strip()] == []
    found = office.verify()
    assert errors(found) == []
    assert [one.message for one in found if one.what == "disposal"] == [
        f"nội dung của 1 hồ sơ đã được tiêu hủy theo quyết định {DECISION}: phần thiếu của chúng đã rõ lý do"
    ]
    assert errors(office.verify(number)) == []
    assert office.disposable(actor=HEAD) == []
    assert office.search("mùi khó chịu", actor=HEAD) == []
    assert office.cases(actor=HEAD, fields={"commune": "Nam Giang"}, closed=True) == []
    assert office.notices(actor=HEAD, case=number) == []


def test_every_kind_of_act_that_is_not_an_action_has_its_words_when_its_contents_are_gone():
    kinds = {*DONE, *PAPERS, "fire", "silence", "calendar", "extend", "transfer", "link", "assign", "reply"} - {"let off"}
    assert kinds <= set(LEFT)
    assert not any("{" in told for told in LEFT.values())


def test_a_backup_and_a_copy_hold_the_gap(kept, tmp_path):
    from workflow.upkeep.database import copy

    place, number = kept
    place.set("2028-01-01 08:00")
    office = place.office()
    office.drain()
    office.dispose([number], actor=HEAD, decision=DECISION, note=REASON)
    assert office.backup(tmp_path / "b", by="root").size
    assert copy(place.folder, f"sqlite:///{tmp_path / 'other.db'}", place.environ).rows["disposal"] == 1


def test_it_stays_until_its_retention_has_ended(kept):
    place, number = kept
    place.set("2027-12-31 23:00")
    office = place.office()
    assert office.disposable(actor=HEAD) == []
    (later,) = office.disposable(actor=HEAD, until=office.clock.now().date().replace(year=2029))
    assert later.reasons == ("hồ sơ phải được giữ đến hết ngày 31/12/2027",)
    with pytest.raises(Refused) as refused:
        office.dispose([number], actor=HEAD, decision=DECISION, note=REASON)
    assert [one.code for one in refused.value.reasons] == ["retention"]
    assert office.store.load(number).case.disposed is None
    assert office.verify() == []


@pytest.mark.parametrize(
    ("retention", "who", "why"),
    [
        ("retention: permanent", "leader", "for ever"),
        ("", "", "retention: 10 years"),
        ("retention: 1 year", "board", "Bí thư"),
        ("retention: 1 year", "", "rights:"),
    ],
)
def test_what_the_procedure_does_not_allow_is_refused(place, retention, who, why):
    number = closed(place.office())
    keeping(place, retention, who)
    place.set("2030-01-01 08:00")
    office = place.office()
    office.drain()
    with pytest.raises(Refused, match=why):
        office.dispose([number], actor=HEAD, decision=DECISION, note=REASON)
    assert office.store.load(number).case.fields


def test_the_longest_of_its_papers_types_holds(place):
    number = closed(place.office())
    change_definitions(place, "document-types.yaml", ("BC:  {title: Báo cáo,", "BC:  {title: Báo cáo, retention: 20 years,"))
    keeping(place)
    place.set("2030-01-01 08:00")
    office = place.office()
    with pytest.raises(Refused, match="31/12/2046"):
        office.dispose([number], actor=HEAD, decision=DECISION, note=REASON)


def test_open_cases_and_those_nobody_may_see_are_not_touched(place):
    number, under_way = closed(place.office()), incident(place.office())
    keeping(place, who="[leader, clerk]")
    place.set("2030-01-01 08:00")
    office = place.office()
    office.drain()
    assert [one.number for one in office.disposable(actor=HEAD)] == [number]
    assert office.disposable(actor=OUTSIDER) == []
    with pytest.raises(NotFound):
        office.dispose([number], actor=OUTSIDER, decision=DECISION, note=REASON)
    with pytest.raises(Refused) as refused:
        office.dispose([under_way], actor=HEAD, decision=DECISION, note=REASON)
    assert [one.code for one in refused.value.reasons] == ["open"]
    assert office.dispose(actor=OUTSIDER, decision=DECISION, note=REASON) == []
    assert office.store.load(number).case.fields


def test_a_decision_and_a_reason_are_asked_for(place):
    number = closed(place.office())
    keeping(place)
    place.set("2030-01-01 08:00")
    office = place.office()
    office.drain()
    with pytest.raises(Refused) as refused:
        office.dispose([number], actor=HEAD, decision=" ", note="")
    assert {one.code for one in refused.value.reasons} == {"note", "decision"}


def test_nothing_is_done_to_a_case_that_was_disposed_of(kept):
    place, number = kept
    place.set("2028-01-01 08:00")
    office = place.office()
    office.drain()
    office.dispose([number], actor=HEAD, decision=DECISION, note=REASON, request_id="once")
    assert office.dispose(actor=HEAD, decision=DECISION, note=REASON, request_id="once") == []
    for act in (
        lambda: office.comment(number, actor=HEAD, note="x"),
        lambda: office.reopen(number, actor=HEAD, note="x"),
        lambda: office.attach(number, actor=CLERK, files=[Upload(name="a", content=b"a")]),
        lambda: office.dispose([number], actor=HEAD, decision=DECISION, note=REASON),
        lambda: office.document_files(number, "plan", actor=HEAD),
    ):
        with pytest.raises(Refused, match=DECISION):
            act()
    shown = office.show(number, actor=HEAD)
    assert (shown.title, shown.fields, shown.outcome) == ("", (), "done") or not shown.fields
    assert office.responsibility(number, actor=HEAD).days == 0
    assert office.export_file(number, actor=HEAD)[0].files
    assert errors(office.verify()) == []


def test_a_file_that_another_case_names_stays(kept):
    place, number = kept
    office = place.office()
    other = incident(office)
    office.attach(other, actor=CLERK, files=[Upload(name="anh.txt", content=SECRET)])
    place.set("2028-01-01 08:00")
    office = place.office()
    office.drain()
    (done,) = office.dispose(actor=HEAD, decision=DECISION, note=REASON)
    assert done.number == number
    assert any(name.startswith("attachments/") for name in office.export_file(other, actor=HEAD)[0].files)
    assert errors(office.verify()) == []


def test_no_file_of_the_office_holds_the_words_any_more(place):
    number = closed(place.office())
    keeping(place)
    place.set("2028-01-01 08:00")
    office = place.office()
    office.drain()

    def holds(words: bytes) -> bool:
        return any(words in one.read_bytes() for one in place.folder.glob("hoso.db*"))

    assert holds(WORDS.encode())
    assert holds(SECRET)
    office.dispose([number], actor=HEAD, decision=DECISION, note=REASON)
    assert not holds(WORDS.encode())
    assert not holds(SECRET)


# ---- what no act says ------------------------------------------------------------------------------------------------

FORGED = {
    "contents of one entry": "UPDATE entry SET payload = '' WHERE seq = 2",
    "contents of all": "UPDATE entry SET payload = ''",
    "contents, and a row that says so": "INSERT INTO disposal SELECT number, 3, opened, 'x', 'giả', 1, NULL FROM \"case\"; UPDATE entry SET payload = ''",
    "a row alone": "INSERT INTO disposal SELECT number, 3, opened, 'x', 'giả', 1, NULL FROM \"case\"",
}


@pytest.mark.parametrize("how", FORGED)
def test_a_gap_without_an_act_is_found(place, how):
    number = incident(place.office(), "screen", "assess")
    tampered(place, FORGED[how])
    found = errors(place.office().verify())
    assert found
    assert all(number in one for one in found)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET payload = '{}' WHERE seq = 2",
        "DELETE FROM disposal",
        "UPDATE disposal SET decision = 'khác'",
        "UPDATE disposal SET done = 0",
        "DELETE FROM entry WHERE seq = 2",
    ],
)
def test_what_was_disposed_of_is_not_changed_after_that(place, statement):
    number = closed(place.office())
    keeping(place)
    place.set("2028-01-01 08:00")
    office = place.office()
    office.drain()
    office.dispose([number], actor=HEAD, decision=DECISION, note=REASON)
    tampered(place, statement)
    assert errors(place.office().verify())


def tampered(place: Place, statements: str) -> None:
    found = sqlite3.connect(place.folder / "hoso.db", isolation_level=None)
    for name in GUARDS:
        found.execute(f"DROP TRIGGER {name}")
    found.executescript(statements)
    for statement in GUARDS.values():
        found.execute(statement)
    found.close()


def test_a_case_with_many_files_reads_the_histories_through_once(any_place):
    """What else names its files is looked for once for all of them, on either database; what another names, stays."""
    office = any_place.office()
    number, other = closed(office), incident(office)
    files = [Upload(name=f"{one}.txt", content=f"tờ {one}".encode()) for one in range(12)]
    office.attach(number, actor=CLERK, files=files)
    office.attach(other, actor=CLERK, files=files[:2])
    keeping(any_place)
    any_place.set("2028-01-01 08:00")
    office = any_place.office()
    office.drain()
    kept_files = {one.hash for entry in office.store.entries(other) for one in _attached(entry)}
    told: list[str] = []
    trace(office.store, told.append)
    (done,) = office.dispose(actor=HEAD, decision=DECISION, note=REASON)
    assert done.disposed
    through = [one for one in told if "UNION ALL SELECT text FROM registry" in one or "dispose_of(" in one]
    assert len(through) == 1
    assert not [one for one in told if "instr(" in one]
    assert all(office.store.file(one) for one in kept_files)
    gone = {digest(one.content) for one in files} - kept_files
    assert len(gone) == 10
    assert not any(office.store.file(one) for one in gone)
    assert errors(office.verify()) == []


def _attached(entry: Entry) -> list[Attachment]:
    return [Attachment(**one) for one in payload_of(entry)["data"].get("files", ())]


def test_many_cases_read_the_histories_through_once_and_what_one_of_them_alone_can_not_waits_for_itself(any_place):
    """Cases that go together, with a file that two of them have, one that another case has too, and one that meanwhile somebody moved."""
    office = any_place.office()
    shared, kept = Upload(name="chung.txt", content=b"hai vu cung co"), Upload(name="khac.txt", content=b"vu khac cung co")
    numbers = [closed(office) for _ in range(4)]
    other = incident(office)
    for number in numbers[:2]:
        office.attach(number, actor=CLERK, files=[shared])
    for number in (numbers[2], other):
        office.attach(number, actor=CLERK, files=[kept])
    keeping(any_place)
    any_place.set("2028-01-01 08:00")
    office = any_place.office()
    office.drain()

    def behind(self, act, file, facts, uploads=None):
        outcome = DECIDED(self, act, file, facts, uploads)
        if file.case.number == numbers[1]:
            beside = any_place.office()
            beside.comment(numbers[1], actor=CLERK, note="còn một câu")
            beside.store.close()
        return outcome

    told: list[str] = []
    trace(office.store, told.append)
    office.acting.__class__.decided = behind  # type: ignore[method-assign]
    try:
        done = office.dispose(actor=HEAD, decision=DECISION, note=REASON, progress=lambda one: told.append(f"done {one.number}"))
    finally:
        office.acting.__class__.decided = DECIDED  # type: ignore[method-assign]
    assert [(one.number, one.disposed) for one in done] == [(number, True) for number in numbers]
    assert [one for one in told if one.startswith("done ")] == [f"done {number}" for number in numbers]
    through = [one for one in told if "UNION ALL SELECT text FROM registry" in one or ("dispose_of(" in one and "'{}'" not in one)]
    assert len(through) == 2, "once for three cases, once for the one that was moved"
    assert len([one for one in told if "dispose_of(" in one]) in {0, 4}
    assert not any(office.store.file(digest(one)) for one in (SECRET, shared.content))
    assert office.store.file(digest(kept.content)) == kept.content
    assert all(entry.payload == "" for number in numbers for entry in office.store.entries(number)[:-1])
    assert errors(office.verify()) == []


DECIDED = Acting.decided

"""A paper by an office's own Word template, from the definitions to the stored bytes."""

from io import BytesIO
from pathlib import Path

import docx
import pytest

from tests.app.making import HEAD, Place, change_definitions, copied, incident, no_scenarios, step
from tools.word_template import invitation
from workflow.changing.versions import compare
from workflow.errors import DefinitionsWrong

OWN = "incident/templates/tinh-hinh.docx"


def put(place: Place, body: str = "Nội dung: {{ fields.issue }} tại {{ fields.commune }}", *, cut: bool = True) -> None:
    made = invitation(body=body, cut=cut, guests=False)
    made.save(place.folder / "definitions" / OWN)


@pytest.fixture(scope="module")
def with_own(deployed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The incident's report by a Word template, its tags cut into runs: deployed once."""
    place = copied(deployed, tmp_path_factory.mktemp("own") / "office")
    no_scenarios(place)
    put(place)
    change_definitions(place, "incident/process.yaml", ("body: situation.md.j2", "template: tinh-hinh.docx"))
    (place.folder / "definitions/incident/templates/situation.md.j2").unlink()
    office = place.office()
    office.deploy(by="hoso", why="mẫu riêng")
    office.close()
    return place.folder


@pytest.fixture
def own(with_own: Path, tmp_path: Path) -> Place:
    """A copy of it, the test's own."""
    return copied(with_own, tmp_path / "own")


def test_a_paper_is_drafted_issued_reproduced_and_recognised(own: Place) -> None:
    office = own.office()
    number = incident(office, "screen")
    assert "Số: \u00a0\u00a0\u00a0\u00a0\u00a0\u00a0-BC/BTGHU" in office.document_text(number, "situation", actor=HEAD)
    step(office, number, "assess")
    files = office.document_files(number, "situation", actor=HEAD)
    assert list(files) == ["docx"]
    assert "tại Nam Giang" in "\n".join(one.text for one in docx.Document(BytesIO(files["docx"])).paragraphs)
    found, made = office.reproduce(number, "situation", actor=HEAD)
    assert (found.same, found.same_text, made) == ({"docx": True}, True, files)
    assert "docxtpl" in found.renderer == found.renderer_now
    known = office.recognise(files["docx"], actor=HEAD)
    assert (known.state, known.case, known.kind) == ("unchanged", number, "docx")
    marred = docx.Document(BytesIO(files["docx"]))
    marred.paragraphs[0].text = "GIẤY KHÁC"
    out = BytesIO()
    marred.save(out)
    assert office.recognise(out.getvalue(), actor=HEAD).state == "changed"
    assert office.verify() == []
    exported, parts = office.export_file(number, actor=HEAD)
    assert files["docx"] in parts.values()
    assert len(exported.files) == len(parts)


def test_a_case_keeps_the_template_of_its_version(own: Place) -> None:
    office = own.office()
    old = incident(office, "screen")
    put(own, "Mẫu mới, {{ fields.issue }}", cut=False)
    assert office.deploy(by="hoso", why="sửa mẫu").changed == ("process incident",)
    assert office.deploy(by="hoso", why="không đổi gì").changed == ()
    new = incident(office, "screen")
    assert "Nội dung: " in office.document_text(old, "situation", actor=HEAD)
    assert "Mẫu mới, " in office.document_text(new, "situation", actor=HEAD)


def test_what_differs_between_drafts_and_between_versions_is_told_in_words(own: Place) -> None:
    office = own.office()
    number = incident(office, "screen")
    own.set("2026-11-23 09:00")
    office.correct(number, 1, actor=HEAD, fields={"commune": "Nam Cường"}, note="Ghi sai xã")
    found = office.document_differences(number, "situation", actor=HEAD)
    assert any("Nam Giang" in one.before and "Nam Cường" in one.after for one in found)
    versions = [used(own)]
    for body, cut in (
        ("Nội dung khác: {{ fields.issue }} tại {{ fields.commune }}", True),
        ("Nội dung khác: {{ fields.issue }} tại {{ fields.commune }}", False),
    ):
        put(own, body, cut=cut)
        office.deploy(by="hoso", why="sửa mẫu")
        versions.append(used(own))
    (one,) = compare(office, versions[0], versions[1], None)[0].differences
    assert (one.what, one.name) == ("template", "tinh-hinh.docx")
    assert "Nội dung khác: {{ fields.issue }}" in one.aspects[0].after
    (one,) = compare(office, versions[1], versions[2], None)[0].differences
    assert [aspect.key for aspect in one.aspects] == ["file"]


def used(place: Place) -> str:
    return place.office().store.current()["process", "incident"]


def test_a_wrong_template_is_told_on_deploying_with_its_file_and_paragraph(own: Place) -> None:
    put(own, "Về việc {{ fields.isue }}")
    with pytest.raises(DefinitionsWrong) as wrong:
        own.office().deploy(by="hoso", why="sai")
    (problem,) = wrong.value.problems
    assert str(problem.place) == OWN
    assert problem.code == "E524"
    assert problem.said("vi").startswith(
        f"{OWN}: E524 quy trình không có 'fields.isue'; có phải ý bạn là 'fields.issue'?, ở đoạn “Về việc {{{{ fields.isue }}}}”"
    )


@pytest.mark.parametrize(
    "said", ["template: situation.md.j2", "body: tinh-hinh.docx", "body: tinh-hinh.docx\n    template: tinh-hinh.docx"]
)
def test_a_text_comes_from_one_file_of_its_kind(own: Place, said: str) -> None:
    change_definitions(own, "incident/process.yaml", ("template: tinh-hinh.docx", said))
    with pytest.raises(DefinitionsWrong) as wrong:
        own.office().deploy(by="hoso", why="sai")
    assert "E204" in {problem.code for problem in wrong.value.problems}

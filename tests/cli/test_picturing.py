"""Pictures of a procedure and of a case's way through it, as typed; and a scenario written from a case."""

from xml.etree import ElementTree as ET

import pytest

from tests.sample import keep

SVG = "{http://www.w3.org/2000/svg}"
SCREEN = "--set urgency=normal --set authority=btg --note x"


@pytest.fixture
def case(typed):
    """An incident that stood a day in its first state and stands in its second."""
    number = typed.incident()
    typed("clock +1d")
    typed(f"do {number} screen --as leader.btg {SCREEN}")
    return number


def drawn(text):
    """The picture within a page, or by itself."""
    return ET.fromstring(text[text.index("<svg") : text.index("</svg>") + len("</svg>")])


# ---- pictures --------------------------------------------------------------------------------------------------------


def test_every_format_shows_states_actions_and_deadlines_and_is_the_same_again(typed):
    before = typed.contents()
    pictures = {kind: typed.out(f"process diagram incident --format {kind}") for kind in ("svg", "html", "mermaid", "dot")}
    assert pictures == {kind: typed.out(f"process diagram incident --format {kind}") for kind in pictures}
    assert typed.out("process diagram incident") == pictures["svg"]
    assert pictures["html"].startswith("<!doctype html>")
    for kind in ("svg", "html"):
        said = "".join(drawn(pictures[kind]).itertext())
        assert "Đánh giá" in said
        assert "10 working days" in said
    assert pictures["mermaid"].startswith("stateDiagram-v2\n")
    assert 'state "Dự thảo phương án" as s5' in pictures["mermaid"]
    assert "s5 --> s6: Thống nhất" in pictures["mermaid"]
    assert pictures["dot"].startswith('digraph "incident" {')
    assert 's5 -> s6 [label="Thống nhất"]' in pictures["dot"]
    assert "2 working days" in pictures["dot"]
    assert typed.contents() == before


def test_of_a_case_the_way_that_it_went_shows_and_where_it_stands(typed, case):
    line = f"process diagram --case {case} --as leader.btg"
    for kind in ("svg", "html"):
        parts = drawn(typed.out(f"{line} --format {kind}"))
        classes = [found.get("class", "") for found in parts.iter()]
        assert [word for word in classes if word.split()[-1:] == ["here"]] == ["box here"]
        assert classes.count("box been") == 1
        assert [one.text for one in parts.iter(f"{SVG}text") if one.get("class") == "spent"][:2] == ["#1", "#2"]
        assert "1 ngày" in "".join(parts.itertext())
        assert case in "".join(parts.itertext())
    text = typed.out(f"{line} --format mermaid")
    assert 'state "Tiếp nhận – 1 ngày 0 giờ" as s1' in text
    assert "class s1 been\n  class s3 here" in text
    dot = typed.out(f"{line} --format dot")
    assert 's1 -> s3 [label="Phân loại", penwidth=3]' in dot
    assert 's1 -> s2 [label="Trả lại nơi đề nghị"]' in dot


def test_a_picture_goes_into_a_file_and_into_json(typed, case):
    file = typed.folder / "đường đi.html"
    assert "đường đi.html" in typed.out(f"process diagram --case {case} --as leader.btg --format html --to '{file}'")
    assert file.read_text("utf-8").startswith("<!doctype html>")
    assert typed.json("process diagram incident --format dot")["text"] == typed.out("process diagram incident --format dot")
    again = typed.json(f"process diagram incident --format dot --to '{file}'")
    assert again == {"format": "dot", "file": str(file)}


def test_what_is_not_there_or_not_to_be_seen_is_drawn_for_nobody(typed, case):
    assert "'svg'" in typed.refused("process diagram incident --format png", 2)
    assert "'incident'" in typed.refused("process diagram incidnt", 4)
    for files in ("", " --files"):
        said = typed.refused(f"process diagram{files}", 2)
        assert said == "Quy trình nào? Hãy nêu một trong các quy trình: annual_report, incident, opinion.\n"
    missing = typed.refused("process diagram --case 999/2026-VV --as leader.btg", 4)
    hidden = typed.refused(f"process diagram --case {case} --as clerk.mttq", 4)
    assert hidden.replace(case, "999/2026-VV") == missing
    assert "opinion" in typed.refused(f"process diagram opinion --case {case} --as leader.btg", 2)
    assert "a.svg" in typed.refused(f"process diagram incident --to {typed.folder}/nirgendwo/a.svg", 2)


# ---- scenarios from cases --------------------------------------------------------------------------------------------------


def test_what_happened_to_a_case_is_a_scenario_that_passes(typed, case):
    typed("clock +2d")
    typed(f"do {case} assess --as specialist.btg --set facts='Đã xác minh tại chỗ'")
    before = typed.contents()
    said = typed.out(f"process record {case} --as leader.btg")
    file = typed.folder / "definitions/incident/scenarios/001-2026-vv.yaml"
    assert file.relative_to(typed.folder).as_posix() in said
    assert "đúng" in said
    assert "1/1" in typed.out("process test incident")
    assert typed.contents() == before
    assert typed.out(f"process record {case} --to - --as leader.btg").rstrip() == file.read_text("utf-8").rstrip()
    done = typed.json(f"process record {case} --as leader.btg")
    assert (done["passed"], done["file"]) == (True, "incident/scenarios/001-2026-vv.yaml")
    file.write_text(file.read_text("utf-8").replace('state: "screened"', 'state: "executing"'), "utf-8")
    assert "executing" in typed("process test incident", 6).stdout


def test_a_recorded_scenario_that_somebody_changed_is_not_written_over(typed, case):
    typed(f"process record {case} --as leader.btg")
    file = typed.folder / "definitions/incident/scenarios/001-2026-vv.yaml"
    changed = file.read_text("utf-8").replace("Mùi khó chịu từ cơ sở tái chế gần khu dân cư", "Một phản ánh của người dân")
    file.write_text(changed, "utf-8")
    assert "001-2026-vv.yaml" in typed.refused(f"process record {case} --as leader.btg", 2)
    assert file.read_text("utf-8") == changed
    other = file.with_name("khác.yaml")
    typed(f"process record {case} --to '{other}' --as leader.btg")
    assert "2/2" in typed.out("process test incident")


def test_no_scenario_is_written_of_an_unseen_case_or_where_there_is_no_folder(typed, case):
    files = sorted(typed.folder.rglob("*"))
    missing = typed.refused("process record 999/2026-VV --as leader.btg", 4)
    assert typed.refused(f"process record {case} --as clerk.mttq", 4).replace(case, "999/2026-VV") == missing
    assert "nirgendwo" in typed.refused(f"process record {case} --to {typed.folder}/nirgendwo/a.yaml --as leader.btg", 2)
    assert "definitions" in typed.refused(f"process record {case} --to {typed.folder}/definitions --as leader.btg", 2)
    assert sorted(typed.folder.rglob("*")) == files


def test_the_only_procedure_of_an_office_need_not_be_named(typed):
    keep(typed.folder / "definitions", "incident")
    assert typed.out("process diagram --files") == typed.out("process diagram incident --files")

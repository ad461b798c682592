"""What an office's editors are given: every file names its schema, which knows the words of its own process."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft7Validator, meta

from tests.fuzz.changing import changed, document, folder, vocabulary, words_of, written
from tests.sample import three
from workflow.authoring.definitions import compile_definitions
from workflow.authoring.deploy import read_folder
from workflow.authoring.editors import place, refresh, schema_for, schemas
from workflow.authoring.editors.places import named, schema_of
from workflow.authoring.grammar import json_schema
from workflow.errors import CannotWrite, NotFound
from workflow.upkeep import init

FILES = dict(folder("sample"))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return init(tmp_path_factory.mktemp("editors") / "office", practice=True, environ={}, prepare=place)


def offered(schema: dict[str, Any], kind: str) -> list[str]:
    return schema["definitions"][f"words-{kind}"]["enum"]


def test_a_new_office_has_its_schemas_and_every_yaml_file_names_its_own(office):
    definitions = office / "definitions"
    for path in sorted(definitions.rglob("*.yaml")):
        first = path.read_text("utf-8").splitlines()[0]
        start = "# yaml-language-server: $schema="
        assert first.startswith(start), path
        schema = json.loads((path.parent / first.removeprefix(start)).read_text("utf-8"))
        assert schema["title"] in {path.name, "scenarios/*.yaml"}
        meta.validate(schema)
        assert path.stat().st_mode & 0o77 == 0
    assert all(path.stat().st_mode & 0o77 == 0 for path in (definitions / ".schemas").rglob("*"))


def test_lines_and_schemas_change_no_version_and_are_no_definitions(office):
    placed = three(read_folder(office / "definitions"))
    assert set(placed) == set(FILES)
    old, new = compile_definitions(FILES), compile_definitions(placed)
    assert {key: one.version for key, one in new.processes.items()} == {key: one.version for key, one in old.processes.items()}
    assert (new.organisation, new.calendar, new.types) == (old.organisation, old.calendar, old.types)
    assert [problem.code for problem in new.problems] == [problem.code for problem in old.problems]


def test_placing_again_writes_nothing(office):
    assert place(office / "definitions") == []


def test_a_process_is_offered_its_own_words():
    schema = schema_for("process", FILES, "incident")
    assert {"received", "closed", "same", "previous"} <= set(offered(schema, "target"))
    assert "consulting" not in offered(schema, "target"), "of another process"
    assert {"handler", "leader", "opener", "asked"} <= set(offered(schema, "who"))
    assert {"auto", "anyone", "nobody"} <= set(offered(schema, "by"))
    assert {"issue", "urgency"} <= set(offered(schema, "field"))
    assert {"situation", "plan"} <= set(offered(schema, "document"))
    assert {"situation.md.j2"} <= set(offered(schema, "template"))
    assert {"btg", "asked", "fields.authority"} <= set(offered(schema, "unit"))
    assert {"leader", "clerk"} <= set(offered(schema, "position"))
    assert {"BC", "CV"} <= set(offered(schema, "document-type"))
    assert {"incident", "opinion"} <= set(offered(schema, "process"))
    assert "escalate" in offered(schema, "action")
    assert "fields.urgency" in offered(schema, "expression")
    told = dict(zip(*(schema["definitions"]["words-target"][key] for key in ("enum", "enumDescriptions")), strict=True))
    assert told["received"] == "Tiếp nhận"
    assert "sets" in schema["definitions"]["Action"]["properties"]
    assert "issue" in schema["definitions"]["Action"]["properties"]["sets"]["properties"]


def test_a_scenario_is_offered_the_words_of_its_process_and_of_the_office():
    schema = schema_for("scenario", FILES, "opinion")
    assert {"collate_early", "withdraw"} <= set(offered(schema, "action"))
    assert {"agree", "amend"} <= set(offered(schema, "answer"))
    assert {"leader.btg", "clerk.vp"} <= set(offered(schema, "actor"))
    assert "draft_title" in schema["properties"]["open"]["anyOf"][0]["properties"]


def test_organisation_and_calendar_are_offered_the_office_s_words():
    assert "btg" in offered(schema_for("organisation", FILES), "unit")
    assert set(schema_for("calendar", FILES)["properties"]["week"]["properties"]) >= {"mon-fri", "sat"}


def test_a_file_that_cannot_be_read_offers_nothing_and_a_wrong_one_what_it_has():
    broken = {
        **FILES,
        "organisation.yaml": b"units: [",
        "opinion/process.yaml": b"process: [",
        "incident/process.yaml": b"states: {one: 1, two: {title: {en: Two}}}\nroles: []\n",
    }
    assert set(schemas(broken)) == set(schemas(FILES))
    assert offered(schema_for("process", broken, "incident"), "state") == ["one", "two"]
    assert "words-state" not in schema_for("process", broken, "opinion")["definitions"]


def test_a_process_that_there_is_not_is_told():
    with pytest.raises(NotFound, match="incident"):
        schema_for("process", FILES, "incidents")


@settings(deadline=None, max_examples=15, derandomize=True, database=None, suppress_health_check=tuple(HealthCheck))
@given(data=st.data())
def test_words_are_offered_and_none_is_forbidden(data):
    """A schema with words judges as the one without: it is older than the next word."""
    path = data.draw(
        st.sampled_from(["incident/process.yaml", "opinion/process.yaml", "opinion/scenarios/01-du-y-kien.yaml", "organisation.yaml"])
    )
    kind = {"process.yaml": "process", "organisation.yaml": "organisation"}.get(path.rsplit("/", 1)[-1], "scenario")
    key = path.split("/")[0] if "/" in path else ""
    value = document("sample", path)
    for _ in range(data.draw(st.integers(0, 2))):
        value = data.draw(changed(value, words_of("sample", key or "incident"), vocabulary("sample", path)))
    judged = [
        Draft7Validator(schema, validate_formats=False).is_valid(value) for schema in (json_schema(kind), schema_for(kind, FILES, key))
    ]
    assert judged[0] == judged[1]


@settings(deadline=None, max_examples=15, derandomize=True, database=None, suppress_health_check=tuple(HealthCheck))
@given(data=st.data())
def test_whatever_stands_in_the_files_there_are_schemas(data):
    path = data.draw(st.sampled_from(["incident/process.yaml", "organisation.yaml", "calendar.yaml", "document-types.yaml"]))
    value = document("sample", path)
    for _ in range(data.draw(st.integers(1, 4))):
        value = data.draw(changed(value, words_of("sample", "incident"), vocabulary("sample", path)))
    for schema in schemas({**FILES, path: written(value)}).values():
        json.dumps(schema)


# ---- the line ------------------------------------------------------------------------------------------------------


def test_the_line_is_put_first_mended_or_left():
    assert named(b"process: x\n", "a.json") == b"# yaml-language-server: $schema=a.json\nprocess: x\n"
    assert named(b"a: 1\r\nb: 2\r\n", "a.json") == b"# yaml-language-server: $schema=a.json\r\na: 1\r\nb: 2\r\n"
    old = b"# mine\n#yaml-language-server: $schema=https://example.org/x.json\r\na: 1\n"
    assert named(old, "a.json") == b"# mine\n# yaml-language-server: $schema=a.json\r\na: 1\n"
    assert named(b"", "a.json") == b"# yaml-language-server: $schema=a.json\n"


def test_each_file_has_the_schema_of_its_kind():
    assert schema_of("organisation.yaml") == ".schemas/organisation.json"
    assert schema_of("leave/process.yaml") == "../.schemas/leave/process.json"
    assert schema_of("leave/scenarios/x.yaml") == "../../.schemas/leave/scenario.json"
    assert [schema_of(name) for name in ("x.yaml", "leave/x.yaml", "leave/templates/a.md.j2", "leave/scenarios/a/b.yaml")] == [""] * 4


def test_a_schema_is_written_anew_when_a_word_is_new(tmp_path):
    definitions = init(tmp_path / "office", practice=True, environ={}, prepare=place) / "definitions"
    process = definitions / "incident/process.yaml"
    process.write_text(process.read_text("utf-8").replace("  closed:", "  archived: {title: Lưu, final: archived}\n  closed:", 1), "utf-8")
    written = refresh(definitions)
    assert {".schemas/incident/process.json", ".schemas/incident/scenario.json"} <= set(written)
    assert not {".schemas/organisation.json", ".schemas/calendar.json"} & set(written), "they name no state"
    assert "archived" in offered(json.loads((definitions / ".schemas/incident/process.json").read_text("utf-8")), "target")
    assert refresh(definitions) == []


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    definitions = init(tmp_path / "office", practice=True, environ={}) / "definitions"
    (definitions / ".schemas").write_text("in the way", "utf-8")
    with pytest.raises(CannotWrite, match=r"\.schemas"):
        place(definitions)

"""`hoso process schema`, and what `hoso init` and `hoso deploy` do for editors."""

import json

import pytest

from workflow.authoring.grammar import KINDS
from workflow.console.processes import KINDS as NAMED


def test_the_kinds_that_the_command_line_names_are_those_that_there_are():
    assert tuple(NAMED) == tuple(KINDS)


@pytest.mark.parametrize("kind", NAMED)
def test_every_kind_has_its_schema(typed, kind):
    schema = json.loads(typed.out(f"process schema {kind}"))
    assert schema["$schema"] == "http://json-schema.org/draft-07/schema#"
    assert schema.get("properties") or schema["additionalProperties"]
    assert json.loads(typed.out(f"process schema {kind} --json")) == schema


def test_without_a_kind_it_is_that_of_a_process(typed):
    assert typed.out("process schema") == typed.out("process schema process")


def test_a_schema_for_a_process_knows_its_states(typed):
    schema = json.loads(typed.out("process schema --for incident"))
    assert "received" in schema["definitions"]["words-target"]["enum"]
    assert "received" not in typed.out("process schema process")


def test_what_is_not_there_is_told(typed):
    assert "incident" in typed.refused("process schema --for incidnet", 4)
    assert "là một trong: 'process'" in typed.refused("process schema proces", 2)


def test_schemas_are_written_once_and_mended_on_deploy(typed):
    definitions = typed.folder / "definitions"
    assert (definitions / ".schemas/incident/process.json").is_file(), "by hoso init"
    (definitions / ".schemas/incident/process.json").write_text("{}", "utf-8")
    (definitions / "incident/process.yaml").write_text(
        (definitions / "incident/process.yaml").read_text("utf-8").split("\n", 1)[1], "utf-8"
    )
    typed("deploy --dry-run")
    assert (definitions / ".schemas/incident/process.json").read_text("utf-8") == "{}"
    assert typed.json("deploy")["changed"] == [], "the line is a comment"
    assert "received" in (definitions / ".schemas/incident/process.json").read_text("utf-8")
    assert "incident/process.yaml" in typed.out("process schema --write")
    assert typed.json("process schema --write") == []
    assert (
        (definitions / "incident/process.yaml")
        .read_text("utf-8")
        .startswith("# yaml-language-server: $schema=../.schemas/incident/process.json\n")
    )


def test_an_office_without_schemas_is_given_none_unasked_and_one_in_the_way_stops_no_deploy(typed):
    schemas = typed.folder / "definitions/.schemas"
    for path in sorted(schemas.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    schemas.rmdir()
    typed("deploy")
    assert not schemas.exists()
    (schemas / "incident/process.json").mkdir(parents=True)
    typed("deploy")
    assert "process.json" in typed("process schema --write", 2).stderr

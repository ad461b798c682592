"""The list of what the program is made of: whole, with licences, and with an edge to each package."""

import json
import sys

import pytest

from tests.architecture.house import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import sbom
from dependencies import plain, read_lock


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    file = tmp_path_factory.mktemp("sbom") / "sbom.json"
    assert sbom.main([str(file)]) == 0
    return json.loads(file.read_text("utf-8"))


def test_it_lists_what_is_locked_for_whoever_uses_the_program_and_no_more(made):
    locked = read_lock((ROOT / "requirements/runtime.txt").read_text("utf-8"), [], "runtime")
    assert {plain(one["name"]): one["version"] for one in made["components"]} == {one.name: one.version for one in locked}
    assert made["bomFormat"] == "CycloneDX"


def test_each_package_has_its_hashes_and_a_licence(made):
    for one in made["components"]:
        assert any(each.get("hashes") for each in one["externalReferences"]), one["name"]
        assert one["licenses"], one["name"]
        assert all(each.get("expression") or each["license"]["name"] for each in one["licenses"]), one["name"]


def test_each_package_is_there_because_somebody_asks_for_it(made):
    edges = {one["ref"]: one["dependsOn"] for one in made["dependencies"]}
    seen, left = set(), [made["metadata"]["component"]["bom-ref"]]
    while left:
        ref = left.pop()
        seen.add(ref)
        left += [one for one in edges[ref] if one not in seen]
    names = {one["bom-ref"]: one["name"] for one in made["components"]}
    assert [name for ref, name in names.items() if ref not in seen] == []


def test_it_is_the_same_each_time(made):
    assert sbom.completed(sbom.listed(ROOT), sbom.distributions()) == made

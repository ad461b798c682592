"""The packages are the ones that were chosen: what `make lint` says when they are not."""

import subprocess
import sys
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from tests.architecture.house import ROOT

sys.path.insert(0, str(ROOT / "tools"))

import dependencies

SHA = "--hash=sha256:" + "0" * 64
PROJECT = """
[build-system]
requires = ["hatchling>=1.27"]
[project]
dependencies = ["click>=8.5,<9"]
[dependency-groups]
dev = ["pytest>=8"]
"""
GOOD = {
    "build": f"hatchling==1.33.0 \\\n    {SHA}\n",
    "runtime": f"click==8.5.1 \\\n    {SHA} \\\n    {SHA}\n    # via hoso (pyproject.toml)\n",
    "dev": f"click==8.5.1 \\\n    {SHA}\npytest==9.2.0 ; python_version > '3' \\\n    {SHA}\ncolorama==0.4 ; sys_platform == 'win32' \\\n    {SHA}\n",
    "audit": f"click==8.0 \\\n    {SHA}\n",
}
INSTALLED = {"hatchling": "1.33.0", "Click": "8.5.1", "pytest": "9.2.0", "pip": "26", "hoso": "0.1"}


class Installed(Distribution):
    """A package as `importlib.metadata` finds it."""

    def __init__(self, name: str, version: str, licence: str = "License-Expression: MIT") -> None:
        self._text = f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n{licence}\n"

    def read_text(self, filename: str) -> str | None:
        return self._text if filename == "METADATA" else None

    def locate_file(self, path: object) -> Path:
        raise NotImplementedError


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / "requirements").mkdir()
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    for name, text in GOOD.items():
        (tmp_path / "requirements" / f"{name}.txt").write_text(text)
    return tmp_path


def wrong(checkout, **installed):
    found = [Installed(name, version) for name, version in {**INSTALLED, **installed}.items() if version]
    return dependencies.wrong_here(checkout, found)


def test_what_was_chosen_is_in_order(checkout):
    assert wrong(checkout) == []


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("runtime", f"click>=8.5 {SHA}\n", "runtime: click is not pinned to one version (name==version)"),
        ("runtime", f"click==8.* {SHA}\n", "runtime: click is not pinned to one version (name==version)"),
        ("runtime", "click==8.5.1\n", "runtime: click has no SHA-256, or something that is none"),
        ("runtime", "click==8.5.1 --hash=sha256:abc\n", "runtime: click has no SHA-256, or something that is none"),
        ("runtime", f"click @ https://example.org/click.whl {SHA}\n", "runtime: click is not pinned to one version (name==version)"),
        ("runtime", "-e ../click\n", "runtime: -e ../click is no package's name and version"),
        ("audit", "--index-url https://example.org\n", "audit: --index-url https://example.org is no package's name and version"),
        ("runtime", f"click==8.6 {SHA}\n", "click is locked in several versions: 8.6 (runtime), 8.5.1 (dev)"),
        ("runtime", f"click==7.0 {SHA}\n", "runtime: pyproject.toml asks for click<9,>=8.5, locked is 7.0: make lock"),
        ("dev", f"click==8.5.1 {SHA}\n", "dev: pyproject.toml asks for pytest>=8, locked is none: make lock"),
        ("build", "", "build: pyproject.toml asks for hatchling>=1.27, locked is none: make lock"),
    ],
)
def test_a_lock_file_that_leaves_a_choice_or_is_out_of_date_is_named(checkout, file, text, said):
    (checkout / "requirements" / f"{file}.txt").write_text(text)
    assert said in wrong(checkout)


def test_what_is_installed_is_what_is_locked(checkout):
    assert wrong(checkout, left="1.0") == ["left 1.0 is installed, and no file of requirements/ names it"]
    assert wrong(checkout, pytest="9.1") == ["pytest 9.2.0 is locked, installed is 9.1: make setup-dev"]
    assert wrong(checkout, pytest="") == ["pytest 9.2.0 is locked, installed is none: make setup-dev"]


@pytest.mark.parametrize(
    ("licence", "good"),
    [
        ("License-Expression: LGPL-3.0-only", True),
        ("License-Expression: GPL-3.0-only OR MIT", True),
        ("License-Expression: (GPL-3.0-only OR MIT) AND Zlib", True),
        ("License-Expression: GPL-3.0-only AND MIT", False),
        ("License-Expression: MIT AND LicenseRef-Own", False),
        ("Classifier: License :: OSI Approved :: MIT License", True),
        ("Classifier: License :: OSI Approved\nLicense: Apache 2.0", True),
        ("License: MIT license", True),
        ("License: Proprietary\nClassifier: License :: Other/Proprietary License", False),
        (
            "Classifier: License :: OSI Approved :: MIT License\nClassifier: License :: OSI Approved :: GNU Affero General Public License v3",
            False,
        ),
        ("License: UNKNOWN", False),
        ("Summary: says nothing", False),
    ],
)
def test_a_licence_is_one_that_was_thought_about(licence, good):
    found = list(dependencies.not_allowed([Installed("some", "1", licence)]))
    assert (found == []) is good
    assert good or found[0].startswith("some: its licence is not on the list")


def test_this_checkout_is_in_order(capfd):
    assert dependencies.main([]) == 0
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("code", "said", "answer"),
    [
        (0, "", 0),
        (0, "WARNING: The candidate selected for download or install is a yanked version: 'click' candidate (version 8.5.1)\n", 1),
        (1, "ERROR: Could not find a version that satisfies the requirement click==8.5.1\n", 1),
    ],
)
def test_a_release_that_was_taken_back_and_an_index_that_does_not_answer_fail_the_audit(monkeypatch, capfd, code, said, answer):
    asked = []

    def run(command, **_):
        asked.append(command)
        return subprocess.CompletedProcess(command, code, "", said)

    monkeypatch.setattr(dependencies.subprocess, "run", run)
    assert dependencies.main(["--yanked", "requirements/runtime.txt"]) == answer
    assert asked[0][1:5] == ["-m", "pip", "install", "--dry-run"]
    assert said.strip() in capfd.readouterr().err

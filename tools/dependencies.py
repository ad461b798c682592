"""Are the packages the ones that were chosen? Needs no network; part of `make lint`.

    python tools/dependencies.py                 # everything below
    python tools/dependencies.py --yanked FILE…  # of `make audit`: has somebody taken a pinned release back? (wants a network)

Every requirement of `requirements/*.txt` is one version with its SHA-256 and comes from no address of its own; no package has two
versions in one environment; what pyproject.toml asks for is there, within its bounds; what is installed here is what is locked, no more,
no less, in that version; and every installed package's licence is one that was thought about (`LICENCES`).
"""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

ROOT = Path(__file__).parent.parent
TOGETHER = ("build", "runtime", "dev")
"""The files that one environment is made of; `audit` and `peers` are each one by itself."""
NOT_LOCKED = {"hoso", "pip", "setuptools"}
"""The program itself, and what Python puts into a new environment."""

LICENCES = {
    *("MIT", "MIT-0", "MIT-CMU", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "BSD", "Apache-2.0", "ISC", "Zlib", "CC0-1.0", "PSF-2.0"),
    *("MPL-2.0", "LGPL-2.1-only", "LGPL-3.0-only"),
}
"""Whoever installs hoso may use, change and pass on all of it. MPL and LGPL bind who changes those packages, which hoso does not."""

CALLED = {
    "mit license": "MIT",
    "bsd license": "BSD",
    "bsd 2-clause license": "BSD-2-Clause",
    "apache": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "isc license (iscl)": "ISC",
    "psfl": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
}
"""What packages call licences that have no SPDX expression, in small letters."""

_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Locked:
    """One requirement of a lock file."""

    name: str
    version: str
    here: bool
    """Whether it is for this Python on this system."""


def plain(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(text: str, wrong: list[str], file: str) -> list[Locked]:
    """The requirements of a lock file; what is wrong with it is added to `wrong`."""
    found = []
    lines = re.sub(r"\\\n", " ", text).splitlines()
    for line in (one.strip() for one in lines):
        if not line or line.startswith("#"):
            continue
        said, *hashes = line.split(" --hash=")
        try:
            asked = Requirement(said)
        except InvalidRequirement:
            wrong.append(f"{file}: {said} is no package's name and version")
            continue
        pins = [one for one in asked.specifier if one.operator == "==" and not one.version.endswith(".*")]
        if asked.url or len(pins) != 1 or len(asked.specifier) != 1:
            wrong.append(f"{file}: {asked.name} is not pinned to one version (name==version)")
            continue
        if not hashes or not all(_HASH.fullmatch(f"--hash={one.split()[0]}") for one in hashes):
            wrong.append(f"{file}: {asked.name} has no SHA-256, or something that is none")
        found.append(Locked(plain(asked.name), pins[0].version, asked.marker is None or asked.marker.evaluate()))
    return found


def one_version(locks: Mapping[str, Iterable[Locked]]) -> Iterator[str]:
    """Packages that an environment would have in two versions."""
    versions: dict[str, dict[str, str]] = {}
    for file, found in locks.items():
        for one in found:
            if one.here:
                versions.setdefault(one.name, {}).setdefault(one.version, file)
    for name, by in versions.items():
        if len(by) > 1:
            yield f"{name} is locked in several versions: {', '.join(f'{version} ({file})' for version, file in by.items())}"


def asked_for(project: str, locks: Mapping[str, Iterable[Locked]]) -> Iterator[str]:
    """What pyproject.toml asks for and the lock files lack, or have in a version out of its bounds."""
    said = tomllib.loads(project)
    for file, asked in (
        ("runtime", said["project"]["dependencies"]),
        ("dev", said["dependency-groups"]["dev"]),
        ("build", said["build-system"]["requires"]),
    ):
        there = {one.name: one.version for one in locks[file]}
        for one in map(Requirement, asked):
            version = there.get(plain(one.name))
            if version is None or not one.specifier.contains(version, prereleases=True):
                yield f"{file}: pyproject.toml asks for {one}, locked is {version or 'none'}: make lock"


def installed_otherwise(locked: Iterable[Locked], installed: Mapping[str, str]) -> Iterator[str]:
    """What is installed and not locked, locked and not installed, or in another version."""
    wanted = {one.name: one.version for one in locked if one.here}
    for name in sorted(installed.keys() - wanted.keys() - NOT_LOCKED):
        yield f"{name} {installed[name]} is installed, and no file of requirements/ names it"
    for name, version in sorted(wanted.items()):
        if installed.get(name) != version:
            yield f"{name} {version} is locked, installed is {installed.get(name, 'none')}: make setup-dev"


def licences_of(found: Distribution) -> list[str]:
    """What a package says of its licence: its SPDX expression, else its classifiers, else its own words."""
    about = found.metadata
    if expression := about.get("License-Expression"):
        return [expression]
    classifiers = [one.rpartition(" :: ")[2] for one in about.get_all("Classifier") or () if one.startswith("License :: ")]
    said = [one for one in classifiers if one != "OSI Approved"] or (about.get("License") or "").strip().splitlines()[:1]
    return [CALLED.get(one.strip().lower(), one.strip()) for one in said]


def allowed(expression: str) -> bool:
    """Whether an SPDX expression leaves a choice that was thought about."""
    return all(any(one.strip(" ()") in LICENCES for one in part.split(" OR ")) for part in expression.split(" AND "))


def not_allowed(found: Iterable[Distribution]) -> Iterator[str]:
    """Packages with another licence, or with none that can be read."""
    for one in found:
        said = licences_of(one)
        if plain(one.name) not in NOT_LOCKED and not (said and all(map(allowed, said))):
            yield f"{one.name}: its licence is not on the list of tools/dependencies.py: {', '.join(said) or 'it names none'}"


def wrong_here(root: Path, found: Iterable[Distribution]) -> list[str]:
    """All that is wrong with a checkout and what is installed beside it."""
    there, wrong = list(found), list[str]()
    locks = {path.stem: read_lock(path.read_text("utf-8"), wrong, path.stem) for path in sorted((root / "requirements").glob("*.txt"))}
    wrong += one_version({file: locks[file] for file in TOGETHER})
    wrong += asked_for((root / "pyproject.toml").read_text("utf-8"), locks)
    wrong += installed_otherwise([one for file in TOGETHER for one in locks[file]], {plain(one.name): one.version for one in there})
    return [*wrong, *not_allowed(there)]


YANKED = "is a yanked version"
"""How pip says that a release was taken back."""


def yanked(files: Iterable[str]) -> int:
    """Ask the index about each pinned release, without installing any: 1 if one was taken back, or if it can't be asked."""
    asked = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--no-deps", "--require-hashes", "--quiet"]
    bad = 0
    for file in files:
        said = subprocess.run([*asked, "-r", file], capture_output=True, text=True, check=False)
        taken_back = [line for line in said.stderr.splitlines() if YANKED in line]
        if taken_back or said.returncode:
            print(f"{file}:", *(taken_back or said.stderr.splitlines()[-3:]), sep="\n  ", file=sys.stderr)
            bad = 1
        else:
            print(f"{file}: no pinned release was taken back")
    return bad


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["--yanked"]:
        return yanked(arguments[1:])
    wrong = wrong_here(ROOT, distributions())
    for one in wrong:
        print(one, file=sys.stderr)
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

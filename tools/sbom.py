"""What the program is made of, as CycloneDX: `make sbom`, into build/sbom.json. Needs no network.

    python tools/sbom.py FILE

The pinned packages with their hashes come from requirements/runtime.txt by cyclonedx-py; their licences, and which package asks for
which, from what is installed, since a lock file says neither.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement

sys.path.insert(0, str(Path(__file__).parent))

from dependencies import ROOT, licences_of, plain

MAIN = "hoso"


def listed(root: Path) -> dict[str, Any]:
    """The packages of the lock file, without licences and edges."""
    tool = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", "--output-reproducible", "--pyproject", "pyproject.toml"]
    said = subprocess.run([*tool, "-o", "-", "requirements/runtime.txt"], cwd=root, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(said.stdout)
    return found


def completed(found: dict[str, Any], installed: Iterable[Distribution]) -> dict[str, Any]:
    """The same with each package's licences, and with who asks for whom, from the program itself on."""
    there = {plain(one.name): one for one in installed}
    refs = {plain(one["name"]): one["bom-ref"] for one in found["components"]}
    components = [{**one, "licenses": list(_licences(there[plain(one["name"])]))} for one in found["components"]]
    refs[MAIN] = found["metadata"]["component"]["bom-ref"]
    edges = [{"ref": ref, "dependsOn": sorted(_needs(there[name], refs))} for name, ref in refs.items()]
    return {**found, "components": components, "dependencies": sorted(edges, key=lambda one: str(one["ref"]))}


def _licences(one: Distribution) -> Iterator[dict[str, Any]]:
    said = licences_of(one)
    try:
        (expression,) = map(canonicalize_license_expression, said)
    except (InvalidLicenseExpression, ValueError):
        yield from ({"license": {"name": name}} for name in said)
    else:
        yield {"expression": str(expression)}


def _needs(one: Distribution, refs: Mapping[str, str]) -> set[str]:
    """The packages that it asks for on this system; what only its extras ask for, if it is locked for somebody who asked for these."""
    asked = map(Requirement, one.requires or ())
    wanted = {plain(each.name) for each in asked if each.marker is None or each.marker.evaluate({"extra": ""}) or _binary(each)}
    return {refs[name] for name in wanted & refs.keys()}


def _binary(each: Requirement) -> bool:
    """psycopg's own driver is an extra of it, which pyproject.toml asks for."""
    return each.marker is not None and each.marker.evaluate({"extra": "binary"})


def main(arguments: list[str]) -> int:
    """Write it."""
    (file,) = arguments
    made = completed(listed(ROOT), distributions())
    Path(file).write_text(json.dumps(made, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(f"{file}: {len(made['components'])} packages")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

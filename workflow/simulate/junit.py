"""How scenarios went, as the XML that build servers read (JUnit's)."""

from collections.abc import Sequence
from itertools import groupby
from xml.etree import ElementTree as ET

from workflow.simulate.play import ScenarioResult


def junit(results: Sequence[ScenarioResult]) -> bytes:
    """A suite a procedure, a case a scenario; the same results give the same bytes."""
    failed = sum(not one.passed for one in results)
    root = ET.Element("testsuites", name="hoso", tests=str(len(results)), failures=str(failed))
    for process, group in groupby(results, key=lambda one: one.process):
        mine = list(group)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=process,
            tests=str(len(mine)),
            failures=str(sum(not one.passed for one in mine)),
            errors="0",
            skipped="0",
        )
        for one in mine:
            file = one.place.partition(":")[0]
            case = ET.SubElement(suite, "testcase", classname=process, name=one.name, file=file, time="0")
            if not one.passed:
                ET.SubElement(case, "failure", message=_fit(one.message), type="scenario").text = _fit(f"{one.place}\n{one.excerpt}")
    ET.indent(root)
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _fit(text: str) -> str:
    """Without what XML can't hold."""
    return "".join(letter for letter in text if letter in "\t\n" or letter >= " ")

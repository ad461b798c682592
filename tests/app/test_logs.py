"""The log and the file of faults."""

import io
import json
import stat

import pytest

from workflow import logs
from workflow.settings import office_toml


def broken():
    secret = "nội dung vụ việc"  # noqa: F841 - a local value, which must not be written
    try:
        {}["tên trong hồ sơ"]
    except KeyError as error:
        raise ValueError("giá trị bí mật") from error


def caught():
    try:
        broken()
    except ValueError as error:
        return error
    return None


def test_a_fault_is_written_with_types_and_places_but_no_value(tmp_path):
    name = logs.fault(caught(), tmp_path)
    file = tmp_path / "var" / "errors.log"
    text = file.read_text()
    line = json.loads(text)
    assert line["fault"] == name
    assert line["at"].endswith("Z")
    assert line["places"][0] == "builtins.ValueError"
    assert "builtins.KeyError" in line["places"]
    assert any(place.endswith(" broken") for place in line["places"])
    assert not any(word in text for word in ("bí mật", "nội dung", "hồ sơ"))
    assert str(tmp_path) not in text


def test_faults_are_private_and_only_added(tmp_path):
    names = [logs.fault(caught(), tmp_path) for _ in range(3)]
    file = tmp_path / "var" / "errors.log"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [json.loads(line)["fault"] for line in file.read_text().splitlines()] == names
    assert len(set(names)) == 3


def test_a_disk_that_takes_nothing_does_not_hide_the_fault(tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")
    assert logs.fault(caught(), tmp_path)


def test_an_exception_that_causes_itself_ends_the_list():
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert list(logs.places(first)) == ["builtins.ValueError", "builtins.ValueError"]


def test_places_name_the_package_not_the_machine():
    with pytest.raises(TypeError) as raised:
        office_toml(None, practice=True)
    assert "  workflow/settings/__init__.py:" in "\n".join(logs.places(raised.value))


def test_log_lines_are_json_with_their_facts():
    stream = io.StringIO()
    before = logs.LOG.handlers[:], logs.LOG.propagate
    try:
        logs.log_to(stream)
        logs.LOG.info("đã gửi", extra={"facts": {"sent": 3}})
    finally:
        logs.LOG.handlers[:], logs.LOG.propagate = before
    line = json.loads(stream.getvalue())
    assert (line["level"], line["message"], line["sent"]) == ("info", "đã gửi", 3)
    assert "đã gửi" in stream.getvalue()

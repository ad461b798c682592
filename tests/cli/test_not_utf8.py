"""Arguments that are not text in UTF-8: refused as wrong input, by whichever command, before anything is done."""

import json
import os

import pytest

BYTES = [
    [b"comment", b"CASE", b"--note", b"\xff"],
    [b"show", b"\xff"],
    [b"attach", b"CASE", b"\xff.txt"],
    [b"comment", b"CASE", b"--note", b"x", b"--request-id", b"a\xffb"],
    [b"register", b"reserve", b"btg", b"CV", b"--note", b"\xe1\xbb"],
    [b"backup", b"\xff"],
    [b"list", b"--field", b"area=\xff"],
    [b"inbox", b"--as", b"\xff"],
    [b"inbox", b"--office", b"\xff"],
    [b"inbox", b"--office=\xff"],
    [b"\xff"],
    [b"init", b"\xff"],
    [b"search", b"\xed\xa0\x80"],
    [b"help", b"\xff"],
    [b"--\xff"],
]


@pytest.mark.parametrize("words", BYTES, ids=lambda words: b" ".join(words).decode("utf-8", "backslashreplace"))
@pytest.mark.parametrize("as_json", [False, True], ids=["text", "json"])
def test_bytes_that_are_no_text_are_refused_as_wrong_usage(typed, words, as_json):
    before = typed.contents()
    process = typed.process(*map(os.fsdecode, words), *(["--json"] if as_json else []), cwd=typed.folder)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert "Traceback" not in err
    assert "\\x" in err
    if as_json:
        assert json.loads(err)["error"] == "not-utf8"
    assert typed.contents() == before
    assert not (typed.folder / "var/errors.log").exists()


def test_an_office_in_the_environment_whose_name_is_no_text_is_told(typed):
    process = typed.process("inbox", env={"HOSO_OFFICE": os.fsdecode(b"/tmp/\xff")})
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (2, "")
    assert "Traceback" not in err
    assert "--office" in err

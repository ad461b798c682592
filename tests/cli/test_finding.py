"""An office's folder that can't be found, entered or named: a paragraph with place, cause and way out, never a traceback."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.logins import as_login

ROOT = Path(__file__).parents[2]
NOBODY = 65534
HOSO = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import cli; cli.main()"


def typed_in(folder, *words, environ=None):
    """The command as a process of its own, in this folder; no traceback and no fault of ours, whatever it meets."""
    env = {"PATH": os.environ["PATH"], "HOME": "/", "LANG": "C.UTF-8", **(environ or {})}
    done = subprocess.run([sys.executable, "-c", HOSO, *words], cwd=folder, env=env, capture_output=True, text=True, check=False)
    return without_traceback(done)


def without_traceback(done):
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    assert "fault" not in done.stderr, done.stderr
    return done


def typed_by_another(folder, *words, environ=None):
    """The same by a login to whom a folder of mode 0 is shut: root becomes another, any other login is one already."""
    if os.geteuid():
        return typed_in(folder, *words, environ=environ)
    return without_traceback(as_login(NOBODY, *words, environ=environ))


def shut(tmp_path):
    """A folder that nobody but root may enter."""
    folder = tmp_path / "shut"
    folder.mkdir()
    (folder / "office.toml").write_text('title = "t"\n', encoding="utf-8")
    folder.chmod(0)
    return folder


def loop(tmp_path):
    (tmp_path / "a").symlink_to(tmp_path / "b")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    return tmp_path / "a"


PLACES = {
    # what is named, what the paragraph says in both languages
    "a circle of links": (loop, ["links", "--office"], ["liên kết", "--office"]),
    "a name too long": (lambda _: "x" * 5000, ["too long", "--office"], ["quá dài", "--office"]),
    "nobody's home": (lambda _: "~nobody-at-all/x", ["no such login", "--office"], ["không có tài khoản", "--office"]),
    "a path too long": (lambda _: "/".join(["x" * 100] * 60), ["too long", "--office"], ["quá dài", "--office"]),
}


@pytest.mark.parametrize("what", PLACES)
@pytest.mark.parametrize("way", ["option", "variable"])
@pytest.mark.parametrize("language", [0, 1])
def test_what_can_be_no_folder_is_told_in_ones_language(tmp_path, what, way, language):
    make, *says = PLACES[what]
    named = str(make(tmp_path))
    environ = {"LANG": ["C.UTF-8", "vi_VN.UTF-8"][language], **({"HOSO_OFFICE": named} if way == "variable" else {})}
    found = typed_in(tmp_path, "inbox", *(("--office", named) if way == "option" else ()), environ=environ)
    assert found.returncode == 2
    assert all(word in found.stderr for word in says[language]), found.stderr
    assert len(found.stderr) < 600


def test_as_json_it_is_an_error_like_any(tmp_path):
    error = json.loads(typed_in(tmp_path, "inbox", "--json", "--office", str(loop(tmp_path))).stderr)
    assert (error["error"], error["exit_code"]) == ("no-folder", 2)
    assert error["facts"]["cause"]


def test_help_is_there_whatever_folder_is_named(tmp_path):
    for named in ("x" * 5000, "~nobody-at-all/x", str(loop(tmp_path))):
        assert "inbox" in typed_in(tmp_path, "--help", environ={"HOSO_OFFICE": named}).stdout


def test_a_folder_that_is_gone_under_ones_feet_is_told(tmp_path):
    script = f'mkdir "{tmp_path}/gone" && cd "{tmp_path}/gone" && rmdir "{tmp_path}/gone" && exec "$@"'
    for words in (["inbox"], ["inbox", "--office", "relative"], ["init", "relative"]):
        done = subprocess.run(
            ["sh", "-c", script, "sh", sys.executable, "-c", HOSO, *words],
            env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        assert done.returncode == 2, done.stderr
        assert "no more" in done.stderr


def test_from_a_folder_that_is_gone_a_whole_path_still_leads_to_the_office(typed, tmp_path):
    script = f'mkdir "{tmp_path}/gone" && cd "{tmp_path}/gone" && rmdir "{tmp_path}/gone" && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, "sh", sys.executable, "-c", HOSO, "inbox", "--as", "clerk.btg", "--office", str(typed.folder)],
        env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.fixture
def reachable(tmp_path_factory):
    """A folder that another login reaches: pytest's own are for one login alone."""
    import shutil
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="hoso-shut-"))
    folder.chmod(0o755)
    yield folder
    for path in folder.iterdir():
        path.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.parametrize("words", [["inbox"], ["inbox", "--json"], ["verify"], ["deploy"]])
def test_a_folder_that_ones_login_may_not_enter_is_told(reachable, words):
    folder = shut(reachable)
    found = typed_by_another(reachable, *words, "--office", str(folder))
    assert found.returncode == 2
    assert str(folder) in found.stderr
    assert "Several logins" in found.stderr
    if "--json" in words:
        assert json.loads(found.stderr)["error"] == "folder-shut"


def test_settings_that_ones_login_may_not_read_are_told_likewise(reachable):
    folder = shut(reachable)
    (folder / "office.toml").chmod(0)
    folder.chmod(0o755)
    found = typed_by_another(reachable, "inbox", "--office", str(folder))
    assert found.returncode == 2
    assert "Several logins" in found.stderr
    folder.chmod(0)
    assert "inbox" in typed_by_another(reachable, "--help", environ={"HOSO_OFFICE": str(folder)}).stdout

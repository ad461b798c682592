"""Commands as another login of the machine: what its modes let through is tried for real."""

import atexit
import json
import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]

_LOADED = """
import importlib, json, os, pkgutil, sys
sys.path.insert(0, {root!r})
import concurrent.futures.thread, email, encodings.idna, storage, workflow
for package in (workflow, storage, email):
    for one in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".versions." not in one.name and not one.name.endswith((".env", "__main__")):
            importlib.import_module(one.name)
import cli
from tests import papers
from workflow import documents
from workflow.documents import pdf, word

def become(uid, groups):
    documents.write(papers.document(), papers.BODY) # here, not above: of what was loaded, a fork has no threads
    os.umask(0o077)
    os.setgroups(groups)
    os.setgid(uid)
    os.setuid(uid)
"""
"""The program is loaded first: another login need not be let into the folder in which it is installed here."""

_TYPED = """
for line in sys.stdin:
    asked = json.loads(line)
    child = os.fork()
    if child == 0:
        for number, path in enumerate([os.devnull, asked["out"], asked["err"]]):
            os.dup2(os.open(path, os.O_RDWR), number)
        os.environ.clear()
        os.environ.update(asked["environ"])
        os.chdir(asked["cwd"])
        become(asked["uid"], asked["groups"])
        sys.argv[1:] = asked["words"]
        sys.exit(cli.main())
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Once it is loaded, each command is a process of its own that begins there: to load all of it takes a second."""


def script(uid, groups, run):
    """For `python -c`: the program is loaded, then this is run by the login with these groups."""
    return f"{_LOADED.format(root=str(ROOT))}\nbecome({uid}, {list(groups)})\n{run}"


@cache
def _loaded():
    command = [sys.executable, "-c", _LOADED.format(root=str(ROOT)) + _TYPED]
    loaded = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=_environ({}))
    atexit.register(loaded.communicate)
    return loaded


def _environ(more):
    return {"PATH": os.environ["PATH"], "HOME": "/", "LANG": "C.UTF-8", **more}


def as_login(uid, *words, groups=(), environ=None, cwd="/"):
    """One command as this login with its own group and `groups`; only root can become another."""
    loaded = _loaded()
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        out.touch()
        err.touch()
        asked = {"uid": uid, "groups": list(groups), "words": words, "environ": _environ(environ or {}), "cwd": str(cwd)}
        print(json.dumps({**asked, "out": str(out), "err": str(err)}), file=loaded.stdin, flush=True)
        code = int(loaded.stdout.readline())
        return subprocess.CompletedProcess(words, code, out.read_text("utf-8"), err.read_text("utf-8"))

"""Commands as another login of the machine: what its modes let through is tried for real."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

_LOADED = """
import importlib, os, pkgutil, sys
sys.path.insert(0, {root!r})
import concurrent.futures.thread, email, encodings.idna, storage, workflow
for package in (workflow, storage, email):
    for one in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if ".versions." not in one.name and not one.name.endswith((".env", "__main__")):
            importlib.import_module(one.name)
import cli
from tests import papers
from workflow import documents
documents.write(papers.document(), papers.BODY)
os.umask(0o077)
os.setgroups({groups!r})
os.setgid({gid})
os.setuid({uid})
{run}
"""
"""The program is loaded first: another login need not be let into the folder in which it is installed here."""


def script(uid, groups=(), run="cli.main()"):
    """The program for `python -c`, as this login; `run`: what is done with it."""
    return _LOADED.format(root=str(ROOT), groups=list(groups), gid=uid, uid=uid, run=run)


def as_login(uid, *words, groups=(), environ=None, cwd="/"):
    """One command as this login with its own group and `groups`; only root can become another."""
    env = {"PATH": os.environ["PATH"], "HOME": "/", "LANG": "C.UTF-8", **(environ or {})}
    return subprocess.run(
        [sys.executable, "-c", script(uid, groups), *words], cwd=cwd, env=env, capture_output=True, text=True, check=False
    )

"""Offices for benches: practice offices of one procedure of their own."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from workflow.compose import LocalOffice, open_office
from workflow.ports import Clock
from workflow.upkeep.making import init


def office_of(folder: Path, key: str, process: str, clock: Clock, environ: Mapping[str, str]) -> LocalOffice:
    """A new office whose only process is this one, deployed; the programme goes with the processes that it names."""
    init(folder, practice=True, environ=environ)
    definitions = folder / "definitions"
    for path in definitions.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
    (definitions / "programme.yaml").unlink()
    (definitions / key).mkdir()
    (definitions / key / "process.yaml").write_text(process, "utf-8")
    office = open_office(folder, clock=clock, environ=environ)
    office.deploy(by="bench", why="bench")
    return office

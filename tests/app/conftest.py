"""Offices for tests: initialised and deployed once a session, copied for each test."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from tests.app.making import Place, at, copied, served
from tests.sample import keep_three, without_scenarios
from workflow.compose import open_office
from workflow.timekeeping import SetClock
from workflow.upkeep.making import init


@pytest.fixture(scope="session")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample office, deployed; nothing is opened in it."""
    folder = tmp_path_factory.mktemp("deployed") / "office"
    init(folder, practice=True, environ={})
    keep_three(folder / "definitions")
    office = open_office(folder, clock=SetClock(at("2026-11-20 08:00")), environ={})
    with without_scenarios(folder / "definitions"):  # tests/definitions plays them
        office.deploy(by="hoso", why="thử")
    office.store.close()
    return folder


@pytest.fixture
def place(deployed: Path, tmp_path: Path) -> Place:
    """A deployed practice office of the test's own; it is 09:00 on Friday 20 November 2026."""
    return copied(deployed, tmp_path / "office")


@pytest.fixture(params=["file", "postgres"])
def any_place(request: pytest.FixtureRequest, place: Place) -> Place:
    """The same, on either database."""
    return place if request.param == "file" else served(place, request.getfixturevalue("postgres_url"))


Copy = Callable[[Place, Path], AbstractContextManager[Place]]


@pytest.fixture
def copy(request: pytest.FixtureRequest) -> Copy:
    """Makes the office anew in another folder (and another schema, if it lies on PostgreSQL), its clock at the same time."""

    @contextmanager
    def copy(place: Place, target: Path) -> Iterator[Place]:
        folder, clock = copied(place.folder, target).folder, SetClock(place.clock.at)
        if not place.database:
            yield Place(folder=folder, clock=clock)
        else:
            from tests.postgres import copied as copied_rows

            with request.getfixturevalue("schemas").empty() as other:
                yield Place(folder=folder, clock=clock, database=copied_rows(place.database, other))
        shutil.rmtree(folder)

    return copy

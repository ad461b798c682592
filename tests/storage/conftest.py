"""One suite over each kind of database. PostgreSQL joins by one more parameter."""

import shutil

import pytest

from storage.store import open_store


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory):
    """A database file with its migrations run, copied by each test that wants one."""
    file = tmp_path_factory.mktemp("empty") / "empty.db"
    open_store(f"sqlite:///{file}", create=True).close()
    return file


@pytest.fixture
def url(empty_file, tmp_path):
    """The URL of an empty store in a file, which several processes may open."""
    shutil.copy(empty_file, tmp_path / "hoso.db")
    return f"sqlite:///{tmp_path / 'hoso.db'}"


@pytest.fixture(params=["memory", "file"])
def store(request):
    opened = open_store("sqlite://" if request.param == "memory" else request.getfixturevalue("url"))
    yield opened
    opened.close()

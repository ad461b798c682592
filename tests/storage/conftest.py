"""One suite over each kind of database."""

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
def file_url(empty_file, tmp_path):
    """The URL of an empty store in a file."""
    shutil.copy(empty_file, tmp_path / "hoso.db")
    return f"sqlite:///{tmp_path / 'hoso.db'}"


@pytest.fixture(params=["file", "postgres"])
def url(request):
    """The URL of an empty store that several processes may open."""
    return request.getfixturevalue({"file": "file_url", "postgres": "postgres_url"}[request.param])


@pytest.fixture(params=["memory", "file", "postgres"])
def store(request):
    """An empty store."""
    urls = {
        "memory": lambda: "sqlite://",
        "file": lambda: request.getfixturevalue("file_url"),
        "postgres": lambda: request.getfixturevalue("postgres_url"),
    }
    opened = open_store(urls[request.param]())
    yield opened
    opened.close()

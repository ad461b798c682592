"""Makes the modules beside this file (`papers`, …) importable for all tests, and a PostgreSQL for those that want one."""

import os

import pytest


@pytest.fixture(scope="session")
def schemas(tmp_path_factory, request):
    """Offices on PostgreSQL: one server for all processes of this run."""
    from tests.postgres import Schemas, server_url

    worker = getattr(request.config, "workerinput", None)
    base = tmp_path_factory.getbasetemp()
    shared, owner = (base.parent, os.getppid()) if worker else (base, os.getpid())
    made = Schemas(server_url(shared, owner), f"test_{os.getpid()}")
    yield made
    made.drop_all()


@pytest.fixture
def postgres_url(schemas):
    """The URL of an empty office on PostgreSQL."""
    with schemas.empty() as url:
        yield url

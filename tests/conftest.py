"""Makes the modules beside this file (`papers`, …) importable for all tests; what is not counted; a PostgreSQL for those that want one."""

import gc
import os
import shutil
import sys
from pathlib import Path

import pytest

MEMORY, ROOM = Path("/dev/shm"), 6 * 2**30
if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM:
    # every act of every office waits for its disk: a minute of all the tests together, and no test of them looks at a disk
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_finish():
    """What was imported and collected stays to the end: it is not gone through again and again in search of what may go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item):
    """Count no lines of what is random: tracing would take longer than the test, and a floor must not rest on chance."""
    counting = sys.gettrace()
    if counting is None or not item.get_closest_marker("random"):
        return (yield)
    sys.settrace(None)
    try:
        return (yield)
    finally:
        sys.settrace(counting)


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

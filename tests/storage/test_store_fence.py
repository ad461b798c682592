"""A program that stays finds out that the schema moved on before it writes anything; what it would have written is not there."""

import pytest

from storage import migrations
from storage.store import open_store
from storage.tables import SCHEMA
from tests.storage.making import START, advancing, case, deadline, opening
from tests.storage.test_store_migrations import set_version
from workflow.errors import StoreNewer, StoreOlder

ACTS = {
    "a beat": lambda store: store.beat("w", START),
    "a commit": lambda store: store.commit([advancing(case())]),
    "a commit to come": lambda store: store.commit_soon([advancing(case())])(),
    "several": lambda store: store.commit([advancing(case()), opening(case("2"))]),
    "a rung": lambda store: store.claim_rungs(START.replace(year=2030), "w", 5),
}


@pytest.mark.parametrize(("found", "kind"), [("9999", StoreNewer), ("0001", StoreOlder)])
@pytest.mark.parametrize("act", ACTS)
def test_whoever_goes_on_on_another_schema_writes_nothing(url, act, found, kind):
    store = open_store(url)
    store.commit([opening(case(), deadlines=(deadline(),))])
    before = store.load(case().number), store.entries(case().number), store.workers()
    set_version(url, found)
    with pytest.raises(kind, match=f"{found}.*{SCHEMA}|{SCHEMA}.*{found}"):
        ACTS[act](store)
    assert (store.load(case().number), store.entries(case().number), store.workers()) == before
    set_version(url, SCHEMA)
    ACTS[act](store)
    store.close()
    assert migrations.current(url) == SCHEMA

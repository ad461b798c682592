"""A program that stays finds out that the schema moved on, or that its file was replaced, before it writes anything; what it would have
written is not there.
"""

import shutil
from pathlib import Path

import pytest

from storage import migrations
from storage.store import open_store
from storage.tables import SCHEMA
from tests.storage.making import START, advancing, case, deadline, opening
from tests.storage.test_store_migrations import set_version
from workflow.errors import StoreNewer, StoreOlder, StoreReplaced
from workflow.model import Viewer

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


def _away(file: Path) -> None:
    """The office is moved: nothing stands in its place."""
    file.rename(file.with_name("elsewhere.db"))


def _restored(file: Path) -> None:
    """Somebody puts a copy in its place."""
    shutil.copy(file, file.with_name("copy.db"))
    for part in file.parent.glob(f"{file.name}-*"):
        part.unlink()
    file.with_name("copy.db").replace(file)


@pytest.mark.parametrize("replace", [_away, _restored])
@pytest.mark.parametrize("act", [*ACTS, "a look", "a list", "an act begun"])
def test_whoever_goes_on_once_the_file_was_replaced_is_told_and_writes_nothing(file_url, act, replace):
    looks = {
        "a look": lambda store: store.load(case().number),
        "a list": lambda store: list(store.notices(Viewer(everything=True))),
        "an act begun": lambda store: store.begin("r", "none"),
    }
    file, store = Path(file_url.removeprefix("sqlite:///")), open_store(file_url)
    store.commit([opening(case(), deadlines=(deadline(),))])
    store.close()
    store.commit([opening(case("3"))])  # with a new connection to the same file
    replace(file)
    for _ in range(2):
        with pytest.raises(StoreReplaced, match="Start it again"):
            {**ACTS, **looks}[act](store)
        store.close()  # nor does a new connection take the other file for the one that is remembered
    if replace is _restored:
        now = open_store(file_url)
        assert now.load(case().number).case == case()
        assert (len(now.entries(case().number)), now.workers()) == (1, {})
        now.close()


def test_a_link_to_the_file_may_be_made_anew_as_long_as_it_leads_to_the_same(file_url):
    file = Path(file_url.removeprefix("sqlite:///"))
    link = file.with_name("link.db")
    link.symlink_to(file)
    store = open_store(f"sqlite:///{link}")
    store.commit([opening(case())])
    link.unlink()
    link.symlink_to(file)
    assert store.load(case().number) is not None
    store.close()

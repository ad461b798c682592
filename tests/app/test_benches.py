"""What `bench/` measures still runs: each bench's office is made, and looked at or worked in as the bench does it, with few cases."""

import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from bench import _million, advance, deadlines, engine, memory, peers, upgrading, verifying, views
from bench._making import office_of
from bench.cluster import nodes
from bench.cluster import office as cluster_office
from tests.app.making import SPECIALIST
from workflow.timekeeping import SetClock


def test_the_engine_s_bench_opens_advances_and_fires(tmp_path: Path) -> None:
    assert engine.tick(tmp_path / "office", f"sqlite:///{tmp_path / 'office.db'}", 3) > 0
    assert advance.raw(tmp_path, 2) > 0


def test_the_deadlines_bench_copies_cases_that_are_due(tmp_path: Path) -> None:
    deadlines.office_with(tmp_path / "office", 300, 5, SetClock(deadlines.START))
    with memory.sqlite3.connect(tmp_path / "office" / "hoso.db") as found:
        assert found.execute('SELECT count(*) FROM "case"').fetchone() == (7,)
        assert memory.fired(found) == 5 + 200


def test_the_upgrading_bench_fills_an_old_office_and_brings_it_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    upgrading.make(tmp_path, upgrading.newest(), 30)
    with memory.sqlite3.connect(tmp_path / "hoso.db") as found:
        assert found.execute("SELECT count(*) FROM \"case\" WHERE number LIKE '%/2030-VV' AND search LIKE '%/%'").fetchone() == (30,)
    upgrading.main(20)
    assert capsys.readouterr().out.startswith(f"schema {upgrading.newest()} to ")


def test_the_verifying_bench_copies_cases_that_are_in_order(tmp_path: Path) -> None:
    assert verifying.make(tmp_path / "office", 30) == 24
    office = verifying.office_at(tmp_path / "office")
    looked: list[int] = []
    assert office.verify(progress=looked.append) == []
    verifying.chain(office, 24)
    verifying.raw(tmp_path / "office" / "hoso.db")
    office.close()
    assert looked == [1, 2, 3]
    assert len(office.store.heads()) == 1
    with verifying.sqlite3.connect(tmp_path / "office" / "hoso.db") as found:
        found.executescript("DROP TRIGGER entry_no_update; DROP TRIGGER entry_no_update_of;")
        found.execute("UPDATE entry SET text = replace(text, 'screened', 'screen') WHERE seq = 2 AND \"case\" LIKE '000003%'")
    office = verifying.office_at(tmp_path / "office")
    assert [one.message[:6] for one in office.verify() if one.what == "chain"] == ["000003"]
    office.close()


@pytest.mark.parametrize("on", ["file", "postgres"])
def test_the_lists_bench_looks_at_every_list_and_every_plan_has_its_index(on: str, tmp_path: Path, schemas) -> None:
    url = schemas.url() if on == "postgres" else ""
    office = views.office_of(tmp_path / "office", url, 250)
    try:
        assert office.search(_million.NEVER, actor=SPECIALIST) == []
        assert [line.number[:7] for line in office.search(_million.RARE, actor=SPECIALIST)] == ["0000077"]
        for name, look in views.looks(office).items():
            look()
            assert views.plans(office, look)[1] == [], name
    finally:
        office.close()


def test_the_cluster_s_office_is_one_that_can_be_deployed(tmp_path: Path) -> None:
    office = office_of(tmp_path / "office", "bench", cluster_office.PROCESS, SetClock(engine.START), {})
    number = office.open("bench", actor=SPECIALIST, fields={"word": "x"}, request_id="c0/0").case
    assert office.advance(number, "to_b", actor=SPECIALIST, request_id="c0/1").after == "b"
    office.close()
    wanted = {"patroni", "etcd-server", "haproxy", "iproute2", "util-linux", "postgresql"}
    assert {one.split()[0] for one in nodes.missing()} <= wanted, "what is not here is told by its package"


PEER = """
import sqlite3
from _work import run

class Plain:
    def __init__(self, states):
        self.states, self.done = states, 0
        self.at = sqlite3.connect("peer.db", isolation_level=None)
        self.at.execute("CREATE TABLE cases (number INTEGER PRIMARY KEY, step INTEGER)")
    def open(self, number):
        self.at.execute("INSERT INTO cases VALUES (?, 0)", (number,))
    def advance(self, number):
        self.at.execute("UPDATE cases SET step = step + 1 WHERE number = ?", (number,))
        self.done += LOST
    def closed(self):
        return self.at.execute("SELECT count(*) FROM cases WHERE step = ?", (len(self.states) - 1,)).fetchone()[0]
    def history(self):
        return self.done

run(Plain, "click")
"""


def test_the_peers_bench_measures_a_peer_in_a_process_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "PYTHON", Path(sys.executable))
    monkeypatch.setenv("PYTHONPATH", str(peers.BESIDE))
    versions: dict[str, str] = {}
    for lost in (1, 0):
        (tmp_path / f"peer{lost}.py").write_text(PEER.replace("LOST", str(lost)))
        (tmp_path / str(lost)).mkdir()
    assert peers.by_peer(peers.Peer("plain", (str(tmp_path / "peer1.py"),)), tmp_path / "1", 3, versions).rate > 0
    assert versions == {"click": version("click")}
    with pytest.raises(SystemExit, match="plain: 8 of 8 cases are closed, 0 of 56 acts are written down"):
        peers.by_peer(peers.Peer("plain", (str(tmp_path / "peer0.py"),)), tmp_path / "0", 3, versions)
    for ids in (False, True):
        (tmp_path / f"ours{ids}").mkdir()
    own = (peers.by_us(tmp_path / f"ours{ids}", 2, ids=ids) for ids in (False, True))
    for pace in (*own, peers.fresh(peers.raw_here, tmp_path, 2)):
        assert pace.rate > 0
        assert 0 < pace.processor < 1000
    assert {(peers.BESIDE / one.command[0]).exists() for one in peers.PEERS} == {True}


def test_the_peers_table_takes_ratios_within_rounds_and_the_median_of_rounds() -> None:
    others = {one.name: peers.Pace(100, 6) for one in peers.PEERS}
    slow, middle, quick = (
        {peers.RAW: peers.Pace(10 * rate, 1), peers.OURS: peers.Pace(2 * rate, busy), peers.ASKED: peers.Pace(rate, busy), **others}
        for rate, busy in ((90, 4), (110, 2), (130, 3))
    )
    lines = peers.table([quick, slow, middle]).splitlines()
    assert lines[2:6] == [
        "| sqlite3, raw | 1100 | 1.00 | 0.20 |  | 1.00 | 0.33 |",
        "| hoso, `office.advance` | 220 | 0.20 | 1.00 |  | 3.00 | 1.00 |",
        "| hoso, the same with a request id, and so a receipt | 110 | 0.10 | 2.00 |  | 3.00 | 1.00 |",
        "| viewflow, user tasks | 100 | 0.09 | 2.20 | 2.5, **missed** | 6.00 | 2.00 |",
    ]
    assert "| DBOS, steps of a workflow | 100 | 0.09 | 2.20 | 2.0 | 6.00 | 2.00 |" in lines
    assert len(lines) == 5 + len(peers.PEERS)


def test_the_peers_bench_says_how_the_peers_are_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "PYTHON", tmp_path / "python")
    with pytest.raises(SystemExit, match="make peers"):
        peers.main(2, 1)

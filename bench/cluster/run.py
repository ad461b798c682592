"""Nothing is lost when the database's leader is: `make cluster`, or `python -m bench.cluster.run [FAULTS] [SEED]` as root on Debian.

Three nodes (Patroni, PostgreSQL, etcd) with `synchronous_mode`, HAProxy before them, four workers and eight clerks, each on hosts of
their own (network namespaces: nothing of it touches this machine's network). Faults at random, ten if not told otherwise: the leader's
power goes (kill -9 of all that runs there), its PostgreSQL alone is killed, its cable or that of the standby in step is pulled; each is
mended, and the cluster whole again, before the next. Then: every act that was acknowledged is in the history; whoever asked again by
its request id got the receipt of the one act; no rung fired twice; no gap and no double in a series; `hoso verify` finds nothing.

It installs nothing: it says which Debian packages it wants. It ends by itself: at most MINUTES, whatever happens.
"""

import json
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from bench.cluster.hosts import ADDRESSES, Hosts  # noqa: E402 - the project is found first
from bench.cluster.nodes import LEADER_PORT, Cluster, missing  # noqa: E402

FAULTS, WORKERS, CLERKS = 10, 4, 8
MINUTES = float(os.environ.get("MINUTES", "") or 45)
FIRED = """SELECT "case", payload::json -> 'data' ->> 'deadline', payload::json -> 'data' ->> 'rung', payload::json -> 'data' ->> 'at'
    FROM hoso.entry WHERE text::json ->> 'act' = 'fire'"""
"""Each rung that was fired: of which case and deadline, which one of its ladder, due when."""
CALM = 5
"""Seconds of work between two faults, and before the first."""
PATIENCE = 8


@dataclass
class Fault:
    """One fault: what, where, when it began and when all was whole again (the time of the machine's clock)."""

    what: str
    node: str
    began: float
    led: float = 0.0
    whole: float = 0.0


class Test:
    """The office at work while its database's leader comes and goes."""

    def __init__(self, place: Path, seed: int) -> None:
        self.place, self.chance = place, random.Random(seed)
        self.hosts = Hosts(place / "logs")
        self.cluster = Cluster(self.hosts, place)
        url = f"postgresql://hoso@{ADDRESSES['lb']}:{LEADER_PORT}/hoso?patience={PATIENCE}"
        self.environ = {"HOSO_DATABASE": url, "HOSO_OFFICE": str(place / "office"), "PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}"}
        self.faults: list[Fault] = []
        self.lost: set[str] = set()
        self.until = time.monotonic() + MINUTES * 60

    # ---- beginning and end ----

    def begin(self) -> None:
        """The cluster, the office, those who work in it."""
        (self.place / "logs").mkdir()
        (self.place / "notes").mkdir()
        self.hosts.make()
        say("the cluster starts")
        self.cluster.start()
        self.cluster.sql("CREATE ROLE hoso LOGIN CREATEROLE", "postgres")
        self.cluster.sql("CREATE DATABASE hoso OWNER hoso", "postgres")
        self.python("-m", "bench.cluster.office", str(self.place / "office"))
        say(f"the office is made; {self.cluster.leader()} leads, {self.cluster.synchronous()} follows in step")
        for number in range(WORKERS):
            self.hosts.start("apps", f"worker{number}", [sys.executable, "-c", "import cli; cli.main()", "worker"], environ=self.environ)
        for number in range(CLERKS):
            notes = str(self.place / "notes" / f"c{number}.jsonl")
            command = [sys.executable, "-m", "bench.cluster.client", str(self.place / "office"), f"c{number}", notes]
            self.hosts.start("apps", f"clerk{number}", command, environ=self.environ)

    def python(self, *arguments: str) -> None:
        """Run Python on the clerks' host."""
        done = self.hosts.call("apps", sys.executable, *arguments, environ=self.environ, seconds=600)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:] + done.stdout[-500:])

    def end_of_work(self) -> None:
        """The clerks finish what they are at; the workers what is due."""
        for number in range(CLERKS):
            (self.place / "notes" / f"c{number}.end").touch()
        until = time.monotonic() + 120
        while time.monotonic() < until and any("bench.cluster.client" in command_of(one) for one in self.hosts.processes("apps")):
            time.sleep(1)
        time.sleep(5)
        for process in self.hosts.processes("apps"):
            if "worker" in command_of(process):
                os.kill(process, signal.SIGTERM)
        time.sleep(8)

    # ---- faults ----

    def worked(self) -> int:
        """How many acts are acknowledged by now."""
        return len(acknowledged(self.place / "notes"))

    def calm(self) -> None:
        """Until the clerks have done some acts again."""
        before, since = self.worked(), time.monotonic()
        while (self.worked() < before + 20 or time.monotonic() - since < CALM) and time.monotonic() < self.until:
            time.sleep(1)

    def fault(self) -> None:
        """One fault at random, mended."""
        leader = self.cluster.whole()
        kinds: list[tuple[str, str, Callable[[str], None], Callable[[str], None]]] = [
            ("kill -9 of the leader's node", leader, self._kill, self.cluster.bring_back),
            ("kill -9 of the leader's PostgreSQL", leader, self._kill_postgres, self._nothing),
            ("the leader is cut off", leader, self._cut, self._join),
            ("the standby in step is cut off", self.cluster.synchronous(), self._cut, self._join),
        ]
        what, node, do, mend = self.chance.choices(kinds, weights=[4, 2, 4, 1])[0]
        one = Fault(what=what, node=node, began=time.time())  # noqa: TID251 - a bench measures the real time
        self.faults.append(one)
        do(node)
        if node == leader:
            time.sleep(3)
        led = self.cluster.leader(other_than=node if do != self._kill_postgres and node == leader else "")
        one.led = time.time()  # noqa: TID251
        time.sleep(self.chance.uniform(1, 5))
        mend(node)
        whole = self.cluster.whole()
        one.whole = time.time()  # noqa: TID251
        say(
            f"{len(self.faults):2} {what} ({node}): {led} leads after {one.led - one.began:.0f} s; whole after {one.whole - one.began:.0f} s, {whole} leads"
        )

    def _nothing(self, _: str) -> None:
        """Patroni mends it."""

    def _kill(self, node: str) -> None:
        self.hosts.kill(node)

    def _kill_postgres(self, node: str) -> None:
        for process in self.hosts.processes(node):
            if "bin/postgres" in command_of(process):
                os.kill(process, signal.SIGKILL)

    def _cut(self, node: str) -> None:
        self.hosts.link(node, up=False)

    def _join(self, node: str) -> None:
        self.hosts.link(node, up=True)

    # ---- what became of it ----

    def wrong(self) -> list[str]:
        """What was lost, done twice, or is out of order; nothing, if the laws held."""
        told, sql, found = acknowledged(self.place / "notes"), self.cluster.sql, []
        receipts = {line.split("|")[0]: line.split("|")[1:] for line in sql('SELECT request, "case", seq FROM hoso.receipt').splitlines()}
        entries = set(sql("SELECT \"case\" || '|' || seq FROM hoso.entry").splitlines())
        self.lost = {one["request"] for one in told if f"{one['case']}|{one['seq']}" not in entries}
        other = [one["request"] for one in told if receipts.get(one["request"]) != [one["case"], str(one["seq"])]]
        rungs = Counter(sql(FIRED).splitlines())
        twice = [rung for rung, times in rungs.items() if times > 1]
        series = sql(
            "SELECT count(*), coalesce(max(n), 0), count(DISTINCT n) FROM (SELECT split_part(number, '/', 1)::int n FROM hoso.\"case\") x"
        )
        count, greatest, different = map(int, series.split("|"))
        command = [sys.executable, "-c", "import cli; cli.main()", "verify"]
        verified = self.hosts.call("apps", *command, environ=self.environ, seconds=600)
        print(f"{len(told)} acts acknowledged, {count} cases, {len(entries)} entries, {sum(rungs.values())} rungs fired")
        print(f"hoso verify: {(verified.stdout + verified.stderr).strip()[-500:]} (exit code {verified.returncode})")
        found += [f"lost: {', '.join(sorted(self.lost)[:5])}"] if self.lost else []
        found += [f"no receipt, or another: {', '.join(other[:5])}"] if other else []
        found += [f"rung fired twice: {twice[:5]}"] if twice else []
        found += [f"series: {count} numbers, the greatest {greatest}, {different} different"] if not count == greatest == different else []
        found += [f"hoso verify ended with {verified.returncode}"] if verified.returncode else []
        return found

    def table(self) -> list[str]:
        """The faults, a line each: what, when, how long nobody could write, what was done again."""
        told = sorted(acknowledged(self.place / "notes"), key=lambda one: one["done"])
        first = self.faults[0].began if self.faults else 0
        lines = [
            "| # | what | node | at | another leads after | no act done for | acts asked again | tries more | lost |",
            "|---|---|---|---|---|---|---|---|---|",
        ]
        for number, one in enumerate(self.faults, 1):
            mine = [act for act in told if act["done"] >= one.began - 1 and act["began"] <= one.whole]
            again = [act for act in mine if act["tries"] > 1]
            done = [one.began, *(act["done"] for act in told if one.began <= act["done"] <= one.whole + 30)]
            pause = max((after - before for before, after in pairwise(done)), default=0.0)
            lines.append(
                f"| {number} | {one.what} | {one.node} | {one.began - first:.0f} s | {one.led - one.began:.0f} s | {pause:.0f} s "
                f"| {len(again)} | {sum(act['tries'] - 1 for act in again)} | {sum(act['request'] in self.lost for act in mine)} |"
            )
        return lines


def acknowledged(notes: Path) -> list[dict]:
    """What the clerks were told was done."""
    return [json.loads(line) for file in notes.glob("*.jsonl") for line in file.read_text().splitlines() if line.endswith("}")]


def command_of(process: int) -> str:
    """A process's command line; '' if it is gone."""
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def say(text: str) -> None:
    """Tell how far it is."""
    print(f"-- {text}", flush=True)


def main(faults: int = FAULTS, seed: int = 1) -> int:
    if os.getuid() != 0 or missing():
        print(f"This wants root on Debian, and these packages: {', '.join(missing()) or 'all are here'} (their services need not run).")
        return 2
    place = Path(tempfile.mkdtemp(prefix="hoso-cluster-", dir="/var/tmp"))
    place.chmod(0o755)
    test = Test(place, seed)
    kept = False
    try:
        test.begin()
        for _ in range(faults):
            test.calm()
            if time.monotonic() > test.until:
                break
            test.fault()
        test.calm()
        say("the clerks end")
        test.end_of_work()
        wrong = test.wrong()
        print("\n".join(test.table()))
        print("WRONG: " + "; ".join(wrong) if wrong else "nothing lost, nothing twice, no gap")
        kept = bool(wrong)
        return int(bool(wrong) or len(test.faults) < faults)
    except BaseException:
        kept = True
        raise
    finally:
        test.hosts.close()
        if kept:
            say(f"what was said is in {place}/logs")
        else:
            shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(*(int(argument) for argument in sys.argv[1:])))

"""The programs of the cluster: etcd, Patroni with PostgreSQL, HAProxy, each on its host; their settings are written here."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from bench.cluster.hosts import ADDRESSES, Hosts

NODES = ("n1", "n2", "n3")
PROGRAM = os.environ.get("PATRONI", "") or shutil.which("patroni") or ""
OLDEST = (3, 0, 3)
"""Before it a leader that came back from behind a cut cable overwrote its successor's lock (patroni/patroni#2689): what was done meanwhile
was gone, as this test saw with Debian 12's 3.0.2.
"""
WANTED = {"etcd": "etcd-server", "haproxy": "haproxy", "ip": "iproute2", "setpriv": "util-linux"}
"""Program → Debian's package."""
LEADER_PORT = 5000
ETCD = ",".join(f"{one}=http://{ADDRESSES[one]}:2380" for one in NODES)

PATRONI = """
scope: hoso
name: {name}
restapi: {{listen: "{address}:8008", connect_address: "{address}:8008"}}
etcd3: {{hosts: [{etcd}]}}
bootstrap:
  dcs:
    ttl: 20
    loop_wait: 3
    retry_timeout: 8
    maximum_lag_on_failover: 16777216
    synchronous_mode: true
    postgresql:
      use_pg_rewind: true
      parameters: {{max_connections: 100, wal_keep_size: 1GB, shared_buffers: 128MB, hot_standby: "on", max_wal_senders: 10}}
  initdb: [{{encoding: UTF8}}, {{locale: C}}, data-checksums]
postgresql:
  listen: "{address}:5432"
  connect_address: "{address}:5432"
  data_dir: {folder}/data
  bin_dir: {programs}
  pgpass: {folder}/pgpass
  parameters: {{unix_socket_directories: "{folder}"}}
  pg_hba:
    - local all all trust
    - host all all 10.87.0.0/24 trust
    - host replication all 10.87.0.0/24 trust
  authentication:
    superuser: {{username: postgres, password: none}}
    replication: {{username: replicator, password: none}}
    rewind: {{username: rewind, password: none}}
watchdog: {{mode: "off"}}
"""

HAPROXY = """
global
    maxconn 400
defaults
    mode tcp
    timeout connect 4s
    timeout client 30m
    timeout server 30m
    timeout check 4s
listen leader
    bind {address}:{port}
    option httpchk GET /primary
    http-check expect status 200
    default-server inter 1s fall 3 rise 2 on-marked-down shutdown-sessions
"""


def missing() -> list[str]:
    """The Debian packages that are not here."""
    found = [package for program, package in WANTED.items() if not shutil.which(program)]
    found += [] if programs() else ["postgresql"]
    if not PROGRAM or _version() < OLDEST:
        found.append(
            f"patroni {'.'.join(map(str, OLDEST))} or newer (PATRONI=… names one that lies elsewhere: pip install 'patroni[etcd3]' psycopg[binary])"
        )
    elif not _runs_as_postgres():
        found.append(f"a Python for {PROGRAM} that the user postgres may run, too")
    return found


def _runs_as_postgres() -> bool:
    """Whether the user who keeps the databases may run Patroni: a Python in root's own folder does not start PostgreSQL, and says nothing."""
    done = subprocess.run(["runuser", "-u", "postgres", "--", PROGRAM, "--version"], check=False, capture_output=True, cwd="/")
    return done.returncode == 0


def _version() -> tuple[int, ...]:
    said = subprocess.run([PROGRAM, "--version"], check=True, capture_output=True, text=True).stdout
    return tuple(int(part) for part in said.split()[-1].split(".")[:3])


def programs() -> Path | None:
    """The folder with the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


class Cluster:
    """Three database nodes behind one address that leads to their leader."""

    def __init__(self, hosts: Hosts, place: Path) -> None:
        self._hosts, self._place = hosts, place
        self._new = True

    def start(self) -> None:
        """Start all of it, and wait until it has a leader and two that follow."""
        for node in NODES:
            folder = self._place / node
            (folder / "etcd").mkdir(parents=True)
            shutil.chown(folder, "postgres", "postgres")
            text = PATRONI.format(
                name=node,
                address=ADDRESSES[node],
                folder=folder,
                programs=programs(),
                etcd=", ".join(f'"{ADDRESSES[one]}:2379"' for one in NODES),
            )
            (folder / "patroni.yml").write_text(text)
        for node in NODES:
            self._etcd(node)
        self._new = False
        for node in NODES:
            self._patroni(node)
        lines = [f"    server {one} {ADDRESSES[one]}:5432 maxconn 100 check port 8008" for one in NODES]
        config = self._place / "haproxy.cfg"
        config.write_text(HAPROXY.format(address=ADDRESSES["lb"], port=LEADER_PORT) + "\n".join(lines) + "\n")
        self._hosts.start("lb", "haproxy", ["haproxy", "-db", "-f", str(config)])
        self.whole(300)

    def bring_back(self, node: str) -> None:
        """Start a node anew that was killed."""
        self._etcd(node)
        self._patroni(node)

    def _etcd(self, node: str) -> None:
        address, folder = ADDRESSES[node], self._place / node / "etcd"
        options = {
            "name": node,
            "data-dir": str(folder),
            "listen-client-urls": f"http://{address}:2379",
            "advertise-client-urls": f"http://{address}:2379",
            "listen-peer-urls": f"http://{address}:2380",
            "initial-advertise-peer-urls": f"http://{address}:2380",
            "initial-cluster": ETCD,
            "initial-cluster-state": "new" if self._new else "existing",
            "heartbeat-interval": "500",
            "election-timeout": "5000",
        }
        self._hosts.start(node, "etcd", ["etcd", *(f"--{key}={value}" for key, value in options.items())])

    def _patroni(self, node: str) -> None:
        folder = self._place / node
        self._hosts.start(node, "patroni", [PROGRAM, str(folder / "patroni.yml")], user="postgres", cwd=folder)

    # ---- how it stands ----

    def members(self, node: str) -> dict[str, dict[str, str]]:
        """Node → role and state, as this one says; nothing if it does not answer."""
        said = self._hosts.call("apps", "curl", "-s", "-m", "3", f"http://{ADDRESSES[node]}:8008/cluster", seconds=10).stdout
        try:
            return {one["name"]: one for one in json.loads(said)["members"]}
        except (ValueError, KeyError):
            return {}

    def leader(self, seconds: float = 180, other_than: str = "") -> str:
        """The node that leads and says so itself; waited for."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for node in NODES:
                code = self._hosts.call(
                    "apps",
                    "curl",
                    "-s",
                    "-m",
                    "3",
                    "-o",
                    "/dev/null",
                    "-w",
                    "%{http_code}",
                    f"http://{ADDRESSES[node]}:8008/primary",
                    seconds=10,
                ).stdout
                if code == "200" and node != other_than:
                    return node
            time.sleep(0.5)
        raise TimeoutError("the cluster has no leader")

    def synchronous(self) -> str:
        """The node that every commit waits for."""
        return next((name for name, one in self.members(self.leader()).items() if one["role"] == "sync_standby"), "")

    def whole(self, seconds: float = 240) -> str:
        """Wait until a node leads, one follows in step and another follows; the leader, who says so of all three."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            leader = self.leader(seconds)
            there = self.members(leader)
            roles = sorted(one["role"] for one in there.values())
            runs = all(one["state"] in {"running", "streaming"} for one in there.values())
            if runs and roles == ["leader", "replica", "sync_standby"] and there[leader]["role"] == "leader":
                return leader
            time.sleep(1)
        raise TimeoutError(f"the cluster does not become whole: {there}")

    def sql(self, statement: str, database: str = "hoso") -> str:
        """What the leader answers, as its owner."""
        done = self._hosts.call(
            "apps",
            "psql",
            "-X",
            "-A",
            "-t",
            "-h",
            ADDRESSES["lb"],
            "-p",
            str(LEADER_PORT),
            "-U",
            "postgres",
            "-d",
            database,
            "-c",
            statement,
        )
        if done.returncode:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

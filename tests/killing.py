"""Work that is killed in its midst: a child of one's own that reports each piece done, and is killed some time after so many of them."""

import os
import signal
import time
from collections.abc import Callable
from random import Random


def killed(work: Callable[[Callable[[], None]], None], pieces: int, delay: float) -> bool:
    """Run `work` in a child, which calls back after each piece; kill it `delay` seconds after so many. Whether it was killed: False is
    that it had come to its end by itself. What goes wrong in it fails here.
    """
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            os.close(read)
            work(lambda: _said(write))
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    while pieces > 0 and (told := os.read(read, pieces)):
        pieces -= len(told)
    time.sleep(delay)
    os.kill(child, signal.SIGKILL)
    os.close(read)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert code in {0, -signal.SIGKILL}
    return code != 0


def _said(write: int) -> None:
    os.write(write, b".")


def until_done(work: Callable[[Callable[[], None]], None], pieces: int, chance: Random, *, times: int) -> int:
    """Run it again and again, the first so many `times` killed at random after at most so many pieces, then to its end; how often it was."""
    found = 0
    for _ in range(times):
        if not killed(work, chance.randint(1, pieces), chance.uniform(0, 0.02)):
            return found
        found += 1
    assert not killed(work, 10**9, 0)
    return found

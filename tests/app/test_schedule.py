"""The heartbeat, in a process of its own, told to end as an operator would."""

import json
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def child(body):
    """A child process that runs `body` with `run` and `say` at hand; its lines come through stdout."""
    program = (
        "import sys, time\nfrom workflow import logs\nfrom workflow.schedule import run\ndef say(*words): print(*words, flush=True)\n"
        + body
    )
    return subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process):
    out, errors = process.communicate(timeout=20)
    return process.returncode, out.split(), errors


def test_a_signal_in_mid_tick_lets_the_tick_end_and_then_ends_the_program_normally():
    for told in (signal.SIGTERM, signal.SIGINT):
        process = child("def tick():\n say('begun')\n time.sleep(0.6)\n say('ended')\nrun(tick, every=0.05)\nsay('normal')")
        assert process.stdout.readline() == "begun\n"
        process.send_signal(told)
        code, words, errors = ended(process)
        assert (code, words, errors) == (0, ["ended", "normal"], "")


def test_ticks_never_overlap_though_each_takes_longer_than_the_pause():
    process = child("def tick():\n say('in')\n time.sleep(0.12)\n say('out')\nrun(tick, every=0.03)")
    first = [process.stdout.readline().strip() for _ in range(6)]
    process.send_signal(signal.SIGTERM)
    _, words, errors = ended(process)
    assert [*first, *words] == ["in", "out"] * (len([*first, *words]) // 2)
    assert errors == ""


def test_a_tick_that_raises_is_logged_as_json_without_values_and_the_next_one_comes():
    process = child("logs.log_to()\ndef tick():\n say('try')\n raise ValueError('tên người dân')\nrun(tick, every=0.05)")
    assert [process.stdout.readline() for _ in range(3)] == ["try\n"] * 3
    process.send_signal(signal.SIGTERM)
    code, _, errors = ended(process)
    assert code == 0
    first = json.loads(errors.splitlines()[0])
    assert (first["level"], first["message"], first["places"][0]) == ("error", "a tick failed", "builtins.ValueError")
    assert "tên người dân" not in errors


def test_whoever_asks_is_told_of_a_failing_tick():
    process = child("def tick(): raise KeyError('x')\nrun(tick, every=0.05, on_error=lambda error: say(type(error).__name__))")
    assert process.stdout.readline() == "KeyError\n"
    process.send_signal(signal.SIGTERM)
    assert ended(process)[0] == 0


def test_the_handlers_of_before_come_back():
    process = child(
        "import os, signal\nfrom threading import Timer\nbefore = signal.getsignal(signal.SIGTERM)\n"
        "run(lambda: os.kill(os.getpid(), signal.SIGTERM), every=0.05)\nsay(signal.getsignal(signal.SIGTERM) is before)"
    )
    assert ended(process)[:2] == (0, ["True"])


def test_an_error_after_which_nothing_can_be_done_ends_it_and_is_raised():
    process = child(
        "def tick():\n say('try')\n raise KeyError('x')\n"
        "try:\n run(tick, every=0.05, on_error=lambda error: say('told'), last=(KeyError,))\nexcept KeyError:\n say('raised')"
    )
    assert ended(process) == (0, ["try", "raised"], "")


def test_a_process_that_stays_looks_for_garbage_seldom_and_still_finds_it():
    body = (
        "import gc, weakref\nfrom workflow.schedule import SELDOM, stay\ngc.disable()\nstay()\n"
        "class Circle: pass\none = Circle(); one.own = one; gone = weakref.ref(one); del one\nkept, made = [], 0\n"
        "while gone() is not None and made < 3 * SELDOM:\n kept.append([]); made += 1\n"
        "say(gc.isenabled(), gc.get_freeze_count() > 1000, SELDOM / 2 < made <= SELDOM + 10)"
    )
    assert ended(child(body)) == (0, ["True", "True", "True"], "")

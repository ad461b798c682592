"""Makes the test's office: `python -m bench.cluster.office FOLDER`, its database by HOSO_DATABASE."""

import os
import sys
from pathlib import Path

from bench._making import office_of
from workflow.timekeeping import SystemClock

PROCESS = """
process: bench
title: Đo
unit: btg
number: "{n:06}/{year}-DO"
case_title: "Đo {{ fields.word }}"
fields: {word: {type: text, title: Chữ, required: true}}
roles: {specialist: {unit: btg, position: specialist}}
starts: {open: {by: specialist, form: [word], to: a}}
states:
  a: {title: A, due: DUE, actions: {to_b: {by: specialist, to: b}}}
  b: {title: B, due: DUE, actions: {to_c: {by: specialist, to: c}}}
  c: {title: C, due: DUE, actions: {to_d: {by: specialist, to: d}}}
  d: {title: D, final: done}
""".replace(
    "DUE", "{at: exactly 1 minutes, ladder: [{at: due, notifies: specialist}, {at: exactly 1 minutes after due, notifies: specialist}]}"
)

if __name__ == "__main__":
    office_of(Path(sys.argv[1]), "bench", PROCESS, SystemClock(), os.environ).close()

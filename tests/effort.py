"""How hard properties are tried: `make faults` asks for more examples than every change can wait for."""

import os

TIMES = int(os.environ.get("HOSO_TEST_TIMES", "1"))


def examples(few: int) -> int:
    """So many examples for each change, and HOSO_TEST_TIMES as many when there is time."""
    return few * TIMES

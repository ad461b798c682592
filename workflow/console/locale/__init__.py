"""click's own words in Vietnamese. click asks gettext's `messages` domain for them, and has no Vietnamese catalogue.

`messages.po` is the text that people edit; `messages.mo` is made of it by tools/catalogue.py, and a test compares them.
"""

import gettext
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parent


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within it, click speaks `language`; gettext reads it from the environment, which is put back after."""
    before = os.environ.get("LANGUAGE")
    gettext.bindtextdomain("messages", str(FOLDER))
    os.environ["LANGUAGE"] = language
    try:
        yield
    finally:
        if before is None:
            del os.environ["LANGUAGE"]
        else:
            os.environ["LANGUAGE"] = before

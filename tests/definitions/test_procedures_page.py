"""docs/procedures.md says what the definitions that ship say, and so do the papers around it."""

import re
import sys

from tests.architecture.house import ROOT
from tests.definitions.test_scenarios import FOLDER, PROCESSES

sys.path.insert(0, str(ROOT / "tools"))

import procedures

PAGE = ROOT / "docs/procedures.md"


def test_the_page_is_that_of_the_definitions():
    assert PAGE.read_text("utf-8") == procedures.page(), "run: python tools/procedures.py"


def test_every_procedure_and_every_state_is_on_it():
    text = PAGE.read_text("utf-8")
    assert re.findall(r"^<a id=\"(\w+)\"></a>$", text, re.MULTILINE) == list(PROCESSES)
    assert text.count("\nMở hồ sơ:\n") == len(PROCESSES) == len(list(FOLDER.glob("*/process.yaml"))) == 15


def test_times_and_conditions_are_in_words_not_in_the_languages_own():
    text = PAGE.read_text("utf-8")
    assert not re.search(r"fields\.|working|before|after|urgent", text.split("\n", 4)[4])
    assert "4 giờ làm việc nếu mức độ là khẩn, còn lại 1 ngày làm việc" in text
    assert "15 ngày trước “Ngày họp”" in text

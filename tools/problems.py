"""Write docs/reference/problems.md from the pages of `hoso help`: `python tools/problems.py`."""

from collections.abc import Iterator
from pathlib import Path

from workflow.authoring.explained import Family, Page, families

TARGET = Path(__file__).parents[1] / "docs/reference/problems.md"
HEAD = """\
# Problems, code by code

What `hoso process check` and `hoso deploy` tell of the definitions: E forbids a deployment, W (a warning) forbids nothing. The same pages
are shown by `hoso help CODE`, in the office's language. An example is a piece of a file: its keys lie over those of a whole one.

*This page is made from `workflow/authoring/explained/` by `python tools/problems.py`.*
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for family in families() for line in _family(family))]).rstrip("\n") + "\n"


def _family(family: Family) -> Iterator[str]:
    yield f"## {family.key}: {family.titles['en']} · {family.titles['vi']}\n"
    for one in family.pages:
        yield from _page(one)


def _page(one: Page) -> Iterator[str]:
    yield f"### {one.code}\n"
    yield f"**{one.told['en'].title}.** {one.told['en'].text}\n"
    yield f"*{one.told['vi'].title}.* {one.told['vi'].text}\n"
    for example in one.examples:
        yield f"{'Right' if example.right else 'Wrong'} (`{example.file}`):\n"
        yield f"```yaml\n{example.text}```\n"


if __name__ == "__main__":
    TARGET.write_text(page(), encoding="utf-8")

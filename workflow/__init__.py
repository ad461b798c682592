"""hoso: a workflow engine for offices.

    from workflow import open_office
    office = open_office("path/to/office")
    case = office.open("incident", actor="clerk", fields={…})

`open_office` is reached lazily, so that `import workflow` stays light.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workflow.compose import open_office

__all__ = ["open_office"]


def __getattr__(name: str) -> Any:
    if name == "open_office":
        from workflow.compose import open_office

        return open_office
    msg = f"module 'workflow' has no attribute {name!r}"
    raise AttributeError(msg)

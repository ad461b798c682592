"""What an office does to change its procedures: the verbs of `hoso process` besides check, test and schema."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from workflow.answers.changing import ProcessDiff, VersionShown
from workflow.answers.migration import CaseMoved, Migrated
from workflow.model import Viewer
from workflow.office import Office

if TYPE_CHECKING:
    from workflow.authoring.definitions import Compiled
    from workflow.changing.migration import Progress, Wanted


class Changing(Office):
    """Differences and versions of procedures. What reads YAML is imported when it is asked for: staff never pay for it."""

    def _files(self) -> dict[str, bytes]:
        from workflow.authoring.deploy import FOLDER, read_folder

        return read_folder(self.folder / FOLDER)

    def _checked(self) -> "Compiled":
        """The definitions folder, compiled. Raises DefinitionsWrong."""
        from workflow.authoring.deploy import check

        return check(self._files())

    def diff(self, first: str = "", second: str = "") -> Sequence[ProcessDiff]:
        """What differs between two versions: `first` and `second` are a version's first letters, a procedure (its version in
        use), or `files` (the definitions folder); nothing named: every procedure in use with its files.

        Raises NotFound, NotDeployed, DefinitionsWrong.
        """
        from workflow.changing.versions import compare, wants_files

        compiled = self._checked() if wants_files(self, first, second) else None
        return compare(self, first, second, compiled)

    def versions(self, process: str = "") -> Sequence[VersionShown]:
        """Every version of one procedure, or of all, as it came into use, oldest first. Raises NotFound, NotDeployed."""
        from workflow.changing.versions import history

        return history(self, process)

    def migrate(self, wanted: "Wanted", *, actor: str = "", progress: "Progress | None" = None) -> Migrated:
        """Move the open cases of a procedure to another version of it, undo that, or show what would come of it; of the cases
        those are told that `actor` may see. Raises NotFound, NotDeployed, WrongValue; nothing was moved then.
        """
        from workflow.changing.migration import Migration

        viewer = self._viewer(actor, self._facts()) if actor else Viewer()
        return Migration(self, wanted, viewer).run(progress or _silent)


def _silent(cases: Iterator[CaseMoved], _count: int) -> Iterator[CaseMoved]:
    return cases

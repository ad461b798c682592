"""What an office does to change its procedures: the verbs of `hoso process` besides check, test and schema."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from workflow.answers.changing import ProcessDiff, VersionShown
from workflow.answers.migration import CaseMoved, Migrated
from workflow.changing.units import Units
from workflow.errors import NotFound, WhichProcess, WrongValue
from workflow.language.process import Process
from workflow.office.texts import refuse_signs

if TYPE_CHECKING:
    from workflow.authoring.definitions import Compiled
    from workflow.changing.migration import Progress, Wanted


class Changing(Units):
    """Differences and versions of procedures. What reads YAML is imported when it is asked for: staff never pay for it."""

    def _files(self) -> dict[str, bytes]:
        from workflow.authoring.deploy import FOLDER, read_folder

        return read_folder(self.folder / FOLDER)

    def _checked(self) -> "Compiled":
        """The definitions folder, compiled. Raises DefinitionsWrong."""
        from workflow.authoring.deploy import check

        return check(self._files())

    def diff(self, first: str = "", second: str = "", *, actor: str = "") -> Sequence[ProcessDiff]:
        """What differs between two versions: `first` and `second` are a version's first letters, a procedure (its version in
        use), or `files` (the definitions folder); nothing named: every procedure in use with its files. Of the
        open cases those are counted that `actor` may see.

        Raises NotFound, NotDeployed, DefinitionsWrong.
        """
        from workflow.changing.versions import compare, wants_files

        compiled = self._checked() if wants_files(self, first, second) else None
        return compare(self, first, second, compiled, self._sight(actor))

    def versions(self, process: str = "", *, actor: str = "") -> Sequence[VersionShown]:
        """Every version of one procedure, or of all, as it came into use, oldest first; the cases are counted that `actor` may see.
        Raises NotFound, NotDeployed.
        """
        from workflow.changing.versions import history

        return history(self, process, self._sight(actor))

    def diagram(self, process: str, kind: str = "svg", *, case: str = "", actor: str = "", files: bool = False) -> str:
        """A procedure's picture: svg, html, mermaid or dot. `case`: with the way that it went, by its own version (the actor must
        be allowed to see it); `files`: of the definitions folder; no `process`: of the only one. Raises NotFound, WhichProcess, WrongValue,
        NotDeployed, DefinitionsWrong.
        """
        from workflow.pictures import texts
        from workflow.pictures.graph import graph_of
        from workflow.pictures.journey import journey_of
        from workflow.pictures.svg import svg

        if case:
            _, file, drawn = self._seen(case, actor)
            if process not in {"", file.case.process}:
                raise WrongValue(field="--case", value=case, expected="a case of '{process}'", process=process)
            journey = journey_of(file.case, self.store.entries(case), self.clock.now())
        else:
            drawn, journey = self._drawn(process, files=files), None
        graph = graph_of(drawn, self.language, self._facts().organisation)
        if kind in {"mermaid", "dot"}:
            return (texts.mermaid if kind == "mermaid" else texts.dot)(graph, journey, self.language)
        made = svg(graph, journey, self.language)
        return texts.page(graph.title, made, self.language) if kind == "html" else made

    def _drawn(self, process: str, *, files: bool) -> Process:
        """The procedure of this name, or the only one that there is."""
        if not files:
            return self.definitions.process(process or _only(self.definitions.in_use()))
        found = self._checked().processes
        name = process or _only(found)
        if name not in found:
            raise NotFound(kind="process", name=name, known=found)
        return found[name]

    def migrate(self, wanted: "Wanted", *, actor: str = "", progress: "Progress | None" = None) -> Migrated:
        """Move the open cases of a procedure to another version of it, undo that, or show what would come of it. All of them are moved;
        those are counted and told that `actor` may see. Raises NotFound, NotDeployed, WrongValue; nothing was moved then.
        """
        refuse_signs({"why": wanted.why}, lines=True)
        from workflow.changing.migration import Migration

        return Migration(self, wanted, self._sight(actor)).run(progress or _silent)


def _only(known: Iterable[str]) -> str:
    """The name of the only procedure, where none was named. Raises WhichProcess where there are several."""
    names = tuple(known)
    if len(names) != 1:
        raise WhichProcess(names)
    return names[0]


def _silent(cases: Iterator[CaseMoved], _count: int) -> Iterator[CaseMoved]:
    return cases

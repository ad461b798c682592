"""Proof: papers written again, files recognised, a case's whole file handed out."""

from collections.abc import Mapping

from workflow import documents
from workflow.answers.proofs import CaseExported, FileKnown, Reproduced
from workflow.documents.registers.forms import CONTENTS, Register, filled
from workflow.engine.facts import Facts
from workflow.errors import NotFound
from workflow.model import CaseFile, Document
from workflow.office import exporting, words
from workflow.office import register_rows as lines
from workflow.office.registers import Registers
from workflow.office.texts import printable
from workflow.plain import digest


class Proofs(Registers):
    """What an office can prove of its papers to anybody."""

    def reproduce(self, case: str, key: str, *, actor: str) -> tuple[Reproduced, dict[str, bytes]]:
        """Write an issued paper again from its stored template and facts, and compare. The stored bytes stay the original.

        Raises NotFound for a draft, which has no files to compare with.
        """
        document, process = self._document(case, key, actor)
        if not document.files:
            raise NotFound(kind="issued document", name=key)
        name, template = self._template(case, document, process)
        made = documents.write(printable(document), template, name=name)
        same = {kind: digest(content) == document.files.get(kind) for kind, content in made.items()}
        found = Reproduced(
            key=document.key,
            symbol=document.symbol,
            same=same,
            same_text=all(same.values()) or self._same_words(document, made),
            renderer=document.renderer,
            renderer_now=documents.versions(template),
        )
        return found, made

    def _same_words(self, document: Document, made: Mapping[str, bytes]) -> bool:
        from workflow.documents.files import words_of

        stored = self.store.file(document.files.get("docx", ""))
        return stored is not None and words_of(stored).split() == words_of(made["docx"]).split()

    def recognise(self, content: bytes, *, actor: str) -> FileKnown:
        """Which paper of this office a file is, whether it is unchanged, and what has become of the paper. One of a case that the
        actor may not see is unknown.
        """
        from workflow.documents.files import title_of

        facts, hash_ = self._facts_for(actor), digest(content)
        for case, document in self._holding(hash_, actor, facts):
            kinds = [kind for kind, one in document.files.items() if one == hash_]
            kind = kinds[0] if kinds else "attached"
            return FileKnown(state="unchanged", case=case, kind=kind, document=words.document_shown(document, facts))
        titled = title_of(content).split()
        for at in range(min(len(titled), _TYPE_WORDS)):  # a type's name stands before the title
            for case, document in self._holding(f'"title":"{" ".join(titled[at:])}"', actor, facts):
                if document.number is not None:
                    return FileKnown(state="changed", case=case, document=words.document_shown(document, facts))
        return FileKnown(state="unknown")

    def _holding(self, text: str, actor: str, facts: Facts) -> list[tuple[str, Document]]:
        """The papers whose record has this text, of cases that may be seen."""
        viewer = self._viewer(actor, facts)
        found = [(case, self.store.document(case, key)) for case, key in self.store.holders(text) if self.store.sees(case, viewer)]
        return [(case, document) for case, document in found if document is not None]

    # ---- a case's file ----

    def export_file(self, case: str, *, actor: str, when_zipped: bool = False) -> tuple[CaseExported, dict[str, bytes]]:
        """A case's whole file: name → bytes (zipped: one file). The same bytes each time, until something happens to the case."""
        facts, file, _ = self._seen(case, actor)
        files = exporting.summed(dict(self._case_files(file, actor, facts)))
        sums = {name: digest(content) for name, content in files.items()}
        name = exporting.clean(case)
        return CaseExported(case=case, files=sums), {f"{name}.zip": exporting.zipped(files)} if when_zipped else files

    def _case_files(self, file: CaseFile, actor: str, facts: Facts) -> list[tuple[str, bytes]]:
        from workflow.documents.registers.writing import legible, write

        case, entries = file.case.number, self.store.entries(file.case.number)
        issued = [(one, self._pages(one.files.get("pdf", ""))) for one in file.documents if lines.in_force(one)]
        came = [(one, sum(self._pages(scan.hash) for scan in one.files)) for one in self.received_for(file, actor, facts)]
        told = exporting.described(file, issued, came, facts)
        rows = lines.contents(issued, came, facts)
        year = str(file.case.opened.astimezone(facts.zone).year)
        contents = filled(Register(form=CONTENTS, body=f"{case} {file.case.title}".strip(), year=year), rows)
        day = exporting.last_day(file, facts)
        found = [
            ("case.json", exporting.case_as_json(file)),
            ("history.json", exporting.history(entries)),
            ("metadata.json", exporting.pretty(told)),
            ("metadata.xml", exporting.as_xml(told)),
            ("contents.csv", write(contents, "csv", day)),
            ("contents.pdf", write(legible(contents), "pdf", day)),
        ]
        for document, _ in issued:
            found += self._paper_files(document)
        named = [(f"received/{one.year}-{one.number:02} {scan.name}", scan.hash) for one, _ in came for scan in one.files]
        named += [(f"attachments/{seq:03} {name}", hash_) for seq, name, hash_ in exporting.attachments(entries)]
        return [*found, *((_within(name), content) for name, hash_ in named if (content := self.store.file(hash_)) is not None)]

    def _paper_files(self, document: Document) -> list[tuple[str, bytes]]:
        stem = exporting.clean(f"{document.key} {document.symbol}")
        named = [(f"papers/{stem}.{kind}", hash_) for kind, hash_ in document.files.items()]
        named += [(f"papers/{stem} {one.name}", one.hash) for event in document.events for one in event.files]
        return [(_within(name), content) for name, hash_ in named if (content := self.store.file(hash_)) is not None]


_TYPE_WORDS = 5


def _within(name: str) -> str:
    """A file's place in the export: its folder, and a name that leads nowhere else."""
    folder, _, rest = name.partition("/")
    return f"{folder}/{exporting.clean(rest)}"

"""A case whole: all that an act needs of it, with what is worked out of it once."""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from msgspec import Struct

from workflow.model.known import Case, Deadline, Document
from workflow.model.opinions import Opinion, OpinionStatus
from workflow.once import once


class CaseFile(Struct, frozen=True, kw_only=True, dict=True):
    """All that an act needs of one case."""

    case: Case
    deadlines: tuple[Deadline, ...] = ()
    opinions: tuple[Opinion, ...] = ()
    documents: tuple[Document, ...] = ()

    @once
    def deadline_of(self) -> Mapping[str, Deadline]:
        """Its deadlines by their keys."""
        return {one.key: one for one in self.deadlines}

    @once
    def opinion_of(self) -> Mapping[tuple[str, int, str], Opinion]:
        """Its opinions by state, round, and who was asked."""
        return {(one.state, one.round, one.asked): one for one in self.opinions}

    @once
    def paper_of(self) -> Mapping[str, Document]:
        """Its documents by their keys, in the order in which they were begun, rule by rule."""
        return {one.key: one for one in sorted(self.documents, key=_PLACE)}

    def after(
        self, case: Case, *, deadlines: Sequence[Deadline] = (), opinions: Sequence[Opinion] = (), documents: Sequence[Document] = ()
    ) -> "CaseFile":
        """The file with these in the place of what they were, new ones last; of a rule's papers the newest stands first. What was worked
        out of it goes along: of a round of 500 units one replies.
        """
        owed = {**self.deadline_of, **{one.key: one for one in deadlines}}
        said = {**self.opinion_of, **{(one.state, one.round, one.asked): one for one in opinions}} if opinions else self.opinion_of
        papers = _with_papers(self.documents, {one.key: one for one in documents}) if documents else self.documents
        replies = tuple(said.values()) if opinions else self.opinions
        made = CaseFile(case=case, deadlines=tuple(owed.values()), opinions=replies, documents=papers)
        vars(made).update(deadline_of=owed, opinion_of=said)
        if papers is self.documents:
            vars(made)["paper_of"] = self.paper_of
        return made

    @once
    def asked(self) -> tuple[Opinion, ...]:
        """The opinions that were asked for, but those whose asking was recalled, and units that were released."""
        void, released = OpinionStatus.VOID, OpinionStatus.RELEASED
        return tuple([one for one in self.opinions if one.status is not void and one.status is not released])


_PLACE = attrgetter("place")


def _with_papers(before: tuple[Document, ...], changed: dict[str, Document]) -> tuple[Document, ...]:
    if not changed:
        return before
    papers = [changed.pop(one.key, one) for one in before]
    for one in sorted(changed.values(), key=_PLACE):
        papers.insert(next((at for at, other in enumerate(papers) if other.rule == one.rule), len(papers)), one)
    return tuple(papers)

"""A case file after a change is the one that would be put together anew, with what was worked out of it."""

from itertools import pairwise
from random import Random

from msgspec.structs import replace

from tests.storage.making import case, deadline, document, opinion
from workflow.model import CaseFile, OpinionStatus


def rebuilt(file: CaseFile) -> CaseFile:
    """The same, with nothing worked out."""
    return CaseFile(case=file.case, deadlines=file.deadlines, opinions=file.opinions, documents=file.documents)


def alike(file: CaseFile) -> None:
    anew = rebuilt(file)
    assert file == anew
    assert list(file.deadline_of.items()) == list(anew.deadline_of.items())
    assert list(file.opinion_of.items()) == list(anew.opinion_of.items())
    assert list(file.paper_of.items()) == list(anew.paper_of.items())
    assert file.asked == anew.asked


def test_whatever_changes_it_is_as_if_it_were_put_together_anew() -> None:
    chance = Random(5)
    file = CaseFile(case=case())
    for turn in range(200):
        before, looked = rebuilt(file), chance.random() < 0.5
        if looked:
            alike(file)
        after = file.after(
            replace(file.case, seq=turn + 2),
            deadlines=[deadline(f"d{chance.randrange(30)}", due=turn) for _ in range(chance.randrange(3))],
            opinions=[opinion(f"u{chance.randrange(30)}", status=chance.choice(list(OpinionStatus))) for _ in range(chance.randrange(3))],
            documents=[document(f"{chance.choice('ab')}/{chance.randrange(1, 9)}") for _ in range(chance.randrange(2))],
        )
        assert rebuilt(file) == before, "what was there stays as it was"
        alike(after)
        file = after
    assert len(file.deadlines) == len(file.deadline_of) == 30


def test_of_a_rule_s_papers_the_newest_stands_first() -> None:
    file = CaseFile(case=case(), documents=(document("a/2"), document("a/1"), document("b/1")))
    after = file.after(
        case(), documents=[document("b/2"), document("a/4"), document("a/3"), document("c/1"), document("a/1", title="Khác")]
    )
    assert [one.key for one in after.documents] == ["a/4", "a/3", "a/2", "a/1", "b/2", "b/1", "c/1"]
    assert list(after.paper_of) == ["a/1", "a/2", "a/3", "a/4", "b/1", "b/2", "c/1"]
    assert after.documents[3].title == "Khác"
    assert file.after(case()).paper_of is file.paper_of
    assert all(one.place < other.place for one, other in pairwise(after.paper_of.values()))

"""What is worked out when it is first asked for, and kept."""

from msgspec import Struct

from workflow.once import once


class Sum(Struct, frozen=True, dict=True):
    parts: list[int]

    @once
    def total(self) -> int:
        """All together."""
        return sum(self.parts)


def test_it_is_worked_out_once_for_each_thing():
    one, other = Sum([1, 2]), Sum([3])
    assert (one.total, other.total) == (3, 3)
    one.parts.append(7)
    assert one.total == 3
    assert Sum(one.parts).total == 10


def test_of_the_class_it_is_what_it_says():
    assert isinstance(Sum.total, once)
    assert Sum.total.__doc__ == "All together."

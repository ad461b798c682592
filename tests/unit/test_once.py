"""What is worked out when it is first asked for, and kept."""

from collections.abc import Iterator

import pytest
from msgspec import Struct

from workflow.once import Later, once
from workflow.plain import canonical, to_plain


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


def counted(times: list[int], *parts: int) -> Iterator[int]:
    times.append(len(parts))
    return iter(parts)


def test_a_row_is_made_when_somebody_looks_at_it_and_once():
    made = list[int]()
    row = Later(counted, made, 3, 1, 2)
    assert made == []
    assert (list(row), len(row), row[1], row[1:], 2 in row) == ([3, 1, 2], 3, 1, (1, 2), True)
    assert made == [3]


def test_a_row_equals_any_row_of_the_same_things_and_is_written_like_it():
    row = Later(counted, [], 3, 1)
    assert row == (3, 1) == row
    assert row == [3, 1]
    assert row != (1, 3)
    assert row != 3
    assert hash(row) == hash((3, 1))
    assert repr(row) == "(3, 1)"
    assert canonical(to_plain(row)) == "[3,1]"


def test_whatever_making_a_row_raises_is_raised_at_each_look():
    row = Later(counted, None)
    for _ in range(2):
        with pytest.raises(AttributeError):
            len(row)

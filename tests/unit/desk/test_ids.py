"""Identifiers sort in the order in which they were made."""

from itertools import pairwise

from desk.ids import new_id
from tests.fakes import people


def test_each_is_greater_than_the_one_before() -> None:
    made = [new_id() for _ in range(20_000)]
    assert made == sorted(made) and len(set(made)) == len(made)
    assert {len(id) for id in made} == {26}


def test_threads_never_get_the_same() -> None:
    made = [id for ids in people.all_at_once(lambda _: [new_id() for _ in range(2000)], list(range(6))) for id in ids]
    assert len(set(made)) == 12_000


def test_nobody_counts_up_from_one_they_know() -> None:
    """Neighbours of the same millisecond differ in more than their last characters."""
    made = [new_id() for _ in range(2000)]
    assert sum(one[:-6] == other[:-6] for one, other in pairwise(made)) == 0

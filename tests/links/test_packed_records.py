"""Records kept by their fields are what a list of them would be."""

import gc
from typing import NamedTuple

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.links.packed_records import Packed

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once


class Thing(NamedTuple):
    """A record with a field that may be the same in all, and one that is not."""

    at: float
    name: str | None = None
    whole: bool = True


THINGS = st.builds(
    Thing, st.floats(0, 9), st.sampled_from((None, "a", "b")), st.booleans()
)
STEPS = st.lists(st.one_of(THINGS, st.none()), max_size=30)


@given(STEPS, st.integers(-9, 9), st.integers(-9, 9))
def test_records_are_what_a_list_of_them_is(
    steps: list[Thing | None], start: int, end: int
) -> None:
    packed, plain = Packed(Thing._make), list[Thing]()
    for each in steps:
        if each is not None:
            packed.append(each)
            plain.append(each)
        elif plain:
            packed.pop()
            plain.pop()
        assert len(packed) == len(plain)
        assert list(packed) == plain
    assert list(packed[start:end]) == plain[start:end]
    assert list(packed[::-2]) == plain[::-2]
    some = packed[start:end]
    some.append(Thing(10.0, "c", whole=False))
    assert list(some) == [*plain[start:end], Thing(10.0, "c", whole=False)]
    assert list(packed) == plain
    for index in range(-len(plain), len(plain)):
        assert packed[index] == plain[index]


def test_there_is_none_beyond_the_last() -> None:
    packed = Packed(Thing._make, [Thing(1.0)])
    for index in (1, -2):
        with pytest.raises(IndexError):
            packed[index]


def test_a_true_one_is_no_1() -> None:
    packed = Packed(Thing._make, [(1.0, None, True), (2.0, None, 1)])
    assert packed[0].whole is True
    assert packed[1].whole is not True


def test_the_garbage_collection_has_nothing_to_look_at() -> None:
    gc.collect()
    before = len(gc.get_objects())
    packed = Packed(Thing._make, (Thing(float(at), str(at)) for at in range(10_000)))
    assert len(gc.get_objects()) - before < 100
    assert len(packed) == 10_000

"""What is known by attribute and day, beside a dict that is looked through."""

from datetime import date, timedelta

from hypothesis import given, strategies as st
import pytest

from custom_components.exist.ledger.by_attribute import ByAttribute
from custom_components.exist.ledger.day import Key

NAMES = st.sampled_from(["mood", "steps", "mood_note"])
KEYS = st.builds(
    Key,
    NAMES,
    st.integers(0, 3).map(lambda back: date(2026, 11, 18) - timedelta(days=back)),
    st.integers(0, 1),
)
STEPS = st.lists(
    st.tuples(st.sampled_from(["set", "delete", "pop"]), KEYS, st.integers())
)


@given(STEPS, NAMES)
def test_it_is_a_dict_and_knows_what_is_of_an_attribute(
    steps: list[tuple[str, Key, int]], name: str
) -> None:
    plain: dict[Key, int] = {}
    known = ByAttribute[int]()
    for what, key, value in steps:
        match what:
            case "set":
                plain[key] = known[key] = value
            case "pop":
                assert known.pop(key, None) == plain.pop(key, None)
            case _ if key in plain:
                del plain[key], known[key]
            case _:
                with pytest.raises(KeyError):
                    del known[key]
        assert list(known.items()) == list(plain.items())
        assert len(known) == len(plain)
        of_name = [(key, each) for key, each in plain.items() if key.name == name]
        assert known.of(name) == of_name
    assert ByAttribute(plain) == plain

"""What a meter counted is what was seen of the truth, or is not told."""

from custom_components.exist.links.falls import kind_of_meter
from custom_components.exist.links.meter import count
from custom_components.exist.links.readings import ReadingKind

from .meter_truth import Truth, truth

KINDS = ("lifetime", "daily", "dawn", "own_clock", "weekly", "replaced")
HOMES = 60


def wrong_days(home: Truth, kind: ReadingKind | None = None) -> tuple[list[str], int]:
    """Return which days are told wrong, and how many are told."""
    kind = kind or kind_of_meter(home.history, home.meter)
    counted = count(home.history, home.meter, kind)
    wrong, told = [], 0
    for number, (window, right) in enumerate(home.days.items()):
        value = counted.within(window)
        if value is None or right is None:
            continue
        told += 1
        if abs(value - right[0]) > right[1] + 1e-3:
            wrong.append(f"{kind} day {number}: {value:.3f}, not {right[0]:.3f}")
    return wrong, told


def test_few_days_of_a_thousand_are_told_wrong() -> None:
    wrong: list[str] = []
    told = days = 0
    for kind in KINDS:
        for seed in range(HOMES):
            home = truth(seed, kind)
            found, number = wrong_days(home)
            wrong += [f"{kind} {seed} {each}" for each in found]
            told += number
            days += len(home.days)
    rate = 1000 * len(wrong) / days
    print(f"{len(wrong)} of {days} days wrong, {rate:.1f} of a thousand; {told} told")
    print("\n".join(wrong))
    assert rate < 6
    assert told > 0.9 * days

"""Whether a day's value is what was seen of the truth."""

from collections.abc import Sequence
from itertools import pairwise

from custom_components.exist.links.aggregate import Aggregate
from custom_components.exist.links.window import Window

from .home_truth import Lived

BRIDGED = 600
# What ends so soon after midnight may be of the day before.
PUT_BACK = 5


def right_of_states(
    aggregate: Aggregate,
    value: float,
    seen: Sequence[Lived],
    states: Sequence[str],
    day: Window,
) -> bool:
    """Return whether the value is what was seen of that day."""
    inside = [each for each in seen if each.end > day.start and each.start < day.end]
    short = sum(
        min(after.start, day.end) - max(before.end, day.start)
        for before, after in pairwise(seen)
        if after.start - before.end <= BRIDGED
        and after.start > day.start
        and before.end < day.end
    )
    if aggregate is Aggregate.TIME_IN:
        least = sum(
            min(each.end, day.end) - max(each.start, day.start)
            for each in inside
            if each.state in states
        )
        return least - 1 <= value <= least + short + 1
    entered = [
        Window(before.end, after.start)
        for before, after in pairwise(seen)
        if after.state in states and before.state not in states
    ]
    if aggregate is Aggregate.EVER:
        here = any(
            each.state in states and each.end > day.start + PUT_BACK for each in inside
        )
        early = any(each.state in states for each in inside)
        return value == here or (not here and (early or short > 0))
    sure = [each for each in entered if day.start <= each.start and each.end < day.end]
    # It may have been on either day.
    maybe = [
        each
        for each in entered
        if each not in sure and each.start < day.end and each.end >= day.start
    ]
    if aggregate is Aggregate.TIMES:
        return len(sure) <= value <= len(sure) + len(maybe)
    if not (sure or maybe):
        return False
    among = [*sure, *maybe]
    if aggregate is Aggregate.FIRST_TIME:
        return any(
            each.start - 1 <= value <= each.end + 1
            for each in among
            if not sure or each.start <= sure[0].start
        )
    return any(
        each.start - 1 <= value <= each.end + 1
        for each in among
        if not sure or each.end >= sure[-1].end
    )


def is_one_of(
    aggregate: Aggregate, value: float, sure: list[float], maybe: list[float]
) -> bool:
    """Return whether it is that of the readings, of which some may be of another day."""
    if not sure:
        return value in maybe
    match aggregate:
        case Aggregate.LAST:
            right = {sure[-1], *maybe}
        case Aggregate.FIRST:
            right = {sure[0], *maybe}
        case Aggregate.MINIMUM:
            right = {min(sure), min(sure + maybe)}
        case _:
            right = {max(sure), max(sure + maybe)}
    return value in right


def right_of_numbers(
    aggregate: Aggregate, value: float, seen: Sequence[Lived], day: Window
) -> bool:
    """Return whether the value is that of the numbers that were seen of the day."""
    inside = [
        (min(each.end, day.end) - max(each.start, day.start), float(each.state))
        for each in seen
        if each.end > day.start and each.start < day.end
    ]
    values = [number for _, number in inside]
    match aggregate:
        case Aggregate.MEAN:
            seconds = sum(length for length, _ in inside)
            right = sum(length * number for length, number in inside) / seconds
        case Aggregate.LAST:
            right = values[-1]
        case Aggregate.FIRST:
            right = values[0]
        case Aggregate.MINIMUM:
            right = min(values)
        case _:
            right = max(values)
    return abs(value - right) < 1e-3

"""Named steps of a list, and which number each stands for: pure functions."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
import re
from typing import Final

from .numerals import number_of

# Stands in a list until something is chosen, and for no step.
_NOT_SAID = re.compile(
    r"[\s\-\u2013\u2014_.?\u2026]*|n/?a|unknown|unset|not (set|said|chosen)"
    r"|(please )?(select|choose)\b.*|(bitte )?(aus)?wählen.*|keine angabe|unbekannt",
    re.IGNORECASE,
)
# A number of its own, as of `5 - great` or `3: ok`; that of `1-2 drinks`, `5+`, `10 min`,
# and `30-min` is one of something.
_LEADING = re.compile(
    r"\s*(\d{1,2})\s*"
    r"(?:$|(?:[:=.)(]|(?<=\s)[\-\u2013\u2014]|[\-\u2013\u2014](?=\s))\s*[^\s\d+<>~])"
)
_BEFORE_A_WORD = re.compile(r"\s*(\d{1,2})\s+[^\W\d]")
_VERY = re.compile(r"\b(very|extremely|super|sehr|really)\b")
_GRADES: Final[Mapping[str, float]] = {
    word: grade
    for grade, words in {
        -2.0: "awful terrible horrible worst furchtbar schrecklich",
        -1.0: "bad poor low sad down schlecht mies traurig niedrig",
        0.0: "ok okay meh fair neutral medium moderate normal average mittel geht",
        1.0: "good happy high gut glücklich hoch",
        2.0: "great excellent amazing awesome fantastic best rad super toll",
    }.items()
    for word in words.split()
}


def said_steps(options: Sequence[str]) -> tuple[str, ...]:
    """Return the options without those that stand for nothing chosen."""
    return tuple(each for each in options if not _NOT_SAID.fullmatch(each.strip()))


def are_numbered(steps: Sequence[str]) -> bool:
    """Return whether all steps begin with a number of their own, as `5 - great`."""
    leading = _leading(steps)
    return bool(steps) and len(leading) == len(steps) == len(set(leading.values()))


def _leading(steps: Sequence[str]) -> dict[str, float]:
    found = {step: _LEADING.match(step) or _before_a_grade(step) for step in steps}
    return {step: float(each[1]) for step, each in found.items() if each}


def _before_a_grade(step: str) -> re.Match[str] | None:
    """Return the number of `5 great`, where the word is no unit."""
    return _BEFORE_A_WORD.match(step) if _grade(step) is not None else None


def numbers_of(steps: Sequence[str], *, numbered: bool) -> Mapping[str, float]:
    """Return what each step stands for: a number for itself, the rest by position.

    Where they are `numbered`, each stands for the number that it begins with.
    """
    if numbered:
        return _leading(steps)
    numbers: dict[str, float] = {}
    for position, step in enumerate(steps, 1):
        number = number_of(step)
        numbers[step] = position if number is None else number
    return numbers


def steps_on(options: Sequence[str], most: int) -> tuple[str, ...]:
    """Return the steps of a scale from 1 to `most`, the worst first; or none.

    Names are spread over the scale, with nothing between them, where it is certain
    which of them is the better one.
    """
    steps = said_steps(options)
    if len(steps) < 2 or len(steps) > most:
        return ()
    if any(re.match(r"\s*\d", step) for step in steps):
        is_scale = are_numbered(steps) and max(_leading(steps).values()) <= most
        return steps if is_scale else ()
    grades = [_grade(step) for step in steps]
    known = [each for each in grades if each is not None]
    if len(known) < len(grades):
        return ()
    if known[0] > known[-1]:
        steps, known = steps[::-1], known[::-1]
    if not known[0] < 0 < known[-1] or any(a >= b for a, b in pairwise(known)):
        return ()
    spread = [""] * most
    for index, step in enumerate(steps):
        spread[round(index * (most - 1) / (len(steps) - 1))] = step
    return tuple(spread)


def _grade(step: str) -> float | None:
    """Return how good a name says that it is, from awful to great, or None."""
    name = step.casefold()
    words = [each for each in re.findall(r"\w+", _VERY.sub("", name)) if each]
    words = words or re.findall(r"\w+", name)
    found = {_GRADES[each] for each in words if each in _GRADES}
    if len(found) != 1 or re.search(r"\b(not|nicht|kein\w*)\b", name):
        return None
    grade = found.pop()
    return grade * 1.5 if _VERY.search(name) and abs(grade) == 1 else grade

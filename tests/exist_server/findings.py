"""Averages, correlations and insights (sections 5.12 to 5.15), made from the values."""

from collections.abc import Iterator
import datetime as dt
from itertools import combinations
from math import erfc, sqrt
from statistics import mean, median
from zoneinfo import ZoneInfo

from .calls import Call, Json
from .refusals import Refused
from .state import Attribute
from .values import ValueType

AVERAGE_DAYS = 60
PERIOD = 364
WEEKS = 12
INSIGHT_DAYS = 60
FEWEST = 14

_WEEKDAYS = (
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
)
_COMPARED = (
    "steps",
    "sleep",
    "sleep_start",
    "mood",
    "energy_level",
    "stress_level",
    "coffees",
    "productive_min",
    "distracting_min",
    "heartrate_resting",
    "heartrate_variability",
    "weather_temp_max",
)
# Both of a template, so that Exist may know what to say of the two.
_UNDERSTOOD = {
    ("productive_min", "distracting_min"): (
        "Common",
        "Both grow with the hours at a screen.",
    ),
    ("steps", "mood"): ("Very common", "Moving more and feeling better often meet."),
}
_STARS = ((0.001, 5), (0.01, 4), (0.05, 3), (0.2, 2))
_STARS_TEXT = {
    5: "Certain to be related",
    4: "Very likely to be related",
    3: "Likely to be related",
    2: "Perhaps related",
    1: "Hardly related",
}


def averages(call: Call) -> Json:
    """Answer averages/ (section 5.12)."""
    first, last = call.date("date_min"), call.date("date_max")
    days = [
        day
        for day in _sundays(call.today, WEEKS)
        if (first is None or day >= first) and (last is None or day <= last)
    ]
    if not call.flag("include_historical"):
        days = days[:1]
    numeric = [
        each for each in call.select() if each.value_type is not ValueType.STRING
    ]
    return call.paged(
        [
            average
            for day in days
            for each in numeric
            if (average := _average(call, each, day))
        ]
    )


def correlations(call: Call) -> Json:
    """Answer correlations/ (section 5.13)."""
    name = call.request.query.get("attribute")
    strong, confident = call.flag("strong"), call.flag("confident")
    return call.paged(
        [
            found
            for found in _correlations(call)
            if (not name or name in (found["attribute"], found["attribute2"]))
            and (not strong or float(str(found["percentage"])) >= 50)
            and (not confident or found["stars"] == 5)
        ]
    )


def combo(call: Call) -> Json:
    """Answer correlations/combo/ (section 5.14)."""
    query = call.request.query
    asked = {query.get("attribute"), query.get("attribute2")}
    for found in _correlations(call):
        if {found["attribute"], found["attribute2"]} == asked:
            return found
    raise Refused(404, {"error": "not_found"})


def insights(call: Call) -> Json:
    """Answer insights/ (section 5.15)."""
    first, last = call.date("date_min"), call.date("date_max")
    priority = call.request.query.get("priority")
    found = [
        insight
        for day, level, insight in _insights(call)
        if (first is None or day >= first)
        and (last is None or day <= last)
        and priority in (None, "", str(level))
    ]
    return call.paged(found)


def _sundays(today: dt.date, weeks: int) -> list[dt.date]:
    newest = today - dt.timedelta(days=today.isoweekday() % 7)
    return [newest - dt.timedelta(weeks=back) for back in range(weeks)]


def _numbers(
    attribute: Attribute, newest: dt.date, days: int
) -> dict[dt.date, int | float]:
    span = (newest - dt.timedelta(days=back) for back in range(days))
    return {
        day: value
        for day in span
        if isinstance(value := attribute.values.get(day), (int, float))
    }


def _average(call: Call, attribute: Attribute, day: dt.date) -> Json | None:
    numbers = _numbers(attribute, day, AVERAGE_DAYS)
    if len(numbers) < FEWEST:
        return None
    by_weekday = {
        weekday: [value for each, value in numbers.items() if each.weekday() == index]
        for index, weekday in enumerate(_WEEKDAYS)
    }
    key = "user_attribute" if call.world.switches.user_attribute_key else "attribute"
    return {
        key: attribute.name,
        "date": day.isoformat(),
        "overall": float(median(numbers.values())),
        **{
            weekday: float(median(values)) if values else None
            for weekday, values in by_weekday.items()
        },
    }


def _correlations(call: Call) -> Iterator[Json]:
    day = _sundays(call.today, 1)[0]
    found = call.user.attributes
    known = [found[name] for name in _COMPARED if name in found and found[name].active]
    series = {each.name: _numbers(each, day, PERIOD) for each in known}
    for one, other in combinations(known, 2):
        if not (call.readable(one) or call.readable(other)):
            continue
        # A bedtime is compared with what follows on the next day.
        offset = -1 if one.name == "sleep_start" else 0
        pairs = [
            (value, series[other.name][after])
            for date, value in series[one.name].items()
            if (after := date - dt.timedelta(days=offset)) in series[other.name]
        ]
        if len(pairs) >= FEWEST:
            yield _correlation(one, other, day, offset, pairs)


def _correlation(
    one: Attribute,
    other: Attribute,
    day: dt.date,
    offset: int,
    pairs: list[tuple[int | float, int | float]],
) -> Json:
    value = _pearson(pairs)
    size = abs(value)
    p = erfc(size * sqrt(len(pairs) / max(1e-9, 1 - size * size)) / sqrt(2))
    stars = next((stars for limit, stars in _STARS if p < limit), 1)
    direction = "more" if value > 0 else "less"
    elements = [
        f"you have {direction} of {one.label}",
        "when",
        f"you have more of {other.label}",
    ]
    occurrence, description = _UNDERSTOOD.get((one.name, other.name), (None, None))
    strength = "Often" if size >= 0.5 else "Sometimes" if size >= 0.2 else "Rarely"
    return {
        "date": day.isoformat(),
        "period": PERIOD,
        "offset": offset,
        "attribute": one.name,
        "attribute2": other.name,
        "value": round(value, 4),
        "p": round(p, 6),
        "percentage": round(size * 100, 2),
        "stars": stars,
        "second_person": " ".join(elements) + ".",
        "second_person_elements": elements,
        "attribute_category": None,
        "strength_description": f"{strength} go together",
        "stars_description": _STARS_TEXT[stars],
        "description": description,
        "occurrence": occurrence,
        "rating": {"positive": True, "rating_type": 50, "rating": "Useful"}
        if stars == 5
        else None,
    }


def _pearson(pairs: list[tuple[int | float, int | float]]) -> float:
    left, right = mean(x for x, _ in pairs), mean(y for _, y in pairs)
    both = sum((x - left) * (y - right) for x, y in pairs)
    spread = sum((x - left) ** 2 for x, _ in pairs)
    spread *= sum((y - right) ** 2 for _, y in pairs)
    return both / sqrt(spread) if spread else 0.0


def _insights(call: Call) -> Iterator[tuple[dt.date, int, Json]]:
    """Yield target day, priority and insight, newest first."""
    shown = [each for each in call.select() if each.name in _COMPARED]
    for back in range(INSIGHT_DAYS):
        day = call.today - dt.timedelta(days=back)
        for each in shown:
            numbers = _numbers(each, day, FEWEST)
            value = numbers.get(day)
            if value is None or len(numbers) < FEWEST // 2:
                continue
            if value != max(numbers.values()):
                continue
            kind, level = ("today", 1) if back == 0 else ("day", 2)
            yield day, level, _insight(call, each, day, kind, level)
        if day.isoweekday() == 7 and shown:
            yield day, 3, _insight(call, shown[0], day, "week", 3)
        if day.day == 1 and shown:
            yield day, 4, _insight(call, shown[0], day, "month", 4)


def _insight(
    call: Call, attribute: Attribute, day: dt.date, kind: str, level: int
) -> Json:
    lines = {
        "today": ("Already the most today.", "More than in two weeks."),
        "day": ("This was your most.", "More than in two weeks."),
        "week": ("Your week is complete.", "Here is how it went."),
        "month": ("Your month is complete.", "Here is how it went."),
    }[kind]
    subject = f"{attribute.label}: {lines[0]}"
    # A day is told of when it is over; what was told once stays as it is.
    written = day + dt.timedelta(days=kind == "day")
    created = dt.datetime.combine(
        written, dt.time(6, 17, 30), ZoneInfo(call.user.timezone)
    )
    return {
        "created": created.isoformat(),
        "target_date": None if level == 1 else day.isoformat(),
        "type": {
            "name": f"{kind}_{attribute.name}",
            "period": {3: 7, 4: 30}.get(level, 1),
            "priority": level,
            "attribute": {
                "name": attribute.name,
                "label": attribute.label,
                "group": attribute.group and attribute.group.json(),
                "priority": attribute.priority,
                "value_type": attribute.value_type,
                "value_type_description": attribute.value_type.description,
            },
        },
        "html": f'<div class="secondary">{subject}</div>\r\n'
        f'<div class="num-label">{lines[1]}</div>',
        "text": f"{subject}\r\n{lines[1]}",
    }

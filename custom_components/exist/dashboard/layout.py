"""A dashboard of what an account has: a pure function, core cards only."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, Final

from .belongings import Belongings, ChartedPast, Looks, ShownAttribute
from .compared import comparing
from .spelling import ENGLISH, Spelling

type Card = dict[str, Any]

# A page of 130 helps nobody: the first in Exist's own order.
MOST_ROWS = 10
MOST_TILES = 6
MOST_WEEKS = 3
MOST_YEARS = 8
# More bars of a month beside each other cannot be told apart.
MOST_FLAGS = 4
# The frontend shows one day more.
WEEK = 6
YEAR = 365

# Every text of it, each in Home Assistant's language.
TEXTS: Final = (
    "connection",
    "day",
    "goal",
    "latest",
    "links",
    "log",
    "tags",
    "today",
    "tags_by_month",
    "usual",
    "week",
    "years",
    "yesterday",
)
# What an entity is called without its device, and the other way round.
_OWN_NAME: Final = {"type": "entity"}
_DEVICE_NAME: Final = {"type": "device"}
_WIDE: Final = {"grid_options": {"columns": "full"}}


def dashboard(
    has: Belongings, texts: Mapping[str, str], spelling: Spelling = ENGLISH
) -> dict[str, Any]:
    """Return the configuration of a dashboard, which a person pastes.

    What is not there has no card, and what has no card no section or view.
    """
    # Beside each other these are about as long; entering is what is done each day.
    sections = (
        (_part(texts["log"], "mdi:pencil", _log(has, texts)),),
        (
            _part(texts["today"], "mdi:calendar-today", _today(has, texts, spelling)),
            _part(texts["latest"], "mdi:clock-outline", _latest(has, texts, spelling)),
        ),
        (_part(texts["week"], "mdi:calendar-week", _week(has)),),
        (
            _part(texts["links"], "mdi:link-variant", _links(has)),
            _part(texts["connection"], "mdi:cloud-check-outline", _connection(has)),
        ),
    )
    views = [_view(texts["today"], "today", (chain.from_iterable(s) for s in sections))]
    # Beside another one, the axis of a chart would have no room for the years.
    years = [[card] for card in _years(has, texts)]
    if years:
        view = _view(texts["years"], "years", years)
        for section in view["sections"]:
            section["column_span"] = view["max_columns"]
        views.append(view)
    return {"views": views}


def _view(title: str, path: str, sections: Iterable[Iterable[Card]]) -> Card:
    grids = [{"type": "grid", "cards": list(section)} for section in sections]
    return {
        "title": title,
        "path": path,
        "type": "sections",
        "max_columns": 3,
        "sections": [each for each in grids if each["cards"]],
    }


def _part(heading: str, icon: str, cards: Iterable[Card]) -> Iterator[Card]:
    """Yield cards below a heading, and no heading where there are none."""
    found = list(cards)
    if found:
        yield _heading(heading, icon, "title")
        yield from found


def _today(
    has: Belongings, texts: Mapping[str, str], spelling: Spelling
) -> Iterator[Card]:
    yield from _compared(_measured(has, today=True), texts, spelling)
    yield from map(_tile, _only_shown(has, Looks.YES_OR_NO))


def _latest(
    has: Belongings, texts: Mapping[str, str], spelling: Spelling
) -> Iterator[Card]:
    newest = _measured(has, today=False)
    yield from _compared(newest, texts, spelling, texts["day"])
    for each in _only_shown(has, Looks.WORDS):
        yield _tile(each, **_WIDE)


def _only_shown(has: Belongings, looks: Looks) -> list[str]:
    """Return sensors of what looks so; what can be entered stands in its field."""
    return [
        each.sensor
        for each in has.attributes
        if each.looks is looks and each.sensor and not each.control
    ][:MOST_TILES]


def _measured(has: Belongings, *, today: bool) -> Iterator[ShownAttribute]:
    measured = (Looks.NUMBER, Looks.SCALE, Looks.CLOCK)
    return (
        each
        for each in has.attributes
        if each.sensor and each.looks in measured and each.today is today
    )


def _compared(
    measured: Iterable[ShownAttribute],
    texts: Mapping[str, str],
    spelling: Spelling,
    day_title: str = "",
) -> Iterator[Card]:
    """Yield a table of what is now, beside goal, usual value, and yesterday.

    What is now is named by the heading above it: on a phone its column is narrow.
    """
    entities = [each.sensor for each in measured if each.sensor][:MOST_ROWS]
    if not entities:
        return
    columns = {key: texts[key] for key in ("goal", "usual", "yesterday")}
    content = comparing(entities, columns, spelling, day_title)
    yield {"type": "markdown", "content": content} | _WIDE


def _log(has: Belongings, texts: Mapping[str, str]) -> Iterator[Card]:
    """Yield what a person enters: the day first, since all else is of that day."""
    controlled = [each for each in has.attributes if each.control]
    if has.edited_day:
        yield _tile(has.edited_day, **_WIDE)
    for each in controlled:
        if each.control and each.looks is Looks.SCALE:
            slider = {"type": "numeric-input", "style": "slider"}
            yield _tile(each.control, features=[slider], **_WIDE)
    for each in controlled:
        if each.control and each.looks is Looks.YES_OR_NO:
            yield _tile(each.control, features=[{"type": "toggle"}], **_WIDE)
    rows = [
        entity
        for each in sorted(controlled, key=lambda each: each.looks is not Looks.WORDS)
        if each.looks not in (Looks.SCALE, Looks.YES_OR_NO)
        for entity in (each.control, each.plus_one)
        if entity
    ]
    if rows:
        named = [{"entity": each, "name": _OWN_NAME} for each in rows]
        yield {"type": "entities", "entities": named} | _WIDE
    if has.tags:
        yield _heading(texts["tags"], "mdi:tag-multiple", "subtitle")
        yield {
            "type": "todo-list",
            "entity": has.tags,
            # Exist can delete no tag: what is typed here by mistake would stay.
            "hide_create": True,
            "hide_section_headers": True,
            "item_tap_action": "toggle",
        } | _WIDE


def _week(has: Belongings) -> Iterator[Card]:
    for each in _charted(has, days=1)[:MOST_WEEKS]:
        if each.past:
            yield _chart(each.past.title, [each.past], days=WEEK, period="day")


def _years(has: Belongings, texts: Mapping[str, str]) -> Iterator[Card]:
    for each in _charted(has, days=WEEK)[:MOST_YEARS]:
        if each.past:
            span = _span(has, [each.past])
            title = each.past.by.get(span["period"], each.past.title)
            yield _chart(title, [each.past], **span)
    flags = [
        each.past
        for each in has.attributes
        if each.past and each.looks is Looks.YES_OR_NO and _has_days(has, each.past, 1)
    ][:MOST_FLAGS]
    if flags:
        # Their years would be hundreds of needles.
        chart = _chart(texts["tags_by_month"], flags, days=YEAR, period="month")
        yield chart | {"hide_legend": False}


def _charted(has: Belongings, *, days: int) -> list[ShownAttribute]:
    """Return what has a chart of its own, of which one point alone would tell nothing.

    Days with a tag share one.
    """
    return [
        each
        for each in has.attributes
        if each.past
        and each.looks is not Looks.YES_OR_NO
        and _has_days(has, each.past, days)
    ]


def _has_days(has: Belongings, past: ChartedPast, days: int) -> bool:
    return past.first is None or (has.today - past.first).days >= days


def _span(has: Belongings, past: Iterable[ChartedPast]) -> dict[str, Any]:
    """Return how far back a chart goes, and what a point of it is."""
    firsts = [each.first for each in past if each.first]
    days = max(YEAR, (has.today - min(firsts, default=has.today)).days + 1)
    return {"days": days, "period": "month" if days > YEAR else "week"}


def _chart(title: str, past: Sequence[ChartedPast], *, days: int, period: str) -> Card:
    adds_up = past[0].adds_up
    return {
        "type": "statistics-graph",
        "title": title,
        "entities": [{"entity": each.statistic, "name": each.title} for each in past],
        "chart_type": "bar" if adds_up else "line",
        "period": period,
        "days_to_show": days,
        "stat_types": ["change" if adds_up else "mean"],
        "hide_legend": True,
        **_WIDE,
    }


def _links(has: Belongings) -> Iterator[Card]:
    for each in has.links:
        state = ["state", "problem"]
        yield _tile(each, name=_DEVICE_NAME, state_content=state, **_WIDE)


def _connection(has: Belongings) -> Iterator[Card]:
    if has.connection:
        named = [{"entity": each, "name": _OWN_NAME} for each in has.connection]
        yield {"type": "entities", "entities": named} | _WIDE


def _heading(text: str, icon: str, style: str) -> Card:
    return {"type": "heading", "heading": text, "icon": icon, "heading_style": style}


def _tile(entity: str, **more: Any) -> Card:
    return {"type": "tile", "entity": entity, "name": _OWN_NAME} | more

"""Every way in which a key of a record can be wrong on disk, by the record's fields."""

from collections.abc import Iterator
from copy import deepcopy
from dataclasses import MISSING, fields, is_dataclass, make_dataclass
from datetime import date, datetime
from enum import Enum
import math
from types import NoneType, UnionType
from typing import (
    Any,
    NamedTuple,
    TypeAliasType,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from custom_components.exist.storage import dump, load

POOL: tuple[Any, ...] = (None, True, 7, 0.5, "?", [], [5], {}, {"a": 1})
UNKNOWN_MEMBER = (99, "of tomorrow")
# Of the right kind, and still nothing that we ever wrote.
NEVER: dict[Any, tuple[Any, ...]] = {
    date: ("2026-13-01", "2026-04-01T10:00:00+00:00"),
    datetime: ("2026-04-01", "2026-04-01T10:00:00", "2026-04-01T25:00:00+00:00"),
    float: (math.inf, -math.inf, math.nan, 2**63),
    int: (2**63, -(2**63)),
    str: ("\ud800",),
}


class Damage(NamedTuple):
    """One way: what the file says then, and what is left of it."""

    what: str
    data: Any
    lost: bool
    """Whether it costs the entry; what is only missing may have a default."""
    left: Any
    """The data without the entry; None where it is the whole file."""
    path: tuple[Any, ...] = ()


def without(data: Any, path: tuple[Any, ...]) -> Any:
    """Return the data without one of its items."""
    return _put(data, path, MISSING)


def damages(kind: Any, data: Any) -> Iterator[Damage]:
    """Return each way in which one key of a whole file may be damaged."""
    for wrong in _wrong(kind):
        yield Damage(f"= {wrong!r}", wrong, True, None)
    record: Any = kind
    if not is_dataclass(kind):
        yield from _of_collection(kind, data, data, (), "")
        return
    hints = get_type_hints(kind)
    for each in fields(kind):
        hint, optional = hints[each.name], _has_default(each, hints[each.name])
        here, gone = (each.name,), without(data, (each.name,))
        yield Damage(
            f"{here} missing", gone, not optional, gone if optional else None, here
        )
        left = dump(load(record, gone, [])) if optional else None
        for wrong in _wrong(hint):
            yield Damage(f"{here} = {wrong!r}", _put(data, here, wrong), True, left)
        name = each.metadata.get("row", "")
        yield from _of_collection(hint, data[each.name], data, here, name)
        if is_dataclass(hint):
            for what, raw, lost in variants(hint, data[each.name]):
                yield Damage(f"{here} {what}", _put(data, here, raw), lost, None)


def _of_collection(
    hint: Any, raw: Any, data: Any, path: tuple[Any, ...], name: str
) -> Iterator[Damage]:
    """Damage the first item of a collection in every way; the others must survive."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin not in (dict, list, tuple):
        return
    if origin is tuple and inner[-1] is not Ellipsis:
        return
    by_row = isinstance(raw, list) and origin is dict
    key: Any = next(iter(raw)) if isinstance(raw, dict) else 0
    item = inner[1] if origin is dict else inner[0]
    here = (*path, key)
    if by_row:
        ways = _of_row(inner[0], item, raw[0], name)
        deeper = [(name, item)] if name else []
    else:
        ways = variants(item, raw[key])
        deeper = []
        if get_origin(item) is dict:
            # A collection within one loses only its own items.
            yield from _of_collection(item, raw[key], data, here, "")
            ways = iter([("wrong", wrong, True) for wrong in _wrong(item)])
    for what, changed, lost in ways:
        yield Damage(
            f"{here} {what}", _put(data, here, changed), lost, without(data, here), here
        )
    for part, kind in deeper:
        if get_origin(kind) is tuple:
            yield from _of_collection(kind, raw[0][part], data, (*here, part), "")
    if origin is dict and not by_row and inner[0] is not str:
        rest = without(data, here)
        moved = _put(rest, (*path, "no day"), raw[key])
        yield Damage(f"{here} under no day", moved, True, rest)


def _of_row(
    key: Any, item: Any, raw: dict[str, Any], name: str
) -> Iterator[tuple[str, Any, bool]]:
    yield from [(f"= {wrong!r}", wrong, True) for wrong in POOL]
    defaults = key._field_defaults
    for part, hint in get_type_hints(key).items():
        missing = {k: v for k, v in raw.items() if k != part}
        yield f"{part} missing", missing, part not in defaults
        for what, changed, lost in variants(hint, raw.get(part, defaults.get(part))):
            yield f"{part} {what}", {**raw, part: changed}, lost
    if is_dataclass(item):
        for what, changed, lost in variants(item, raw):
            if isinstance(changed, dict):
                yield what, changed, lost
        return
    yield f"{name} missing", {k: v for k, v in raw.items() if k != name}, True
    if get_origin(item) is tuple:
        for wrong in _wrong(item):
            yield f"{name} = {wrong!r}", {**raw, name: wrong}, True
        return
    for what, changed, lost in variants(item, raw[name]):
        yield f"{name} {what}", {**raw, name: changed}, lost


def _put(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    copy = deepcopy(data)
    place = copy
    for key in path[:-1]:
        place = place[key]
    if value is MISSING:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy


def variants(hint: Any, raw: Any) -> Iterator[tuple[str, Any, bool]]:
    """Return each way in which a value may be damaged, and whether it is lost then."""
    for wrong in _wrong(hint):
        yield f"= {wrong!r}", wrong, True
    hint = _without_none(hint)
    origin, inner = get_origin(hint), get_args(hint)
    if is_dataclass(hint) and raw is not None:
        hints = get_type_hints(hint)
        for each in fields(hint):
            if not each.metadata.get("kept", True) or each.name not in raw:
                continue
            gone = {key: value for key, value in raw.items() if key != each.name}
            yield (
                f"{each.name} missing",
                gone,
                not _has_default(each, hints[each.name]),
            )
            for what, changed, lost in variants(
                _as_rows(each, hints[each.name]), raw[each.name]
            ):
                yield f"{each.name} {what}", {**raw, each.name: changed}, lost
    elif origin is tuple and raw:
        is_fixed = inner[-1] is not Ellipsis
        if is_fixed:
            yield "too short", raw[:-1], True
            yield "too long", [*raw, 1], True
        for index, item in enumerate(raw if is_fixed else raw[:1]):
            kind = inner[index] if is_fixed else inner[0]
            for what, changed, lost in variants(kind, item):
                yield f"[{index}] {what}", _put(raw, (index,), changed), lost
    elif isinstance(hint, type) and issubclass(hint, tuple) and raw:
        yield "too short", raw[:-1], True
        for index, kind in enumerate(get_type_hints(hint).values()):
            for what, changed, lost in variants(kind, raw[index]):
                yield f"[{index}] {what}", _put(raw, (index,), changed), lost


def _as_rows(each: Any, hint: Any) -> Any:
    """Return what a mapping by a plain key is on disk, where its field says rows."""
    if "key" not in each.metadata:
        return hint
    names = (each.metadata["key"], each.metadata["row"])
    made = make_dataclass("Row", list(zip(names, get_args(hint), strict=True)))
    return tuple[made, ...]  # type: ignore[valid-type]


def _has_default(each: Any, hint: Any) -> bool:
    return (
        each.default is not MISSING
        or each.default_factory is not MISSING
        or NoneType in get_args(hint)
    )


def _without_none(hint: Any) -> Any:
    if isinstance(hint, TypeAliasType):
        return _without_none(hint.__value__)
    rest = [each for each in get_args(hint) if each is not NoneType]
    if get_origin(hint) in (Union, UnionType) and len(rest) == 1:
        return rest[0]
    return hint


def _wrong(hint: Any) -> list[Any]:
    """Return what cannot be a value of the type."""
    members = UNKNOWN_MEMBER if _is_enum(_without_none(hint)) else ()
    never = NEVER.get(_without_none(hint), ())
    wrong = [each for each in (*POOL, *members) if not _may_be(hint, each)]
    return [*wrong, *never]


def _is_enum(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Enum)


def _may_be(hint: Any, value: Any) -> bool:
    """Return whether the value is of the type, or might be."""
    if isinstance(hint, TypeAliasType):
        return _may_be(hint.__value__, value)
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        return any(_may_be(each, value) for each in get_args(hint))
    if origin is dict and issubclass(_class(get_args(hint)[0]), tuple):
        return isinstance(value, list)
    if origin is dict:
        return isinstance(value, dict)
    if origin is list or (origin is tuple and get_args(hint)[-1] is Ellipsis):
        return isinstance(value, list)
    if origin is tuple:
        return False
    if is_dataclass(hint):
        # Which of its keys are missing is told by its fields.
        return isinstance(value, dict)
    if hint in (date, datetime):
        return False
    if _is_enum(hint):
        return value in list(hint) and type(value) is not bool
    if hint is float:
        return type(value) in (int, float)
    if issubclass(hint, tuple):
        return False
    return type(value) is hint


def _class(hint: Any) -> type:
    return hint if isinstance(hint, type) else object

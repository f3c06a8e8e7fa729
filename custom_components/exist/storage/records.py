"""Records as JSON, by their fields: a missing key takes its default, damage costs one entry.

Kept are dataclasses, named tuples (as lists), enumerations, days, aware moments, texts,
finite numbers, and mappings, lists and tuples of these. A mapping by a named tuple, or
by a key that its field's metadata name, is a list of rows that hold the key's fields
beside the value's.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
import math
from operator import attrgetter, methodcaller
from types import MappingProxyType, NoneType, UnionType
from typing import (
    Any,
    NamedTuple,
    TypeAliasType,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

# What JSON libraries can carry.
LARGEST = 2**63

_PLAIN = frozenset({bool, int, float, str, NoneType})
NOT_KEPT: Mapping[str, Any] = MappingProxyType({"kept": False})
"""Metadata of a field that is not written; it needs a default."""


class DamagedError(ValueError):
    """What was read is not what was written."""


class Lost(NamedTuple):
    """Something damaged that was left out, and the field that it stood in."""

    field: str
    raw: object


# Reads one value; leaves damaged items of a collection out where it may note them.
type Reader = Callable[[Any, list[object] | None], Any]


def row(name: str) -> Mapping[str, Any]:
    """Return the metadata of a mapping by a named tuple: what a row calls its value."""
    return {"row": name}


def load[T](kind: type[T], raw: object, lost: list[Lost]) -> T:
    """Read the root of a file; what is damaged in it is left out and noted in `lost`.

    Raises DamagedError where nothing of it can be used.
    """
    made: T
    anything: Any = kind
    if not is_dataclass(kind):
        items: list[object] = []
        made = _reader(anything)(raw, items)
        lost += [Lost("", item) for item in items]
        return made
    if not isinstance(raw, Mapping):
        raise DamagedError
    values: dict[str, Any] = {}
    for each in _plan(anything):
        items = []
        try:
            values[each.name] = each.read(raw, items)
        except DamagedError:
            if each.default is None:
                raise
            values[each.name] = each.default()
            items = [raw[each.name]]
        lost += [Lost(each.name, item) for item in items]
    made = _make(kind, values)
    return made


def dump(value: Any) -> Any:
    """Return what JSON can hold of a record or a collection of them."""
    kind: Any = type(value)
    return value if kind in _PLAIN else _writer(kind)(value)


@cache
def _writer(named: Hashable) -> Callable[[Any], Any]:
    """Return what makes of all values of a type what JSON can hold."""
    kind: Any = named
    if issubclass(kind, Enum):
        return attrgetter("value")
    if issubclass(kind, str):
        # What Home Assistant read from YAML remembers its line.
        return str
    if issubclass(kind, date):
        return methodcaller("isoformat")
    if issubclass(kind, (list, tuple)):
        return lambda items: [dump(each) for each in items]
    if issubclass(kind, dict):
        return lambda items: {dump(key): dump(each) for key, each in items.items()}
    plan = _plan(kind)
    return lambda record: {each.name: each.dump(record) for each in plan}


class _Field(NamedTuple):
    """How one field of a record is read and written."""

    name: str
    reader: Reader
    plain: bool
    default: Callable[[], Any] | None
    row: tuple[str, str] | None

    def read(self, raw: Mapping[str, Any], lost: list[object] | None) -> Any:
        if self.name in raw:
            return self.reader(raw[self.name], lost)
        if self.default is None:
            raise DamagedError
        return self.default()

    def dump(self, record: Any) -> Any:
        value = getattr(record, self.name)
        if self.plain:
            return value
        if self.row is not None:
            return [_row(key, each, *self.row) for key, each in value.items()]
        return dump(value)


def _row(key: Any, value: Any, name: str, of_key: str) -> dict[str, Any]:
    beside = dump(value)
    beside = beside if is_dataclass(value) else {name: beside}
    parts = ((of_key, key),) if of_key else zip(key._fields, key, strict=True)
    return {each: dump(part) for each, part in parts if each not in beside} | beside


@cache
def _plan(kind: Hashable) -> tuple[_Field, ...]:
    record: Any = kind
    hints = get_type_hints(record)
    return tuple(
        _Field(
            each.name,
            _reader(hints[each.name], *_names(each)),
            _is_plain(hints[each.name]),
            _default(each, hints[each.name]),
            _names(each) if _is_by_row(hints[each.name], each) else None,
        )
        for each in fields(record)
        if each.metadata.get("kept", True)
    )


def _names(each: Field[Any]) -> tuple[str, str]:
    """Return what rows call their value, and a key that is no named tuple."""
    return each.metadata.get("row", ""), each.metadata.get("key", "")


def _default(each: Field[Any], hint: Any) -> Callable[[], Any] | None:
    if each.default_factory is not MISSING:
        return each.default_factory
    if each.default is not MISSING:
        return lambda: each.default
    return (lambda: None) if NoneType in get_args(hint) else None


def _is_plain(kind: Any) -> bool:
    """Return whether JSON has the type as it is."""
    if isinstance(kind, TypeAliasType):
        return _is_plain(kind.__value__)
    if get_origin(kind) in (Union, UnionType):
        return all(map(_is_plain, get_args(kind)))
    return kind in _PLAIN


def _is_tuple(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, tuple)


def _is_by_row(hint: Any, each: Field[Any]) -> bool:
    return "key" in each.metadata or (
        get_origin(hint) is dict and _is_tuple(get_args(hint)[0])
    )


def _make(kind: Any, values: Mapping[str, Any]) -> Any:
    """Make a record; one that can judge itself has a method `check`."""
    try:
        made = kind(**values)
        if hasattr(made, "check"):
            made.check()
    except (TypeError, ValueError) as err:
        raise DamagedError from err
    return made


@cache
def _reader(kind: Any, name: str = "", key: str = "") -> Reader:
    """Return what reads a type; rows call their value `name`, and a plain key `key`."""
    if isinstance(kind, TypeAliasType):
        return _reader(kind.__value__, name, key)
    origin, inner = get_origin(kind), get_args(kind)
    if origin in (Union, UnionType):
        return _any_of([_reader(each) for each in inner])
    if origin is dict and (key or _is_tuple(inner[0])):
        return _rows(_key(inner[0], key), inner[1], name)
    if origin is dict:
        return _mapping(_reader(inner[0]), _reader(inner[1]))
    if origin is list:
        return _collection(list, _reader(inner[0]))
    if origin is tuple and inner[-1] is Ellipsis:
        return _collection(tuple, _reader(inner[0]))
    if origin is tuple:
        return _fixed([_reader(each) for each in inner])
    if is_dataclass(kind):
        return _record(kind)
    if _is_tuple(kind):
        return _named(kind)
    if issubclass(kind, Enum):
        return _member(kind)
    return next(read for base, read in _SCALARS.items() if issubclass(kind, base))


def _each(
    items: Iterable[Any], read: Reader, lost: list[object] | None
) -> Iterator[Any]:
    for item in items:
        try:
            yield read(item, lost)
        except DamagedError:
            if lost is None:
                raise
            lost.append(item)


def _any_of(readers: list[Reader]) -> Reader:
    def read(raw: Any, lost: list[object] | None) -> Any:
        for each in readers:
            try:
                return each(raw, lost)
            except DamagedError:
                continue
        raise DamagedError

    return read


def _list(raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise DamagedError
    return raw


def _collection(make: type[list[Any] | tuple[Any, ...]], item: Reader) -> Reader:
    return lambda raw, lost: make(_each(_list(raw), item, lost))


def _fixed(readers: list[Reader]) -> Reader:
    def read(raw: Any, _lost: list[object] | None) -> Any:
        if len(_list(raw)) != len(readers):
            raise DamagedError
        return tuple(each(item, None) for each, item in zip(readers, raw, strict=True))

    return read


def _mapping(key: Reader, value: Reader) -> Reader:
    def read(raw: Any, lost: list[object] | None) -> Any:
        if not isinstance(raw, Mapping):
            raise DamagedError
        return dict(
            _each(
                raw.items(),
                lambda item, lost: (key(item[0], None), value(item[1], lost)),
                lost,
            )
        )

    return read


def _key(kind: Any, name: str) -> Reader:
    if not name:
        return _by_name(kind)
    read = _reader(kind)

    def read_key(raw: Any, _lost: list[object] | None) -> Any:
        if not isinstance(raw, Mapping) or name not in raw:
            raise DamagedError
        return read(raw[name], None)

    return read_key


def _rows(read_key: Reader, value: Any, name: str) -> Reader:
    read_value = _reader(value)
    beside = is_dataclass(value)

    def read_row(raw: Any, lost: list[object] | None) -> Any:
        found = read_key(raw, None)
        # What may be None may be missing.
        return found, read_value(raw if beside else raw.get(name), lost)

    return lambda raw, lost: dict(_each(_list(raw), read_row, lost))


def _record(kind: Any) -> Reader:
    def read(raw: Any, _lost: list[object] | None) -> Any:
        if not isinstance(raw, Mapping):
            raise DamagedError
        return _make(kind, {each.name: each.read(raw, None) for each in _plan(kind)})

    return read


def _by_name(kind: Any) -> Reader:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}
    needed = readers.keys() - kind._field_defaults.keys()

    def read(raw: Any, _lost: list[object] | None) -> Any:
        if not isinstance(raw, Mapping) or not needed <= raw.keys():
            raise DamagedError
        given = {name: raw[name] for name in readers if name in raw}
        return kind(**{name: readers[name](item, None) for name, item in given.items()})

    return read


def _named(kind: Any) -> Reader:
    readers = {name: _reader(hint) for name, hint in get_type_hints(kind).items()}

    def read(raw: Any, _lost: list[object] | None) -> Any:
        if len(_list(raw)) > len(readers):
            raise DamagedError
        given = zip(readers.items(), raw, strict=False)
        return _make(kind, {name: each(item, None) for (name, each), item in given})

    return read


def _member(kind: type[Enum]) -> Reader:
    def read(raw: Any, _lost: list[object] | None) -> Any:
        # True and 1.0 would pass for the member 1.
        if type(raw) not in (int, str):
            raise DamagedError
        try:
            return kind(raw)
        except ValueError as err:
            raise DamagedError from err

    return read


def _scalar(read: Callable[[Any], Any]) -> Reader:
    def reader(raw: Any, _lost: list[object] | None) -> Any:
        try:
            return read(raw)
        except (TypeError, ValueError) as err:
            raise DamagedError from err

    return reader


def _none(raw: Any) -> None:
    if raw is not None:
        raise DamagedError


def _flag(raw: Any) -> bool:
    if type(raw) is not bool:
        raise DamagedError
    return raw


def _whole(raw: Any) -> int:
    if type(raw) is not int or abs(raw) >= LARGEST:
        raise DamagedError
    return raw


def _number(raw: Any) -> float:
    if type(raw) is int:
        return _whole(raw)
    if type(raw) is not float or not math.isfinite(raw):
        raise DamagedError
    return raw


def _text(raw: Any) -> str:
    if type(raw) is not str:
        raise DamagedError
    # Half of a surrogate pair can be read, but never written again.
    raw.encode()
    return raw


def _moment(raw: Any) -> datetime:
    moment = datetime.fromisoformat(raw)
    if moment.tzinfo is None:
        raise DamagedError
    return moment


# A subclass stands before its base.
_SCALARS: dict[Any, Reader] = {
    NoneType: _scalar(_none),
    bool: _scalar(_flag),
    int: _scalar(_whole),
    float: _scalar(_number),
    str: _scalar(_text),
    datetime: _scalar(_moment),
    date: _scalar(date.fromisoformat),
}

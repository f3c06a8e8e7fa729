"""Batches of 35: what is sent, and which answer belongs to which item.

Source: reference pages attribute_ownership, creating_attributes, writing_data.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
import re
from typing import Any

from .errors import ExistError, ExistProtocolError
from .model import Attribute
from .value_type import ValueType
from .wire import Json, items, record, text

BATCH_SIZE = 35
# An answer echoes some of these; the first that a request item has names it.
KEYS = ("name", "template", "label", "title")
INDEX = re.compile(r"Object at index (\d+)")


@dataclass(frozen=True, slots=True)
class AcquireItem:
    """What to acquire: a template, or any attribute by name."""

    template: str | None = None
    name: str | None = None
    manual: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the object that Exist takes."""
        return _without_none(
            {"template": self.template, "name": self.name, "manual": self.manual}
        )


@dataclass(frozen=True, slots=True)
class CreateItem:
    """What to create: from a template, or label, group and value type."""

    template: str | None = None
    label: str | None = None
    group: str | None = None
    value_type: ValueType | None = None
    manual: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the object that Exist takes."""
        return _without_none(
            {
                "template": self.template,
                "label": self.label,
                "group": self.group,
                "value_type": None if self.value_type is None else int(self.value_type),
                "manual": self.manual,
            }
        )


@dataclass(frozen=True, slots=True)
class UpdateItem:
    """The whole value of one attribute on one day, as the wire has it."""

    name: str
    date: date
    value: float | str

    def to_json(self) -> dict[str, Any]:
        """Return the object that Exist takes."""
        return {
            "name": self.name,
            "date": self.date.isoformat(),
            "value": self.value,
        }


@dataclass(frozen=True, slots=True)
class IncrementItem:
    """What to add to one attribute, today or on a day."""

    name: str
    value: float
    date: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the object that Exist takes."""
        return _without_none(
            {
                "name": self.name,
                "value": self.value,
                "date": self.date.isoformat() if self.date else None,
            }
        )


def _without_none(raw: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if value is not None}


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One item of the request; `index` counts over all batches."""

    index: int
    request: Json


@dataclass(frozen=True, slots=True)
class BatchSuccess:
    """An item that Exist carried out; `attribute` only if full objects came."""

    index: int
    request: Json
    answer: Json
    attribute: Attribute | None


@dataclass(frozen=True, slots=True)
class BatchFailure:
    """An item that Exist refused, with its machine word and its English text."""

    index: int
    request: Json
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of each item; `error` is what stopped the rest, if anything.

    `unknown` was sent without a usable answer, `not_sent` never left.
    """

    success: tuple[BatchSuccess, ...] = ()
    failed: tuple[BatchFailure, ...] = ()
    unknown: tuple[BatchItem, ...] = ()
    not_sent: tuple[BatchItem, ...] = ()
    error: ExistError | None = None


def batches(requests: Sequence[Json]) -> list[tuple[BatchItem, ...]]:
    """Return the items in order, at most 35 to a batch."""
    numbered = tuple(BatchItem(index, raw) for index, raw in enumerate(requests))
    return [
        numbered[start : start + BATCH_SIZE]
        for start in range(0, len(numbered), BATCH_SIZE)
    ]


@dataclass(slots=True)
class _Open:
    """Items of a batch that have no answer yet."""

    sent: tuple[BatchItem, ...]
    left: dict[int, BatchItem] = field(init=False)

    def __post_init__(self) -> None:
        self.left = {item.index: item for item in self.sent}

    def take(self, answer: Json) -> BatchItem | None:
        """Return the item that the answer speaks of, each once."""
        for fits in (_same_day, _same_key):
            for item in self.left.values():
                if fits(item.request, answer):
                    return self.left.pop(item.index)
        if found := INDEX.search(str(answer.get("error", ""))):
            position = int(found[1])
            if position < len(self.sent):
                return self.left.pop(self.sent[position].index, None)
        return None


def _same_key(request: Json, answer: Json) -> bool:
    return any(
        key in request and request[key] in (answer.get(key), answer.get("title"))
        for key in KEYS
    )


def _same_day(request: Json, answer: Json) -> bool:
    return (
        _same_key(request, answer)
        and request.get("date") == answer.get("date")
        and ("value" not in answer or request.get("value") == answer["value"])
    )


def settle(sent: tuple[BatchItem, ...], raw: object) -> BatchResult:
    """Match the answer to the items that were sent. Raises ExistProtocolError."""
    raw = record(raw)
    open_items = _Open(sent)
    failed = _take_all(items(raw.get("failed", [])), open_items, _failure)
    success = _take_all(items(raw.get("success", [])), open_items, _success)
    if not success and not failed and sent:
        raise ExistProtocolError
    return BatchResult(
        success=success, failed=failed, unknown=tuple(open_items.left.values())
    )


def _take_all[T](
    answers: Iterable[object],
    open_items: _Open,
    make: Callable[[BatchItem, Json], T],
) -> tuple[T, ...]:
    return tuple(
        make(item, answer)
        for answer in map(record, answers)
        if (item := open_items.take(answer)) is not None
    )


def _failure(item: BatchItem, answer: Json) -> BatchFailure:
    return BatchFailure(
        item.index,
        item.request,
        text(answer, "error_code", "unknown_error"),
        text(answer, "error", ""),
    )


def _success(item: BatchItem, answer: Json) -> BatchSuccess:
    full = isinstance(answer.get("group"), Mapping) and "value_type" in answer
    return BatchSuccess(
        item.index,
        item.request,
        answer,
        Attribute.from_json(answer) if full else None,
    )

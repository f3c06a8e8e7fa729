"""Batches of 35: what is sent, and what became of each item.

Source: reference pages attribute_ownership, creating_attributes, writing_data.
"""

from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from itertools import batched, chain
import re

from .errors import ExistConnectionError, ExistError, ExistProtocolError
from .model import Attribute
from .value_type import ValueType
from .wire import Json, items, optional_text, readable, record

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


@dataclass(frozen=True, slots=True)
class CreateItem:
    """What to create: from a template, or label, group and value type."""

    template: str | None = None
    label: str | None = None
    group: str | None = None
    value_type: ValueType | None = None
    manual: bool | None = None


@dataclass(frozen=True, slots=True)
class UpdateItem:
    """The whole value of one attribute on one day, as the wire has it."""

    name: str
    date: date
    value: float | str


@dataclass(frozen=True, slots=True)
class IncrementItem:
    """What to add to one attribute, today or on a day."""

    name: str
    value: float
    date: date | None = None


type Item = AcquireItem | CreateItem | UpdateItem | IncrementItem


def _request(item: Item) -> Json:
    """Return the object that Exist takes: what is given, in its own words."""
    return {
        key: value.isoformat() if isinstance(value, date) else value
        for key, value in asdict(item).items()
        if value is not None
    }


class Status(StrEnum):
    """What became of an item."""

    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    """It was sent, and no usable answer came."""
    NOT_SENT = "not_sent"


@dataclass(frozen=True, slots=True)
class ItemOutcome:
    """What became of one item of a batch.

    Succeeded: Exist's answer, and the attribute if full objects came.
    Refused: Exist's machine word and its English text, and its answer if it was asked.
    """

    status: Status
    answer: Json = field(default_factory=dict)
    attribute: Attribute | None = None
    code: str = ""
    message: str = ""


UNKNOWN = ItemOutcome(Status.UNKNOWN)
NOT_SENT = ItemOutcome(Status.NOT_SENT)


def succeeded(answer: Json, attribute: Attribute | None = None) -> ItemOutcome:
    """Return that an item was carried out."""
    return ItemOutcome(Status.SUCCEEDED, answer, attribute)


def refused(code: str) -> ItemOutcome:
    """Return that an item was not carried out, and why."""
    return ItemOutcome(Status.REFUSED, code=code)


@dataclass(frozen=True, slots=True)
class BatchResult:
    """One outcome for each item, in order; `error` is what stopped the rest, if anything."""

    outcomes: tuple[ItemOutcome, ...]
    error: ExistError | None = None


async def send(
    items: Sequence[Item], post: Callable[[list[Json]], Awaitable[object]]
) -> BatchResult:
    """Send all items in batches, in order; what was done before an error stays.

    Raises ExistError only when nothing can have been stored at all.
    """
    if not items:
        raise ValueError("nothing to send")
    done: list[ItemOutcome] = []
    for sent in batched(map(_request, items), BATCH_SIZE, strict=False):
        try:
            done += outcomes_of(sent, await post(list(sent)))
        except ExistError as err:
            maybe = isinstance(err, ExistProtocolError) or (
                isinstance(err, ExistConnectionError) and err.maybe_stored
            )
            if maybe:
                done += [UNKNOWN] * len(sent)
            elif not done:
                raise
            done += [NOT_SENT] * (len(items) - len(done))
            return BatchResult(tuple(done), err)
    return BatchResult(tuple(done))


def _is_unknown(outcome: ItemOutcome) -> bool:
    return outcome.status is Status.UNKNOWN


async def settle[Shown](
    outcomes: Sequence[ItemOutcome],
    read: Callable[[], Awaitable[Shown]],
    decide: Callable[[int, Shown], ItemOutcome],
    *,
    doubtful: Callable[[ItemOutcome], bool] = _is_unknown,
) -> tuple[ItemOutcome, ...]:
    """Return the outcomes without doubt: read once, then let `decide` tell of each index.

    Nothing is read where nothing is doubtful; where it cannot be read, doubt stays.
    """
    if not any(map(doubtful, outcomes)):
        return tuple(outcomes)
    try:
        shown = await read()
    except ExistError:
        return tuple(outcomes)
    return tuple(
        decide(index, shown) if doubtful(outcome) else outcome
        for index, outcome in enumerate(outcomes)
    )


def outcomes_of(sent: Sequence[Json], raw: object) -> tuple[ItemOutcome, ...]:
    """Match an answer to the items that were sent. Raises ExistProtocolError."""
    raw = record(raw)
    told: dict[int, ItemOutcome] = {}
    for key, read in (("failed", _refused), ("success", _succeeded)):
        for answer in map(record, items(raw.get(key) or [])):
            if (index := _index_of(answer, sent, told)) is not None:
                told[index] = read(answer)
    if not told and sent:
        raise ExistProtocolError
    return tuple(told.get(index, UNKNOWN) for index in range(len(sent)))


def _index_of(answer: Json, sent: Sequence[Json], told: Collection[int]) -> int | None:
    """Return which item an answer speaks of, each once."""
    left = [index for index in range(len(sent)) if index not in told]
    for fits in (_same_day, _same_key):
        for index in left:
            if fits(sent[index], answer):
                return index
    found = INDEX.search(str(answer.get("error", "")))
    return int(found[1]) if found and int(found[1]) in left else None


def _same_key(request: Json, answer: Json) -> bool:
    return _may_be_its_day(request, answer) and any(
        key in request and request[key] in (answer.get(key), answer.get("title"))
        for key in KEYS
    )


def _may_be_its_day(request: Json, answer: Json) -> bool:
    """Return whether the answer does not speak of another day than was asked for."""
    day = answer.get("date")
    return day is None or "date" not in request or str(day)[:10] == request["date"]


def _same_day(request: Json, answer: Json) -> bool:
    return (
        _same_key(request, answer)
        and request.get("date") == answer.get("date")
        and ("value" not in answer or request.get("value") == answer["value"])
    )


def _refused(answer: Json) -> ItemOutcome:
    code = optional_text(answer, "error_code") or "unknown_error"
    message = "; ".join(_words(answer.get("error")))
    return ItemOutcome(Status.REFUSED, answer, code=code, message=message)


def _words(raw: object) -> Iterator[str]:
    """Return the texts of an error, which may be a list, or an object by field."""
    match raw:
        case str():
            yield readable(raw)
        case list():
            yield from chain.from_iterable(map(_words, raw))
        case dict():
            yield from chain.from_iterable(map(_words, raw.values()))


def _succeeded(answer: Json) -> ItemOutcome:
    full = isinstance(answer.get("group"), Mapping) and "value_type" in answer
    return succeeded(answer, Attribute.from_json(answer) if full else None)

"""Writing to attributes of our own: they stay at Exist, out of sight, for good."""

from datetime import date, timedelta

from .facts import Fact, Findings
from .person import Person, agrees
from .putting_back import Changes, Undo
from .reading import NOBODY
from .wire import Answer, Wire

LABEL, NAME = "Home Assistant check", "home_assistant_check"
TEXT_LABEL = "Home Assistant check text"
TAG_LABEL = "Home Assistant check tag"
DAY = timedelta(days=1)
_NUMBER = {"label": LABEL, "group": "media", "value_type": 0, "manual": False}
_TEXT = {"label": TEXT_LABEL, "group": "media", "value_type": 2, "manual": False}
_TAG = {"label": TAG_LABEL, "group": "custom", "value_type": 7, "manual": True}
LONG = "Long text. " * 91


async def names_owned(wire: Wire) -> set[object]:
    """Return what Home Assistant owns."""
    owned = await wire.every("attributes/owned/", include_low_priority="true")
    return {each.get("name") for each in owned}


class OwnAttribute:
    """Three attributes that are of no use, and what can be done to them."""

    def __init__(
        self, wire: Wire, findings: Findings, changes: Changes, today: date
    ) -> None:
        """Prepare; nothing is written yet."""
        self._wire = wire
        self._note = findings.note
        self._changes = changes
        self._today = today
        self._name = NAME

    async def try_all(self, person: Person) -> None:
        """Ask, and then write."""
        person.tell(
            f"\nNext, attributes '{LABEL}' and '{TEXT_LABEL}' and the tag '{TAG_LABEL}' "
            "are created and written, and released in the end.\nThey stay at Exist for "
            "good, with their values: out of sight, since they have no owner. Nothing of "
            "yours is touched."
        )
        if not await agrees(person, "Create and write them?"):
            return
        name = await self._created(_NUMBER, seen=True)
        if name is None:
            person.tell("It could not be created.")
            return
        self._name = name
        await self._values()
        await self._batches()
        await self._increments()
        await self._ownership()
        await self._texts()
        await self._tag(person)

    async def _tag(self, person: Person) -> None:
        if await self._created(_TAG) is None:
            return
        is_so = await agrees(
            person,
            "Open Exist's app or website anew. "
            f"Can you add the tag '{TAG_LABEL}' to today there?",
        )
        if is_so is not None:
            self._note(Fact.TAG_BY_HAND, is_so)

    async def _created(
        self, item: dict[str, object], *, seen: bool = False
    ) -> str | None:
        """Create an attribute, or take the one of the last time; return its name."""
        label = str(item["label"])
        made = await self._wire.post("create/", [item], success_objects=1)
        is_new = bool(made.success)
        name: str | None = None
        if is_new:
            name = made.success[0].get("name")
        elif made.failed:
            name = made.failed[0].get("name") or label.lower().replace(" ", "_")
        if name is None:
            return None
        self._changes.note(
            f"'{label}' still belongs to Home Assistant", self._release(name)
        )
        if is_new and seen:
            self._note(Fact.CREATED_NAME, name == label.lower().replace(" ", "_"))
            self._note(Fact.CREATED_OWNED, await self._is_owned(name))
            self._note(Fact.SEEDED, await self._value(self._today, name) == 0)
        manual = item["manual"]
        await self._wire.post("acquire/", [{"name": name, "manual": manual}])
        if not seen:
            return name
        again = await self._wire.post("create/", [item])
        named = [each.get("name") for each in again.failed] == [name]
        self._note(Fact.EXISTS, again.failed_as("exists") and named)
        self._note(Fact.FAILED_STATUS, again.status == 202)
        return name

    def _release(self, name: str) -> Undo:
        async def release() -> bool:
            await self._wire.post("release/", [{"name": name}])
            return not await self._is_owned(name)

        return release

    async def _is_owned(self, name: str) -> bool:
        return name in await names_owned(self._wire)

    async def _value(self, day: date, name: str | None = None) -> object:
        rows = await self._wire.get(
            "attributes/values/",
            attribute=name or self._name,
            date_max=day.isoformat(),
            limit=1,
        )
        found = {row.get("date"): row.get("value") for row in rows.results}
        return found.get(day.isoformat())

    def _item(
        self, value: object, day: date | str, **more: object
    ) -> dict[str, object]:
        return {"name": self._name, "date": str(day), "value": value, **more}

    async def _update(self, *items: dict[str, object]) -> Answer:
        return await self._wire.post("update/", list(items))

    async def _values(self) -> None:
        today = self._today
        written = await self._update(self._item(3, today))
        echoed = [each.get("value") for each in written.success]
        self._note(Fact.ECHOED, echoed == [3])
        self._note(Fact.STORED, await self._value(today) == 3)
        for fact, value in ((Fact.FLOAT_REFUSED, 4.5), (Fact.TEXT_REFUSED, "6")):
            self._note(
                fact, bool((await self._update(self._item(value, today))).failed)
            )
        # Here a day ends up to fourteen hours sooner.
        future = await self._update(self._item(1, today + DAY))
        self._note(Fact.FUTURE_REFUSED, bool(future.failed))
        bad = await self._update(self._item(1, "yesterday"))
        self._note(Fact.BAD_DATE, bad.failed_as("validation"))
        null = await self._update(self._item(None, today))
        self._note(
            Fact.NULL_REFUSED,
            bool(null.failed) and await self._value(today) is not None,
        )
        unknown = await self._update({**self._item(1, today), "name": NOBODY})
        self._note(Fact.UNKNOWN_NAME, unknown.failed_as("not_found"))

    async def _batches(self) -> None:
        days = [self._today - back * DAY for back in range(3, 39)]
        many = await self._update(*(self._item(0, day) for day in days))
        self._note(Fact.BATCH_LIMIT, not many.ok)
        self._note(Fact.EMPTY_BATCH, (await self._update()).status == 200)
        day = self._today - DAY
        await self._update(self._item(1, day), self._item(2, day))
        self._note(Fact.LAST_WINS, await self._value(day) == 2)
        more = await self._update(self._item(5, day, active=True))
        self._note(Fact.UNKNOWN_KEYS, bool(more.success))

    async def _increments(self) -> None:
        day = await self._empty_day()
        if day is not None:
            begun = await self._increment(1, day)
            self._note(Fact.INCREMENT_BEGINS, bool(begun.success))
        less = await self._increment(-1, self._today)
        self._note(Fact.DECREMENTS, bool(less.success))
        half = await self._increment(0.5, self._today)
        self._note(Fact.INCREMENT_FLOAT, half.failed_as("validation"))

    async def _increment(self, value: float, day: date) -> Answer:
        return await self._wire.post("increment/", [self._item(value, day)])

    async def _empty_day(self) -> date | None:
        """Return a day that no run has written yet."""
        for back in range(50, 90):
            day = self._today - back * DAY
            if await self._value(day) is None:
                return day
        return None

    async def _ownership(self) -> None:
        name, today = self._name, self._today
        by_hand = await self._wire.post("acquire/", [{"name": name, "manual": True}])
        again = await self._wire.post("acquire/", [{"name": name}], success_objects=1)
        self._note(Fact.REACQUIRED, bool(by_hand.success and again.success))
        if again.success:
            self._note(Fact.MANUAL_KEPT, again.success[0].get("manual") is True)
        await self._update(self._item(7, today))
        released = await self._wire.post("release/", [{"name": name}])
        [item] = released.success or [{}]
        self._note(
            Fact.RELEASE_TELLS, "service" in item and item.get("active") is False
        )
        hidden = await self._wire.get("attributes/values/", attribute=name)
        self._note(Fact.RELEASED_HIDDEN, not hidden.ok)
        await self._wire.post("acquire/", [{"name": name, "manual": False}])
        self._note(Fact.HISTORY_RETURNS, await self._value(today) == 7)

    async def _texts(self) -> None:
        name = await self._created(_TEXT)
        if name is None:
            return
        text = LONG[:1000]
        item: dict[str, object] = {
            "name": name,
            "date": str(self._today),
            "value": text,
        }
        await self._update(item)
        self._note(Fact.LONG_TEXT, await self._value(self._today, name) == text)
        await self._update({**item, "value": "-"})

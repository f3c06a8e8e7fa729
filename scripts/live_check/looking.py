"""What others own: it is not written, and mood is acquired for a look into Exist's app."""

from datetime import date
from typing import Any

from .facts import Fact, Findings
from .own_attribute import names_owned
from .person import Person, agrees
from .putting_back import Changes, Undo
from .reading import EVERY
from .wire import Wire

PAGE = "https://exist.io/account/attributes/"


class Looking:
    """Takes an attribute over for as long as a look takes."""

    def __init__(
        self, wire: Wire, findings: Findings, changes: Changes, person: Person
    ) -> None:
        """Prepare; nothing is written yet."""
        self._wire = wire
        self._findings = findings
        self._changes = changes
        self._person = person

    async def try_all(self, today: date) -> None:
        """Try to write what another owns, and look at mood."""
        mine = await names_owned(self._wire)
        others = {
            each["name"]: each
            for each in await self._wire.every("attributes/", **EVERY)
            if each["name"] not in mine and each.get("active") and each.get("service")
        }
        await self._foreign(others, today)
        if mood := others.get("mood"):
            await self._mood(mood)

    async def _foreign(self, others: dict[str, dict[str, Any]], today: date) -> None:
        """Write to what another service owns the value that it has."""
        shown = await self._wire.get("attributes/with-values/", limit=100, days=7)
        for each in shown.results:
            rows = [row for row in each["values"] if row.get("value") is not None]
            if each["name"] in others and rows and rows[-1]["date"] < today.isoformat():
                break
        else:
            return
        self._person.tell(
            "\nNext, a value is sent to an attribute that another service owns: the "
            "value that this day has. Exist should refuse it; nothing changes either way."
        )
        if await agrees(self._person, "Send it?"):
            item = {"name": each["name"], **rows[-1]}
            answer = await self._wire.post("update/", [item])
            self._findings.note(Fact.FOREIGN, answer.failed_as("unauthorised"))

    async def _mood(self, attribute: dict[str, Any]) -> None:
        self._person.tell(
            "\nNext, Home Assistant acquires your mood, and you look into Exist's app. "
            "All values stay. Then it is released, and should go back to who owns it now; "
            f"if it does not, choose the owner at {PAGE}."
        )
        if not await agrees(self._person, "Acquire it?"):
            return
        self._changes.note(
            f"mood does not belong to its former owner; choose one at {PAGE}",
            self._given_back(attribute),
        )
        item = {"name": attribute["name"], "manual": True}
        if not (await self._wire.post("acquire/", [item])).success:
            self._person.tell("Exist did not let Home Assistant acquire it.")
        elif (
            is_so := await agrees(
                self._person,
                "Open Exist's app or website anew. Can you enter the mood of today there?",
            )
        ) is not None:
            self._findings.note(Fact.MOOD_BY_HAND, is_so)
        await self._changes.put_back_last()

    def _given_back(self, attribute: dict[str, Any]) -> Undo:
        name, owner = attribute["name"], attribute["service"].get("name")

        async def give_back() -> bool:
            if name in await names_owned(self._wire):
                before = {"name": name, "manual": attribute.get("manual", True)}
                await self._wire.post("acquire/", [before])
                await self._wire.post("release/", [{"name": name}])
                now = await self._owner(name)
                self._findings.note(Fact.OWNER_RETURNS, now == owner)
            is_back: bool = await self._owner(name) == owner
            return is_back

        return give_back

    async def _owner(self, name: str) -> str | None:
        for each in await self._wire.every("attributes/", **EVERY):
            if each["name"] == name:
                owner: str | None = (each.get("service") or {}).get("name")
                return owner
        return None

"""Writing at each kind of control, and what then stands at Exist."""

from datetime import date, timedelta

from playwright.async_api import Locator, expect

from tests.browser.form import open_device, row, sees_value
from tests.browser.home import Exist
from tests.browser.person import Person
from tests.browser.words import said

NOTE = "Walked along the canal"


async def use_controls(person: Person, exist: Exist) -> None:
    """Write today's values, then one of yesterday."""
    today = await exist.today()
    await open_device(person, "ada")
    await person.sees(control(person, said("entity.date.edited_day.name")))

    await enter(person, control(person, "Coffees").locator("input"), "7")
    await sees_value(person, "Coffees", r"^\s*7\s+×")
    await holds(person, exist, "coffees", today, 7)
    await person.press(control(person, "Coffees +1").get_by_role("button"))
    await sees_value(person, "Coffees", r"^\s*8\s+×")
    await holds(person, exist, "coffees", today, 8)

    await enter(person, control(person, "Mood").locator("input"), "8")
    await sees_value(person, "Mood", r"^\s*8\b")
    await holds(person, exist, "mood", today, 8)

    note = person.page.locator("hui-text-entity-row input")
    await expect(note).to_have_value("")
    await enter(person, note, NOTE)
    await sees_value(person, "Mood note", NOTE)
    await holds(person, exist, "mood_note", today, NOTE)
    await enter(person, note, "")
    await person.sees(said("exceptions.value_cannot_empty.message", name="Mood note"))
    await holds(person, exist, "mood_note", today, NOTE)
    await expect(note).to_have_value(NOTE)

    minutes = control(person, "Licht aus").locator("input").nth(1)
    await enter(person, minutes, "45")
    await sees_value(person, "Licht aus", r"^\s*\d\d:45")

    before = await exist.value("vitamin_d", today)
    await person.press(control(person, "Vitamin D").locator("ha-switch"))
    await sees_value(person, "Vitamin D", "Off" if before else "On")
    await holds(person, exist, "vitamin_d", today, int(not before))

    await _another_day(person, exist, date.fromisoformat(today))


async def _another_day(person: Person, exist: Exist, today: date) -> None:
    """Try a day to come, which is refused; write yesterday; go back to today."""
    yesterday = today - timedelta(days=1)
    coffees = control(person, "Coffees").locator("input")
    tomorrow = today + timedelta(days=1)
    await move_to(person, today, tomorrow)
    await person.sees(said("exceptions.edited_day_future.message", day=str(tomorrow)))
    await move_to(person, today, yesterday)
    held = await exist.value("coffees", yesterday.isoformat())
    await expect(coffees).to_have_value("" if held is None else str(held))
    more = (held or 0) + 1
    await enter(person, coffees, str(more))
    await holds(person, exist, "coffees", yesterday.isoformat(), more)
    await holds(person, exist, "coffees", today.isoformat(), 8)
    await sees_value(person, "Coffees", r"^\s*8\s+×")
    await move_to(person, yesterday, today)
    await expect(coffees).to_have_value("8")


async def use_tags(person: Person, exist: Exist) -> None:
    """Tick a tag in the list, and type a new one."""
    today = await exist.today()
    await person.press(person.words("To-do lists").first)
    tags = person.page.locator("hui-todo-list-card")
    gym = tags.locator("ha-check-list-item").filter(has_text="Gym")
    before = await exist.value("gym", today)
    await person.press(gym.locator("ha-checkbox"))
    await holds(person, exist, "gym", today, int(not before))
    await _tick_another_day(person, exist, date.fromisoformat(today))
    new = tags.get_by_placeholder("Add item")
    await person.write(new, "Sauna")
    await new.press("Enter")
    await person.until(
        "the owner of the new tag", lambda: exist.owner("sauna"), "home_assistant"
    )
    await person.press(person.words("Notifications").first)
    await person.sees("Sauna")
    await person.press(person.button("Dismiss"))
    # With the last one, the list of them goes.
    await person.closed()


async def _tick_another_day(person: Person, exist: Exist, today: date) -> None:
    """Move to yesterday, which each tag says then; tick there, and go back."""
    yesterday = today - timedelta(days=1)
    tags = person.page.locator("hui-todo-list-card")
    gym = tags.locator("ha-check-list-item").filter(has_text="Gym")
    before = await exist.value("gym", yesterday.isoformat())
    await open_device(person, "ada")
    await move_to(person, today, yesterday)
    await person.press(person.words("To-do lists").first)
    await expect(gym).to_contain_text(f"{yesterday:%a} {yesterday}")
    await person.press(gym.locator("ha-checkbox"))
    await holds(person, exist, "gym", yesterday.isoformat(), int(not before))
    await open_device(person, "ada")
    await move_to(person, yesterday, today)
    await person.press(person.words("To-do lists").first)
    await expect(gym).not_to_contain_text(f"{yesterday}")


def control(person: Person, name: str) -> Locator:
    """Return the line of a control on the device's page."""
    return row(person, "Controls", name)


async def enter(person: Person, field: Locator, text: str) -> None:
    """Write into a field, and let it be taken."""
    await person.write(field, text)
    await field.press("Enter")


async def holds(
    person: Person, exist: Exist, attribute: str, day: str, value: object
) -> None:
    """Wait until Exist has that value."""
    await person.until(
        f"{attribute} of {day} at Exist", lambda: exist.value(attribute, day), value
    )


async def move_to(person: Person, shown: date, day: date) -> None:
    """Choose a day in the calendar of the date control, which opens at another."""
    await person.press(person.page.locator("hui-date-entity-row ha-date-input"))
    calendar = person.page.locator("calendar-date")
    slot = "previous" if day < shown else "next"
    months = (shown.year - day.year) * 12 + shown.month - day.month
    for _ in range(abs(months)):
        await person.press(calendar.locator(f"[slot={slot}]"))
    await person.press(
        calendar.get_by_role("button", name=f"{day:%B} {day.day}", exact=True)
    )
    await person.press(person.button("OK"))
    await person.sees_none(calendar)

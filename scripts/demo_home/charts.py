"""The past of Exist in Home Assistant's long-term statistics."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
import time
from zoneinfo import ZoneInfo

from .children import DemoError
from .home import Home

PROGRESS = "sensor.exist_ada_history_imported"
# The recorder writes some hundreds of days a second.
IMPORT_SECONDS = 240


@dataclass(frozen=True, slots=True)
class ChartedDays:
    """One statistic: its first and last day, and how many there are."""

    id: str
    first: str
    last: str
    rows: int


async def charted_days(home: Home) -> list[ChartedDays]:
    """Wait until the past is imported, and return every statistic of it."""
    deadline = time.monotonic() + IMPORT_SECONDS
    while (await home.call("GET", f"/api/states/{PROGRESS}"))["state"] != "100":
        if time.monotonic() > deadline:
            raise DemoError(f"The past was not there in {IMPORT_SECONDS} seconds.")
        await asyncio.sleep(0.5)
    zone = ZoneInfo((await home.call("GET", "/api/config"))["time_zone"])
    ids = [
        each["statistic_id"]
        for each in await home.command("recorder/list_statistic_ids")
        if each["source"] == "exist"
    ]
    found = await home.command(
        "recorder/statistics_during_period",
        start_time=datetime.fromtimestamp(0, UTC).isoformat(),
        statistic_ids=ids,
        period="hour",
        types=["state", "mean"],
    )

    def day(row: dict[str, float]) -> str:
        # Home Assistant's frontend counts in milliseconds.
        return datetime.fromtimestamp(row["start"] / 1000, zone).date().isoformat()

    return [
        ChartedDays(each, day(rows[0]), day(rows[-1]), len(rows))
        for each, rows in sorted(found.items())
    ]

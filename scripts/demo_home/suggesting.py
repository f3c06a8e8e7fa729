"""How right links are suggested, and how long a page of them keeps the loop."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
import time

from custom_components.exist.links.suggest import async_suggestions
from homeassistant import loader
from homeassistant.config_entries import ConfigEntries
from homeassistant.core import HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    category_registry as cr,
    device_registry as dr,
    entity_registry as er,
    floor_registry as fr,
    label_registry as lr,
)
from tests.suggestion_cases import SETS, Figures, add, judged, rows_of

STATES = 3000


@dataclass(frozen=True, slots=True)
class Suggesting:
    """The figures of each set of entities, and of a page in a large home."""

    sets: dict[str, tuple[int, Figures]]
    """By name: how many entities, and how right they are suggested."""
    cpu: float
    stall: float
    """The longest time in which the event loop did nothing else."""
    stall_cpu: float
    """The most that was computed in such a time."""


async def suggesting(folder: Path) -> Suggesting:
    """Judge every set, and suggest in a home of `STATES` entities."""
    async with _empty_home(folder) as hass:
        sets = {}
        for name in SETS:
            rows = [each async for each in judged(hass, rows_of(name))]
            sets[name] = len(rows), Figures.of(rows)
        every = cycle([row for name in SETS for row in rows_of(name)])
        for number, row in enumerate(islice(every, STATES)):
            add(hass, {**row, "entity_id": f"{row['entity_id']}_{number}"})
        work = asyncio.create_task(async_suggestions(hass, (), ()))
        spent: list[tuple[float, float]] = []
        while not work.done():
            begin, begin_cpu = time.perf_counter(), time.thread_time()
            await asyncio.sleep(0)
            spent.append((time.perf_counter() - begin, time.thread_time() - begin_cpu))
        await work
        stalls, computed = zip(*spent, strict=True)
        return Suggesting(sets, sum(computed), max(stalls), max(computed))


@asynccontextmanager
async def _empty_home(folder: Path) -> AsyncGenerator[HomeAssistant]:
    """Yield a home of registries and states alone."""
    hass = HomeAssistant(str(folder))
    loader.async_setup(hass)
    dr.async_setup(hass)
    hass.config_entries = ConfigEntries(hass, {})
    await hass.config_entries.async_initialize()
    await lr.async_load(hass, load_empty=True)
    await fr.async_load(hass, load_empty=True)
    await cr.async_load(hass, load_empty=True)
    await ar.async_load(hass, load_empty=True)
    await dr.async_load(hass, load_empty=True)
    await er.async_load(hass, load_empty=True)
    try:
        yield hass
    finally:
        await hass.async_stop(force=True)

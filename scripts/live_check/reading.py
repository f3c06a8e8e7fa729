"""What can be told by reading alone."""

from typing import Any

from custom_components.exist.api import ExistClient, ExistError, ValueType
from custom_components.exist.const import GROUPS
from custom_components.exist.values.templates import DESCRIPTIONS

from .facts import Fact, Findings
from .wire import Answer, Wire

NOBODY = "there_is_no_such_attribute"
FAR = 100_000
MANY = 20
EVERY = {"include_inactive": "true", "include_low_priority": "true"}
LISTS = (
    "attributes/",
    "attributes/owned/",
    "attributes/templates/",
    "attributes/with-values/",
    "averages/",
    "correlations/",
    "insights/",
)


async def read(wire: Wire, findings: Findings) -> None:
    """Read everything once."""
    for fact, token in ((Fact.NO_TOKEN, ""), (Fact.UNKNOWN_TOKEN, "0" * 40)):
        answer = await wire.get("accounts/profile/", token=token)
        findings.note(fact, answer.status == 401 and answer.json is not None)
    findings.note(Fact.ALL_READ, await _understood(wire))
    pages = {path: await wire.get(path, limit=100) for path in LISTS}
    past = await wire.get("attributes/templates/", limit=100, page=FAR)
    findings.note(Fact.PAST_END, past.status == 404)
    for answer in pages.values():
        if _count(answer) > MANY:
            findings.note(Fact.HUNDRED, len(answer.results) == min(_count(answer), 100))
    unknown = await wire.get("attributes/values/", attribute=NOBODY)
    findings.note(Fact.UNKNOWN_VALUES, unknown.status == 404)
    await _attributes(wire, findings)
    await _days(wire, findings)
    await _templates(wire, findings)
    for each in pages["averages/"].results:
        findings.note(Fact.AVERAGES_KEY, "attribute" in each)


async def _understood(wire: Wire) -> bool:
    """Return whether the integration's own client can read every list."""

    async def token(refused: str | None = None) -> str:
        return wire.token

    client = ExistClient(wire.session, token, wire.server)
    try:
        await client.profile()
        await client.templates(include_low_priority=True)
        await client.attributes(include_inactive=True, include_low_priority=True)
        await client.attributes_with_values(days=31)
        await client.owned()
        await client.averages()
        await client.correlations()
        await client.insights()
    except ExistError:
        return False
    return True


async def _attributes(wire: Wire, findings: Findings) -> None:
    every = await wire.every("attributes/", **EVERY)
    for each in every:
        findings.note(Fact.NO_SUBGROUPS, each.get("subgroup") is None)
        _note_kind(findings, each)
    if len(every) > 1:
        name = every[0]["name"]
        listed = await wire.get("attributes/", limit=100, attributes=name, **EVERY)
        findings.note(
            Fact.FILTERED, [each["name"] for each in listed.results] == [name]
        )


async def _days(wire: Wire, findings: Findings) -> None:
    many = await wire.get("attributes/with-values/", limit=100, days=40)
    findings.note(
        Fact.MANY_DAYS,
        many.ok and all(len(each.get("values", ())) <= 31 for each in many.results),
    )
    shown = await wire.get("attributes/with-values/", limit=100, days=31)
    days = [each.get("values", []) for each in shown.results]
    gaps = [row for rows in days for row in rows if row.get("value") is None]
    if any(len(rows) < 31 for rows in days) or gaps:
        # A new attribute may have a null today; of the past there is none.
        findings.note(Fact.GAPS_LEFT_OUT, any(len(rows) < 31 for rows in days))


async def _templates(wire: Wire, findings: Findings) -> None:
    for each in await wire.every("attributes/templates/"):
        known = DESCRIPTIONS.get(each.get("name", ""))
        findings.note(
            Fact.TEMPLATES_KNOWN,
            known is not None and known.value_type == each.get("value_type"),
        )
        _note_kind(findings, each)


def _note_kind(findings: Findings, each: dict[str, Any]) -> None:
    types = {kind.value for kind in ValueType if kind is not ValueType.UNKNOWN}
    findings.note(Fact.TYPES_KNOWN, each.get("value_type") in types)
    if group := each.get("group"):
        findings.note(Fact.GROUPS_KNOWN, group.get("name") in GROUPS)


def _count(answer: Answer) -> int:
    found = answer.json.get("count") if isinstance(answer.json, dict) else 0
    return found if isinstance(found, int) else 0

"""Adding the account as a person does: the config flow and Exist's consent page."""

import asyncio
from http import HTTPStatus

from yarl import URL

from .children import DemoError
from .forms import Step, no_complaint, suggested
from .home import Home

PERSON = "ada"
# Of the people at the local Exist the one who has tracked nothing.
NEWCOMER = "cleo"
FLOWS = "/api/config/config_entries/flow"
CALLBACK = "/auth/external/callback"
# With `my` it is asked for, which sends a browser on to its own home.
MY_CALLBACK = "https://my.home-assistant.io/redirect/oauth"
CALLBACK_SECONDS = 10
MAX_STEPS = 10


async def add_credentials(home: Home) -> None:
    """Store the client that the local Exist server knows."""
    await home.command(
        "application_credentials/create",
        domain="exist",
        client_id="home-assistant-demo",
        client_secret="demo-secret",
        name="Exist demo",
    )


async def add_account(home: Home, person: str = PERSON) -> str:
    """Walk the config flow to its end and return the id of the new entry."""
    step: Step = await home.call("POST", FLOWS, {"handler": "exist"})
    for _ in range(MAX_STEPS):
        path = f"{FLOWS}/{step.get('flow_id')}"
        match step["type"]:
            case "form":
                no_complaint(step)
                step = await home.call("POST", path, suggested(step["data_schema"]))
            case "external":
                await _consent(home, step["url"], person)
                step = await _past_external(home, path)
            case "create_entry":
                entry: str = step["result"]["entry_id"]
                return entry
            case kind:
                raise DemoError(f"The config flow ended in {kind}: {dict(step)}")
    raise DemoError(f"The config flow has no end; its last step was {dict(step)}.")


async def _consent(home: Home, url: str, person: str) -> None:
    """Look at Exist's page, allow, and follow the way back to Home Assistant."""
    page = URL(url)
    async with home.session.get(page) as shown:
        if shown.status != HTTPStatus.OK:
            raise DemoError(f"Exist shows no consent page: {await shown.text()}")
    form = {**page.query, "username": person, "decision": "allow"}
    async with home.session.post(
        page.with_query(None), data=form, allow_redirects=False
    ) as answer:
        back = answer.headers.get("Location", "")
    address, _, query = back.partition("?")
    if address not in (home.url + CALLBACK, MY_CALLBACK):
        raise DemoError(f"Exist sends the browser to '{back}', not to Home Assistant.")
    callback = URL(f"{home.url}{CALLBACK}?{query}", encoded=True)
    async with home.session.get(callback) as returned:
        if returned.status != HTTPStatus.OK:
            raise DemoError(
                f"Home Assistant refused the way back: {await returned.text()}"
            )


async def _past_external(home: Home, path: str) -> Step:
    async with asyncio.timeout(CALLBACK_SECONDS):
        while True:
            step: Step = await home.call("GET", path)
            if not step["type"].startswith("external"):
                return step
            await asyncio.sleep(0.1)

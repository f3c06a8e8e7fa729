"""The person at the browser: goes through Exist's consent page."""

from typing import Any

import aiohttp
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator
from yarl import URL

from custom_components.exist.const import DOMAIN
from homeassistant.config_entries import SOURCE_USER
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType

type Result = Any


class Browser:
    """Starts flows and answers Exist's page as one of its people."""

    def __init__(self, hass: HomeAssistant, client: ClientSessionGenerator) -> None:
        """Keep Home Assistant and a way to call it."""
        self.hass = hass
        self._client = client

    async def start(self, access: str | None = "all") -> Result:
        """Add Exist, up to its own page or to the form of rights."""
        result = await self.hass.config_entries.flow.async_init(
            DOMAIN, context={"source": SOURCE_USER}
        )
        if access is None:
            return result
        return await self.submit(result, {"access": access})

    async def submit(self, result: Result, given: dict[str, Any] | None) -> Result:
        """Submit a form."""
        assert result["type"] is FlowResultType.FORM, result
        return await self.hass.config_entries.flow.async_configure(
            result["flow_id"], given if given is not None else {}
        )

    async def consent(
        self, result: Result, user: str = "ada", decision: str = "allow"
    ) -> Result:
        """Answer Exist's page and follow it back to Home Assistant."""
        assert result["type"] is FlowResultType.EXTERNAL_STEP, result
        url = URL(result["url"])
        form = {**url.query, "username": user, "decision": decision}
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                url.with_query(None), data=form, allow_redirects=False
            ) as response,
        ):
            back = URL(response.headers["Location"])
        client = await self._client()
        response = await client.get(back.path_qs)
        assert response.status == 200
        return await self.hass.config_entries.flow.async_configure(result["flow_id"])

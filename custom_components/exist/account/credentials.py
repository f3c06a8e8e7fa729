"""Where to sign in, and what the credentials dialog says."""

from collections.abc import Mapping
from http import HTTPStatus
import logging
import re
from typing import Any, override

from aiohttp import ClientError, ClientResponse

from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    OAuth2TokenRequestConnectionError,
    OAuth2TokenRequestError,
    OAuth2TokenRequestReauthError,
    OAuth2TokenRequestTransientError,
)
from homeassistant.helpers import http
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    HEADER_FRONTEND_BASE,
    MY_AUTH_CALLBACK_PATH,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url
from homeassistant.util.json import json_loads

from ..const import CLIENTS_URL, DOMAIN, WEBSITE_URL
from .server import async_get_server

_LOGGER = logging.getLogger(__name__)

# Of OAuth's words, those that no later try makes better; `invalid_request` and the
# like are also what a proxy in front of Exist causes while it is set up wrongly.
FINAL_ERRORS = frozenset({"invalid_grant", "invalid_client", "unauthorized_client"})
LONGEST_LIFE = 10**10
# What fits into a header; anything else would fail in each request.
_WORD = re.compile(r"[!-~]+")


class ExistOAuth2Implementation(AuthImplementation):
    """Sign-in at Exist that takes only answers that make sense."""

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        """Request tokens.

        Raises OAuth2TokenRequestReauthError where Exist itself refuses for good,
        OAuth2TokenRequestTransientError for any other status, and
        OAuth2TokenRequestConnectionError for no answer or one that is no token.
        """
        client = {"client_id": self.client_id, "client_secret": self.client_secret}
        try:
            async with async_get_clientsession(self.hass).post(
                self.token_url,
                data={**data, **client},
                # What is sent opens the account; it goes to no other host.
                allow_redirects=False,
            ) as response:
                raw = await response.read()
        except ClientError:
            raise OAuth2TokenRequestConnectionError(domain=DOMAIN) from None
        _LOGGER.debug("The token address answered with status %d", response.status)
        try:
            answer = json_loads(raw)
        except ValueError:
            answer = None
        if response.status >= HTTPStatus.MULTIPLE_CHOICES:
            raise _refusal(response, answer)
        if not isinstance(answer, dict) or not _is_token(answer):
            raise OAuth2TokenRequestConnectionError(domain=DOMAIN)
        return answer


def _refusal(response: ClientResponse, answer: object) -> OAuth2TokenRequestError:
    """Return the error; only Exist's own word ends a sign-in, never a status alone."""
    final = (
        HTTPStatus.BAD_REQUEST <= response.status < HTTPStatus.INTERNAL_SERVER_ERROR
        and response.status != HTTPStatus.TOO_MANY_REQUESTS
        and isinstance(answer, dict)
        and str(answer.get("error")) in FINAL_ERRORS
    )
    kind = OAuth2TokenRequestReauthError if final else OAuth2TokenRequestTransientError
    return kind(
        request_info=response.request_info,
        status=response.status,
        headers=response.headers,
        domain=DOMAIN,
    )


def _is_token(token: Mapping[str, Any]) -> bool:
    if not all(
        isinstance(token.get(key), str) and _WORD.fullmatch(token[key])
        for key in ("access_token", "refresh_token")
    ):
        return False
    try:
        return 0 < int(token["expires_in"]) < LONGEST_LIFE
    except KeyError, OverflowError, TypeError, ValueError:
        return False


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> ExistOAuth2Implementation:
    """Return the sign-in for one set of credentials."""
    server = async_get_server(hass)
    return ExistOAuth2Implementation(
        hass,
        auth_domain,
        credential,
        AuthorizationServer(
            authorize_url=f"{server}/oauth2/authorize",
            token_url=f"{server}/oauth2/access_token",
        ),
    )


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the credentials dialog names."""
    return {
        "clients_url": CLIENTS_URL,
        "redirect_url": _redirect_url(hass),
        "website_url": WEBSITE_URL,
    }


def _redirect_url(hass: HomeAssistant) -> str:
    """Return the address that Exist must know; an error here would break the dialog."""
    if "my" in hass.config.components:
        return MY_AUTH_CALLBACK_PATH
    request = http.current_request.get()
    base = request.headers.get(HEADER_FRONTEND_BASE) if request is not None else None
    if base is None:
        try:
            base = get_url(hass, prefer_external=True)
        except NoURLAvailableError:
            base = "https://YOUR-HOME-ASSISTANT"
    return f"{base}{AUTH_CALLBACK_PATH}"

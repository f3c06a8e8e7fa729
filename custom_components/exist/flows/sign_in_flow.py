"""Sign-in, reauthentication and reconfiguration of an account."""

from collections.abc import Mapping
import logging
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
    SubentryFlowContext,
)
from homeassistant.const import CONF_TOKEN, CONF_USERNAME
from homeassistant.core import callback
from homeassistant.data_entry_flow import AbortFlow, FlowResultType
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler

from ..account.ids import title_of
from ..account.scopes import (
    STEMS,
    any_write,
    granted_scopes,
    missing_scopes,
    scopes_for,
    signed_in_scopes,
)
from ..account.server import async_get_server
from ..account.session import signed_in_client
from ..api import (
    ExistAuthError,
    ExistConnectionError,
    ExistError,
    ExistProtocolError,
    ExistRateLimitError,
    Profile,
    RequestBudget,
)
from ..const import (
    CONF_GRANTED,
    CONF_GROUPS,
    CONF_SCOPES,
    CONF_SERVER,
    CONFIG_MINOR_VERSION,
    CONFIG_VERSION,
    DOMAIN,
    GROUPS,
)
from ..links import SUBENTRY_LINK
from ..notices.plain_text import both_ways
from ..notices.translated import async_scopes_in_words
from ..runtime import ExistConfigEntry
from ..values.days import async_get_zone
from .access_form import (
    CONF_ACCESS,
    Access,
    access_schema,
    choose_schema,
    scopes_of_choice,
)
from .form_pieces import Given
from .link_flow import FIRST_LINK, LinkFlow
from .options_flow import ExistOptionsFlow

_LOGGER = logging.getLogger(__name__)

# Home Assistant's reasons to end a sign-in that another try may cure.
RETRY_REASONS = frozenset(
    {
        "oauth_error",
        "oauth_failed",
        "oauth_timeout",
        "oauth_unauthorized",
        "user_rejected_authorize",
    }
)


class ExistConfigFlow(AbstractOAuth2FlowHandler, domain=DOMAIN):
    """Signs in to Exist and asks what is wanted."""

    DOMAIN = DOMAIN
    VERSION = CONFIG_VERSION
    MINOR_VERSION = CONFIG_MINOR_VERSION

    def __init__(self) -> None:
        """Prepare an empty flow."""
        super().__init__()
        self._scopes: tuple[str, ...] = ()
        self._data: dict[str, Any] | None = None
        self._groups: list[str] = list(GROUPS)

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ExistConfigEntry) -> OptionsFlow:
        """Return the flow of the account's options."""
        return ExistOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry
    ) -> dict[str, type[ConfigSubentryFlow]]:
        """Return the flow of a link."""
        return {SUBENTRY_LINK: LinkFlow}

    @property
    @override
    def logger(self) -> logging.Logger:
        """Return the logger."""
        return _LOGGER

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        """Ask for just the scopes that were chosen."""
        return {"scope": " ".join(self._scopes)}

    async def async_step_reauth(
        self, entry_data: Mapping[str, Any]
    ) -> ConfigFlowResult:
        """Start when Exist refuses the sign-in."""
        self._scopes = tuple(entry_data.get(CONF_SCOPES, ()))
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(
        self, user_input: Given = None
    ) -> ConfigFlowResult:
        """Name the account before the browser is sent to Exist."""
        if user_input is None:
            return self.async_show_form(
                step_id="reauth_confirm",
                description_placeholders=both_ways(
                    account=self._get_reauth_entry().data[CONF_USERNAME]
                ),
            )
        return await self.async_step_user()

    async def async_step_reconfigure(
        self, user_input: Given = None
    ) -> ConfigFlowResult:
        """Start when the person wants other rights or other credentials."""
        return await self.async_step_user()

    @override
    async def async_step_auth(self, user_input: Given = None) -> ConfigFlowResult:
        """Ask for the rights first, then send the browser to Exist."""
        if user_input is None and not self._scopes:
            return await self.async_step_scopes()
        return await super().async_step_auth(user_input)

    async def async_step_scopes(self, user_input: Given = None) -> ConfigFlowResult:
        """Ask what Home Assistant may do at Exist, and what a new account shows."""
        if user_input is None:
            groups = self._groups if self.source == SOURCE_USER else None
            return self.async_show_form(
                step_id="scopes",
                data_schema=access_schema(self._present_scopes(), groups),
            )
        self._groups = user_input.get(CONF_GROUPS, [])
        access = Access(user_input[CONF_ACCESS])
        if access is Access.CHOOSE:
            return await self.async_step_choose_scopes()
        self._scopes = scopes_for(STEMS, STEMS if access is Access.ALL else ())
        return await self.async_step_auth()

    async def async_step_choose_scopes(
        self, user_input: Given = None
    ) -> ConfigFlowResult:
        """Ask for the groups to read and the groups to write."""
        errors = {}
        if user_input is not None:
            if scopes := scopes_of_choice(user_input):
                self._scopes = scopes
                return await self.async_step_auth()
            errors["base"] = "no_scopes"
        return self.async_show_form(
            step_id="choose_scopes",
            data_schema=choose_schema(user_input, self._chosen_at_first()),
            errors=errors,
        )

    def _chosen_at_first(self) -> frozenset[str]:
        """Return what single groups begin with: a new account reads what it is to show."""
        if self.source == SOURCE_USER:
            return frozenset(scopes_for(self._groups, ()))
        return self._present_scopes()

    def _present_scopes(self) -> frozenset[str]:
        """Return what the last sign-in gave; nothing for a new account."""
        if self.source == SOURCE_RECONFIGURE:
            return signed_in_scopes(self._get_reconfigure_entry().data)
        return frozenset()

    @override
    async def async_step_creation(self, user_input: Given = None) -> ConfigFlowResult:
        """Turn the code into a token; a failure leads to another try."""
        result = await super().async_step_creation(user_input)
        return self._retry_instead_of_abort(result)

    @override
    async def async_step_authorize_rejected(
        self, data: None = None
    ) -> ConfigFlowResult:
        """Consent was refused at Exist; it can be given after all."""
        result = await super().async_step_authorize_rejected(data)
        return self._retry_instead_of_abort(result)

    def _retry_instead_of_abort(self, result: ConfigFlowResult) -> ConfigFlowResult:
        if result["type"] is FlowResultType.ABORT and result["reason"] in RETRY_REASONS:
            return self._show_try_again(result["reason"])
        return result

    def _show_try_again(self, failure: str, **names: str) -> ConfigFlowResult:
        return self.async_show_form(
            step_id="try_again",
            errors={"base": failure},
            description_placeholders={"expected": "", "actual": "", **names},
        )

    async def async_step_try_again(self, user_input: Given = None) -> ConfigFlowResult:
        """Go on after a failure: with the token when there is one, else anew."""
        if self._data is not None:
            return await self._async_read_account()
        return await self.async_step_auth()

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Take the token and find out whose it is."""
        self._data = {
            **data,
            CONF_SCOPES: list(self._scopes),
            CONF_SERVER: async_get_server(self.hass),
        }
        self._data[CONF_GRANTED] = sorted(granted_scopes(self._data))
        return await self._async_read_account()

    async def _async_read_account(self) -> ConfigFlowResult:
        """Read whose it is, and make an account of it or renew the one that is there."""
        assert self._data is not None
        token = self._data[CONF_TOKEN]["access_token"]
        client = signed_in_client(self.hass, token, RequestBudget())
        try:
            profile = await client.profile()
            if self.source == SOURCE_USER:
                await self._async_check_new(profile)
        except ExistError as err:
            if isinstance(err, ExistAuthError):
                self._data = None
            return self._show_try_again(failure_of(err))
        self._data[CONF_USERNAME] = profile.username
        if self.source != SOURCE_USER:
            return await self._async_finish_known_account(profile.username)
        if missing_scopes(self._data):
            return await self.async_step_withheld()
        return self._create(self._data)

    async def _async_check_new(self, profile: Profile) -> None:
        """Refuse an account that Home Assistant has already.

        Raises ExistProtocolError where the profile does not say which day it is.
        """
        username = profile.username
        await self.async_set_unique_id(username)
        names = both_ways(account=username)
        self._abort_if_unique_id_configured(
            reload_on_update=False, description_placeholders=names
        )
        if any(
            entry.data[CONF_USERNAME] == username
            for entry in self._async_current_entries()
        ):
            raise AbortFlow("already_configured", names)
        if await async_get_zone(profile.timezone, profile.local_time) is None:
            raise ExistProtocolError

    async def _async_finish_known_account(self, username: str) -> ConfigFlowResult:
        """Renew the sign-in of an account, and of no other."""
        assert self._data is not None
        entry = (
            self._get_reauth_entry()
            if self.source == SOURCE_REAUTH
            else self._get_reconfigure_entry()
        )
        known = entry.data[CONF_USERNAME]
        if username not in (known, entry.unique_id):
            self._data = None
            return self._show_try_again(
                "wrong_account", expected=known, actual=username
            )
        reason = (
            "reauth_successful"
            if self.source == SOURCE_REAUTH
            else "reconfigure_successful"
        )
        placeholders = None
        if missing := missing_scopes(self._data):
            words = await async_scopes_in_words(self.hass, missing)
            reason, placeholders = "some_refused", both_ways(missing=words)
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, **self._data}
        )
        self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return self.async_abort(reason=reason, description_placeholders=placeholders)

    async def async_step_withheld(self, user_input: Given = None) -> ConfigFlowResult:
        """Say what Exist did not grant; the account is of use all the same."""
        assert self._data is not None
        if user_input is not None:
            return self._create(self._data)
        missing = await async_scopes_in_words(self.hass, missing_scopes(self._data))
        return self.async_show_form(
            step_id="withheld",
            description_placeholders=both_ways(
                account=self._data[CONF_USERNAME], missing=missing
            ),
        )

    def _create(self, data: Mapping[str, Any]) -> ConfigFlowResult:
        return self.async_create_entry(
            title=title_of(data[CONF_USERNAME]),
            data=data,
            options={CONF_GROUPS: self._groups},
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Offer the first link, where one can be made."""
        entry = result["result"]
        if entry.state is not ConfigEntryState.LOADED or not any_write(
            granted_scopes(entry.data)
        ):
            return result
        offered = await self.hass.config_entries.subentries.async_init(
            (entry.entry_id, SUBENTRY_LINK),
            context=SubentryFlowContext(source=SOURCE_USER),
            data=FIRST_LINK,
        )
        if offered["type"] is FlowResultType.FORM:
            link = (FlowType.CONFIG_SUBENTRIES_FLOW, offered["flow_id"])
            result["next_flow"] = link
        return result


def failure_of(err: ExistError) -> str:
    """Return the key of the text that says what went wrong and what to do."""
    match err:
        case ExistAuthError():
            return "not_accepted"
        case ExistRateLimitError():
            return "rate_limited"
        case ExistConnectionError():
            return "cannot_connect"
        case _:
            return "bad_answer"

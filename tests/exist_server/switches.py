"""What the sources disagree about (section 15) or leave open, as switches."""

from dataclasses import dataclass


@dataclass(slots=True)
class Switches:
    """How the server behaves where more than one answer is possible.

    May be changed while the server runs; the defaults are what section 15 suggests.
    """

    null_for_gaps: bool = False
    """with-values lists each day, null where there is no row."""
    acquire_answers_active: bool = False
    """acquire answers `name` and `active: "true"` instead of echoing the item."""
    release_answers_name_only: bool = False
    ignores_attributes_filter: bool = False
    """`attributes=` on attributes/ is ignored, as seen live once."""
    user_attribute_key: bool = False
    """averages say `user_attribute` instead of `attribute`."""
    https_redirects_only: bool = False
    batch_limit: int = 35
    seeds_new_attributes: bool = True
    """A new attribute has a row for today: 0, or null without a natural zero."""
    increments_durations: bool = True
    lists_own_client: bool = False
    """available_services names the asking client where it is the owner."""
    email_flags: bool = True
    """The profile has weekly_email and yearly_email."""
    reacquire_fails: bool = False
    """Acquiring what one owns fails with already_owned."""
    simple_token_v1: bool = False
    """simple-token answers below /api/1/ instead of /api/2/."""
    invalid_token_text: str = "Invalid token"

    owned_needs_read_scope: bool = True
    future_dates: bool = False
    """update and increment take days after the user's today."""
    keeps_whole_numbers: bool = False
    """update cuts decimals off, and answers with what it kept."""
    poison: object = None
    """A value for which update refuses the whole request."""
    poison_status: int = 400
    withheld_scopes: frozenset[str] = frozenset()
    """Scopes left out of what is granted, although the user pressed Allow; and of
    what a refresh renews."""
    scope_text: str | None = None
    """What the token answer says instead of the scopes."""
    code_seconds: int = 600
    token_seconds: int = 31535999
    requests_per_hour: int = 300

"""What the sources disagree about (section 15) or leave open, as switches."""

from collections.abc import Mapping
from dataclasses import dataclass, field


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

    # What section 16 leaves open; scripts/check_live asks the real one.
    echoes_state: bool = True
    codes_end: bool = True
    """A code is good once."""
    secret_error: str = "invalid_client"
    grant_error: str = "invalid_grant"
    refresh_ends_old: bool = True
    """A refresh ends the access token that was good before."""
    reuse_ends_all: bool = False
    """A refresh token that is used twice ends what came of it, too."""
    invalid_token_status: int = 401
    retry_after: str | None = None
    """What a 429 says of when to go on."""
    past_end_status: int = 404
    most_per_page: int = 100
    refuses_many_days: bool = False
    unknown_values_status: int = 404
    """What the values of an unknown attribute are answered with."""
    strange_template: bool = False
    """There is a template of a group and a type that nobody knows."""
    subgroup: object = None
    numbers_names: bool = False
    """A created attribute has a number in its name."""
    create_owns: bool = True
    codes: Mapping[str, str] = field(default_factory=dict)
    """Other words for the codes of failed items."""
    failed_status: int = 202
    echoes_value: bool = True
    stores_nothing: bool = False
    """update says that it stored a value, and does not."""
    coerces_texts: bool = False
    """update takes a number that is sent as a text."""
    null_empties: bool = False
    """update takes null for a day that has a value."""
    empty_batch_status: int = 200
    first_wins: bool = False
    """Of two values for one day in a batch, the first one stays."""
    refuses_unknown_keys: bool = False
    text_length: int = 1000
    anyone_writes: bool = False
    """update asks nobody who owns an attribute."""
    increments_empty_days: bool = True
    decrements: bool = True
    """An amount may be negative."""
    increments_by_float: bool = False
    """Also where the attribute is of whole numbers."""
    acquire_resets_manual: bool = False
    """acquire without `manual` makes it false."""
    released_readable: bool = False
    release_forgets: bool = False
    """A released attribute loses its days."""
    heirless: bool = False
    """A released attribute goes to nobody."""

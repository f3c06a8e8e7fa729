"""What is assumed of Exist, and what was seen of it: one line a fact, nothing of a person."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class Verdict(StrEnum):
    """What came out."""

    AS_ASSUMED = "as assumed"
    OTHERWISE = "otherwise"
    NOT_TRIED = "not tried"


class Fact(StrEnum):
    """One thing that is assumed."""

    STATE_RETURNS = "Signing in: the state comes back with the code."
    BAD_CODE = "Signing in: an unknown code is refused as invalid_grant."
    WRONG_SECRET = "Signing in: a wrong secret is refused as invalid_client."
    TOKENS_LAST = "Signing in: there is a token to refresh, and the other lasts a year."
    SCOPES_WHOLE = "Signing in: all that was asked for is granted."
    CODE_ONCE = "Signing in: a code is good once."
    REFRESH_ENDS_OLD = "Refreshing ends the access token of before."
    REUSE_REFUSED = "Refreshing with a used token is refused, and ends nothing else."
    NO_TOKEN = "A request without a token is answered with 401 and JSON."
    UNKNOWN_TOKEN = "A request with an unknown token is answered with 401 and JSON."
    ALL_READ = "Every list can be read to its end, and is understood."
    PAST_END = "A page past the end is answered with 404."
    HUNDRED = "Lists have up to a hundred items on a page."
    MANY_DAYS = "More than 31 days are cut to 31, not refused."
    GAPS_LEFT_OUT = "Days without a value are left out."
    FILTERED = "The list of attributes can be asked for by name."
    AVERAGES_KEY = "Averages name their attribute as 'attribute'."
    UNKNOWN_VALUES = "Values of an unknown attribute are answered with 404."
    TEMPLATES_KNOWN = "Every official attribute is known, with its type."
    GROUPS_KNOWN = "Every group is known."
    TYPES_KNOWN = "Every type of value is known."
    NO_SUBGROUPS = "No attribute has a subgroup."
    CREATED_NAME = "A created attribute is named by its label, with underscores."
    CREATED_OWNED = "A created attribute belongs to who created it."
    SEEDED = "A created attribute of whole numbers has a 0 today."
    EXISTS = "Creating what there is fails as 'exists', and names it."
    FAILED_STATUS = "A batch of which everything failed is answered with 202."
    ECHOED = "A written value is echoed."
    STORED = "A written value can be read at once."
    FLOAT_REFUSED = "A decimal for whole numbers is refused."
    TEXT_REFUSED = "A number sent as a text is refused."
    FUTURE_REFUSED = "Tomorrow cannot be written."
    BAD_DATE = "A date that is none fails as 'validation'."
    NULL_REFUSED = "A value cannot be replaced with null."
    BATCH_LIMIT = "A batch of 36 is refused as a whole."
    EMPTY_BATCH = "An empty batch is answered with 200."
    LAST_WINS = "Of two values for one day in a batch, the last one stays."
    UNKNOWN_KEYS = "Keys that Exist does not know do no harm."
    INCREMENT_BEGINS = "Adding to a day without a value begins it."
    DECREMENTS = "A negative amount can be added."
    INCREMENT_FLOAT = "Adding a decimal to whole numbers fails as 'validation'."
    UNKNOWN_NAME = "Writing an attribute that is not there fails as 'not_found'."
    FOREIGN = "Writing what another service owns fails as 'unauthorised'."
    REACQUIRED = "Acquiring what is owned already succeeds."
    MANUAL_KEPT = "Acquiring leaves the entry in Exist's app as it was."
    RELEASE_TELLS = "A release tells who owns the attribute next."
    RELEASED_HIDDEN = "What has no owner cannot be read."
    HISTORY_RETURNS = "Acquiring again brings the days back."
    LONG_TEXT = "A text of 1000 characters is stored whole."
    MOOD_BY_HAND = "Mood can be entered in Exist's app while Home Assistant owns it."
    TAG_BY_HAND = "A tag can be used in Exist's app while Home Assistant owns it."
    OWNER_RETURNS = "What is released goes back to who owned it before."
    LIMIT = "The 301st request of an hour is refused with 429."
    NO_RETRY_AFTER = "A 429 does not say when to go on."


@dataclass
class Findings:
    """What was seen so far."""

    seen: dict[Fact, bool] = field(default_factory=dict)

    def note(self, fact: Fact, is_so: bool) -> None:
        """Note what was seen; of several looks each must be as assumed."""
        self.seen[fact] = is_so and self.seen.get(fact, True)

    def verdict(self, fact: Fact) -> Verdict:
        """Return what came out."""
        match self.seen.get(fact):
            case True:
                return Verdict.AS_ASSUMED
            case False:
                return Verdict.OTHERWISE
        return Verdict.NOT_TRIED

    def lines(self) -> Iterator[str]:
        """Yield one line a fact."""
        for fact in Fact:
            yield f"{self.verdict(fact):<10}  {fact}"

"""Names that several modules of the integration share."""

from typing import Final

DOMAIN: Final = "exist"

# In the order of Exist's own lists.
GROUPS: Final = (
    "activity",
    "productivity",
    "workouts",
    "custom",
    "mood",
    "sleep",
    "food",
    "health",
    "medication",
    "symptoms",
    "events",
    "finance",
    "location",
    "media",
    "social",
    "weather",
)
TAGS_GROUP: Final = "custom"
# The owner of what people enter in Exist's own apps.
EXIST_SERVICE: Final = "exist"

ATTRIBUTES_URL: Final = "https://exist.io/account/attributes/"
WEBSITE_URL: Final = "https://www.home-assistant.io/"
CLIENTS_URL: Final = "https://exist.io/account/apps/"

CONFIG_VERSION: Final = 1
# 2: unique ids with a separator, one device for an account.
CONFIG_MINOR_VERSION: Final = 2

CONF_SCOPES: Final = "scopes"
CONF_GRANTED: Final = "granted"
CONF_SERVER: Final = "server"

CONF_GROUPS: Final = "groups"
CONF_POLICIES: Final = "policies"
CONF_RELEASE_ON_REMOVE: Final = "release_on_remove"
CONF_HISTORY_GROUPS: Final = "history_groups"
CONF_CLEAR_ON_REMOVE: Final = "clear_on_remove"

# On the bus, for Activity; what its event entity shows has the same.
EVENT_WRITING: Final = "exist_writing"
ATTR_TYPE: Final = "type"

VALUE_DAYS: Final = 31

"""Acquire, release and create (sections 5.7 to 5.9)."""

from typing import NoReturn

from .batches import manual_of, require, require_owned, require_scope
from .calls import Call, Json
from .groups import GROUPS
from .refusals import ItemFailed
from .state import CUSTOM_PRIORITY, TAG_PRIORITY, Attribute
from .templates import TEMPLATES
from .values import ValueType


def acquire(call: Call, item: Json, index: int) -> Json:
    """Make the client the owner of one attribute (section 5.7)."""
    manual = manual_of(item)
    if "template" in item:
        found = _from_template(call, item["template"])
    else:
        require(item, index, "name")
        found = _by_name(call, item["name"])
    before = False if call.world.switches.acquire_resets_manual else found.manual
    after = before if manual is None else manual
    require_scope(call, found.group, manual=after)
    if call.world.switches.reacquire_fails and found.service == call.service:
        raise ItemFailed("already_owned", "Attribute belongs to this service already")
    found.service = call.service
    found.manual = after
    if found.name not in call.user.attributes:
        _add(call, found)
    if call.flag("success_objects"):
        return call.attribute_json(found)
    if call.world.switches.acquire_answers_active:
        return {"name": found.name, "active": "true"}
    return item


def release(call: Call, item: Json, index: int) -> Json:
    """Pass one attribute to its heir, or make it inactive (section 5.8)."""
    require(item, index, "name")
    found = require_owned(call, item)
    switches = call.world.switches
    heir = call.world.heir(call.user.username, found)
    found.service = None if switches.heirless else heir
    if switches.release_forgets:
        found.values.clear()
    if switches.release_answers_name_only:
        return {"name": found.name}
    return {
        "name": found.name,
        "service": found.service or "",
        "active": found.active,
    }


def create(call: Call, item: Json, index: int) -> Json:
    """Add one attribute, owned by the client (section 5.9)."""
    made = _made(call, item, index)
    manual = manual_of(item)
    made.manual = True if manual is None else manual
    require_scope(call, made.group, manual=made.manual)
    made.service = call.service if call.world.switches.create_owns else "exist"
    _add(call, made)
    if call.flag("success_objects"):
        return call.attribute_json(made)
    return item | {"name": made.name, "priority": made.priority}


def _from_template(call: Call, template: object) -> Attribute:
    if not isinstance(template, str):
        raise ItemFailed("validation", "'template' must be a string")
    if found := call.user.by_template(template):
        return found
    if template not in TEMPLATES:
        raise ItemFailed(
            "not_found", "AttributeTemplate matching query does not exist."
        )
    return Attribute.of(TEMPLATES[template])


def _by_name(call: Call, name: object) -> Attribute:
    found = call.user.attributes.get(name) if isinstance(name, str) else None
    if found is None:
        raise ItemFailed("not_found", "Attribute matching query does not exist.")
    return found


def _made(call: Call, item: Json, index: int) -> Attribute:
    if "template" in item:
        made = _from_template(call, item["template"])
        if made.name in call.user.attributes:
            _refuse_existing(made.name)
        return made
    require(item, index, "label", "group", "value_type")
    label, group, value_type = item["label"], item["group"], item["value_type"]
    if not isinstance(label, str) or not label.strip():
        raise ItemFailed("validation", "'label' must be a text")
    if not isinstance(group, str) or group not in GROUPS:
        raise ItemFailed("validation", f"There is no group named '{group}'")
    if (
        isinstance(value_type, bool)
        or not isinstance(value_type, int)
        or value_type not in set(ValueType) - {ValueType.TIME_FROM_MIDDAY}
    ):
        raise ItemFailed("validation", "'value_type' is not one that may be created")
    tag = group == "custom"
    if tag and value_type != ValueType.BOOLEAN:
        raise ItemFailed("validation", "Attributes in group 'custom' must be boolean")
    for known in call.user.attributes.values():
        if known.label == label and known.group == GROUPS[group]:
            _refuse_existing(known.name)
    name = call.world.free_name(call.user.username, label)
    if call.world.switches.numbers_names:
        name = f"{name}_1"
    if name in call.user.attributes:
        _refuse_existing(name)
    priority = TAG_PRIORITY if tag else CUSTOM_PRIORITY
    return Attribute(name, label, GROUPS[group], ValueType(value_type), priority)


def _refuse_existing(name: str) -> NoReturn:
    raise ItemFailed("exists", f"User has an attribute named '{name}'", name=name)


def _add(call: Call, made: Attribute) -> None:
    call.user.attributes[made.name] = made
    if call.world.switches.seeds_new_attributes:
        made.values[call.today] = made.value_type.natural_zero

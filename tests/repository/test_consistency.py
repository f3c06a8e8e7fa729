"""What hassfest does not check for custom integrations."""

import ast
from collections.abc import Iterable, Mapping
import json
from pathlib import Path
import re
import struct
from typing import Any

import pytest
import voluptuous as vol

from custom_components.exist.account.clock_repairs import CLOCK_DIFFERS, ZONES_DIFFER
from custom_components.exist.account.scopes import STEMS
from custom_components.exist.actions.call import ACCOUNT
from custom_components.exist.actions.registry import ACTIONS
from custom_components.exist.api import ValueType
from custom_components.exist.changes.carry_out import KNOWN_CODES
from custom_components.exist.const import GROUPS
from custom_components.exist.current_repairs import KEYS
from custom_components.exist.dashboard.layout import TEXTS as DASHBOARD_TEXTS
from custom_components.exist.entities.sensors import OUTBOX
from custom_components.exist.flows.access_form import Access
from custom_components.exist.flows.link_draft import GAP
from custom_components.exist.flows.link_pages import NOT_IN_STATE
from custom_components.exist.flows.ownership_pages import MANUAL_CHOICES
from custom_components.exist.flows.repair_flow import MENUS, ExistRepairFlow
from custom_components.exist.ledger.written import TOLD
from custom_components.exist.links import Aggregate, LinkState, Why
from custom_components.exist.links.aggregates_of import METER_AGGREGATES
from custom_components.exist.links.readings import TOTALS
from custom_components.exist.links.window import PartKind
from custom_components.exist.storage import NEWER, FileKind
from custom_components.exist.values.kinds import KINDS
from custom_components.exist.values.templates import (
    DESCRIPTIONS,
    AttributeDescription,
    describe,
)
from homeassistant.components.sensor.const import DEVICE_CLASS_UNITS
from homeassistant.util.yaml import load_yaml_dict

from ..exist_server.groups import GROUPS as EXIST_GROUPS

ROOT = Path(__file__).parent.parent.parent
HOUSE = ROOT / "custom_components" / "exist"
SOURCES = sorted(HOUSE.rglob("*.py"))
EN: dict[str, Any] = json.loads((HOUSE / "translations" / "en.json").read_text())
MANIFEST: dict[str, Any] = json.loads((HOUSE / "manifest.json").read_text())
ICONS: dict[str, Any] = json.loads((HOUSE / "icons.json").read_text())
SERVICES: dict[str, Any] = load_yaml_dict(str(HOUSE / "services.yaml"))


def _texts(node: object, path: str = "") -> list[tuple[str, str]]:
    if isinstance(node, str):
        return [(path, node)]
    assert isinstance(node, dict)
    return [
        pair for key, value in node.items() for pair in _texts(value, f"{path}.{key}")
    ]


def _code() -> str:
    return "\n".join(path.read_text() for path in SOURCES)


def test_manifest() -> None:
    keys = list(MANIFEST)
    assert keys == ["domain", "name", *sorted(keys[2:])]
    assert MANIFEST["requirements"] == []
    assert MANIFEST["integration_type"] == "service"


def test_texts_hold_no_address_no_html_and_no_stray_space() -> None:
    for path, text in _texts(EN):
        assert "http" not in text, path
        assert not re.search(r"<[a-z/]", text), path
        assert text == text.strip(), path
        assert re.fullmatch(r"[a-z0-9_.]+", path.strip(".")), path
        for name in re.findall(r"\{(.*?)\}", text):
            assert name.isidentifier(), path


def _keys(node: ast.expr, assigned: Mapping[str, set[str]]) -> set[str]:
    """Return every key of a text that an expression may be."""
    match node:
        case ast.Constant(value=str(key)):
            return {key}
        case ast.IfExp(body=one, orelse=other):
            return _keys(one, assigned) | _keys(other, assigned)
        case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), *_]):
            return {f"{prefix}{end}" for end in ENDS[prefix]}
        case ast.Name(id=name):
            return assigned.get(name, set())
    return set()


def _value_codes() -> set[str]:
    """Return the codes of values that cannot be written."""
    values = "".join(
        (HOUSE / each).read_text()
        for each in ("api/value_type.py", "values/kinds.py", "values/templates.py")
    )
    found = re.findall(r'(?:ValueError|_number|_whole)\([^)]*?"(\w+)"\)', values)
    return {*found, "whole_number"}


# How keys end that are put together.
ENDS: Mapping[str, Iterable[object]] = {
    "column_": ("day", "link", "exist"),
    "dashboard_": DASHBOARD_TEXTS,
    "failed_": KNOWN_CODES,
    "increment_": ("not_counted", "unknown_if_counted"),
    "kind_": TOTALS,
    "part_": PartKind,
    "rule_": Aggregate,
    "scope_": ("read", "write"),
    "untold_": Why,
    "value_": _value_codes(),
    "weekday_": range(7),
    "write_": TOLD,
}
RAISED_BY = {"wrong", "failed"}
# Calls that ask for a text, and where its key stands.
ASKED_BY = {"async_text": 1, "cached_text": 1, "_async_notify": 2}


def _raised_and_asked() -> tuple[set[str], set[str]]:
    """Return the keys of texts that are raised, and of those that are asked for."""
    raised: set[str] = set()
    asked: set[str] = set()
    for path in SOURCES:
        nodes = [*ast.walk(ast.parse(path.read_text()))]
        assigned: dict[str, set[str]] = {}
        for node in nodes:
            match node:
                case ast.Assign(
                    targets=[ast.Name(id=name)],
                    value=(ast.Constant() | ast.IfExp()) as value,
                ):
                    assigned.setdefault(name, set()).update(_keys(value, {}))
        for node in nodes:
            match node:
                case ast.Call(func=ast.Name(id=name), args=[key, *_]) if (
                    name in RAISED_BY
                ):
                    raised |= _keys(key, assigned)
                case ast.Call(func=ast.Name(id=name), args=args) if name in ASKED_BY:
                    asked |= _keys(args[ASKED_BY[name]], assigned)
                case ast.Call(func=ast.Name(id=name), keywords=keywords) if (
                    name.endswith(("Error", "Failed", "NotReady"))
                ):
                    for each in keywords:
                        if each.arg == "translation_key":
                            raised |= _keys(each.value, assigned)
    code = _code()
    asked |= set(re.findall(r'return "(reach_\w+)"', code))
    asked |= set(re.findall(r'"(\w+)": (?:losers|bullets|_labels)\(', code))
    for key in re.findall(r'\*\*of\(\s*"(\w+)"', code):
        asked |= {key, f"{key}_all"}
    return raised, asked


def test_every_text_that_is_raised_is_an_exception_and_no_other_is() -> None:
    raised, _ = _raised_and_asked()
    assert raised == set(EN["exceptions"])


def test_every_text_that_is_asked_for_exists_and_no_other_does() -> None:
    _, asked = _raised_and_asked()
    assert asked == set(EN["selector"]["texts"]["options"])


def test_every_issue_exists() -> None:
    own = {CLOCK_DIFFERS, ZONES_DIFFER, *KEYS}
    own |= {NEWER} | {kind.problem for kind in FileKind}
    assert set(EN["issues"]) == own
    for key, options in MENUS.items():
        step = EN["issues"][key]["fix_flow"]["step"]["init"]
        assert set(step["menu_options"]) == set(options)
        assert all(hasattr(ExistRepairFlow, f"async_step_{each}") for each in options)


@pytest.mark.parametrize(
    ("files", "texts"),
    [
        ("sign_in_flow", EN["config"]),
        ("o*", EN["options"]),
        ("link*", EN["config_subentries"]["link"]),
    ],
    ids=["config", "options", "link"],
)
def test_every_step_reason_and_error_exists(files: str, texts: dict[str, Any]) -> None:
    source = "".join(
        path.read_text() for path in sorted((HOUSE / "flows").glob(f"{files}.py"))
    )
    steps = set(re.findall(r"def async_step_(\w+)", source))
    # These have no page of their own.
    steps -= {"user", "reauth", "reconfigure", "auth", "creation"}
    acts = {"use", "take"} if files == "link*" else set()
    if files == "link*":
        assert set(texts["progress"]) == {"counting"}
        steps.discard("counting")
    steps.discard("authorize_rejected")
    # Home Assistant's own step, shown where there are several credentials.
    own = {"pick_implementation"} if files == "sign_in_flow" else set()
    assert (steps - acts) | own == set(texts["step"])
    for step in texts["step"].values():
        assert set(step.get("data", {})) == set(step.get("data_description", {}))
        options = step.get("menu_options", {})
        assert set(options) == set(step.get("menu_option_descriptions", {}))
        assert set(options) <= steps
    reasons = set(re.findall(r'(?:reason="|AbortFlow\(")(\w+)"', source))
    missing = reasons - set(texts["abort"])
    assert not missing
    errors = set(texts.get("error", {}))
    for error in errors:
        assert f'"{error}"' in source, error
    # Of links, all that reads like one; what else is wrong is a page by itself.
    complaints = (
        r'(?:errors\["base"\] = |return |else |yield "\w+", )"((?:no|not|wrong)_\w+)"'
    )
    for error in re.findall(complaints, source):
        assert error in errors


def test_selectors() -> None:
    options = EN["selector"]
    assert set(options["access"]["options"]) == {access.value for access in Access}
    assert set(options["group"]["options"]) == set(STEMS)
    assert set(options["manual"]["options"]) == set(MANUAL_CHOICES)
    assert set(options["aggregate"]["options"]) == set(Aggregate)
    assert set(options["aggregate_of_total"]["options"]) == set(METER_AGGREGATES)
    daily = options["aggregate_of_daily_total"]["options"]
    assert set(daily) == set(METER_AGGREGATES)
    assert set(options["part"]["options"]) == set(PartKind)
    assert set(options["absent"]["options"]) == {GAP, NOT_IN_STATE}
    assert set(options["template"]["options"]) == set(DESCRIPTIONS)
    states = EN["entity"]["sensor"]["link_state"]["state"]
    assert set(states) == set(LinkState)


def test_groups_stand_in_one_order_under_one_name() -> None:
    in_lists = sorted(
        EXIST_GROUPS.values(), key=lambda each: (each.priority, each.label)
    )
    assert list(GROUPS) == [each.name for each in in_lists]
    fields = SERVICES["get_attributes"]["fields"]
    assert fields["groups"]["selector"]["select"]["options"] == list(GROUPS)
    names = EN["selector"]["group"]["options"]
    assert {each.name: each.label for each in in_lists} == {
        name: names[name] for name in GROUPS
    }


def test_services() -> None:
    assert set(SERVICES) == set(EN["services"]) == set(ICONS["services"])
    for name, service in SERVICES.items():
        texts = EN["services"][name]
        assert set(service["fields"]) == set(texts["fields"])
        for field in texts["fields"].values():
            assert set(field) == {"name", "description"}


def test_every_choice_in_an_action_has_a_text() -> None:
    for service in SERVICES.values():
        for field in service["fields"].values():
            if select := field["selector"].get("select"):
                texts = EN["selector"][select["translation_key"]]["options"]
                assert set(select["options"]) == set(texts) - {"manual"}


def test_every_action_takes_the_fields_that_are_shown() -> None:
    assert sorted(action.name for action in ACTIONS) == sorted(SERVICES)
    for action in ACTIONS:
        fields = SERVICES[action.name]["fields"]
        schema = {**ACCOUNT, **action.schema}
        assert set(map(str, schema)) == set(fields), action.name
        assert {str(key) for key in schema if isinstance(key, vol.Required)} == {
            name for name, field in fields.items() if field.get("required")
        }


def test_icons() -> None:
    keys = {
        row.icon_key
        for row in (*DESCRIPTIONS.values(), *(kind.default for kind in KINDS.values()))
    }
    tags = set(ICONS["entity"]["binary_sensor"])
    own = {"correlation", "history", "last_poll"} | {each.key for each in OUTBOX}
    own |= {"link_today", "link_confirmed", "link_confirmed_day", "link_state"}
    assert keys - tags == set(ICONS["entity"]["sensor"]) - own
    # What is a number has an average, which is called so.
    numbers = {
        row.icon_key
        for row in (*DESCRIPTIONS.values(), *(kind.default for kind in KINDS.values()))
        if KINDS[row.value_type].is_number and KINDS[row.value_type].sensor
    }
    assert set(EN["entity"]["sensor"]) == own | numbers
    for key in numbers:
        texts = EN["entity"]["sensor"][key]
        assert texts["state_attributes"]["usual"]["name"] == "Average"
    named = {row.icon_key for row in DESCRIPTIONS.values() if row.named_unit}
    units = {
        key for key in numbers if "unit_of_measurement" in EN["entity"]["sensor"][key]
    }
    assert units == named
    for platform, texts in EN["entity"].items():
        if platform != "sensor":
            assert set(texts) == set(ICONS["entity"][platform])


def test_every_unit_fits_its_device_class() -> None:
    assert len(DESCRIPTIONS) == 86
    for row in (*DESCRIPTIONS.values(), *(kind.default for kind in KINDS.values())):
        assert isinstance(row, AttributeDescription)
        if row.device_class in DEVICE_CLASS_UNITS:
            units = DEVICE_CLASS_UNITS[row.device_class]
            assert row.unit in units


def test_a_template_of_another_type_is_shown_by_its_type() -> None:
    assert describe("steps", ValueType.INTEGER).icon_key == "steps"
    assert describe("steps", ValueType.TEXT).icon_key == "custom_text"
    assert describe(None, ValueType.BOOLEAN).icon_key == "tag"


def test_quality_scale_names_every_rule() -> None:
    rules = load_yaml_dict(str(HOUSE / "quality_scale.yaml"))["rules"]
    assert len(rules) == 54
    for rule in rules.values():
        assert rule == "done" or rule["comment"]


def test_brand_images_have_the_right_size() -> None:
    for prefix in ("", "dark_"):
        for name, size in (("icon", 256), ("icon@2x", 512)):
            head = (HOUSE / "brand" / f"{prefix}{name}.png").read_bytes()[16:24]
            assert struct.unpack(">II", head) == (size, size)
        assert (HOUSE / "brand" / f"{prefix}logo.png").exists()


def test_hacs() -> None:
    hacs = json.loads((ROOT / "hacs.json").read_text())
    assert set(hacs) == {
        "name",
        "homeassistant",
        "hide_default_branch",
        "zip_release",
        "filename",
    }

"""What the product has is named in README or docs, and what they name exists."""

import ast
import json
import re
from typing import Any

import pytest

from custom_components.exist.actions.change_attributes import VALUE_TYPES
from custom_components.exist.changes.carry_out import KNOWN_CODES
from custom_components.exist.const import GROUPS
from custom_components.exist.entities import events
from custom_components.exist.findings.found import InsightKind
from custom_components.exist.ledger.declare import Declared
from custom_components.exist.links import Problem, Why
from custom_components.exist.values.kinds import KINDS
from homeassistant.util.yaml import load_yaml_dict

from .docs_pages import ROOT, Section, page, pages, section

HOUSE = ROOT / "custom_components" / "exist"
EN: dict[str, Any] = json.loads((HOUSE / "translations" / "en.json").read_text())
SERVICES: dict[str, Any] = load_yaml_dict(str(HOUSE / "services.yaml"))
LINK: dict[str, Any] = EN["config_subentries"]["link"]
# Where the types of its event stand in the code.
WRITING = ("REFUSED", "DIFFERENT", "GAVE_WAY", "LOST", "GAINED")
# Bold words of the Marketplace and of HACS.
ELSEWHERE = {"Connect GitHub", "Install", "Download"}
ACTIONS = {
    each.title.removeprefix("exist."): each
    for each_page in pages()
    for each in each_page.sections
    if re.fullmatch(r"exist\.\w+", each.title)
}


def _texts(node: Any) -> set[str]:
    if isinstance(node, str):
        return {re.sub(r"\{\w+\}", "…", node)}
    return {text for each in node.values() for text in _texts(each)}


def test_every_bold_word_is_one_of_the_product() -> None:
    known = _texts(EN) | ELSEWHERE
    for each in pages():
        assert [label for label in each.labels if label not in known] == [], each.name


def _names(node: Any) -> set[str]:
    """Return what entities are called."""
    return {
        each["name"]
        for kind in node.values()
        for each in kind.values()
        if "name" in each
    }


def test_every_entity_is_named() -> None:
    labels = {*page("docs/entities.md").labels, *page("docs/links.md").labels}
    assert _names(EN["entity"]) <= labels


def test_every_state_attribute_is_named_and_no_other() -> None:
    attributes = {
        node.value.value
        for path in (HOUSE / "entities").glob("*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id.startswith("ATTR_")
        and isinstance(node.value, ast.Constant)
    }
    assert len(attributes) > 20
    here = page("docs/entities.md")
    assert attributes <= {*here.codes, *page("docs/links.md").codes}
    told = [
        code for each in here.sections for code in each.first_codes("state attribute")
    ]
    assert told
    assert set(told) <= attributes


def test_every_event_is_named_and_no_other() -> None:
    told = section("docs/entities.md", "Events").first_codes("event type")
    types = [getattr(events, name) for name in WRITING]
    assert told == [*types, *InsightKind]
    texts = EN["entity"]["event"]
    assert set(told) == {
        kind
        for each in texts.values()
        for kind in each["state_attributes"]["event_type"]["state"]
    }


def test_every_option_and_page_of_the_sign_in_is_named() -> None:
    labels = set(page("README.md").labels)
    assert set(EN["options"]["step"]["init"]["menu_options"].values()) <= labels
    assert set(EN["selector"]["access"]["options"].values()) <= labels
    steps = EN["config"]["step"]
    page_of_access = steps["scopes"]
    assert {page_of_access["title"], page_of_access["data"]["groups"]} <= labels


def test_every_page_field_and_choice_of_a_link_is_named() -> None:
    labels = set(page("docs/links.md").labels)
    steps = LINK["step"]
    # The others are called as the link that they are about.
    missing = {each["title"] for each in steps.values() if "{" not in each["title"]}
    for step in steps.values():
        for piece in (step, *step.get("sections", {}).values()):
            missing |= set(piece.get("data", {}).values())
    missing |= _texts(steps["ready"]["menu_options"])
    choices = EN["selector"]
    for key in ("aggregate", "part", "absent"):
        missing |= set(choices[key]["options"].values())
    missing |= set(EN["entity"]["sensor"]["link_state"]["state"].values())
    missing -= labels
    assert missing == set()


def test_every_problem_of_a_link_is_named_and_no_other() -> None:
    here = section("docs/links.md", "The device of a link")
    assert sorted(here.first_codes("problem")) == sorted(Problem)


def test_every_action_is_named_and_no_other() -> None:
    assert set(ACTIONS) == set(SERVICES)
    for each in pages():
        for name in re.findall(r"\bexist\.(\w+)", each.text):
            assert name in SERVICES or name == "io", name


@pytest.mark.parametrize("action", sorted(SERVICES))
def test_every_field_of_an_action_is_named_and_no_other(action: str) -> None:
    fields, here = set(SERVICES[action]["fields"]), ACTIONS[action]
    assert fields - {"account"} <= set(here.codes)
    assert set(here.first_codes("field")) <= fields


def test_every_action_has_an_example_and_its_answer_a_name() -> None:
    for name, here in ACTIONS.items():
        examples = [block.text for block in here.blocks if block.language == "yaml"]
        assert any(f"action: exist.{name}\n" in text for text in examples), name
    assert "response_variable" in page("docs/actions.md").codes


def _codes(title: str, header: str) -> list[str]:
    here: Section = section("docs/actions.md", title)
    return sorted(here.first_codes(header))


def test_every_code_of_an_answer_is_named_and_no_other() -> None:
    answers = "Answers of what changes something"
    assert _codes(answers, "error code") == sorted(KNOWN_CODES)
    assert _codes("exist.preview_link", "reason") == sorted(Why)
    assert _codes("exist.sync_link", "result") == sorted(Declared)


def test_every_group_and_value_type_is_named() -> None:
    codes = section("docs/actions.md", "What all actions share").codes
    assert [code for code in codes if code in GROUPS] == list(GROUPS)
    assert VALUE_TYPES.keys() <= set(
        section("docs/actions.md", "exist.create_attributes").codes
    )
    assert len(KINDS) > len(VALUE_TYPES)


def test_every_repair_has_a_paragraph_and_no_other_does() -> None:
    here = page("docs/repairs.md")
    told = {each.anchor.replace("-", "_"): each for each in here.sections}
    chapters = {
        each.anchor.replace("-", "_") for each in here.sections if not each.labels
    }
    assert told.keys() - chapters == EN["issues"].keys()
    for key, issue in EN["issues"].items():
        labels = told[key].labels
        assert labels[0] == re.sub(r"\{\w+\}", "…", issue["title"])
        step = issue.get("fix_flow", {}).get("step", {}).get("init", {})
        assert set(step.get("menu_options", {}).values()) == set(labels[1:])

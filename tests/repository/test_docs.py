"""README and docs: every link, anchor, picture and command is there."""

import json
import os
from pathlib import Path
import re
import subprocess
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.exist.notices.issues import Issue, async_raise
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir

from .docs_pages import ROOT, Block, DocsPage, blocks, page, pages

MANIFEST = json.loads((ROOT / "custom_components/exist/manifest.json").read_text())
EN = json.loads((ROOT / "custom_components/exist/translations/en.json").read_text())
PAGES = [each.name for each in pages()]
MOST_LINES = 200
# Whom a reader is sent to.
HOSTS = {"exist.io", "hacs.xyz", "my.home-assistant.io", "www.home-assistant.io"}
BUTTONS = "https://my.home-assistant.io/badges/"
# Other work brings these; a line goes when its file is there, which a test watches.
TO_COME: set[str] = set()


def _is_to_come(path: Path) -> bool:
    name = path.relative_to(ROOT).as_posix()
    return bool({name, path.parent.relative_to(ROOT).as_posix()} & TO_COME)


def _is_there(path: Path) -> bool:
    return path.exists() or _is_to_come(path)


def test_nothing_that_is_there_is_still_to_come() -> None:
    assert not [name for name in sorted(TO_COME) if (ROOT / name).exists()]


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    here = page(name)
    assert here.links
    for link in here.links:
        parts = urlsplit(link)
        if parts.scheme:
            assert (parts.scheme, parts.hostname in HOSTS) == ("https", True), link
            continue
        target = (here.path.parent / parts.path).resolve() if parts.path else here.path
        assert target.is_relative_to(ROOT), link
        assert _is_there(target), link
        if parts.fragment and not _is_to_come(target):
            there = page(target.relative_to(ROOT).as_posix())
            anchors = {section.anchor for section in there.sections}
            assert parts.fragment in anchors, link


def test_every_page_of_the_docs_can_be_reached_from_the_first() -> None:
    reached, left = set[str](), ["README.md"]
    while left:
        here = page(left.pop())
        reached.add(here.name)
        for link in here.links:
            target = (here.path.parent / urlsplit(link).path).resolve()
            for each in pages():
                if each.path == target and each.name not in reached | {*left}:
                    left.append(each.name)
    assert reached == set(PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_every_picture_is_relative_and_told_in_words(name: str) -> None:
    here = page(name)
    for source, words in here.pictures:
        assert len(words) > 20, source
        if not source.startswith(BUTTONS):
            assert source.endswith(".png")
            assert _is_there((here.path.parent / source).resolve()), source


def test_the_first_page_is_short_and_begins_with_what_it_is() -> None:
    lines = page("README.md").text.splitlines()
    assert len(lines) <= MOST_LINES
    said = lines[2]
    # Two sentences and a picture come before anything else.
    assert len(re.findall(r"\.(?: |$)", said)) == 2
    assert lines[4].startswith("![")


def test_the_first_screen_says_what_is_unknown() -> None:
    first = page("README.md").text.partition("\n## ")[0]
    assert "It is unknown whether you can still enter mood and tags" in first
    assert "scripts/check_live" in first
    unknown = EN["selector"]["texts"]["options"]["acquire_edited_at_exist"]
    assert unknown.startswith("It is unclear whether you can edit these")


def test_the_repository_is_the_same_everywhere() -> None:
    address = MANIFEST["documentation"]
    owner, repository = urlsplit(address).path.strip("/").split("/")
    assert MANIFEST["issue_tracker"] == f"{address}/issues"
    assert MANIFEST["codeowners"] == [f"@{owner}"]
    (install,) = (
        link for link in page("README.md").links if "/redirect/hacs_repository" in link
    )
    assert parse_qs(urlsplit(install).query) == {
        "owner": [owner],
        "repository": [repository],
        "category": ["integration"],
    }
    texts = [ROOT / "hacs.json", *ROOT.glob("*.md")]
    for folder in ("custom_components", "blueprints", "docs", ".github", "scripts"):
        texts += [
            path
            for path in ROOT.joinpath(folder).rglob("*")
            if path.suffix in {".md", ".yaml", ".yml", ".json", ".py"}
        ]
    named = re.compile(r"github(?:usercontent)?\.com/([\w.-]+)/([\w.-]+)")
    for path in texts:
        # Who contributes is sent to the repositories of others, too.
        is_for_readers = not path.is_relative_to(ROOT / ".github")
        for whose, which in named.findall(unquote(path.read_text())):
            name = which.rstrip(".").removesuffix(".git")
            if is_for_readers or name == repository:
                assert (whose, name) == (owner, repository), path


async def test_every_repair_leads_to_its_paragraph(
    hass: HomeAssistant, account: MockConfigEntry
) -> None:
    start = f"{MANIFEST['documentation']}/blob/HEAD/"
    for key, texts in EN["issues"].items():
        problem = Issue(key)
        async_raise(hass, account, problem)
        shown = ir.async_get(hass).async_get_issue("exist", problem.issue_id(account))
        assert shown is not None
        address = shown.learn_more_url or ""
        assert address.startswith(start)
        name, anchor = address.removeprefix(start).split("#")
        assert anchor in {section.anchor for section in page(name).sections}
        # Where there is a choice, the dialog shows no address but in its text.
        for step in texts.get("fix_flow", {}).get("step", {}).values():
            assert step["description"].endswith("[Learn more]({learn_more})")
            assert (shown.translation_placeholders or {})["learn_more"] == address


COMMANDS = [
    (block, line)
    for block in blocks("sh")
    for line in block.text.splitlines()
    if line.strip()
]


@pytest.mark.parametrize(
    ("block", "line"), COMMANDS, ids=[line for _, line in COMMANDS]
)
def test_every_command_can_be_run(block: Block, line: str) -> None:
    """The scripts themselves run in scripts/test; here are their names and options."""
    command, *options = line.partition("#")[0].split()
    path = ROOT / command
    assert os.access(path, os.X_OK), block.place
    subprocess.run(["bash", "-n", path], check=True)
    for option in options:
        assert option in path.read_text(), block.place


@pytest.mark.parametrize("name", PAGES)
def test_every_script_and_folder_that_is_named_exists(name: str) -> None:
    for code in page(name).codes:
        if re.fullmatch(r"(scripts|custom_components|blueprints)/[\w./-]+", code):
            assert _is_there(ROOT / code), code


@pytest.mark.parametrize("name", PAGES)
def test_the_words_are_plain(name: str) -> None:
    here: DocsPage = page(name)
    for word in (
        "shall",
        "somebody",
        "nobody",
        "by hand",
        "colour",
        "licence",
    ):
        assert word not in here.text.lower(), word

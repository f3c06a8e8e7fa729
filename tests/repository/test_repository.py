"""What stands around the integration: one address everywhere, and workflows that are pinned."""

from collections.abc import Iterator
import json
from pathlib import Path
import re
import subprocess
from typing import Any
from urllib.parse import unquote

import pytest
from release_zip.changelog import newest
from release_zip.repository import Repository

from homeassistant.util.yaml import load_yaml_dict

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent.parent
MANIFEST: dict[str, Any] = json.loads(
    (ROOT / "custom_components" / "exist" / "manifest.json").read_text()
)
ADDRESS: str = MANIFEST["documentation"]
# The catalogue, where the owner of the repository asks for a place.
OTHERS = {"hacs/default"}
TOP = {
    ".ci",
    ".devcontainer",
    ".github",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "blueprints",
    "custom_components",
    "docs",
    "hacs.json",
    "requirements_test.txt",
    "ruff.toml",
    "scripts",
    "setup.cfg",
    "tests",
}
_ON_GITHUB = re.compile(
    r"(?:github\.com|raw\.githubusercontent\.com|api\.github\.com/repos)/"
    r"([\w.-]+/[\w.-]*\w)",
    re.IGNORECASE,
)
_BY_BUTTON = re.compile(r"[?&](?:amp;)?owner=([\w.-]+)&(?:amp;)?repository=([\w.-]+)")
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def named(text: str) -> set[str]:
    """Return the repositories, as owner/name, that a text leads to."""
    # An address inside another one has its signs encoded.
    plain = unquote(text)
    found = {name.removesuffix(".git") for name in _ON_GITHUB.findall(plain)}
    return found | {"/".join(pair) for pair in _BY_BUTTON.findall(plain)}


def _texts() -> Iterator[tuple[str, str]]:
    for name in Repository(ROOT).files(str(ROOT)):
        path = ROOT / name
        if path.suffix not in {".png", ".json"} or path.name == "manifest.json":
            if path == Path(__file__) or path.suffix == ".png":
                continue
            yield name, path.read_text()


def test_the_address_is_the_same_everywhere() -> None:
    own = ADDRESS.removeprefix("https://github.com/")
    assert re.fullmatch(r"[\w.-]+/[\w.-]+", own), ADDRESS
    assert MANIFEST["issue_tracker"] == f"{ADDRESS}/issues"
    assert MANIFEST["codeowners"] == [f"@{own.partition('/')[0]}"]
    wrong = {
        name: strange
        for name, text in _texts()
        if (strange := named(text) - {own} - OTHERS)
    }
    assert wrong == {}
    read = {name for name, text in _texts() if own in named(text)}
    assert {"README.md", ".github/SECURITY.md", ".github/CONTRIBUTING.md"} <= read


@pytest.mark.parametrize(
    "text",
    [
        "[code](https://github.com/ha-exits/ha-exist/issues)",
        "https://raw.githubusercontent.com/ha-exits/ha-exist/main/README.md",
        (
            "https://my.home-assistant.io/redirect/hacs_repository/"
            "?owner=ha-exits&repository=ha-exist&category=integration"
        ),
        (
            "https://my.home-assistant.io/redirect/blueprint_import/?blueprint_url="
            "https%3A%2F%2Fgithub.com%2Fha-exits%2Fha-exist%2Fblob%2Fmain%2Fa.yaml"
        ),
        "git clone https://github.com/ha-exits/ha-exist.git",
    ],
)
def test_somebody_elses_address_is_found(text: str) -> None:
    assert named(text) == {"ha-exits/ha-exist"}


def test_nothing_else_lies_at_the_top() -> None:
    known = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert {name.partition("/")[0] for name in known} <= TOP


def test_the_versions_agree() -> None:
    assert newest((ROOT / "CHANGELOG.md").read_text()).version == MANIFEST["version"]


def _steps(workflow: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for job in workflow["jobs"].values():
        yield job
        yield from job.get("steps", ())


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_are_pinned_and_may_do_little(path: Path) -> None:
    workflow: dict[str, Any] = load_yaml_dict(str(path))
    for step in _steps(workflow):
        used = step.get("uses", "./")
        assert used.startswith("./") or re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", used)
        if used.startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False
        # What others write must not become part of a command.
        assert "${{" not in step.get("run", "")
    assert workflow["permissions"] in ({}, {"contents": "read"})
    may_write = {
        name
        for name, job in workflow["jobs"].items()
        if "write" in job.get("permissions", {}).values()
    }
    assert may_write == ({"release"} if path.stem == "release" else set())


def test_a_release_is_published_together_with_its_zip() -> None:
    [path] = [each for each in WORKFLOWS if each.stem == "release"]
    workflow: dict[str, Any] = load_yaml_dict(str(path))
    [publish] = [
        step["run"]
        for step in workflow["jobs"]["release"]["steps"]
        if "gh release create" in step.get("run", "")
    ]
    zipped = json.loads((ROOT / "hacs.json").read_text())["filename"]
    [create] = [line for line in publish.splitlines() if "release create" in line]
    assert f" {zipped} --draft " in create
    assert publish.splitlines()[-1] == 'gh release edit "$TAG" --draft=false'


def test_the_development_container_runs_the_same_scripts() -> None:
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    assert (ROOT / container["postCreateCommand"]).is_file()
    demo = (ROOT / "scripts" / "demo_home" / "__main__.py").read_text()
    assert all(f", {port}, " in demo for port in container["forwardPorts"])

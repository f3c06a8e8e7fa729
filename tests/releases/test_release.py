"""What scripts/release makes, and what it refuses, in a repository of its own."""

from collections.abc import Callable
import json
from pathlib import Path
import shutil
import subprocess
from zipfile import ZipFile

import pytest

# Nothing of it depends on Home Assistant.
pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent.parent
CHANGELOG = """\
# Changelog

## 0.2.0 (2027-01-15)

- **Newer**: things.

## 0.1.0

- Older.
"""


class Checkout:
    """A repository with the script and next to nothing else."""

    def __init__(self, folder: Path) -> None:
        """Fill it and commit once."""
        self.folder = folder
        shutil.copytree(
            ROOT / "scripts" / "release_zip", folder / "scripts/release_zip"
        )
        shutil.copy(ROOT / "scripts" / "release", folder / "scripts/release")
        shutil.copy(ROOT / ".gitignore", folder / ".gitignore")
        self.write("hacs.json", json.dumps({"filename": "exist.zip"}))
        self.write("CHANGELOG.md", CHANGELOG)
        self.write("custom_components/exist/manifest.json", '{"version": "0.2.0"}')
        self.write("custom_components/exist/deep/er.py", "")
        self.git("init", "-q", "-b", "main")
        self.commit()

    def write(self, name: str, text: str) -> None:
        """Write a file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def git(self, *words: str) -> None:
        """Let git do something."""
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org")
        subprocess.run(["git", *who, *words], cwd=self.folder, check=True)

    def commit(self) -> None:
        """Commit all there is."""
        self.git("add", "--all")
        self.git("commit", "-q", "-m", "Work")

    def release(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the script."""
        return subprocess.run(
            ["scripts/release", *options],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """Return a repository that is ready for a release."""
    return Checkout(tmp_path / "checkout")


def test_zip_and_notes(checkout: Checkout) -> None:
    # Running leaves such a thing, and git does not know it.
    checkout.write("custom_components/exist/__pycache__/er.pyc", "")
    done = checkout.release()
    assert (done.returncode, done.stdout) == (0, "- **Newer**: things.\n")
    zipped = checkout.folder / "exist.zip"
    with ZipFile(zipped) as release:
        assert release.namelist() == ["deep/er.py", "manifest.json"]
    first = zipped.read_bytes()
    (checkout.folder / "custom_components/exist/manifest.json").touch()
    assert checkout.release().returncode == 0
    assert zipped.read_bytes() == first


def test_of_a_tag(checkout: Checkout) -> None:
    checkout.git("tag", "v0.2.0")
    done = checkout.release("--tag", "v0.2.0", "--notes", "scripts/../exist.zip.md")
    assert (done.returncode, done.stdout) == (0, "")
    notes = (checkout.folder / "exist.zip.md").read_text()
    assert notes == "- **Newer**: things.\n"


def _uncommitted(checkout: Checkout) -> None:
    checkout.write("custom_components/exist/new.py", "")


def _other_version(checkout: Checkout) -> None:
    checkout.write("custom_components/exist/manifest.json", '{"version": "0.2.1"}')
    checkout.commit()


def _unfinished(checkout: Checkout) -> None:
    checkout.write("CHANGELOG.md", CHANGELOG.replace("0.2.0 (2027-01-15)", "Next"))
    checkout.commit()


def _without_notes(checkout: Checkout) -> None:
    checkout.write("CHANGELOG.md", CHANGELOG.replace("- **Newer**: things.\n", ""))
    checkout.commit()


def _released(checkout: Checkout) -> None:
    checkout.git("tag", "-m", "Of before", "v0.2.0")
    checkout.write("hacs.json", '{"filename":  "exist.zip"}')
    checkout.commit()


def _released_elsewhere(checkout: Checkout) -> None:
    origin = checkout.folder.parent / "origin"
    checkout.git("clone", "-q", "--bare", ".", str(origin))
    checkout.git("remote", "add", "origin", str(origin))
    checkout.git("tag", "v0.2.0")
    checkout.git("push", "-q", "origin", "v0.2.0")
    checkout.git("tag", "-d", "v0.2.0")


@pytest.mark.parametrize(
    ("spoil", "options", "why"),
    [
        (_uncommitted, (), "?? custom_components/exist/new.py"),
        (_other_version, (), "0.2.1, and the newest heading of CHANGELOG.md 0.2.0"),
        (_unfinished, (), "'Next', which is no version"),
        (_without_notes, (), "says nothing of 0.2.0"),
        (_released, (), "0.2.0 was released"),
        (_released, ("--tag", "v0.2.0"), "What is checked out is not v0.2.0"),
        (_released_elsewhere, (), "0.2.0 was released"),
        (_released, ("--tag", "v0.1.0"), "The tag is v0.1.0"),
    ],
)
def test_what_must_not_be_released_is_not(
    checkout: Checkout,
    spoil: Callable[[Checkout], None],
    options: tuple[str, ...],
    why: str,
) -> None:
    spoil(checkout)
    done = checkout.release(*options)
    assert done.returncode == 1
    assert why in done.stderr
    assert not (checkout.folder / "exist.zip").exists()

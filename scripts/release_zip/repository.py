"""What git knows of the folder that a release is made from."""

from pathlib import Path
import subprocess


class GitError(Exception):
    """What git could not tell, in its own words."""


class Repository:
    """A folder under git."""

    def __init__(self, folder: Path) -> None:
        """Remember the folder; nothing is run yet."""
        self.folder = folder

    def changed(self) -> list[str]:
        """Return what is not committed, also what git does not know yet."""
        return self._lines("status", "--porcelain", "--untracked-files=normal")

    def files(self, folder: str) -> list[str]:
        """Return the files of a folder that git keeps, relative to it."""
        return self._lines("-C", folder, "ls-files")

    def commit_of(self, tag: str) -> str:
        """Return the commit of a tag, empty where there is none."""
        found = self._lines(
            "for-each-ref", f"refs/tags/{tag}", "--format=%(objectname)"
        )
        return self._lines("rev-parse", f"{tag}^{{commit}}")[0] if found else ""

    def head(self) -> str:
        """Return the commit that is checked out."""
        return self._lines("rev-parse", "HEAD")[0]

    def is_published(self, tag: str) -> bool:
        """Return whether the repository it came from has the tag."""
        if "origin" not in self._lines("remote"):
            return False
        return bool(self._lines("ls-remote", "--tags", "origin", tag))

    def _lines(self, *words: str) -> list[str]:
        done = subprocess.run(
            ["git", "-C", str(self.folder), "-c", "core.quotePath=false", *words],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise GitError(done.stderr.strip())
        return done.stdout.splitlines()

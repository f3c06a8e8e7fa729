"""Make the zip of a release; scripts/release does so."""

import argparse
import json
from pathlib import Path
import sys

from .changelog import Chapter, newest
from .pack import pack
from .repository import GitError, Repository

INTEGRATION = "custom_components/exist"


class RefusedError(Exception):
    """Why there is no release."""


def checked(folder: Path, repository: Repository, tag: str) -> Chapter:
    """Return what is to be released.

    Raises RefusedError, ValueError for a changelog that is not finished, and GitError.
    """
    if changed := repository.changed():
        raise RefusedError("There is what is not committed:\n" + "\n".join(changed))
    manifest = json.loads((folder / INTEGRATION / "manifest.json").read_text("utf-8"))
    chapter = newest((folder / "CHANGELOG.md").read_text("utf-8"))
    if manifest["version"] != chapter.version:
        raise RefusedError(
            f"The manifest says {manifest['version']}, "
            f"and the newest heading of CHANGELOG.md {chapter.version}."
        )
    of_version = f"v{chapter.version}"
    if not tag:
        if repository.commit_of(of_version) or repository.is_published(of_version):
            raise RefusedError(f"{chapter.version} was released: {of_version} exists.")
    elif tag != of_version:
        raise RefusedError(f"The tag is {tag}, and that of this version {of_version}.")
    elif repository.commit_of(tag) != repository.head():
        raise RefusedError(f"What is checked out is not {tag}.")
    return chapter


def main() -> int:
    """Read the command line, check, and write zip and notes."""
    parser = argparse.ArgumentParser(prog="scripts/release")
    parser.add_argument(
        "--tag", default="", help="the tag that is checked out and to be released"
    )
    parser.add_argument("--notes", type=Path, help="where the notes go, if to a file")
    options = parser.parse_args()
    folder = Path.cwd()
    repository = Repository(folder)
    try:
        chapter = checked(folder, repository, options.tag)
        names = repository.files(INTEGRATION)
    except (GitError, RefusedError, ValueError) as err:
        print(f"release: {err}", file=sys.stderr)
        return 1
    target = json.loads((folder / "hacs.json").read_text("utf-8"))["filename"]
    pack(folder / INTEGRATION, names, folder / target)
    if options.notes is None:
        print(chapter.notes)
    else:
        options.notes.write_text(chapter.notes + "\n", "utf-8")
    print(
        f"release: {target} is {chapter.version}, {len(names)} files", file=sys.stderr
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Check all languages; scripts/translations does so."""

import argparse
from collections.abc import Iterator
import json
import sys

from . import rules, terms
from .own_texts import own_texts
from .rules import Fault
from .texts import ENGLISH, LANGUAGES, read, read_marks, to_renew, write_marks

SHOWN = 40


def all_faults(language: str, english: dict[str, str]) -> Iterator[Fault]:
    """Yield all that is wrong with a language."""
    if language == ENGLISH:
        for key, text in english.items():
            yield from rules.of_itself(key, text)
        yield from terms.unknown_menus(english, own_texts(ENGLISH))
        return
    other = read(language)
    yield from rules.faults(english, other)
    yield from terms.faults(english, other, own_texts(language))
    for key in to_renew(english, other, read_marks(language)):
        if key in other:
            yield Fault(key, "made from another English")


def check() -> int:
    """Check every language and say what is wrong."""
    english = read(ENGLISH)
    wrong = 0
    for language in (ENGLISH, *LANGUAGES):
        found = list(all_faults(language, english))
        wrong += len(found)
        for fault in found[:SHOWN]:
            print(f"{language}: {fault.key}: {fault.rule} {fault.detail}".rstrip())
        if len(found) > SHOWN:
            print(f"{language}: and {len(found) - SHOWN} more")
    if not wrong:
        print(f"{len(english)} texts in {len(LANGUAGES) + 1} languages: all is well")
    return 1 if wrong else 0


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="scripts/translations")
    asked = parser.add_mutually_exclusive_group()
    asked.add_argument("--open", help="print what is to be translated")
    asked.add_argument("--renewed", help="note that it was translated")
    options = parser.parse_args()
    english = read(ENGLISH)
    if language := options.open:
        left = to_renew(english, read(language), read_marks(language))
        print(json.dumps(left, indent=2, ensure_ascii=False))
        return 0
    if language := options.renewed:
        write_marks(language, english)
        return 0
    return check()


if __name__ == "__main__":
    sys.exit(main())

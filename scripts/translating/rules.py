"""What a translated text must have in common with the English one. Pure."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
import re
from typing import NamedTuple

PLACEHOLDER = re.compile(r"\{(\w+)\}")
PLURAL = re.compile(r"\{\s*\w+\s*,")
# Home Assistant's page takes an apostrophe before a brace for the begin of a quotation.
QUOTED = re.compile(r"'[{}<>]")
URL = re.compile(r"https?://|www\.|\bmy\.home-assistant", re.IGNORECASE)
HTML = re.compile(r"<\s*/?\s*[a-zA-Z]")
STRAY = re.compile(r"^\s|\s$|(?<=[^\s])[ \t]{2,}|[ \t]\n")
NUMBER = re.compile(r"\d+")
MARKS = {
    "bold": re.compile(r"\*\*"),
    "italics": re.compile(r"(?<!\*)\*(?!\*)"),
    "code": re.compile(r"`"),
    "numbered list": re.compile(r"^\d+\. ", re.MULTILINE),
    "list": re.compile(r"^[-*] ", re.MULTILINE),
    "link": re.compile(r"\]\("),
    "paragraph": re.compile(r"\n\n"),
}
PRODUCTS = ("Home Assistant", "Exist", "HACS")
# A text this long is hardly the same in another language.
SAME_WORDS = 4


class Fault(NamedTuple):
    """What is wrong with one text."""

    key: str
    rule: str
    detail: str = ""


def faults(english: Mapping[str, str], other: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what is wrong with the texts of a language, by key."""
    for key in english.keys() - other.keys():
        yield Fault(key, "missing")
    for key in other.keys() - english.keys():
        yield Fault(key, "not in English")
    for key in sorted(english.keys() & other.keys()):
        yield from of_itself(key, other[key])
        for rule, compare in COMPARED.items():
            if detail := compare(english[key], other[key]):
                yield Fault(key, rule, detail)


def of_itself(key: str, text: str) -> Iterator[Fault]:
    """Yield what is wrong with a text in any language, English among them."""
    if not text.strip():
        yield Fault(key, "empty")
    for rule, pattern in (
        ("address", URL),
        ("HTML", HTML),
        ("stray space", STRAY),
        ("plural syntax", PLURAL),
        ("apostrophe before a brace", QUOTED),
    ):
        if found := pattern.search(text):
            yield Fault(key, rule, found[0])
    parts = key.split(".")
    if ("state" in parts or parts[-1] == "unit_of_measurement") and (
        found := PLACEHOLDER.search(text)
    ):
        yield Fault(key, "placeholder in a state or unit", found[0])


def _placeholders(english: str, other: str) -> str:
    wanted, found = set(PLACEHOLDER.findall(english)), set(PLACEHOLDER.findall(other))
    return ", ".join(sorted(wanted ^ found))


def _numbers(english: str, other: str) -> str:
    wanted, found = Counter(NUMBER.findall(english)), Counter(NUMBER.findall(other))
    return ", ".join(sorted(((wanted - found) + (found - wanted)).elements()))


def _markdown(english: str, other: str) -> str:
    return ", ".join(
        name
        for name, pattern in MARKS.items()
        if len(pattern.findall(english)) != len(pattern.findall(other))
    )


def _products(english: str, other: str) -> str:
    return ", ".join(
        name
        for name in PRODUCTS
        if re.search(rf"\b{name}\b", english) and name not in other
    )


def _same(english: str, other: str) -> str:
    words = re.findall(r"[a-z]{2,}", PLACEHOLDER.sub("", english).lower())
    return english if english == other and len(words) >= SAME_WORDS else ""


COMPARED: Mapping[str, Callable[[str, str], str]] = {
    "placeholders": _placeholders,
    "numbers": _numbers,
    "Markdown": _markdown,
    "name of a product": _products,
    "not translated": _same,
}

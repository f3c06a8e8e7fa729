"""What is known by attribute and day, found by the attribute alone as well."""

from collections.abc import Iterator, Mapping, MutableMapping
from typing import override

from .day import Key


class ByAttribute[Known](MutableMapping[Key, Known]):
    """A dict whose keys of one attribute are found without a look at all others."""

    def __init__(self, known: Mapping[Key, Known] | None = None) -> None:
        """Begin with what is known."""
        self._known: dict[Key, Known] = {}
        self._keys: dict[str, dict[Key, None]] = {}
        self.update(known or {})

    def of(self, name: str) -> list[tuple[Key, Known]]:
        """Return what is known of one attribute, in the order in which it came."""
        return [(key, self._known[key]) for key in self._keys.get(name, ())]

    @override
    def __getitem__(self, key: Key) -> Known:
        return self._known[key]

    @override
    def __setitem__(self, key: Key, known: Known) -> None:
        self._known[key] = known
        self._keys.setdefault(key.name, {})[key] = None

    @override
    def __delitem__(self, key: Key) -> None:
        del self._known[key]
        keys = self._keys[key.name]
        del keys[key]
        if not keys:
            del self._keys[key.name]

    @override
    def __iter__(self) -> Iterator[Key]:
        return iter(self._known)

    @override
    def __len__(self) -> int:
        return len(self._known)

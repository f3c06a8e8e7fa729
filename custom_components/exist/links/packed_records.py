"""Many small records without their weight: plain data."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self, overload


class Packed[T](Sequence[T]):
    """Records kept as plain tuples, each made when it is looked at.

    Python's garbage collection lets go of plain tuples of numbers and texts; a hundred
    thousand named ones would make it walk through all of Home Assistant, which waits.
    """

    __slots__ = ("_items", "_make")

    def __init__(
        self, make: Callable[[Iterable[Any]], T], items: list[tuple[Any, ...]]
    ) -> None:
        """Take the `_make` of a named tuple, and what it is to be made of."""
        self._make = make
        self._items = items

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._items)

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> T | Self:
        """Return one, or some as they are kept."""
        if isinstance(index, slice):
            return type(self)(self._make, self._items[index])
        return self._make(self._items[index])

    def __iter__(self) -> Iterator[T]:
        """Yield one after another."""
        return map(self._make, self._items)

"""Many small records without their weight: a list for each of their fields."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Self, overload


class Packed[T](Sequence[T]):
    """Records whose fields are kept apart, each made when it is looked at.

    A list of numbers and texts is nothing to Python's garbage collection; a hundred
    thousand records would make it walk through all of Home Assistant, which waits.
    """

    __slots__ = ("_columns", "_make")

    def __init__(
        self, make: Callable[[Iterable[Any]], T], items: Iterable[Iterable[Any]] = ()
    ) -> None:
        """Take the `_make` of a named tuple, and what it is to be made of."""
        self._make = make
        self._columns: list[list[Any]] = []
        for item in items:
            self.append(item)

    def append(self, item: Iterable[Any]) -> None:
        """Add one at the end."""
        fields = tuple(item)
        if not self._columns:
            self._columns = [[] for _ in fields]
        for column, each in zip(self._columns, fields, strict=True):
            column.append(each)

    def pop(self) -> None:
        """Take the last one away."""
        for column in self._columns:
            column.pop()

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._columns[0]) if self._columns else 0

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> T | Self:
        """Return one, or some as they are kept."""
        if isinstance(index, slice):
            some = type(self)(self._make)
            some._columns = [column[index] for column in self._columns]  # noqa: SLF001
            return some
        if not self._columns:
            raise IndexError
        return self._make([column[index] for column in self._columns])

    def __iter__(self) -> Iterator[T]:
        """Yield one after another."""
        return map(self._make, zip(*self._columns, strict=True))

"""Many small records without their weight: a list for each of their fields."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import repeat
from typing import Any, Self, overload


class Packed[T](Sequence[T]):
    """Records whose fields are kept apart, each made when it is looked at.

    A list of numbers and texts is nothing to Python's garbage collection; a hundred
    thousand records would make it walk through all of Home Assistant, which waits.
    A field that is the very same in all of them is kept once.
    """

    __slots__ = ("_columns", "_first", "_make", "_size")

    def __init__(
        self, make: Callable[[Iterable[Any]], T], items: Iterable[Iterable[Any]] = ()
    ) -> None:
        """Take the `_make` of a named tuple, and what it is to be made of."""
        self._make = make
        self._size = 0
        self._first: tuple[Any, ...] = ()
        # None for a field that is that of the first one.
        self._columns: list[list[Any] | None] = []
        for item in items:
            self.append(item)

    def append(self, item: Iterable[Any]) -> None:
        """Add one at the end."""
        fields = tuple(item)
        if not self._size:
            self._first, self._columns = fields, [None] * len(fields)
        for index, column in enumerate(self._columns):
            each = fields[index]
            if column is not None:
                column.append(each)
            elif each is not self._first[index]:
                self._columns[index] = [*repeat(self._first[index], self._size), each]
        self._size += 1

    def pop(self) -> None:
        """Take the last one away."""
        for column in self._columns:
            if column is not None:
                column.pop()
        self._size -= 1

    def __len__(self) -> int:
        """Return how many there are."""
        return self._size

    @overload
    def __getitem__(self, index: int) -> T: ...
    @overload
    def __getitem__(self, index: slice) -> Self: ...
    def __getitem__(self, index: int | slice) -> T | Self:
        """Return one, or some as they are kept."""
        if isinstance(index, slice):
            return self._some(index)
        if not -self._size <= index < self._size:
            raise IndexError
        return self._make(
            [
                first if column is None else column[index]
                for first, column in zip(self._first, self._columns, strict=True)
            ]
        )

    def _some(self, which: slice) -> Self:
        some = type(self)(self._make)
        some._size = len(range(*which.indices(self._size)))  # noqa: SLF001
        some._first = self._first  # noqa: SLF001
        some._columns = [  # noqa: SLF001
            None if column is None else column[which] for column in self._columns
        ]
        return some

    def __iter__(self) -> Iterator[T]:
        """Yield one after another."""
        fields = (
            repeat(first, self._size) if column is None else column
            for first, column in zip(self._first, self._columns, strict=True)
        )
        return map(self._make, zip(*fields, strict=True))

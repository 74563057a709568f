"""Numbers that a test changes and the sample's subscriptions watch; it counts who runs."""

import asyncio
from collections.abc import AsyncIterator


class Board:
    """Absolute numbers by key. Watchers skip to the newest of each key."""

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """As new."""
        self.numbers: dict[str, int] = {}
        self.broken = 0
        """Times that a field of a number is to fail."""
        self.runs = 0
        self.watching = 0
        self._watchers: set[Watcher] = set()

    def put(self, key: str, number: int) -> None:
        """Change a number and tell its watchers."""
        self.numbers[key] = number
        for watcher in self._watchers:
            watcher.tell(key)

    async def watch(self, keys: list[str]) -> AsyncIterator[tuple[str, int]]:
        """Each key's number now, and after every change."""
        watcher = Watcher(keys)
        self._watchers.add(watcher)
        self.runs += 1
        self.watching += 1
        try:
            while True:
                key = await watcher.changed()
                yield key, self.numbers.get(key, 0)
        finally:
            self.watching -= 1
            self._watchers.discard(watcher)


class Watcher:
    """Which of its keys have changed since they were read."""

    def __init__(self, keys: list[str]) -> None:
        self._keys = frozenset(keys)
        self._pending = dict.fromkeys(keys)
        self._wake = asyncio.Event()

    def tell(self, key: str) -> None:
        """This key has changed, if it is one of ours."""
        if key in self._keys:
            self._pending[key] = None
            self._wake.set()

    async def changed(self) -> str:
        """A key that has changed, as soon as there is one."""
        while not self._pending:
            self._wake.clear()
            await self._wake.wait()
        key = next(iter(self._pending))
        del self._pending[key]
        return key


board = Board()
"""The board of the sample's subscriptions; `tests/api/live/conftest.py` clears it."""

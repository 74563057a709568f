"""One running operation, and everybody who reads it."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

from app.api.live.event import Event, OperationFailed, Reader
from app.api.live.events import unexpected

CHUNK = 256
"""Readers told in one go; then others get their turn in the event loop."""
MAX_KEPT = 1_000
"""Keys whose newest event is kept for those who come later; the oldest go first."""


class Stream:
    """Tells every event to every reader. Ends with its events, or when its last reader leaves.

    Who comes late is told the newest event of each key at once: the operation is not run again.
    """

    __slots__ = ("_events", "_latest", "_on_end", "_readers", "task")

    def __init__(
        self, events: AsyncGenerator[Event, None], *, on_end: Callable[["Stream"], None]
    ) -> None:
        self._events = events
        self._on_end = on_end
        self._readers: dict[Reader, None] = {}
        self._latest: OrderedDict[str, Event] = OrderedDict()
        self.task: asyncio.Task[None] | None = None

    @property
    def readers(self) -> int:
        """How many read this."""
        return len(self._readers)

    def start(self) -> asyncio.Task[None]:
        """Run the operation."""
        self.task = asyncio.get_running_loop().create_task(self._run())
        return self.task

    def add(self, reader: Reader) -> None:
        """From now on this reader is told everything, beginning with what is newest."""
        self._readers[reader] = None
        for event in list(self._latest.values()):
            reader.next(event)

    def remove(self, reader: Reader) -> None:
        """This reader is told nothing more."""
        self._readers.pop(reader, None)
        if not self._readers:
            self.stop()

    def stop(self) -> None:
        """End without a word to anybody."""
        self._readers.clear()
        self._on_end(self)
        if self.task is not None:
            self.task.cancel()

    async def _run(self) -> None:
        failure: bytes | None = None
        try:
            async with aclosing(self._events) as events:
                async for event in events:
                    self._keep(event)
                    await self._tell(event)
        except OperationFailed as failed:
            failure = failed.errors
        except Exception as error:
            failure = unexpected(error, "-").errors
        self._end(failure)

    def _keep(self, event: Event) -> None:
        self._latest[event.key] = event
        self._latest.move_to_end(event.key)
        if len(self._latest) > MAX_KEPT:
            self._latest.popitem(last=False)

    async def _tell(self, event: Event) -> None:
        """Whoever comes or goes meanwhile has been told the event, or must not be."""
        readers = list(self._readers)
        for start in range(0, len(readers), CHUNK):
            if start:
                await asyncio.sleep(0)
            for reader in readers[start : start + CHUNK]:
                if reader in self._readers:
                    reader.next(event)

    def _end(self, failure: bytes | None) -> None:
        readers = list(self._readers)
        self._readers.clear()
        self._on_end(self)
        for reader in readers:
            if failure is None:
                reader.complete()
            else:
                reader.error(failure)

"""One stream and its readers, without a server."""

import asyncio
from collections.abc import AsyncGenerator

from app.api.live.event import Event, OperationFailed
from app.api.live.stream import CHUNK, MAX_KEPT, Stream

from .serving import eventually


class Told:
    """A reader that writes down what it is told."""

    def __init__(self) -> None:
        self.events: list[bytes] = []
        self.end: str | None = None

    def next(self, event: Event) -> None:
        assert self.end is None
        self.events.append(event.payload)

    def error(self, errors: bytes) -> None:
        self.end = errors.decode()

    def complete(self) -> None:
        self.end = "complete"


class Source:
    """Events that a test sends, and whether they were let go of."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[Event | Exception | None] = asyncio.Queue()
        self.closed = False
        self.ended: list[Stream] = []

    async def events(self) -> AsyncGenerator[Event, None]:
        try:
            while (event := await self.queue.get()) is not None:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            await asyncio.sleep(0)
            self.closed = True

    def stream(self) -> Stream:
        """A running stream of these events."""
        stream = Stream(self.events(), on_end=self.ended.append)
        stream.start()
        return stream

    def send(self, *values: int, key: str = "") -> None:
        for value in values:
            self.queue.put_nowait(Event(key, b"%d" % value))


async def test_all_are_told_everything_while_they_read() -> None:
    source, early, late = Source(), Told(), Told()
    stream = source.stream()
    stream.add(early)
    source.send(1, 2)
    source.send(7, key="other")
    await eventually(lambda: len(early.events) == 3)
    stream.add(late)
    assert late.events == [b"2", b"7"]
    stream.remove(early)
    source.send(3)
    await eventually(lambda: late.events == [b"2", b"7", b"3"])
    source.queue.put_nowait(None)
    await eventually(lambda: late.end == "complete")
    assert early.events == [b"1", b"2", b"7"] and early.end is None
    assert source.closed and source.ended == [stream] and stream.readers == 0


async def test_it_ends_with_its_last_reader_even_before_it_began() -> None:
    for begun in (False, True):
        source, reader = Source(), Told()
        stream = source.stream()
        stream.add(reader)
        if begun:
            source.send(1)
            await eventually(lambda reader=reader: bool(reader.events))  # type: ignore[misc]
        stream.remove(reader)
        assert source.ended == [stream] and stream.task is not None
        await asyncio.wait({stream.task})
        assert source.closed is begun and reader.end is None


async def test_a_failure_and_a_bug_are_told_to_all() -> None:
    for error, said in ((OperationFailed(b"[]"), "[]"), (RuntimeError("secret"), "INTERNAL")):
        source, readers = Source(), [Told(), Told()]
        stream = source.stream()
        for reader in readers:
            stream.add(reader)
        source.queue.put_nowait(error)
        await eventually(lambda r=readers: all(reader.end for reader in r))  # type: ignore[misc]
        for reader in readers:
            assert reader.end is not None and said in reader.end and "secret" not in reader.end
        assert source.ended == [stream]


async def test_who_comes_or_goes_in_the_middle_of_a_telling_hears_it_once_or_not() -> None:
    source = Source()
    stream = source.stream()
    readers = [Told() for _ in range(3 * CHUNK)]
    for reader in readers:
        stream.add(reader)
    late = Told()

    class Meddler(Told):
        def next(self, event: Event) -> None:
            super().next(event)
            asyncio.get_running_loop().call_soon(meddle)

    def meddle() -> None:
        stream.remove(readers[-1])
        stream.add(late)

    stream.remove(readers[0])
    readers[0] = Meddler()
    stream._readers = {readers[0]: None, **stream._readers}
    source.send(1)
    await eventually(lambda: bool(readers[-2].events))
    assert readers[-1].events == []
    assert late.events == [b"1"]
    assert all(reader.events == [b"1"] for reader in readers[:-1])
    stream.stop()


async def test_the_oldest_keys_are_forgotten_first() -> None:
    source, reader, late = Source(), Told(), Told()
    stream = source.stream()
    stream.add(reader)
    for number in range(MAX_KEPT + 5):
        source.send(number, key=str(number))
    source.send(5_000, key="7")
    await eventually(lambda: len(reader.events) == MAX_KEPT + 6)
    stream.add(late)
    assert len(late.events) == MAX_KEPT
    assert late.events[0] == b"5" and late.events[-1] == b"5000"
    stream.stop()

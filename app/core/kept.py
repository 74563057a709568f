"""What waits to be sent to the other processes: the newest message of each topic, and a bound."""

import asyncio

MAX_KEPT = 10_000
"""Topics kept at once. Beyond, all are forgotten and a gap is announced: everybody reads anew."""

GAP = "gap"
"""The topic every process watches. Its message says: some were lost, read everything again."""


class Kept:
    """The newest message of at most MAX_KEPT topics, until somebody takes them to send them."""

    def __init__(self) -> None:
        self._messages: dict[str, bytes] = {}
        self._some = asyncio.Event()
        self._none = asyncio.Event()
        self._none.set()

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, topic: str, message: bytes) -> None:
        """Keep the newest message of `topic`; a kept gap already says all there is to say."""
        if GAP in self._messages:
            return
        self._messages[topic] = message
        if topic == GAP or len(self._messages) > MAX_KEPT:
            self._messages = {GAP: b""}
        self._some.set()
        self._none.clear()

    def take(self, most: int) -> dict[str, bytes]:
        """At most `most` topics with their messages; say `sent` or `give_back` afterwards."""
        taken = {topic: self._messages[topic] for topic in list(self._messages)[:most]}
        for topic in taken:
            del self._messages[topic]
        if not self._messages:
            self._some.clear()
        return taken

    def sent(self) -> None:
        """What was taken has arrived."""
        if not self._messages:
            self._none.set()

    def give_back(self, taken: dict[str, bytes]) -> None:
        """What was taken may not have arrived: keep it again, but for what is newer by now."""
        for topic, message in taken.items():
            if topic not in self._messages:
                self.put(topic, message)

    async def some(self) -> None:
        """Wait until there is something to take."""
        await self._some.wait()

    async def none(self) -> None:
        """Wait until everything has been sent."""
        await self._none.wait()

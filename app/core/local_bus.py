"""The bus of a server that is one process, and the near half of the one that spans several."""

import asyncio
from collections.abc import Collection, Set

from app.core.listener import Listener, OnGap, OnMessage


class LocalBus:
    """Delivers within this process, in the event loop's next turn, to watched topics only.

    A topic's newest message wins over those not delivered yet; so there wait at most as many
    messages as there are watched topics.
    """

    def __init__(self) -> None:
        self._listener: Listener | None = None
        self._topics: set[str] = set()
        self._waiting: dict[str, bytes] = {}

    @property
    def topics(self) -> Set[str]:
        """What is watched now; it changes as it is watched."""
        return self._topics

    @property
    def away(self) -> bool:
        """Never: there is nobody else."""
        return False

    def attach(self, on_message: OnMessage, on_gap: OnGap) -> None:
        """Make this the process's listener, in place of the one before."""
        self._listener = Listener(on_message, on_gap)

    def publish(self, topic: str, message: bytes) -> None:
        """Tell `topic`'s listener, soon. Never blocks; where nobody watches, nothing happens."""
        if topic not in self._topics:
            return
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self._deliver)
        self._waiting[topic] = message

    async def watch(self, topics: Collection[str]) -> None:
        """Hear of these topics from now on."""
        self._topics.update(topics)

    async def unwatch(self, topics: Collection[str]) -> None:
        """Hear of these topics no more, not even what waits."""
        self._topics.difference_update(topics)

    def hear(self, topic: str, message: bytes) -> None:
        """Hand a message over at once, if its topic is watched."""
        if self._listener and topic in self._topics:
            self._listener.hear(topic, message)

    def mind_the_gap(self) -> None:
        """Tell the listener that messages may have been lost."""
        if self._listener:
            self._listener.mind_the_gap()

    def _deliver(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for topic, message in waiting.items():
            self.hear(topic, message)

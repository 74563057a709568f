"""Who hears what the bus brings: one listener a process, the hub."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

OnMessage = Callable[[str, bytes], None]
"""Called with a topic and its newest message, in the event loop; it must not block."""

OnGap = Callable[[], None]
"""Called when messages may have been lost: read the truth anew."""

log = structlog.get_logger("obole.bus")


@dataclass(frozen=True, slots=True)
class Listener:
    """The hub's two callbacks. What they raise is logged, and stops nobody else from hearing."""

    on_message: OnMessage
    on_gap: OnGap

    def hear(self, topic: str, message: bytes) -> None:
        """Hand over a message."""
        try:
            self.on_message(topic, message)
        except Exception:
            log.exception("bus_listener_failed", topic=topic)

    def mind_the_gap(self) -> None:
        """Say that messages may have been lost."""
        try:
            self.on_gap()
        except Exception:
            log.exception("bus_listener_failed", topic="")

"""One operation of one socket: a stream's events with the client's own id before them."""

from typing import Protocol

from app.api.live import messages
from app.api.live.event import Event
from app.api.live.stream import Stream


class Sink(Protocol):
    """Where messages go (the wire of `session.py`, as far as a subscription needs it)."""

    def send(self, frame: bytes) -> None: ...
    def send_shared(self, head: bytes, tail: bytes) -> None: ...
    @property
    def congested(self) -> bool: ...


class Holder(Protocol):
    """Whose operation this is: the session."""

    @property
    def wire(self) -> Sink: ...
    def skipping(self, subscription: "Subscription") -> None: ...
    def ended(self, subscription: "Subscription") -> None: ...
    def broken(self, error: BaseException) -> None: ...


class Subscription:
    """A reader of one stream. While the wire is congested it keeps the newest event of each key."""

    __slots__ = ("_end", "_head", "_session", "_skipped", "_stream", "operation_id")

    def __init__(self, session: Holder, operation_id: str) -> None:
        self.operation_id = operation_id
        self._session = session
        self._head = messages.next_head(operation_id)
        self._stream: Stream | None = None
        self._skipped: dict[str, Event] | None = None
        self._end: bytes | None = None

    def read(self, stream: Stream) -> None:
        """This is the stream that was joined."""
        self._stream = stream

    def leave(self) -> None:
        """Be told nothing more."""
        stream, self._stream = self._stream, None
        self._skipped = None
        if stream is not None:
            stream.remove(self)

    def next(self, event: Event) -> None:
        """Send the event, or keep it until the wire takes it."""
        session = self._session
        wire = session.wire
        if wire.congested:
            self._skip(event)
            return
        if self._skipped:
            self._skipped.pop(event.key, None)
        try:
            wire.send_shared(self._head, event.tail)
        except Exception as error:
            session.broken(error)

    def error(self, errors: bytes) -> None:
        """Tell the client that the operation failed."""
        self._finish(messages.error_message(self.operation_id, errors))

    def complete(self) -> None:
        """Tell the client that the operation is over."""
        self._finish(messages.complete_message(self.operation_id))

    def flush(self) -> bool:
        """Send what was kept, while the wire takes it. Returns whether nothing is left."""
        wire = self._session.wire
        while self._skipped:
            if wire.congested:
                return False
            key = next(iter(self._skipped))
            wire.send_shared(self._head, self._skipped.pop(key).tail)
        if self._end is not None:
            end, self._end = self._end, None
            wire.send(end)
            self._session.ended(self)
        return True

    def _skip(self, event: Event) -> None:
        """The newest event of a key takes the place of the older one."""
        if self._skipped is None:
            self._skipped = {}
        if not self._skipped:
            self._session.skipping(self)
        self._skipped[event.key] = event

    def _finish(self, message: bytes) -> None:
        """The last message: after what was kept, never before it."""
        self._stream = None
        self._end = message
        if not self._skipped:
            self.flush()

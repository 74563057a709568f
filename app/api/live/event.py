"""One result of an operation, encoded once for all who get it, and who gets it."""

from typing import Protocol


class Event:
    """A result as JSON bytes.

    key: what this is the newest state of; a later event with the same key makes it worthless.
    payload: the result. tail: the same with the brace that ends a `next` message around it, one
    object for all sockets, so that a wire may remember what it made of it. flawed: whether a part
    of it is missing by a fault of ours, so that read again it may be whole.
    """

    __slots__ = ("flawed", "key", "payload", "tail")

    def __init__(self, key: str, payload: bytes, *, flawed: bool = False) -> None:
        self.key = key
        self.flawed = flawed
        self.payload = payload
        self.tail = payload + b"}"


class OperationFailed(Exception):
    """The operation ends without a further result.

    errors: a JSON array for the client. ours: whether the fault is ours, so that what fails now may
    go well later.
    """

    def __init__(self, errors: bytes, *, ours: bool = False) -> None:
        super().__init__(errors)
        self.errors = errors
        self.ours = ours


class Reader(Protocol):
    """Whoever reads a stream. Called in the event loop; must neither block nor raise."""

    def next(self, event: Event) -> None:
        """A result. It may be skipped in favour of a later one with the same key."""
        ...

    def error(self, errors: bytes) -> None:
        """The operation failed: the last thing a reader is told."""
        ...

    def complete(self) -> None:
        """The operation is over: the last thing a reader is told."""
        ...

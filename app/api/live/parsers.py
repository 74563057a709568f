"""Frame parsers, lent to sockets that are in the middle of something.

A parser of `websockets` takes about 2 KB, and most sockets are silent most of the time. Between two
messages a parser holds nothing that belongs to its socket, so a handful serve thousands.
"""

from websockets.protocol import OPEN, Protocol, Side
from websockets.streams import StreamReader

MAX_IDLE = 64
_AT_EOF = StreamReader.at_eof.__code__
"""Where a parser waits for the first byte of the next frame."""


class Parsers:
    """The parsers of one process. Messages of more than `max_message_bytes` fail with 1009."""

    def __init__(self, max_message_bytes: int) -> None:
        self._max_message_bytes = max_message_bytes
        self._idle: list[Protocol] = []

    def lend(self) -> Protocol:
        """A parser that waits for the first byte of a frame."""
        if self._idle:
            return self._idle.pop()
        return Protocol(Side.SERVER, state=OPEN, max_size=self._max_message_bytes)

    def take_back(self, parser: Protocol) -> Protocol | None:
        """None if the parser is free for others now; itself if its socket must keep it."""
        if not between_messages(parser):
            return parser
        if len(self._idle) < MAX_IDLE:
            self._idle.append(parser)
        else:
            release(parser)
        return None


def between_messages(parser: Protocol) -> bool:
    """Whether nothing of a frame or of a message has arrived yet, and nothing has gone wrong.

    Asked of the parser's own generator; should its library change, the answer is no, which costs
    memory and nothing else.
    """
    waiting = getattr(parser.parser, "gi_yieldfrom", None)
    return (
        getattr(waiting, "gi_code", None) is _AT_EOF
        and parser.current_size is None
        and parser.state is OPEN
        and parser.parser_exc is None
        and not parser.reader.buffer
    )


def release(parser: Protocol) -> None:
    """Unties a parser from its own generator: it is freed at once, not at the next collection."""
    parser.parser.close()

"""WebSocket frames from server to client, built in one piece (RFC 6455, section 5).

A server's frames are not masked and ours are never fragmented, so a frame is a header that depends
on the length alone, and the message. The headers of short messages are made once.
"""

from websockets.frames import Close

TEXT, CLOSE = 0x81, 0x88
MAX_REASON_BYTES = 123


def _header(length: int) -> bytes:
    if length < 126:
        return bytes((TEXT, length))
    if length < 2**16:
        return bytes((TEXT, 126)) + length.to_bytes(2, "big")
    return bytes((TEXT, 127)) + length.to_bytes(8, "big")


_SHORT = 2_048
_HEADERS = tuple(_header(length) for length in range(_SHORT))


def text_frame(message: bytes) -> bytes:
    """One text message, in UTF-8, as one frame."""
    return _header(len(message)) + message


def shared_frame(head: bytes, tail: bytes) -> bytes:
    """`head + tail` as one text frame; the hottest line of a delivery."""
    length = len(head) + len(tail)
    return (_HEADERS[length] if length < _SHORT else _header(length)) + head + tail


def close_frame(code: int, reason: str) -> bytes:
    """A close frame; a reason that is too long is cut at a character's end."""
    short = reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")
    payload = Close(code, short).serialize()
    return bytes((CLOSE, len(payload))) + payload

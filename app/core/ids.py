"""Names for things outside: Relay's global ids, keyset cursors, and tokens."""

import base64
import binascii
import json
import re
import secrets

from app.core.errors import InvalidInput

MAX_ID = 2**63 - 1
"""No row has an id as high as this: before it is everything."""
_GLOBAL = re.compile(r"([A-Z][A-Za-z]{1,40}):([0-9]{1,19})")


def to_global_id(type_name: str, row_id: int) -> str:
    """The opaque id of a node: base64 of `Type:id`."""
    return base64.urlsafe_b64encode(f"{type_name}:{row_id}".encode()).decode().rstrip("=")


def from_global_id(global_id: str, *, field: str = "id") -> tuple[str, int]:
    """The type name and row id of a global id. Raises InvalidInput naming `field`."""
    match = _GLOBAL.fullmatch(_unbase64(global_id, field))
    if match is None or int(match[2]) > MAX_ID:
        raise _not_an_id(global_id, field)
    return match[1], int(match[2])


def row_id_of(global_id: str, type_name: str, *, field: str = "id") -> int:
    """The row id of a global id that must be of `type_name`. Raises InvalidInput."""
    found, row_id = from_global_id(global_id, field=field)
    if found != type_name:
        raise InvalidInput(f"This is the id of a {found}; a {type_name}'s is wanted.", field=field)
    return row_id


def encode_cursor(*parts: int | str) -> str:
    """An opaque keyset cursor: the order's values of the last row seen."""
    text = json.dumps(parts, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, *shape: type[int] | type[str]) -> tuple[int | str, ...]:
    """The values inside a cursor, which must have the types of `shape`. Raises InvalidInput."""
    try:
        parts = json.loads(_unbase64(cursor, "after"))
    except (ValueError, RecursionError):
        parts = None
    fits = isinstance(parts, list) and len(parts) == len(shape)
    if not fits or any(type(p) is not t for p, t in zip(parts, shape, strict=True)):
        raise InvalidInput(
            "This cursor is not from this list. Start without `after`.", field="after"
        )
    if any(isinstance(p, int) and abs(p) > MAX_ID for p in parts):
        raise InvalidInput(
            "This cursor is not from this list. Start without `after`.", field="after"
        )
    return tuple(parts)


def new_token() -> str:
    """A fresh secret of 256 bits, printable: `obole_…`, so that scanners can find a leaked one."""
    return f"obole_{secrets.token_urlsafe(32)}"


def _unbase64(text: str, field: str) -> str:
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError, UnicodeError):
        raise _not_an_id(text, field) from None


def _not_an_id(text: str, field: str) -> InvalidInput:
    return InvalidInput(f"{text[:60]!r} is not an id of ours. Use ids as they came.", field=field)

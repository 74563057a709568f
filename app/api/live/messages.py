"""The messages of `graphql-transport-ws`, read strictly and written as bytes.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md
"""

import json
from typing import Any

from app.api.refusal import Refused
from app.api.request import Operation, operation_of
from app.api.strict_json import parse_json_text

SUBPROTOCOL = "graphql-transport-ws"
MAX_ID_CHARACTERS = 256
MAX_REASON_BYTES = 123
"""A close frame holds no more (RFC 6455 §5.5)."""

NOT_UTF8 = 1007
TOO_BIG = 1009
ASKS_TOO_MUCH = 1008
RESTARTING = 1012
FULL = 1013
BAD_REQUEST = 4400
UNAUTHORIZED = 4401
NO_SUBPROTOCOL = 4406
INIT_TIMED_OUT = 4408
ID_IN_USE = 4409
TOO_MANY_INITS = 4429
SILENT = 4499
INTERNAL = 4500

ACK = b'{"type":"connection_ack"}'
PING = b'{"type":"ping"}'
PONG = b'{"type":"pong"}'


class Closing(Exception):
    """The client broke the protocol in a way that ends the socket."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = clipped(reason)


def bad_message(reason: str) -> Closing:
    """4400: the message is of no type or form that the protocol knows."""
    return Closing(BAD_REQUEST, reason)


def clipped(reason: str) -> str:
    """The reason, as much of it as a close frame holds."""
    return reason.encode()[:MAX_REASON_BYTES].decode(errors="ignore")


def read_message(text: str | bytes, *, max_bytes: int) -> dict[str, Any]:
    """The message as an object with a `type`. Raises Closing."""
    if _size(text) > max_bytes:
        raise Closing(TOO_BIG, f"A message may have {max_bytes} bytes")
    if isinstance(text, bytes):
        try:
            text = text.decode()
        except UnicodeDecodeError:
            raise Closing(NOT_UTF8, "A text message is UTF-8") from None
    try:
        message = parse_json_text(text, what="The message")
    except Refused as refusal:
        raise bad_message(refusal.message) from None
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise bad_message("A message is a JSON object with a `type`")
    return message


def payload_of(message: dict[str, Any]) -> dict[str, Any]:
    """An optional payload; absent and null are empty. Raises Closing."""
    payload = message.get("payload")
    if payload is None:
        return {}
    if not isinstance(payload, dict):
        raise bad_message(f"The payload of `{message['type']}` is an object or null")
    return payload


def id_of(message: dict[str, Any]) -> str:
    """The operation's id. Raises Closing."""
    found = message.get("id")
    if not isinstance(found, str) or not found:
        raise bad_message(f"`{message['type']}` wants an `id`, a string that is not empty")
    if len(found) > MAX_ID_CHARACTERS:
        raise bad_message(f"An `id` has at most {MAX_ID_CHARACTERS} characters")
    return found


def read_operation(message: dict[str, Any]) -> Operation:
    """What is to be executed. Raises Closing; Refused where the message is well-formed."""
    payload = message.get("payload")
    if not isinstance(payload, dict):
        raise bad_message("`subscribe` wants a `payload`, an object with a `query`")
    try:
        return operation_of(payload)
    except Refused as refusal:
        if isinstance(payload.get("query"), str) and not payload["query"].strip():
            raise
        raise bad_message(refusal.message) from None


def next_head(operation_id: str) -> bytes:
    """What comes before the payload of a `next` message; an event's `tail` comes after."""
    return b'{"id":%b,"type":"next","payload":' % _string(operation_id)


def error_message(operation_id: str, errors: bytes) -> bytes:
    """An `error` message: the operation is over."""
    return b'{"id":%b,"type":"error","payload":%b}' % (_string(operation_id), errors)


def complete_message(operation_id: str) -> bytes:
    """A `complete` message: the operation is over."""
    return b'{"id":%b,"type":"complete"}' % _string(operation_id)


def pong_message(payload: dict[str, Any]) -> bytes:
    """The answer to a ping, with what the ping carried."""
    if not payload:
        return PONG
    body = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return b'{"type":"pong","payload":%b}' % body.encode()


def _size(text: str | bytes) -> int:
    """In bytes, without encoding what is ASCII, as nearly all is."""
    return len(text) if isinstance(text, bytes) or text.isascii() else len(text.encode())


def _string(text: str) -> bytes:
    return json.dumps(text, ensure_ascii=False).encode()

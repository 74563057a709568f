"""JSON as a stranger may send it: strict UTF-8, no duplicate keys, never an exception but ours."""

import json
from typing import NoReturn

from app.api.refusal import bad_request


def parse_json(body: bytes, *, what: str = "The body") -> object:
    """The JSON value in `body`. Raises Refused (400) for whatever is not plain RFC 8259 JSON."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        raise bad_request(f"{what} is not valid UTF-8.") from None
    return parse_json_text(text, what=what)


def parse_json_text(text: str, *, what: str) -> object:
    """The JSON value in `text`. Raises Refused (400)."""
    try:
        value: object = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except RecursionError:
        raise bad_request(f"{what} is nested too deeply.") from None
    except ValueError as error:
        raise bad_request(f"{what} is not valid JSON: {_reason(error)}.") from None
    if "\\u" in text:
        _refuse_lone_surrogates(value, what)
    return value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Two readers of one body must not see two different requests, so keys are unique."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key appears twice in one object")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos}"
    if "integer string conversion" in str(error):
        return "a number has too many digits"
    return str(error)


def _refuse_lone_surrogates(value: object, what: str) -> None:
    """Half a surrogate pair is valid JSON but no text: no database and no answer could carry it."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except (UnicodeEncodeError, RecursionError):
        raise bad_request(f"{what} holds half a surrogate pair, which is no text.") from None

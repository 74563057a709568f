"""Strict JSON (bad bodies of every kind are in test_request.py)."""

import pytest

from app.api.refusal import Refused
from app.api.strict_json import parse_json


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"a": [1, 2.5, true, null, "\\ud83d\\ude00"]}', {"a": [1, 2.5, True, None, "😀"]}),
        ('"é"'.encode(), "é"),
        (b" 1 ", 1),
    ],
)
def test_plain_json_is_read(body: bytes, expected: object) -> None:
    assert parse_json(body) == expected


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "at character 1"),
        (b'{"a":1,"a":1}', "twice"),
        (b"[" * 100_000, "nested too deeply"),
        (b"9" * 5_000, "too many digits"),
        (b"[NaN]", "NaN"),
        (b'"\\udc00"', "surrogate"),
        (b"\xff", "UTF-8"),
    ],
)
def test_the_refusal_says_what_is_wrong(body: bytes, reason: str) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        parse_json(body)
    assert refused.value.status == 400
    assert len(refused.value.message) < 200

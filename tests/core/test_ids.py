"""Names for things outside: what goes out comes back, and nothing else comes in."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.core.ids import (
    MAX_ID,
    decode_cursor,
    encode_cursor,
    from_global_id,
    new_token,
    row_id_of,
    to_global_id,
)


def packed(text: str | bytes) -> str:
    raw = text if isinstance(text, bytes) else text.encode()
    return base64.urlsafe_b64encode(raw).decode()


HOSTILE = [
    "", "=", "a", "?", "💥", "\x00", "\ud800", "Content:1", "Q29udGVudDox\n", " Q29udGVudDox",
    packed("Content"), packed("Content:"), packed(":1"), packed("Content:-1"), packed("content:1"),
    packed("Content:1.0"), packed("Content: 1"), packed("Content:1\n"), packed("Content:١"),
    packed("Content:99999999999999999999"), packed(f"Content:{MAX_ID + 1}"), packed(b"\xff\xfe"),
    packed("Content:1:2"), packed("C" * 60 + ":1"), packed("Content:\x00"), "A" * 100_000,
    packed("Content:1; DROP TABLE accounts"),
]  # fmt: skip


@given(
    st.from_regex(r"[A-Z][A-Za-z]{1,40}", fullmatch=True).filter(str.isascii),
    st.integers(min_value=0, max_value=MAX_ID),
)
def test_an_id_comes_back(type_name: str, row_id: int) -> None:
    global_id = to_global_id(type_name, row_id)
    assert from_global_id(global_id) == (type_name, row_id)
    assert row_id_of(global_id, type_name) == row_id
    assert global_id.isascii() and "=" not in global_id


@pytest.mark.parametrize("global_id", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_what_is_no_id_is_refused(global_id: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        from_global_id(global_id)
    assert refused.value.field == "id"
    assert len(refused.value.message) < 600


def test_the_id_of_another_type_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="id of a Wallet; a Content's is wanted") as refused:
        row_id_of(to_global_id("Wallet", 1), "Content", field="contentId")
    assert refused.value.field == "contentId"


@given(st.lists(st.integers(-MAX_ID, MAX_ID) | st.text(), max_size=4))
def test_a_cursor_comes_back(parts: list[int | str]) -> None:
    shape: list[Any] = [type(part) for part in parts]
    assert decode_cursor(encode_cursor(*parts), *shape) == tuple(parts)


@pytest.mark.parametrize(
    "value",
    [
        [], [1], [1, 2, 3], ["1", 2], [1, "2"], [1.0, 2], [True, 2], [None, 2], {"a": 1}, "ab",
        [MAX_ID + 1, 1], [-MAX_ID - 1, 1], [[1], 2], 12, None,
    ],
)  # fmt: skip
def test_a_cursor_of_another_shape_is_refused(value: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode_cursor(packed(json.dumps(value)), int, int)
    assert refused.value.field == "after"


@pytest.mark.parametrize(
    "cursor",
    [*HOSTILE, packed("[NaN,1]"), packed("[" * 100_000), packed("[" + "9" * 5000 + ",1]"),
     packed("[Infinity,1]"), packed("[1,2"), packed("[1,2]x")],
    ids=lambda text: ascii(text)[:20],
)  # fmt: skip
def test_what_is_no_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        decode_cursor(cursor, int, int)
    assert refused.value.field == "after"


@given(st.text(max_size=60))
def test_no_text_breaks_an_id_or_a_cursor(text: str) -> None:
    for read in (from_global_id, lambda t: decode_cursor(t, str, int)):
        try:
            read(text)
        except InvalidInput:
            continue


def test_tokens_are_long_and_never_alike() -> None:
    tokens = {new_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.startswith("obole_") and len(token) == 49 for token in tokens)

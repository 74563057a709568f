"""Frames as RFC 6455 wants them, compared with those of the library that reads them."""

import pytest
from websockets.frames import Close, Frame, Opcode

from app.api.live.frames import close_frame, shared_frame, text_frame

LENGTHS = [0, 1, 125, 126, 127, 200, 2_047, 2_048, 65_535, 65_536, 70_000]


def reference(opcode: Opcode, payload: bytes) -> bytes:
    return Frame(opcode, payload).serialize(mask=False)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_message_is_one_text_frame(length: int) -> None:
    message = b"x" * length
    assert text_frame(message) == reference(Opcode.TEXT, message)


@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("head", [b"", b'{"id":"1","type":"next","payload":'])
def test_two_parts_are_one_text_frame(head: bytes, length: int) -> None:
    tail = b"y" * length
    assert shared_frame(head, tail) == reference(Opcode.TEXT, head + tail)


@pytest.mark.parametrize(
    ("code", "reason", "cut"),
    [
        (1012, "The server restarts", "The server restarts"),
        (4400, "", ""),
        (4400, "é" * 100, "é" * 61),
        (4409, "x" * 124, "x" * 123),
    ],
)
def test_a_close_frame_has_a_code_and_as_much_of_the_reason_as_fits(
    code: int, reason: str, cut: str
) -> None:
    assert close_frame(code, reason) == reference(Opcode.CLOSE, Close(code, cut).serialize())

"""A parser is given away only where nothing of its socket is left in it."""

import pytest
from websockets.frames import Frame, Opcode
from websockets.protocol import Protocol

from app.api.live.parsers import MAX_IDLE, Parsers, between_messages


def sent(opcode: Opcode, payload: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, payload, fin).serialize(mask=True)


WHOLE = sent(Opcode.TEXT, b"hello")
FIRST = sent(Opcode.TEXT, b"hel", fin=False)
LAST = sent(Opcode.CONT, b"lo")


@pytest.mark.parametrize(
    ("received", "free"),
    [
        ([], True),
        ([WHOLE], True),
        ([WHOLE, WHOLE + WHOLE], True),
        ([sent(Opcode.PING, b"?")], True),
        ([sent(Opcode.PONG, b"!")], True),
        ([FIRST, LAST], True),
        ([WHOLE[:1]], False),
        ([WHOLE[:2]], False),
        ([WHOLE[:6]], False),
        ([WHOLE[:-1]], False),
        ([WHOLE + WHOLE[:1]], False),
        ([FIRST], False),
        ([FIRST, sent(Opcode.PING, b"")], False),
        ([WHOLE[:3], WHOLE[3:]], True),
        ([sent(Opcode.CLOSE, b"")], False),
        ([Frame(Opcode.TEXT, b"unmasked").serialize(mask=False)], False),
        ([sent(Opcode.TEXT, b"x" * 101)], False),
    ],
)
def test_free_between_messages_only(received: list[bytes], free: bool) -> None:
    parsers = Parsers(max_message_bytes=100)
    parser = parsers.lend()
    for data in received:
        parser.receive_data(data)
    parser.events_received()
    parser.data_to_send()
    assert between_messages(parser) is free
    kept = parsers.take_back(parser)
    assert kept is (None if free else parser)
    assert (parsers.lend() is parser) is free


def test_one_serves_many_sockets_in_turn() -> None:
    parsers = Parsers(max_message_bytes=100)
    served: set[int] = set()
    for n in range(100):
        parser = parsers.lend()
        served.add(id(parser))
        parser.receive_data(sent(Opcode.TEXT, b"%d" % n))
        (frame,) = parser.events_received()
        assert isinstance(frame, Frame) and frame.data == b"%d" % n
        assert parsers.take_back(parser) is None
    assert len(served) == 1


def test_only_a_handful_is_kept() -> None:
    parsers = Parsers(max_message_bytes=100)
    lent = [parsers.lend() for _ in range(MAX_IDLE + 10)]
    for parser in lent:
        assert parsers.take_back(parser) is None
    again: list[Protocol] = [parsers.lend() for _ in range(MAX_IDLE + 10)]
    assert sum(parser in lent for parser in again) == MAX_IDLE

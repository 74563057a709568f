"""The session without a socket: what it does while its wire takes nothing."""

import asyncio
import json
from typing import Any

from starlette.requests import HTTPConnection

from app.api.live.session import MAX_ASKED_UNREAD, Session
from tests.api.board import board
from tests.api.sample import sample_endpoint

from .serving import NUMBERS, eventually


class Tape:
    """A wire that writes down what it is given, and may be told to be congested."""

    def __init__(self, room: int = 1_000_000) -> None:
        self.messages: list[Any] = []
        self.tails: list[bytes] = []
        self.closed_with: tuple[int, str] | None = None
        self.room = room

    def send(self, frame: bytes) -> None:
        assert self.closed_with is None
        self.messages.append(json.loads(frame))
        self.room -= 1

    def send_shared(self, head: bytes, tail: bytes) -> None:
        assert not self.congested
        self.tails.append(tail)
        self.send(head + tail)

    def close(self, code: int, reason: str) -> None:
        assert self.closed_with is None
        self.closed_with = code, reason

    @property
    def congested(self) -> bool:
        return self.room <= 0

    def numbers(self) -> list[tuple[str, str, int]]:
        """What came of the board: operation id, key, value."""
        found = [m for m in self.messages if m["type"] == "next"]
        numbers = [(m["id"], m["payload"]["data"]["numbers"]) for m in found]
        return [(i, n["key"], n["value"]) for i, n in numbers]


LIVE = sample_endpoint().live
assert LIVE is not None


def session_on(tape: Tape) -> Session:
    """A welcomed session."""
    assert LIVE is not None
    scope = {"type": "websocket", "headers": [], "scheme": "ws", "path": "/", "query_string": b""}
    session = Session(LIVE, tape, HTTPConnection(scope))
    session.on_text('{"type":"connection_init"}')
    return session


def subscribe(session: Session, operation_id: str, query: str = NUMBERS, **variables: Any) -> None:
    payload = {"query": query, "variables": variables}
    session.on_text(json.dumps({"type": "subscribe", "id": operation_id, "payload": payload}))


async def test_while_congested_the_newest_of_each_key_is_kept() -> None:
    tape = Tape()
    session = session_on(tape)
    subscribe(session, "a", keys=["x", "y"])
    await eventually(lambda: len(tape.numbers()) == 2)
    tape.room = 0
    for value in range(1, 50):
        board.put("x", value)
        board.put("y", -value)
        await asyncio.sleep(0.001)
    assert len(tape.numbers()) == 2
    tape.room = 100
    session.on_drained()
    assert tape.numbers()[2:] == [("a", "x", 49), ("a", "y", -49)]
    board.put("x", 50)
    await eventually(lambda: tape.numbers()[-1] == ("a", "x", 50))
    session.on_closed()


async def test_an_event_that_is_sent_makes_the_kept_one_worthless() -> None:
    tape = Tape()
    session = session_on(tape)
    subscribe(session, "a", keys=["x"])
    await eventually(lambda: len(tape.numbers()) == 1)
    tape.room = 0
    board.put("x", 1)
    await asyncio.sleep(0.02)
    tape.room = 100  # the wire takes again, but has not said so
    board.put("x", 2)
    await eventually(lambda: len(tape.numbers()) == 2)
    session.on_drained()
    assert tape.numbers() == [("a", "x", 0), ("a", "x", 2)]
    session.on_closed()


async def test_a_wire_that_takes_little_at_a_time_gets_all_of_it() -> None:
    tape = Tape(room=2)
    session = session_on(tape)
    keys = [f"key{number}" for number in range(100)]
    subscribe(session, "a", keys=keys)
    subscribe(session, "b", keys=["z"])
    for _ in range(200):
        await asyncio.sleep(0)
        tape.room = 1
        session.on_drained()
    expected = {("a", key, 0) for key in keys} | {("b", "z", 0)}
    assert len(tape.numbers()) == 101 and set(tape.numbers()) == expected
    session.on_closed()


async def test_the_end_comes_after_what_was_kept() -> None:
    tape = Tape(room=1)
    session = session_on(tape)
    assert tape.congested
    subscribe(session, "t", "subscription { ticks }")
    subscribe(session, "q", "{ hello }")
    await asyncio.sleep(0.05)
    assert [m["type"] for m in tape.messages] == ["connection_ack"] and session.operations == 2
    tape.room = 10
    session.on_drained()
    said = [(m["id"], m["type"]) for m in tape.messages[1:]]
    assert said == [("t", "next"), ("t", "complete"), ("q", "next"), ("q", "complete")]
    assert session.operations == 0
    session.on_closed()


async def test_an_end_is_told_once_and_its_id_may_be_used_again() -> None:
    """Skipped, then told a later event by a wire that had room but had not said so, then ended."""
    tape = Tape()
    session = session_on(tape)
    subscribe(session, "a", keys=["x"])
    await eventually(lambda: len(tape.numbers()) == 1)
    tape.room = 0
    board.put("x", 1)
    await asyncio.sleep(0.02)
    tape.room = 100
    board.put("x", 2)
    await eventually(lambda: len(tape.numbers()) == 2)
    ending = session._operations["a"]
    ending.leave()
    ending.complete()
    subscribe(session, "a", keys=["y"])
    await eventually(lambda: len(tape.numbers()) == 3)
    session.on_drained()
    assert [m["type"] for m in tape.messages].count("complete") == 1
    assert session.operations == 1
    board.put("y", 7)
    await eventually(lambda: tape.numbers()[-1] == ("a", "y", 7))
    session.on_closed()
    assert LIVE is not None
    await eventually(lambda: LIVE.connections == len(LIVE.streams) == LIVE.streams.tasks == 0)


async def test_who_asks_and_never_reads_is_sent_away() -> None:
    tape = Tape(room=1)
    session = session_on(tape)
    for _ in range(MAX_ASKED_UNREAD + 5):
        session.on_text('{"type":"ping"}')
    assert tape.closed_with is not None and tape.closed_with[0] == 1008
    assert len(tape.messages) == 1 + MAX_ASKED_UNREAD


async def test_what_is_shared_is_one_object_for_all_wires() -> None:
    tapes = [Tape() for _ in range(3)]
    sessions = [session_on(tape) for tape in tapes]
    for number, session in enumerate(sessions):
        subscribe(session, f"id{number}", keys=["x"])
    await eventually(lambda: all(tape.tails for tape in tapes))
    assert len({id(tape.tails[-1]) for tape in tapes}) == 1
    for session in sessions:
        session.on_closed()


async def test_a_wire_that_breaks_ends_its_own_session_only() -> None:
    class Broken(Tape):
        def send_shared(self, head: bytes, tail: bytes) -> None:
            raise RuntimeError("a bug")

    good, broken = Tape(), Broken()
    sessions = [session_on(broken), session_on(good)]
    for session in sessions:
        subscribe(session, "a", keys=["x"])
    await eventually(lambda: broken.closed_with is not None)
    assert broken.closed_with is not None and broken.closed_with[0] == 4500
    board.put("x", 1)
    await eventually(lambda: ("a", "x", 1) in good.numbers())
    subscribe(late := session_on(Broken()), "late", keys=["x"])
    assert late.closed
    sessions[1].on_closed()
    assert LIVE is not None
    await eventually(lambda: LIVE.connections == len(LIVE.streams) == LIVE.streams.tasks == 0)


async def test_closing_twice_releases_once() -> None:
    assert LIVE is not None
    first, second = Tape(), Tape()
    one, other = session_on(first), session_on(second)
    one.drain()
    one.on_closed()
    one.on_text('{"type":"ping"}')
    one.on_drained()
    one.on_binary()
    assert first.closed_with == (1012, "The server restarts")
    assert LIVE.connections == 1
    other.on_closed()
    assert LIVE.connections == 0

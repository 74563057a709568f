"""FastProtocol in a real uvicorn, on both event loops, against clients that misbehave."""

import gc
import json
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from websockets.frames import Close, Opcode

from app.api.live import fast
from app.api.live.fast import FastProtocol
from app.api.live.limits import LiveLimits
from tests.api.live.fast_server import (
    INIT,
    LOOPS,
    FastServer,
    fast_server,
    masked,
    raw_socket,
    subscribe,
    subscriber,
    text,
    upgrade,
)

ACK = {"type": "connection_ack"}


@pytest.fixture(params=LOOPS)
def server(request: pytest.FixtureRequest) -> Iterator[FastServer]:
    with fast_server(request.param) as running:
        yield running


def eventually(server: FastServer, connections: int, within_s: float = 5.0) -> bool:
    """Whether the server soon holds this many sockets."""
    until = time.monotonic() + within_s
    while server.ask(lambda: server.live.connections) != connections:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return True


def nothing_is_left(server: FastServer) -> bool:
    return eventually(server, 0) and server.ask(
        lambda: not server.uvicorn.server_state.connections and len(server.live.streams) == 0
    )


def test_a_display_gets_a_snapshot_and_every_change(server: FastServer) -> None:
    with subscriber(server, "mine") as client:
        first = {"id": "mine", "type": "next", "payload": {"data": {"number": "0"}}}
        assert client.json() == first
        server.set(1)
        assert client.number() == 1
    assert nothing_is_left(server)


def test_all_get_one_execution_with_their_own_ids(server: FastServer) -> None:
    with ExitStack() as stack:
        ids = ["1", 'quoted "id"', "é" * 100]
        clients = [stack.enter_context(subscriber(server, mine)) for mine in ids]
        assert [client.number() for client in clients] == [0, 0, 0]
        server.set(1)
        assert [client.json()["id"] for client in clients] == ids
        assert server.ask(lambda: server.numbers.runs) == 1
    assert nothing_is_left(server)


@pytest.mark.parametrize("padding", [0, 1_000, 70_000])
def test_messages_of_every_length_arrive(server: FastServer, padding: int) -> None:
    with raw_socket(server) as client:
        client.handshake()
        client.send(INIT, subscribe("1", f"subscription {{ number(padding: {padding}) }}"))
        assert client.json() == ACK
        assert client.json()["payload"]["data"]["number"] == "0" + " " * padding


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/graphql", {}, 101),
        ("/graphql?from=display", {}, 101),
        ("/", {}, 404),
        ("/graphql/", {}, 404),
        ("/other", {}, 404),
        ("/graphql", {"Sec_WebSocket_Key": None}, 400),
        ("/graphql", {"Sec_WebSocket_Key": "short"}, 400),
        ("/graphql", {"Sec_WebSocket_Version": "8"}, 400),
        ("/graphql", {"Cookie": "x" * 9_000}, 431),
    ],
)
def test_handshakes(
    server: FastServer, path: str, headers: dict[str, str | None], status: int
) -> None:
    with raw_socket(server) as client:
        client.send(upgrade(path, **headers))
        assert client.head().startswith(f"HTTP/1.1 {status} ")
    assert nothing_is_left(server)


def test_no_compression_is_agreed_on(server: FastServer) -> None:
    with raw_socket(server) as client:
        head = client.handshake(Sec_WebSocket_Extensions="permessage-deflate")
        assert "101" in head and "extensions" not in head.lower()


@pytest.mark.parametrize("offered", [None, "graphql-ws", "soap, graphql-ws"])
def test_another_subprotocol_is_refused_in_a_close_frame(
    server: FastServer, offered: str | None
) -> None:
    with raw_socket(server) as client:
        assert "101" in client.handshake(Sec_WebSocket_Protocol=offered)
        assert client.closed() == (4406, "The subprotocol is graphql-transport-ws")


def test_frames_that_come_with_the_handshake_are_read(server: FastServer) -> None:
    with raw_socket(server) as client:
        client.handshake(INIT, subscribe("early")[:10])
        assert client.json() == ACK
        client.send(subscribe("early")[10:])
    with raw_socket(server) as client:
        client.handshake(INIT + subscribe("early"))
        assert client.json() == ACK
        assert client.json()["id"] == "early"


def test_everything_may_come_byte_by_byte(server: FastServer) -> None:
    with raw_socket(server) as client:
        client.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in upgrade() + INIT + subscribe("slow"):
            client.send(bytes((byte,)))
        client.head()
        assert client.json() == ACK
        assert client.json()["id"] == "slow"


def test_a_message_may_come_in_pieces_with_a_ping_between(server: FastServer) -> None:
    with raw_socket(server) as client:
        client.handshake()
        message = json.dumps({"type": "ping", "payload": {"é": "ü"}}, ensure_ascii=False).encode()
        at = message.index("é".encode()) + 1  # in the middle of a character
        client.send(
            masked(Opcode.TEXT, message[:at], fin=False),
            masked(Opcode.PING, b"there?"),
            masked(Opcode.CONT, b"", fin=False),
            masked(Opcode.CONT, message[at:]),
        )
        pong = '{"type":"pong","payload":{"é":"ü"}}'.encode()
        answers = {client.frame(), client.frame()}
        assert answers == {(Opcode.PONG, b"there?"), (Opcode.TEXT, pong)}


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (masked(Opcode.BINARY, b"\x00"), 4400),
        (masked(Opcode.BINARY, b"\x00", fin=False), 4400),
        (masked(Opcode.TEXT, b"\xff\xfe"), 1007),
        (masked(Opcode.TEXT, b"not json"), 4400),
        (b"\x81\x02hi", 1002),
        (b"\xf1\x80\x00\x00\x00\x00", 1002),
        (masked(Opcode.CONT, b"of nothing"), 1002),
        (masked(Opcode.PING, b"")[:1] + b"\xfe\x00\x7e" + bytes(130), 1002),
        (masked(Opcode.TEXT, b"x" * 65_537), 1009),
        (masked(Opcode.TEXT, b" " * 40_000, fin=False) + masked(Opcode.CONT, b" " * 40_000), 1009),
        (b"GET / HTTP/1.1\r\n\r\n", 1002),
        (subscribe("too early"), 4401),
    ],
)
def test_what_is_wrong_ends_the_socket_with_its_code(
    server: FastServer, sent: bytes, code: int
) -> None:
    with raw_socket(server) as client:
        client.handshake()
        client.send(sent)
        assert client.closed()[0] == code
        client.send(masked(Opcode.CLOSE, Close(code, "").serialize()))
        assert client.ended()
    assert nothing_is_left(server)


def test_a_huge_frame_is_told_why_while_it_is_still_being_sent(server: FastServer) -> None:
    with raw_socket(server) as client:
        client.handshake()
        client.send(masked(Opcode.TEXT, bytes(8_000_000)))
        assert client.closed()[0] == 1009
    assert nothing_is_left(server)


def test_a_ping_is_answered_and_a_pong_is_not(server: FastServer) -> None:
    with raw_socket(server) as client:
        client.handshake()
        client.send(masked(Opcode.PONG, b"unasked"), masked(Opcode.PING, b"you?"))
        assert client.frame() == (Opcode.PONG, b"you?")


@pytest.mark.parametrize(
    "payload", [b"", Close(1000, "").serialize(), Close(4999, "x").serialize()]
)
def test_a_client_that_closes_is_answered_alike(server: FastServer, payload: bytes) -> None:
    with subscriber(server) as client:
        client.number()
        client.send(masked(Opcode.CLOSE, payload))
        assert client.frame() == (Opcode.CLOSE, payload)
        assert client.ended()
    assert nothing_is_left(server)


def test_who_never_says_goodbye_is_not_waited_for(
    server: FastServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fast, "CLOSE_WAIT_S", 0.2)
    with raw_socket(server) as client:
        client.handshake()
        client.send(INIT, INIT)
        assert client.closed()[0] == 4429
        assert client.ended()
        assert server.ask(lambda: len(server.uvicorn.server_state.connections)) == 0


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        ("127.0.0.1", "198.51.100.9", "198.51.100.9"),
        ("127.0.0.1", "203.0.113.1, 198.51.100.9", "198.51.100.9"),
        ("127.0.0.1,198.51.100.9", "203.0.113.1, 198.51.100.9", "203.0.113.1"),
        ("*", "203.0.113.1, 198.51.100.9", "203.0.113.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("192.0.2.1", "198.51.100.9", "127.0.0.1"),
    ],
)
def test_the_clients_address_is_what_a_trusted_proxy_says(
    proxies: str, forwarded: str | None, seen: str
) -> None:
    with fast_server(proxies=proxies) as server, raw_socket(server) as client:
        client.handshake(X_Forwarded_For=forwarded)
        client.send(INIT, subscribe("1", "{ viewer }"))
        assert client.json() == ACK
        assert client.json()["payload"]["data"]["viewer"].split()[-1] == seen


def test_a_proxy_says_whether_the_page_was_secure() -> None:
    """Over https the cookie has its `__Host-` name, and the page's origin is https."""
    given = {"Cookie": "__Host-obole_session=mine", "Origin": "https://127.0.0.1"}
    with fast_server() as server, raw_socket(server) as client:
        client.handshake(X_Forwarded_Proto="https", **given)
        client.send(INIT, subscribe("1", "{ viewer }"))
        assert client.json() == ACK
        assert client.json()["payload"]["data"]["viewer"].startswith("mine True False")


def test_a_reader_that_stalls_skips_to_the_newest(server: FastServer) -> None:
    """Nobody waits for it, little is kept for it, and it comes back to the newest number."""
    query = "subscription { number(padding: 1000) }"
    with raw_socket(server, receive_buffer=4_096) as slow, subscriber(server) as quick:
        slow.handshake()
        slow.send(INIT, subscribe("slow", query))
        assert slow.json() == ACK and slow.number() == 0 and quick.number() == 0
        for now in range(1, 1_001):
            server.set(now)
            assert quick.number() == now
        (stalled,) = server.ask(lambda: [found for found in server.sockets() if found.congested])
        unsent = server.ask(stalled._transport.get_write_buffer_size)
        seen = [slow.number()]
        while seen[-1] != 1_000:
            seen.append(slow.number())
        assert seen == sorted(set(seen))
        assert len(seen) < 150, len(seen)
        assert unsent < 2_000
        server.set(1_001)
        assert slow.number() == quick.number() == 1_001


def test_who_asks_without_reading_is_not_read(server: FastServer) -> None:
    """A flood of pings, and of messages that are answered, leaves the server's memory alone."""
    with raw_socket(server, receive_buffer=4_096) as client, subscriber(server) as other:
        client.handshake()
        client.socket.settimeout(0.5)
        flood = masked(Opcode.PING, b"x" * 100) * 1_000 + text({"type": "ping"}) * 1_000
        with pytest.raises(TimeoutError):
            for _ in range(1_000):
                client.send(flood)
        assert other.number() == 0
        unsent = server.ask(
            lambda: [found._transport.get_write_buffer_size() for found in server.sockets()]
        )
        assert max(unsent) <= fast.MAX_UNSENT_BYTES + 300_000


def test_a_thousand_abrupt_ends_leave_nothing() -> None:
    with fast_server() as server:
        for _ in range(10):
            with ExitStack() as stack:
                clients = [stack.enter_context(subscriber(server)) for _ in range(100)]
                for client in clients:
                    linger = struct.pack("ii", 1, 0)  # close with a reset
                    client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        assert nothing_is_left(server)
        gc.collect()
        assert [o for o in gc.get_objects() if isinstance(o, FastProtocol)] == []
        assert server.ask(lambda: server.live.streams.tasks) == 0


def test_those_beyond_the_limit_are_sent_away() -> None:
    with fast_server(limits=LiveLimits(max_sockets=2)) as server, subscriber(server):
        with subscriber(server), raw_socket(server) as third:
            third.handshake()
            assert third.closed()[0] == 1013
        assert eventually(server, 1)
        with subscriber(server) as another:
            assert another.number() == 0


def test_silence_is_ended_and_a_ping_is_a_sign_of_life() -> None:
    limits = LiveLimits(keepalive_s=0.3, connection_init_timeout_s=60)
    with ExitStack() as stack:
        server = stack.enter_context(fast_server(limits=limits))
        dead, alive = (stack.enter_context(raw_socket(server)) for _ in range(2))
        alive.handshake()
        dead.handshake()
        for _ in range(20):
            alive.send(masked(Opcode.PING))
            time.sleep(0.1)
        assert dead.closed()[0] == 4499
        assert eventually(server, 1)


def test_everybody_is_told_when_the_server_stops(server: FastServer) -> None:
    with ExitStack() as stack:
        clients = [stack.enter_context(subscriber(server)) for _ in range(200)]
        uninitialised = stack.enter_context(raw_socket(server))
        uninitialised.handshake()
        assert eventually(server, 201)
        began = time.monotonic()
        server.stop()
        codes = {client.closed()[0] for client in [*clients, uninitialised]}
        assert codes == {1012}
        assert all(client.ended() for client in clients)
        assert time.monotonic() - began < 5

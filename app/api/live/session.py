"""One socket's `graphql-transport-ws`, without input or output: any wire may carry it.

https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md

Everything is synchronous and runs in the event loop. What the client asks becomes calls of the
wire, at once or later, when a stream has something to tell. Nothing is queued here: while the wire
is congested only the newest event of each key is remembered, and `on_drained` sends it.
"""

from asyncio import TimerHandle
from typing import Any, Protocol

from starlette.requests import HTTPConnection

from app.api.context import Caller
from app.api.errors import format_refusal, log_unexpected
from app.api.live import messages
from app.api.live.messages import Closing
from app.api.live.server import LiveServer
from app.api.live.subscription import Subscription
from app.api.refusal import Refused
from app.api.request import Operation
from app.api.response import encoded
from app.api.viewer import Credential, bearer_token

MAX_ASKED_UNREAD = 1_000
"""Messages a client may send while it does not read; a wire that is not read itself sees none."""


class Wire(Protocol):
    """What carries a session's messages. Calls never block and never raise.

    A congested wire ought not to be read from either, so that whoever does not read our answers
    cannot ask for more of them. After `close` nothing is sent.
    """

    def send(self, frame: bytes) -> None:
        """One text message, UTF-8."""
        ...

    def send_shared(self, head: bytes, tail: bytes) -> None:
        """`head + tail` as one text message; `tail` is one object for thousands of sockets."""
        ...

    def close(self, code: int, reason: str) -> None:
        """End the socket with this close frame."""
        ...

    @property
    def congested(self) -> bool:
        """Whether events are not to be sent now; `Session.on_drained` is called when they may."""
        ...


class Session:
    """The state of one socket, from its handshake to its end."""

    __slots__ = (
        "_acknowledged", "_asked_unread", "_caller", "_init_timer", "_operations", "_server",
        "_skipping", "closed", "heard", "unanswered", "wire",
    )  # fmt: skip

    def __init__(self, server: LiveServer, wire: Wire, request: HTTPConnection) -> None:
        self.wire = wire
        self.closed = False
        self.heard = True  # a wire that has signs of life of its own may set this, too
        self.unanswered = 0
        self._server = server
        self._caller = server.contexts.caller(request)
        self._acknowledged = False
        self._asked_unread = 0
        self._operations: dict[str, Subscription] = {}
        self._skipping: dict[Subscription, None] | None = None
        self._init_timer: TimerHandle | None = None
        refusal = server.admit(self)
        if refusal is not None:
            self._close(*refusal)
        else:
            self._init_timer = server.call_later(
                server.limits.connection_init_timeout_s, self._init_timed_out
            )

    @property
    def operations(self) -> int:
        """How many operations run for this socket."""
        return len(self._operations)

    # What the wire tells us.

    def on_text(self, text: bytes | str) -> None:
        """A text message came."""
        if self.closed:
            return
        self.heard = True
        try:
            self._count_unread()
            limit = self._server.limits.max_message_bytes
            self._handle(messages.read_message(text, max_bytes=limit))
        except Closing as closing:
            self._close(closing.code, closing.reason)
        except Exception as error:
            self.broken(error)

    def on_binary(self) -> None:
        """A binary message came, which this protocol does not know."""
        self._close(messages.BAD_REQUEST, "Messages are text, not binary")

    def on_drained(self) -> None:
        """The wire takes events again: send the newest of every key that was skipped."""
        self._asked_unread = 0
        while self._skipping and not self.closed and not self.wire.congested:
            subscription = next(iter(self._skipping))
            if subscription.flush():
                self._skipping.pop(subscription, None)

    def on_closed(self) -> None:
        """The socket is gone: release everything. May be called again."""
        if self.closed:
            return
        self.closed = True
        self._server.forget(self)
        self._stop_init_timer()
        self._skipping = None
        operations, self._operations = self._operations, {}
        for subscription in operations.values():
            subscription.leave()

    def drain(self) -> None:
        """The server stops; clients connect again, elsewhere or a little later."""
        self._close(messages.RESTARTING, "The server restarts")

    # What the server and the subscriptions tell us.

    def check_alive(self) -> None:
        """Called every keep-alive period: a silent client is asked, and, still silent, let go."""
        if self.heard:
            self.heard, self.unanswered = False, 0
            return
        self.unanswered += 1
        if self.unanswered > 2:
            self._close(messages.SILENT, "Nothing was heard for too long")
        elif not self.wire.congested:
            self.wire.send(messages.PING)

    def skipping(self, subscription: Subscription) -> None:
        """This subscription has something to send as soon as the wire takes it."""
        if self._skipping is None:
            self._skipping = {}
        self._skipping[subscription] = None

    def ended(self, subscription: Subscription) -> None:
        """This subscription has told the client its end; the id is free again."""
        if self._skipping is not None:
            self._skipping.pop(subscription, None)
        if self._operations.get(subscription.operation_id) is subscription:
            del self._operations[subscription.operation_id]

    def broken(self, error: BaseException) -> None:
        """A bug of ours: log it, and end the socket."""
        log_unexpected(error, request_id="-", path=["live"])
        self._close(messages.INTERNAL, "Internal server error")

    # What the client asks.

    def _handle(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "subscribe":
                self._subscribe(message)
            case "complete":
                self._complete(messages.id_of(message))
            case "pong":
                messages.payload_of(message)
            case "ping":
                self.wire.send(messages.pong_message(messages.payload_of(message)))
            case "connection_init":
                self._init(messages.payload_of(message))
            case other:
                raise messages.bad_message(f"There is no message type {other!r} for a server")

    def _init(self, payload: dict[str, Any]) -> None:
        if self._acknowledged:
            raise Closing(messages.TOO_MANY_INITS, "Too many initialisation requests")
        self._stop_init_timer()
        authorization = payload.get("authorization", payload.get("Authorization"))
        token = bearer_token(authorization) if isinstance(authorization, str) else None
        if token is not None:
            self._caller = Caller(Credential(token=token), self._caller.client_ip)
        self._acknowledged = True
        self.wire.send(messages.ACK)

    def _subscribe(self, message: dict[str, Any]) -> None:
        if not self._acknowledged:
            raise Closing(messages.UNAUTHORIZED, "Unauthorized")
        operation_id = messages.id_of(message)
        if operation_id in self._operations:
            reason = f"Subscriber for {operation_id} already exists"
            raise Closing(messages.ID_IN_USE, reason)
        try:
            operation = messages.read_operation(message)
            self._check_room()
            self._join(operation_id, operation)
        except Refused as refusal:
            errors = encoded([format_refusal(refusal)])
            self.wire.send(messages.error_message(operation_id, errors))

    def _join(self, operation_id: str, operation: Operation) -> None:
        subscription = Subscription(self, operation_id)
        self._operations[operation_id] = subscription
        try:
            subscription.read(self._server.streams.join(operation, self._caller, subscription))
        except Refused:
            del self._operations[operation_id]
            raise
        if self.closed:  # the wire broke while it was told what is newest
            subscription.leave()

    def _check_room(self) -> None:
        most = self._server.limits.max_subscriptions_per_socket
        if len(self._operations) >= most:
            raise Refused(
                429,
                "TOO_MANY_SUBSCRIPTIONS",
                f"A socket holds {most} operations at a time. Complete one, ask for several things "
                "in one operation, or open another socket.",
            )

    def _complete(self, operation_id: str) -> None:
        subscription = self._operations.pop(operation_id, None)
        if subscription is not None:
            if self._skipping is not None:
                self._skipping.pop(subscription, None)
            subscription.leave()

    def _count_unread(self) -> None:
        if self.wire.congested:
            self._asked_unread += 1
            if self._asked_unread > MAX_ASKED_UNREAD:
                raise Closing(messages.ASKS_TOO_MUCH, "Read the answers before you ask more")

    def _init_timed_out(self) -> None:
        self._close(messages.INIT_TIMED_OUT, "Connection initialisation timeout")

    def _stop_init_timer(self) -> None:
        if self._init_timer is not None:
            self._init_timer.cancel()
            self._init_timer = None

    def _close(self, code: int, reason: str) -> None:
        if not self.closed:
            self.on_closed()
            self.wire.close(code, messages.clipped(reason))

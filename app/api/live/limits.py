"""How much of everything live one process holds."""

from dataclasses import dataclass

from app.core.settings import Settings


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """The bounds of sockets and event streams.

    max_sockets: sockets and event streams of this process; more are sent away.
    max_subscriptions_per_socket: operations of one socket at a time, of whatever kind.
    max_streams: operations of this process that run at a time; identical public subscriptions are
    one. Who asks for more is refused.
    max_message_bytes: of one message from a client.
    connection_init_timeout_s: how long a socket may be open before it says `connection_init`.
    keepalive_s: how long a connection may be silent before it is asked, or told, something.
    operation_timeout_s: how long a query, a mutation or one event may take.
    retries_s: how long to wait, at most, before each attempt to go on with a subscription that
    ended by a fault of ours.
    """

    max_sockets: int = 20_000
    max_subscriptions_per_socket: int = 100
    max_streams: int = 50_000
    max_message_bytes: int = 65_536
    connection_init_timeout_s: float = 10.0
    keepalive_s: float = 25.0
    operation_timeout_s: float = 10.0
    retries_s: tuple[float, ...] = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 30.0)

    @classmethod
    def of(cls, settings: Settings) -> "LiveLimits":
        """The limits as the operator has set them."""
        return cls(
            max_sockets=settings.max_sockets,
            max_subscriptions_per_socket=settings.max_subscriptions_per_socket,
            max_message_bytes=settings.max_message_bytes,
            connection_init_timeout_s=settings.connection_init_timeout_s,
            keepalive_s=settings.keepalive_s,
            operation_timeout_s=settings.operation_timeout_s,
        )

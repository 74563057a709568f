"""Which Redis server a topic lives on: the only one, or in a cluster the one that has its slot."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from redis.asyncio.connection import ConnectionPool, parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import ResponseError

from app.core.errors import SettingsError
from app.core.redis_link import CONNECT_S, Command, Link, LinkLost

Address = tuple[str, int] | None
"""Host and port of a cluster's node; None: the server of REDIS_URL itself."""

MAX_NAMED = 1_000
"""Topics one command names at most, so that a server is never busy with one for long."""


@dataclass(frozen=True, slots=True)
class Servers:
    """The servers behind one REDIS_URL, as they were when it was asked.

    slots: in a cluster the address that serves each slot, where one does; else None.
    """

    pool: ConnectionPool
    slots: tuple[Address, ...] | None = None

    def channel(self, topic: str) -> bytes:
        """A topic's name in Redis. Databases share channels, so it says which one it is of."""
        return f"obole:{self.pool.connection_kwargs.get('db', 0)}:{topic}".encode()

    def topic(self, channel: bytes) -> str:
        """The topic of a channel."""
        return channel.split(b":", 2)[2].decode()

    def address(self, topic: str) -> Address:
        """Where a topic lives. Raises LinkLost where a cluster serves its slot nowhere."""
        if self.slots is None:
            return None
        if (address := self.slots[key_slot(self.channel(topic))]) is None:
            raise LinkLost("the cluster does not serve every slot")
        return address

    def watching(self, topics: Iterable[str]) -> Iterator[tuple[Address, list[Command]]]:
        """For each server the commands that subscribe to these topics."""
        return self._naming("SUBSCRIBE", topics)

    def unwatching(self, topics: Iterable[str]) -> Iterator[tuple[Address, list[Command]]]:
        """For each server the commands that unsubscribe from these topics."""
        return self._naming("UNSUBSCRIBE", topics)

    def telling(self, messages: dict[str, bytes]) -> Iterator[tuple[Address, list[Command]]]:
        """For each server the commands that publish these messages by topic."""
        verb = self._verb("PUBLISH")
        found: defaultdict[Address, list[Command]] = defaultdict(list)
        for topic, message in messages.items():
            found[self.address(topic)].append((verb, self.channel(topic), message))
        return iter(found.items())

    def _naming(self, verb: str, topics: Iterable[str]) -> Iterator[tuple[Address, list[Command]]]:
        found: defaultdict[Address, list[Command]] = defaultdict(list)
        for address, channels in self._together(topics):
            for start in range(0, len(channels), MAX_NAMED):
                named = channels[start : start + MAX_NAMED]
                found[address].append((self._verb(verb), *named))
        return iter(found.items())

    def _together(self, topics: Iterable[str]) -> Iterator[tuple[Address, list[bytes]]]:
        """What one command may name: in a cluster only channels of one slot (else CROSSSLOT)."""
        found: defaultdict[tuple[Address, int], list[bytes]] = defaultdict(list)
        for topic in topics:
            channel = self.channel(topic)
            slot = key_slot(channel) if self.slots else 0
            found[self.address(topic), slot].append(channel)
        return ((address, channels) for (address, _), channels in found.items())

    def _verb(self, verb: str) -> str:
        return f"S{verb}" if self.slots else verb

    def link(self, address: Address) -> Link:
        """A new link, not yet open, to a server."""
        if address is None:
            # redis-py leaves some of its methods without types; below too.
            return Link(self.pool.make_connection())  # type: ignore[no-untyped-call]
        host, port = address
        arguments = self.pool.connection_kwargs | {"host": host, "port": port}
        return Link(self.pool.connection_class(**arguments))


def pool_of(redis_url: str) -> ConnectionPool:
    """How to connect to `redis_url`, without any quiet retry. Raises SettingsError."""
    try:
        pool = ConnectionPool(**_arguments(redis_url))
        pool.make_connection()  # type: ignore[no-untyped-call]
    except (ValueError, TypeError) as error:
        raise SettingsError("REDIS_URL: this address cannot be used") from error
    return pool


def _arguments(redis_url: str) -> dict[str, Any]:
    """Of a connection. RESP2 is enough for one that does one thing, and all proxies speak it.

    redis-py's own time-out of a write loses a cancellation on Python 3.11 (asyncio.wait_for does);
    a Link has its own.
    """
    return {
        **parse_url(redis_url),
        "protocol": 2,
        "retry": Retry(NoBackoff(), 0),
        "socket_timeout": None,
        "socket_connect_timeout": CONNECT_S,
        "health_check_interval": 0,
        "decode_responses": False,
        "client_name": "obole",
    }


async def find_servers(pool: ConnectionPool) -> Servers:
    """Ask the server whether it is one of a cluster, and who serves what. Raises RedisError."""
    servers = Servers(pool)
    link = servers.link(None)
    try:
        await link.open()
        if not await _in_cluster(link):
            return servers
        (ranges,) = await link.ask([("CLUSTER", "SLOTS")])
        return Servers(pool, _addresses(ranges, str(pool.connection_kwargs.get("host", ""))))
    finally:
        await link.close()


async def _in_cluster(link: Link) -> bool:
    try:
        (hello,) = await link.ask([("HELLO", "2")])
    except ResponseError:  # a proxy that does not know HELLO stands for one server
        return False
    return bool(dict(zip(hello[::2], hello[1::2], strict=True)).get(b"mode") == b"cluster")


def _addresses(ranges: list[Any], asked: str) -> tuple[Address, ...]:
    """By slot, from what CLUSTER SLOTS says; a node that names no host is the one asked."""
    slots: list[Address] = [None] * REDIS_CLUSTER_HASH_SLOTS
    for first, last, primary, *_ in ranges:
        host = primary[0].decode() if primary[0] else asked
        slots[first : last + 1] = [(host, int(primary[1]))] * (last + 1 - first)
    return tuple(slots)

"""Where a topic lives, and what one command may name."""

import pytest
from redis.asyncio.connection import ConnectionPool
from redis.crc import key_slot

from app.core.redis_link import Command, LinkLost
from app.core.redis_servers import MAX_NAMED, Servers, _addresses, pool_of

A, B = ("a", 1), ("b", 2)


def cluster() -> Servers:
    """Two nodes with half of the slots each."""
    return Servers(pool_of("redis://localhost"), (*[A] * 8_192, *[B] * 8_192))


def test_a_channel_names_the_database_and_gives_its_topic_back() -> None:
    for url, start in (("redis://h", b"obole:0:"), ("redis://h/3", b"obole:3:")):
        servers = Servers(pool_of(url))
        for topic in ("period", "counter:12", "a:b:c", "ünï"):
            assert servers.channel(topic) == start + topic.encode()
            assert servers.topic(servers.channel(topic)) == topic


def test_one_server_is_told_in_few_words() -> None:
    servers = Servers(pool_of("redis://localhost"))
    ((address, commands),) = servers.watching([f"t:{n}" for n in range(2_500)])
    assert address is None
    assert [len(command) - 1 for command in commands] == [MAX_NAMED, MAX_NAMED, 500]
    assert {command[0] for command in commands} == {"SUBSCRIBE"}
    assert list(servers.unwatching(["a"])) == [(None, [("UNSUBSCRIBE", b"obole:0:a")])]
    assert list(servers.telling({"a": b"1"})) == [(None, [("PUBLISH", b"obole:0:a", b"1")])]
    assert list(servers.watching([])) == []


def test_in_a_cluster_a_command_names_one_slot_at_the_node_that_has_it() -> None:
    servers = cluster()
    found: dict[object, list[Command]] = dict(servers.watching([f"t:{n}" for n in range(5_000)]))
    for address, commands in found.items():
        for verb, *channels in commands:
            slots = {key_slot(channel) for channel in channels if isinstance(channel, bytes)}
            assert (verb, len(slots)) == ("SSUBSCRIBE", 1)
            assert (address == A) == (slots.pop() < 8_192)
    assert sum(len(c) - 1 for commands in found.values() for c in commands) == 5_000
    told = dict(servers.telling({f"t:{n}": b"1" for n in range(100)}))
    assert {command[0] for commands in told.values() for command in commands} == {"SPUBLISH"}
    assert set(told) == {A, B}


def test_a_slot_that_nobody_serves_is_a_lost_link() -> None:
    servers = Servers(pool_of("redis://localhost"), (None,) * 16_384)
    with pytest.raises(LinkLost):
        servers.address("a")


def test_a_node_is_reached_as_the_first_one_was() -> None:
    pool = pool_of("rediss://me:sesame@first:7000")
    assert isinstance(pool, ConnectionPool)
    link = Servers(pool).link(("second", 7_001))
    made = link._connection
    assert (type(made), made.username, made.password) == (pool.connection_class, "me", "sesame")
    assert (getattr(made, "host", ""), getattr(made, "port", 0)) == ("second", 7_001)


def test_nodes_that_name_no_host_are_the_one_asked() -> None:
    found = _addresses([[0, 1, [b"", 7_000, b"id"], [b"r", 1]], [3, 3, [b"h", 7_001]]], "asked")
    assert found[:5] == (("asked", 7_000), ("asked", 7_000), None, ("h", 7_001), None)
    assert len(found) == 16_384

"""Announcements: after the commit, whoever watches hears that something moved.

A message is the newest state, or empty: "read it again". So a lost one costs nothing, and an
announcement neither fails nor delays the write it follows. Source: DESIGN.md §6, §9.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Iterable
from contextvars import Context

from app.core.bus import Bus, current_bus
from app.models.database import after_commit

PERIOD = "period"
"""A period was closed or settled: every counter reads anew, and every balance."""
MAX_REMEMBERED = 10_000
"""Topics whose last number is remembered, so that an older one is not published after it."""
DOUBT_S = 1
"""After a commit in doubt, which may land meanwhile, watchers read so many seconds later again."""


def counter_topic(content_id: int) -> str:
    """Where a content's counter is announced, in absolute numbers."""
    return f"counter:{content_id}"


def creator_topic(account_id: int) -> str:
    """Where it is announced that a creator's contents or their numbers changed."""
    return f"creator:{account_id}"


def platform_topic(platform_id: int) -> str:
    """Where it is announced that a platform's contents or their numbers changed."""
    return f"platform:{platform_id}"


def wallet_topic(wallet_id: int) -> str:
    """Where it is announced that a wallet's money, budget or clicks changed."""
    return f"wallet:{wallet_id}"


def settlement_topic(period_key: str) -> str:
    """Where it is announced how far the settlement of a period ("2026-11") is."""
    return f"settlement:{period_key}"


def announce(topic: str, message: bytes = b"") -> None:
    """Publish `message` on `topic` once what is written here is committed.

    Where nobody knows whether it was committed, watchers are told to read again.
    """

    def publish(sure: bool) -> None:
        if sure:
            current_bus().publish(topic, message)
        else:
            _publish_doubt(topic)

    after_commit(publish)


def announce_number(topic: str, seq: int, message: bytes) -> None:
    """Like `announce`, unless this process has published a higher `seq` on the topic meanwhile.

    Two clicks that commit one after the other may come here the other way round, and of messages
    on their way a bus keeps the last.
    """

    def publish(sure: bool) -> None:
        bus = current_bus()
        if not sure:
            _publish_doubt(topic)
        elif _published.rises(bus, topic, seq):
            bus.publish(topic, message)

    after_commit(publish)


def announce_contents(platform_id: int | None, creator_ids: Iterable[int]) -> None:
    """Something of these creators', on this platform, changed."""
    if platform_id is not None:
        announce(platform_topic(platform_id))
    for creator_id in sorted(set(creator_ids)):
        announce(creator_topic(creator_id))


def _publish_doubt(topic: str) -> None:
    _publish_empty(topic)
    asyncio.get_running_loop().call_later(DOUBT_S, _publish_empty, topic, context=Context())


def _publish_empty(topic: str) -> None:
    current_bus().publish(topic, b"")


class _Published:
    """The highest number published on each topic of the bus in use."""

    def __init__(self) -> None:
        self._bus: Bus | None = None
        self._seqs: OrderedDict[str, int] = OrderedDict()

    def rises(self, bus: Bus, topic: str, seq: int) -> bool:
        """Whether `seq` is the highest so far; then it is remembered."""
        if bus is not self._bus:
            self._bus, self._seqs = bus, OrderedDict()
        if seq < self._seqs.get(topic, seq):
            return False
        self._seqs[topic] = seq
        self._seqs.move_to_end(topic)
        if len(self._seqs) > MAX_REMEMBERED:
            self._seqs.popitem(last=False)
        return True


_published = _Published()

"""The hub: one a process, between the bus and whoever watches.

Topics are watched once, however many watch here. A counter's newest state is held as long as
somebody watches it, so who comes late gets it without a statement; what is not known yet is read in
batches. A change reaches its watchers at once, then at most every PACE_S, and only the newest.
After a gap in the messages, or a close, everything watched is read anew, in batches; while other
processes cannot be heard, so is whatever somebody comes to.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextvars import Context
from itertools import islice
from math import ceil

import structlog

from app.core.bus import Bus, current_bus
from app.core.errors import ContentNotFound
from app.domain.announce import PERIOD, counter_topic
from app.domain.batched import Batched
from app.domain.counters import Counter, counter_in, present_counters
from app.domain.live_stats import LiveStats, creator_stats, platform_stats
from app.domain.sessions import Viewer, viewers_of
from app.domain.wallets import WalletState, wallet_states

PACE_S = 0.1
"""Between two states of one counter, in seconds at least."""
TOUCH_PACE_S = 0.25
"""Between two readings for one stream that reads again, in seconds at least."""
COLLECT_S, COLLECT_BUSY_S = 0.002, 0.05
"""How long a reading waits for others to join it: the first one, and one soon after another."""
REFRESH_S, SLICES = 60.0, 60
"""How long about something stays wrong that nobody was told of: a process was killed between its
commit and its message. All that is watched is read again so often, a slice at a time, in batches.
"""
AWAY_REFRESH_S = 2.0
"""The same while other processes cannot be heard: their clicks are seen so late."""
MAX_BATCH = 1000
"""Counters read by one statement, and topics watched at once."""
RETRY_S, MAX_RETRY_S = 0.25, 5.0
"""How long to wait for a database that does not answer, doubled each time, in seconds."""
MAX_OWNERS = 20
"""Creators or platforms counted at once."""
STATS_REST = 4
"""Counting takes a fifth of one connection's time at most."""

log = structlog.get_logger("obole.live")


class _Box:
    """What one watcher has yet to look at: topics, each once, however often they change."""

    __slots__ = ("arrived", "changed", "unready")

    def __init__(self) -> None:
        self.arrived = asyncio.Event()
        self.changed: dict[str, _Topic] = {}
        self.unready = 0

    def put(self, topic: "_Topic") -> None:
        self.changed[topic.name] = topic
        self.arrived.set()


class _Topic:
    """A topic with its watchers, some of them waiting for a reading; a counter's newest state."""

    __slots__ = ("boxes", "content_id", "counter", "free_at", "name", "ready", "timer", "waiting")

    def __init__(self, name: str, content_id: int | None) -> None:
        self.name = name
        self.content_id = content_id
        self.counter: Counter | None = None
        self.ready = False
        self.free_at = 0.0
        self.timer: asyncio.TimerHandle | None = None
        self.boxes: set[_Box] = set()
        self.waiting: set[_Box] = set()

    def tell(self) -> None:
        """Every watcher: look again."""
        for box in self.boxes:
            box.put(self)

    def tell_in_time(self) -> None:
        """The same, at once if the last time was long enough ago, else as soon as it is."""
        if self.timer is not None:
            return
        loop = asyncio.get_running_loop()
        if loop.time() >= self.free_at:
            self._tell_now()
        else:
            self.timer = loop.call_at(self.free_at, self._tell_now, context=Context())

    def _tell_now(self) -> None:
        self.timer = None
        self.free_at = asyncio.get_running_loop().time() + PACE_S
        self.tell()

    def learn(self, counter: Counter) -> bool:
        """Keep the state if it is newer than the one held; whether it was."""
        if self.counter is not None and counter.seq <= self.counter.seq:
            return False
        self.counter = counter
        return True


class Hub:
    """Who watches what in this process. Nothing is held for a watcher that is gone."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.loop = asyncio.get_running_loop()
        self.creators: Batched[int, LiveStats] = _counting(creator_stats)
        self.platforms: Batched[int, LiveStats] = _counting(platform_stats)
        self.viewers: Batched[str, Viewer | None] = Batched(viewers_of)
        self.wallets: Batched[int, WalletState] = Batched(wallet_states)
        self._topics: dict[str, _Topic] = {}
        self._wanted: dict[str, None] = {}
        self._unwanted: dict[str, None] = {}
        self._worker: asyncio.Task[None] | None = None
        self._read_at = 0.0
        self._refresher: asyncio.TimerHandle | None = None
        bus.attach(self._on_message, self._read_anew)

    @property
    def idle(self) -> bool:
        """Whether nobody watches anything, and nothing is left to be done."""
        return not (self._topics or self._wanted or self._unwanted or self._worker)

    async def counters(self, content_ids: Sequence[int]) -> AsyncGenerator[Counter, None]:
        """A snapshot of each content's counter, then every change, in absolute numbers.

        Never an older `seq` than the last one of that content. Contents that are not there are
        left out. Raises ContentNotFound where none is there.
        """
        wanted = {counter_topic(content_id): content_id for content_id in content_ids}
        box = self._join(wanted)
        try:
            sent: dict[int, int] = {}
            missing = set[str]()
            while True:
                await box.arrived.wait()
                while box.changed:
                    topic = box.changed.pop(next(iter(box.changed)))
                    counter = topic.counter
                    if counter is None:
                        missing |= {topic.name} & wanted.keys()
                    elif counter.seq > sent.get(counter.content_id, -1):
                        sent[counter.content_id] = counter.seq
                        yield counter
                box.arrived.clear()
                if len(missing) == len(wanted) and not sent:
                    raise ContentNotFound
        finally:
            self._leave(box, wanted)

    async def touched(self, topics: Iterable[str]) -> AsyncGenerator[None, None]:
        """Once when the topics are watched, then after changes: read again, every time.

        A change between two times is never missed, many changes are one.
        """
        wanted = dict.fromkeys(topics, None)
        box = self._join(wanted)
        try:
            while True:
                await box.arrived.wait()
                box.arrived.clear()
                if box.unready:
                    continue
                box.changed.clear()
                yield
                await asyncio.sleep(TOUCH_PACE_S)
        finally:
            self._leave(box, wanted)

    def _join(self, wanted: dict[str, int] | dict[str, None]) -> _Box:
        box = _Box()
        self._refresh_later()
        for name, content_id in ((PERIOD, None), *wanted.items()):
            topic = self._topics.get(name)
            if topic is None:
                topic = self._topics[name] = _Topic(name, content_id)
                self._want(name)
            topic.boxes.add(box)
            if topic.ready and not self._may_be_old(topic):
                box.put(topic)
            else:
                topic.waiting.add(box)
                box.unready += 1
        return box

    def _may_be_old(self, topic: _Topic) -> bool:
        """Whether another process may show something newer; then it is being read."""
        old = self.bus.away and topic.content_id is not None
        if old:
            self._want(topic.name)
        return old

    def _leave(self, box: _Box, wanted: Iterable[str]) -> None:
        for name in (PERIOD, *wanted):
            topic = self._topics[name]
            topic.boxes.discard(box)
            topic.waiting.discard(box)
            if topic.boxes:
                continue
            if topic.timer is not None:
                topic.timer.cancel()
            del self._topics[name]
            self._wanted.pop(name, None)
            self._unwanted[name] = None
        if not self._topics and self._refresher is not None:
            self._refresher.cancel()
            self._refresher = None
        self._work()

    def _refresh_later(self) -> None:
        if self._refresher is None:
            pause_s = AWAY_REFRESH_S if self.bus.away else REFRESH_S / SLICES
            self._refresher = self.loop.call_later(pause_s, self._refresh, context=Context())

    def _refresh(self) -> None:
        self._refresher = None
        if self.bus.away:
            self._read_anew()
        else:
            self._read_slice()
        self._refresh_later()

    def _read_slice(self) -> None:
        """Read the next topics in turn anew: those longest here, or read longest ago."""
        for name in list(islice(self._topics, ceil(len(self._topics) / SLICES))):
            topic = self._topics[name] = self._topics.pop(name)
            if name != PERIOD:  # whoever watches anything watches it: it would tell everybody
                self._read_again(topic)

    def _on_message(self, name: str, message: bytes) -> None:
        if name == PERIOD:
            self._read_anew()
            return
        topic = self._topics.get(name)
        if topic is None:
            return
        if topic.content_id is None:
            topic.tell()
            return
        counter = counter_in(topic.content_id, message)
        if counter is None:
            self._want(name)
        elif topic.learn(counter):
            topic.tell_in_time()

    def _read_anew(self) -> None:
        """Messages were lost, or a close changed what every counter reads."""
        for topic in self._topics.values():
            self._read_again(topic)

    def _read_again(self, topic: _Topic) -> None:
        if topic.content_id is not None:
            self._want(topic.name)
        elif topic.ready:
            topic.tell()

    def _want(self, name: str) -> None:
        """Have this topic watched, and its counter read."""
        self._wanted[name] = None
        self._work()

    def _work(self) -> None:
        if self._worker is None and (self._wanted or self._unwanted):
            # A context of its own: not inside whatever transaction the watcher may be in.
            self._worker = asyncio.create_task(self._run(), context=Context())

    async def _run(self) -> None:
        """Do what is wanted, batch after batch; nothing else watches, unwatches or reads."""
        retry_s = RETRY_S
        try:
            while self._wanted or self._unwanted:
                busy = self.loop.time() - self._read_at < PACE_S
                await asyncio.sleep(COLLECT_BUSY_S if busy else COLLECT_S)
                try:
                    await self._unwatch()
                    await self._read()
                    retry_s = RETRY_S
                except Exception as error:
                    log.warning("live_reading_failed", error=type(error).__name__, exc_info=error)
                    await asyncio.sleep(retry_s * random.uniform(0.5, 1.0))
                    retry_s = min(2 * retry_s, MAX_RETRY_S)
        finally:
            self._worker = None  # also where it was stopped: what is wanted next starts another

    async def _unwatch(self) -> None:
        gone = [name for name in self._unwanted if name not in self._topics]
        self._unwanted.clear()
        if gone:
            await self.bus.unwatch(gone)

    async def _read(self) -> None:
        """Watch first, then read: what changes in between comes as a message."""
        batch = [self._topics[name] for name in list(self._wanted)[:MAX_BATCH]]
        for topic in batch:
            del self._wanted[topic.name]
        try:
            await self.bus.watch([topic.name for topic in batch])
            counters = await self._counters(batch)
        except BaseException:
            here = (topic.name for topic in batch if self._topics.get(topic.name) is topic)
            self._wanted = dict.fromkeys(here) | self._wanted
            raise
        for topic in batch:
            if self._topics.get(topic.name) is topic:
                self._ready(topic, counters)

    async def _counters(self, batch: list[_Topic]) -> dict[int, Counter]:
        ids = [topic.content_id for topic in batch if topic.content_id is not None]
        found = await present_counters(ids) if ids else []
        self._read_at = self.loop.time()
        return {counter.content_id: counter for counter in found if counter is not None}

    def _ready(self, topic: _Topic, counters: dict[int, Counter]) -> None:
        counter = counters.get(topic.content_id or 0)
        news = counter is not None and topic.learn(counter)
        if topic.ready and news:
            topic.tell_in_time()
        # A snapshot for those who wait, not a change: the next change is still the first one.
        topic.ready = True
        for box in topic.waiting:
            box.unready -= 1
            box.put(topic)
        topic.waiting.clear()


def _counting(
    count: Callable[[Sequence[int]], Awaitable[Sequence[LiveStats]]],
) -> Batched[int, LiveStats]:
    return Batched(count, at_most=MAX_OWNERS, rest=STATS_REST)


class _Current:
    hub: Hub | None = None


def current_hub() -> Hub:
    """The hub of the bus that is open, made when it is first asked for."""
    hub, bus = _Current.hub, current_bus()
    if hub is None or hub.bus is not bus or hub.loop is not asyncio.get_running_loop():
        hub = _Current.hub = Hub(bus)
    return hub

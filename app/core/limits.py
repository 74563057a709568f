"""Rate limits by the generic cell rate algorithm, on Obole's own clock.

The `limits` library reads the machine's clock; a replay of 2013 needs limits that live in 2013.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import ceil

from app.core.clock import now
from app.core.errors import RateLimited

MAX_KEYS = 100_000
"""Keys remembered a limit; the longest unused are forgotten first."""


@dataclass(slots=True)
class RateLimit:
    """At most `count` in `window`, with bursts up to `count`, per key, in this process."""

    count: int
    window: timedelta
    _free_at: OrderedDict[str, datetime] = field(default_factory=OrderedDict)

    def take(self, key: str) -> None:
        """Take one for `key`. Raises RateLimited with the seconds to wait."""
        at = now()
        step = self.window / self.count
        free_at = max(self._free_at.get(key, at), at)
        burst = step * (self.count - 1)
        if free_at - at > burst:
            wait = free_at - at - burst
            raise RateLimited(retry_after_s=max(1, ceil(wait.total_seconds())))
        self._free_at[key] = free_at + step
        self._free_at.move_to_end(key)
        if len(self._free_at) > MAX_KEYS:
            self._free_at.popitem(last=False)

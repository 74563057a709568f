"""A subscription that outlives what goes wrong on our side.

Most clients give a subscription up for good when it ends in an error, and a display has nobody who
would reload it. What it shows is state: begun again, a subscription sends how things are now.
"""

import asyncio
import random
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing

from app.api.live.event import Event, OperationFailed

STEADY_S = 60.0
"""After so long a run an earlier failure is forgotten."""


async def lasting_events(
    begin: Callable[[], AsyncGenerator[Event, None]], *, retries_s: Sequence[float]
) -> AsyncGenerator[Event, None]:
    """The events of `begin()`, begun again where they end by a fault of ours after the first one.

    So are they after a flawed event, lest it stay the newest. retries_s: how long to wait before
    each attempt, at most; then the failure is told, and flawed events are all there is.
    """
    loop = asyncio.get_running_loop()
    told, attempts = False, 0
    while True:
        began_at = loop.time()
        try:
            async with aclosing(begin()) as events:
                async for event in events:
                    told = True
                    yield event
                    if loop.time() - began_at > STEADY_S:
                        attempts = 0
                    if event.flawed and attempts < len(retries_s):
                        break
                else:
                    return
        except OperationFailed as failed:
            if loop.time() - began_at > STEADY_S:
                attempts = 0
            if not (told and failed.ours) or attempts >= len(retries_s):
                raise
        await asyncio.sleep(retries_s[attempts] * random.uniform(0.5, 1.0))
        attempts += 1

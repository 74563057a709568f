"""Each event of a subscription, executed in time.

graphql-core waits for the source and executes what it yields in one go; only an executor stands
between the two.
"""

import asyncio
from collections.abc import Awaitable
from contextvars import ContextVar
from typing import Any

from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

EVENT_TIMEOUT_S: ContextVar[float | None] = ContextVar("event_timeout_s", default=None)
"""How long an event's execution may take, where the operation is not bounded as a whole."""


class TimelyExecutor(StrawberryGraphQLCoreExecutionContext):
    """Strawberry's executor. Raises TimeoutError in place of a result that comes too late."""

    def execute_operation(self, serially: bool | None = None) -> Any:
        """The result of an operation, or of one event."""
        result = super().execute_operation(serially)
        timeout_s = EVENT_TIMEOUT_S.get()
        if timeout_s is None or not self.is_awaitable(result):
            return result
        return _in_time(result, timeout_s)


async def _in_time(result: Awaitable[Any], timeout_s: float) -> Any:
    async with asyncio.timeout(timeout_s):
        return await result

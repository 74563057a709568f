"""The gate every mutation goes through, once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.core.errors import OriginNotAllowed, Overloaded
from app.core.settings import get_settings
from app.resolvers.context import Context


class _Gate:
    """How many writes this process has under way."""

    in_flight = 0


@asynccontextmanager
async def one_write(context: Context, *, counted: bool = True) -> AsyncIterator[None]:
    """Room for one write, and fresh loaders before and after it.

    counted: False for what waits for a password's hash first, and is bounded by that queue: it
    would keep room from writes that are quick.
    Raises OriginNotAllowed for a cookie from a page that is not ours, and Overloaded beyond the
    setting `max_concurrent_writes`: nothing was changed then.
    """
    if context.origin_refused:
        raise OriginNotAllowed
    if counted and _Gate.in_flight >= get_settings().max_concurrent_writes:
        raise Overloaded
    _Gate.in_flight += counted
    context.forget()
    try:
        yield
    finally:
        _Gate.in_flight -= counted
        context.forget()

"""Settlements: read by everybody, run and verified on an operator's word.

A settlement may take longer than an operation. It runs in a task of its own, which neither the
operation's time-out nor a client that hangs up can stop, and the operation answers how far it is.
"""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import TypeVar

import structlog

from app.core.settings import get_settings
from app.domain.periods import Period, period_by_key
from app.resolvers.context import Context
from app.resolvers.period import require_operator
from app.settlement.settle import settle_period
from app.settlement.settlements import Settlement, settlements_of
from app.settlement.verify import Verification, verify_period

log = structlog.get_logger("obole.settlement")

SPARE_S = 2.0
"""Left of an operation's time to write its answer, in seconds."""

Outcome = TypeVar("Outcome")
_running: set[asyncio.Task[object]] = set()


async def read_settlement(context: Context, period: Period) -> Settlement | None:
    """The settlement of a period; None before it has begun."""
    return await context.loaders.settlements.load(period.id)


@dataclass(frozen=True, slots=True)
class Settling:
    """A period whose settlement was asked for: whether it is done, and how far it is."""

    done: bool
    period: Period
    settlement: Settlement | None


async def settle(context: Context, key: str) -> Settling:
    """Settle a closed period on an operator's word, waiting for its end a while."""
    await require_operator(context)
    outcome = await _started(settle_period(key))
    period = await period_by_key(key)
    settlement = outcome or (await settlements_of([period.id]))[0]
    return Settling(outcome is not None, period, settlement)


async def verify(context: Context, key: str) -> tuple[Period, Verification | None]:
    """Recompute a settled period on an operator's word; None if that takes longer than we wait."""
    await require_operator(context)
    outcome = await _started(verify_period(key))
    return await period_by_key(key), outcome


async def running() -> None:
    """Wait for what was answered before it was over: for whoever must not leave it behind."""
    if _running:
        await asyncio.wait(_running)


async def stop_running(*, timeout_s: float) -> None:
    """Wait for the same, but stop what takes longer: it goes on where it was next time."""
    if not _running:
        return
    _, late = await asyncio.wait(_running, timeout=timeout_s)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late)


async def _started(work: Coroutine[object, object, Outcome]) -> Outcome | None:
    """The work's outcome, or None if it goes on after we have answered. Raises what it raises."""
    task = asyncio.create_task(work)
    _running.add(task)
    task.add_done_callback(_over)
    done, _ = await asyncio.wait({task}, timeout=_patience_s())
    return task.result() if done else None


def _over(task: asyncio.Task[Outcome]) -> None:
    _running.discard(task)
    if task.cancelled():
        log.warning("settlement_stopped")
    elif (error := task.exception()) is not None:
        log.warning("settlement_refused", error=type(error).__name__, message=str(error))


def _patience_s() -> float:
    settings = get_settings()
    return max(0.0, min(settings.settle_wait_s, settings.operation_timeout_s - SPARE_S))

"""Settle: turn a closed period into entries, once, whatever happens on the way.

freeze → allocate → post in batches → check → mark settled. Killed at any point and run again, by
this process or another, the result is the same. Source: DESIGN.md §4.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from app.core.clock import now
from app.core.errors import (
    PeriodAlreadySettled,
    PeriodNotClosed,
    PeriodOutOfOrder,
    SettlementRunning,
)
from app.core.settings import get_settings
from app.domain.announce import PERIOD, announce, settlement_topic
from app.domain.periods import Period, closed_periods, period_by_key
from app.models.database import execute, fetch_one, for_update, transaction
from app.models.locks import LockTaken, exclusive_lock
from app.settlement.check import check_conservation, check_posted
from app.settlement.digest import digest_of
from app.settlement.engines import allocate
from app.settlement.freeze import freeze_period
from app.settlement.inputs import read_inputs
from app.settlement.post import batches_of, post_batch, posted_batches, shape_of
from app.settlement.room import check_room
from app.settlement.settlements import Settlement, settlement_of
from app.settlement.slices import Slices, slices_of


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a settlement is: batches done of all of them."""

    done: int
    of: int


Report = Callable[[Progress], object]


async def settle_period(
    key: str, *, engine: str | None = None, report: Report | None = None
) -> Settlement:
    """Settle the closed period `key`; go on with it where another process was stopped.

    engine: who allocates, by default the setting's. report: told after every batch.
    Raises PeriodNotClosed, PeriodAlreadySettled, PeriodOutOfOrder, SettlementRunning, NotFound, and
    BrokenInvariant where money would not be conserved: then nothing more is posted.
    """
    _check_due(await period_by_key(key), await closed_periods())
    async with _one_settler():
        period = await period_by_key(key)
        _check_due(period, await closed_periods())
        await check_conservation()
        await freeze_period(period)
        announce(settlement_topic(key))
        await _post(period, engine or get_settings().settle_engine, report)
        await _mark_settled(period)
    return await settlement_of(period.id)


async def settle_due(*, engine: str | None = None, report: Report | None = None) -> list[str]:
    """Settle every closed period in order; the keys settled now."""
    keys = []
    for period in await closed_periods():
        await settle_period(period.key, engine=engine, report=report)
        keys.append(period.key)
    return keys


async def allocated(period: Period, engine: str) -> Slices:
    """The allocation of a frozen period, computed anew from its clicks and frozen rows."""
    inputs = await read_inputs(period.id)
    return slices_of(await asyncio.to_thread(allocate, inputs, engine))


async def _post(period: Period, engine: str, report: Report | None) -> None:
    done, shape = await posted_batches(period), await shape_of(period)
    if done == shape.batches:
        return
    allocation = await allocated(period, engine)
    if done == 0:
        await check_room(allocation)
    async for batch in batches_of(period, allocation, first=done):
        await post_batch(period, batch)
        announce(settlement_topic(period.key))
        if report is not None:
            report(Progress(batch.number + 1, shape.batches))


async def _mark_settled(period: Period) -> None:
    """Check, then write totals, checkpoints and the digest, in one transaction with the status.

    A settler that was taken for dead and replaced finds it done, and leaves it so.
    """
    await check_posted(period)
    digest = await digest_of(period)
    async with transaction():
        if await _is_settled(period):
            return
        await _write_totals(period)
        await _write_checkpoints(period)
        await execute(
            "UPDATE settlements SET status = 'settled', digest = $1, settled_at = $2"
            " WHERE period_id = $3 AND status = 'frozen'",
            *(digest, now(), period.id),
        )
        await execute(
            "UPDATE periods SET status = 'settled', settled_at = $1"
            " WHERE id = $2 AND status = 'closed'",
            *(now(), period.id),
        )
        await check_conservation()
        announce(settlement_topic(period.key))
        announce(PERIOD)


async def _is_settled(period: Period) -> bool:
    row = await fetch_one(
        f"SELECT status FROM settlements WHERE period_id = $1{for_update()}", period.id
    )
    return row is not None and row["status"] == "settled"


async def _write_totals(period: Period) -> None:
    await execute(
        "INSERT INTO settlement_totals (period_id, currency, gross_micros, commission_micros,"
        " platform_micros, net_micros, escrow_micros)"
        " SELECT period_id, currency, SUM(gross_micros), SUM(commission_micros),"
        " SUM(platform_micros), SUM(net_micros), SUM(CASE WHEN escrow THEN gross_micros ELSE 0 END)"
        " FROM content_results WHERE period_id = $1 GROUP BY period_id, currency"
        " ON CONFLICT DO NOTHING",
        period.id,
    )


async def _write_checkpoints(period: Period) -> None:
    """The sums of accounts without a balance row, of everything stamped up to this period."""
    await execute(
        "INSERT INTO checkpoints (account_id, period_id, micros)"
        " SELECT a.id, $1, COALESCE((SELECT c.micros FROM checkpoints c"
        "   WHERE c.account_id = a.id ORDER BY c.period_id DESC LIMIT 1), 0) + p.micros"
        " FROM (SELECT l.account_id, SUM(l.amount_micros) AS micros FROM postings l"
        "   JOIN entries e ON e.id = l.entry_id WHERE e.period_id = $1 GROUP BY l.account_id) p"
        " JOIN ledger_accounts a ON a.id = p.account_id"
        " LEFT JOIN balances b ON b.account_id = a.id WHERE b.account_id IS NULL"
        " ON CONFLICT DO NOTHING",
        period.id,
    )


def _check_due(period: Period, closed: list[Period]) -> None:
    if period.status == "open":
        raise PeriodNotClosed
    if period.status == "settled":
        raise PeriodAlreadySettled
    if closed and closed[0].id != period.id:
        raise PeriodOutOfOrder(f"{closed[0].key} is not settled yet. Settle it first.")


@asynccontextmanager
async def _one_settler() -> AsyncIterator[None]:
    try:
        async with exclusive_lock("settle", wait=False):
            yield
    except LockTaken:
        raise SettlementRunning from None

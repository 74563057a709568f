"""The server's own clockwork: a period closes and settles by itself when it is due."""

import asyncio

import structlog

from app.core.errors import DomainError, PeriodAlreadySettled, SettlementRunning
from app.core.settings import get_settings
from app.domain.periods import close_if_over
from app.settlement.settle import settle_due

log = structlog.get_logger()


async def run_due() -> None:
    """Close the open period if it is over, and settle every closed one, oldest first.

    Several servers may do so at once: one settles, the others leave it to that one.
    """
    closed = await close_if_over()
    if closed is not None:
        log.info("period_closed", period=closed.key)
    try:
        for key in await settle_due():
            log.info("period_settled", period=key)
    except (SettlementRunning, PeriodAlreadySettled):
        return


async def run_scheduler(stop: asyncio.Event) -> None:
    """`run_due` every `scheduler_interval_s` seconds until `stop` is set; 0 never does.

    What fails is logged with its traceback and tried again at the next turn.
    """
    interval_s = get_settings().scheduler_interval_s
    if not interval_s:
        return
    while not stop.is_set():
        try:
            await run_due()
        except DomainError as error:
            log.warning("scheduler_refused", code=error.code, message=error.message)
        except Exception:
            log.exception("scheduler_failed")
        try:
            async with asyncio.timeout(interval_s):
                await stop.wait()
        except TimeoutError:
            continue

"""`obole settle`: settle what is closed."""

from typing import Annotated

import typer
from rich.table import Table

from app.commands.bars import bar
from app.commands.engine import NAMES, known_engine
from app.commands.exits import out
from app.commands.opened import in_database
from app.core.money import Money, format_money
from app.domain.periods import closed_periods
from app.settlement.settle import Progress, settle_period
from app.settlement.settlements import Settlement


def settle(
    key: Annotated[
        str | None, typer.Argument(help="The closed period: 2026-11. Without it, all that are due.")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(callback=known_engine, help=f"Who allocates: {NAMES}.")
    ] = None,
) -> None:
    """Settle a closed period, or all of them in order. Stopped anywhere, run it again."""

    async def work() -> list[tuple[str, Settlement]]:
        keys = [key] if key else [period.key for period in await closed_periods()]
        return [(one, await _settle(one, engine)) for one in keys]

    settled = in_database(work)
    for one, settlement in settled:
        out.print(_table(one, settlement))
        out.print(f"Digest {settlement.digest}")
    if not settled:
        out.print("No period is waiting to be settled.")


async def _settle(key: str, engine: str | None) -> Settlement:
    with bar() as shown:
        task = shown.add_task(f"Settling {key}", total=None)

        def report(progress: Progress) -> None:
            shown.update(task, completed=progress.done, total=progress.of)

        return await settle_period(key, engine=engine, report=report)


def _table(key: str, settlement: Settlement) -> Table:
    table = Table(
        title=f"{key}: {settlement.wallets} wallets, {settlement.clicks} clicks, "
        f"{settlement.contents} contents"
    )
    for name in ("gross", "commission", "net", "escrow"):
        table.add_column(name, justify="right")
    for total in settlement.totals:
        amounts = (
            *(total.gross_micros, total.commission_micros),
            *(total.net_micros, total.escrow_micros),
        )
        table.add_row(*(format_money(Money(micros, total.currency)) for micros in amounts))
    return table

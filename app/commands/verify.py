"""`obole verify`: recompute settled periods and compare them with the ledger."""

from typing import Annotated

import typer

from app.commands.exits import ExitCode, err, out
from app.commands.opened import in_database
from app.domain.periods import list_periods
from app.settlement.check import breaches
from app.settlement.verify import Verification, verify_period

MOST = 10_000


def verify(
    key: Annotated[
        str | None, typer.Argument(help="A settled period: 2026-11. Without it, all of them.")
    ] = None,
    engine: Annotated[
        str | None, typer.Option(help="Who recomputes: polars, duckdb or reference.")
    ] = None,
) -> None:
    """Check every rule of the ledger, and recompute settled periods to the micro-unit.

    Ends with 1 if anything differs.
    """
    broken, verified = in_database(lambda: _verify(key, engine))
    for verification in verified:
        out.print(_line(verification))
        for difference in verification.differences:
            err.print(f"  {difference}", style="red", markup=False)
    for rule in broken:
        err.print(f"broken: {rule}", style="red", markup=False)
    if broken or any(verification.differences for verification in verified):
        raise typer.Exit(ExitCode.DIFFERENCE)
    out.print("Everything adds up.")


async def _verify(key: str | None, engine: str | None) -> tuple[list[str], list[Verification]]:
    broken = [f"{b.rule}: {', '.join(b.where)}" for b in await breaches()]
    keys = (
        [key] if key else [p.key for p in await list_periods(limit=MOST) if p.status == "settled"]
    )
    return broken, [await verify_period(one, engine=engine) for one in reversed(keys)]


def _line(verification: Verification) -> str:
    return (
        f"{verification.period_key}: {verification.entries} entries, {verification.legs} legs,"
        f" digest {verification.digest[:16]}…, {len(verification.differences)} differences"
    )

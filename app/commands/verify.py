"""`obole verify`: recompute settled periods and compare them with the ledger."""

from typing import Annotated

import typer

from app.commands.bars import bar
from app.commands.engine import NAMES, known_engine
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
        str | None, typer.Option(callback=known_engine, help=f"Who recomputes: {NAMES}.")
    ] = None,
) -> None:
    """Check every rule of the ledger, and recompute settled periods to the micro-unit.

    Ends with 1 if anything differs.
    """
    broken, verified = in_database(lambda: _verify(key, engine))
    for verification in verified:
        out.print(_line(verification))
        for difference in verification.differences:
            err.print(f"  {difference}", style="red")
    for rule in broken:
        err.print(f"broken: {rule}", style="red")
    if broken or any(verification.differences for verification in verified):
        raise typer.Exit(ExitCode.DIFFERENCE)
    out.print("Everything adds up.")


async def _verify(key: str | None, engine: str | None) -> tuple[list[str], list[Verification]]:
    broken = [f"{b.rule}: {', '.join(b.where)}" for b in await breaches()]
    keys = [key] if key else await _settled_keys()
    verified = []
    with bar() as shown:
        for one in shown.track(keys, description="Verifying"):
            verified.append(await verify_period(one, engine=engine))
    return broken, verified


async def _settled_keys() -> list[str]:
    """The keys of all settled periods, oldest first."""
    periods = await list_periods(limit=MOST)
    return [period.key for period in reversed(periods) if period.status == "settled"]


def _line(verification: Verification) -> str:
    return (
        f"{verification.period_key}: {verification.entries} entries, {verification.legs} legs,"
        f" digest {verification.digest[:16]}…, {len(verification.differences)} differences"
    )

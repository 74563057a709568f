"""`obole replay DIR`: real Flattr months through our own code, compared to the micro-unit."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from app.api.asgi_client import GraphQLClient, GraphQLRequestFailed
from app.commands.bars import bar
from app.commands.beginning import begin_in
from app.commands.exits import ExitCode, err
from app.commands.pinned import PINNED
from app.commands.replay_api import Refused, ReplayApi
from app.commands.replay_files import months_of, read_reports
from app.commands.replay_run import OPERATOR, PASSWORD, Difference, Outcome, Replay
from app.core.clock import FixedClock, use_clock
from app.core.errors import SettingsError
from app.core.money import format_decimal
from app.core.settings import use_settings
from app.domain.accounts import sign_up
from app.domain.flattr_csv import InvalidReport, Report
from app.domain.periods import start_of
from app.main import create_app
from app.models.database import open_database
from app.models.reachable import shown_url

MAX_SHOWN = 50
"""Differences shown; all are counted."""


def replay(
    directory: Annotated[
        Path, typer.Argument(exists=True, file_okay=False, help="Where the reports (*.csv) are.")
    ],
    database: Annotated[
        str, typer.Option(help="An empty database, left in place: a FILE or postgresql://…")
    ] = "obole-replay.db",
) -> None:
    """Replay Flattr's monthly revenue reports through the GraphQL API, and compare.

    Exits 0 if every content of every month came out exactly, 1 if not, 2 if a report cannot be
    read or the database is not empty.
    """
    try:
        reports = read_reports(directory)
        outcome = asyncio.run(_replay(reports, _url(database)))
    except InvalidReport as error:
        err.print(error.message, style="red")
        raise typer.Exit(ExitCode.UNUSABLE) from None
    except (Refused, GraphQLRequestFailed) as error:
        err.print(str(error), style="red")
        raise typer.Exit(ExitCode.DIFFERENCE) from None
    if outcome is None:
        where = shown_url(database)
        err.print(f"The database {where} is not empty. Name one that is: --database.")
        raise typer.Exit(ExitCode.UNUSABLE)
    if outcome.differences:
        err.print(_table(outcome.differences[:MAX_SHOWN]))
    typer.echo(summary(outcome))
    if outcome.differences:
        raise typer.Exit(ExitCode.DIFFERENCE)


def _url(database: str) -> str:
    """The URL of what --database names. Raises SettingsError for a kind that we do not know."""
    scheme = database.partition("://")[0] if "://" in database else ""
    if scheme not in ("", "sqlite", "postgres", "postgresql"):
        raise SettingsError(f"--database is a file or postgresql://…, not {scheme}://…")
    return database if scheme else f"sqlite://{database}"


async def _replay(reports: Sequence[Report], database: str) -> Outcome | None:
    """The replay's outcome, or None where the database is not empty."""
    first = reports[0].period_key
    clock = FixedClock(start_of(first))
    with (
        use_clock(clock),
        use_settings(database_url=database, **PINNED) as settings,
    ):
        async with open_database(database):
            if not await begin_in(first):
                return None
            await _open_operator()
            async with GraphQLClient(create_app(settings)) as client:
                with bar() as shown:
                    task = shown.add_task("Replaying", total=len(months_of(reports)))
                    replay = Replay(ReplayApi(client, clock), clock)
                    return await replay.run(
                        reports, lambda key: shown.update(task, advance=1, description=key)
                    )


async def _open_operator() -> None:
    """What `obole create-operator` does: nobody becomes an operator through the API."""
    await sign_up(
        handle=OPERATOR,
        email=f"{OPERATOR}@replay.example",
        password=PASSWORD,
        display_name="Operator",
        is_operator=True,
    )


def summary(outcome: Outcome) -> str:
    """The last line of the replay."""
    return (
        f"{outcome.months} months, {outcome.rows} rows, {outcome.clicks} clicks,"
        f" {format_decimal(outcome.net_micros)} EUR, {len(outcome.differences)} differences"
    )


def _table(differences: Sequence[Difference]) -> Table:
    table = Table("month", "address", "reported", "replayed", title="Differences")
    for difference in differences:
        table.add_row(
            difference.period_key,
            difference.url,
            _pair(difference.reported),
            _pair(difference.replayed),
        )
    return table


def _pair(result: tuple[int, int]) -> str:
    clicks, net_micros = result
    return f"{clicks} clicks, {format_decimal(net_micros)} EUR"

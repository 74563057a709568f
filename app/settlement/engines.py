"""Stopgap until RULES' engines arrive."""

from dataclasses import dataclass
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class AllocationInputs:
    clicks: Any
    wallets: Any
    exclusions: Any
    contents: Any
    shares: Any


@dataclass(frozen=True, slots=True)
class Allocation:
    given: Any
    results: Any
    parts: Any
    lots: Any


def _bps(x: pl.Expr, bps: pl.Expr) -> pl.Expr:
    return x // 10_000 * bps + x % 10_000 * bps // 10_000


def allocate(inputs: AllocationInputs, engine: str) -> Allocation:
    f = {n: pl.DataFrame(getattr(inputs, n)) for n in AllocationInputs.__slots__}
    f = {
        n: d.with_columns(pl.col(c).cast(pl.Int64) for c in d.columns if d[c].dtype != pl.Boolean)
        for n, d in f.items()
    }
    given = f["wallets"].with_columns(unit_micros=pl.col("pot_micros") // pl.col("total_weight"))
    given = given.with_columns(given_micros=pl.col("unit_micros") * pl.col("total_weight"))
    ck = f["clicks"].join(f["exclusions"], on=["wallet_id", "content_id"], how="anti")
    ck = ck.join(given, on="wallet_id").with_columns(
        gross_micros=pl.col("unit_micros") * pl.col("weight")
    )
    r = ck.group_by("content_id", "currency").agg(
        clicks=pl.len().cast(pl.Int64), gross_micros=pl.col("gross_micros").sum()
    )
    r = r.join(f["contents"], on="content_id")
    z = pl.col("escrow")
    r = r.with_columns(
        commission_micros=pl.when(z)
        .then(0)
        .otherwise(_bps(pl.col("gross_micros"), pl.col("commission_bps"))),
        platform_micros=pl.when(z)
        .then(0)
        .otherwise(_bps(pl.col("gross_micros"), pl.col("platform_bps"))),
    )
    r = r.with_columns(
        house_micros=pl.col("commission_micros") - pl.col("platform_micros"),
        net_micros=pl.when(z)
        .then(0)
        .otherwise(pl.col("gross_micros") - pl.col("commission_micros")),
    )
    p = (
        r.filter(~z)
        .join(f["shares"], on="content_id")
        .with_columns(part_micros=_bps(pl.col("net_micros"), pl.col("share")))
    )
    g = ["content_id", "currency"]
    first = pl.col("position") == pl.col("position").min().over(g)
    p = p.with_columns(
        part_micros=pl.col("part_micros")
        + pl.when(first)
        .then(pl.col("net_micros") - pl.col("part_micros").sum().over(g))
        .otherwise(0)
    )
    lots = ck.join(f["contents"].filter(z), on="content_id").filter(pl.col("gross_micros") > 0)
    return Allocation(given, r, p, lots)

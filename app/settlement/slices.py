"""An allocation cut into ranges of ids, as rows of plain ints, for posting batch by batch."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import polars as pl

from app.settlement.engines import Allocation


class Result(NamedTuple):
    """What one content got in one currency (ISO 4217 number), in micro-units."""

    content_id: int
    currency: int
    clicks: int
    gross_micros: int
    commission_micros: int
    platform_micros: int
    house_micros: int
    net_micros: int
    escrow: bool


@dataclass(frozen=True, slots=True)
class Slices:
    """The frames of an allocation, each sorted by its first column."""

    given: pl.DataFrame
    results: pl.DataFrame
    parts: pl.DataFrame
    lots: pl.DataFrame

    def given_between(self, low: int, high: int) -> Iterator[tuple[int, int]]:
        """(wallet id, given micro-units) of the wallets from `low` to `high`."""
        return _rows(self.given, low, high, "wallet_id", "given_micros")

    def results_between(self, low: int, high: int) -> Iterator[Result]:
        """The results of the contents from `low` to `high`."""
        return map(Result._make, _rows(self.results, low, high, *Result._fields))

    def parts_between(self, low: int, high: int) -> Iterator[tuple[int, int, int, int]]:
        """(content id, currency, account id, part) of the contents from `low` to `high`."""
        columns = ("content_id", "currency", "account_id", "part_micros")
        return _rows(self.parts, low, high, *columns)

    def lots_between(self, low: int, high: int) -> Iterator[tuple[int, int, int, int]]:
        """(content id, wallet id, currency, gross) of unclaimed contents from `low` to `high`."""
        return _rows(self.lots, low, high, "content_id", "wallet_id", "currency", "gross_micros")


def slices_of(allocation: Allocation) -> Slices:
    """An allocation's frames, ready to be cut."""
    return Slices(
        given=_sorted(allocation.given, "wallet_id"),
        results=_sorted(allocation.results, "content_id", "currency"),
        parts=_sorted(allocation.parts, "content_id", "currency", "account_id"),
        lots=_sorted(allocation.lots, "content_id", "wallet_id"),
    )


def _sorted(table: Any, *keys: str) -> pl.DataFrame:
    return pl.DataFrame(table).sort(*keys)


def _rows(frame: pl.DataFrame, low: int, high: int, *columns: str) -> Iterator[Any]:
    ids = frame[columns[0]]
    first = ids.search_sorted(low, side="left")
    last = ids.search_sorted(high, side="right")
    return frame.slice(first, last - first).select(columns).iter_rows()

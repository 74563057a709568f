"""Who computes an allocation: Polars by default, DuckDB, or the reference in plain Python.

Polars and DuckDB run the expressions of `allocation`, lazily, in the order that keeps every sum
in range: the inputs are checked first, then the totals, and what comes out is checked again.
"""

from collections.abc import Callable
from typing import Any, Protocol

import duckdb
import narwhals as nw
import polars as pl

from app.core.errors import BrokenInvariant, InvalidInput
from app.core.sharing import MAX_MICROS
from app.settlement import allocation as rules
from app.settlement.allocation import Allocation, AllocationInputs, Frame
from app.settlement.reference import allocate_by_reference

__all__ = ["ENGINES", "Allocation", "AllocationInputs", "allocate"]

SHOWN = 3
"""Rows named in the message of a broken rule."""

INTEGERS = (pl.Int64, pl.Int32, pl.Int16, pl.Int8, pl.UInt32, pl.UInt16, pl.UInt8)
FLAGS = (pl.Boolean,)
"""What the inputs' columns may be of: every value of it is exact as an Int64."""


class Engine(Protocol):
    """Where lazy frames live, and how they are computed."""

    def lazy(self, table: Any) -> Frame:
        """A pyarrow Table or Polars DataFrame as a lazy frame; nothing is copied."""

    def collect(self, frame: Frame) -> pl.DataFrame:
        """A lazy frame's rows."""


class Polars:
    """Lazy frames and the streaming engine: twice as fast as eagerly, in half the memory."""

    def lazy(self, table: Any) -> Frame:
        return nw.from_native(_frame(table).lazy())

    def collect(self, frame: Frame) -> pl.DataFrame:
        native: pl.LazyFrame = frame.to_native()
        return native.collect(engine="streaming")


class DuckDB:
    """An in-memory DuckDB that reads the frames where they are."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET preserve_insertion_order = false")

    def lazy(self, table: Any) -> Frame:
        arrow = table.to_arrow() if isinstance(table, pl.DataFrame) else table
        return nw.from_native(self.connection.from_arrow(arrow))

    def collect(self, frame: Frame) -> pl.DataFrame:
        native: duckdb.DuckDBPyRelation = frame.to_native()
        return pl.DataFrame(native.to_arrow_table())


def allocate(inputs: AllocationInputs, engine: str) -> Allocation:
    """Divide every wallet's pot among its clicks: who gives and who gets what.

    engine: a name in ENGINES. Raises InvalidInput for another, and BrokenInvariant, before anything
    is returned, where an amount or a total is not below 2**53, a column is not of integers (or
    flags), a value is unknown, or the inputs contradict each other.
    """
    run = ENGINES.get(engine)
    if run is None:
        names = ", ".join(sorted(ENGINES))
        raise InvalidInput(f"There is no engine {engine!r}. Choose one of {names}.", field="engine")
    _check_kinds(inputs)
    return run(inputs)


def _check_kinds(inputs: AllocationInputs) -> None:
    """Integers that fit an Int64, flags, and nothing unknown.

    A float or a decimal would lose its fraction without a word, in each engine in another way.
    """
    for name in AllocationInputs.__slots__:
        frame = _frame(getattr(inputs, name))
        for column in rules.COLUMNS[name]:
            kind = frame.schema.get(column)
            if kind not in (FLAGS if column == "escrow" else INTEGERS):
                raise BrokenInvariant(f"{name}.{column} cannot be {kind}")
            if unknown := frame[column].null_count():
                raise BrokenInvariant(f"{name}.{column} is unknown in {unknown} rows")


def _frame(table: Any) -> pl.DataFrame:
    """A pyarrow Table or Polars DataFrame as the latter; nothing is copied."""
    rows = table if isinstance(table, pl.DataFrame) else pl.from_arrow(table, rechunk=False)
    return pl.DataFrame(rows)


def _by_polars(inputs: AllocationInputs) -> Allocation:
    return _by_frames(inputs, Polars())


def _by_duckdb(inputs: AllocationInputs) -> Allocation:
    engine = DuckDB()
    try:
        return _by_frames(inputs, engine)
    finally:
        engine.connection.close()


def _by_frames(tables: AllocationInputs, engine: Engine) -> Allocation:
    inputs = _lazy_inputs(tables, engine)
    for check in (*rules.broken_inputs(inputs), rules.broken_weights(inputs)):
        _hold(check, engine)
    given = engine.collect(rules.ordered(rules.given(inputs.wallets), "given"))
    totals = _totals(given, "given_micros", engine)
    grosses = engine.collect(rules.grosses(inputs, engine.lazy(given)))
    _hold(rules.unknown_contents(engine.lazy(grosses), inputs.contents), engine)
    got = _totals(grosses, "gross_micros", engine)
    if got != totals:
        raise BrokenInvariant(f"wallets give {totals}, contents get {got} micro-units")
    results = engine.collect(
        rules.ordered(rules.results(engine.lazy(grosses), inputs.contents), "results")
    )
    parts = rules.parts(engine.lazy(results), inputs.shares)
    lots = rules.lots(inputs, engine.lazy(given))
    return Allocation(
        given=given,
        results=results,
        parts=engine.collect(rules.ordered(parts, "parts")),
        lots=engine.collect(rules.ordered(lots, "lots")),
    )


def _lazy_inputs(tables: AllocationInputs, engine: Engine) -> rules.Inputs:
    def lazy(name: str) -> Frame:
        return rules.widened(engine.lazy(getattr(tables, name)), name)

    return rules.Inputs(
        clicks=lazy("clicks"),
        wallets=lazy("wallets"),
        exclusions=lazy("exclusions") if len(tables.exclusions) else None,
        contents=lazy("contents"),
        shares=lazy("shares"),
    )


def _hold(check: rules.Check, engine: Engine) -> None:
    broken = engine.collect(check.broken.head(SHOWN))
    if len(broken):
        raise BrokenInvariant(f"does not hold: {check.rule}: {broken.rows(named=True)}")


def _totals(frame: pl.DataFrame, micros: str, engine: Engine) -> dict[int, int]:
    """Each currency's exact sum, where there is one; BrokenInvariant from 2**53 on."""
    rows = engine.collect(rules.halves(engine.lazy(frame), micros)).iter_rows(named=True)
    totals = {row["currency"]: row["high"] * rules.HALF + row["low"] for row in rows}
    for currency, total in totals.items():
        if total >= MAX_MICROS:
            raise BrokenInvariant(
                f"the period's total of {total} micro-units of currency {currency} reaches 2**53"
            )
    return {currency: total for currency, total in totals.items() if total}


ENGINES: dict[str, Callable[[AllocationInputs], Allocation]] = {
    "polars": _by_polars,
    "duckdb": _by_duckdb,
    "reference": allocate_by_reference,
}
"""Every engine by its name; all of them give the same, to the micro-unit."""

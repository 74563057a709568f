"""Every engine gives what the reference gives, to the micro-unit, in any order, at any size."""

from random import Random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import BrokenInvariant, InvalidInput
from app.core.sharing import MAX_MICROS
from app.settlement.engines import ENGINES, AllocationInputs, allocate
from app.settlement.reference import allocate_by_reference
from tests.settlement.inputs import EUR, USD, Rows, month, months, rows_of, wide_month

TOP = MAX_MICROS - 1
every_engine = pytest.mark.parametrize("engine", sorted(ENGINES))


def sums(frame: pl.DataFrame, micros: str) -> dict[int, int]:
    """Exact sums per currency, of what is not 0."""
    found: dict[int, int] = {}
    for currency, amount in frame.select("currency", micros).iter_rows():
        found[currency] = found.get(currency, 0) + amount
    return {currency: total for currency, total in found.items() if total}


def test_an_unknown_engine_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(InvalidInput, match="duckdb, polars, reference"):
        allocate(month(), "abacus")


@every_engine
def test_a_month_without_clicks_gives_nothing(engine: str) -> None:
    allocation = allocate(month(), engine)
    assert rows_of(allocation) == {"given": [], "results": [], "parts": [], "lots": []}
    assert set(allocation.results.dtypes) == {pl.Int64(), pl.Boolean()}


@every_engine
def test_columns_and_kinds(engine: str) -> None:
    allocation = allocate(_one_click(pot=10, weight=1), engine)
    assert allocation.given.schema == dict.fromkeys(
        ["wallet_id", "currency", "unit_micros", "given_micros"], pl.Int64
    )
    assert allocation.results.schema == {
        **dict.fromkeys(
            [
                *("content_id", "currency", "clicks", "gross_micros", "commission_micros"),
                *("platform_micros", "house_micros", "net_micros"),
            ],
            pl.Int64,
        ),
        "escrow": pl.Boolean,
    }
    assert allocation.parts.schema == dict.fromkeys(
        ["content_id", "currency", "account_id", "part_micros"], pl.Int64
    )
    assert allocation.lots.schema == dict.fromkeys(
        ["content_id", "wallet_id", "currency", "gross_micros"], pl.Int64
    )


@pytest.mark.parametrize("engine", ["polars", "duckdb"])
@settings(max_examples=25, deadline=None)
@given(rows=months(), random=st.randoms(use_true_random=False))
def test_every_engine_is_the_reference_in_any_order_and_twice(
    engine: str, rows: Rows, random: Random
) -> None:
    expected = rows_of(allocate_by_reference(month(**rows)))
    assert rows_of(allocate(month(**rows), engine)) == expected
    for some in rows.values():
        random.shuffle(some)
    shuffled = wide_month(**rows)
    assert rows_of(allocate(shuffled, engine)) == expected
    assert rows_of(allocate(shuffled, engine)) == expected


@every_engine
@settings(max_examples=25, deadline=None)
@given(rows=months())
def test_money_is_conserved_per_currency(engine: str, rows: Rows) -> None:
    allocation = allocate(month(**rows), engine)
    paid = allocation.results.filter(~pl.col("escrow"))
    held = allocation.results.filter(pl.col("escrow"))
    gave = sums(allocation.given, "given_micros")
    assert gave == sums(allocation.results, "gross_micros")
    assert sums(paid, "net_micros") == sums(allocation.parts, "part_micros")
    assert sums(held, "gross_micros") == sums(allocation.lots, "gross_micros")
    assert gave == _added(
        sums(allocation.parts, "part_micros"),
        sums(allocation.results, "house_micros"),
        sums(allocation.results, "platform_micros"),
        sums(allocation.lots, "gross_micros"),
    )
    for wallet in rows["wallets"]:
        [given_] = allocation.given.filter(pl.col("wallet_id") == wallet[0])["given_micros"]
        assert 0 <= wallet[2] - given_ < wallet[3]


@every_engine
def test_the_largest_month_there_may_be(engine: str) -> None:
    allocation = allocate(_one_click(pot=TOP, weight=1), engine)
    assert allocation.results["gross_micros"].to_list() == [TOP]
    assert allocation.parts["part_micros"].to_list() == [TOP - TOP // 10]


@every_engine
@pytest.mark.parametrize("pot", [-1, MAX_MICROS, 2**62])
def test_a_pot_out_of_range_is_refused(engine: str, pot: int) -> None:
    with pytest.raises(BrokenInvariant):
        allocate(_one_click(pot=pot, weight=1), engine)


@every_engine
@pytest.mark.parametrize("wallets", [2, 1024, 2048, 2049])
def test_a_total_of_2_to_the_53_is_refused_and_never_wraps(engine: str, wallets: int) -> None:
    """2048 wallets of 2**52 and more are beyond 2**63, and 4096 would be back at 0."""
    rows = [(wallet, EUR, 2**52, 1) for wallet in range(1, wallets + 1)]
    inputs = month(
        clicks=[(wallet, wallet % 2 + 1, 1) for wallet in range(1, wallets + 1)],
        wallets=rows,
        contents=[(1, True, 1000, 0), (2, True, 1000, 0)],
    )
    with pytest.raises(BrokenInvariant, match="total"):
        allocate(inputs, engine)


@every_engine
def test_currencies_have_their_totals_apart(engine: str) -> None:
    inputs = month(
        clicks=[(1, 1, 1), (2, 1, 1)],
        wallets=[(1, EUR, TOP, 1), (2, USD, TOP, 1)],
        contents=[(1, True, 1000, 0)],
    )
    allocation = allocate(inputs, engine)
    assert allocation.results["gross_micros"].to_list() == [TOP, TOP]
    assert rows_of(allocation)["lots"] == [(1, 1, EUR, TOP), (1, 2, USD, TOP)]


def _one_click(*, pot: int, weight: int) -> AllocationInputs:
    return month(
        clicks=[(1, 1, weight)],
        wallets=[(1, EUR, pot, weight)],
        contents=[(1, False, 1000, 0)],
        shares=[(1, 7, 10_000, 1)],
    )


def _added(*amounts: dict[int, int]) -> dict[int, int]:
    total: dict[int, int] = {}
    for some in amounts:
        for currency, micros in some.items():
            total[currency] = total.get(currency, 0) + micros
    return total

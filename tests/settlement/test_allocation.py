"""What the expressions refuse, on every engine and in the reference alike, and how they cut."""

from collections.abc import Callable
from dataclasses import replace

import narwhals as nw
import polars as pl
import pytest

from app.core.errors import BrokenInvariant
from app.core.sharing import MAX_MICROS, bps_of
from app.settlement import allocation as rules
from app.settlement.engines import ENGINES, AllocationInputs, DuckDB, Engine, Polars, allocate
from tests.settlement.inputs import EUR, USD, Rows, month, rows_of, wide_month

TOP = MAX_MICROS - 1


def sound() -> Rows:
    """Two wallets, a paid content of two creators and one that nobody claimed; it settles."""
    return {
        "clicks": [(1, 1, 1), (1, 2, 2), (2, 1, 3), (2, 3, 1)],
        "wallets": [(1, EUR, 1_000, 3), (2, USD, 1_000, 3)],
        "exclusions": [(2, 3)],
        "contents": [(1, False, 1000, 300), (2, True, 1000, 0), (3, False, 1000, 0)],
        "shares": [(1, 7, 5_000, 1), (1, 8, 5_000, 2), (3, 7, 10_000, 1)],
    }


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_the_sound_month_settles(engine: str) -> None:
    assert rows_of(allocate(month(**sound()), engine)) == {
        "given": [(1, EUR, 333, 999), (2, USD, 333, 999)],
        "results": [
            (1, USD, 1, 999, 99, 29, 70, 900, False),
            (1, EUR, 1, 333, 33, 9, 24, 300, False),
            (2, EUR, 1, 666, 0, 0, 0, 0, True),
        ],
        "parts": [(1, USD, 7, 450), (1, USD, 8, 450), (1, EUR, 7, 150), (1, EUR, 8, 150)],
        "lots": [(2, 1, EUR, 666)],
    }


@pytest.mark.parametrize("engine", sorted(ENGINES))
def test_what_is_held_in_escrow_has_no_parts_whoever_has_shares(engine: str) -> None:
    rows = sound()
    rows["shares"].append((2, 9, 10_000, 1))
    assert rows_of(allocate(month(**rows), engine)) == rows_of(allocate(month(**sound()), engine))


Change = Callable[[Rows], object]


def _a_weight_of_nothing_that_adds_up(rows: Rows) -> None:
    rows["clicks"][0] = (1, 1, 0)
    rows["wallets"][0] = (1, EUR, 1_000, 2)


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["wallets"].append((1, EUR, 1, 3)), "frozen"),
        (lambda m: m["contents"].append((1, False, 1000, 0)), "frozen"),
        (lambda m: m["wallets"].__setitem__(0, (1, EUR, -1, 3)), "pot"),
        (lambda m: m["wallets"].__setitem__(0, (1, EUR, MAX_MICROS, 3)), "pot"),
        (lambda m: m["wallets"].__setitem__(0, (1, EUR, 1_000, 0)), "weight"),
        (lambda m: m["wallets"].__setitem__(0, (1, EUR, 1_000, -3)), "weight"),
        (lambda m: m["wallets"].__setitem__(0, (1, EUR, 1_000, 2)), "weight"),
        (lambda m: m["wallets"].__setitem__(0, (1, EUR, 1_000, 4)), "weight"),
        (lambda m: m["wallets"].__setitem__(0, (1, 1_000, 1_000, 3)), "currency"),
        (lambda m: m["wallets"].__setitem__(0, (1, -1, 1_000, 3)), "currency"),
        (lambda m: m["clicks"].__setitem__(0, (1, rules.MAX_CONTENT_ID, 1)), "content"),
        (lambda m: m["clicks"].__setitem__(0, (1, -1, 1)), "content"),
        (lambda m: m["wallets"].append((9, EUR, 1_000, 1)), "weight"),
        (lambda m: m["wallets"].pop(), "weight"),
        (lambda m: m["clicks"].pop(0), "weight"),
        (lambda m: m["clicks"].append((1, 1, 1)), "weight"),
        (lambda m: m["clicks"].append((9, 1, 1)), "weight"),
        (lambda m: m["clicks"].__setitem__(0, (1, 1, 0)), "weight"),
        (lambda m: m["clicks"].__setitem__(0, (1, 1, -1)), "weight"),
        (lambda m: m["clicks"].__setitem__(0, (1, 1, 2**62)), "weight"),
        (lambda m: m["clicks"].extend([(1, 1, 2**62)] * 4), "weight"),  # as Int64 it adds 0
        (_a_weight_of_nothing_that_adds_up, "weight"),
        (lambda m: m["exclusions"].pop(), "weight"),
        (lambda m: m["exclusions"].append((1, 1)), "weight"),
        (lambda m: m["contents"].pop(1), "content"),
        (lambda m: m["contents"].__setitem__(0, (1, False, 300, 1000)), "bps"),
        (lambda m: m["contents"].__setitem__(0, (1, False, 10_001, 0)), "bps"),
        (lambda m: m["contents"].__setitem__(0, (1, False, 1000, -1)), "bps"),
        (lambda m: m["shares"].pop(), "paid"),
        (lambda m: m["shares"].append((1, 9, 1, 3)), "shares"),
        (lambda m: m["shares"].__setitem__(0, (1, 7, 0, 1)), "share"),
        (lambda m: m["shares"].__setitem__(0, (1, 7, -1, 1)), "share"),
        (lambda m: m["shares"].__setitem__(0, (1, 7, 1, 2)), "position"),
        (lambda m: m["shares"].__setitem__(0, (1, 8, 1, 1)), "share"),
    ],
)
def test_what_contradicts_itself_is_refused(engine: str, change: Change, message: str) -> None:
    rows = sound()
    change(rows)
    with pytest.raises(BrokenInvariant, match=message):
        allocate(wide_month(**rows), engine)


COLUMNS = [(name, column) for name in AllocationInputs.__slots__ for column in rules.COLUMNS[name]]


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_nothing_may_be_unknown(engine: str, name: str, column: str) -> None:
    unknown = pl.when(pl.int_range(pl.len()) > 0).then(column).alias(column)
    with pytest.raises(BrokenInvariant, match=rf"{name}\.{column} is unknown in 1 rows"):
        allocate(_changed(name, unknown), engine)


@pytest.mark.parametrize("engine", sorted(ENGINES))
@pytest.mark.parametrize("kind", [pl.Float64(), pl.String(), pl.Decimal(38, 1), pl.UInt64()])
@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_no_fraction_is_cut_off(engine: str, name: str, column: str, kind: pl.DataType) -> None:
    cast = pl.col(column).cast(pl.Int64).cast(kind)
    with pytest.raises(BrokenInvariant, match=rf"{name}\.{column} cannot be"):
        allocate(_changed(name, cast), engine)


@pytest.mark.parametrize(("name", "column"), COLUMNS)
def test_a_column_that_is_not_there_is_named(name: str, column: str) -> None:
    inputs = month(**sound())
    less = replace(inputs, **{name: getattr(inputs, name).drop(column)})
    with pytest.raises(BrokenInvariant, match=rf"{name}\.{column} cannot be None"):
        allocate(less, "polars")


def _changed(name: str, column: pl.Expr) -> AllocationInputs:
    inputs = wide_month(**sound())
    changed = pl.DataFrame(getattr(inputs, name)).with_columns(column)
    return replace(inputs, **{name: changed.to_arrow()})


AMOUNTS = [0, 1, 9_999, 10_000, 10_001, 1_666_666, 2**40 + 7, TOP - 1, TOP]


@pytest.fixture(params=[Polars, DuckDB])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each way to compute a lazy frame."""
    made: Engine = request.param()
    return made


@pytest.mark.parametrize("bps", [0, 1, 999, 1000, 3_333, 9_999, 10_000])
def test_a_gross_is_split_as_in_plain_python(engine: Engine, bps: int) -> None:
    grosses = pl.DataFrame(
        {
            "content_id": range(len(AMOUNTS)),
            "currency": [EUR] * len(AMOUNTS),
            "clicks": [1] * len(AMOUNTS),
            "gross_micros": AMOUNTS,
        }
    )
    contents = grosses.select(
        "content_id", escrow=False, commission_bps=pl.lit(bps), platform_bps=pl.lit(bps // 2)
    )
    found = rules.results(engine.lazy(grosses), engine.lazy(contents))
    rows = engine.collect(rules.ordered(found, "results"))
    assert rows["commission_micros"].to_list() == [bps_of(x, bps) for x in AMOUNTS]
    assert rows["platform_micros"].to_list() == [bps_of(x, bps // 2) for x in AMOUNTS]


def test_halves_add_up_where_int64_would_wrap(engine: Engine) -> None:
    frame = pl.DataFrame({"currency": [EUR] * 4096, "micros": [TOP] * 4096})
    [(currency, high, low)] = engine.collect(rules.halves(engine.lazy(frame), "micros")).rows()
    assert (currency, high * rules.HALF + low) == (EUR, 4096 * TOP)


@pytest.mark.parametrize("name", sorted(ENGINES))
def test_the_largest_id_and_currency_there_may_be(name: str) -> None:
    largest = rules.MAX_CONTENT_ID - 1
    inputs = month(
        clicks=[(1, 3, 1), (2, 3, 2)],
        wallets=[(1, 999, TOP, 1), (2, 8, TOP, 2)],
        contents=[(3, True, 1000, 0)],
    )
    wide = {
        table: pl.DataFrame(getattr(inputs, table)).with_columns(
            content_id=pl.lit(largest, pl.Int64)
        )
        for table in ("clicks", "contents")
    }
    results = allocate(replace(inputs, **wide), name).results
    assert results.select("content_id", "currency", "gross_micros").rows() == [
        (largest, 8, TOP - 1),
        (largest, 999, TOP),
    ]


def test_nothing_is_computed_before_an_engine_asks() -> None:
    clicks = nw.from_native(pl.LazyFrame({"wallet_id": [1], "content_id": [1], "weight": [1]}))
    wide = rules.widened(clicks, "clicks")
    assert isinstance(wide, nw.LazyFrame)
    assert wide.collect_schema() == dict.fromkeys(rules.COLUMNS["clicks"], nw.Int64())

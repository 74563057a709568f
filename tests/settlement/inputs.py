"""Months for the engines, small and as rows: the same for all of them."""

from typing import Any

import polars as pl
from hypothesis import strategies as st

from app.core.sharing import MAX_MICROS
from app.settlement.engines import Allocation, AllocationInputs

EUR, USD, JPY = 978, 840, 392

SCHEMAS: dict[str, dict[str, Any]] = {
    "clicks": {"wallet_id": pl.UInt32, "content_id": pl.UInt32, "weight": pl.Int8},
    "wallets": {
        **{"wallet_id": pl.UInt32, "currency": pl.Int16},
        **{"pot_micros": pl.Int64, "total_weight": pl.Int64},
    },
    "exclusions": {"wallet_id": pl.UInt32, "content_id": pl.UInt32},
    "contents": {
        **{"content_id": pl.Int64, "escrow": pl.Boolean},
        **{"commission_bps": pl.Int16, "platform_bps": pl.Int16},
    },
    "shares": {
        **{"content_id": pl.Int64, "account_id": pl.Int64},
        **{"share": pl.Int16, "position": pl.Int8},
    },
}
"""As narrow as such columns come, and not all alike."""

Rows = dict[str, list[tuple[Any, ...]]]


def month(**rows: list[tuple[Any, ...]]) -> AllocationInputs:
    """Inputs from rows in the order of their columns; what is not named is empty."""
    frames = {
        name: pl.DataFrame(rows.get(name, []), schema=schema, orient="row")
        for name, schema in SCHEMAS.items()
    }
    return AllocationInputs(**frames)


def wide_month(**rows: list[tuple[Any, ...]]) -> AllocationInputs:
    """The same as Int64 in pyarrow Tables, as the databases give them."""
    narrow = month()
    wide = {
        name: {
            column: pl.Boolean if kind == pl.Boolean else pl.Int64
            for column, kind in schema.items()
        }
        for name, schema in SCHEMAS.items()
    }
    frames = {
        name: pl.DataFrame(rows.get(name, []), schema=wide[name], orient="row").to_arrow()
        for name in narrow.__slots__
    }
    return AllocationInputs(**frames)


def rows_of(allocation: Allocation) -> Rows:
    """An allocation as rows, to be compared."""
    return {name: getattr(allocation, name).rows() for name in allocation.__slots__}


@st.composite
def months(draw: st.DrawFn) -> Rows:
    """A month with several currencies, shares, escrow and exclusions, up to the largest amounts."""
    contents = draw(st.integers(1, 6))
    wallets = draw(st.integers(0, 6))
    top = (MAX_MICROS - 1) // max(wallets, 1)
    rows: Rows = {"clicks": [], "wallets": [], "exclusions": [], "contents": [], "shares": []}
    for content in range(1, contents + 1):
        escrow, platform, commission = draw(
            st.tuples(st.booleans(), *[st.sampled_from([0, 1, 300, 1000, 9_999, 10_000])] * 2)
        )
        low, high = sorted((platform, commission))
        rows["contents"].append((content, escrow, high, low))
        if not escrow:
            rows["shares"] += draw(_shares(content))
    for wallet in range(1, wallets + 1):
        clicked = draw(st.lists(st.integers(1, contents), unique=True, min_size=1))
        excluded = draw(st.sets(st.sampled_from(clicked), max_size=1))
        weights = {content: draw(st.integers(1, 5)) for content in clicked}
        rows["clicks"] += [(wallet, content, weight) for content, weight in weights.items()]
        rows["exclusions"] += [(wallet, content) for content in excluded]
        total = sum(weights.values()) - sum(weights[content] for content in excluded)
        if total:
            pot = draw(st.one_of(st.integers(0, 30), st.integers(0, top)))
            rows["wallets"].append((wallet, draw(st.sampled_from([EUR, USD, JPY])), pot, total))
    return rows


@st.composite
def _shares(draw: st.DrawFn, content: int) -> list[tuple[int, int, int, int]]:
    parts = draw(st.lists(st.integers(1, 3_000), min_size=1, max_size=3))
    first = draw(st.integers(1, 3))
    if draw(st.booleans()):
        parts[0] += 10_000 - sum(parts)
    return [(content, 100 + place, part, first + place) for place, part in enumerate(parts)]

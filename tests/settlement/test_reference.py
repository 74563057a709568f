"""The reference against amounts worked out by hand: the examples of DESIGN.md §2."""

import pytest

from app.core.errors import BrokenInvariant
from app.settlement.reference import allocate_by_reference
from tests.settlement.inputs import EUR, USD, Rows, month, rows_of

TEN = 10_000_000


def allocated(**rows: list[tuple[object, ...]]) -> Rows:
    return rows_of(allocate_by_reference(month(**rows)))


@pytest.mark.parametrize(
    ("clicks", "unit", "commission", "net", "stays"),
    [(10, 1_000_000, 100_000, 900_000, 0), (3, 3_333_333, 333_333, 3_000_000, 1)],
)
def test_ten_euros(clicks: int, unit: int, commission: int, net: int, stays: int) -> None:
    contents = range(1, clicks + 1)
    found = allocated(
        clicks=[(1, content, 1) for content in contents],
        wallets=[(1, EUR, TEN, clicks)],
        contents=[(content, False, 1000, 0) for content in contents],
        shares=[(content, 7, 10_000, 1) for content in contents],
    )
    assert found == {
        "given": [(1, EUR, unit, TEN - stays)],
        "results": [
            (content, EUR, 1, unit, commission, 0, commission, net, False) for content in contents
        ],
        "parts": [(content, EUR, 7, net) for content in contents],
        "lots": [],
    }


def test_a_month_with_everything_in_it() -> None:
    """Weights, two currencies, a platform, three creators, escrow, an exclusion, an empty pot."""
    found = allocated(
        clicks=[(1, 1, 1), (1, 2, 2), (1, 3, 5), (2, 1, 3), (2, 2, 1), (3, 1, 1), (4, 3, 1)],
        wallets=[(1, EUR, TEN, 3), (2, USD, 7_770_001, 4), (3, EUR, 0, 1)],
        exclusions=[(1, 3), (4, 3)],
        contents=[(1, False, 1000, 300), (2, True, 1000, 300), (3, False, 1000, 0)],
        shares=[(1, 8, 3_333, 2), (1, 9, 3_333, 3), (1, 7, 3_333, 1), (3, 7, 10_000, 1)],
    )
    assert found["given"] == [
        (1, EUR, 3_333_333, 9_999_999),
        (2, USD, 1_942_500, 7_770_000),
        (3, EUR, 0, 0),
    ]
    assert found["results"] == [
        (1, USD, 1, 5_827_500, 582_750, 174_825, 407_925, 5_244_750, False),
        (1, EUR, 2, 3_333_333, 333_333, 99_999, 233_334, 3_000_000, False),
        (2, USD, 1, 1_942_500, 0, 0, 0, 0, True),
        (2, EUR, 1, 6_666_666, 0, 0, 0, 0, True),
    ]
    # 3333 bps of 5.244750 are 1.748075 (.175), three times: 0.000525 are left for position 1
    assert found["parts"] == [
        *[(1, USD, 7, 5_244_750 - 2 * 1_748_075), (1, USD, 8, 1_748_075), (1, USD, 9, 1_748_075)],
        *[(1, EUR, 7, 1_000_200), (1, EUR, 8, 999_900), (1, EUR, 9, 999_900)],
    ]
    assert found["lots"] == [(2, 1, EUR, 6_666_666), (2, 2, USD, 1_942_500)]


def test_a_unit_of_nothing_counts_its_clicks_and_holds_no_lot() -> None:
    found = allocated(
        clicks=[(1, 1, 2), (1, 2, 2)],
        wallets=[(1, EUR, 3, 4)],
        contents=[(1, False, 1000, 0), (2, True, 1000, 0)],
        shares=[(1, 7, 10_000, 1)],
    )
    assert found == {
        "given": [(1, EUR, 0, 0)],
        "results": [(1, EUR, 1, 0, 0, 0, 0, 0, False), (2, EUR, 1, 0, 0, 0, 0, 0, True)],
        "parts": [(1, EUR, 7, 0)],
        "lots": [],
    }


def test_a_message_names_what_does_not_hold() -> None:
    with pytest.raises(BrokenInvariant, match="wallet 5 has a total weight of 2, its clicks have"):
        allocated(
            clicks=[(5, 1, 1)], wallets=[(5, EUR, 1, 2)], contents=[(1, True, 0, 0)], shares=[]
        )

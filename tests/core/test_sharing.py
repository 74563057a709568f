"""The money rules, a row a case, and what must hold of every amount."""

from collections.abc import Callable
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.errors import BrokenInvariant
from app.core.sharing import (
    MAX_MICROS,
    WHOLE,
    GrossSplit,
    Share,
    bps_of,
    click_gross_micros,
    given_micros,
    largest_remainder_cents,
    pot_micros,
    split_gross,
    split_net,
    unit_micros,
)

TOP = MAX_MICROS - 1
amounts = st.integers(0, TOP)
rates = st.integers(0, WHOLE)


@pytest.mark.parametrize(
    ("budget", "balance", "pot"),
    [
        (None, 0, 0),
        (None, 10_000_000, 10_000_000),
        (3_000_000, 10_000_000, 3_000_000),
        (10_000_000, 3_000_000, 3_000_000),
        (0, 10_000_000, 0),
        (TOP, TOP, TOP),
    ],
)
def test_a_pot_is_the_budget_or_all_there_is(budget: int | None, balance: int, pot: int) -> None:
    assert pot_micros(budget_micros=budget, balance_micros=balance) == pot


@pytest.mark.parametrize(
    ("pot", "weight", "unit", "given_"),
    [
        (10_000_000, 10, 1_000_000, 10_000_000),  # 10.00 and ten clicks
        (10_000_000, 3, 3_333_333, 9_999_999),  # 10.00 and three: 0.000001 stays
        (0, 7, 0, 0),
        (6, 7, 0, 0),  # a unit of 0 is legal
        (7, 7, 1, 7),
        (TOP, 1, TOP, TOP),
        (TOP, TOP, 1, TOP),
    ],
)
def test_a_unit_and_what_is_given(pot: int, weight: int, unit: int, given_: int) -> None:
    assert unit_micros(pot_micros=pot, total_weight=weight) == unit
    assert given_micros(pot_micros=pot, total_weight=weight) == given_


@pytest.mark.parametrize(("pot", "clicks", "each"), [(10**7, 10, 10**6), (10**7, 3, 3_333_333)])
def test_the_examples_of_rule_9(pot: int, clicks: int, each: int) -> None:
    unit = unit_micros(pot_micros=pot, total_weight=clicks)
    gross = click_gross_micros(unit_micros=unit, weight=1)
    assert gross == each
    split = split_gross(gross_micros=gross, commission_bps=1000, platform_bps=0)
    assert split.commission == each // 10 and split.net == each - each // 10
    assert pot - clicks * gross == pot % clicks


@pytest.mark.parametrize(
    ("gross", "commission_bps", "platform_bps", "split"),
    [
        (1_000_000, 1000, 0, (100_000, 0, 100_000, 900_000)),
        (1_666_666, 1000, 300, (166_666, 49_999, 116_667, 1_500_000)),
        (1_666_666, 0, 0, (0, 0, 0, 1_666_666)),
        (1_666_666, 10_000, 10_000, (1_666_666, 1_666_666, 0, 0)),
        (1_666_666, 1, 1, (166, 166, 0, 1_666_500)),
        (9, 1000, 1000, (0, 0, 0, 9)),
        (0, 1000, 500, (0, 0, 0, 0)),
        (TOP, 10_000, 0, (TOP, 0, TOP, 0)),
    ],
)
def test_a_gross_is_split(
    gross: int, commission_bps: int, platform_bps: int, split: tuple[int, int, int, int]
) -> None:
    found = split_gross(
        gross_micros=gross, commission_bps=commission_bps, platform_bps=platform_bps
    )
    assert found == GrossSplit(gross, *split)


@pytest.mark.parametrize(
    ("net", "shares", "parts"),
    [
        (900_000, [(7, 10_000, 1)], ((7, 900_000),)),
        (10, [(7, 5_000, 1), (8, 5_000, 2)], ((7, 5), (8, 5))),
        (11, [(7, 5_000, 1), (8, 5_000, 2)], ((7, 6), (8, 5))),
        (11, [(7, 5_000, 2), (8, 5_000, 1)], ((8, 6), (7, 5))),
        (100, [(9, 3_333, 3), (7, 3_333, 1), (8, 3_334, 2)], ((7, 34), (8, 33), (9, 33))),
        (100, [(8, 2_000, 2), (9, 1_000, 3)], ((8, 90), (9, 10))),  # position 1 was deleted
        (0, [(7, 1, 1), (8, 9_999, 2)], ((7, 0), (8, 0))),
        (TOP, [(7, 1, 1), (8, 9_999, 2)], ((7, 900719925475), (8, 9006298534815516))),
    ],
)
def test_a_net_is_split(
    net: int, shares: list[tuple[int, int, int]], parts: tuple[tuple[int, int], ...]
) -> None:
    assert split_net(net_micros=net, shares=[Share(*share) for share in shares]) == parts


@pytest.mark.parametrize(
    ("micros", "cents"),
    [
        ([], []),
        ([0], [0]),
        ([4_999], [0]),
        ([5_000], [1]),
        ([14_999], [1]),
        ([5_000, 5_000], [1, 0]),  # equal remainders: the earlier row
        ([5_000, 5_000, 5_000], [1, 1, 0]),  # 1.5 cents are two
        ([3_334, 3_333, 3_333], [1, 0, 0]),
        ([3_333, 3_334, 3_333], [0, 1, 0]),
        ([900_000] * 3, [90, 90, 90]),
        ([TOP], [900719925474]),
    ],
)
def test_cents_add_up(micros: list[int], cents: list[int]) -> None:
    assert largest_remainder_cents(micros) == cents


@pytest.mark.parametrize(
    "broken",
    [
        lambda: pot_micros(budget_micros=None, balance_micros=-1),
        lambda: pot_micros(budget_micros=None, balance_micros=MAX_MICROS),
        lambda: pot_micros(budget_micros=-1, balance_micros=1),
        lambda: pot_micros(budget_micros=MAX_MICROS, balance_micros=1),
        lambda: unit_micros(pot_micros=-1, total_weight=1),
        lambda: unit_micros(pot_micros=MAX_MICROS, total_weight=1),
        lambda: unit_micros(pot_micros=1, total_weight=0),
        lambda: unit_micros(pot_micros=1, total_weight=-1),
        lambda: unit_micros(pot_micros=1, total_weight=MAX_MICROS),
        lambda: given_micros(pot_micros=MAX_MICROS, total_weight=1),
        lambda: given_micros(pot_micros=1, total_weight=0),
        lambda: click_gross_micros(unit_micros=-1, weight=1),
        lambda: click_gross_micros(unit_micros=1, weight=0),
        lambda: click_gross_micros(unit_micros=2**52, weight=2),
        lambda: bps_of(-1, 1),
        lambda: bps_of(MAX_MICROS, 1),
        lambda: bps_of(1, -1),
        lambda: bps_of(1, 10_001),
        lambda: split_gross(gross_micros=MAX_MICROS, commission_bps=1000, platform_bps=0),
        lambda: split_gross(gross_micros=1, commission_bps=1000, platform_bps=1001),
        lambda: split_gross(gross_micros=1, commission_bps=1000, platform_bps=-1),
        lambda: split_gross(gross_micros=1, commission_bps=10_001, platform_bps=0),
        lambda: split_net(net_micros=1, shares=[]),
        lambda: split_net(net_micros=-1, shares=[Share(1, WHOLE, 1)]),
        lambda: split_net(net_micros=MAX_MICROS, shares=[Share(1, WHOLE, 1)]),
        lambda: split_net(net_micros=1, shares=[Share(1, 0, 1)]),
        lambda: split_net(net_micros=1, shares=[Share(1, WHOLE, 1), Share(2, 1, 2)]),
        lambda: split_net(net_micros=1, shares=[Share(1, 1, 1), Share(2, 1, 1)]),
        lambda: split_net(net_micros=1, shares=[Share(1, 1, 1), Share(1, 1, 2)]),
        lambda: largest_remainder_cents([-1]),
        lambda: largest_remainder_cents([MAX_MICROS]),
        lambda: largest_remainder_cents([2**52, 2**52]),
    ],
)
def test_what_is_out_of_range_is_refused(broken: Callable[[], object]) -> None:
    with pytest.raises(BrokenInvariant):
        broken()


@given(amounts, rates)
def test_a_rate_is_exact(amount: int, bps: int) -> None:
    assert bps_of(amount, bps) == amount * bps // WHOLE


@given(amounts, st.lists(st.integers(1, 5), min_size=1, max_size=20))
def test_a_pot_is_given_but_for_less_than_its_weight(pot: int, weights: list[int]) -> None:
    total = sum(weights)
    unit = unit_micros(pot_micros=pot, total_weight=total)
    gross = sum(click_gross_micros(unit_micros=unit, weight=weight) for weight in weights)
    assert gross == given_micros(pot_micros=pot, total_weight=total)
    assert 0 <= pot - gross < total


@given(amounts, rates, rates)
def test_a_gross_is_conserved(gross: int, one: int, other: int) -> None:
    split = split_gross(
        gross_micros=gross, commission_bps=max(one, other), platform_bps=min(one, other)
    )
    assert split.gross == gross == split.net + split.platform + split.house
    assert split.commission == split.platform + split.house
    assert min(split.commission, split.platform, split.house, split.net) >= 0


@given(amounts, st.lists(st.integers(1, 1_000), min_size=1, max_size=10), st.randoms())
def test_a_net_is_conserved_in_any_order(net: int, bps: list[int], random: Random) -> None:
    shares = [Share(100 + place, part, place + 1) for place, part in enumerate(bps)]
    parts = split_net(net_micros=net, shares=shares)
    assert sum(part for _, part in parts) == net
    assert [account for account, _ in parts] == [share.account_id for share in shares]
    assert all(
        part == bps_of(net, s.share) for (_, part), s in zip(parts[1:], shares[1:], strict=True)
    )
    random.shuffle(shares)
    assert split_net(net_micros=net, shares=shares) == parts


@settings(max_examples=50)
@given(st.lists(st.integers(0, 2**40), max_size=30))
def test_cents_are_the_rounded_total_and_near_each_row(micros: list[int]) -> None:
    cents = largest_remainder_cents(micros)
    assert sum(cents) == int(Fraction(sum(micros), 10_000) + Fraction(1, 2))
    assert all(
        0 <= cent - amount // 10_000 <= 1 for cent, amount in zip(cents, micros, strict=True)
    )

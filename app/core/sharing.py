"""The money rules of DESIGN.md §2, in plain Python, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import BrokenInvariant

MAX_MICROS = 2**53
WHOLE = 10_000


@dataclass(frozen=True, slots=True)
class GrossSplit:
    gross: int
    commission: int
    platform: int
    house: int
    net: int


@dataclass(frozen=True, slots=True)
class Share:
    account_id: int
    share: int
    position: int


def pot_micros(*, budget_micros: int | None, balance_micros: int) -> int:
    return balance_micros if budget_micros is None else min(budget_micros, balance_micros)


def unit_micros(*, pot_micros: int, total_weight: int) -> int:
    if total_weight <= 0:
        raise BrokenInvariant("total weight")
    return pot_micros // total_weight


def click_gross_micros(*, unit_micros: int, weight: int) -> int:
    return unit_micros * weight


def given_micros(*, pot_micros: int, total_weight: int) -> int:
    return unit_micros(pot_micros=pot_micros, total_weight=total_weight) * total_weight


def bps_of(amount_micros: int, bps: int) -> int:
    return amount_micros // 10_000 * bps + amount_micros % 10_000 * bps // 10_000


def split_gross(*, gross_micros: int, commission_bps: int, platform_bps: int) -> GrossSplit:
    c = bps_of(gross_micros, commission_bps)
    p = bps_of(gross_micros, platform_bps)
    return GrossSplit(gross_micros, c, p, c - p, gross_micros - c)


def split_net(*, net_micros: int, shares: Sequence[Share]) -> tuple[tuple[int, int], ...]:
    ordered = sorted(shares, key=lambda s: s.position)
    parts = [(s.account_id, bps_of(net_micros, s.share)) for s in ordered]
    rest = net_micros - sum(p for _, p in parts)
    return ((parts[0][0], parts[0][1] + rest), *parts[1:])


def largest_remainder_cents(micros: Sequence[int]) -> list[int]:
    total = (sum(micros) + 5_000) // 10_000
    cents = [m // 10_000 for m in micros]
    order = sorted(range(len(micros)), key=lambda i: (-(micros[i] % 10_000), i))
    for i in order[: total - sum(cents)]:
        cents[i] += 1
    return cents

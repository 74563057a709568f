"""The money rules of DESIGN.md §2, in plain Python, and nowhere else.

Amounts are ints of micro-units (1e-6 of the main unit) of one currency, from 0 to below 2**53:
what is outside raises BrokenInvariant, and never wraps. A bps is a ten-thousandth.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.core.errors import BrokenInvariant

MAX_MICROS = 2**53
"""No amount, balance or sum reaches this many micro-units. Source: DESIGN.md, money rule 1."""

WHOLE = 10_000
"""A whole in bps: shares and rates are parts of it."""

CENT = 10_000
"""Micro-units in a hundredth of the main unit."""


@dataclass(frozen=True, slots=True)
class GrossSplit:
    """A gross in micro-units, cut: gross = commission + net, and commission = platform + house."""

    gross: int
    commission: int
    platform: int
    house: int
    net: int


@dataclass(frozen=True, slots=True)
class Share:
    """A creator's `share` of a content's net, in bps (1 to 10_000), and its place in the order."""

    account_id: int
    share: int
    position: int


def pot_micros(*, budget_micros: int | None, balance_micros: int) -> int:
    """What a wallet has to give in a period, in micro-units: its budget, or all if it holds less.

    budget_micros: >= 0, micro-units, the most it wants to give; None is its whole balance.
    balance_micros: >= 0, micro-units, its balance at the close.
    Raises BrokenInvariant outside these ranges. Source: DESIGN.md, money rule 2.
    """
    _check_amount(balance_micros, "a balance")
    if budget_micros is None:
        return balance_micros
    _check_amount(budget_micros, "a budget")
    return min(budget_micros, balance_micros)


def unit_micros(*, pot_micros: int, total_weight: int) -> int:
    """What one unit of weight gets from a wallet's pot, in micro-units.

    pot_micros: >= 0, micro-units (1e-6) of the wallet's ISO 4217 currency.
    total_weight: > 0, sum of the weights of the wallet's clicks in the period.
    Returns pot_micros // total_weight; what does not divide stays in the wallet.
    Raises BrokenInvariant outside these ranges. Source: DESIGN.md, money rule 3.
    """
    _check_amount(pot_micros, "a pot")
    _check_weight(total_weight, "a total weight")
    return pot_micros // total_weight


def click_gross_micros(*, unit_micros: int, weight: int) -> int:
    """What one click gives, in micro-units: the wallet's unit times the click's weight.

    unit_micros: >= 0, micro-units; weight: > 0.
    Raises BrokenInvariant outside these ranges, and for 2**53 or more.
    Source: DESIGN.md, money rule 3.
    """
    _check_amount(unit_micros, "a unit")
    _check_weight(weight, "a weight")
    return _check_amount(unit_micros * weight, "a click's gross")


def given_micros(*, pot_micros: int, total_weight: int) -> int:
    """What a wallet gives in all, in micro-units: its unit times the weights of all its clicks.

    pot_micros: >= 0, micro-units; total_weight: > 0, sum of the weights of the wallet's clicks.
    At most the pot; what is less stays in the wallet, always under total_weight micro-units.
    Raises BrokenInvariant outside these ranges. Source: DESIGN.md, money rule 3.
    """
    return unit_micros(pot_micros=pot_micros, total_weight=total_weight) * total_weight


def bps_of(amount_micros: int, bps: int) -> int:
    """`amount_micros * bps // 10_000`, in steps that stay below 2**53, as every engine computes it.

    amount_micros: >= 0, micro-units; bps: 0 to 10_000.
    Raises BrokenInvariant outside these ranges. Source: DESIGN.md, money rule 8.
    """
    _check_amount(amount_micros, "an amount")
    if not 0 <= bps <= WHOLE:
        raise BrokenInvariant(f"{bps} bps are not between 0 and {WHOLE}")
    return amount_micros // WHOLE * bps + amount_micros % WHOLE * bps // WHOLE


def split_gross(*, gross_micros: int, commission_bps: int, platform_bps: int) -> GrossSplit:
    """Cut a content's gross of one currency and period into commission and net, in micro-units.

    gross_micros: >= 0, micro-units. commission_bps: what is kept of it, 0 to 10_000.
    platform_bps: the platform's part of the gross, within the commission; the rest is the house's.
    Raises BrokenInvariant outside these ranges. Source: DESIGN.md, money rule 4.
    """
    if not 0 <= platform_bps <= commission_bps <= WHOLE:
        raise BrokenInvariant(
            f"bps not in order: 0 <= {platform_bps} <= {commission_bps} <= {WHOLE}"
        )
    commission = bps_of(gross_micros, commission_bps)
    platform = bps_of(gross_micros, platform_bps)
    return GrossSplit(
        gross=gross_micros,
        commission=commission,
        platform=platform,
        house=commission - platform,
        net=gross_micros - commission,
    )


def split_net(*, net_micros: int, shares: Sequence[Share]) -> tuple[tuple[int, int], ...]:
    """Cut a content's net among its creators: (account id, micro-units) in order of position.

    net_micros: >= 0, micro-units. shares: at least one, of different creators at different
    positions, 10_000 bps together or less; what is left goes to the lowest position.
    Raises BrokenInvariant otherwise. Source: DESIGN.md, money rule 5.
    """
    ordered = sorted(shares, key=lambda share: share.position)
    _check_shares(ordered)
    parts = [(share.account_id, bps_of(net_micros, share.share)) for share in ordered]
    rest = net_micros - sum(part for _, part in parts)
    (first, part), *others = parts
    return ((first, part + rest), *others)


def largest_remainder_cents(micros: Sequence[int]) -> list[int]:
    """Amounts in whole cents that add up: their sum is the exact total, rounded half up.

    micros: amounts >= 0 in micro-units, below 2**53 together.
    Every row is rounded down, and the cents missing go to the largest remainders; of equal ones,
    to the earlier row. Raises BrokenInvariant outside these ranges.
    """
    for amount in micros:
        _check_amount(amount, "an amount")
    total = (_check_amount(sum(micros), "a sum") + CENT // 2) // CENT
    cents = [amount // CENT for amount in micros]
    by_remainder = sorted(range(len(micros)), key=lambda row: -(micros[row] % CENT))
    for row in by_remainder[: total - sum(cents)]:
        cents[row] += 1
    return cents


def _check_amount(micros: int, what: str) -> int:
    if not 0 <= micros < MAX_MICROS:
        raise BrokenInvariant(f"{what} of {micros} micro-units is not between 0 and 2**53")
    return micros


def _check_weight(weight: int, what: str) -> None:
    if not 0 < weight < MAX_MICROS:
        raise BrokenInvariant(f"{what} of {weight} is not between 1 and 2**53")


def _check_shares(shares: Sequence[Share]) -> None:
    if not shares:
        raise BrokenInvariant("a net without a creator to pay")
    if any(share.share < 1 for share in shares) or sum(share.share for share in shares) > WHOLE:
        raise BrokenInvariant(f"shares {[share.share for share in shares]} of {WHOLE} bps")
    if len({share.position for share in shares}) < len(shares):
        raise BrokenInvariant("two creators at one position")
    if len({share.account_id for share in shares}) < len(shares):
        raise BrokenInvariant("one creator with two shares")

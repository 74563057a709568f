"""The reference: a period divided click by click, in plain Python, by `app.core.sharing`.

Clear above all; every other engine must give exactly this. Source: DESIGN.md §2.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import polars as pl

from app.core.errors import BrokenInvariant
from app.core.sharing import (
    MAX_MICROS,
    GrossSplit,
    Share,
    click_gross_micros,
    given_micros,
    split_gross,
    split_net,
    unit_micros,
)
from app.settlement.allocation import (
    COLUMNS,
    CURRENCIES,
    KEYS,
    MAX_CONTENT_ID,
    MAX_WEIGHT,
    Allocation,
    AllocationInputs,
)

ROWS_AT_ONCE = 100_000
"""Clicks held as Python objects at one time."""

Key = tuple[int, int]
"""(content id, currency number)"""


class Wallet(NamedTuple):
    """What a wallet gives: its unit in micro-units, and the weights of its clicks."""

    currency: int
    unit: int
    given: int
    total_weight: int


class Content(NamedTuple):
    """How a content's gross is split, and among whom; in escrow, nobody."""

    escrow: bool
    commission_bps: int
    platform_bps: int
    shares: tuple[Share, ...]


@dataclass
class Tally:
    """What the clicks add up to."""

    clicks: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    gross: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    weight: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    lots: list[tuple[int, int, int, int]] = field(default_factory=list)


def allocate_by_reference(inputs: AllocationInputs) -> Allocation:
    """Divide every wallet's pot among its clicks; see `engines.allocate`."""
    wallets = _wallets(inputs)
    contents = _contents(inputs)
    tally = _tally(inputs, wallets, contents)
    _check_weights(wallets, tally)
    _check_totals(wallets, tally)
    splits = {key: _split(gross, contents[key[0]]) for key, gross in tally.gross.items()}
    return Allocation(
        given=_frame("given", [(id_, w.currency, w.unit, w.given) for id_, w in wallets.items()]),
        results=_frame("results", list(_results(tally, splits, contents))),
        parts=_frame("parts", list(_parts(splits, contents))),
        lots=_frame("lots", tally.lots),
    )


def _wallets(inputs: AllocationInputs) -> dict[int, Wallet]:
    wallets: dict[int, Wallet] = {}
    for wallet_id, currency, pot, weight in _rows(inputs, "wallets"):
        if wallet_id in wallets:
            raise BrokenInvariant(f"wallet {wallet_id} is frozen twice")
        if not 0 <= currency < CURRENCIES:
            raise BrokenInvariant(f"a currency of number {currency}")
        unit = unit_micros(pot_micros=pot, total_weight=weight)
        gives = given_micros(pot_micros=pot, total_weight=weight)
        wallets[wallet_id] = Wallet(currency, unit, gives, weight)
    return wallets


def _contents(inputs: AllocationInputs) -> dict[int, Content]:
    shares: dict[int, list[Share]] = defaultdict(list)
    for content_id, *share in _rows(inputs, "shares"):
        shares[content_id].append(Share(*share))
    for some in shares.values():
        split_net(net_micros=0, shares=some)
    contents: dict[int, Content] = {}
    for content_id, escrow, commission_bps, platform_bps in _rows(inputs, "contents"):
        if content_id in contents:
            raise BrokenInvariant(f"content {content_id} is frozen twice")
        split_gross(gross_micros=0, commission_bps=commission_bps, platform_bps=platform_bps)
        own = tuple(shares.get(content_id, ()))
        if not escrow and not own:
            raise BrokenInvariant(f"content {content_id} is paid, but nobody has a share")
        contents[content_id] = Content(escrow, commission_bps, platform_bps, own)
    return contents


def _tally(
    inputs: AllocationInputs, wallets: dict[int, Wallet], contents: dict[int, Content]
) -> Tally:
    excluded = set(_rows(inputs, "exclusions"))
    tally = Tally()
    for wallet_id, content_id, weight in _rows(inputs, "clicks"):
        if not 0 < weight < MAX_WEIGHT:
            raise BrokenInvariant(f"a weight of {weight}")
        if not 0 <= content_id < MAX_CONTENT_ID:
            raise BrokenInvariant(f"a content of id {content_id}")
        if (wallet_id, content_id) in excluded:
            continue
        if wallet_id not in wallets:
            raise BrokenInvariant(f"wallet {wallet_id} clicks, but has no total weight")
        if content_id not in contents:
            raise BrokenInvariant(f"content {content_id} is clicked, but not frozen")
        _add(tally, wallet_id, content_id, weight, wallets[wallet_id], contents[content_id])
    return tally


def _add(
    tally: Tally, wallet_id: int, content_id: int, weight: int, wallet: Wallet, content: Content
) -> None:
    key = content_id, wallet.currency
    gross = click_gross_micros(unit_micros=wallet.unit, weight=weight)
    tally.weight[wallet_id] += weight
    tally.clicks[key] += 1
    tally.gross[key] += gross
    if content.escrow and gross > 0:
        tally.lots.append((content_id, wallet_id, wallet.currency, gross))


def _check_weights(wallets: dict[int, Wallet], tally: Tally) -> None:
    for wallet_id, wallet in wallets.items():
        if tally.weight[wallet_id] != wallet.total_weight:
            raise BrokenInvariant(
                f"wallet {wallet_id} has a total weight of {wallet.total_weight}, "
                f"its clicks have {tally.weight[wallet_id]}"
            )


def _check_totals(wallets: dict[int, Wallet], tally: Tally) -> None:
    gave: dict[int, int] = defaultdict(int)
    got: dict[int, int] = defaultdict(int)
    for wallet in wallets.values():
        gave[wallet.currency] += wallet.given
    for (_, currency), gross in tally.gross.items():
        got[currency] += gross
    for currency, total in gave.items():
        if total >= MAX_MICROS:
            raise BrokenInvariant(
                f"the period's total of {total} micro-units of currency {currency} reaches 2**53"
            )
        if total != got[currency]:
            raise BrokenInvariant(f"wallets give {total}, contents get {got[currency]}")


def _split(gross: int, content: Content) -> GrossSplit:
    """Money rule 4; what is held in escrow is split when it is claimed (rule 6)."""
    if content.escrow:
        return GrossSplit(gross=gross, commission=0, platform=0, house=0, net=0)
    return split_gross(
        gross_micros=gross,
        commission_bps=content.commission_bps,
        platform_bps=content.platform_bps,
    )


def _results(
    tally: Tally, splits: dict[Key, GrossSplit], contents: dict[int, Content]
) -> Iterator[tuple[Any, ...]]:
    for key, split in splits.items():
        amounts = split.gross, split.commission, split.platform, split.house, split.net
        yield (*key, tally.clicks[key], *amounts, contents[key[0]].escrow)


def _parts(
    splits: dict[Key, GrossSplit], contents: dict[int, Content]
) -> Iterator[tuple[int, int, int, int]]:
    for (content_id, currency), split in splits.items():
        content = contents[content_id]
        if not content.escrow:
            for account_id, part in split_net(net_micros=split.net, shares=content.shares):
                yield content_id, currency, account_id, part


def _rows(inputs: AllocationInputs, name: str) -> Iterator[tuple[Any, ...]]:
    frame = pl.DataFrame(getattr(inputs, name)).select(COLUMNS[name])
    return frame.iter_rows(buffer_size=ROWS_AT_ONCE)


def _frame(name: str, rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    kinds = {column: pl.Boolean if column == "escrow" else pl.Int64 for column in COLUMNS[name]}
    return pl.DataFrame(rows, schema=kinds, orient="row").sort(KEYS[name])

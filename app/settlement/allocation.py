"""The money rules of `app.core.sharing` for a whole period, as expressions over lazy dataframes.

Written once in Narwhals, for every engine it knows (Polars, DuckDB). Pure: no database, no clock,
no setting. Ints are Int64 micro-units, ids, weights or bps; `currency` is the ISO 4217 number;
`escrow` is a Boolean. `x * bps // 10_000` is computed in two steps (money rule 8).

The order matters: an engine sees to `broken_inputs` and `broken_weights` first, then that the sum
of what is given is below 2**53 (`halves`); only then does every other sum fit.
Source: DESIGN.md §2.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import narwhals as nw

from app.core.sharing import MAX_MICROS, WHOLE

Frame = nw.LazyFrame[Any]

MAX_WEIGHT = 2**31
"""No click weighs this much, so that no sum of weights can wrap, however many clicks there are."""

CURRENCIES = 1000
"""ISO 4217 numbers have three digits: content id and currency are one number, content first."""

MAX_CONTENT_ID = MAX_MICROS // CURRENCIES
"""No content has this id, nine million million: that one number is below 2**53, and exact."""

HALF = 2**26
"""Sums of amounts below 2**53 are taken in two halves of it: neither can wrap."""


@dataclass(frozen=True, slots=True)
class AllocationInputs:
    """What decides a period, as pyarrow Tables or Polars DataFrames, their rows in any order.

    clicks: wallet_id, content_id, weight; all that were not withdrawn.
    wallets: wallet_id, currency, pot_micros, total_weight; of the clicks that give.
    exclusions: wallet_id, content_id; clicks that give nothing (money rule 7).
    contents: content_id, escrow, commission_bps, platform_bps.
    shares: content_id, account_id, share (bps), position.
    """

    clicks: Any
    wallets: Any
    exclusions: Any
    contents: Any
    shares: Any


@dataclass(frozen=True, slots=True)
class Allocation:
    """Who gives and who gets what, as Polars DataFrames sorted by their keys (see `COLUMNS`).

    given: what each wallet gives, and its unit, in micro-units.
    results: what each content gets in each currency; held in escrow, only the gross is not 0.
    parts: each creator's part of a paid content's net.
    lots: what each click puts in escrow, if it is not 0.
    """

    given: Any
    results: Any
    parts: Any
    lots: Any


COLUMNS: dict[str, tuple[str, ...]] = {
    "clicks": ("wallet_id", "content_id", "weight"),
    "wallets": ("wallet_id", "currency", "pot_micros", "total_weight"),
    "exclusions": ("wallet_id", "content_id"),
    "contents": ("content_id", "escrow", "commission_bps", "platform_bps"),
    "shares": ("content_id", "account_id", "share", "position"),
    "given": ("wallet_id", "currency", "unit_micros", "given_micros"),
    "results": (
        *("content_id", "currency", "clicks", "gross_micros", "commission_micros"),
        *("platform_micros", "house_micros", "net_micros", "escrow"),
    ),
    "parts": ("content_id", "currency", "account_id", "part_micros"),
    "lots": ("content_id", "wallet_id", "currency", "gross_micros"),
}
"""The columns of every frame that goes in or comes out, in their order."""

KEYS: dict[str, tuple[str, ...]] = {
    "given": ("wallet_id",),
    "results": ("content_id", "currency"),
    "parts": ("content_id", "currency", "account_id"),
    "lots": ("content_id", "wallet_id"),
}
"""What an output is sorted by, and has no row twice of."""


class Inputs(NamedTuple):
    """The inputs as lazy frames of Int64; `exclusions` is None where there are none."""

    clicks: Frame
    wallets: Frame
    exclusions: Frame | None
    contents: Frame
    shares: Frame


class Check(NamedTuple):
    """A rule, and the rows that break it: none, or nothing may be returned."""

    rule: str
    broken: Frame


def widened(frame: Frame, name: str) -> Frame:
    """The columns of frame `name` in their order, every number as an Int64, however it comes."""
    columns = COLUMNS[name]
    return frame.select(
        nw.col(column) if column == "escrow" else nw.col(column).cast(nw.Int64)
        for column in columns
    )


def ordered(frame: Frame, name: str) -> Frame:
    """Output `name` as it is handed out: Int64, sorted by its keys."""
    return widened(frame, name).sort(*KEYS[name])


def broken_inputs(inputs: Inputs) -> list[Check]:
    """What must hold of the inputs, so that nothing computed from them can wrap or be lost."""
    wallets, contents, shares = inputs.wallets, inputs.contents, inputs.shares
    pot, weight = nw.col("pot_micros"), nw.col("weight")
    commission, platform = nw.col("commission_bps"), nw.col("platform_bps")
    currency, in_range = nw.col("currency"), nw.col("content_id").is_between(0, MAX_CONTENT_ID - 1)
    in_order = (platform >= 0) & (platform <= commission) & (commission <= WHOLE)
    return [
        Check("a wallet is frozen once", _twice(wallets, "wallet_id")),
        Check("a content is frozen once", _twice(contents, "content_id")),
        Check("a pot is between 0 and 2**53", _not(wallets, (pot >= 0) & (pot < MAX_MICROS))),
        Check("a total weight is above 0", _not(wallets, nw.col("total_weight") > 0)),
        Check("a currency has three digits", _not(wallets, currency.is_between(0, CURRENCIES - 1))),
        Check("a weight is above 0", _not(inputs.clicks, (weight > 0) & (weight < MAX_WEIGHT))),
        Check("a content id is below 2**53 // 1000", _not(inputs.clicks, in_range)),
        Check("bps are in order", _not(contents, in_order)),
        Check("a creator has one share of a content", _twice(shares, "content_id", "account_id")),
        Check("one creator is at a position", _twice(shares, "content_id", "position")),
        Check("a share is of 10_000 bps", _not(shares, nw.col("share").is_between(1, WHOLE))),
        Check("shares are of 10_000 bps together", _too_shared(shares)),
        Check("a paid content has creators", _unshared(contents, shares)),
    ]


def broken_weights(inputs: Inputs) -> Check:
    """Every click finds its wallet, and a wallet's total weight is that of its clicks."""
    weighed = counted(inputs).group_by("wallet_id").agg(nw.col("weight").sum().cast(nw.Int64))
    both = inputs.wallets.join(
        weighed.rename({"wallet_id": "clicking_id"}),
        how="full",
        left_on="wallet_id",
        right_on="clicking_id",
    )
    rule = "a wallet's total weight is that of its clicks"
    same = nw.col("total_weight") == nw.col("weight")
    return Check(
        rule, _not(both, same).select("wallet_id", "clicking_id", "total_weight", "weight")
    )


def counted(inputs: Inputs) -> Frame:
    """The clicks that give: all but those of somebody who has become a co-creator (rule 7)."""
    if inputs.exclusions is None:
        return inputs.clicks
    return inputs.clicks.join(inputs.exclusions, how="anti", on=["wallet_id", "content_id"])


def given(wallets: Frame) -> Frame:
    """What one unit of weight gets from each wallet, and what the wallet gives (rule 3)."""
    weight = nw.col("total_weight")
    units = wallets.with_columns(unit_micros=nw.col("pot_micros") // weight)
    return units.select(
        "wallet_id", "currency", "unit_micros", given_micros=nw.col("unit_micros") * weight
    )


def halves(frame: Frame, micros: str) -> Frame:
    """The sum of `micros` per currency, as high * 2**26 + low, neither of which can wrap."""
    amount = nw.col(micros)
    cut = frame.select("currency", high=amount // HALF, low=amount % HALF)
    return cut.group_by("currency").agg(nw.col("high", "low").sum().cast(nw.Int64))


def grosses(inputs: Inputs, given: Frame) -> Frame:
    """Each content's clicks and gross in each currency (rule 3), escrow or not.

    Grouped by one key, for by two it takes half as long again.
    """
    units = given.select("wallet_id", "currency", "unit_micros")
    clicks = counted(inputs).join(units, how="inner", on="wallet_id")
    gross = clicks.select(
        key=nw.col("content_id") * CURRENCIES + nw.col("currency"),
        gross_micros=nw.col("unit_micros") * nw.col("weight"),
    )
    summed = gross.group_by("key").agg(
        nw.len().cast(nw.Int64).alias("clicks"), nw.col("gross_micros").sum().cast(nw.Int64)
    )
    return summed.select(
        "clicks",
        "gross_micros",
        content_id=nw.col("key") // CURRENCIES,
        currency=nw.col("key") % CURRENCIES,
    )


def unknown_contents(grosses: Frame, contents: Frame) -> Check:
    """Every click finds its content."""
    rule = "every click finds its content"
    return Check(rule, grosses.join(contents, how="anti", on="content_id"))


def results(grosses: Frame, contents: Frame) -> Frame:
    """The gross split into commission and net (rule 4); what nobody claimed is held (rule 6)."""
    gross = nw.col("gross_micros")
    known = grosses.join(contents, how="inner", on="content_id")
    split = known.with_columns(
        commission_micros=_paid(_bps_of(gross, nw.col("commission_bps"))),
        platform_micros=_paid(_bps_of(gross, nw.col("platform_bps"))),
    )
    commission = nw.col("commission_micros")
    whole = split.with_columns(
        house_micros=commission - nw.col("platform_micros"),
        net_micros=_paid(gross - commission),
    )
    return whole.select(*COLUMNS["results"])


def parts(results: Frame, shares: Frame) -> Frame:
    """A paid content's net among its creators; what is left goes to the first (rule 5)."""
    content = ("content_id", "currency")
    net, part = nw.col("net_micros"), nw.col("part_micros")
    paid = results.filter(~nw.col("escrow")).join(shares, how="inner", on="content_id")
    cut = paid.with_columns(part_micros=_bps_of(net, nw.col("share")))
    first = cut.with_columns(
        cut_micros=part.sum().over(*content),
        first_position=nw.col("position").min().over(*content),
    )
    rest = net - nw.col("cut_micros")
    is_first = nw.col("position") == nw.col("first_position")
    whole = first.with_columns(part_micros=nw.when(is_first).then(part + rest).otherwise(part))
    return whole.select(*COLUMNS["parts"])


def lots(inputs: Inputs, given: Frame) -> Frame:
    """What each click puts in escrow for a content that nobody has claimed (rule 6)."""
    unclaimed = inputs.contents.filter("escrow").select("content_id")
    clicks = inputs.clicks.join(unclaimed, how="semi", on="content_id")
    units = given.filter(nw.col("unit_micros") > 0).select("wallet_id", "currency", "unit_micros")
    held = counted(inputs._replace(clicks=clicks)).join(units, how="inner", on="wallet_id")
    gross = nw.col("unit_micros") * nw.col("weight")
    return held.select("content_id", "wallet_id", "currency", gross_micros=gross)


def _bps_of(amount: nw.Expr, bps: nw.Expr) -> nw.Expr:
    """Money rule 8: no step of it reaches 2**53."""
    return amount // WHOLE * bps + amount % WHOLE * bps // WHOLE


def _paid(amount: nw.Expr) -> nw.Expr:
    return nw.when(nw.col("escrow")).then(nw.lit(0, nw.Int64)).otherwise(amount)


def _not(frame: Frame, holds: nw.Expr) -> Frame:
    """The rows where it does not hold, also where it is unknown."""
    return frame.filter(~holds | holds.is_null())


def _twice(frame: Frame, *keys: str) -> Frame:
    return frame.group_by(*keys).agg(nw.len().alias("times")).filter(nw.col("times") > 1)


def _too_shared(shares: Frame) -> Frame:
    together = shares.group_by("content_id").agg(nw.col("share").sum().cast(nw.Int64))
    return together.filter(nw.col("share") > WHOLE)


def _unshared(contents: Frame, shares: Frame) -> Frame:
    paid = contents.filter(~nw.col("escrow") | nw.col("escrow").is_null())
    return paid.join(shares, how="anti", on="content_id").select("content_id")

"""Post an allocation in batches of fixed ranges of the frozen rows.

Each batch is one transaction and one entry with many legs, through the period's clearing account:
wallets → `settlement:{period}`, then `settlement:{period}` → earnings, commission, escrow. The
settlement's row counts the batches posted, in the same transaction: killed anywhere, the next
settler goes on with the first batch that is not there.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, NamedTuple

from app.core.money import currency_of_number
from app.core.sharing import GrossSplit
from app.domain import entries
from app.domain.announce import announce, wallet_topic
from app.domain.ledger import AccountName, EntryDraft, post_entry
from app.domain.periods import Period
from app.models.database import execute, fetch, fetch_one, insert_rows, transaction
from app.settlement.slices import Result, Slices

RESULT_COLUMNS = {
    "period_id": "bigint",
    "content_id": "bigint",
    "currency": "text",
    "clicks": "bigint",
    "gross_micros": "bigint",
    "commission_micros": "bigint",
    "platform_micros": "bigint",
    "net_micros": "bigint",
    "escrow": "boolean",
}
LOT_COLUMNS = {
    "content_id": "bigint",
    "period_id": "bigint",
    "wallet_id": "bigint",
    "currency": "text",
    "gross_micros": "bigint",
}


class Batch(NamedTuple):
    """One batch's entry (None where nothing moves) and the rows written with it."""

    number: int
    draft: EntryDraft | None
    known: Mapping[AccountName, int]
    results: Sequence[tuple[Any, ...]]
    lots: Sequence[tuple[Any, ...]]


class Shape(NamedTuple):
    """How many batches a frozen period has."""

    wallet_batches: int
    content_batches: int

    @property
    def batches(self) -> int:
        """All batches, wallets first."""
        return self.wallet_batches + self.content_batches


async def shape_of(period: Period) -> Shape:
    """The batches of a frozen period."""
    row = await fetch_one(
        "SELECT wallet_batches, content_batches FROM settlements WHERE period_id = $1", period.id
    )
    return Shape(row["wallet_batches"], row["content_batches"]) if row else Shape(0, 0)


async def batches_of(period: Period, allocation: Slices, *, first: int = 0) -> AsyncIterator[Batch]:
    """The batches of a settlement in order, from number `first` on: wallets, then contents."""
    shape = await shape_of(period)
    for number in range(first, shape.batches):
        if number < shape.wallet_batches:
            yield await _wallet_batch(period, allocation, number)
        else:
            yield await _content_batch(period, allocation, number, number - shape.wallet_batches)


async def post_batch(period: Period, batch: Batch) -> bool:
    """Post one batch, if it is the next; False where another process has posted it already."""
    async with transaction():
        moved = await execute(
            "UPDATE settlements SET posted_batches = $2"
            " WHERE period_id = $1 AND posted_batches = $3 AND status = 'frozen'",
            *(period.id, batch.number + 1, batch.number),
        )
        if not moved:
            return False
        if batch.draft is not None:
            await post_entry(batch.draft, period_id=period.id, known=batch.known)
            _announce_wallets(batch.draft, batch.known)
        await insert_rows("content_results", RESULT_COLUMNS, batch.results)
        await insert_rows("escrow_lots", LOT_COLUMNS, batch.lots)
    return True


async def posted_batches(period: Period) -> int:
    """How many batches of the period are posted."""
    row = await fetch_one("SELECT posted_batches FROM settlements WHERE period_id = $1", period.id)
    return int(row["posted_batches"]) if row else 0


def _announce_wallets(draft: EntryDraft, known: Mapping[AccountName, int]) -> None:
    """Tell the wallets that give in this batch."""
    giving = {leg.account for leg in draft.legs}
    for name in giving & known.keys():
        announce(wallet_topic(known[name]))


async def _wallet_batch(period: Period, allocation: Slices, number: int) -> Batch:
    rows = await fetch(
        "SELECT f.wallet_id, a.holder, a.currency FROM frozen_wallets f"
        " JOIN ledger_accounts a ON a.id = f.wallet_id"
        " WHERE f.period_id = $1 AND f.batch = $2 ORDER BY f.wallet_id",
        *(period.id, number),
    )
    names = {row["wallet_id"]: (row["holder"], row["currency"]) for row in rows}
    frame = allocation.given_between(min(names), max(names))
    given = {names[wallet_id]: micros for wallet_id, micros in frame if micros}
    known = {AccountName("wallet", *name): wallet_id for wallet_id, name in names.items()}
    key = f"settle:{period.key}:wallets:{number}"
    draft = entries.settle_wallets(key=key, period_key=period.key, given=given)
    return Batch(number, draft, known, (), ())


async def _content_batch(
    period: Period, allocation: Slices, number: int, content_batch: int
) -> Batch:
    contents = await _contents(period, content_batch)
    between = min(contents), max(contents)
    handles = await _handles(period, content_batch)
    parts: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for content_id, currency, account_id, micros in allocation.parts_between(*between):
        parts.setdefault((content_id, currency), []).append((handles[account_id], micros))
    legs, results = [], []
    for row in allocation.results_between(*between):
        content = contents[row.content_id]
        legs.append(_legs(period, row, content, parts.get((row.content_id, row.currency), [])))
        results.append(_result(period, row))
    lots = [
        (content_id, period.id, wallet_id, currency_of_number(currency), micros)
        for content_id, wallet_id, currency, micros in allocation.lots_between(*between)
    ]
    key = f"settle:{period.key}:contents:{content_batch}"
    return Batch(number, entries.merge("settle", key, legs), {}, results, lots)


def _legs(
    period: Period, row: Result, content: dict[str, Any], parts: list[tuple[str, int]]
) -> dict[AccountName, int]:
    currency = currency_of_number(row.currency)
    if row.escrow:
        return entries.hold_escrow_legs(
            period_key=period.key,
            content=content["registered_url"],
            currency=currency,
            gross_micros=row.gross_micros,
        )
    split = GrossSplit(
        gross=row.gross_micros,
        commission=row.commission_micros,
        platform=row.platform_micros,
        house=row.house_micros,
        net=row.net_micros,
    )
    return entries.settle_content_legs(
        period_key=period.key,
        currency=currency,
        split=split,
        platform=content["slug"],
        parts=parts,
    )


def _result(period: Period, row: Result) -> tuple[Any, ...]:
    return (
        *(period.id, row.content_id, currency_of_number(row.currency), row.clicks),
        *(row.gross_micros, row.commission_micros, row.platform_micros, row.net_micros),
        bool(row.escrow),
    )


async def _contents(period: Period, content_batch: int) -> dict[int, dict[str, Any]]:
    rows = await fetch(
        "SELECT f.content_id, c.registered_url, p.slug FROM frozen_contents f"
        " JOIN contents c ON c.id = f.content_id LEFT JOIN platforms p ON p.id = f.platform_id"
        " WHERE f.period_id = $1 AND f.batch = $2",
        *(period.id, content_batch),
    )
    return {row["content_id"]: row for row in rows}


async def _handles(period: Period, content_batch: int) -> dict[int, str]:
    rows = await fetch(
        "SELECT DISTINCT a.id, a.handle FROM frozen_contents f"
        " JOIN frozen_shares s ON s.period_id = f.period_id AND s.content_id = f.content_id"
        " JOIN accounts a ON a.id = s.account_id WHERE f.period_id = $1 AND f.batch = $2",
        *(period.id, content_batch),
    )
    return {row["id"]: row["handle"] for row in rows}

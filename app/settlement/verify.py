"""Verify: recompute a settled period from its clicks and frozen rows, and compare with the ledger.

To the micro-unit: every entry of the settlement must be there under its key, with exactly the legs
recomputed, and none besides, and so must the results and lots written with them; the digest must be
the one recorded; money must be conserved.
"""

from collections import Counter as Multiset
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.core.clock import now
from app.core.errors import BrokenInvariant, PeriodNotClosed
from app.core.settings import get_settings
from app.domain.ledger import EntryDraft
from app.domain.periods import Period, period_by_key
from app.models.database import execute, fetch, fetch_one
from app.settlement.check import breaches
from app.settlement.digest import digest_of
from app.settlement.post import LOT_COLUMNS, RESULT_COLUMNS, batches_of
from app.settlement.settle import allocated
from app.settlement.settlements import settlement_of

SHOWN = 5

Row = tuple[Any, ...]

TOTAL_COLUMNS = (
    *("period_id", "currency", "gross_micros", "commission_micros", "platform_micros"),
    *("net_micros", "escrow_micros"),
)


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared, and each difference in words; empty when all agrees."""

    period_key: str
    entries: int
    legs: int
    digest: str
    differences: tuple[str, ...]


async def verify_period(key: str, *, engine: str | None = None) -> Verification:
    """Compare a settled period with its recomputation; notes the time when all agrees.

    Raises PeriodNotClosed for a period that is not settled, NotFound.
    """
    period = await period_by_key(key)
    if period.status != "settled":
        raise PeriodNotClosed("This period is not settled yet. Settle it, then verify.")
    recorded = await settlement_of(period.id)
    differences = [f"{b.rule}: {', '.join(b.where)}" for b in await breaches()]
    try:
        compared, legs = await _compare_entries(period, engine, differences)
    except BrokenInvariant as broken:
        compared, legs = 0, 0
        differences.append(str(broken))
    digest = await digest_of(period)
    if digest != recorded.digest:
        differences.append(f"the digest is {digest}, recorded is {recorded.digest}")
    if not differences:
        await execute(
            "UPDATE settlements SET verified_at = $1 WHERE period_id = $2", *(now(), period.id)
        )
    return Verification(key, compared, legs, digest, tuple(differences))


async def _compare_entries(
    period: Period, engine: str | None, differences: list[str]
) -> tuple[int, int]:
    allocation = await allocated(period, engine or get_settings().settle_engine)
    keys, legs = set[str](), 0
    results, lots = set[Row](), set[Row]()
    async for batch in batches_of(period, allocation):
        if batch.draft is not None:
            keys.add(batch.draft.key)
            legs += len(batch.draft.legs)
            differences += await _compare(batch.draft)
        results |= set(batch.results)
        lots |= set(batch.lots)
    rows = await fetch(
        "SELECT idempotency_key FROM entries WHERE period_id = $1 AND kind = 'settle'", period.id
    )
    posted = {row["idempotency_key"] for row in rows}
    differences += [f"{key} was posted, but not computed" for key in sorted(posted - keys)[:SHOWN]]
    differences += await _compare_rows("content_results", RESULT_COLUMNS, results, period)
    differences += await _compare_rows("settlement_totals", TOTAL_COLUMNS, _totals(results), period)
    differences += await _compare_checkpoints(period)
    differences += await _compare_rows("escrow_lots", LOT_COLUMNS, lots, period)
    return len(keys), legs


async def _compare_rows(
    table: str, columns: Iterable[str], wanted: set[Row], period: Period
) -> list[str]:
    """What statements and returns read: the rows written beside the entries, each once."""
    names = tuple(columns)
    rows = await fetch(f"SELECT {', '.join(names)} FROM {table} WHERE period_id = $1", period.id)
    found = {tuple(_value(name, row[name]) for name in names) for row in rows}
    extra, missing = sorted(found - wanted)[:SHOWN], sorted(wanted - found)[:SHOWN]
    said = [f"{table}: {_named(names, row)} is there, but was not computed" for row in extra]
    return said + [
        f"{table}: {_named(names, row)} was computed, but is not there" for row in missing
    ]


def _totals(results: set[Row]) -> set[Row]:
    """The sums of results by currency, as the rows of `settlement_totals`."""
    sums: dict[tuple[int, str], list[int]] = {}
    for row in results:
        result = dict(zip(RESULT_COLUMNS, row, strict=True))
        gross = result["gross_micros"]
        parts = (gross, *(result[name] for name in TOTAL_COLUMNS[3:-1]), gross * result["escrow"])
        own = sums.setdefault((result["period_id"], result["currency"]), [0] * len(parts))
        for place, micros in enumerate(parts):
            own[place] += micros
    return {(*key, *own) for key, own in sums.items()}


async def _compare_checkpoints(period: Period) -> list[str]:
    """What balances without a row of their own begin with: the sum of all up to the period."""
    rows = await fetch(
        "SELECT a.kind, a.holder, a.currency, c.micros - (SELECT COALESCE(SUM(p.amount_micros), 0)"
        "   FROM postings p JOIN entries e ON e.id = p.entry_id"
        "   WHERE p.account_id = c.account_id AND e.period_id <= c.period_id) AS micros"
        " FROM checkpoints c JOIN ledger_accounts a ON a.id = c.account_id WHERE c.period_id = $1",
        period.id,
    )
    off = [tuple(row.values()) for row in rows if row["micros"]]
    return [f"checkpoint: {_words((*leg[:3], int(leg[3])))} too much" for leg in off[:SHOWN]]


def _value(name: str, value: Any) -> Any:
    """SQLite keeps flags as numbers."""
    return bool(value) if name == "escrow" else value


def _named(names: tuple[str, ...], row: Row) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(names, row, strict=True))


async def _compare(draft: EntryDraft) -> list[str]:
    entry = await fetch_one("SELECT id, digest FROM entries WHERE idempotency_key = $1", draft.key)
    if entry is None:
        return [f"{draft.key} was computed, but not posted"]
    rows = await fetch(
        "SELECT a.kind, a.holder, p.currency, p.amount_micros AS micros FROM postings p"
        " JOIN ledger_accounts a ON a.id = p.account_id WHERE p.entry_id = $1",
        entry["id"],
    )
    posted = Multiset((r["kind"], r["holder"], r["currency"], int(r["micros"])) for r in rows)
    wanted = Multiset((*leg.account, leg.micros) for leg in draft.legs)
    extra, missing = posted - wanted, wanted - posted
    found = [f"{draft.key}: {_words(leg)} was posted, but not computed" for leg in extra]
    found += [f"{draft.key}: {_words(leg)} was computed, but not posted" for leg in missing]
    if not found and entry["digest"] != draft.digest():
        found.append(f"{draft.key}: its digest is not that of its legs")
    return found[:SHOWN]


def _words(leg: tuple[str, str, str, int]) -> str:
    kind, holder, currency, micros = leg
    return f"{kind}:{holder} {micros:+d} micro-units of {currency}"

"""Conservation: what must hold of the ledger before and after every settlement.

Source: DESIGN.md, money rule 10.
"""

from dataclasses import dataclass

from app.core.errors import BrokenInvariant
from app.domain.periods import Period
from app.models.database import fetch

_OPEN_LOTS = (
    "SELECT c.registered_url AS holder, g.currency, g.micros FROM ("
    " SELECT content_id, currency, SUM(gross_micros) AS micros FROM escrow_lots"
    " WHERE released_entry_id IS NULL AND returned_entry_id IS NULL"
    " GROUP BY content_id, currency) g JOIN contents c ON c.id = g.content_id"
)
"""Summed before it is joined: lot by lot, a month of millions would take minutes."""

CHECKS = {
    "postings sum to zero per currency": (
        "SELECT currency AS what, SUM(amount_micros) AS micros FROM postings"
        " GROUP BY currency HAVING SUM(amount_micros) <> 0"
    ),
    "every entry is sealed": (
        "SELECT e.idempotency_key AS what, 0 AS micros FROM entries e"
        " LEFT JOIN seals s ON s.entry_id = e.id WHERE s.entry_id IS NULL"
    ),
    "every seal and every posting has its entry": (
        "SELECT 'entry ' || s.entry_id AS what, 0 AS micros FROM seals s"
        " LEFT JOIN entries e ON e.id = s.entry_id WHERE e.id IS NULL"
        " UNION ALL SELECT 'entry ' || p.entry_id, p.amount_micros FROM postings p"
        " LEFT JOIN entries e ON e.id = p.entry_id WHERE e.id IS NULL"
    ),
    "a cached balance is the sum of its postings": (
        "SELECT a.kind || ':' || a.holder || ' ' || a.currency AS what,"
        " b.micros - COALESCE(p.micros, 0) AS micros FROM balances b"
        " JOIN ledger_accounts a ON a.id = b.account_id"
        " LEFT JOIN (SELECT account_id, SUM(amount_micros) AS micros FROM postings"
        "   GROUP BY account_id) p ON p.account_id = b.account_id"
        " WHERE b.micros <> COALESCE(p.micros, 0)"
    ),
    "every account of a cached kind has a balance": (
        "SELECT a.kind || ':' || a.holder AS what, 0 AS micros FROM ledger_accounts a"
        " LEFT JOIN balances b ON b.account_id = a.id WHERE b.account_id IS NULL AND"
        " a.kind IN ('wallet', 'earnings', 'escrow', 'pending', 'receivable', 'dormant')"
    ),
    "no wallet, escrow, earnings or pending account is below zero": (
        "SELECT a.kind || ':' || a.holder AS what, b.micros FROM balances b"
        " JOIN ledger_accounts a ON a.id = b.account_id"
        " WHERE b.kind <> 'receivable' AND b.micros < 0"
    ),
    "the clearing account of a settled period is zero": (
        "SELECT a.holder || ' ' || a.currency AS what, SUM(p.amount_micros) AS micros"
        " FROM ledger_accounts a JOIN periods d ON d.key = a.holder AND d.status = 'settled'"
        " JOIN postings p ON p.account_id = a.id WHERE a.kind = 'settlement'"
        " GROUP BY a.holder, a.currency HAVING SUM(p.amount_micros) <> 0"
    ),
    "escrow holds exactly its open lots": (
        "SELECT a.holder || ' ' || a.currency AS what, COALESCE(l.micros, 0) - b.micros AS micros"
        " FROM ledger_accounts a JOIN balances b ON b.account_id = a.id"
        f" LEFT JOIN ({_OPEN_LOTS}) l ON l.holder = a.holder AND l.currency = a.currency"
        " WHERE a.kind = 'escrow' AND b.micros <> COALESCE(l.micros, 0)"
    ),
    "every open lot has its escrow account": (
        f"SELECT l.holder || ' ' || l.currency AS what, l.micros FROM ({_OPEN_LOTS}) l"
        " WHERE NOT EXISTS (SELECT 1 FROM ledger_accounts a WHERE a.kind = 'escrow'"
        "   AND a.holder = l.holder AND a.currency = l.currency)"
    ),
}
"""What must hold, each as a query for what breaks it."""

SHOWN = 5


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that does not hold, with the first few accounts or periods where it does not."""

    rule: str
    where: tuple[str, ...]


async def breaches() -> list[Breach]:
    """Every invariant that does not hold now; empty when all is well."""
    found = []
    for rule, sql in CHECKS.items():
        rows = await fetch(f"{sql} LIMIT {SHOWN}")
        if rows:
            where = tuple(f"{row['what']}: {int(row['micros'])} micro-units off" for row in rows)
            found.append(Breach(rule, where))
    return found


async def check_conservation() -> None:
    """Raises BrokenInvariant naming each rule that does not hold."""
    found = await breaches()
    if found:
        raise BrokenInvariant("; ".join(f"{b.rule}: {', '.join(b.where)}" for b in found))


async def check_posted(period: Period) -> None:
    """What a period's wallets gave is what its contents got, and nothing is left in clearing.

    Raises BrokenInvariant.
    """
    rows = await fetch(
        "SELECT a.kind, a.currency, SUM(p.amount_micros) AS micros FROM entries e"
        " JOIN postings p ON p.entry_id = e.id JOIN ledger_accounts a ON a.id = p.account_id"
        " WHERE e.period_id = $1 AND e.kind = 'settle' GROUP BY a.kind, a.currency",
        period.id,
    )
    sums = {(row["kind"], row["currency"]): int(row["micros"]) for row in rows}
    for currency in {currency for _, currency in sums}:
        gave = -sums.get(("wallet", currency), 0)
        kinds = ("earnings", "commission:house", "commission:platform", "escrow")
        got = sum(sums.get((kind, currency), 0) for kind in kinds)
        if gave != got or sums.get(("settlement", currency), 0):
            raise BrokenInvariant(
                f"{period.key}: wallets gave {gave}, contents got {got} micro-units of {currency}"
            )

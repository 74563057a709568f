"""Append-only double entry: immutable entries of signed legs, with cached balances.

+ means Obole owes it. The database refuses what is unbalanced, unsealed, late, changed or deleted;
this module posts, and names what was refused. Source: DESIGN.md §5.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tortoise.exceptions import IntegrityError

from app.core.clock import now
from app.core.errors import BrokenInvariant, IdempotencyConflict, InsufficientFunds
from app.core.sharing import MAX_MICROS
from app.models.database import (
    dialect,
    execute,
    execute_many,
    fetch,
    fetch_one,
    for_each,
    for_update,
    insert_rows,
    value_rows,
)

CACHED_KINDS = frozenset({"wallet", "earnings", "escrow", "pending", "receivable", "dormant"})
"""Kinds of account with a balance row; the others are summed from a checkpoint on."""

LOOKED_UP_AT_ONCE = 3_000
"""Account names asked for in one statement: both databases take some 32,000 values."""

POSTING_COLUMNS = {
    "entry_id": "bigint",
    "account_id": "bigint",
    "currency": "text",
    "amount_micros": "bigint",
}


class AccountName(NamedTuple):
    """A ledger account by name, without any database id: `wallet`, `alice`, `EUR`."""

    kind: str
    holder: str
    currency: str


class Leg(NamedTuple):
    """A signed amount in micro-units on an account."""

    account: AccountName
    micros: int


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """What is to be posted: a kind, an idempotency key, and legs that sum to zero per currency.

    subject: what the key stands for where the legs alone do not say it (`deposit:7`).
    """

    kind: str
    key: str
    legs: tuple[Leg, ...]
    subject: str = ""

    def digest(self) -> str:
        """SHA-256 over the subject, or else over the sorted legs.

        The same key with another digest is another entry.
        """
        if self.subject:
            return digest_of_subject(self.kind, self.subject)
        rows = sorted([*leg.account, leg.micros] for leg in self.legs)
        return hashlib.sha256(json.dumps([self.kind, rows]).encode()).hexdigest()


def digest_of_subject(kind: str, subject: str) -> str:
    """The digest of an entry whose subject says what it is, whatever its legs come to."""
    return hashlib.sha256(json.dumps([kind, subject]).encode()).hexdigest()


class Posted(NamedTuple):
    """The entry's id, and whether it was posted now (False: it was there already)."""

    entry_id: int
    created: bool


async def post_entry(
    draft: EntryDraft, *, period_id: int, known: Mapping[AccountName, int] | None = None
) -> Posted:
    """Post an entry, stamped with a period; posting it again changes nothing.

    Runs inside the caller's transaction. period_id: the open period held by the caller, or for a
    settlement the settled one. known: ids of accounts the caller has looked up already.
    Raises IdempotencyConflict where the key was used for something else, InsufficientFunds where
    an account would fall below zero, BrokenInvariant where the legs do not balance.
    """
    check_balanced(draft)
    posted = await open_entry(
        kind=draft.kind, key=draft.key, digest=draft.digest(), period_id=period_id
    )
    if not posted.created:
        return posted
    ids = dict(known or {})
    ids |= await ensure_accounts(leg.account for leg in draft.legs if leg.account not in ids)
    rows = [
        (posted.entry_id, ids[leg.account], leg.account.currency, leg.micros) for leg in draft.legs
    ]
    await insert_rows("postings", POSTING_COLUMNS, rows)
    await seal_entry(posted.entry_id)
    cached = (leg for leg in draft.legs if leg.account.kind in CACHED_KINDS)
    await move_balances({ids[leg.account]: leg.micros for leg in cached})
    return posted


async def open_entry(*, kind: str, key: str, digest: str, period_id: int) -> Posted:
    """Write an entry's row, or find it by its key. Raises IdempotencyConflict."""
    row = await fetch_one(
        "INSERT INTO entries (kind, idempotency_key, digest, period_id, posted_at)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (idempotency_key) DO NOTHING RETURNING id",
        *(kind, key, digest, period_id, now()),
    )
    if row is not None:
        return Posted(row["id"], created=True)
    found = await posted_entry(key=key, digest=digest)
    if found is None:
        raise IdempotencyConflict
    return Posted(found, created=False)


async def posted_entry(*, key: str, digest: str) -> int | None:
    """The id of the entry posted with this key; None without. Raises IdempotencyConflict."""
    found = await fetch_one("SELECT id, digest FROM entries WHERE idempotency_key = $1", key)
    if found is None:
        return None
    if found["digest"] != digest:
        raise IdempotencyConflict
    return int(found["id"])


async def seal_entry(entry_id: int) -> None:
    """Complete an entry: the database checks its legs, and takes no more."""
    await execute("INSERT INTO seals (entry_id) VALUES ($1)", entry_id)


async def move_balances(deltas: dict[int, int]) -> None:
    """Add signed micro-units to cached balances, in account order. Raises InsufficientFunds."""
    rows = sorted((account_id, micros) for account_id, micros in deltas.items() if micros)
    if not rows:
        return
    try:
        if dialect() == "sqlite":
            await execute_many(
                "UPDATE balances SET micros = micros + $2 WHERE account_id = $1", rows
            )
        else:
            await _move_balances_at_once(rows)
    except IntegrityError as error:
        if "balances_in_range" in str(error):
            raise BrokenInvariant("a balance would reach 2**53 micro-units") from error
        if "balances_" in str(error):
            raise InsufficientFunds from error
        raise


async def _move_balances_at_once(rows: Sequence[tuple[int, int]]) -> None:
    ids, micros = [row[0] for row in rows], [row[1] for row in rows]
    await fetch(
        "SELECT account_id FROM balances WHERE account_id = ANY($1::bigint[])"
        " ORDER BY account_id FOR UPDATE",
        ids,
    )
    await execute(
        "UPDATE balances AS b SET micros = b.micros + d.micros"
        " FROM unnest($1::bigint[], $2::bigint[]) AS d (account_id, micros)"
        " WHERE b.account_id = d.account_id",
        *(ids, micros),
    )


async def ensure_accounts(names: Iterable[AccountName]) -> dict[AccountName, int]:
    """The ids of ledger accounts by name, opened where they are missing."""
    wanted = sorted(set(names))
    found = await _accounts(wanted)
    missing = [name for name in wanted if name not in found]
    if missing:
        await _open_accounts(missing)
        found |= await _accounts(missing)
    return found


async def _open_accounts(names: Sequence[AccountName]) -> None:
    await for_each(
        "INSERT INTO ledger_accounts (kind, holder, currency) {rows} ON CONFLICT DO NOTHING",
        ("text", "text", "text"),
        names,
    )
    await for_each(
        "INSERT INTO balances (account_id, kind, micros) SELECT a.id, a.kind, 0"
        " FROM ({rows}) AS n JOIN ledger_accounts a ON a.kind = n.c1 AND a.holder = n.c2"
        " AND a.currency = n.c3 WHERE TRUE ON CONFLICT DO NOTHING",
        ("text", "text", "text"),
        [name for name in names if name.kind in CACHED_KINDS],
    )


async def _accounts(names: Sequence[AccountName]) -> dict[AccountName, int]:
    found: dict[AccountName, int] = {}
    for first in range(0, len(names), LOOKED_UP_AT_ONCE):
        some = names[first : first + LOOKED_UP_AT_ONCE]
        rows = await fetch(
            f"SELECT id, kind, holder, currency FROM ledger_accounts"
            f" WHERE (kind, holder, currency) IN (VALUES {value_rows(len(some), 3)})",
            *(word for name in some for word in name),
        )
        found |= {AccountName(r["kind"], r["holder"], r["currency"]): r["id"] for r in rows}
    return found


async def balance_of(name: AccountName) -> int:
    """An account's balance in micro-units: cached, or its checkpoint and the sum since."""
    row = await fetch_one(
        "SELECT a.id, b.micros FROM ledger_accounts a LEFT JOIN balances b ON b.account_id = a.id"
        " WHERE a.kind = $1 AND a.holder = $2 AND a.currency = $3",
        *name,
    )
    if row is None:
        return 0
    if row["micros"] is not None:
        return int(row["micros"])
    return await _checkpointed(row["id"])


async def _checkpointed(account_id: int) -> int:
    last = await fetch_one(
        "SELECT period_id, micros FROM checkpoints WHERE account_id = $1"
        " ORDER BY period_id DESC LIMIT 1",
        account_id,
    )
    period_id, micros = (last["period_id"], int(last["micros"])) if last else (0, 0)
    since = await fetch_one(
        "SELECT COALESCE(SUM(p.amount_micros), 0) AS micros FROM postings p"
        " JOIN entries e ON e.id = p.entry_id WHERE p.account_id = $1 AND e.period_id > $2",
        *(account_id, period_id),
    )
    return micros + int(since["micros"]) if since else micros


async def locked_balance(account_id: int) -> int:
    """A cached balance in micro-units, held against others until the transaction ends."""
    row = await fetch_one(
        f"SELECT micros FROM balances WHERE account_id = $1{for_update()}", account_id
    )
    if row is None:
        raise BrokenInvariant(f"ledger account {account_id} has no cached balance")
    return int(row["micros"])


def check_balanced(draft: EntryDraft) -> None:
    """Two legs at least, none zero or out of range, one an account, zero per currency.

    Raises BrokenInvariant. The database holds the same.
    """
    sums: dict[str, int] = {}
    for leg in draft.legs:
        if leg.micros == 0 or abs(leg.micros) >= MAX_MICROS:
            raise BrokenInvariant(f"{draft.key}: a leg of {leg.micros} micro-units")
        sums[leg.account.currency] = sums.get(leg.account.currency, 0) + leg.micros
    if len({leg.account for leg in draft.legs}) != len(draft.legs) or len(draft.legs) < 2:
        raise BrokenInvariant(f"{draft.key}: an entry has two legs or more, one per account")
    if any(sums.values()):
        raise BrokenInvariant(f"{draft.key}: legs sum to {sums}, not to zero")

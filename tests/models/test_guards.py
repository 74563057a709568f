"""What the database itself refuses, on both: each guard is looked for, and each is tried."""

from collections.abc import Awaitable, Callable

import pytest

from app import models
from app.core.clock import now
from app.models.database import connection, dialect, execute, fetch, fetch_one, transaction

pytestmark = pytest.mark.usefixtures("database")

CHECKS = [
    "periods_status_known", "periods_half_open", "open_period_one_row",
    "commission_rates_in_order", "commission_rates_house_alone", "content_shares_of_10000",
    "content_shares_position_from_1", "ledger_accounts_kind_known", "wallet_budgets_in_range",
    "postings_in_range", "balances_kind_cached", "balances_not_below_zero",
    "balances_receivable_not_above_zero", "balances_in_range", "deposits_positive",
    "deposits_refunds_within", "clicks_weight_1_to_5", "counters_not_below_zero",
    "settlements_status_known", "settlement_totals_conserved", "frozen_wallets_in_range",
    "frozen_wallets_clicked", "frozen_contents_rates_in_order", "escrow_lots_positive",
    "escrow_lots_leave_once",
]  # fmt: skip
UNIQUE = [
    "accounts_handle_unique", "accounts_email_unique", "sessions_token_hash_unique",
    "periods_key_unique", "platforms_slug_unique", "platform_hosts_host_unique",
    "contents_url_unique", "contents_registered_url_unique", "contents_external_id_unique",
    "content_shares_account_unique",
    "content_shares_position_unique", "ledger_accounts_unique", "wallets_one_per_currency",
    "wallet_budgets_one_per_period", "entries_idempotency_key_unique",
    "postings_one_leg_per_account", "deposits_idempotency_key_unique", "clicks_one_per_period",
    "escrow_lots_unique",
]  # fmt: skip
INDEXES = [
    "periods_one_open", "commission_rates_dated", "sessions_account", "platform_hosts_platform",
    "content_urls_content", "content_shares_account", "entries_period", "postings_entry",
    "clicks_wallet_period", "clicks_content_period", "counters_total", "counters_period",
    "frozen_wallets_batch", "frozen_contents_batch", "frozen_shares_account",
]  # fmt: skip
NO_MORE = [
    "frozen_wallets_no_more", "frozen_contents_no_more", "frozen_shares_no_more",
    "frozen_exclusions_no_more", "content_results_no_more", "settlement_totals_no_more",
    "checkpoints_no_more", "contents_platform_history",
]  # fmt: skip
FOREIGN_KEYS = {
    "sessions": ["accounts"], "open_period": ["periods"], "platforms": ["accounts"],
    "platform_hosts": ["platforms"], "commission_rates": ["platforms"],
    "contents": ["accounts", "periods", "platforms"], "content_urls": ["contents"],
    "content_platforms": ["contents", "periods", "platforms"],
    "content_shares": ["accounts", "contents", "periods"],
    "wallets": ["accounts", "ledger_accounts"], "wallet_budgets": ["periods", "wallets"],
    "entries": ["periods", "seals"], "balances": ["ledger_accounts"],
    "checkpoints": ["ledger_accounts", "periods"], "deposits": ["accounts", "entries", "wallets"],
    "clicks": ["contents", "periods", "wallets"], "counters": ["contents", "periods"],
    "settlements": ["periods"], "settlement_totals": ["settlements"],
    "frozen_wallets": ["periods", "wallets"],
    "frozen_contents": ["periods", "platforms"],
    "frozen_shares": ["periods"],
    "frozen_exclusions": ["periods", "wallets"],
    "content_results": ["contents", "periods"],
    "escrow_lots": ["contents", "entries", "entries", "periods", "wallets"],
}  # fmt: skip
TRIGGERS = {
    "sqlite": [
        "entries_no_update", "entries_no_delete", "postings_no_update", "postings_no_delete",
        "seals_no_update", "seals_no_delete", "postings_on_an_open_entry",
        "seals_on_a_balanced_entry", "frozen_wallets_no_update", "frozen_contents_no_update",
        "frozen_shares_no_update", "content_results_no_update", "frozen_wallets_no_delete",
        "frozen_contents_no_delete", "frozen_shares_no_delete", "content_results_no_delete",
        "frozen_exclusions_no_update", "frozen_exclusions_no_delete", "entries_no_replace",
        "settlement_totals_no_update", "settlement_totals_no_delete", "checkpoints_no_update",
        "checkpoints_no_delete", "postings_no_replace", *NO_MORE,
    ],
    "postgres": [
        "entries_no_change", "postings_no_change", "seals_no_change", "frozen_wallets_no_change",
        "frozen_contents_no_change", "frozen_shares_no_change", "content_results_no_change",
        "postings_on_an_open_entry", "seals_on_a_balanced_entry", "frozen_exclusions_no_change",
        "settlement_totals_no_change", "checkpoints_no_change", *NO_MORE,
    ],
}  # fmt: skip


async def names_of_constraints() -> str:
    if dialect() == "sqlite":
        rows = await fetch("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")
        return "\n".join(row["sql"] for row in rows)
    rows = await fetch("SELECT conname FROM pg_constraint")
    return "\n".join(row["conname"] for row in rows)


@pytest.mark.parametrize("kind", [CHECKS, UNIQUE, ["entries_sealed"]])
async def test_every_constraint_is_there(kind: list[str]) -> None:
    names = (await names_of_constraints()).replace("\n", " ").split()
    assert [name for name in kind if name not in names] == []


async def test_every_index_and_trigger_is_there() -> None:
    if dialect() == "sqlite":
        rows = await fetch("SELECT name FROM sqlite_master WHERE type IN ('index', 'trigger')")
    else:
        rows = await fetch(
            "SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public'"
            " UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
        )
    found = {row["name"] for row in rows}
    assert [name for name in INDEXES + TRIGGERS[dialect()] if name not in found] == []


@pytest.mark.parametrize(("table", "parents"), FOREIGN_KEYS.items())
async def test_every_foreign_key_is_there(table: str, parents: list[str]) -> None:
    if dialect() == "sqlite":
        rows = await fetch(f"SELECT \"table\" AS parent FROM pragma_foreign_key_list('{table}')")
        assert (await fetch("PRAGMA foreign_keys"))[0]["foreign_keys"] == 1
    else:
        rows = await fetch(
            "SELECT confrelid::regclass::text AS parent FROM pg_constraint"
            " WHERE contype = 'f' AND conrelid = $1::text::regclass",
            table,
        )
    assert sorted(row["parent"] for row in rows) == parents


async def test_models_have_the_columns_of_their_tables() -> None:
    for name in models.__all__:
        model = getattr(models, name)
        table = model._meta.db_table
        if dialect() == "sqlite":
            rows = await fetch(f"SELECT name FROM pragma_table_info('{table}')")
        else:
            rows = await fetch(
                "SELECT column_name AS name FROM information_schema.columns WHERE table_name = $1",
                table,
            )
        assert {row["name"] for row in rows} == set(model._meta.db_fields), table


Attempt = Callable[[], Awaitable[None]]


async def account(kind: str = "wallet", holder: str = "x", currency: str = "EUR") -> int:
    row = await fetch_one(
        "INSERT INTO ledger_accounts (kind, holder, currency) VALUES ($1, $2, $3) RETURNING id",
        *(kind, holder, currency),
    )
    assert row is not None
    return int(row["id"])


async def entry(key: str = "k") -> int:
    row = await fetch_one(
        "INSERT INTO entries (kind, idempotency_key, digest, period_id, posted_at)"
        " VALUES ('test', $1, 'd', 1, $2) RETURNING id",
        *(key, now()),
    )
    assert row is not None
    return int(row["id"])


async def leg(entry_id: int, account_id: int, micros: int, currency: str = "EUR") -> None:
    await execute(
        "INSERT INTO postings (entry_id, account_id, currency, amount_micros)"
        " VALUES ($1, $2, $3, $4)",
        *(entry_id, account_id, currency, micros),
    )


async def seal(entry_id: int) -> None:
    await execute("INSERT INTO seals (entry_id) VALUES ($1)", entry_id)


async def good_entry() -> tuple[int, int, int]:
    async with transaction():
        first, second = await account(holder="a"), await account("external", "b")
        entry_id = await entry()
        await leg(entry_id, first, 5)
        await leg(entry_id, second, -5)
        await seal(entry_id)
    return entry_id, first, second


async def test_a_balanced_sealed_entry_is_taken() -> None:
    await good_entry()
    assert len(await fetch("SELECT 1 AS n FROM postings")) == 2


async def _legs(*legs: tuple[str, int, str]) -> int:
    """An entry with these legs (holder, micro-units, currency), not sealed."""
    entry_id = await entry("other")
    for holder, micros, currency in legs:
        await leg(entry_id, await account("fees", holder, currency), micros, currency)
    return entry_id


async def _unsealed() -> None:
    await _legs(("f", 1, "EUR"), ("g", -1, "EUR"))


async def _unbalanced() -> None:
    await seal(await _legs(("f", 1, "EUR"), ("g", -2, "EUR")))


async def _unbalanced_in_one_currency() -> None:
    await seal(await _legs(("f", 1, "EUR"), ("f", -1, "USD")))


async def _one_leg() -> None:
    await seal(await _legs(("f", 1, "EUR")))


async def _no_leg() -> None:
    await seal(await entry("other"))


async def _seal_without_entry() -> None:
    await seal(10**6)


async def _late_leg() -> None:
    found = await fetch_one("SELECT MAX(id) AS id FROM entries")
    assert found is not None
    await leg(found["id"], await account("fees", "late"), 1)


async def _leg_without_entry() -> None:
    await leg(10**6, await account("fees", "late"), 1)


async def _leg_in_another_currency() -> None:
    await leg(await entry("other"), await account("fees", "f", "USD"), 1, "EUR")


async def _leg_of_nothing() -> None:
    await leg(await entry("other"), await account("fees", "f"), 0)


async def _leg_beyond_2_53() -> None:
    await leg(await entry("other"), await account("fees", "f"), 2**53)


async def _leg_below_minus_2_53() -> None:
    await leg(await entry("other"), await account("fees", "f"), -(2**53))


async def _second_leg_of_an_account() -> None:
    entry_id, account_id = await entry("other"), await account("fees", "f")
    await leg(entry_id, account_id, 1)
    await leg(entry_id, account_id, -1)


async def _same_key() -> None:
    await entry("k")


def _sql(statement: str) -> Attempt:
    async def run() -> None:
        await execute(statement)

    return run


REFUSED: dict[str, tuple[Attempt, str]] = {
    "an unsealed entry": (_unsealed, "entries_sealed|FOREIGN KEY"),
    "an unbalanced entry": (_unbalanced, "an entry sums to zero per currency"),
    "a currency that does not": (_unbalanced_in_one_currency, "an entry sums to zero per currency"),
    "one leg": (_one_leg, "an entry needs two legs"),
    "no leg": (_no_leg, "an entry needs two legs"),
    "a seal of nothing": (_seal_without_entry, "a seal needs its entry"),
    "a late leg": (_late_leg, "a sealed entry takes no more legs"),
    "a leg of nothing": (_leg_without_entry, "a posting needs its entry"),
    "another currency": (_leg_in_another_currency, "a posting needs an account of its currency"),
    "zero": (_leg_of_nothing, "postings_in_range"),
    "2**53": (_leg_beyond_2_53, "postings_in_range"),
    "-2**53": (_leg_below_minus_2_53, "postings_in_range"),
    "two legs": (
        _second_leg_of_an_account,
        "postings_one_leg_per_account|postings.account_id, postings.entry_id|never replaced",
    ),
    "a key twice": (_same_key, "entries_idempotency_key_unique|entries.idempotency_key"),
    "another kind": (_sql("UPDATE entries SET kind = 'other'"), "never"),
    "no entries": (_sql("DELETE FROM entries"), "never"),
    "twice as much": (_sql("UPDATE postings SET amount_micros = amount_micros * 2"), "never"),
    "no postings": (_sql("DELETE FROM postings"), "never"),
    "other seals": (_sql("UPDATE seals SET entry_id = entry_id + 1"), "never"),
    "no seals": (_sql("DELETE FROM seals"), "never"),
    "less than nothing": (
        _sql("INSERT INTO balances (account_id, kind, micros) SELECT MIN(id), 'wallet', -1"
             " FROM ledger_accounts"),
        "balances_not_below_zero",
    ),
    "two open periods": (
        _sql("INSERT INTO periods (id, key, starts_at, ends_at, status)"
             " SELECT 2, '2030-01', starts_at, ends_at, 'open' FROM periods"),
        "periods_one_open|periods.status",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("attempt", "word"), REFUSED.values(), ids=REFUSED)
async def test_the_database_refuses(attempt: Attempt, word: str) -> None:
    """Each by its own guard: without that one, another must not be what refuses it."""
    await good_entry()
    before = await everything()
    with pytest.raises(Exception, match=word):
        async with transaction():
            await attempt()
    assert await everything() == before


async def test_truncating_the_ledger_is_refused() -> None:
    await good_entry()
    if dialect() == "sqlite":
        with pytest.raises(Exception, match="ledger"):
            await execute("DELETE FROM postings WHERE TRUE")
        return
    for table in ("postings", "entries, seals, deposits, escrow_lots", "frozen_wallets"):
        with pytest.raises(Exception, match=r"ledger|never"):
            await execute(f"TRUNCATE {table}")


async def everything() -> list[list[tuple[object, ...]]]:
    tables = ("ledger_accounts", "entries", "postings", "seals", "balances", "periods")
    return [
        sorted(tuple(row.values()) for row in await fetch(f"SELECT * FROM {table}"))
        for table in tables
    ]


async def test_a_refused_commit_leaves_the_connection_usable() -> None:
    with pytest.raises(Exception, match=r"(?i)constraint|violat"):
        async with transaction():
            await _unsealed()
    assert connection() is not None
    await good_entry()

"""The main job, from clicks to statements, on both databases."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from app.core.clock import FixedClock
from app.core.errors import (
    NotFound,
    PeriodAlreadySettled,
    PeriodNotClosed,
    PeriodOutOfOrder,
    SettlementRunning,
)
from app.core.settings import use_settings
from app.domain.accounts import delete_account, suspend_account
from app.domain.contents import register_content, set_content_shares, update_content
from app.domain.drafts import ContentDraft
from app.domain.ledger import AccountName, balance_of
from app.domain.periods import Period, close_period
from app.domain.platforms import create_platform, set_commission_rate
from app.domain.wallets import set_budget, wallet_for, wallet_state
from app.models.database import dialect, fetch, sqlite_path
from app.models.locks import exclusive_lock
from app.settlement import freeze
from app.settlement.check import breaches
from app.settlement.settle import settle_due, settle_period
from app.settlement.statements import creator_reports, creator_statement, supporter_statement
from app.settlement.verify import verify_period
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")
ENGINES = ["polars", "duckdb", "reference"]


async def earned(handle: str, currency: str = "EUR") -> int:
    return await balance_of(AccountName("earnings", handle, currency))


async def wallet_of(account_id: int) -> int:
    wallet = await wallet_for(account_id)
    assert wallet is not None
    return wallet.id


@pytest.mark.parametrize("engine", ENGINES)
async def test_ten_euros_and_ten_clicks(engine: str) -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    for n in range(10):
        await click(alice, await article(bob, f"a{n}"))
    await close_period("2026-11")
    settlement = await settle_period("2026-11", engine=engine)
    assert settlement.status == "settled" and settlement.progress == 1.0
    [total] = settlement.totals
    assert (total.gross_micros, total.commission_micros, total.net_micros) == (
        *(10_000_000, 1_000_000, 9_000_000),
    )
    statement = await creator_statement(bob.id, "2026-11")
    assert statement is not None and len(statement.lines) == 10
    for line in statement.lines:
        assert (line.gross_micros, line.commission_micros, line.net_micros) == (
            *(1_000_000, 100_000, 900_000),
        )
    assert await earned("bob") == 9_000_000
    assert (await wallet_state(await wallet_of(alice.id))).balance_micros == 0
    assert (await verify_period("2026-11", engine=engine)).differences == ()


async def test_ten_euros_and_three_clicks_leave_a_micro() -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    for n in range(3):
        await click(alice, await article(bob, f"a{n}"))
    await close_period("2026-11")
    await settle_period("2026-11")
    wallet_id = await wallet_of(alice.id)
    statement = await supporter_statement(wallet_id, "2026-11")
    assert statement is not None
    assert [line.gross_micros for line in statement.lines] == [3_333_333] * 3
    assert statement.stays_micros == 1
    assert (await wallet_state(wallet_id)).balance_micros == 1


async def test_a_month_with_everything_in_it(clock: FixedClock) -> None:
    people = {name: await person(name) for name in ("ann", "ben", "cid", "dot", "eve", "fay")}
    platform = await create_platform(slug="tube", name="Tube", hosts=["news.example"])
    await set_commission_rate(
        platform_id=platform.id, commission_bps=1000, platform_bps=300, starts_at=clock.now()
    )
    shared = await article(people["dot"], "shared", creators=[("dot", 3333), ("eve", 6667)])
    orphan = await article(people["dot"], "orphan", creators=[])
    deleted = await article(people["fay"], "deleted")
    joined = await article(people["eve"], "joined")
    await fund(people["ann"], "10.00")
    await fund(people["ben"], "7.77", "USD")
    await fund(people["cid"], "5.00")
    for name in ("ann", "ben"):
        for content, weight in ((shared, 1), (orphan, 2), (deleted, 3)):
            await click(people[name], content, weight)
    await click(people["ann"], joined, 4)
    await click(people["cid"], shared)
    await set_content_shares(people["eve"], joined.id, [("eve", 5000), ("ann", 5000)])
    clock.advance(hours=1)
    await close_period("2026-11")
    await suspend_account(people["cid"].id)
    await delete_account(people["fay"].id)
    settlement = await settle_period("2026-11")
    assert await verify_period("2026-11") and not await breaches()

    # ann: 10.00 over weights 1+2+3 (joined became her own) is 1.666666 a unit, 0.000004 stay
    ann = await supporter_statement(await wallet_of(people["ann"].id), "2026-11")
    assert ann is not None and (ann.unit_micros, ann.stays_micros) == (1_666_666, 4)
    assert [(line.gross_micros, line.own) for line in ann.lines] == [
        (1_666_666, False),
        (3_333_332, False),
        (4_999_998, False),
        (0, True),
    ]
    # cid is suspended: his click counts, and gives nothing
    cid = await supporter_statement(await wallet_of(people["cid"].id), "2026-11")
    assert cid is not None and cid.pot_micros == 0 and len(cid.lines) == 1
    # shared: gross 1.666666, commission 0.166666 of which 0.049999 the platform's, net 1.500000
    assert await earned("dot") == 1_500_000 * 3333 // 10_000 + 0 + _rest(1_500_000, 3333, 6667)
    assert await earned("eve") == 1_500_000 * 6667 // 10_000
    assert await balance_of(AccountName("commission:platform", "tube", "EUR")) == 49_999
    assert await balance_of(AccountName("commission:house", "house", "EUR")) == 166_666 - 49_999
    escrow = [t.escrow_micros for t in settlement.totals]
    assert escrow == [3_333_332 + 4_999_998, 1_295_000 * 5]
    lots = await fetch("SELECT COUNT(*) AS n, SUM(gross_micros) AS s FROM escrow_lots")
    assert (lots[0]["n"], int(lots[0]["s"])) == (4, sum(escrow))
    held = await balance_of(AccountName("escrow", orphan.registered_url, "EUR"))
    assert held == 3_333_332


def _rest(net: int, *shares: int) -> int:
    return net - sum(net * share // 10_000 for share in shares)


async def test_a_period_without_clicks_settles_to_nothing_and_has_a_digest() -> None:
    await close_period("2026-11")
    settlement = await settle_period("2026-11")
    assert (settlement.wallets, settlement.clicks, settlement.contents) == (0, 0, 0)
    assert settlement.digest is not None and len(settlement.digest) == 64
    assert settlement.totals == ()
    assert (await verify_period("2026-11")).differences == ()


async def test_a_unit_of_nothing_is_legal() -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "0.000001")
    await click(alice, await article(bob, "one"), weight=2)
    await close_period("2026-11")
    settlement = await settle_period("2026-11")
    assert settlement.clicks == 1
    statement = await creator_statement(bob.id, "2026-11")
    assert statement is not None
    assert [(x.clicks, x.gross_micros) for x in statement.lines] == [(1, 0)]
    assert await fetch("SELECT 1 AS n FROM entries WHERE kind = 'settle'") == []
    assert (await verify_period("2026-11")).differences == ()


async def test_what_cannot_be_settled_is_refused_and_changes_nothing(clock: FixedClock) -> None:
    with pytest.raises(PeriodNotClosed):
        await settle_period("2026-11")
    with pytest.raises(NotFound):
        await settle_period("2031-01")
    await close_period("2026-11")
    clock.advance(days=40)
    await close_period("2026-12")
    with pytest.raises(PeriodOutOfOrder):
        await settle_period("2026-12")
    async with exclusive_lock("settle", wait=False):
        with pytest.raises(SettlementRunning):
            await settle_period("2026-11")
    assert await fetch("SELECT * FROM settlements") == []
    assert await settle_due() == ["2026-11", "2026-12"]
    with pytest.raises(PeriodAlreadySettled):
        await settle_period("2026-11")
    with pytest.raises(PeriodNotClosed):
        await verify_period("2027-01")


async def test_batches_of_one_row_give_the_same_month() -> None:
    alice, bob, cid = [await person(name) for name in ("alice", "bob", "cid")]
    contents = [await article(cid, f"a{n}") for n in range(3)]
    for supporter in (alice, bob):
        await fund(supporter, "1.00")
        for content in contents:
            await click(supporter, content)
    await close_period("2026-11")
    with use_settings(settle_batch_size=1):
        await settle_period("2026-11")
    [posted] = await fetch("SELECT posted_batches FROM settlements")
    assert posted["posted_batches"] == 2 + 3
    assert await earned("cid") == 3 * (666_666 - 66_666)
    assert (await verify_period("2026-11")).differences == ()


async def test_verify_finds_what_the_recomputation_does_not_explain() -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "1.00")
    await click(alice, await article(bob, "one"))
    await close_period("2026-11")
    await settle_period("2026-11")
    assert (await verify_period("2026-11")).differences == ()
    await fetch("DELETE FROM clicks")
    assert (await verify_period("2026-11")).differences != ()


async def test_the_creators_report_is_flattrs_own_form() -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    await set_budget(alice, currency="EUR", budget_micros=1_000_000)
    for n in range(3):
        await click(alice, await article(bob, f"a{n}"))
    await close_period("2026-11")
    await settle_period("2026-11")
    [(currency, text)] = (await creator_reports(bob, "2026-11")).items()
    lines = text.splitlines()
    assert currency == "EUR"
    assert lines[0] == "period;id;flattr url;url;title;clicks;revenue;clicks total"
    assert len(lines) == 4 and lines[1].startswith("2026-11;")
    revenue = [line.split(";")[6] for line in lines[1:]]
    assert sorted(revenue) == ["0,3", "0,3", "0,3"]


async def test_rates_are_those_of_the_close(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    await click(alice, await article(bob, "one"))
    clock.advance(days=1)
    await set_commission_rate(
        platform_id=None, commission_bps=2000, platform_bps=0, starts_at=clock.now()
    )
    clock.advance(days=1)
    await close_period("2026-11")
    clock.advance(days=1)
    await set_commission_rate(
        platform_id=None, commission_bps=5000, platform_bps=0, starts_at=clock.now()
    )
    await settle_period("2026-11")
    assert await earned("bob") == 8_000_000


async def test_a_rate_from_the_next_month_on_is_not_this_ones(clock: FixedClock) -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    await click(alice, await article(bob, "one"))
    december = datetime(2026, 12, 1, tzinfo=UTC)
    await set_commission_rate(
        platform_id=None, commission_bps=2000, platform_bps=0, starts_at=december
    )
    clock.set(december + timedelta(seconds=5))
    await close_period("2026-11")
    await settle_period("2026-11")
    assert await earned("bob") == 9_000_000
    await fund(alice, "10.00", key="second")
    await click(alice, await article(bob, "two"))
    clock.advance(days=31)
    await close_period("2026-12")
    await settle_period("2026-12")
    assert await earned("bob") == 9_000_000 + 8_000_000


async def test_a_platform_is_that_of_the_close(clock: FixedClock) -> None:
    """Moved to another platform after the close, twice: the closed month pays by the first."""
    alice, bob = await person("alice"), await person("bob")
    for slug, bps in (("tube", 200), ("reel", 500)):
        platform = await create_platform(slug=slug, name=slug, hosts=[f"{slug}.example"])
        await set_commission_rate(
            platform_id=platform.id, commission_bps=1000, platform_bps=bps, starts_at=clock.now()
        )
    draft = ContentDraft(url="https://tube.example/one", title="One")
    content = await register_content(bob, draft)
    await fund(alice, "10.00")
    await set_budget(alice, currency="EUR", budget_micros=1_000_000)
    await click(alice, content)
    clock.advance(days=1)
    await close_period("2026-11")
    clock.advance(days=1)
    await update_content(bob, content.id, {"url": "https://reel.example/one"})
    await click(alice, content)
    await update_content(bob, content.id, {"url": "https://nobody.example/one"})
    await update_content(bob, content.id, {"url": "https://reel.example/one"})
    clock.advance(days=1)
    await close_period("2026-12")
    await update_content(bob, content.id, {"url": "https://tube.example/one"})
    assert await settle_due() == ["2026-11", "2026-12"]
    assert await balance_of(AccountName("commission:platform", "tube", "EUR")) == 20_000
    assert await balance_of(AccountName("commission:platform", "reel", "EUR")) == 50_000


async def test_an_address_edited_meanwhile_does_not_disturb_the_freeze(
    monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    """Somebody edits a clicked content's address while it is frozen, on another connection."""
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    content = await article(bob, "one")
    await click(alice, content)
    await close_period("2026-11")
    freeze_contents, times = freeze._freeze_contents, []

    async def disturbed(period: Period, batch: int) -> None:
        times.append(batch)
        if len(times) == 1:
            await _edit_elsewhere(database)
        await freeze_contents(period, batch)

    monkeypatch.setattr(freeze, "_freeze_contents", disturbed)
    settlement = await settle_period("2026-11")
    assert (len(times), settlement.contents) == (1, 1)


async def _edit_elsewhere(url: str) -> None:
    """Another connection edits every content: PostgreSQL lets it, SQLite has one writer."""
    sql = "UPDATE contents SET url = url || '2'"
    if dialect() == "postgres":
        other = await asyncpg.connect(url)
        await other.execute(sql)
        await other.close()
        return
    locked = pytest.raises(sqlite3.OperationalError, match="locked")
    with closing(sqlite3.connect(sqlite_path(url), timeout=0)) as file, locked:
        file.execute(sql)

"""What the settlement reads, and what it makes of it: Arrow tables, slices, and the digest."""

import polars as pl
import pytest

from app.domain.periods import close_period, period_by_key
from app.settlement.digest import digest_of
from app.settlement.engines import allocate
from app.settlement.freeze import freeze_period
from app.settlement.inputs import read_inputs
from app.settlement.settle import settle_period
from app.settlement.slices import slices_of
from tests.world import article, click, fund, person

PINNED = "3924e6d2d51dcb2ba4b85db975045944fce364af73b9727f0fae25f5118cb768"
"""One euro, one click, 2026-11: the same on every database, machine and engine."""

pytestmark = pytest.mark.usefixtures("database")


async def test_an_empty_period_reads_as_empty_tables() -> None:
    await close_period("2026-11")
    period = await period_by_key("2026-11")
    await freeze_period(period)
    inputs = await read_inputs(period.id)
    assert [len(getattr(inputs, name)) for name in ("clicks", "wallets", "contents")] == [0, 0, 0]
    slices = slices_of(allocate(inputs, "polars"))
    assert list(slices.results_between(0, 10**9)) == []


async def test_what_is_read_is_what_was_clicked() -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "10.00")
    contents = [await article(bob, f"a{n}") for n in range(4)]
    for content in contents:
        await click(alice, content, weight=2)
    await close_period("2026-11")
    period = await period_by_key("2026-11")
    await freeze_period(period)
    await freeze_period(period)
    inputs = await read_inputs(period.id)
    clicks = pl.DataFrame(inputs.clicks)
    assert sorted(clicks["content_id"].to_list()) == [content.id for content in contents]
    assert set(clicks["weight"].to_list()) == {2}
    wallets = pl.DataFrame(inputs.wallets).row(0, named=True)
    assert (wallets["currency"], wallets["pot_micros"], wallets["total_weight"]) == (
        *(978, 10_000_000, 8),
    )
    slices = slices_of(allocate(inputs, "polars"))
    [second] = slices.results_between(contents[1].id, contents[1].id)
    assert (second.content_id, second.gross_micros) == (contents[1].id, 2_500_000)
    assert len(list(slices.parts_between(contents[1].id, contents[2].id))) == 2
    assert list(slices.given_between(1, 10**9)) == [(inputs.wallets["wallet_id"][0].as_py(), 10**7)]


async def test_the_digest_is_of_names_and_amounts_alone() -> None:
    alice, bob = await person("alice"), await person("bob")
    await fund(alice, "1.00")
    await click(alice, await article(bob, "one"))
    await close_period("2026-11")
    settlement = await settle_period("2026-11")
    assert settlement.digest == await digest_of(await period_by_key("2026-11"))
    assert settlement.digest == PINNED

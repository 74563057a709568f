"""The button: it offers what the mutation will take, and shows the wallet that clicked."""

import pytest

from app.core.errors import DomainError, Forbidden
from app.domain.accounts import Account
from app.domain.clicks import record_click, withdraw_click
from app.domain.contents import delete_content
from app.domain.periods import open_period
from app.domain.viewer_states import ViewerState, viewer_states
from app.domain.wallets import set_budget
from tests.world import article, click, fund, person

pytestmark = pytest.mark.usefixtures("database")


async def shown(viewer: Account, content_id: int, currency: str | None = None) -> ViewerState:
    return (await viewer_states(viewer, [content_id], currency=currency))[0]


async def test_the_button_says_what_the_mutation_will() -> None:
    alice, bob = await person("alice"), await person("bob")
    mine, theirs = await article(alice, "mine"), await article(bob, "theirs")
    codes = {}
    for state in await viewer_states(alice, [mine.id, theirs.id, 10**9]):
        codes[state.content_id] = state.refusal.code if state.refusal else None
    assert codes == {
        mine.id: "OWN_CONTENT",
        theirs.id: "WALLET_EMPTY",
        10**9: "CONTENT_NOT_FOUND",
    }
    await fund(alice, "3.00")
    [free] = await viewer_states(alice, [theirs.id])
    assert free.refusal is None and free.worth_micros == 3_000_000
    await click(alice, theirs, weight=2)
    [clicked] = await viewer_states(alice, [theirs.id])
    assert (clicked.weight, clicked.worth_micros) == (2, 3_000_000)
    assert clicked.undo_until == (await open_period()).ends_at
    [stranger] = await viewer_states(None, [theirs.id])
    assert stranger.refusal is not None and stranger.refusal.code == "UNAUTHENTICATED"


async def test_the_wallet_that_clicked_is_shown() -> None:
    alice, bob = await person("alice"), await person("bob")
    one, two = await article(bob, "one"), await article(bob, "two")
    await fund(alice, "1.00", "EUR", key="e")
    await fund(alice, "4.00", "USD", key="d")
    await set_budget(alice, currency="EUR", budget_micros=0)
    await record_click(alice, one.id, weight=2, currency="USD")
    state = await shown(alice, one.id)
    assert (state.weight, state.refusal) == (2, None)
    assert (state.currency, state.worth_micros) == ("USD", 4_000_000)
    assert state.undo_until is not None
    await record_click(alice, one.id)
    other = await shown(alice, two.id)
    assert (other.weight, other.currency) == (0, "EUR")
    assert other.refusal is not None and other.refusal.code == "WALLET_EMPTY"
    dollars = await shown(alice, two.id, "USD")
    assert (dollars.currency, dollars.refusal, dollars.worth_micros) == ("USD", None, 2_000_000)
    none = await shown(alice, two.id, "JPY")
    assert none.currency is None
    assert none.refusal is not None and none.refusal.code == "WALLET_EMPTY"


async def test_of_two_wallets_that_clicked_the_named_one_is_shown_then_the_oldest() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    for weight, currency in ((1, "EUR"), (2, "USD"), (3, "JPY")):
        await fund(alice, "1.00", currency, key=currency)
        await record_click(alice, content.id, weight=weight, currency=currency)
    seen = [(await shown(alice, content.id, c)).currency for c in (None, "USD", "JPY", "CHF")]
    assert seen == ["EUR", "USD", "JPY", "EUR"]
    await withdraw_click(alice, content.id, currency="USD")
    assert (await shown(alice, content.id, "USD")).currency == "EUR"
    await withdraw_click(alice, content.id)
    state = await shown(alice, content.id)
    assert (state.weight, state.undo_until, state.currency) == (0, None, "EUR")


async def test_a_click_on_what_was_deleted_is_shown_and_not_offered_again() -> None:
    alice, bob = await person("alice"), await person("bob")
    content = await article(bob, "one")
    await fund(alice, "1.00")
    await click(alice, content)
    await delete_content(bob, content.id)
    state = await shown(alice, content.id)
    assert state.weight == 1
    assert state.refusal is not None and state.refusal.code == "CONTENT_NOT_FOUND"


async def test_what_bars_every_click_comes_first() -> None:
    alice, bob = await person("alice"), await person("bob")
    mine, theirs = await article(alice, "mine"), await article(bob, "theirs")
    await fund(alice, "1.00")
    await click(alice, theirs)
    barred: DomainError = Forbidden()
    states = await viewer_states(alice, [mine.id, theirs.id], barred=barred)
    assert [(s.refusal, s.weight) for s in states] == [(barred, 0), (barred, 1)]
    [stranger] = await viewer_states(None, [mine.id], barred=barred)
    assert stranger.refusal is barred

"""Refusals: what is decided of a click, one row a case."""

import pytest

from app.domain.accounts import Account, account_by_handle, suspend_account
from app.domain.contents import delete_content
from app.domain.refusals import facts_of, refusal_of
from app.domain.wallets import WalletState
from tests.world import article, person

pytestmark = pytest.mark.usefixtures("sqlite_database")
FULL = WalletState(1, 10, 10, None, 0, 0)
STATES = {
    "full": FULL,
    "none": None,
    "empty": WalletState(1, 0, 0, None, 0, 0),
    "reserved": WalletState(1, 10, 0, None, 0, 0),
    "budget 0": WalletState(1, 10, 10, 0, 0, 0),
    "busy": WalletState(1, 10, 10, None, 1000, 1000),
}


async def account(handle: str) -> Account:
    found = await account_by_handle(handle)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("who", "what", "state", "code", "code_again"),
    [
        ("sue", "fine", "full", None, None),
        ("sue", "fine", "none", "WALLET_EMPTY", None),
        ("sue", "fine", "empty", "WALLET_EMPTY", None),
        ("sue", "fine", "reserved", "WALLET_EMPTY", None),
        ("sue", "fine", "budget 0", "WALLET_EMPTY", None),
        ("sue", "fine", "busy", "TOO_MANY_CLICKS", None),
        ("bob", "fine", "full", "OWN_CONTENT", None),
        ("sue", "evil", "full", "NOT_ELIGIBLE", None),
        ("sue", "gone", "full", "CONTENT_NOT_FOUND", "CONTENT_NOT_FOUND"),
        ("sue", "never", "full", "CONTENT_NOT_FOUND", "CONTENT_NOT_FOUND"),
        ("eve", "fine", "full", "ACCOUNT_SUSPENDED", "ACCOUNT_SUSPENDED"),
        ("eve", "never", "none", "ACCOUNT_SUSPENDED", "ACCOUNT_SUSPENDED"),
    ],
)
async def test_why_a_click_is_refused_the_first_time_and_again(
    who: str, what: str, state: str, code: str | None, code_again: str | None
) -> None:
    bob, eve, _ = [await person(name) for name in ("bob", "eve", "sue")]
    ids = {"never": 10**9}
    for maker, name in ((bob, "fine"), (eve, "evil"), (bob, "gone")):
        ids[name] = (await article(maker, name)).id
    await delete_content(bob, ids["gone"])
    await suspend_account(eve.id)
    supporter = await account(who)
    facts = (await facts_of(supporter, list(ids.values())))[ids[what]]
    for clicked, expected in ((False, code), (True, code_again)):
        refusal = refusal_of(supporter, facts, STATES[state], clicked=clicked)
        assert (refusal.code if refusal else None) == expected

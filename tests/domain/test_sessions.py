"""Sign-ins: tokens with scopes and an end, and everything that ends them sooner."""

from datetime import timedelta

import pytest

from app.core.clock import FixedClock
from app.core.errors import Forbidden, InvalidInput, RateLimited, Unauthenticated
from app.core.settings import use_settings
from app.domain.accounts import delete_account, suspend_account
from app.domain.sessions import (
    ALL_SCOPES,
    MAX_TOKEN,
    Scope,
    SignedIn,
    Viewer,
    open_session,
    sign_in,
    sign_out,
    viewers_of,
)
from app.models.database import fetch
from tests.conftest import START
from tests.schema.test_statements_of_sql import counting
from tests.world import PASSWORD, person


async def signed_in(handle: str = "alice", *, expires_in_s: int | None = None) -> SignedIn:
    await person(handle)
    email = f"{handle}@people.example"
    return await sign_in(email=email, password=PASSWORD, expires_in_s=expires_in_s)


async def viewer_of(token: str) -> Viewer | None:
    return (await viewers_of([token]))[0]


@pytest.mark.usefixtures("database")
async def test_a_token_is_its_holder_and_only_its_hash_is_kept() -> None:
    alice = await signed_in()
    assert await viewer_of(alice.token) == alice.viewer
    assert alice.viewer.session.expires_at == START + timedelta(days=30)
    [row] = await fetch("SELECT * FROM sessions")
    assert alice.token not in str(row)


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(
    ("is_operator", "asked", "granted"),
    [
        (False, None, ALL_SCOPES - {Scope.OPERATE}),
        (True, None, ALL_SCOPES),
        (False, [Scope.READ, Scope.OPERATE], {Scope.READ}),
        (True, [Scope.OPERATE], {Scope.OPERATE}),
        (False, [Scope.CLICK], {Scope.CLICK}),
    ],
)
async def test_scopes_are_what_was_asked_and_may_be(
    is_operator: bool, asked: list[Scope] | None, granted: set[Scope]
) -> None:
    alice = await person("alice", is_operator=is_operator)
    token = (await open_session(alice, scopes=asked)).token
    viewer = await viewer_of(token)
    assert viewer is not None and viewer.session.scopes == granted
    for scope in Scope:
        if scope in granted:
            assert viewer.require(scope) == alice
        else:
            with pytest.raises(Forbidden, match=f"`{scope.name}`"):
                viewer.require(scope)


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize("asked", [[], [Scope.OPERATE]])
async def test_a_token_that_could_do_nothing_is_not_made(asked: list[Scope]) -> None:
    with pytest.raises(InvalidInput) as refused:
        await open_session(await person("alice"), scopes=asked)
    assert refused.value.field == "scopes"


@pytest.mark.usefixtures("database")
async def test_a_token_ends_at_its_moment(clock: FixedClock) -> None:
    alice = await signed_in(expires_in_s=60)
    clock.advance(seconds=59.999)
    assert await viewer_of(alice.token) is not None
    clock.advance(seconds=0.001)
    assert await viewer_of(alice.token) is None


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize("seconds", [0, -1, 30 * 86_400 + 1, 10**18])
async def test_a_life_has_limits(seconds: int) -> None:
    alice = await person("alice")
    assert await open_session(alice, expires_in_s=30 * 86_400)
    with pytest.raises(InvalidInput) as refused:
        await open_session(alice, expires_in_s=seconds)
    assert refused.value.field == "expiresInSeconds"


@pytest.mark.usefixtures("database")
async def test_signing_out_ends_this_token_alone() -> None:
    first = await signed_in()
    second = await open_session(first.viewer.account)
    await sign_out(first.viewer)
    await sign_out(first.viewer)
    assert await viewer_of(first.token) is None
    assert await viewer_of(second.token) is not None


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("alice@people.example", "wrong horse"), ("alice@people.example", ""),
        ("nobody@people.example", PASSWORD), ("", PASSWORD), ("alice", PASSWORD),
    ],
)  # fmt: skip
async def test_a_wrong_sign_in_says_nothing_of_what_was_wrong(email: str, password: str) -> None:
    await person("alice")
    with pytest.raises(Unauthenticated, match="do not belong together"):
        await sign_in(email=email, password=password)
    assert await fetch("SELECT 1 AS n FROM sessions") == []


@pytest.mark.usefixtures("sqlite_database")
async def test_attempts_are_limited_by_e_mail_also_for_the_right_password(
    clock: FixedClock,
) -> None:
    await person("alice")
    with use_settings(sign_ins_per_minute=3):
        for email in ("alice@people.example", "ALICE@people.example", " alice@people.example"):
            with pytest.raises(Unauthenticated):
                await sign_in(email=email, password="wrong horse")
        with pytest.raises(RateLimited) as refused:
            await sign_in(email="alice@people.example", password=PASSWORD)
        await signed_in("bob")
        clock.advance(seconds=refused.value.retry_after_s)
        await sign_in(email="alice@people.example", password=PASSWORD)


@pytest.mark.usefixtures("sqlite_database")
async def test_attempts_are_limited_by_address_over_many_e_mails() -> None:
    with use_settings(sign_ins_per_minute=1):
        for n in range(10):
            with pytest.raises(Unauthenticated):
                await sign_in(email=f"{n}@p.example", password=PASSWORD, client_ip="i")
        with pytest.raises(RateLimited):
            await sign_in(email="11@p.example", password=PASSWORD, client_ip="i")


@pytest.mark.usefixtures("sqlite_database")
async def test_an_address_that_asks_too_often_keeps_nobody_out() -> None:
    await person("alice")
    email = "alice@people.example"
    with use_settings(sign_ins_per_minute=1):
        for n in range(10):
            with pytest.raises(Unauthenticated):
                await sign_in(email=f"{n}@p.example", password="x", client_ip="2001:db8::1")
        for n in range(2, 9):
            with pytest.raises(RateLimited):
                await sign_in(email=email, password="x", client_ip=f"2001:db8::{n}")
        await sign_in(email=email, password=PASSWORD, client_ip="203.0.113.7")


@pytest.mark.usefixtures("database")
async def test_a_suspended_account_still_reads_and_is_seen_as_suspended() -> None:
    alice = await signed_in()
    await suspend_account(alice.viewer.account.id)
    viewer = await viewer_of(alice.token)
    assert viewer is not None and viewer.account.suspended_at is not None
    again = await sign_in(email="alice@people.example", password=PASSWORD)
    assert again.viewer.account.suspended_at is not None


@pytest.mark.usefixtures("database")
async def test_a_deleted_accounts_token_is_dead() -> None:
    alice = await signed_in()
    await delete_account(alice.viewer.account.id)
    assert await viewer_of(alice.token) is None
    with pytest.raises(Unauthenticated):
        await sign_in(email="alice@people.example", password=PASSWORD)


@pytest.mark.usefixtures("database")
async def test_many_tokens_are_looked_up_at_once_in_their_order() -> None:
    alice, bob = await signed_in(), await signed_in("bob")
    again = await sign_in(email="alice@people.example", password=PASSWORD)
    await sign_out(again.viewer)
    tokens = [bob.token, "nonsense", alice.token, "tökén", again.token, bob.token]
    with counting() as seen:
        found = await viewers_of(tokens)
    assert found == [bob.viewer, None, alice.viewer, None, None, bob.viewer]
    assert len(seen) == 2
    assert await viewers_of([]) == []


@pytest.mark.usefixtures("database")
async def test_what_is_no_token_is_nobody() -> None:
    await signed_in()
    long = "x" * (MAX_TOKEN + 1)
    for token in ("", "obole_", long, "\x00", "\ud800", "tökén", "' OR 1=1 --"):
        assert await viewer_of(token) is None

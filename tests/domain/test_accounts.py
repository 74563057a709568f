"""Accounts: who may sign up, under what name, and what is left of a deleted one."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.clock import FixedClock
from app.core.errors import AccountSuspended, AlreadyTaken, InvalidInput, RateLimited
from app.core.settings import use_settings
from app.domain.accounts import (
    account_by_handle,
    accounts_by_handles,
    accounts_by_ids,
    check_password,
    clean_line,
    delete_account,
    reinstate_account,
    require_active,
    sign_up,
    suspend_account,
)
from app.models.database import fetch
from tests.world import PASSWORD, person

GOOD: dict[str, Any] = {"handle": "alice", "email": "alice@people.example", "password": PASSWORD}
HOSTILE = ["\x00", "a\x00b", "\ud800", "a\udfffb"]
REFUSED = [
    *[("handle", value) for value in (
        "", " ", "-a", "a-", "_a", "a_", "a b", "a.b", "älice", "a" * 41, "a/b", "ａ", "a\nb",
    )],
    *[("email", value) for value in (
        "", "alice", "alice@", "@people.example", "alice@people", "a b@people.example",
        "a@b@people.example", "alice@people.example.", f"{'a' * 65}@people.example",
        f"a@{'b' * 250}.example", "alice@people.example\x07", "al\x1bice@people.example",
    )],
    *[("password", value) for value in ("", "short", "seven77", "x" * 201, "eight\x07characters")],
    *[("display_name", value) for value in (" ", "\n", "x" * 81, "bell\x07", "a\x1b[31m")],
    *[(name, value * 8 if name == "password" else f"alice{value}@people.example"
       if name == "email" else value)
      for name in ("handle", "email", "password", "display_name") for value in HOSTILE],
]  # fmt: skip
FIELDS = {"display_name": "displayName"}


@pytest.mark.usefixtures("database")
async def test_signing_up_is_being_found() -> None:
    alice = await sign_up(**GOOD, display_name="  Alice \n Müller ")
    assert alice.display_name == "Alice Müller"
    assert (alice.handle, alice.email, alice.is_operator) == ("alice", GOOD["email"], False)
    assert alice.created_at == datetime(2026, 11, 3, 12, tzinfo=UTC)
    assert await account_by_handle("ALICE") == alice
    assert await accounts_by_handles(["bob", "alice"]) == [None, alice]
    assert await accounts_by_ids([10**9, alice.id]) == [None, alice]
    assert (await accounts_by_ids([]), await accounts_by_handles([])) == ([], [])
    [row] = await fetch("SELECT password_hash FROM accounts")
    assert row["password_hash"].startswith("$argon2id$")


@pytest.mark.usefixtures("sqlite_database")
@pytest.mark.parametrize(("name", "value"), REFUSED, ids=lambda value: ascii(value)[:20])
async def test_what_cannot_be_taken_is_refused_by_its_name(name: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        await sign_up(**(GOOD | {name: value}))
    assert refused.value.field == FIELDS.get(name, name)
    assert await fetch("SELECT 1 AS n FROM accounts") == []


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("name", ["handle", "email"])
async def test_handles_and_e_mails_are_taken_once_whatever_their_case(name: str) -> None:
    await person("alice")
    other = {"handle": "bob", "email": "bob@people.example", "password": PASSWORD}
    with pytest.raises(AlreadyTaken, match="handle" if name == "handle" else "e-mail"):
        await sign_up(**(other | {name: GOOD[name].upper()}))
    assert len(await fetch("SELECT 1 AS n FROM accounts")) == 1


@pytest.mark.usefixtures("database")
async def test_of_eight_at_once_one_has_the_handle() -> None:
    done = await asyncio.gather(*(person("alice") for _ in range(8)), return_exceptions=True)
    assert sorted(type(d).__name__ for d in done) == ["Account"] + ["AlreadyTaken"] * 7


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("hostile", HOSTILE)
async def test_hostile_names_are_nobodys(hostile: str) -> None:
    await person("alice")
    assert await account_by_handle(hostile) is None
    assert await accounts_by_handles([hostile, "alice"]) != [None, None]
    for email, password in ((hostile, PASSWORD), ("alice@people.example", hostile)):
        with pytest.raises(InvalidInput):
            await check_password(email=email, password=password)


@pytest.mark.usefixtures("sqlite_database")
async def test_passwords_are_compared_whole_and_e_mails_without_case() -> None:
    password = "x" * 200
    await sign_up(**(GOOD | {"password": password}))
    assert await check_password(email=" Alice@People.example ", password=password)
    assert await check_password(email="a" * 10_000, password=password) is None
    for wrong in ("x" * 199, "x" * 201, "x" * 10_000, "", PASSWORD):
        assert await check_password(email=GOOD["email"], password=wrong) is None
    assert await check_password(email="nobody@people.example", password=password) is None


@pytest.mark.usefixtures("sqlite_database")
async def test_one_address_opens_so_many_accounts_an_hour(clock: FixedClock) -> None:
    with use_settings(sign_ups_per_hour=2):
        for name in ("a", "b"):
            await sign_up(handle=name, email=f"{name}@p.example", password=PASSWORD, client_ip="i")
        with pytest.raises(RateLimited) as refused:
            await sign_up(**GOOD, client_ip="i")
        await sign_up(handle="c", email="c@p.example", password=PASSWORD, client_ip="other")
        clock.advance(seconds=refused.value.retry_after_s)
        await sign_up(**GOOD, client_ip="i")


@pytest.mark.usefixtures("database")
async def test_a_suspension_is_seen_and_taken_back() -> None:
    alice = await person("alice")
    assert require_active(alice) is alice
    await suspend_account(alice.id)
    [suspended] = await accounts_by_ids([alice.id])
    assert suspended is not None and suspended.suspended_at is not None
    with pytest.raises(AccountSuspended):
        require_active(suspended)
    await reinstate_account(alice.id)
    assert await accounts_by_ids([alice.id]) == [alice]


@pytest.mark.usefixtures("database")
async def test_a_deleted_account_is_nobody_but_keeps_its_handle() -> None:
    alice = await person("alice")
    await delete_account(alice.id)
    assert await accounts_by_ids([alice.id]) == [None]
    assert await account_by_handle("alice") is None
    assert await check_password(email=alice.email, password=PASSWORD) is None
    [row] = await fetch("SELECT handle, email, display_name, password_hash FROM accounts")
    assert tuple(row.values()) == ("alice", f"deleted-{alice.id}@invalid", "", "")
    with pytest.raises(AlreadyTaken):
        await sign_up(**(GOOD | {"email": "new@people.example"}))
    assert (await sign_up(**(GOOD | {"handle": "alice2"}))).email == alice.email


@pytest.mark.parametrize(
    ("text", "line"),
    [("a", "a"), (" a \t b\r\nc ", "a b c"), ("e\u0301", "é"), ("x" * 10, "x" * 10)],
)
def test_a_line_is_cleaned(text: str, line: str) -> None:
    assert clean_line(text, field="title", at_most=10) == line


@pytest.mark.parametrize("text", ["", " \n", "x" * 11, "a\x00", "a\x07", "\ud800", "\x7f"])
def test_what_is_no_line_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean_line(text, field="title", at_most=10)
    assert refused.value.field == "title"

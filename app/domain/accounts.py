"""Accounts: signing up, and who somebody is."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tortoise.exceptions import IntegrityError

from app.core.clock import now
from app.core.errors import AccountSuspended, AlreadyTaken, InvalidInput
from app.core.limits import RateLimit
from app.core.security import hash_password, password_matches
from app.core.settings import get_settings
from app.core.text import check_text
from app.domain.limiters import limiter, network_of
from app.models import Account as AccountRow
from app.models.database import in_order, is_unique_violation, transaction

_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9_-]{0,38}[a-z0-9])?")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+")
MIN_PASSWORD, MAX_PASSWORD = 8, 200
MAX_NAME, MAX_EMAIL = 80, 254


@dataclass(frozen=True, slots=True)
class Account:
    """A person or organisation; `handle` is public, unique and never changes."""

    id: int
    handle: str
    display_name: str
    email: str
    is_operator: bool
    created_at: datetime
    suspended_at: datetime | None
    deleted_at: datetime | None


async def sign_up(
    *,
    handle: str,
    email: str,
    password: str,
    display_name: str | None = None,
    is_operator: bool = False,
    client_ip: str = "",
) -> Account:
    """Open an account. Raises InvalidInput naming the field, AlreadyTaken, RateLimited."""
    row: dict[str, Any] = {
        "handle": _checked_handle(handle),
        "email": _checked_email(email),
        "display_name": clean_line(display_name or handle, field="displayName", at_most=MAX_NAME),
        "is_operator": is_operator,
    }
    _check_password(password)
    if client_ip:
        _sign_ups().take(network_of(client_ip))
    row["password_hash"] = await hash_password(password)
    try:
        async with transaction():
            created = await AccountRow.create(**row, created_at=now())
    except IntegrityError as error:
        raise _taken(error) from None
    return account_of(created)  # fmt: skip


async def check_password(*, email: str, password: str, client_ip: str = "") -> Account | None:
    """The account whose e-mail and password these are, or None.

    Raises RateLimited, Overloaded, and InvalidInput for characters that no e-mail or password here
    has. Takes as long whether or not the e-mail is known. An address that asks too often uses up
    nothing of an e-mail's own limit, so that it cannot keep the account's owner out.
    """
    address = check_text(email.strip().lower(), field="email")
    check_text(password, field="password")
    if client_ip:
        _sign_ins_per_address().take(network_of(client_ip))
    _sign_ins().take(address[:MAX_EMAIL])
    possible = len(address) <= MAX_EMAIL
    row = await AccountRow.get_or_none(email=address, deleted_at=None) if possible else None
    matches = await password_matches(
        password[: MAX_PASSWORD + 1], row.password_hash if row else None
    )
    return account_of(row) if row is not None and matches else None


async def accounts_by_ids(ids: Sequence[int]) -> list[Account | None]:
    """Accounts in the order of `ids`, None where there is none or it was deleted."""
    rows = await AccountRow.filter(id__in=list(ids), deleted_at=None)
    return in_order(ids, {row.id: account_of(row) for row in rows})


async def account_by_handle(handle: str) -> Account | None:
    """The account with this handle, if there is one."""
    return (await accounts_by_handles([handle.lower()]))[0]


async def accounts_by_handles(handles: Sequence[str]) -> list[Account | None]:
    """Accounts in the order of `handles`, None where there is none."""
    possible = [handle for handle in handles if _HANDLE.fullmatch(handle)]
    rows = await AccountRow.filter(handle__in=possible, deleted_at=None)
    found = {row.handle: account_of(row) for row in rows}
    return [found.get(handle) for handle in handles]


async def suspend_account(account_id: int) -> None:
    """From now on this account clicks nothing, receives no clicks, and gives nothing."""
    await AccountRow.filter(id=account_id, suspended_at=None).update(suspended_at=now())


async def reinstate_account(account_id: int) -> None:
    """Take a suspension back."""
    await AccountRow.filter(id=account_id).update(suspended_at=None)


async def delete_account(account_id: int) -> None:
    """Close an account: it signs in no more, and what it created counts as unclaimed.

    Its name and e-mail are blotted out; the handle stays, for the ledger names accounts by it.
    """
    await AccountRow.filter(id=account_id, deleted_at=None).update(
        deleted_at=now(),
        email=f"deleted-{account_id}@invalid",
        display_name="",
        password_hash="",
    )


def require_active(account: Account) -> Account:
    """The account, unless it is suspended: raises AccountSuspended."""
    if account.suspended_at is not None:
        raise AccountSuspended
    return account


def clean_line(text: str, *, field: str, at_most: int) -> str:
    """One line of text, NFC, stripped, without control characters. Raises InvalidInput."""
    line = " ".join(unicodedata.normalize("NFC", text).split())
    if not line:
        raise InvalidInput("This must not be empty.", field=field)
    if len(line) > at_most:
        raise InvalidInput(f"This is longer than {at_most} characters.", field=field)
    return check_text(line, field=field)


def account_of(row: AccountRow) -> Account:
    """The domain value of a row."""
    return Account(
        id=row.id,
        handle=row.handle,
        display_name=row.display_name,
        email=row.email,
        is_operator=bool(row.is_operator),
        created_at=row.created_at,
        suspended_at=row.suspended_at,
        deleted_at=row.deleted_at,
    )


def _checked_handle(handle: str) -> str:
    text = handle.strip().lower()
    if not _HANDLE.fullmatch(text):
        raise InvalidInput(
            "A handle has 1 to 40 letters a-z, digits, - or _, and no - or _ at its ends.",
            field="handle",
        )
    return text


def _checked_email(email: str) -> str:
    text = email.strip().lower()
    if len(text) > MAX_EMAIL or not _EMAIL.fullmatch(text):
        raise InvalidInput("This is no e-mail address.", field="email")
    return check_text(text, field="email")


def _check_password(password: str) -> None:
    if not MIN_PASSWORD <= len(password) <= MAX_PASSWORD:
        raise InvalidInput(
            f"A password has {MIN_PASSWORD} to {MAX_PASSWORD} characters.", field="password"
        )
    check_text(password, field="password")


def _taken(error: IntegrityError) -> Exception:
    if is_unique_violation(error, "accounts_email_unique", "accounts.email"):
        return AlreadyTaken("This e-mail has an account already. Sign in instead.")
    if is_unique_violation(error, "accounts_handle_unique", "accounts.handle"):
        return AlreadyTaken("This handle is taken. Choose another.")
    return error


def _sign_ups() -> RateLimit:
    return limiter("sign-ups", get_settings().sign_ups_per_hour, timedelta(hours=1))


def _sign_ins() -> RateLimit:
    return limiter("sign-ins", get_settings().sign_ins_per_minute, timedelta(minutes=1))


def _sign_ins_per_address() -> RateLimit:
    return limiter("addresses", 10 * get_settings().sign_ins_per_minute, timedelta(minutes=1))

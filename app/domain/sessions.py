"""Sign-ins: bearer tokens with scopes and an end, kept as hashes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.clock import now
from app.core.errors import Forbidden, InvalidInput, Unauthenticated
from app.core.ids import new_token
from app.core.security import token_hash
from app.core.settings import get_settings
from app.domain.accounts import Account, account_of, check_password
from app.models import Account as AccountRow
from app.models import Session as SessionRow

MAX_TOKEN = 200


class Scope(StrEnum):
    """What a token may do."""

    READ = "read"
    CLICK = "click"
    WALLET = "wallet"
    CONTENT = "content"
    OPERATE = "operate"


ALL_SCOPES = frozenset(Scope)


@dataclass(frozen=True, slots=True)
class Session:
    """A token while it is in force."""

    id: int
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks, and with what token."""

    account: Account
    session: Session

    def require(self, scope: Scope) -> Account:
        """The account, if the token has the scope: raises Forbidden."""
        lack = self.lack_of(scope)
        if lack is not None:
            raise lack
        return self.account

    def lack_of(self, scope: Scope) -> Forbidden | None:
        """What `require` would raise, if anything."""
        if scope in self.session.scopes:
            return None
        return Forbidden(f"This token lacks the scope `{scope.name}`. Sign in with that scope.")


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A fresh sign-in; `token` is shown this once."""

    viewer: Viewer
    token: str


async def sign_in(
    *,
    email: str,
    password: str,
    scopes: Iterable[Scope] | None = None,
    expires_in_s: int | None = None,
    client_ip: str = "",
) -> SignedIn:
    """A token for this e-mail and password. Raises Unauthenticated, RateLimited, InvalidInput."""
    account = await check_password(email=email, password=password, client_ip=client_ip)
    if account is None:
        raise Unauthenticated("E-mail and password do not belong together. Try again.")
    return await open_session(account, scopes=scopes, expires_in_s=expires_in_s)  # fmt: skip


async def open_session(
    account: Account, *, scopes: Iterable[Scope] | None = None, expires_in_s: int | None = None
) -> SignedIn:
    """A token for an account, with all scopes and the settings' life unless less is asked."""
    life = _life(expires_in_s)
    granted = ALL_SCOPES if scopes is None else frozenset(scopes)
    if not account.is_operator:
        granted -= {Scope.OPERATE}
    if not granted:
        raise InvalidInput("A token without any scope can do nothing.", field="scopes")
    token, at = new_token(), now()
    row = await SessionRow.create(
        account_id=account.id,
        token_hash=token_hash(token),
        scopes=" ".join(sorted(granted)),
        created_at=at,
        expires_at=at + life,
    )
    return SignedIn(Viewer(account, _session(row)), token)


async def viewers_of(tokens: Sequence[str]) -> list[Viewer | None]:
    """Who holds these tokens, in their order; None where one is unknown, over, or taken back.

    Two statements at most.
    """
    hashes = [
        token_hash(token) if len(token) <= MAX_TOKEN and token.isascii() else None
        for token in tokens
    ]
    possible = {hashed for hashed in hashes if hashed is not None}
    rows = await SessionRow.filter(token_hash__in=possible, revoked_at=None) if possible else []
    sessions = {row.token_hash: row for row in rows if row.expires_at > now()}
    holders = {row.account_id for row in sessions.values()}
    found = await AccountRow.filter(id__in=holders, deleted_at=None) if holders else []
    accounts = {row.id: account_of(row) for row in found}
    viewers = {
        hashed: Viewer(accounts[row.account_id], _session(row))
        for hashed, row in sessions.items()
        if row.account_id in accounts
    }
    return [viewers.get(hashed) if hashed is not None else None for hashed in hashes]


async def sign_out(viewer: Viewer) -> None:
    """Take back the token that asks."""
    await SessionRow.filter(id=viewer.session.id, revoked_at=None).update(revoked_at=now())


def _life(expires_in_s: int | None) -> timedelta:
    longest = timedelta(days=get_settings().session_days)
    if expires_in_s is None:
        return longest
    if not 1 <= expires_in_s <= longest.total_seconds():
        raise InvalidInput(
            f"A token lives from 1 second to {longest.days} days.", field="expiresInSeconds"
        )
    return timedelta(seconds=expires_in_s)


def _session(row: SessionRow) -> Session:
    scopes = frozenset(Scope(word) for word in row.scopes.split())
    return Session(row.id, scopes, row.created_at, row.expires_at)

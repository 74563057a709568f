"""What signing up and signing in have in common."""

from datetime import datetime
from typing import Any

import strawberry

from app.domain.sessions import Scope, SignedIn
from app.schema.account import Account


@strawberry.interface(description="A fresh sign-in.")
class NewSession:
    token: str = strawberry.field(
        description="Send it as `Authorization: Bearer …`. It is shown this once; a page of ours "
        "gets it as a cookie as well."
    )
    expires_at: datetime = strawberry.field(description="When it is over.")
    scopes: list[Scope] = strawberry.field(description="What it may do.")
    account: Account = strawberry.field(description="Who is signed in now.")


def session_values(signed_in: SignedIn) -> dict[str, Any]:
    """A fresh sign-in as the fields of NewSession."""
    session = signed_in.viewer.session
    return {
        "token": signed_in.token,
        "expires_at": session.expires_at,
        "scopes": sorted(session.scopes, key=list(Scope).index),
        "account": Account.of(signed_in.viewer.account),
    }

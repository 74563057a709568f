"""Signing up, in and out."""

from collections.abc import Sequence

from app.domain.accounts import sign_up
from app.domain.sessions import Scope, SignedIn, open_session, sign_in, sign_out
from app.resolvers.context import Context, SessionCookie


async def open_account(
    context: Context, *, handle: str, email: str, password: str, display_name: str | None
) -> SignedIn:
    """A new account, signed in. Raises AlreadyTaken, InvalidInput, RateLimited."""
    account = await sign_up(
        handle=handle,
        email=email,
        password=password,
        display_name=display_name,
        client_ip=context.client_ip,
    )
    return _remembered(context, await open_session(account))


async def open_sign_in(
    context: Context,
    *,
    email: str,
    password: str,
    scopes: Sequence[Scope] | None,
    expires_in_s: int | None,
) -> SignedIn:
    """A token for an e-mail and a password. Raises Unauthenticated, InvalidInput, RateLimited."""
    signed_in = await sign_in(
        email=email,
        password=password,
        scopes=scopes,
        expires_in_s=expires_in_s,
        client_ip=context.client_ip,
    )
    return _remembered(context, signed_in)


async def end_session(context: Context) -> None:
    """Take back the token that asks, and clear the cookie it came in. Raises Unauthenticated.

    A bearer token says nothing of the page's cookie, which may be another session's.
    """
    if context.via_cookie:
        context.response_cookies.append(SessionCookie())
    await sign_out(await context.signed_in())
    context.token = None


def _remembered(context: Context, signed_in: SignedIn) -> SignedIn:
    """Wish for the cookie, and let the rest of the operation be the new viewer's."""
    session = signed_in.viewer.session
    life = session.expires_at - session.created_at
    cookie = SessionCookie(signed_in.token, int(life.total_seconds()))
    context.response_cookies.append(cookie)
    context.token, context.via_cookie = signed_in.token, True
    return signed_in

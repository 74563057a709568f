"""Which credential came along, and whether it may be used here.

A bearer token always counts. The session cookie counts only if the request comes from a page of
ours: a browser says where from in `Origin`, or at least how far in `Sec-Fetch-Site`.

The cookie is `__Host-obole_session; Secure` wherever the site is reached over https (the request
is, or `OBOLE_PUBLIC_URL` is, as behind a proxy that ends TLS), and that name only is read there.
Over plain http it is `obole_session` without `Secure`, and only where that is harmless or chosen:
on the loopback, and on the very host of an http `OBOLE_PUBLIC_URL`. Elsewhere over plain http
there is no cookie, neither set nor read; bearer tokens work.
"""

from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from app.resolvers.context import SessionCookie

SECURE_NAME = "__Host-obole_session"
PLAIN_NAME = "obole_session"
MAX_TOKEN_CHARACTERS = 512


@dataclass(frozen=True, slots=True)
class Credential:
    """A token as sent; `origin_refused` says that a cookie came from a page that is not ours."""

    token: str | None = None
    via_cookie: bool = False
    origin_refused: bool = False


class Sessions:
    """Reads and writes the session cookie for one public address."""

    def __init__(self, public_url: str) -> None:
        self._public_origin = _origin(public_url)
        self._public_secure = public_url.startswith("https:")
        self._public_host = urlsplit(public_url).hostname or ""

    def credential(self, request: HTTPConnection) -> Credential:
        """The credential of a request, or of a socket's opening handshake."""
        token = bearer_token(request.headers.get("authorization", ""))
        if token is not None:
            return Credential(token=token)
        name = self.cookie_name(request)
        token = request.cookies.get(name) if name else None
        if not token or len(token) > MAX_TOKEN_CHARACTERS:
            return Credential()
        if not self.is_our_page(request):
            return Credential(origin_refused=True)
        return Credential(token=token, via_cookie=True)

    def cookie_name(self, request: HTTPConnection) -> str | None:
        """The session cookie's name where this request came in, or None if there is none."""
        if self._public_secure or _scheme(request) == "https":
            return SECURE_NAME
        host = _host(request)
        return PLAIN_NAME if host == self._public_host or _is_loopback(host) else None

    def is_our_page(self, request: HTTPConnection) -> bool:
        """Whether the page that sent this is ours, or nothing says that it is not."""
        origin = request.headers.get("origin")
        if origin is not None:
            own = f"{_scheme(request)}://{request.headers.get('host', '')}".lower()
            return origin.lower() in (self._public_origin, own)
        return request.headers.get("sec-fetch-site", "none") in ("none", "same-origin")

    def write(self, request: Request, response: Response, changes: list[SessionCookie]) -> None:
        """Set or clear the cookie as the operation wished; the last wish counts.

        Never for a page that is not ours: it gets the token in the answer, and no cookie.
        """
        name = self.cookie_name(request)
        if not changes or name is None or not self.is_our_page(request):
            return
        wish = changes[-1]
        response.set_cookie(
            name,
            wish.token or "",
            max_age=wish.max_age_s if wish.token else 0,
            path="/",
            secure=name == SECURE_NAME,
            httponly=True,
            samesite="lax",
        )


def bearer_token(authorization: str) -> str | None:
    """The token of `Bearer …`. Another scheme is a proxy's business, not ours."""
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        return None
    return token[:MAX_TOKEN_CHARACTERS]


def _scheme(request: HTTPConnection) -> str:
    """http or https: a page's origin has no other scheme, even where it opens a socket."""
    scheme: str = request.scope.get("scheme", "http")
    return {"ws": "http", "wss": "https"}.get(scheme, scheme)


def _host(request: HTTPConnection) -> str:
    """The host's name; the whole address is not asked for, it may hold bytes that are no text."""
    try:
        return urlsplit("//" + request.headers.get("host", "")).hostname or ""
    except ValueError:
        return ""


def _origin(url: str) -> str:
    parts = urlsplit(url.lower())
    default_port = {"http": 80, "https": 443}.get(parts.scheme)
    port = "" if parts.port in (None, default_port) else f":{parts.port}"
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}"


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False

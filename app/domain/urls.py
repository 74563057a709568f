"""URLs of contents: one form for each, so that one content has one URL."""

import ipaddress
import re
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

import idna

from app.core.errors import InvalidInput
from app.core.text import is_storable

MAX_URL = 2000
"""The longest URL that is kept, in characters of its normal form."""

MAX_HOST = 253
"""The longest host name, in characters: RFC 1035, section 2.3.4, as text."""

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")
_IPV6 = re.compile(r"\[([0-9a-fA-F:.]+)\](?::[0-9]*)?")
_ESCAPE = re.compile(r"%[0-9a-fA-F]{2}")
_SAFE = "!$&'()*+,;=:@/?-._~%[]"


def normalise_url(url: str, *, field: str = "url") -> str:
    """The normal form of an absolute http(s) URL; raises InvalidInput for anything else.

    Scheme, path case, trailing slash and query are kept: `/` and `/?page_id=42` are two contents.
    Lower-cased are the scheme's and host's letters; dropped are the fragment and a default port; an
    empty path becomes `/`; what is not ASCII is percent-encoded (hosts as IDNA).
    """
    parts = _split(_checked(url, field), field)
    if parts.scheme not in _PORTS:
        raise InvalidInput("Only http:// and https:// addresses can be clicked.", field=field)
    if parts.username is not None or parts.password is not None:
        raise InvalidInput("An address with a user name or password is not taken.", field=field)
    path = _encoded(parts.path) or "/"
    normal = urlunsplit((parts.scheme, _netloc(parts, field), path, _encoded(parts.query), ""))
    if len(normal) > MAX_URL:
        raise InvalidInput(f"The address is longer than {MAX_URL} characters.", field=field)
    return normal


def host_of(url: str) -> str:
    """The host of a normalised URL, without its port."""
    return urlsplit(url).hostname or ""


def normalise_host(host: str, *, field: str = "host") -> str:
    """A host name in lower-case ASCII (IDNA). Raises InvalidInput."""
    try:
        name = host if host.isascii() else idna.encode(host, uts46=True).decode()
    except (idna.IDNAError, UnicodeError):
        name = ""
    name = name.lower().removesuffix(".")
    if len(name) > MAX_HOST or not _HOST.fullmatch(name):
        raise InvalidInput(f"{host[:60]!r} is no host name.", field=field)
    return name


def _checked(url: str, field: str) -> str:
    text = url.strip(" ")
    if not text:
        raise InvalidInput("The address is empty. Write it with https://.", field=field)
    if len(text) > 4 * MAX_URL:
        raise InvalidInput(f"The address is longer than {MAX_URL} characters.", field=field)
    if not is_storable(text) or any(c.isspace() or c in '\\<>"`{}|^' for c in text):
        raise InvalidInput("The address has a space or a character no address has.", field=field)
    return text


def _split(text: str, field: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        if parts.port == 0:
            raise ValueError
    except ValueError:
        raise InvalidInput("The address cannot be read.", field=field) from None
    return parts


def _netloc(parts: SplitResult, field: str) -> str:
    hostname = parts.hostname or ""
    bracketed = "[" in parts.netloc
    host = _ipv6(parts.netloc, field) if bracketed else normalise_host(hostname, field=field)
    port = parts.port
    return host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"


def _ipv6(netloc: str, field: str) -> str:
    """`[::1]` in its shortest form; a zone has no meaning for anybody else, and is refused."""
    match = _IPV6.fullmatch(netloc)
    try:
        return f"[{ipaddress.IPv6Address(match[1] if match else '')}]"
    except ValueError:
        raise InvalidInput("The address cannot be read.", field=field) from None


def _encoded(text: str) -> str:
    """Percent-encode what is not ASCII; escapes already there only get capital digits."""
    return _ESCAPE.sub(lambda m: m[0].upper(), quote(text, safe=_SAFE))

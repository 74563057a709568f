"""The process's rate limits by name, renewed when their setting changes."""

from datetime import timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address

from app.core.limits import RateLimit

_limiters: dict[tuple[str, int, timedelta], RateLimit] = {}


def limiter(name: str, count: int, window: timedelta) -> RateLimit:
    """The limit `name` of `count` per `window`, the same object each time."""
    return _limiters.setdefault((name, count, window), RateLimit(count, window))


def network_of(client_ip: str) -> str:
    """What a limit by network address counts by: an IPv4 address, or an IPv6 address's /64.

    Whoever has one IPv6 address has 2**64 of them.
    """
    try:
        address = ip_address(client_ip)
    except ValueError:
        return client_ip
    if isinstance(address, IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(IPv6Network((int(address), 64), strict=False))


def forget_limits() -> None:
    """Start all limits anew: for tests, which share a process."""
    _limiters.clear()

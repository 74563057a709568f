"""What a limit counts by, and that it is one object each time."""

from datetime import timedelta

import pytest

from app.domain.limiters import forget_limits, limiter, network_of


@pytest.mark.parametrize(
    ("client_ip", "key"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("unix", "unix"),
    ],
)
def test_an_ipv6_address_counts_as_its_64(client_ip: str, key: str) -> None:
    assert network_of(client_ip) == key


def test_a_limit_is_kept_until_it_is_forgotten() -> None:
    one = limiter("a", 1, timedelta(hours=1))
    assert limiter("a", 1, timedelta(hours=1)) is one
    assert limiter("a", 2, timedelta(hours=1)) is not one
    forget_limits()
    assert limiter("a", 1, timedelta(hours=1)) is not one

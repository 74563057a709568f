"""Before the server starts: what is not ready is told in one line."""

import socket

import pytest

from app.commands.readiness import check_ready
from app.core.errors import SettingsError
from app.core.settings import get_settings, use_settings


def test_all_is_ready(database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with use_settings(database_url=database_url) as settings:
        check_ready(settings, host="127.0.0.1", port=0)
    assert capsys.readouterr().err == ""


def test_a_port_that_is_taken(sqlite_url: str) -> None:
    with use_settings(database_url=sqlite_url), socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"port {port}: Address already in use. Choose"):
            check_ready(get_settings(), host="127.0.0.1", port=port)


def test_a_host_that_is_not_ours(sqlite_url: str) -> None:
    with use_settings(database_url=sqlite_url), pytest.raises(SettingsError, match="--port"):
        check_ready(get_settings(), host="192.0.2.1", port=8000)


def test_a_port_is_free_again_after_it_was_looked_at(sqlite_url: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as once:
        port = once.getsockname()[1]
    with use_settings(database_url=sqlite_url) as settings:
        for _ in range(2):
            check_ready(settings, host="127.0.0.1", port=port)


@pytest.mark.parametrize(
    ("public_url", "sandbox", "warned"),
    [
        ("https://obole.example", True, True),
        ("https://obole.example", False, False),
        ("http://127.0.0.1:8000", True, False),
    ],
)
def test_play_money_at_a_public_address_is_warned_of(
    sqlite_url: str,
    public_url: str,
    sandbox: bool,
    warned: bool,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with use_settings(
        database_url=sqlite_url, public_url=public_url, sandbox_deposits=sandbox
    ) as settings:
        check_ready(settings, host="127.0.0.1", port=0)
    assert ("OBOLE_SANDBOX_DEPOSITS is on" in capsys.readouterr().err) == warned

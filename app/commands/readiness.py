"""What is looked at before the server starts, and told plainly: uvicorn would show a traceback."""

import socket

from app.commands.exits import err
from app.commands.opened import in_database
from app.core.errors import SettingsError
from app.core.settings import Settings

PLAY_MONEY = (
    "obole: OBOLE_SANDBOX_DEPOSITS is on: everybody can fill a wallet with play money, and creators"
    " are owed it. Set it to false before strangers come."
)


def check_ready(settings: Settings, *, host: str, port: int) -> None:
    """Raises SettingsError where the database is not up to date or the port cannot be had.

    port: 0 takes any. Warns where play money is on at an address that looks public.
    """
    in_database(_nothing)
    if port:
        _check_port(host, port)
    if settings.sandbox_deposits and settings.public_url.startswith("https://"):
        err.print(PLAY_MONEY, style="bold red")


async def _nothing() -> None:
    """The database is only opened."""


def _check_port(host: str, port: int) -> None:
    """Listen as the server will, and stop again."""
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        for family, _, _, _, address in found:
            socket.create_server(address[:2], family=family).close()
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0]
        raise SettingsError(
            f"Nothing can listen on {host}, port {port}: {reason}. Choose another: --port."
        ) from None

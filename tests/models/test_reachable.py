"""A database that cannot be opened is refused at once, in words, and without its password."""

import asyncio
import os
import socket
from pathlib import Path

import pytest

from app.core.errors import SettingsError
from app.models import reachable
from app.models.database import open_database
from app.models.reachable import check_reachable, shown_url

AT_ONCE_S = 15.0


async def _refused(url: str) -> str:
    """Why the database cannot be opened."""
    with pytest.raises(SettingsError) as refused:
        async with asyncio.timeout(AT_ONCE_S), open_database(url):
            pass
    return str(refused.value)


async def test_a_file_in_no_folder(tmp_path: Path) -> None:
    assert f"there is no folder {tmp_path}/none" in await _refused(f"sqlite://{tmp_path}/none/x.db")


async def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert "it is a folder" in await _refused(f"sqlite://{tmp_path}")
    assert "it names no file" in await _refused("sqlite://")


async def test_a_text_file_is_no_database(tmp_path: Path) -> None:
    notes = tmp_path / "notes.txt"
    notes.write_text("a text of some length\n" * 100)
    assert "file is not a database" in await _refused(f"sqlite://{notes}")
    assert notes.read_text().startswith("a text of some length")


async def test_a_file_that_may_not_be_written(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert "it may not be written" in await _refused(sqlite_url)


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    said = await _refused(f"postgresql://ada:s3cret@127.0.0.1:{port}/obole")
    assert said.startswith(f"The database postgresql://ada@127.0.0.1:{port}/obole cannot be opened")
    assert "s3cret" not in said


async def test_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reachable, "CONNECT_TIMEOUT_S", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert "no answer in" in await _refused(f"postgresql://ada@127.0.0.1:{port}/obole")


async def test_another_name_than_there_is(postgres_server: str) -> None:
    url = postgres_server.replace("/postgres?", "/nothing_here?")
    assert "does not exist" in await _refused(url)


@pytest.mark.parametrize("url", ["mysql://u@h/d", "postgresql://ada:pa/s3cret@h/d", "obole.db"])
async def test_what_is_no_address(url: str) -> None:
    said = await _refused(url)
    assert "its address" in said and "s3cret" not in said


def test_nothing_is_created(tmp_path: Path) -> None:
    asyncio.run(check_reachable(f"sqlite://{tmp_path}/new.db"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("sqlite:///var/obole.db", "sqlite:///var/obole.db"),
        ("postgresql://db.example/obole", "postgresql://db.example/obole"),
        ("postgresql://ada@db.example/obole", "postgresql://ada@db.example/obole"),
        ("postgresql://ada:s3cret@db.example/obole?ssl=on", "postgresql://ada@db.example/obole"),
        ("postgresql://ada:s3@cr?e/t@db.example/obole", "postgresql://ada@db.example/obole"),
        ("postgresql://db.example/obole?password=s3cret", "postgresql://db.example/obole"),
    ],
)
def test_urls_are_shown_without_their_password(url: str, shown: str) -> None:
    assert shown_url(url) == shown

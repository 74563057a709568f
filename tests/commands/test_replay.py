"""`obole replay`: what it refuses, and its last line."""

import asyncio
import shutil
from pathlib import Path

import pytest
import typer

from app.commands.exits import ExitCode
from app.commands.replay import replay, summary
from app.commands.replay_run import Difference, Outcome
from app.core.errors import SettingsError
from app.core.settings import use_settings
from app.domain.accounts import sign_up
from app.domain.flattr_csv import HEADER
from app.models.database import execute, fetch, open_database
from app.settlement.verify import verify_period
from tests.commands.environment import HOSTILE
from tests.reports import REAL_REPORTS, needs_real_reports

OURS = Path(__file__).parents[1] / "data" / "flattr"


def test_a_file_that_cannot_be_read_is_named_and_exits_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(OURS, tmp_path / "reports")
    broken = tmp_path / "reports" / "flattr-revenue-201510.csv"
    broken.write_bytes(broken.read_bytes().replace(b";0,1;", b";0.1;"))
    with pytest.raises(typer.Exit) as left:
        replay(tmp_path / "reports", database=str(tmp_path / "new.db"))
    assert left.value.exit_code == ExitCode.UNUSABLE
    said = " ".join(capsys.readouterr().err.split())
    assert "flattr-revenue-201510.csv, line 2: revenue '0.1' is not an amount" in said
    assert not (tmp_path / "new.db").exists()


async def _somebody(url: str) -> None:
    async with open_database(url):
        await sign_up(handle="ada", email="ada@replay.example", password="12345678")


async def _handles(url: str) -> list[str]:
    async with open_database(url):
        return [row["handle"] for row in await fetch("SELECT handle FROM accounts")]


def test_a_database_that_is_not_empty_is_left_alone_and_exits_2(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    asyncio.run(_somebody(database_url))
    with pytest.raises(typer.Exit) as left:
        replay(OURS, database=database_url)
    assert left.value.exit_code == ExitCode.UNUSABLE
    assert "is not empty" in " ".join(capsys.readouterr().err.split())
    assert asyncio.run(_handles(database_url)) == ["ada"]


@pytest.mark.parametrize(
    ("differences", "line"),
    [
        ([], "19 months, 199 rows, 658 clicks, 175.83 EUR, 0 differences"),
        (
            [Difference("2013-03", "https://a.example/", (1, 70_000), (1, 69_999))],
            "19 months, 199 rows, 658 clicks, 175.83 EUR, 1 differences",
        ),
    ],
)
def test_the_last_line(differences: list[Difference], line: str) -> None:
    outcome = Outcome(19, 199, clicks=658, net_micros=175_830_000, differences=differences)
    assert summary(outcome) == line


def test_fractions_of_a_cent_are_shown() -> None:
    outcome = Outcome(3, 12, clicks=25, net_micros=4_770_001, differences=[])
    assert summary(outcome) == "3 months, 12 rows, 25 clicks, 4.770001 EUR, 0 differences"


def _last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.rstrip("\n").splitlines()[-1]


def test_our_own_reports_come_out_exactly(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(OURS, database=database_url)
    assert _last_line(capsys).endswith(" 0 differences")


@needs_real_reports
def test_nineteen_real_months_come_out_as_flattr_paid_them(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(REAL_REPORTS, database=database_url)
    assert _last_line(capsys) == "19 months, 199 rows, 658 clicks, 175.83 EUR, 0 differences"
    verified, wallets = asyncio.run(_settled(database_url))
    assert (len(verified), wallets) == (19, 64)
    assert set(verified.values()) == {()}


async def _settled(url: str) -> tuple[dict[str, tuple[str, ...]], int]:
    """Each settled month's differences, and the most wallets that gave in one."""
    async with open_database(url):
        keys = [r["key"] for r in await fetch("SELECT key FROM periods WHERE status = 'settled'")]
        verified = {key: (await verify_period(key)).differences for key in keys}
        [most] = await fetch("SELECT MAX(wallets) AS n FROM settlements")
    return verified, most["n"]


def test_a_difference_is_found_and_exits_1(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """With another commission than Flattr's nothing comes out as reported."""

    async def dearer() -> None:
        async with open_database(sqlite_url):
            await execute("UPDATE commission_rates SET commission_bps = 2000")

    asyncio.run(dearer())
    with pytest.raises(typer.Exit) as left:
        replay(OURS, database=sqlite_url)
    assert left.value.exit_code == ExitCode.DIFFERENCE
    said = capsys.readouterr()
    assert not said.out.rstrip().endswith(" 0 differences")
    assert "Differences" in said.err


def test_the_operators_environment_changes_nothing(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with use_settings(**HOSTILE):
        replay(OURS, database=sqlite_url)
    assert _last_line(capsys).endswith(" 0 differences")


def test_a_database_of_another_kind_is_refused() -> None:
    with pytest.raises(SettingsError, match="not mysql://"):
        replay(OURS, database="mysql://ada:s3cret@db.example/obole")


def test_addresses_in_a_difference_are_only_text(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = "https://a.ex/:smile:"
    row = f'2015-10;1;"https://o.example/1";"{url}";"Part [/1] of 2";1;0,1;1'
    (tmp_path / "a.csv").write_text(f"{';'.join(HEADER)}\n{row}\n")

    async def dearer() -> None:
        async with open_database(sqlite_url):
            await execute("UPDATE commission_rates SET commission_bps = 2000")

    asyncio.run(dearer())
    with pytest.raises(typer.Exit) as left:
        replay(tmp_path, database=sqlite_url)
    assert left.value.exit_code == ExitCode.DIFFERENCE
    assert url in capsys.readouterr().err

"""`obole replay`: what it refuses, and its last line."""

import asyncio
import shutil
from pathlib import Path

import pytest
import typer

from app.commands.exits import ExitCode
from app.commands.replay import replay, summary
from app.commands.replay_run import Difference, Outcome
from app.domain.accounts import sign_up
from app.models.database import execute, fetch, open_database
from app.settlement.verify import verify_period

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


SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "flattr-reports"
needs_shared = pytest.mark.skipif(
    not SHARED.is_dir(), reason="the real reports are not beside this checkout"
)


def _last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().out.rstrip("\n").splitlines()[-1]


def test_our_own_reports_come_out_exactly(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(OURS, database=database_url)
    assert _last_line(capsys).endswith(" 0 differences")


@needs_shared
def test_nineteen_real_months_come_out_as_flattr_paid_them(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    replay(SHARED, database=database_url)
    assert _last_line(capsys) == "19 months, 199 rows, 658 clicks, 175.83 EUR, 0 differences"
    digests, wallets = asyncio.run(_settled(database_url))
    assert len(digests) == 19 and wallets <= 64
    [(september, differences)] = [d for d in digests if d[0] == "2013-09"]
    assert (september, differences) == ("2013-09", 0)


async def _settled(url: str) -> tuple[list[tuple[str, int]], int]:
    async with open_database(url):
        keys = [r["key"] for r in await fetch("SELECT key FROM periods WHERE status = 'settled'")]
        verified = [(key, len((await verify_period(key)).differences)) for key in keys]
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

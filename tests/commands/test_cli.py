"""The command line as a shell sees it: what is printed, and with which exit code."""

import asyncio
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from app import cli
from app.commands.close import close
from app.commands.create_operator import create_operator
from app.commands.engine import known_engine
from app.commands.exits import ExitCode, run
from app.commands.export_schema import COMMITTED, export_schema
from app.commands.migrate import migrate
from app.commands.opened import opened
from app.commands.serve import serve
from app.commands.settle import settle
from app.commands.statement import statement
from app.commands.verify import verify
from app.core.clock import FixedClock
from app.core.settings import use_settings
from app.domain.contents import register_content
from app.domain.drafts import ContentDraft
from app.domain.sessions import sign_in
from app.models.database import execute
from app.settlement.engines import ENGINES
from tests.world import article, click, fund, person

Shell = Callable[..., tuple[int, str, str]]
TITLES = ("Part [/1] of 2", "[live] Concert", "Episode :smile: one")
"""To rich's markup, a mistake, a style and a picture."""


@pytest.fixture
def shell(
    database_url: str,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Shell:
    """Run `obole WORDS` in this process: exit code, stdout, stderr."""

    def obole(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["obole", *words])
        with use_settings(database_url=database_url):
            code = run(cli.app)
        said = capsys.readouterr()
        return int(code), said.out, said.err

    asyncio.run(_month(database_url))
    return obole  # fmt: skip


async def _month(url: str) -> None:
    async with opened(url):
        alice, bob = await person("alice"), await person("bob")
        await fund(alice, "10.00")
        for n in range(3):
            await click(alice, await article(bob, f"a{n}"))


def test_every_command_has_help(shell: Shell) -> None:
    code, out, _ = shell("--help")
    assert code == ExitCode.DONE
    named = ["serve", "migrate", "demo", "close", "settle", "verify", "statement", "replay"]
    for name in [*named, "create-operator", "export-schema"]:
        assert name in out
        code, told, _ = shell(name, "--help")
        assert code == ExitCode.DONE and "Usage" in told
    functions = (close, create_operator, export_schema, migrate, serve, settle, statement, verify)
    assert all(function.__doc__ for function in functions)


def test_an_unknown_command_is_unusable(shell: Shell) -> None:
    assert shell("spend")[0] == ExitCode.UNUSABLE


def test_a_month_from_close_to_statement(shell: Shell, tmp_path: Path) -> None:
    assert shell("migrate")[:2] == (ExitCode.DONE, "The database is up to date.\n")
    code, out, _ = shell("close")
    assert code == ExitCode.DONE and "2026-11 is open until 2026-12-01 00:00 UTC." in out
    assert "No period is waiting" in shell("settle")[1]
    code, out, _ = shell("close", "2026-11")
    assert code == ExitCode.DONE and "Closed 2026-11" in out
    code, out, err = shell("settle")
    assert code == ExitCode.DONE
    assert "€9.999999" in out and "Digest" in out and "2/2" in err
    code, out, err = shell("verify")
    assert code == ExitCode.DONE and "Everything adds up." in out
    assert "Verifying" in err and "1/1" in err
    code, out, _ = shell("statement", "bob", "2026-11")
    assert code == ExitCode.DONE and out.count("€3.333333") == 3
    code, out, _ = shell("statement", "alice", "2026-11", "--side", "supporter")
    assert code == ExitCode.DONE and "stays €0.000001" in " ".join(out.split())
    code, out, _ = shell("statement", "bob", "2026-11", "--csv", str(tmp_path))
    report = tmp_path / "EUR" / "flattr-revenue-202611.csv"
    assert code == ExitCode.DONE and report.read_text("utf-8").startswith("period;id;flattr url")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["settle", "2026-11"], ExitCode.NOT_NOW, "still open"),
        (["close", "2027-03"], ExitCode.UNUSABLE, "no such period"),
        (["close", "November"], ExitCode.UNUSABLE, "no period"),
        (["verify", "2026-11"], ExitCode.NOT_NOW, "not settled"),
        (["statement", "nobody", "2026-11"], ExitCode.UNUSABLE, "Nobody has the handle"),
        (
            ["statement", "bob", "2026-11"],
            ExitCode.NOT_NOW,
            "2026-11 is open. Close it, then settle it",
        ),
        (["statement", "bob", "2026-11", "--csv", "/nowhere"], ExitCode.NOT_NOW, "is open"),
        (["statement", "bob", "2026-10"], ExitCode.UNUSABLE, "no such period"),
        (["settle", "--engine", "abacus"], ExitCode.UNUSABLE, "no engine 'abacus'"),
        (["verify", "--engine", "abacus"], ExitCode.UNUSABLE, "no engine 'abacus'"),
        (["create-operator", "alice", "other@people.example"], ExitCode.NOT_NOW, "taken"),
        (["create-operator", "UP PER", "other@people.example"], ExitCode.UNUSABLE, "handle"),
    ],
)
def test_refusals_are_one_line_and_a_telling_code(
    shell: Shell, words: list[str], code: ExitCode, said: str
) -> None:
    ended, _, err = shell(*words)
    assert ended == code
    assert said in " ".join(err.split()) and "Traceback" not in err


def test_every_engine_is_known() -> None:
    assert [known_engine(name) for name in (None, *ENGINES)] == [None, *ENGINES]


def test_settling_twice_is_not_now(shell: Shell) -> None:
    shell("close", "2026-11")
    assert shell("settle", "2026-11", "--engine", "duckdb")[0] == ExitCode.DONE
    assert shell("settle", "2026-11")[0] == ExitCode.NOT_NOW
    assert shell("verify", "2026-11", "--engine", "reference")[0] == ExitCode.DONE


def test_verify_ends_with_1_where_something_differs(shell: Shell, database_url: str) -> None:
    shell("close", "2026-11")
    shell("settle")

    async def tamper() -> None:
        async with opened(database_url):
            await execute("UPDATE balances SET micros = micros + 1 WHERE kind = 'earnings'")

    asyncio.run(tamper())
    code, out, err = shell("verify")
    assert code == ExitCode.DIFFERENCE
    assert "cached balance" in err and "adds up" not in out


@pytest.mark.parametrize("said", [[], ["--password", ""]])
def test_an_operator_is_made_with_a_password_of_its_own(
    shell: Shell, database_url: str, said: list[str]
) -> None:
    code, out, _ = shell("create-operator", "ada", "ada@people.example", *said)
    assert code == ExitCode.DONE
    password = out.strip().splitlines()[-1].removeprefix("Password: ")

    async def signs_in() -> bool:
        async with opened(database_url):
            signed = await sign_in(email="ada@people.example", password=password)
            return signed.viewer.account.is_operator

    assert asyncio.run(signs_in())


def test_titles_are_shown_as_they_are(shell: Shell, database_url: str) -> None:
    async def click_them() -> None:
        async with opened(database_url):
            await fund(cid := await person("cid"), "9.00")
            dot = await person("dot")
            for n, title in enumerate(TITLES):
                draft = ContentDraft(f"https://titles.example/{n}", title)
                await click(cid, await register_content(dot, draft))

    asyncio.run(click_them())
    shell("close", "2026-11")
    shell("settle")
    for words in (["dot", "2026-11"], ["cid", "2026-11", "--side", "supporter"]):
        code, out, err = shell("statement", *words)
        assert (code, err) == (ExitCode.DONE, "")
        assert all(title in out for title in TITLES)


def test_migrating_shows_how_far_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["obole", "migrate"])
    with use_settings(database_url=f"sqlite://{tmp_path}/new.db"):
        assert run(cli.app) == ExitCode.DONE
    said = capsys.readouterr()
    assert "Migrating" in said.err and "1/1" in said.err and "0001_initial" in said.out


@pytest.mark.parametrize("words", [["verify"], ["serve", "--port", "0"], ["migrate"], ["demo"]])
def test_a_database_that_cannot_be_opened_is_told_at_once(tmp_path: Path, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", *words],
        env={"DATABASE_URL": f"sqlite://{tmp_path}/none/obole.db", "PATH": ""},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == ExitCode.UNUSABLE
    assert done.stderr == (
        f"obole: The database sqlite://{tmp_path}/none/obole.db cannot be opened:"
        f" there is no folder {tmp_path}/none\n"
    )


def test_the_server_is_refused_before_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["obole", "serve"])
    with use_settings(database_url=f"sqlite://{tmp_path}/empty.db"):
        assert run(cli.app) == ExitCode.UNUSABLE
    assert capsys.readouterr().err == (
        "obole: The database is not up to date. Run `obole migrate` first.\n"
    )


def test_the_committed_contract_is_fresh(shell: Shell, tmp_path: Path) -> None:
    assert shell("export-schema", "--check")[0] == ExitCode.DONE
    other = tmp_path / "schema.graphql"
    assert shell("export-schema", "--path", str(other))[0] == ExitCode.DONE
    assert other.read_text("utf-8") == COMMITTED.read_text("utf-8")
    other.write_text("type Query { old: Int }", "utf-8")
    assert shell("export-schema", "--check", "--path", str(other))[0] == ExitCode.DIFFERENCE


def test_a_database_without_its_schema_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["obole", "verify"])
    with use_settings(database_url=f"sqlite://{tmp_path}/empty.db"):
        assert run(cli.app) == ExitCode.UNUSABLE
    assert "Run `obole migrate` first" in " ".join(capsys.readouterr().err.split())


def test_a_wrong_setting_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from app.cli import main; main()", "verify"],
        env={"OBOLE_SESSION_DAYS": "many", "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == ExitCode.UNUSABLE
    assert "OBOLE_SESSION_DAYS" in done.stderr and "Traceback" not in done.stderr


def test_the_server_serves_and_ends_when_told(database_url: str) -> None:
    asyncio.run(_month(database_url))
    server = subprocess.Popen(
        [sys.executable, "-c", "from app.cli import main; main()", "serve", "--port", "0"],
        env={"DATABASE_URL": database_url, "PATH": "", "PYTHONUNBUFFERED": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        address = _address(server)
        with urllib.request.urlopen(f"{address}/readyz", timeout=10) as answer:
            assert answer.status == 200
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=10)
        assert server.returncode in (0, -signal.SIGTERM)
    finally:
        server.kill()
        server.communicate()


def _address(server: subprocess.Popen[str]) -> str:
    """Where uvicorn says it listens."""
    assert server.stderr is not None
    until = time.monotonic() + 30
    while time.monotonic() < until:
        line = server.stderr.readline()
        if "running on" in line:
            return line.split("running on ")[1].split()[0]
    raise AssertionError("the server did not start")

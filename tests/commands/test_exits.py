"""What the shell is told of everything that may be raised, and text that is nothing but text."""

import sqlite3
import sys

import asyncpg
import pytest
import typer
from tortoise.exceptions import OperationalError

from app.commands.bars import bar
from app.commands.exits import ExitCode, err, out, run
from app.core.errors import (
    BrokenInvariant,
    InvalidInput,
    Overloaded,
    PeriodNotClosed,
    RateLimited,
    SettingsError,
)

HOSTILE = ("Part [/1] of 2", "[live] Concert", "Episode :smile: one", "[red]sale[/red]")


def _run(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> int:
    app = typer.Typer()

    @app.command()
    def fail() -> None:
        raise error

    monkeypatch.setattr(sys, "argv", ["obole"])
    return run(app)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BrokenInvariant("1 micro-unit is missing"), ExitCode.DIFFERENCE),
        (PeriodNotClosed(), ExitCode.NOT_NOW),
        (Overloaded(), ExitCode.NOT_NOW),
        (RateLimited(), ExitCode.NOT_NOW),
        (InvalidInput("no such thing"), ExitCode.UNUSABLE),
        (SettingsError("OBOLE_X: no"), ExitCode.UNUSABLE),
        (FileNotFoundError("no such file"), ExitCode.UNUSABLE),
        (asyncpg.UndefinedTableError("no table"), ExitCode.UNUSABLE),
        (asyncpg.InterfaceError("connection is closed"), ExitCode.UNUSABLE),
        (OperationalError("no such table: periods"), ExitCode.UNUSABLE),
        (sqlite3.DatabaseError("malformed"), ExitCode.UNUSABLE),
    ],
)
def test_errors_are_one_line_and_a_telling_code(
    error: Exception,
    code: ExitCode,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert _run(error, monkeypatch) == code
    assert capsys.readouterr().err == f"obole: {error}\n"


def test_what_nobody_expected_is_logged_with_its_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _run(ZeroDivisionError("by zero"), monkeypatch) == ExitCode.UNEXPECTED
    said = capsys.readouterr().err
    assert "command_failed" in said and "Traceback" in said and "ZeroDivisionError" in said
    assert said.endswith("obole: by zero\n")
    assert _run(KeyError(), monkeypatch) == 70
    assert capsys.readouterr().err.endswith("obole: KeyError\n")


def test_a_message_of_several_lines_becomes_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _run(OSError("first\n  second"), monkeypatch)
    assert capsys.readouterr().err == "obole: first second\n"


@pytest.mark.parametrize("text", HOSTILE)
def test_other_peoples_words_are_only_text(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    for console in (out, err):
        console.print(text)
    with bar() as shown:
        shown.add_task(text, total=1)
    said = capsys.readouterr()
    assert said.out == f"{text}\n"
    assert said.err.startswith(f"{text}\n") and said.err.count(text) == 2

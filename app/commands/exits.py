"""How commands end: exit codes that mean something, and errors in one line.

0  done
1  a difference was found: something does not add up
2  the input or the environment cannot be used as it is
3  the state of things does not allow it now (not closed yet, running elsewhere, too busy, …)
70 something that nobody expected; its traceback is logged
"""

from enum import IntEnum

import structlog
import typer
from rich.console import Console

from app.core.errors import (
    BrokenInvariant,
    Conflict,
    DomainError,
    Overloaded,
    RateLimited,
    SettingsError,
)
from app.core.logs import log_to_stderr
from app.models.reachable import DATABASE_ERRORS

err = Console(stderr=True, soft_wrap=True, highlight=False, markup=False, emoji=False)
out = Console(soft_wrap=True, highlight=False, markup=False, emoji=False)
"""Titles and names are other people's: `[/1]` and `:smile:` in them are nothing but text."""
log = structlog.get_logger("obole.commands")


class ExitCode(IntEnum):
    """What the shell is told."""

    DONE = 0
    DIFFERENCE = 1
    UNUSABLE = 2
    NOT_NOW = 3
    UNEXPECTED = 70


def run(app: typer.Typer) -> int:
    """Run the command line and turn what was raised into an exit code."""
    log_to_stderr()
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ExitCode.UNUSABLE
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        code = _code_of(error)
        if code is ExitCode.UNEXPECTED:
            log.exception("command_failed")
        err.print(f"obole: {' '.join(str(error).split()) or type(error).__name__}", style="red")
        return code
    return ExitCode.DONE


def _code_of(error: Exception) -> ExitCode:
    """What the shell is told of an error; UNEXPECTED where no command means to raise it."""
    match error:
        case BrokenInvariant():
            return ExitCode.DIFFERENCE
        case Conflict() | Overloaded() | RateLimited():
            return ExitCode.NOT_NOW
        case DomainError() | SettingsError() | OSError():
            return ExitCode.UNUSABLE
    return ExitCode.UNUSABLE if isinstance(error, DATABASE_ERRORS) else ExitCode.UNEXPECTED

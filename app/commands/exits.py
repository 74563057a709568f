"""How commands end: exit codes that mean something, and errors in one line.

0  done
1  a difference was found: something does not add up
2  the input or the environment cannot be used as it is
3  the state of things does not allow it now (not closed yet, running elsewhere, …)
"""

from enum import IntEnum

import typer
from rich.console import Console

from app.core.errors import BrokenInvariant, Conflict, DomainError, SettingsError
from app.core.logs import log_to_stderr

err = Console(stderr=True, soft_wrap=True, highlight=False)
out = Console(soft_wrap=True, highlight=False)


class ExitCode(IntEnum):
    """What the shell is told."""

    DONE = 0
    DIFFERENCE = 1
    UNUSABLE = 2
    NOT_NOW = 3


def run(app: typer.Typer) -> int:
    """Run the command line and turn what was raised into an exit code."""
    log_to_stderr()
    try:
        app()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else ExitCode.UNUSABLE
    except BrokenInvariant as error:
        return _refused(error, ExitCode.DIFFERENCE)
    except Conflict as error:
        return _refused(error, ExitCode.NOT_NOW)
    except (DomainError, SettingsError, OSError) as error:
        return _refused(error, ExitCode.UNUSABLE)
    except KeyboardInterrupt:
        return 130
    return ExitCode.DONE


def _refused(error: Exception, code: ExitCode) -> int:
    err.print(f"obole: {error}", style="red", markup=False)
    return code

"""How far a command is, on stderr: what it does, a bar, how many of how many, and the time."""

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app.commands.exits import err


def bar() -> Progress:
    """A bar that stands still where stderr is no terminal, and shows its end."""
    return Progress(
        TextColumn("{task.description:>11}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
    )

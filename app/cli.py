"""The command `obole`: one command a file in `commands/`, put together here."""

import sys

import typer

from app.commands.close import close
from app.commands.create_operator import create_operator
from app.commands.demo import demo
from app.commands.exits import run
from app.commands.export_schema import export_schema
from app.commands.migrate import migrate
from app.commands.replay import replay
from app.commands.serve import serve
from app.commands.settle import settle
from app.commands.statement import statement
from app.commands.verify import verify

app = typer.Typer(
    name="obole",
    help="A self-hosted Flattr: a wallet, a button, and a month divided evenly.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (serve, migrate, demo, close, settle, verify, statement, replay):
    app.command()(command)
app.command(name="create-operator")(create_operator)
app.command(name="export-schema")(export_schema)


def main() -> None:
    """Run the command line; expected refusals end in one line on stderr and a telling exit code."""
    sys.exit(run(app))


if __name__ == "__main__":
    main()

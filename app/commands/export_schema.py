"""`obole export-schema`: the GraphQL contract as SDL."""

from pathlib import Path
from typing import Annotated

import typer

from app.commands.exits import ExitCode, err, out
from app.schema.export import print_sdl

COMMITTED = Path(__file__).parent.parent / "schema" / "schema.graphql"


def export_schema(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; end with 1 if the file is stale.")
    ] = False,
    path: Annotated[Path, typer.Option(help="Where it is kept.")] = COMMITTED,
) -> None:
    """Write the schema's SDL to app/schema/schema.graphql, or check that it is fresh."""
    sdl = print_sdl()
    fresh = path.exists() and path.read_text(encoding="utf-8") == sdl
    if check:
        if not fresh:
            err.print(f"{path} is stale. Run `obole export-schema` and commit it.")
            raise typer.Exit(ExitCode.DIFFERENCE)
        out.print("The SDL is fresh.")
        return
    path.write_text(sdl, encoding="utf-8")
    out.print(f"Wrote {path}")

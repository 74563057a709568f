"""`obole create-operator`: the account that may close and settle."""

import secrets
from typing import Annotated

import typer

from app.commands.exits import out
from app.commands.opened import in_database
from app.domain.accounts import sign_up


def create_operator(
    handle: Annotated[str, typer.Argument(help="The operator's handle.")],
    email: Annotated[str, typer.Argument(help="The e-mail to sign in with.")],
    password: Annotated[
        str | None,
        typer.Option(envvar="OBOLE_OPERATOR_PASSWORD", help="Made up and printed if left out."),
    ] = None,
) -> None:
    """Open an account that may close, settle and verify periods."""
    word = password or secrets.token_urlsafe(15)
    in_database(lambda: sign_up(handle=handle, email=email, password=word, is_operator=True))
    out.print(f"{email} is an operator now.")
    if not password:
        out.print(f"Password: {word}")

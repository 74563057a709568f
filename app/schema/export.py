"""The API's contract as SDL: committed beside this file, and held to it by a test."""

import strawberry

from app.schema.build import build_schema


def print_sdl() -> str:
    """The schema as SDL, always the same for the same code: types by name, fields as declared."""
    return build_schema(strawberry.Schema).as_str().rstrip() + "\n"

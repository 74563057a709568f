"""The committed SDL is the code's."""

from app.commands.export_schema import COMMITTED
from app.schema.export import print_sdl


def test_the_committed_sdl_is_fresh() -> None:
    assert COMMITTED.read_text("utf-8") == print_sdl(), "run `obole export-schema`"


def test_it_is_always_the_same() -> None:
    assert print_sdl() == print_sdl()

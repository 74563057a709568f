"""What no text may hold."""

import pytest

from app.core.errors import InvalidInput
from app.core.text import check_text, is_storable

HOSTILE = ["\x00", "a\x00b", "\x07", "\x1b[31m", "\x7f", "\x85", "\ud800", "a\udfffb"]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("lines", [False, True])
def test_what_cannot_be_kept_is_refused_by_name(text: str, lines: bool) -> None:
    assert not is_storable(text, lines=lines)
    with pytest.raises(InvalidInput) as refused:
        check_text(text, field="title", lines=lines)
    assert refused.value.field == "title"


@pytest.mark.parametrize(
    "text", ["", "Müller", "日本語", "🎈", "a b", "e\u0301", "\u200b", "\uffff"]
)
def test_everything_else_is_kept_as_it_is(text: str) -> None:
    assert check_text(text, field="title") == text


@pytest.mark.parametrize("text", ["a\nb", "a\r\nb", "\tindented"])
def test_line_breaks_and_tabs_only_where_there_are_lines(text: str) -> None:
    assert check_text(text, field="description", lines=True) == text
    with pytest.raises(InvalidInput):
        check_text(text, field="title")

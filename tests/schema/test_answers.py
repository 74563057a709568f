"""Text that cannot be kept is found wherever it hides."""

from dataclasses import dataclass

import pytest

from app.core.errors import InvalidInput
from app.schema.answers import check_text


@dataclass
class Inner:
    display_name: str
    tags: list[str]


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"handle": "\x00"}, "handle"),
        ({"external_id": "a\ud800"}, "externalId"),
        ({"input": Inner("\udfff", [])}, "displayName"),
        ({"input": Inner("fine", ["fine", "\x00"])}, "tags"),
        ({"input": {"some": [Inner("\x00", [])]}}, "displayName"),
    ],
)
def test_it_names_the_field(arguments: dict[str, object], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_text(arguments)
    assert caught.value.field == field


def test_what_is_fine_passes() -> None:
    check_text({"input": Inner("Zoë 🎉 \n", ["\u202e"]), "first": 3, "after": None})

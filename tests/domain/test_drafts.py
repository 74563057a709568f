"""Drafts: what is said of a content, cleaned once; test_contents.py has what is refused."""

import pytest

from app.core.errors import InvalidInput
from app.domain.drafts import MAX_EXTERNAL_ID, ContentDraft, check_external_id, draft_values


def test_words_are_kept_normalised_and_clean() -> None:
    draft = ContentDraft(
        url="HTTPS://News.example:443/A#b",
        title="  One \n line ",
        description="  two\nlines ",
        language="PT-br",
        tags=("Music", "music", " live  set "),
        external_id=" n-1 ",
    )
    assert draft_values(draft) == {
        "url": "https://news.example/A",
        "title": "One line",
        "description": "two\nlines",
        "language": "pt-BR",
        "tags": ["music", "live set"],
        "external_id": "n-1",
    }


def test_nothing_said_is_nothing_kept() -> None:
    values = draft_values(ContentDraft("https://a.example/", "x", description=" \n"))
    assert (values["description"], values["tags"], values["external_id"]) == (None, [], None)
    assert check_external_id(None) is None
    with pytest.raises(InvalidInput):
        check_external_id("x" * (MAX_EXTERNAL_ID + 1))

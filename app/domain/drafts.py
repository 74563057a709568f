"""Drafts: what may be said of a content when it is registered or edited."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.core.errors import InvalidInput
from app.core.text import check_text
from app.domain.accounts import clean_line
from app.domain.languages import check_language
from app.domain.urls import normalise_url

MAX_TITLE, MAX_DESCRIPTION = 300, 2000
MAX_TAGS, MAX_TAG = 20, 40
MAX_EXTERNAL_ID = 200


@dataclass(frozen=True, slots=True)
class ContentDraft:
    """What is said of a content; `platform` is a slug, `external_id` that platform's own id."""

    url: str
    title: str
    description: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    platform: str | None = None
    external_id: str | None = None


def draft_values(draft: ContentDraft) -> dict[str, Any]:
    """The draft's words as a row keeps them: normalised and clean.

    Returns url, title, description, language, tags and external_id. Raises InvalidInput naming the
    field.
    """
    return {
        "url": normalise_url(draft.url),
        "title": clean_line(draft.title, field="title", at_most=MAX_TITLE),
        "description": _description(draft.description),
        "language": check_language(draft.language),
        "tags": _tags(draft.tags),
        "external_id": check_external_id(draft.external_id),
    }


def check_external_id(external_id: str | None) -> str | None:
    """A platform's own id for a content, clean; None stays None. Raises InvalidInput."""
    if external_id is None:
        return None
    return clean_line(external_id, field="externalId", at_most=MAX_EXTERNAL_ID)


def _description(text: str | None) -> str | None:
    if text is None or not text.strip():
        return None
    if len(text) > MAX_DESCRIPTION:
        message = f"A description has at most {MAX_DESCRIPTION} characters."
        raise InvalidInput(message, field="description")
    return check_text(text.strip(), field="description", lines=True)


def _tags(tags: Sequence[str]) -> list[str]:
    if len(tags) > MAX_TAGS:
        raise InvalidInput(f"A content has at most {MAX_TAGS} tags.", field="tags")
    cleaned = [clean_line(tag, field="tags", at_most=MAX_TAG).lower() for tag in tags]
    return list(dict.fromkeys(cleaned))

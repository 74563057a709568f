"""Language tags of contents."""

import re

from babel import Locale, UnknownLocaleError

from app.core.errors import InvalidInput

MAX_LANGUAGE = 35
"""The longest tag, in characters: RFC 5646, section 4.4.1."""
_TAG = re.compile(r"(?!und\b|root\b)[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE)


def check_language(tag: str | None) -> str | None:
    """A BCP 47 tag such as `fr` or `pt-BR` in its usual spelling, or None. Raises InvalidInput."""
    if tag is None:
        return None
    dashed = tag.replace("_", "-")
    try:
        if len(tag) > MAX_LANGUAGE or not _TAG.fullmatch(dashed):
            raise ValueError
        return str(Locale.parse(dashed, sep="-")).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        raise InvalidInput(
            f"{tag[:40]!r} is no language. Write a tag such as fr or pt-BR.", field="language"
        ) from None

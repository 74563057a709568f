"""Language tags of contents."""

from babel import Locale, UnknownLocaleError

from app.core.errors import InvalidInput


def check_language(tag: str | None) -> str | None:
    """A BCP 47 tag such as `fr` or `pt-BR` in its usual spelling, or None. Raises InvalidInput."""
    if tag is None:
        return None
    try:
        return str(Locale.parse(tag, sep="-" if "-" in tag else "_")).replace("_", "-")
    except (UnknownLocaleError, ValueError):
        raise InvalidInput(
            f"{tag[:40]!r} is no language. Write a tag such as fr or pt-BR.", field="language"
        ) from None

"""Text from outside: what no text may hold, whatever it is for.

PostgreSQL refuses NUL, no database and no hash takes a lone surrogate, and the other control
characters are never meant to be seen.
"""

import unicodedata

from app.core.errors import InvalidInput

_LINE_BREAKS = frozenset("\t\n\r")


def is_storable(text: str, *, lines: bool = False) -> bool:
    """Whether `text` is free of control characters and lone surrogates.

    lines: tabs and line breaks are fine.
    """
    allowed = _LINE_BREAKS if lines else frozenset[str]()
    return all(unicodedata.category(c) not in ("Cc", "Cs") or c in allowed for c in text)


def check_text(text: str, *, field: str, lines: bool = False) -> str:
    """`text` as it is. Raises InvalidInput naming `field` where it is not storable."""
    if not is_storable(text, lines=lines):
        raise InvalidInput("This has a character that cannot be shown.", field=field)
    return text

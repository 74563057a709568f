"""Numbers for small places: exact to 9,999, then three digits at most, never rounded up."""

from babel.numbers import format_decimal

EXACT_BELOW = 10_000
UNITS = {
    "en": ((10**9, "B"), (10**6, "M"), (10**3, "K")),
    "fr": ((10**9, "\u00a0Md"), (10**6, "\u00a0M"), (10**3, "\u00a0k")),
}
"""What CLDR calls them. CLDR rounds up, though: 1,999,999 clicks are not 2M."""


def compact_number(n: int, language: str) -> str:
    """`9,876`, `12.3K`, `123K`, `1.2M`; in French `12,3 k`. What is cut off is never rounded up."""
    if n < EXACT_BELOW:
        return str(format_decimal(n, locale=language))
    size, sign = next(unit for unit in UNITS[language] if n >= unit[0])
    whole, tenth = n // size, n % size * 10 // size
    digits = f"{whole}.{tenth}" if whole < 100 and tenth else str(whole)
    return digits.replace(".", "," if language == "fr" else ".") + sign

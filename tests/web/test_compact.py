"""Numbers for small places."""

import pytest

from app.web.badge import width_px
from app.web.compact import compact_number


@pytest.mark.parametrize(
    ("n", "english", "french"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1_284, "1,284", "1\u202f284"),
        (9_999, "9,999", "9\u202f999"),
        (10_000, "10K", "10\u00a0k"),
        (10_099, "10K", "10\u00a0k"),
        (12_345, "12.3K", "12,3\u00a0k"),
        (99_999, "99.9K", "99,9\u00a0k"),
        (123_999, "123K", "123\u00a0k"),
        (999_999, "999K", "999\u00a0k"),
        (1_999_999, "1.9M", "1,9\u00a0M"),
        (1_000_000_000, "1B", "1\u00a0Md"),
        (2**53 - 1, "9007199B", "9007199\u00a0Md"),
    ],
)
def test_it_is_short_and_never_says_more(n: int, english: str, french: str) -> None:
    assert (compact_number(n, "en"), compact_number(n, "fr")) == (english, french)
    assert width_px(english) > 0 and width_px(french) > 0, "the badge knows every letter"

"""The style sheet holds BRAND.md's tokens, and each is readable on its ground."""

import re

import pytest

from app.web.assets import assets

LIGHT, DARK = "light", "dark"
TEXT = ("ink", "muted", "verdigris", "copper", "alarm")
READABLE = 4.5
"""The contrast WCAG 2.2 AA wants of text, success criterion 1.4.3."""


def _css() -> str:
    return assets()["obole.css"].body.decode()


def _tokens(scheme: str) -> dict[str, str]:
    found = re.findall(r"--ob-(\w+): (#[0-9a-f]{6});", _css())
    half = len(found) // 2
    return dict(found[:half] if scheme == LIGHT else found[half:])


def _luminance(colour: str) -> float:
    channels = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", [LIGHT, DARK])
@pytest.mark.parametrize("token", TEXT)
def test_text_is_readable(scheme: str, token: str) -> None:
    tokens = _tokens(scheme)
    assert _contrast(tokens[token], tokens["ground"]) >= READABLE


def test_both_schemes_have_all_tokens() -> None:
    assert set(_tokens(LIGHT)) == set(_tokens(DARK)) == {*TEXT, "ground", "line"}


def test_lines_are_never_text() -> None:
    assert not re.search(r"(?<![-\w])color: var\(--ob-line\)", _css())


def test_there_are_five_sizes() -> None:
    sizes = re.findall(r"--(small|body|lead|title|display): ([\d.]+)rem", _css())
    assert len(sizes) == 5
    for _, rem in sizes:
        steps = [round(1.25**n, 3) for n in range(-2, 8)]
        assert float(rem) in steps
    literal = re.findall(r"font(?:-size)?:[^;]*?[\d.]+(?:rem|px)", _css())
    assert literal == []


def test_it_asks_nobody() -> None:
    for name, asset in assets().items():
        if name.endswith(".css"):
            text = asset.body.decode()
            assert not re.search(r"@import|url\(\s*['\"]?(?!data:)", text), name

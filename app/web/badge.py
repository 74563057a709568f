"""A content's counter as an SVG badge: for a README, and for pages without script."""

from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response

from app.core.errors import InvalidInput, NotFound
from app.resolvers.front import read_counter
from app.web.caching import cacheable
from app.web.compact import compact_number
from app.web.counter import FOR_EVERY_SITE, FRESH, GONE
from app.web.language import DEFAULT, Language
from app.web.words import CATALOGUE

TYPE = "image/svg+xml"
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""For whoever opens it alone: it has a style of its own, and needs nothing else."""
COLOURS = {
    "light": {"ground": "#fbf8f1", "ink": "#1c1a16", "line": "#d9d2c3", "mark": "#1f6f5f"},
    "dark": {"ground": "#171510", "ink": "#efe9dc", "line": "#3a352b", "mark": "#7cc7b4"},
}
"""BRAND.md's tokens: an image cannot see the page's style sheet."""
HEIGHT_PX = 20
SIZE_PX = 11
LEFT_PX, MARK_PX, GAP_PX, RIGHT_PX = 6, 12, 5, 7
NAME = "Obole"
FONTS = "Verdana,Geneva,'DejaVu Sans',sans-serif"
_DIGIT, _NARROW, _SPACE = 636, 364, 352
ADVANCES = {
    **dict.fromkeys("0123456789", _DIGIT),
    **dict.fromkeys(",.", _NARROW),
    **dict.fromkeys("\u00a0\u202f", _SPACE),
    **{"O": 787, "b": 623, "o": 607, "l": 274, "e": 596},
    **{"K": 693, "M": 843, "B": 686, "k": 592, "d": 623, "–": 636},
}
"""Verdana's advances in thousandths of the size; `textLength` holds any other font to them."""


async def serve_badge(request: Request) -> Response:
    """The image at `/contents/{id}/badge.svg`; the address alone decides how it looks.

    `?theme=` is light, dark, or whatever the reader's system says; `?lang=` is en or fr. No header
    of the reader's is read: proxies of images keep one copy for all.
    """
    theme, language = _theme(request), _language(request)
    try:
        total: int | None = (await read_counter(request.path_params["id"])).total
    except (InvalidInput, NotFound):
        total = None
    response = Response(
        badge(total, theme=theme, language=language), 404 if total is None else 200, media_type=TYPE
    )
    if total is None:
        response.headers["Cache-Control"] = GONE
    else:
        response = cacheable(request, response, cache_control=FRESH, vary="Accept-Encoding")
    response.headers.update(FOR_EVERY_SITE)
    response.headers["Content-Security-Policy"] = POLICY
    return response


def badge(total: int | None, *, theme: str, language: Language) -> str:
    """The SVG. total: clicks of all time; None where there is no such content."""
    said = "–" if total is None else compact_number(total, language.code)
    title = language.say("badge_gone") if total is None else language.count("badge", total)
    name_x = LEFT_PX + MARK_PX + GAP_PX
    line_x = round(name_x + width_px(NAME) + GAP_PX)
    count_x = line_x + GAP_PX + 1
    width = round(count_x + width_px(said) + RIGHT_PX)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{HEIGHT_PX}"'
        f' viewBox="0 0 {width} {HEIGHT_PX}" role="img" aria-label="{escape(title)}"'
        f' lang="{language.code}"><title>{escape(title)}</title><style>{_style(theme)}</style>'
        f'<rect class="g" x=".5" y=".5" width="{width - 1}" height="{HEIGHT_PX - 1}" rx="3.5"/>'
        f'<path class="l" d="M{line_x}.5 1V{HEIGHT_PX - 1}"/>'
        f'<path class="m" transform="translate({LEFT_PX} 4) scale(.5)"'
        ' d="M14.74 4.48A8 8 0 1 0 19.52 9.26"/>'
        f"{_text(NAME, name_x)}{_text(said, count_x)}</svg>\n"
    )


def width_px(text: str) -> float:
    """How wide a text is at SIZE_PX. Raises KeyError for a letter that no badge says."""
    return sum(ADVANCES[letter] for letter in text) * SIZE_PX / 1000


def _text(text: str, x: int) -> str:
    length = f"{width_px(text):.2f}"
    return (
        f'<text x="{x}" y="14" textLength="{length}" lengthAdjust="spacingAndGlyphs"'
        f' aria-hidden="true">{escape(text)}</text>'
    )


def _style(theme: str) -> str:
    shapes = (
        f"text{{font:{SIZE_PX}px {FONTS}}}path{{fill:none}}.l{{stroke-width:1}}"
        ".m{stroke-width:3;stroke-linecap:round}"
    )
    if theme in COLOURS:
        return shapes + _colours(theme)
    dark = f"@media(prefers-color-scheme:dark){{{_colours('dark')}}}"
    return f"{shapes}{_colours('light')}{dark}"


def _colours(theme: str) -> str:
    of = COLOURS[theme]
    return (
        f"text{{fill:{of['ink']}}}.g{{fill:{of['ground']};stroke:{of['line']}}}"
        f".l{{stroke:{of['line']}}}.m{{stroke:{of['mark']}}}"
    )


def _theme(request: Request) -> str:
    asked = request.query_params.get("theme", "")
    return asked if asked in COLOURS else "auto"


def _language(request: Request) -> Language:
    asked = request.query_params.get("lang", "")
    return Language(asked if asked in CATALOGUE else DEFAULT)

"""Templates into pages: escaped, in the reader's language, with a strict content policy."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from app.web.assets import asset_url
from app.web.language import Language, chosen_code, language_of

FOLDER = Path(__file__).parent / "templates"
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
"""No script at all, and nothing from anybody else."""


@cache
def environment() -> Environment:
    """The templates; an unknown name in one is an error, not an empty place."""
    made = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset_url"] = asset_url
    return made


def render(template: str, language: Language, **names: Any) -> str:
    """The template's HTML; `say`, `count` and `language` are the reader's."""
    return (
        environment()
        .get_template(template)
        .render(language=language, say=language.say, count=language.count, **names)
    )


def page(request: Request, template: str, *, status: int = 200, **names: Any) -> HTMLResponse:
    """A page for this reader."""
    language = language_of(request)
    html = render(template, language, link=linker(request), **names)
    headers = {
        "Content-Language": language.code,
        "Content-Security-Policy": POLICY,
        "Vary": "Accept-Language",
    }
    return HTMLResponse(html, status_code=status, headers=headers)


def linker(request: Request) -> Callable[[str], str]:
    """What makes a path of ours a link: it keeps the language that was chosen by `?lang=`."""
    chosen = chosen_code(request)
    return lambda path: f"{path}?lang={chosen}" if chosen else path

"""The README as a page, from the working copy or from the package's own description."""

from collections.abc import MutableMapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from starlette.requests import Request
from starlette.responses import Response

from app.web.caching import cacheable
from app.web.rendering import page

FILE = Path(__file__).resolve().parents[2] / "README.md"


async def serve_readme(request: Request) -> Response:
    """The README, or a sentence where this installation has none."""
    response = page(request, "readme.html", readme=readme_html())
    return cacheable(request, response, cache_control="public, max-age=300", vary="Accept-Language")


@cache
def readme_html() -> str:
    """The README's HTML, its raw HTML escaped; empty where there is none."""
    return markdown(FILE.read_text("utf-8") if FILE.is_file() else _packaged())


def markdown(text: str) -> str:
    """CommonMark and tables as HTML, without pictures; links to files not served are words."""
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("link_open", _link_open)
    parser.add_render_rule("link_close", _link_close)
    parser.add_render_rule("image", _nothing)
    return str(parser.render(text))


def _packaged() -> str:
    try:
        return str(metadata("obole").json.get("description", ""))
    except PackageNotFoundError:
        return ""


def _link_open(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    href = str(tokens[index].attrGet("href") or "")
    if href.startswith(("https://", "http://", "/", "#")):
        return renderer.renderToken(tokens, index, options, env)
    return "<span>"


def _link_close(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    opened = next(t for t in reversed(tokens[:index]) if t.type == "link_open")
    href = str(opened.attrGet("href") or "")
    return "</a>" if href.startswith(("https://", "http://", "/", "#")) else "</span>"


def _nothing(
    renderer: RendererHTML,
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,
    env: MutableMapping[str, Any],
) -> str:
    return ""

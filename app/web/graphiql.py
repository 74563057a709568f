"""GraphiQL, served by ourselves: the page a browser gets at /graphql."""

from functools import cache

from app.web.language import Language
from app.web.rendering import render

GRAPHIQL_POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""Its editor measures text with styles of its own, so those may be inline; scripts may not."""


@cache
def graphiql_page() -> str:
    """The page's HTML, the same for everybody."""
    return render("graphiql.html", Language("en"))

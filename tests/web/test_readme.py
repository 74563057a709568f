"""Markdown as a page: nothing in it runs, and no link leads nowhere."""

import pytest

from app.web.readme import markdown


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
        ("[docs](docs/settings.md)", "<p><span>docs</span></p>\n"),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>\n"),
        ("[x](https://a.example/)", '<p><a href="https://a.example/">x</a></p>\n'),
        ("[x](/graphql) [y](y.md)", '<p><a href="/graphql">x</a> <span>y</span></p>\n'),
        ("![a picture](https://a.example/p.png)", "<p></p>\n"),
    ],
)
def test_markdown(source: str, html: str) -> None:
    assert markdown(source) == html


def test_tables() -> None:
    assert "<td>1</td>" in markdown("|a|\n|-|\n|1|\n")

"""URLs: one form for each, and nothing but InvalidInput for what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.domain.urls import MAX_URL, host_of, normalise_host, normalise_url

NORMAL = [
    ("https://a.example", "https://a.example/"),
    ("http://a.example/", "http://a.example/"),
    ("HTTPS://A.Example/Path/", "https://a.example/Path/"),
    ("https://a.example/path", "https://a.example/path"),
    ("https://a.example/?page_id=42", "https://a.example/?page_id=42"),
    ("https://a.example?page_id=42", "https://a.example/?page_id=42"),
    ("https://a.example/?b=2&a=1&A=", "https://a.example/?b=2&a=1&A="),
    ("https://a.example/x#part", "https://a.example/x"),
    ("https://a.example/?", "https://a.example/"),
    ("https://a.example:443/", "https://a.example/"),
    ("http://a.example:80/", "http://a.example/"),
    ("http://a.example:443/", "http://a.example:443/"),
    ("https://a.example:8443/", "https://a.example:8443/"),
    ("https://a.example:/", "https://a.example/"),
    ("https://a.example./", "https://a.example/"),
    ("  https://a.example/  ", "https://a.example/"),
    ("https://müller.example/", "https://xn--mller-kva.example/"),
    ("https://MÜLLER.example/", "https://xn--mller-kva.example/"),
    ("https://xn--mller-kva.example/", "https://xn--mller-kva.example/"),
    ("https://a.example/é?ü=ö", "https://a.example/%C3%A9?%C3%BC=%C3%B6"),
    ("https://a.example/%c3%a9", "https://a.example/%C3%A9"),
    ("https://a.example/%2F/100%", "https://a.example/%2F/100%"),
    ("https://a.example//b//", "https://a.example//b//"),
    ("https://127.0.0.1:8000/", "https://127.0.0.1:8000/"),
    ("http://[::FFFF]:80/x", "http://[::ffff]/x"),
    ("http://[0:0:0:0:0:0:0:1]:81/", "http://[::1]:81/"),
]
REFUSED = [
    "", " ", "a", "a.example", "//a.example/", "/path", "http:", "http://", "https:///path",
    "http:a.example", "http:/a.example", "http://:80/", "http://?x", "http://#x", "http://.",
    "http://..", "http://a..b/", "http://-a.example/", "http://a_b!.example/",
    "javascript:alert(1)", "JavaScript:alert(1)", "javascript://a.example/%0aalert(1)",
    "data:text/html,hi", "ftp://a.example/", "file:///etc/passwd", "mailto:a@a.example",
    "https://user:password@a.example/", "https://user@a.example/", "https://@a.example/",
    "https://a.example/a b", "https://a b.example/", "https://a.example/\u00a0",
    "https://a.example/\u2028", "https://a.example/\t", "\nhttps://a.example/",
    "https://a.example/\n", "https://a.example/\x00", "\x00https://a.example/",
    "https://a\x00.example/", "https://a.example/\x1f", "https://a.example/\x7f",
    "https://a.example/\x80", "https://a.example/\x85", "https://a.example/\ud800",
    "https://\ud800.example/", "https://a.example/?\udfff", "https://a.example/#\udfff",
    "https://a.example\\b/", "https://a.example/<script>", 'https://a.example/"',
    "https://a.example:0/", "https://a.example:65536/", "https://a.example:-1/",
    "https://a.example:x/", "https://a.example:8٠/", "https://a.example:80:80/",
    "https://[::1/", "https://::1/", "https://[]/", "https://[::1]x/", "https://x[::1]/",
    "https://[v1.a]/", "https://[fe80::1%25eth0]/", "https://[1:2]/", "https://a.example]/",
    "https://a.example／b", "https://" + "a" * 64 + ".example/", "https://" + "a." * 200 + "b",
    "https://" + "é" * 300, "https://\u200d.example/", "https://xn--a-é.example/",
    "https://a.example/" + "a" * MAX_URL, "https://a.example/" + "é" * 400,
    "https://a.example/" + "a" * 1_000_000,
]  # fmt: skip


@pytest.mark.parametrize(("url", "normal"), NORMAL)
def test_a_url_has_one_form(url: str, normal: str) -> None:
    assert normalise_url(url) == normal
    assert normalise_url(normal) == normal


@pytest.mark.parametrize("url", REFUSED, ids=lambda url: ascii(url)[:40])
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        normalise_url(url, field="contentUrl")
    assert refused.value.field == "contentUrl"
    assert len(refused.value.message) < 400


def test_what_differs_for_a_server_differs_here() -> None:
    forms = [
        "https://a.example/", "https://a.example/?page_id=42", "http://a.example/",
        "https://a.example/a", "https://a.example/A", "https://a.example/a/",
        "https://www.a.example/", "https://a.example/?", "https://a.example/#x",
    ]  # fmt: skip
    assert len({normalise_url(url) for url in forms}) == len(forms) - 2


def test_the_longest_url_fits_exactly() -> None:
    start = "https://a.example/"
    longest = start + "a" * (MAX_URL - len(start))
    assert normalise_url(longest) == longest
    with pytest.raises(InvalidInput):
        normalise_url(longest + "a")


AWKWARD = st.text(
    st.one_of(
        st.sampled_from(list("abc.:/?#[]@%&=+-_ \\\x00\t\n\x7f\x85\u200b。ü日ß\u00ad\ud800４٣")),
        st.characters(),
    ),
    max_size=40,
)


@given(st.sampled_from(["", "http://", "https://", "https://a.example", "HTTP:"]), AWKWARD)
def test_no_text_does_anything_else_and_once_is_enough(start: str, rest: str) -> None:
    try:
        normal = normalise_url(start + rest)
    except InvalidInput:
        return
    assert normalise_url(normal) == normal
    assert normal.isascii() and normal.isprintable() and " " not in normal
    assert len(normal) <= MAX_URL and host_of(normal)


@pytest.mark.parametrize(
    ("host", "normal"),
    [
        ("A.Example", "a.example"),
        ("a.example.", "a.example"),
        ("bücher.example", "xn--bcher-kva.example"),
    ],
)
def test_a_host_has_one_form(host: str, normal: str) -> None:
    assert normalise_host(host) == normal


@pytest.mark.parametrize(
    "host", ["", ".", "a b", "a/b", "a:80", "a\x00", "\ud800", "*.a.example", "a" * 300, "[::1]"]
)
def test_what_is_no_host_is_refused(host: str) -> None:
    with pytest.raises(InvalidInput):
        normalise_host(host)

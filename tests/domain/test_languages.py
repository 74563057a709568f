"""Language tags: the usual spelling, or refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.domain.languages import MAX_LANGUAGE, check_language


@pytest.mark.parametrize(
    ("tag", "usual"),
    [
        (None, None), ("fr", "fr"), ("FR", "fr"), ("pt-br", "pt-BR"), ("pt_BR", "pt-BR"),
        ("zh-hans-cn", "zh-Hans-CN"), ("zh-Hans_CN", "zh-Hans-CN"), ("de-1996", "de"),
    ],
)  # fmt: skip
def test_a_tag_has_one_spelling(tag: str | None, usual: str | None) -> None:
    assert check_language(tag) == usual
    assert check_language(usual) == usual


@pytest.mark.parametrize(
    "tag",
    [
        "", "-", "french", "fr ", "fr\n", "fr--FR", "1", "１", "C", "und", "root", "und-US", "xx",
        "fr-FR@euro", "en.UTF-8", "en_US@" + "y" * 100, "en-" + "a-" * 40, "x" * 10_000,
        "../../etc/passwd", "en\x00", "\ud800",
    ],
    ids=lambda tag: ascii(tag)[:20],
)  # fmt: skip
def test_what_is_no_tag_is_refused(tag: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_language(tag)
    assert refused.value.field == "language"


@given(st.text(max_size=20))
def test_no_text_does_anything_else(tag: str) -> None:
    try:
        usual = check_language(tag)
    except InvalidInput:
        return
    assert usual is not None and len(usual) <= MAX_LANGUAGE

"""The error tree: drawn once, each code once, each message a sentence that helps."""

import re

import pytest

from app.core import errors
from app.core.errors import DomainError, InvalidInput, RateLimited

CLASSES = [
    value
    for value in vars(errors).values()
    if isinstance(value, type) and issubclass(value, Exception)
]
EXPECTED = [c for c in CLASSES if issubclass(c, DomainError)]
CLICK_REFUSALS = {
    "OWN_CONTENT", "WALLET_EMPTY", "NOT_ELIGIBLE", "CONTENT_NOT_FOUND", "ACCOUNT_SUSPENDED",
    "RATE_LIMITED", "OVERLOADED", "INVALID_INPUT", "UNAUTHENTICATED", "ORIGIN_NOT_ALLOWED",
}  # fmt: skip


def test_every_class_is_in_the_tree_and_nothing_else_is() -> None:
    drawn = re.findall(r"\b[A-Z][a-z]+[A-Za-z]*\b", tree())
    assert sorted(drawn) == sorted(["Exception", *(c.__name__ for c in CLASSES)])


def tree() -> str:
    """The names of the docstring's tree, without what is said of them."""
    lines = (errors.__doc__ or "").splitlines()
    drawn = [line for line in lines if re.match(r"\s+(Exception|[│├└])", line)]
    return "\n".join(re.sub(r"(\w)  +[^│├└]*$", r"\1", line) for line in drawn)


def test_codes_are_the_tree_s_own_and_each_is_used_once() -> None:
    codes = [c.code for c in EXPECTED]
    assert len(set(codes)) == len(codes)
    assert set(codes) >= CLICK_REFUSALS
    assert all(re.fullmatch(r"[A-Z]+(_[A-Z]+)*", code) for code in codes)


@pytest.mark.parametrize("error", EXPECTED, ids=lambda error: error.__name__)
def test_a_message_says_something_and_may_be_replaced(error: type[DomainError]) -> None:
    assert error().message == str(error()) == error.default_message
    assert re.fullmatch(r"[A-Z].{14,}[.…]", error.default_message)
    assert (error("Do this.").message, error("Do this.").code) == ("Do this.", error.code)


@pytest.mark.parametrize("error", [c for c in EXPECTED if c is not DomainError])
def test_every_kind_says_it_in_its_own_words(error: type[DomainError]) -> None:
    others = {c.default_message for c in EXPECTED if c is not error}
    assert error.default_message not in others


def test_two_errors_carry_more() -> None:
    assert (InvalidInput("No.", field="title").field, InvalidInput().field) == ("title", "")
    assert RateLimited(retry_after_s=7).retry_after_s == 7

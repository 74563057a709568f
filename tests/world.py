"""Small helpers that build a world through the domain itself: no mocks."""

from app.core.money import Money, parse_decimal
from app.domain.accounts import Account, sign_up
from app.domain.clicks import ClickOutcome, record_click
from app.domain.contents import Content, register_content
from app.domain.deposits import Deposit, deposit
from app.domain.drafts import ContentDraft

PASSWORD = "correct horse"


async def person(handle: str, *, is_operator: bool = False) -> Account:
    """An account with this handle."""
    return await sign_up(
        handle=handle,
        email=f"{handle}@people.example",
        password=PASSWORD,
        is_operator=is_operator,
    )


async def fund(
    account: Account, amount: str, currency: str = "EUR", *, key: str = "first"
) -> Deposit:
    """A sandbox deposit of a decimal amount."""
    money = Money(parse_decimal(amount), currency)
    return await deposit(account, money, idempotency_key=key)


async def article(
    creator: Account, name: str, *, creators: list[tuple[str, int]] | None = None
) -> Content:
    """A content at a URL of its own."""
    draft = ContentDraft(url=f"https://news.example/{name}", title=name)
    return await register_content(creator, draft, creators=creators)


async def click(account: Account, content: Content, weight: int = 1) -> ClickOutcome:
    """A click with the account's oldest wallet."""
    return await record_click(account, content.id, weight=weight)

"""A small world for the pages, made through the domain: three contents, two supporters."""

from datetime import UTC, datetime

from app.core.money import Money, parse_decimal
from app.domain.accounts import sign_up
from app.domain.clicks import record_click
from app.domain.contents import register_content
from app.domain.deposits import deposit
from app.domain.drafts import ContentDraft
from app.domain.platforms import create_platform

SAMPLE_NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
"""Six days and a half before the month ends."""
HOSTILE_TITLE = '<script>alert(1)</script> & "quotes" \' ' + "unbreakable" * 12
PASSWORD, OPERATOR = "correct horse", "ida"
NAMES = {"ada": "Ada Hartley", "odile": "Odile Marchand", "wilf": "Wilf Quigg"}


async def populate() -> None:
    """Ada and Odile make three contents; Wilf and Odile click them. Ida is the operator."""
    people = {}
    for handle, name in NAMES.items():
        people[handle] = await sign_up(
            handle=handle,
            display_name=name,
            email=f"{handle}@people.example",
            password=PASSWORD,
        )
    await sign_up(
        handle=OPERATOR,
        email=f"{OPERATOR}@people.example",
        password=PASSWORD,
        is_operator=True,
    )
    await create_platform(slug="lanterne", name="Lanterne", hosts=["lanterne.example"])
    ada, odile, wilf = people.values()
    for supporter in (wilf, odile):
        await deposit(supporter, Money(parse_decimal("10.00"), "EUR"), idempotency_key="first")
    radio = await register_content(
        ada,
        ContentDraft("https://lanterne.example/radio", "The valve radio", language="en"),
        creators=[("ada", 5_000), ("odile", 5_000)],
    )
    bread = await register_content(
        ada, ContentDraft("https://lanterne.example/pain", "Le pain au levain", language="fr")
    )
    await register_content(ada, ContentDraft("https://elsewhere.example/", "Never clicked"))
    hostile = await register_content(
        odile, ContentDraft("https://elsewhere.example/x?a=1&b=2", HOSTILE_TITLE)
    )
    for content in (radio, bread, hostile):
        await record_click(wilf, content.id)
    await record_click(odile, bread.id)

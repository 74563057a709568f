"""Amounts."""

from typing import Annotated

import strawberry

from app.core import money
from app.schema.fields import argument, field
from app.schema.scalars import CurrencyCode, Micros


@strawberry.type(description="An exact amount in one currency. Currencies never mix.")
class Money:
    value: strawberry.Private[money.Money]
    micros: Micros = strawberry.field(
        description="The amount in micro-units, 10⁻⁶ of the currency's main unit: sort and sum "
        "with this."
    )
    currency: CurrencyCode = strawberry.field(description="Which currency, by ISO 4217.")

    @classmethod
    def of(cls, value: money.Money) -> "Money":
        return cls(value=value, micros=Micros(value.micros), currency=CurrencyCode(value.currency))

    @field(
        'The amount in main units as an exact decimal, "3.333333": two to six decimals, a point, '
        "no grouping."
    )
    def decimal(self) -> str:
        return money.format_decimal(self.value.micros)

    @field('The amount as people of a locale write it, exactly: "€3.333333", "10,00 €".')
    def formatted(
        self,
        locale: Annotated[str, argument("A BCP 47 tag, such as `en`, `fr` or `pt-BR`.")] = "en",
    ) -> str:
        return money.format_money(self.value, locale)


@strawberry.input(description='An amount as people type it: `{decimal: "10.00", currency: EUR}`.')
class MoneyInput:
    decimal: str = strawberry.field(
        description='Main units in ASCII digits with a point and at most six decimals: "10.00". '
        "No sign, no grouping."
    )
    currency: CurrencyCode = strawberry.field(description="Which currency, by ISO 4217.")

    def value(self) -> money.Money:
        """The amount. Raises InvalidInput naming `decimal` or `currency`."""
        currency = money.check_currency(self.currency)
        return money.Money(money.parse_decimal(self.decimal), currency)


def amount(micros: int, currency: str) -> Money:
    """Micro-units of a currency as the type."""
    return Money.of(money.Money(micros, currency))

"""The picture of how a month is divided: one example, reckoned by the money rules themselves."""

from dataclasses import dataclass

from app.core.money import Money, parse_decimal
from app.core.sharing import split_gross, unit_micros

CURRENCY = "EUR"
POT_MICROS = parse_decimal("10.00")
CLICKS = 10
COMMISSION_BPS = 1_000


@dataclass(frozen=True, slots=True)
class PotPicture:
    """A pot, its slices, and what becomes of one. eleventh: each slice's worth with a click more.

    third, rest: what each of three clicks would get of the same pot, and what would stay.
    """

    pot: Money
    clicks: int
    worth: Money
    net: Money
    commission: Money
    eleventh: Money
    third: Money
    rest: Money


def pot_picture() -> PotPicture:
    """10.00 EUR and ten clicks (DESIGN.md, money rule 9)."""
    worth = unit_micros(pot_micros=POT_MICROS, total_weight=CLICKS)
    split = split_gross(gross_micros=worth, commission_bps=COMMISSION_BPS, platform_bps=0)
    eleventh = unit_micros(pot_micros=POT_MICROS, total_weight=CLICKS + 1)
    third = unit_micros(pot_micros=POT_MICROS, total_weight=3)
    return PotPicture(
        pot=_money(POT_MICROS),
        clicks=CLICKS,
        worth=_money(worth),
        net=_money(split.net),
        commission=_money(split.commission),
        eleventh=_money(eleventh),
        third=_money(third),
        rest=_money(POT_MICROS - 3 * third),
    )


def _money(micros: int) -> Money:
    return Money(micros, CURRENCY)

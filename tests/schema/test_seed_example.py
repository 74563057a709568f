"""The seed example of DESIGN.md, money rule 9, through GraphQL and read back from it."""

from typing import Any

import pytest

from app.core.clock import FixedClock
from tests.schema.client import Api

CREATOR = """{ viewer { creator {
  earnings { balance { decimal currency } }
  statement(periodKey: "2026-11") {
    periodKey lineCount totals { clicks gross { micros } commission { micros } net { micros } }
    lines { nodes { content { title } clicks gross { micros decimal currency }
                    commission { decimal } net { decimal } part { micros } } }
    csv { currency filename text }
  }
} } }"""
SUPPORTER = """{ viewer { wallets {
  balance { micros } spendable { micros } pot { micros } worth { micros }
  entries { nodes { kind amount { decimal } } }
  statement(periodKey: "2026-11") {
    pot { micros } totalWeight unit { micros } given { micros } stays { micros }
    lines { nodes { weight own gross { micros } content { title } } }
  }
} } }"""


async def month(api: Api, clock: FixedClock, clicks: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """A month of one supporter with 10.00 EUR: the creator's and the supporter's answers."""
    creator, supporter, operator = (
        await api.joined("mo"),
        await api.joined("sue"),
        await api.operator(),
    )
    ids = [await api.register(creator, f"text-{n}") for n in range(clicks)]
    assert (await api.fund(supporter))["wallet"]["balance"]["micros"] == "10000000"
    for content_id in ids:
        assert (await api.do("click", supporter, contentId=content_id))["created"] is True
    clock.advance(days=2)
    closed = await api.do("closePeriod", operator, periodKey="2026-11")
    assert closed["period"]["status"] == "CLOSED" and closed["openPeriod"]["key"] == "2026-12"
    settled = await api.do("settlePeriod", operator, periodKey="2026-11")
    assert (settled["done"], settled["settlement"]["status"]) == (True, "SETTLED")
    assert settled["settlement"]["clicks"] == clicks
    verified = await api.do("verifyPeriod", operator, periodKey="2026-11")
    assert verified["verification"]["agrees"] is True
    own = (await api.read(CREATOR, creator))["viewer"]["creator"]
    gave = (await api.read(SUPPORTER, supporter))["viewer"]["wallets"][0]
    return own, gave


async def test_ten_euros_and_ten_clicks(api: Api, clock: FixedClock) -> None:
    own, gave = await month(api, clock, 10)
    lines = own["statement"]["lines"]["nodes"]
    assert len(lines) == own["statement"]["lineCount"] == 10
    assert {line["gross"]["micros"] for line in lines} == {"1000000"}
    assert {line["commission"]["decimal"] for line in lines} == {"0.10"}
    assert {line["net"]["decimal"] for line in lines} == {"0.90"}
    assert own["earnings"] == [{"balance": {"decimal": "9.00", "currency": "EUR"}}]
    assert (gave["balance"]["micros"], gave["statement"]["stays"]["micros"]) == ("0", "0")
    assert gave["statement"]["given"]["micros"] == "10000000"


async def test_ten_euros_and_three_clicks(api: Api, clock: FixedClock) -> None:
    own, gave = await month(api, clock, 3)
    statement = gave["statement"]
    assert [line["gross"]["micros"] for line in statement["lines"]["nodes"]] == ["3333333"] * 3
    assert statement["unit"]["micros"] == "3333333"
    assert statement["stays"]["micros"] == gave["balance"]["micros"] == "1"
    assert [e["amount"]["decimal"] for e in gave["entries"]["nodes"]] == ["-9.999999", "10.00"]
    assert {line["gross"]["decimal"] for line in own["statement"]["lines"]["nodes"]} == {"3.333333"}
    assert own["statement"]["totals"] == [
        {
            "clicks": 3,
            "gross": {"micros": "9999999"},
            "commission": {"micros": "999999"},
            "net": {"micros": "9000000"},
        }
    ]


async def test_the_report_is_flattrs(api: Api, clock: FixedClock) -> None:
    own, _ = await month(api, clock, 3)
    (report,) = own["statement"]["csv"]
    assert report["currency"] == "EUR"
    head, *rows = report["text"].splitlines()
    assert head == "period;id;flattr url;url;title;clicks;revenue;clicks total"
    assert [row.split(";")[5:] for row in rows] == [["1", "3", "1"]] * 3


@pytest.mark.parametrize("first", [0, -1, 101])
async def test_a_statement_has_a_bounded_page(lite: Api, clock: FixedClock, first: int) -> None:
    creator = await lite.joined("mo")
    await lite.register(creator, "text")
    operator = await lite.operator()
    clock.advance(days=1)
    await lite.do("closePeriod", operator, periodKey="2026-11")
    await lite.do("settlePeriod", operator, periodKey="2026-11")
    answer = await lite.send(
        'query($n: Int!) { creator(handle: "mo") { statement(periodKey: "2026-11") {'
        " lines(first: $n) { nodes { clicks } } } } }",
        creator,
        n=first,
    )
    assert answer.codes == ["INVALID_INPUT"]
    assert answer.data["creator"]["statement"] is None

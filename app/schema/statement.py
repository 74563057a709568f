"""Statements of settled periods: what a supporter's clicks gave, what a creator's contents got."""

import strawberry

from app.domain.accounts import Account
from app.resolvers.content import was
from app.resolvers.creator import read_creator_lines, read_reports
from app.resolvers.wallet import read_supporter_lines
from app.schema.connection import Connection, connection
from app.schema.content import Content
from app.schema.fields import After, First, Info, field
from app.schema.money import Money, amount
from app.schema.scalars import CurrencyCode
from app.settlement import statements


@strawberry.type(description="One click of a supporter's statement, and what it gave.")
class SupporterLine:
    content_id: strawberry.Private[int]
    weight: int = strawberry.field(description="The click's weight, 1 to 5.")
    gross: Money = strawberry.field(description="What it gave: the statement's unit × weight.")
    own: bool = strawberry.field(
        description="Whether it gave nothing because its supporter had become a creator of the "
        "content."
    )

    @classmethod
    def of(cls, value: statements.SupporterLine, currency: str) -> "SupporterLine":
        return cls(
            content_id=value.content_id,
            weight=value.weight,
            gross=amount(value.gross_micros, currency),
            own=value.own,
        )

    @field("What was clicked; still here if it was deleted since.")
    async def content(self, info: Info) -> Content:
        return Content.of(await was(info.context, self.content_id))


@strawberry.type(
    description="What a wallet gave in a settled period, to the micro-unit: pot = given + stays, "
    "and given is the sum of the lines."
)
class SupporterStatement:
    value: strawberry.Private[statements.SupporterStatement]
    period_key: str = strawberry.field(description="The period, `2026-11`.")
    currency: CurrencyCode = strawberry.field(description="The wallet's currency.")
    pot: Money = strawberry.field(
        description="What the wallet was to give: its budget, or its balance at the close if that "
        "was less."
    )
    total_weight: int = strawberry.field(description="The sum of the clicks' weights.")
    unit: Money = strawberry.field(
        description="What one unit of weight gave: pot ÷ total weight, rounded down."
    )
    given: Money = strawberry.field(description="What left the wallet.")
    stays: Money = strawberry.field(
        description="What did not divide, and stays in the wallet: less than a micro-unit for each "
        "unit of weight."
    )

    @classmethod
    def of(cls, value: statements.SupporterStatement) -> "SupporterStatement":
        return cls(
            value=value,
            period_key=value.period_key,
            currency=CurrencyCode(value.currency),
            pot=amount(value.pot_micros, value.currency),
            total_weight=value.total_weight,
            unit=amount(value.unit_micros, value.currency),
            given=amount(value.given_micros, value.currency),
            stays=amount(value.stays_micros, value.currency),
        )

    @field("Every counted click of the period, in the order they were made, a page at a time.")
    async def lines(self, first: First = 20, after: After = None) -> Connection[SupporterLine]:
        page = await read_supporter_lines(self.value, first=first, after=after)
        return connection(page, lambda line: SupporterLine.of(line, self.value.currency))


@strawberry.type(description="What one content got in one currency.")
class CreatorLine:
    content_id: strawberry.Private[int]
    clicks: int = strawberry.field(description="Clicks from wallets of this currency.")
    gross: Money = strawberry.field(description="What it was given.")
    commission: Money = strawberry.field(
        description="What was kept of it, by the house and the platform together."
    )
    net: Money = strawberry.field(description="Gross less commission: what all its creators got.")
    part: Money = strawberry.field(description="This creator's part of the net.")

    @classmethod
    def of(cls, value: statements.CreatorLine) -> "CreatorLine":
        return cls(
            content_id=value.content_id,
            clicks=value.clicks,
            gross=amount(value.gross_micros, value.currency),
            commission=amount(value.commission_micros, value.currency),
            net=amount(value.net_micros, value.currency),
            part=amount(value.part_micros, value.currency),
        )

    @field("Which content; still here if it was deleted since.")
    async def content(self, info: Info) -> Content:
        return Content.of(await was(info.context, self.content_id))


@strawberry.type(description="A creator's sums of a period in one currency.")
class CreatorTotal:
    clicks: int = strawberry.field(description="Clicks from wallets of this currency.")
    gross: Money = strawberry.field(description="What the contents were given.")
    commission: Money = strawberry.field(description="What was kept of it.")
    net: Money = strawberry.field(description="Gross less commission.")
    part: Money = strawberry.field(description="This creator's part: what was paid to them.")

    @classmethod
    def of(cls, value: statements.CreatorTotal) -> "CreatorTotal":
        return cls(
            clicks=value.clicks,
            gross=amount(value.gross_micros, value.currency),
            commission=amount(value.commission_micros, value.currency),
            net=amount(value.net_micros, value.currency),
            part=amount(value.part_micros, value.currency),
        )


@strawberry.type(
    description="A month's revenue in Flattr's own CSV form, for the tools people wrote for it: "
    "`period;id;flattr url;url;title;clicks;revenue;clicks total`, with decimal commas, in cents "
    "that add up to the rounded total."
)
class CsvReport:
    currency: CurrencyCode = strawberry.field(description="One file for each currency.")
    filename: str = strawberry.field(
        description="The name Flattr's tools look for, the same for every "
        "currency: keep a folder for each."
    )
    text: str = strawberry.field(description="The file's text, to be saved as UTF-8.")


@strawberry.type(description="What a creator's contents got in a settled period.")
class CreatorStatement:
    account: strawberry.Private[Account]
    value: strawberry.Private[statements.CreatorStatement]
    period_key: str = strawberry.field(description="The period, `2026-11`.")
    line_count: int = strawberry.field(description="How many lines there are in all.")
    totals: list[CreatorTotal] = strawberry.field(
        description="The sums of all lines, one for each currency."
    )

    @classmethod
    def of(cls, account: Account, value: statements.CreatorStatement) -> "CreatorStatement":
        return cls(
            account=account,
            value=value,
            period_key=value.period_key,
            line_count=len(value.lines),
            totals=[CreatorTotal.of(total) for total in value.totals()],
        )

    @field(
        "A line for each content and currency, the most given first, a page at a time. `totals` "
        "and `csv` hold them all, however many are asked for here."
    )
    async def lines(self, first: First = 20, after: After = None) -> Connection[CreatorLine]:
        page = await read_creator_lines(self.value, first=first, after=after)
        return connection(page, CreatorLine.of)

    @field("The month as Flattr's revenue report, a file for each currency.")
    async def csv(self, info: Info) -> list[CsvReport]:
        reports = await read_reports(info.context, self.account, self.period_key)
        return [
            CsvReport(
                currency=CurrencyCode(currency),
                filename=statements.report_name(self.period_key),
                text=text,
            )
            for currency, text in reports.items()
        ]

"""Statements of settled periods: what a supporter's clicks gave, what a creator's contents got."""

from dataclasses import dataclass

from app.core.errors import NotFound
from app.core.ids import to_global_id
from app.core.settings import get_settings
from app.core.sharing import Share, click_gross_micros, given_micros, split_net, unit_micros
from app.domain.accounts import Account
from app.domain.contents import any_contents_by_ids
from app.domain.counters import counters_of
from app.domain.flattr_csv import ReportRow, write_report
from app.domain.periods import Period, period_by_key
from app.models.database import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class SupporterLine:
    """One click: its weight, and what it gave in micro-units of the wallet's currency.

    own: it gave nothing, for its supporter had become a co-creator of the content.
    """

    content_id: int
    weight: int
    gross_micros: int
    own: bool


@dataclass(frozen=True, slots=True)
class SupporterStatement:
    """What a wallet gave in a settled period, in micro-units of `currency`.

    pot = given + stays, given = unit x total weight = the sum of the lines.
    """

    period_key: str
    currency: str
    pot_micros: int
    total_weight: int
    unit_micros: int
    given_micros: int
    lines: tuple[SupporterLine, ...]

    @property
    def stays_micros(self) -> int:
        """What did not divide, and stays in the wallet."""
        return self.pot_micros - self.given_micros


@dataclass(frozen=True, slots=True)
class CreatorLine:
    """What one content got in one currency, in micro-units, and the creator's part of its net.

    escrow: nobody was there to be paid: gross is held, and commission, net and part are 0.
    """

    content_id: int
    currency: str
    clicks: int
    gross_micros: int
    commission_micros: int
    net_micros: int
    part_micros: int


@dataclass(frozen=True, slots=True)
class CreatorStatement:
    """What a creator's contents got in a settled period, most first."""

    period_key: str
    lines: tuple[CreatorLine, ...]

    def totals(self) -> list["CreatorTotal"]:
        """The sums of the lines, a currency each, by code."""
        sums: dict[str, list[int]] = {}
        for line in self.lines:
            own = sums.setdefault(line.currency, [0, 0, 0, 0, 0])
            numbers = (line.clicks, line.gross_micros, line.commission_micros, line.net_micros)
            for place, number in enumerate((*numbers, line.part_micros)):
                own[place] += number
        return [CreatorTotal(currency, *numbers) for currency, numbers in sorted(sums.items())]


@dataclass(frozen=True, slots=True)
class CreatorTotal:
    """A creator's sums of a period in one currency, in micro-units."""

    currency: str
    clicks: int
    gross_micros: int
    commission_micros: int
    net_micros: int
    part_micros: int


async def supporter_statement(wallet_id: int, period_key: str) -> SupporterStatement | None:
    """A wallet's statement of a settled period; None before, or where it clicked nothing.

    Raises NotFound for a period there never was, InvalidInput for what is no key.
    """
    period = await _settled(period_key)
    if period is None:
        return None
    frozen = await fetch_one(
        "SELECT currency, pot_micros, total_weight FROM frozen_wallets"
        " WHERE period_id = $1 AND wallet_id = $2",
        *(period.id, wallet_id),
    )
    clicks = await _clicks(period, wallet_id)
    if frozen is None and not clicks:
        return None
    return _supporter_statement(period, frozen or await _nothing(wallet_id), clicks)


async def creator_statement(account_id: int, period_key: str) -> CreatorStatement | None:
    """A creator's statement of a settled period; None before it is settled.

    Raises NotFound for a period there never was, InvalidInput for what is no key.
    """
    period = await _settled(period_key)
    if period is None:
        return None
    rows = await fetch(
        "SELECT r.content_id, r.currency, r.clicks, r.gross_micros, r.commission_micros,"
        " r.net_micros FROM frozen_shares s JOIN content_results r"
        " ON r.period_id = s.period_id AND r.content_id = s.content_id"
        " WHERE s.account_id = $1 AND s.period_id = $2"
        " ORDER BY r.gross_micros DESC, r.content_id",
        *(account_id, period.id),
    )
    shares = await _shares(account_id, period)
    lines = []
    for row in rows:
        parts = dict(split_net(net_micros=row["net_micros"], shares=shares[row["content_id"]]))
        lines.append(CreatorLine(**row, part_micros=parts[account_id]))
    return CreatorStatement(period_key, tuple(lines))


async def creator_reports(account: Account, period_key: str) -> dict[str, str]:
    """A creator's revenue of a settled period in Flattr's own CSV form, one text a currency.

    Revenue is the creator's part of the net. Raises NotFound before the period is settled.
    """
    statement = await creator_statement(account.id, period_key)
    if statement is None:
        raise NotFound("This period is not settled yet. Its report comes with the settlement.")
    ids = [line.content_id for line in statement.lines]
    contents = {c.id: c for c in await any_contents_by_ids(ids) if c is not None}
    totals = {counter.content_id: counter.total for counter in await counters_of(ids)}
    rows: dict[str, list[ReportRow]] = {}
    for line in statement.lines:
        content = contents[line.content_id]
        row = ReportRow(
            period_key=period_key,
            content_id=to_global_id("Content", content.id),
            page_url=content_page(content.id),
            url=content.url,
            title=content.title,
            clicks=line.clicks,
            revenue_micros=line.part_micros,
            clicks_total=totals[content.id],
        )
        rows.setdefault(line.currency, []).append(row)
    return {currency: write_report(some) for currency, some in sorted(rows.items())}


def content_page(content_id: int) -> str:
    """The address of a content's page on our own server."""
    base = get_settings().public_url.rstrip("/")
    return f"{base}/contents/{to_global_id('Content', content_id)}"


def report_name(period_key: str) -> str:
    """The file name of a report, as Flattr's tools look for it; keep a folder for each currency."""
    return f"flattr-revenue-{period_key.replace('-', '')}.csv"


def _supporter_statement(
    period: Period, frozen: dict[str, object], clicks: list[tuple[int, int, bool]]
) -> SupporterStatement:
    pot, weight = int(str(frozen["pot_micros"])), int(str(frozen["total_weight"]))
    unit = unit_micros(pot_micros=pot, total_weight=weight) if weight else 0
    lines = (
        SupporterLine(
            content_id=content_id,
            weight=click_weight,
            gross_micros=0 if own else click_gross_micros(unit_micros=unit, weight=click_weight),
            own=own,
        )
        for content_id, click_weight, own in clicks
    )
    return SupporterStatement(
        period_key=period.key,
        currency=str(frozen["currency"]),
        pot_micros=pot,
        total_weight=weight,
        unit_micros=unit,
        given_micros=given_micros(pot_micros=pot, total_weight=weight) if weight else 0,
        lines=tuple(lines),
    )


async def _settled(period_key: str) -> Period | None:
    period = await period_by_key(period_key)
    return period if period.status == "settled" else None


async def _nothing(wallet_id: int) -> dict[str, object]:
    """A wallet whose every click was on what had become its own."""
    row = await fetch_one("SELECT currency FROM wallets WHERE id = $1", wallet_id)
    return {"currency": row["currency"] if row else "", "pot_micros": 0, "total_weight": 0}


async def _clicks(period: Period, wallet_id: int) -> list[tuple[int, int, bool]]:
    rows = await fetch(
        "SELECT c.content_id, c.weight, x.wallet_id IS NOT NULL AS own FROM clicks c"
        " LEFT JOIN frozen_exclusions x ON x.period_id = c.period_id"
        "   AND x.wallet_id = c.wallet_id AND x.content_id = c.content_id"
        " WHERE c.wallet_id = $1 AND c.period_id = $2 AND c.withdrawn_at IS NULL ORDER BY c.id",
        *(wallet_id, period.id),
    )
    return [(row["content_id"], row["weight"], bool(row["own"])) for row in rows]


async def _shares(account_id: int, period: Period) -> dict[int, list[Share]]:
    """All creators' shares of the contents this creator has a share in, as frozen."""
    rows = await fetch(
        "SELECT o.content_id, o.account_id, o.share, o.position FROM frozen_shares s"
        " JOIN frozen_shares o ON o.period_id = s.period_id AND o.content_id = s.content_id"
        " WHERE s.account_id = $1 AND s.period_id = $2",
        *(account_id, period.id),
    )
    shares: dict[int, list[Share]] = {}
    for row in rows:
        share = Share(account_id=row["account_id"], share=row["share"], position=row["position"])
        shares.setdefault(row["content_id"], []).append(share)
    return shares

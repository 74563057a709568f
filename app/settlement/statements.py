"""Statements of settled periods: what a supporter's clicks gave, what a creator's contents got."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.core.errors import NotFound
from app.core.ids import to_global_id
from app.core.settings import get_settings
from app.core.sharing import Share, click_gross_micros, given_micros, split_net, unit_micros
from app.domain.accounts import Account
from app.domain.contents import any_contents_by_ids
from app.domain.counters import counters_of
from app.domain.flattr_csv import ReportRow, write_report
from app.domain.periods import Period, period_by_key, periods_by_keys
from app.models.database import Row, fetch, placeholders


@dataclass(frozen=True, slots=True)
class SupporterLine:
    """One click: its weight, and what it gave in micro-units of the wallet's currency.

    own: it gave nothing, for its supporter had become a co-creator of the content.
    """

    click_id: int
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
    """What one content got in one currency, in micro-units, and the creator's part of its net."""

    content_id: int
    currency: str
    clicks: int
    gross_micros: int
    commission_micros: int
    net_micros: int
    part_micros: int


@dataclass(frozen=True, slots=True)
class CreatorStatement:
    """What a creator's contents got in a settled period, the most first, then by content."""

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
    await period_by_key(period_key)
    return (await supporter_statements([(wallet_id, period_key)]))[0]


async def supporter_statements(
    wanted: Sequence[tuple[int, str]],
) -> list[SupporterStatement | None]:
    """Statements by wallet id and period key, in the order of `wanted`.

    None before the period is settled, where there never was one, and where the wallet clicked
    nothing. A constant number of statements for each period.
    """
    found: dict[tuple[int, str], SupporterStatement] = {}
    for period, wallet_ids in await _settled(wanted):
        pots, clicks = await _pots(period, wallet_ids), await _clicks(period, wallet_ids)
        for wallet_id, pot in pots.items():
            if pot.total_weight or wallet_id in clicks:
                lines = clicks.get(wallet_id, [])
                found[wallet_id, period.key] = _supporter_statement(period, pot, lines)
    return [found.get(key) for key in wanted]


async def creator_statement(account_id: int, period_key: str) -> CreatorStatement | None:
    """A creator's statement of a settled period; None before it is settled.

    Raises NotFound for a period there never was, InvalidInput for what is no key.
    """
    await period_by_key(period_key)
    return (await creator_statements([(account_id, period_key)]))[0]


async def creator_statements(wanted: Sequence[tuple[int, str]]) -> list[CreatorStatement | None]:
    """Statements by account id and period key, in the order of `wanted`.

    None before the period is settled, and where there never was one. A constant number of
    statements for each period.
    """
    found: dict[tuple[int, str], CreatorStatement] = {}
    for period, account_ids in await _settled(wanted):
        shares = await _shares(account_ids, period)
        lines: dict[int, list[CreatorLine]] = {account_id: [] for account_id in account_ids}
        for row in await _results(account_ids, period):
            account_id, content_id = row.pop("account_id"), row["content_id"]
            parts = dict(split_net(net_micros=row["net_micros"], shares=shares[content_id]))
            lines[account_id].append(CreatorLine(**row, part_micros=parts[account_id]))
        for account_id, own in lines.items():
            found[account_id, period.key] = CreatorStatement(period.key, tuple(own))
    return [found.get(key) for key in wanted]


async def creator_reports(account: Account, period_key: str) -> dict[str, str]:
    """A creator's revenue of a settled period in Flattr's own CSV form, one text a currency.

    Raises NotFound before the period is settled.
    """
    statement = await creator_statement(account.id, period_key)
    if statement is None:
        raise NotFound("This period is not settled yet. Its report comes with the settlement.")
    return await reports_of(statement)


async def reports_of(statement: CreatorStatement) -> dict[str, str]:
    """A statement in Flattr's own CSV form, one text a currency; revenue is the creator's part."""
    ids = list({line.content_id for line in statement.lines})
    contents = {c.id: c for c in await any_contents_by_ids(ids) if c is not None}
    totals = {counter.content_id: counter.total for counter in await counters_of(ids)}
    rows: dict[str, list[ReportRow]] = {}
    for line in statement.lines:
        content = contents[line.content_id]
        row = ReportRow(
            period_key=statement.period_key,
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


class _Pot(NamedTuple):
    """What a wallet was to give, in micro-units of its currency, over how much weight."""

    currency: str
    pot_micros: int
    total_weight: int


class _Counted(NamedTuple):
    """A counted click; `own` as in SupporterLine."""

    click_id: int
    content_id: int
    weight: int
    own: bool


def _supporter_statement(
    period: Period, pot: _Pot, clicks: Sequence[_Counted]
) -> SupporterStatement:
    given = {"pot_micros": pot.pot_micros, "total_weight": pot.total_weight}
    unit = unit_micros(**given) if pot.total_weight else 0
    return SupporterStatement(
        period_key=period.key,
        currency=pot.currency,
        pot_micros=pot.pot_micros,
        total_weight=pot.total_weight,
        unit_micros=unit,
        given_micros=given_micros(**given) if pot.total_weight else 0,
        lines=tuple(_line(click, unit) for click in clicks),
    )


def _line(click: _Counted, unit: int) -> SupporterLine:
    gross = 0 if click.own else click_gross_micros(unit_micros=unit, weight=click.weight)
    return SupporterLine(click.click_id, click.content_id, click.weight, gross, click.own)


async def _settled(wanted: Sequence[tuple[int, str]]) -> list[tuple[Period, list[int]]]:
    """The settled ones among the periods wanted, each with the ids it is wanted for."""
    ids: dict[str, list[int]] = {}
    for row_id, key in dict.fromkeys(wanted):
        ids.setdefault(key, []).append(row_id)
    periods = await periods_by_keys(list(ids))
    return [(p, ids[p.key]) for p in periods if p is not None and p.status == "settled"]


async def _pots(period: Period, wallet_ids: Sequence[int]) -> dict[int, _Pot]:
    """Every wallet's pot as frozen; of nothing where its every click was on its own, or none."""
    rows = await fetch(
        "SELECT w.id, w.currency, COALESCE(f.pot_micros, 0) AS pot_micros,"
        " COALESCE(f.total_weight, 0) AS total_weight FROM wallets w"
        " LEFT JOIN frozen_wallets f ON f.wallet_id = w.id AND f.period_id = $1"
        f" WHERE w.id IN ({placeholders(len(wallet_ids), first=2)})",
        *(period.id, *wallet_ids),
    )
    return {
        row["id"]: _Pot(row["currency"], int(row["pot_micros"]), int(row["total_weight"]))
        for row in rows
    }


async def _clicks(period: Period, wallet_ids: Sequence[int]) -> dict[int, list[_Counted]]:
    """The wallets' counted clicks, in the order they were made."""
    rows = await fetch(
        "SELECT c.id, c.wallet_id, c.content_id, c.weight, x.wallet_id IS NOT NULL AS own"
        " FROM clicks c LEFT JOIN frozen_exclusions x ON x.period_id = c.period_id"
        "   AND x.wallet_id = c.wallet_id AND x.content_id = c.content_id"
        " WHERE c.period_id = $1 AND c.withdrawn_at IS NULL"
        f" AND c.wallet_id IN ({placeholders(len(wallet_ids), first=2)}) ORDER BY c.id",
        *(period.id, *wallet_ids),
    )
    found: dict[int, list[_Counted]] = {}
    for row in rows:
        click = _Counted(row["id"], row["content_id"], row["weight"], bool(row["own"]))
        found.setdefault(row["wallet_id"], []).append(click)
    return found


async def _results(account_ids: Sequence[int], period: Period) -> list[Row]:
    """What the creators' contents got, the most first; a tie in the order of content, currency."""
    return await fetch(
        "SELECT s.account_id, r.content_id, r.currency, r.clicks, r.gross_micros,"
        " r.commission_micros, r.net_micros FROM frozen_shares s JOIN content_results r"
        " ON r.period_id = s.period_id AND r.content_id = s.content_id WHERE s.period_id = $1"
        f" AND s.account_id IN ({placeholders(len(account_ids), first=2)})"
        " ORDER BY r.gross_micros DESC, r.content_id, r.currency",
        *(period.id, *account_ids),
    )


async def _shares(account_ids: Sequence[int], period: Period) -> dict[int, list[Share]]:
    """All creators' shares of the contents these creators have a share in, as frozen."""
    rows = await fetch(
        "SELECT content_id, account_id, share, position FROM frozen_shares WHERE period_id = $1"
        " AND content_id IN (SELECT content_id FROM frozen_shares WHERE period_id = $1"
        f"   AND account_id IN ({placeholders(len(account_ids), first=2)}))",
        *(period.id, *account_ids),
    )
    shares: dict[int, list[Share]] = {}
    for row in rows:
        share = Share(account_id=row["account_id"], share=row["share"], position=row["position"])
        shares.setdefault(row["content_id"], []).append(share)
    return shares

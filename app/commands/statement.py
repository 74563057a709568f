"""`obole statement`: what somebody gave or earned in a settled period."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from app.commands.exits import out
from app.commands.opened import in_database
from app.core.errors import NotFound, PeriodNotClosed
from app.core.money import Money, format_money
from app.domain.accounts import Account, account_by_handle
from app.domain.contents import any_contents_by_ids
from app.domain.periods import period_by_key
from app.domain.wallets import wallets_of
from app.settlement.statements import (
    creator_reports,
    creator_statement,
    report_name,
    supporter_statement,
)


class Side(StrEnum):
    """Whose statement of the two an account may have."""

    SUPPORTER = "supporter"
    CREATOR = "creator"


def statement(
    handle: Annotated[str, typer.Argument(help="Whose statement: a handle.")],
    key: Annotated[str, typer.Argument(help="A settled period: 2026-11.")],
    side: Annotated[Side, typer.Option(help="What they gave, or what they earned.")] = Side.CREATOR,
    csv: Annotated[
        Path | None,
        typer.Option(help="A folder for the creator's revenue in Flattr's CSV form, instead."),
    ] = None,
) -> None:
    """Show what HANDLE gave or earned in the period KEY, content by content."""
    if csv is not None:
        reports = in_database(lambda: _reports(handle, key))
        for path in _write(csv, reports, key):
            out.print(f"Wrote {path}")
        return
    for table in in_database(lambda: _tables(handle, key, side)):
        out.print(table)


async def _tables(handle: str, key: str, side: Side) -> list[Table]:
    account = await _account(handle)
    await _check_settled(key)
    tables = await (_given(account, key) if side is Side.SUPPORTER else _earned(account, key))
    if not tables:
        what = "gave" if side is Side.SUPPORTER else "earned"
        raise NotFound(f"{handle} {what} nothing in {key}.")
    return tables


async def _given(account: Account, key: str) -> list[Table]:
    tables = []
    for wallet in await wallets_of(account.id):
        found = await supporter_statement(wallet.id, key)
        if found is None:
            continue
        titles = await _titles([line.content_id for line in found.lines])
        stays = format_money(Money(found.stays_micros, found.currency))
        table = Table("content", "weight", "gave", title=f"{account.handle}, {key}; stays {stays}")
        for line in found.lines:
            amount = format_money(Money(line.gross_micros, found.currency))
            table.add_row(titles[line.content_id], str(line.weight), amount)
        tables.append(table)
    return tables


async def _earned(account: Account, key: str) -> list[Table]:
    found = await creator_statement(account.id, key)
    if found is None:
        return []
    titles = await _titles([line.content_id for line in found.lines])
    columns = ("content", "clicks", "gross", "commission", "net", "yours")
    table = Table(*columns, title=f"{account.handle}, {key}")
    for line in found.lines:
        numbers = (line.gross_micros, line.commission_micros, line.net_micros, line.part_micros)
        amounts = (format_money(Money(micros, line.currency)) for micros in numbers)
        table.add_row(titles[line.content_id], str(line.clicks), *amounts)
    return [table]


async def _reports(handle: str, key: str) -> dict[str, str]:
    account = await _account(handle)
    await _check_settled(key)
    return await creator_reports(account, key)


def _write(folder: Path, reports: dict[str, str], key: str) -> list[Path]:
    """A folder for each currency, so that Flattr's tools find the files by their usual names."""
    paths = []
    for currency, text in reports.items():
        path = folder / currency / report_name(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


async def _account(handle: str) -> Account:
    account = await account_by_handle(handle)
    if account is None:
        raise NotFound(f"Nobody has the handle {handle}.")
    return account


async def _check_settled(key: str) -> None:
    """Raises PeriodNotClosed for a period that has no statements yet, NotFound for none."""
    period = await period_by_key(key)
    if period.status != "settled":
        step = "Close it, then settle it" if period.status == "open" else "Settle it"
        raise PeriodNotClosed(f"{key} is {period.status}. {step}; then there are statements.")


async def _titles(ids: list[int]) -> dict[int, str]:
    return {c.id: c.title for c in await any_contents_by_ids(ids) if c is not None}

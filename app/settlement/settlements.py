"""Settlements as they are: how far, how much, and under what digest."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.core.errors import NotFound
from app.models.database import as_datetime, as_datetime_or_none, fetch, placeholders


@dataclass(frozen=True, slots=True)
class CurrencyTotal:
    """A period's sums in one currency, in micro-units: gross = commission + net + escrow."""

    currency: str
    gross_micros: int
    commission_micros: int
    platform_micros: int
    net_micros: int
    escrow_micros: int


@dataclass(frozen=True, slots=True)
class Settlement:
    """A settlement from the freeze on; `status` is `posting` or `settled`."""

    period_id: int
    status: str
    progress: float
    wallets: int
    clicks: int
    contents: int
    totals: tuple[CurrencyTotal, ...]
    digest: str | None
    frozen_at: datetime
    settled_at: datetime | None
    verified_at: datetime | None


async def settlement_of(period_id: int) -> Settlement:
    """The settlement of a period. Raises NotFound before it is frozen."""
    found = (await settlements_of([period_id]))[0]
    if found is None:
        raise NotFound("This period's settlement has not begun.")
    return found


async def settlements_of(period_ids: Sequence[int]) -> list[Settlement | None]:
    """The settlements of periods, in the order of `period_ids`; None before the freeze."""
    places = placeholders(len(period_ids))
    rows = await fetch(f"SELECT * FROM settlements WHERE period_id IN ({places})", *period_ids)
    totals = await fetch(
        f"SELECT * FROM settlement_totals WHERE period_id IN ({places}) ORDER BY currency",
        *period_ids,
    )
    sums: dict[int, list[CurrencyTotal]] = {}
    for total in totals:
        values = {name: total[name] for name in CurrencyTotal.__slots__}
        sums.setdefault(total["period_id"], []).append(CurrencyTotal(**values))
    found = {row["period_id"]: _settlement(row, sums.get(row["period_id"], [])) for row in rows}
    return [found.get(period_id) for period_id in period_ids]


def _settlement(row: dict[str, object], totals: list[CurrencyTotal]) -> Settlement:
    names = ("period_id", "wallets", "clicks", "contents", "digest")
    batches = int(str(row["wallet_batches"])) + int(str(row["content_batches"]))
    done = int(str(row["posted_batches"]))
    settled = row["status"] == "settled"
    return Settlement(
        **{name: row[name] for name in names},  # type: ignore[arg-type]
        status="settled" if settled else "posting",
        progress=1.0 if settled else done / (batches + 1),
        totals=tuple(totals),
        frozen_at=as_datetime(row["frozen_at"]),
        settled_at=as_datetime_or_none(row["settled_at"]),
        verified_at=as_datetime_or_none(row["verified_at"]),
    )

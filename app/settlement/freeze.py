"""Freeze: write down, in one snapshot, everything that decides a closed period.

Pots and total weights per wallet; shares, rates and disposition per content; clicks that give
nothing. All as of the close, but who is suspended or deleted, which is decided here (rule 7);
everything later, and `verify`, reads only these and the clicks.
Source: DESIGN.md §4, and money rules 2, 4, 6 and 7.
"""

from app.core.clock import now
from app.core.settings import get_settings
from app.domain.periods import Period
from app.models.database import dialect, execute, fetch_one, transaction

WORK_MEM = "256MB"
"""What PostgreSQL may hold in memory of millions of wallets while they are summed and sorted."""
SUSPENDED_GIVES_NOTHING = "a.suspended_at IS NOT NULL OR a.deleted_at IS NOT NULL"


async def freeze_period(period: Period) -> None:
    """Freeze a closed period whose predecessors are settled; done already, it does nothing.

    One REPEATABLE READ transaction: killed inside it, nothing was frozen.
    """
    async with transaction(repeatable_read=True):
        if await fetch_one("SELECT 1 AS n FROM settlements WHERE period_id = $1", period.id):
            return
        if dialect() == "postgres":
            await execute(f"SET LOCAL work_mem = '{WORK_MEM}'")
        batch = get_settings().settle_batch_size
        await _freeze_exclusions(period)
        await _freeze_wallets(period, batch)
        await _freeze_contents(period, batch)
        await _freeze_shares(period)
        await _open_settlement(period, batch)


async def _freeze_exclusions(period: Period) -> None:
    """A clicker who has become a co-creator of the content gives it nothing (rule 7).

    Who owns what comes first, for those are few: the clicks are then looked through once.
    """
    await execute(
        "WITH owned AS MATERIALIZED (SELECT w.id AS wallet_id, s.content_id FROM content_shares s"
        f"  JOIN wallets w ON w.account_id = s.account_id WHERE s.period_id = ({_SET_AT_CLOSE}))"
        " INSERT INTO frozen_exclusions (period_id, wallet_id, content_id)"
        " SELECT c.period_id, c.wallet_id, c.content_id FROM owned o"
        " JOIN clicks c ON c.wallet_id = o.wallet_id AND c.content_id = o.content_id"
        " WHERE c.period_id = $1 AND c.withdrawn_at IS NULL",
        period.id,
    )


async def _freeze_wallets(period: Period, batch: int) -> None:
    """A wallet's pot is min(budget, balance at the close), each as of the close (rule 2).

    The balance at the close is the cached one less what was posted in later periods.
    """
    await execute(
        "INSERT INTO frozen_wallets"
        " (period_id, wallet_id, batch, currency, pot_micros, total_weight)"
        " SELECT $1, f.wallet_id, (ROW_NUMBER() OVER (ORDER BY f.wallet_id) - 1) / $2,"
        " f.currency, CASE WHEN f.gives_nothing OR f.at_close < 0 THEN 0"
        "   WHEN f.budget_micros < f.at_close THEN f.budget_micros ELSE f.at_close END,"
        " f.total_weight FROM ("
        "  SELECT k.wallet_id, w.currency, k.total_weight,"
        f"  ({SUSPENDED_GIVES_NOTHING}) AS gives_nothing,"
        "   b.micros - COALESCE(later.micros, 0) AS at_close,"
        "   (SELECT g.budget_micros FROM wallet_budgets g WHERE g.wallet_id = k.wallet_id"
        "    AND g.period_id <= $1 ORDER BY g.period_id DESC LIMIT 1) AS budget_micros"
        "  FROM (SELECT c.wallet_id, SUM(c.weight) AS total_weight FROM clicks c"
        "    LEFT JOIN frozen_exclusions x ON x.period_id = c.period_id"
        "      AND x.wallet_id = c.wallet_id AND x.content_id = c.content_id"
        "    WHERE c.period_id = $1 AND c.withdrawn_at IS NULL AND x.wallet_id IS NULL"
        "    GROUP BY c.wallet_id) k"
        "  JOIN wallets w ON w.id = k.wallet_id JOIN accounts a ON a.id = w.account_id"
        "  JOIN balances b ON b.account_id = k.wallet_id"
        "  LEFT JOIN (SELECT p.account_id, CAST(SUM(p.amount_micros) AS BIGINT) AS micros"
        "    FROM entries e JOIN postings p ON p.entry_id = e.id WHERE e.period_id > $1"
        "    GROUP BY p.account_id) later ON later.account_id = k.wallet_id"
        " ) f",
        *(period.id, batch),
    )


async def _freeze_contents(period: Period, batch: int) -> None:
    """Each clicked content with the rate of the close and whether anybody is there to be paid.

    The rate of the close is the latest that began before it: one from the very end on is the next
    period's, for periods are half-open.
    A deleted creator's content counts as unclaimed; a deleted content is still paid (rule 7).
    """
    false, true = ("FALSE", "TRUE") if dialect() == "postgres" else ("0", "1")
    await execute(
        "INSERT INTO frozen_contents (period_id, content_id, batch, escrow, platform_id,"
        " commission_bps, platform_bps)"
        " SELECT $1, c.id, (ROW_NUMBER() OVER (ORDER BY c.id) - 1) / $2,"
        f" CASE WHEN EXISTS (SELECT 1 FROM content_shares s"
        "   JOIN accounts a ON a.id = s.account_id AND a.deleted_at IS NULL"
        f"  WHERE s.content_id = c.id AND s.period_id = ({_SET_AT_CLOSE}))"
        f"  THEN {false} ELSE {true} END,"
        " CASE WHEN r.platform_bps > 0 THEN c.platform_id END,"
        " r.commission_bps, r.platform_bps"
        f" FROM ({_AT_CLOSE}) c"
        " JOIN commission_rates r ON r.id = COALESCE("
        "   (SELECT p.id FROM commission_rates p WHERE p.platform_id = c.platform_id"
        "     AND p.starts_at < $3 ORDER BY p.starts_at DESC LIMIT 1),"
        "   (SELECT h.id FROM commission_rates h WHERE h.platform_id IS NULL"
        "     AND h.starts_at < $3 ORDER BY h.starts_at DESC LIMIT 1))",
        *(period.id, batch, period.ends_at),
    )


async def _freeze_shares(period: Period) -> None:
    """The set of shares at the close, without deleted creators: their part falls to position 1."""
    await execute(
        "INSERT INTO frozen_shares (period_id, content_id, account_id, share, position)"
        " SELECT $1, c.content_id, s.account_id, s.share, s.position FROM frozen_contents c"
        " JOIN content_shares s ON s.content_id = c.content_id"
        " JOIN accounts a ON a.id = s.account_id AND a.deleted_at IS NULL"
        f" WHERE c.period_id = $1 AND s.period_id = ({_SET_AT_CLOSE})",
        period.id,
    )


async def _open_settlement(period: Period, batch: int) -> None:
    await execute(
        "INSERT INTO settlements (period_id, status, batch_size, wallet_batches, content_batches,"
        " wallets, clicks, contents, frozen_at)"
        " SELECT $1, 'frozen', $2,"
        " (SELECT COALESCE(MAX(batch) + 1, 0) FROM frozen_wallets WHERE period_id = $1),"
        " (SELECT COALESCE(MAX(batch) + 1, 0) FROM frozen_contents WHERE period_id = $1),"
        " (SELECT COUNT(*) FROM frozen_wallets WHERE period_id = $1),"
        " (SELECT COUNT(*) FROM clicks WHERE period_id = $1 AND withdrawn_at IS NULL)"
        "  - (SELECT COUNT(*) FROM frozen_exclusions WHERE period_id = $1),"
        " (SELECT COUNT(*) FROM frozen_contents WHERE period_id = $1), $3",
        *(period.id, batch, now()),
    )


_AT_CLOSE = (
    "SELECT o.id, CASE WHEN EXISTS (SELECT 1 FROM content_platforms x"
    "   WHERE x.content_id = o.id AND x.period_id >= $1)"
    "  THEN (SELECT x.platform_id FROM content_platforms x WHERE x.content_id = o.id"
    "   AND x.period_id >= $1 ORDER BY x.period_id LIMIT 1) ELSE o.platform_id END AS platform_id"
    " FROM contents o WHERE o.id IN (SELECT content_id FROM clicks"
    "  WHERE period_id = $1 AND withdrawn_at IS NULL)"
)
"""The clicked contents with the platform each had at the close of period $1."""

_SET_AT_CLOSE = (
    "SELECT MAX(m.period_id) FROM content_shares m"
    " WHERE m.content_id = s.content_id AND m.period_id <= $1"
)
"""Which of a content's sets of shares held at the close of period $1 (`s` is the share)."""

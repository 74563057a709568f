"""The replay's input: a directory of Flattr's monthly reports, read and checked as a whole."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from app.commands.pinned import MAX_WALLET_MICROS
from app.commands.replay_plan import earned_by_content, gross_of_net
from app.core.errors import InvalidInput
from app.core.money import format_decimal
from app.domain.drafts import MAX_TITLE
from app.domain.flattr_csv import InvalidReport, Report, ReportRow, parse_report
from app.domain.periods import next_key, start_of
from app.domain.urls import normalise_url

MAX_BYTES = 50_000_000
"""The largest file that is read."""
MAX_MONTHS = 600
"""From the first report to the last, months without one included."""


def read_reports(directory: Path) -> list[Report]:
    """The reports in a directory's `*.csv`, one a month, in order.

    Raises InvalidReport for the first that cannot be read or replayed, and where there is none.
    """
    paths = sorted(directory.glob("*.csv"))
    if not paths:
        raise InvalidReport(file=str(directory), line=0, reason="no .csv file in this directory")
    reports = sorted((_read(path) for path in paths), key=lambda report: report.period_key)
    for before, after in pairwise(reports):
        if before.period_key == after.period_key:
            reason = f"{before.name} is a report of {after.period_key} too"
            raise InvalidReport(file=after.name, line=1, reason=reason)
    if len(months_of(reports)) > MAX_MONTHS:
        reason = f"more than {MAX_MONTHS} months after {reports[0].name}"
        raise InvalidReport(file=reports[-1].name, line=1, reason=reason)
    return reports


def months_of(reports: Sequence[Report]) -> list[str]:
    """Every month from the first report to the last, at most one more than MAX_MONTHS."""
    months = [reports[0].period_key]
    while months[-1] < reports[-1].period_key and len(months) <= MAX_MONTHS:
        months.append(next_key(months[-1]))
    return months


def title_of(row: ReportRow) -> str:
    """A title that can be registered: one line, not empty, not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in row.title).split())
    return line[:MAX_TITLE].strip() or row.url[:MAX_TITLE]


def _read(path: Path) -> Report:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise InvalidReport(file=path.name, line=1, reason=f"larger than {MAX_BYTES} bytes")
        report = parse_report(path.read_bytes(), name=path.name)
    except OSError as error:
        reason = error.strerror or "cannot be opened"
        raise InvalidReport(file=path.name, line=1, reason=reason) from None
    _check_month(report)
    _check_money(report)
    for row in report.rows:
        _check_address(report, row)
    earned_by_content(report, identity=normalise_url)
    return report


def _check_month(report: Report) -> None:
    """The month, the one that opens when it closes, and that one's end are in the calendar."""
    try:
        key = report.period_key
        for _ in range(3):
            start_of(key)
            key = next_key(key)
    except InvalidInput:
        line = report.rows[0].line if report.rows else 1
        reason = f"the month {report.period_key} cannot be replayed"
        raise InvalidReport(file=report.name, line=line, reason=reason) from None


def _check_money(report: Report) -> None:
    """One wallet could have given the whole month, so every purse of it fits in a wallet."""
    net_micros = 0
    for row in report.rows:
        net_micros += row.revenue_micros
        if gross_of_net(net_micros) > MAX_WALLET_MICROS:
            most = format_decimal(MAX_WALLET_MICROS)
            reason = f"the month's revenue is more than a wallet may hold, {most}"
            raise InvalidReport(file=report.name, line=row.line, reason=reason)


def _check_address(report: Report, row: ReportRow) -> None:
    try:
        normalise_url(row.url)
    except InvalidInput as error:
        raise InvalidReport(file=report.name, line=row.line, reason=error.message) from None

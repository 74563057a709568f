"""Flattr's monthly revenue report: its CSV form, read and written.

    period;id;flattr url;url;title;clicks;revenue;clicks total
    2013-09;1907199;"https://flattr.com/…";"http://…";"KNS009 – ToF-ToF-MS";10;3,49;14

Semicolons, UTF-8, one header line, line feeds; the two addresses and the title always quoted, the
rest never; revenue is net, with a decimal comma. Flattr wrote ten cents as `0,1` at one time and
as `0,10` at another: both are read, the shorter is written, so that a report of Flattr's read and
written again is the same file, byte for byte.

**Spreadsheets.** A title that begins with one of `= + - @`, a tab or a line break is run as a
formula by the programs these files are opened with, and a title may be a co-creator's, not the
reader's own. Such a text is written with one apostrophe before it, and reading takes it off again.
A text that begins with apostrophes and then such a sign gets one more too, so reading back always
gives the same text. Every other text is written as it is.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from app.core.errors import InvalidInput
from app.core.money import parse_decimal
from app.core.sharing import largest_remainder_cents

HEADER = (
    "period", "id", "flattr url", "url", "title", "clicks", "revenue", "clicks total",
)  # fmt: skip
MAX_ROWS = 100_000
"""Rows read from one report; the largest real one has 21."""

_WANTED = {
    0: (re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])\Z"), "a month such as 2013-09"),
    3: (re.compile(r"(?i)https?://[^\s/]"), "an http or https address"),
    5: (re.compile(r"[1-9][0-9]{0,8}\Z"), "a number of clicks, at least 1"),
    6: (re.compile(r"[0-9]{1,10}(,[0-9]{1,6})?\Z"), "an amount such as 0,1 or 0,10"),
    7: (re.compile(r"[0-9]{1,9}\Z"), "a number of clicks"),
}
_MONTH_IN_NAME = re.compile(r"(?<![0-9])([0-9]{4})(0[1-9]|1[0-2])(?![0-9])")
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\Z")
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


class InvalidReport(InvalidInput):
    """A report cannot be read; `file`, `line` (from 1; 0: all of it) and `reason` say why."""

    def __init__(self, *, file: str, line: int, reason: str) -> None:
        super().__init__(f"{file}, line {line}: {reason}" if line else f"{file}: {reason}")
        self.file, self.line, self.reason = file, line, reason


@dataclass(frozen=True, slots=True)
class ReportRow:
    """What one content earned in one period.

    content_id, page_url: its id and page here (Flattr's `id` and `flattr url`).
    clicks: of the period; clicks_total: ever, when the report was made.
    revenue_micros: net, micro-units of the report's one currency.
    line: where it stood in the file it was read from; 0 if it was not read.
    """

    period_key: str
    content_id: str
    page_url: str
    url: str
    title: str
    clicks: int
    revenue_micros: int
    clicks_total: int
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Report:
    """One file: the rows of one period, in the file's order. `name` is for messages."""

    period_key: str
    rows: tuple[ReportRow, ...]
    name: str = field(default="", compare=False)


def parse_report(source: str | bytes, *, name: str) -> Report:
    """Read one report, with or without a byte-order mark, with any kind of line end.

    source: the file's content. name: the file's name, for messages, and for the period (`201303`)
    of a report without rows.
    Raises InvalidReport naming file, line and reason.
    """
    text = _decoded(source, name) if isinstance(source, bytes) else source.removeprefix("\ufeff")
    rows = tuple(_row(fields, name, line) for line, fields in _records(text, name))
    for row in rows:
        if row.period_key != rows[0].period_key:
            reason = f"period {row.period_key} among rows of {rows[0].period_key}"
            raise InvalidReport(file=name, line=row.line, reason=reason)
    return Report(rows[0].period_key if rows else _period_of_name(name), rows, name)


def write_report(rows: Sequence[ReportRow]) -> str:
    """The rows in Flattr's own form, header included, even if there are none.

    Revenue is in cents, by largest remainder: the written rows add up to the rounded total.
    """
    cents = largest_remainder_cents([row.revenue_micros for row in rows])
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC, strict=True
    )
    writer.writerow(_Bare(name) for name in HEADER)
    writer.writerows(_fields(row, amount) for row, amount in zip(rows, cents, strict=True))
    return out.getvalue()


class _Bare(str):
    """A text the csv library takes for a number, and does not quote."""

    __slots__ = ()

    def __float__(self) -> NoReturn:
        raise TypeError("only looks like a number")


def _fields(row: ReportRow, cents: int) -> Iterable[str]:
    return (
        _Bare(row.period_key),
        _bare_id(row.content_id),
        _guard(row.page_url),
        _guard(row.url),
        _guard(row.title),
        _Bare(str(row.clicks)),
        _Bare(_comma(cents)),
        _Bare(str(row.clicks_total)),
    )


def _bare_id(content_id: str) -> str:
    return _Bare(content_id) if _PLAIN_ID.match(content_id) else _guard(content_id)


def _comma(cents: int) -> str:
    """10 is `0,1`, 149 is `1,49`, 300 is `3`, 0 is `0`: as Flattr wrote them."""
    return f"{cents // 100},{cents % 100:02d}".rstrip("0").rstrip(",")


def _guard(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text


def _unguard(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def _decoded(source: bytes, name: str) -> str:
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise InvalidReport(file=name, line=line, reason="not UTF-8 text") from None


def _records(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """The records below the header with the line each begins on; blank lines are left out."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";", strict=True)
    line = 1
    try:
        _check_header(next(reader, []), name)
        line = reader.line_num + 1
        for count, fields in enumerate(reader):
            if count == MAX_ROWS:
                raise InvalidReport(file=name, line=line, reason=f"more than {MAX_ROWS} rows")
            if fields:
                yield line, fields
            line = reader.line_num + 1
    except csv.Error as error:
        raise InvalidReport(file=name, line=line, reason=f"not CSV: {error}") from None


def _check_header(fields: list[str], name: str) -> None:
    if tuple(fields) != HEADER:
        raise InvalidReport(file=name, line=1, reason=f"the header must be {';'.join(HEADER)}")


def _row(fields: list[str], name: str, line: int) -> ReportRow:
    if len(fields) != len(HEADER):
        reason = f"{len(fields)} fields instead of {len(HEADER)}"
        raise InvalidReport(file=name, line=line, reason=reason)
    for index, (pattern, wanted) in _WANTED.items():
        if not pattern.match(fields[index]):
            reason = f"{HEADER[index]} {fields[index][:60]!r} is not {wanted}"
            raise InvalidReport(file=name, line=line, reason=reason)
    try:
        return _read(fields, line)
    except InvalidInput as error:
        raise InvalidReport(file=name, line=line, reason=error.message) from None


def _read(fields: list[str], line: int) -> ReportRow:
    period_key, content_id, page_url, url, title, clicks, revenue, clicks_total = fields
    return ReportRow(
        period_key=period_key,
        content_id=_unguard(content_id),
        page_url=_unguard(page_url),
        url=_unguard(url),
        title=_unguard(title),
        clicks=int(clicks),
        revenue_micros=parse_decimal(revenue.replace(",", "."), field="revenue"),
        clicks_total=int(clicks_total),
        line=line,
    )


def _period_of_name(name: str) -> str:
    found = _MONTH_IN_NAME.search(name)
    if found is None:
        reason = "no rows, and no month such as 201303 in the file's name"
        raise InvalidReport(file=name, line=1, reason=reason)
    return f"{found[1]}-{found[2]}"

"""Flattr's CSV form, read and written: cases, round trips, and the real reports."""

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.errors import InvalidInput
from app.domain import flattr_csv
from app.domain.flattr_csv import HEADER, InvalidReport, ReportRow, parse_report, write_report
from tests.reports import REAL_REPORTS, needs_real_reports

OURS = Path(__file__).parents[1] / "data" / "flattr"
HEAD = ";".join(HEADER) + "\n"
ROW = ReportRow(
    period_key="2015-10",
    content_id="7",
    page_url="https://obole.example/c/7",
    url="https://radio.example/7",
    title="Émission nº 7",
    clicks=3,
    revenue_micros=100_000,
    clicks_total=9,
)
LINE = '2015-10;7;"https://obole.example/c/7";"https://radio.example/7";"Émission nº 7";3;0,1;9\n'


def _one(text: str | bytes) -> ReportRow:
    (row,) = parse_report(text, name="x.csv").rows
    return row


def test_one_row_is_read_and_written_in_flattrs_form() -> None:
    assert _one(HEAD + LINE) == ROW
    assert write_report([ROW]) == HEAD + LINE


@pytest.mark.parametrize(
    ("written", "micros"),
    [
        ("0", 0),
        ("0,00", 0),
        ("0,1", 100_000),
        ("0,10", 100_000),
        ("0,01", 10_000),
        ("3", 3_000_000),
        ("3,49", 3_490_000),
        ('"10,09"', 10_090_000),
        ("0,000001", 1),
        ("9007199254,740991", 2**53 - 1),
    ],
)
def test_revenue_is_read_exactly(written: str, micros: int) -> None:
    assert _one(HEAD + LINE.replace("0,1;", f"{written};")).revenue_micros == micros


@pytest.mark.parametrize(
    ("cents", "written"),
    [(0, "0"), (1, "0,01"), (10, "0,1"), (60, "0,6"), (149, "1,49"), (300, "3"), (1000, "10")],
)
def test_revenue_is_written_as_flattr_wrote_it(cents: int, written: str) -> None:
    text = write_report([replace(ROW, revenue_micros=cents * 10_000)])
    assert text.splitlines()[1].split(";")[6] == written


def test_written_rows_add_up_to_the_rounded_total() -> None:
    rows = [replace(ROW, revenue_micros=333_333)] * 3
    read = parse_report(write_report(rows), name="x.csv").rows
    assert sorted(row.revenue_micros for row in read) == [330_000, 330_000, 340_000]


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("blank", ["", "\n", "\n\n"])
def test_marks_line_ends_and_blank_lines_do_not_matter(mark: bytes, end: str, blank: str) -> None:
    text = (HEAD + LINE + blank).replace("\n", end)
    assert _one(mark + text.encode()) == ROW
    assert _one(mark.decode() + text) == ROW


def test_the_last_line_may_lack_its_end() -> None:
    assert _one((HEAD + LINE).rstrip("\n")) == ROW


@pytest.mark.parametrize(
    ("before", "after", "line", "reason"),
    [
        ("2015-10;7", "2015-13;7", 2, "period '2015-13' is not a month such as 2013-09"),
        ("2015-10;7", "october;7", 2, "period 'october' is not a month"),
        (";3;0,1", ";0;0,1", 2, "clicks '0' is not a number of clicks, at least 1"),
        (";3;0,1", ";-3;0,1", 2, "clicks '-3'"),
        (";3;0,1", ";٣;0,1", 2, "clicks '٣'"),
        (";3;0,1", ";1000000000;0,1", 2, "clicks '1000000000'"),
        ("0,1;9", "0,1;", 2, "clicks total ''"),
        ("0,1;9", "0.1;9", 2, "revenue '0.1' is not an amount such as 0,1 or 0,10"),
        ("0,1;9", "-0,1;9", 2, "revenue '-0,1'"),
        ("0,1;9", "1.000,1;9", 2, "revenue '1.000,1'"),
        ("0,1;9", "0,1234567;9", 2, "revenue '0,1234567'"),
        ("0,1;9", "nan;9", 2, "revenue 'nan'"),
        ("0,1;9", "9999999999;9", 2, "too large"),
        ("https://radio.example/7", "javascript:alert(1)", 2, "url 'javascript:alert(1)' is not"),
        ("https://radio.example/7", "", 2, "url ''"),
        (";9\n", ";9;x\n", 2, "9 fields instead of 8"),
        (";0,1;9\n", "\n", 2, "6 fields instead of 8"),
        ('nº 7"', "nº 7", 2, "not CSV"),
        ('"Émission', '"É"mission', 2, "not CSV"),
        ("period;id", "id;period", 1, "the header must be period;id;flattr url"),
        (HEAD, "", 1, "the header must be"),
        (HEAD + LINE, "", 1, "the header must be"),
        (
            LINE,
            LINE + LINE.replace("2015-10", "2015-11"),
            3,
            "period 2015-11 among rows of 2015-10",
        ),
        (LINE, LINE.replace("nº", "\n\n") + "bad\n", 5, "1 fields instead of 8"),
        (LINE, "\n\n" + LINE + '"', 5, "not CSV"),
    ],
)
def test_what_cannot_be_read_is_told_with_file_line_and_reason(
    before: str, after: str, line: int, reason: str
) -> None:
    text = (HEAD + LINE).replace(before, after)
    assert text != HEAD + LINE
    with pytest.raises(InvalidReport) as caught:
        parse_report(text, name="flattr-revenue-201510.csv")
    assert (caught.value.file, caught.value.line) == ("flattr-revenue-201510.csv", line)
    assert reason in caught.value.reason
    assert caught.value.message.startswith(f"flattr-revenue-201510.csv, line {line}: ")
    assert isinstance(caught.value, InvalidInput)


def test_bytes_that_are_not_utf8_are_told_with_their_line() -> None:
    with pytest.raises(InvalidReport, match=r"x\.csv, line 3: not UTF-8 text"):
        parse_report((HEAD + LINE).encode() + "Ü".encode("latin-1"), name="x.csv")


def test_more_rows_than_the_bound_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flattr_csv, "MAX_ROWS", 2)
    assert len(parse_report(HEAD + LINE * 2, name="x.csv").rows) == 2
    with pytest.raises(InvalidReport, match="line 4: more than 2 rows"):
        parse_report(HEAD + LINE * 3, name="x.csv")


def test_a_report_without_rows_takes_its_month_from_the_files_name() -> None:
    assert parse_report(HEAD, name="flattr-revenue-201303.csv").period_key == "2013-03"
    assert write_report([]) == HEAD
    with pytest.raises(InvalidReport, match="no rows, and no month"):
        parse_report(HEAD, name="2013.csv")


@pytest.mark.parametrize(
    ("title", "written"),
    [
        ("=1+1", '"\'=1+1"'),
        ("+1", '"\'+1"'),
        ("-", '"\'-"'),
        ("@home", '"\'@home"'),
        ("\tx", '"\'\tx"'),
        ("＝1", '"\'＝1"'),
        ("'=1", "\"''=1\""),
        ("'t is", '"\'t is"'),
        ("a=b", '"a=b"'),
        ('=HYPERLINK("https://evil.example")', '"\'=HYPERLINK(""https://evil.example"")"'),
    ],
)
def test_no_title_becomes_a_formula(title: str, written: str) -> None:
    text = write_report([replace(ROW, title=title)])
    assert f";{written};" in text
    assert _one(text).title == title


def test_a_strange_id_is_quoted_and_guarded() -> None:
    text = write_report([replace(ROW, content_id="=a;b")])
    assert text.splitlines()[1].startswith('2015-10;"\'=a;b";')
    assert _one(text).content_id == "=a;b"


TEXTS = st.text(max_size=40) | st.text(alphabet="'=+-@\t\r\n;\"aé", max_size=8)
ROWS = st.builds(
    ReportRow,
    period_key=st.just("2015-10"),
    content_id=TEXTS,
    page_url=TEXTS,
    url=st.just("https://radio.example/?a=b;c\"d'"),
    title=TEXTS,
    clicks=st.integers(1, 999_999_999),
    revenue_micros=st.integers(0, 10**9).map(lambda cents: cents * 10_000),
    clicks_total=st.integers(0, 999_999_999),
)


@given(st.lists(ROWS, max_size=5))
def test_what_is_written_reads_back_the_same(rows: list[ReportRow]) -> None:
    text = write_report(rows)
    assert parse_report(text, name="201510.csv").rows == tuple(rows)
    assert parse_report(text.encode(), name="201510.csv").rows == tuple(rows)


@given(st.lists(ROWS, max_size=5))
def test_no_field_of_a_written_report_begins_a_formula(rows: list[ReportRow]) -> None:
    written = csv.reader(io.StringIO(write_report(rows), newline=""), delimiter=";")
    assert not [
        text for fields in written for text in fields if text[:1] in set("=+-@\t\r\n＝＋－＠")
    ]


def test_our_own_reports_are_read_with_all_their_oddities() -> None:
    october, december, january = (
        parse_report(path.read_bytes(), name=path.name) for path in sorted(OURS.glob("*.csv"))
    )
    assert [r.period_key for r in (october, december, january)] == ["2015-10", "2015-12", "2016-01"]
    assert [row.url for row in october.rows[:2]] == [
        "https://radio.example/",
        "https://radio.example/?page_id=42",
    ]
    assert october.rows[2].title == "Folge 1 – „Der Anfang“"
    assert october.rows[3].title == 'Der sagt "nein"; und geht'
    assert december.rows[2].title == "Ein\nZeilenumbruch"
    assert [row.line for row in december.rows] == [2, 3, 4, 6, 7, 8]
    assert january.rows[1].revenue_micros == 1


@needs_real_reports
def test_the_real_reports_are_read_and_written_byte_for_byte() -> None:
    paths = sorted(REAL_REPORTS.glob("*.csv"))
    reports = [parse_report(path.read_bytes(), name=path.name) for path in paths]
    for path, report in zip(paths, reports, strict=True):
        assert write_report(report.rows).encode() == path.read_bytes()
        assert path.name == f"flattr-revenue-{report.period_key.replace('-', '')}.csv"
    rows = [row for report in reports for row in report.rows]
    assert (len(reports), len(rows)) == (19, 199)
    assert sum(row.clicks for row in rows) == 658
    assert sum(row.revenue_micros for row in rows) == 175_830_000

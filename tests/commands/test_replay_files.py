"""The replay's input directory: what is read, in which order, and what is refused."""

from dataclasses import replace
from pathlib import Path

import pytest

from app.commands import replay_files
from app.commands.replay_files import months_of, read_reports, title_of
from app.domain.flattr_csv import HEADER, InvalidReport, ReportRow

OURS = Path(__file__).parents[1] / "data" / "flattr"
HEAD = ";".join(HEADER) + "\n"


def _line(period: str, url: str = "https://a.example/", revenue: str = "0,1") -> str:
    return f'{period};1;"https://o.example/1";"{url}";"t";1;{revenue};1\n'


def test_our_own_reports_come_in_the_order_of_months() -> None:
    reports = read_reports(OURS)
    assert [report.period_key for report in reports] == ["2015-10", "2015-12", "2016-01"]
    assert months_of(reports) == ["2015-10", "2015-11", "2015-12", "2016-01"]


def test_the_months_decide_and_not_the_names(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + _line("2015-02"))
    (tmp_path / "b.csv").write_text(HEAD + _line("2015-01"))
    (tmp_path / "notes.txt").write_text("not a report")
    assert [report.name for report in read_reports(tmp_path)] == ["b.csv", "a.csv"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the header must be"),
        (HEAD + _line("2015-01", "https://a.example:99999/"), 2, "cannot be read"),
        (HEAD + _line("2015-01") + _line("2015-01", "https://u:p@a.example/"), 3, "password"),
        (HEAD + _line("2015-01", "ftp://a.example/"), 2, "is not an http or https address"),
        (HEAD + _line("0000-05"), 2, "the month 0000-05 cannot be replayed"),
        (HEAD + _line("9999-12"), 2, "the month 9999-12 cannot be replayed"),
        (HEAD + _line("9999-11"), 2, "the month 9999-11 cannot be replayed"),
        (HEAD + _line("2015-01", revenue="99999999,00"), 2, "more than a wallet may hold"),
        (HEAD + 2 * _line("2015-01", revenue="5000000,00"), 3, "more than a wallet may hold"),
    ],
)
def test_one_bad_file_is_named(tmp_path: Path, text: str, line: int, reason: str) -> None:
    (tmp_path / "good.csv").write_text(HEAD + _line("2015-03"))
    (tmp_path / "bad.csv").write_text(text)
    with pytest.raises(InvalidReport) as caught:
        read_reports(tmp_path)
    assert (caught.value.file, caught.value.line) == ("bad.csv", line)
    assert reason in caught.value.reason


def test_a_month_without_rows_is_looked_at_too(tmp_path: Path) -> None:
    (tmp_path / "flattr-revenue-000005.csv").write_text(HEAD)
    with pytest.raises(InvalidReport, match=r"000005\.csv, line 1: the month 0000-05 cannot"):
        read_reports(tmp_path)


def test_a_directory_without_reports_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidReport, match=r"no \.csv file"):
        read_reports(tmp_path)


def test_a_directory_named_like_a_report_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").mkdir()
    with pytest.raises(InvalidReport, match=r"x\.csv, line 1: Is a directory"):
        read_reports(tmp_path)


def test_one_month_has_one_report(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(HEAD + _line("2015-01"))
    with pytest.raises(InvalidReport, match=r"b\.csv, line 1: a\.csv is a report of 2015-01 too"):
        read_reports(tmp_path)


def test_fifty_years_are_the_most(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(HEAD + _line("1901-01"))
    (tmp_path / "b.csv").write_text(HEAD + _line("2013-01"))
    with pytest.raises(InvalidReport, match=r"b\.csv, line 1: more than 600 months after a\.csv"):
        read_reports(tmp_path)


def test_a_file_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_files, "MAX_BYTES", 10)
    (tmp_path / "a.csv").write_text(HEAD)
    with pytest.raises(InvalidReport, match="larger than 10 bytes"):
        read_reports(tmp_path)


@pytest.mark.parametrize(
    ("title", "registered"),
    [
        ("KNS009 – ToF", "KNS009 – ToF"),
        ("Ein\nZeilen\tumbruch ", "Ein Zeilen umbruch"),
        ("a\x00b", "a b"),
        ("", "https://a.example/"),
        (" \n", "https://a.example/"),
        ("x" * 10_000, "x" * 300),
    ],
)
def test_titles_that_can_be_registered(title: str, registered: str) -> None:
    row = ReportRow("2015-01", "1", "", "https://a.example/", "t", 1, 0, 1)
    assert title_of(replace(row, title=title)) == registered

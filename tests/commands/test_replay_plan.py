"""The replay's plan: gross from net, and purses that divide back to the report exactly."""

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.commands import replay_plan
from app.commands.replay_plan import (
    Earned,
    Purse,
    clicks_worth,
    earned_by_content,
    gross_of_net,
    plan_month,
)
from app.core.sharing import unit_micros
from app.domain.flattr_csv import InvalidReport, Report, ReportRow, parse_report
from tests.reports import REAL_REPORTS, needs_real_reports

OURS = Path(__file__).parents[1] / "data" / "flattr"


def divided(purses: tuple[Purse, ...]) -> dict[str, tuple[int, int]]:
    """{url: (clicks, net)} as the money rules divide the purses."""
    clicks: Counter[str] = Counter()
    gross: Counter[str] = Counter()
    for purse in purses:
        total_weight = purse.weight * len(purse.urls)
        unit = unit_micros(pot_micros=purse.budget_micros, total_weight=total_weight)
        for url in purse.urls:
            clicks[url] += 1
            gross[url] += unit * purse.weight
    return {url: (clicks[url], gross[url] - gross[url] // 10) for url in clicks}


def check(earned: tuple[Earned, ...], purses: tuple[Purse, ...]) -> None:
    assert divided(purses) == {e.url: (e.clicks, e.net_micros) for e in earned}
    assert [purse.supporter for purse in purses] == list(range(len(purses)))
    for purse in purses:
        assert len(set(purse.urls)) == len(purse.urls)
        assert purse.budget_micros == max(1, purse.worth_micros * len(purse.urls))
        assert purse.weight == (2 if purse.worth_micros == 0 and len(purse.urls) == 1 else 1)


@pytest.mark.parametrize(
    ("net", "gross"),
    [(0, 0), (1, 1), (8, 8), (9, 10), (10, 11), (18, 20), (90_000, 100_000), (100_000, 111_111)],
)
def test_gross_of_net(net: int, gross: int) -> None:
    assert gross_of_net(net) == gross


@given(st.integers(0, 2**53))
def test_the_gross_is_the_larger_that_leaves_the_net(net: int) -> None:
    gross = gross_of_net(net)
    assert gross - gross // 10 == net
    assert (gross + 1) - (gross + 1) // 10 > net


@pytest.mark.parametrize(
    ("clicks", "net", "worth"),
    [
        (1, 0, {0: 1}),
        (3, 0, {0: 3}),
        (3, 1, {1: 1, 0: 2}),
        (1, 100_000, {111_111: 1}),
        (3, 9, {4: 1, 3: 2}),
        (2, 9, {5: 2}),
    ],
)
def test_what_the_clicks_of_a_content_are_worth(
    clicks: int, net: int, worth: dict[int, int]
) -> None:
    assert clicks_worth(Earned("u", clicks, net)) == worth


@pytest.mark.parametrize(
    ("earned", "purses"),
    [
        ((), ()),
        ((Earned("a", 1, 0),), (Purse(0, 0, 1, 2, ("a",)),)),
        ((Earned("a", 1, 0), Earned("b", 1, 0)), (Purse(0, 0, 1, 1, ("a", "b")),)),
        (
            (Earned("a", 2, 0), Earned("b", 1, 0)),
            (Purse(0, 0, 1, 1, ("a", "b")), Purse(1, 0, 1, 2, ("a",))),
        ),
        (
            (Earned("a", 1, 100_000), Earned("b", 1, 100_000), Earned("c", 1, 9)),
            (Purse(0, 111_111, 222_222, 1, ("a", "b")), Purse(1, 10, 10, 1, ("c",))),
        ),
        ((Earned("a", 2, 9),), (Purse(0, 5, 5, 1, ("a",)), Purse(1, 5, 5, 1, ("a",)))),
    ],
)
def test_plans(earned: tuple[Earned, ...], purses: tuple[Purse, ...]) -> None:
    assert plan_month(earned) == purses
    check(earned, purses)


EARNED = st.lists(
    st.builds(
        Earned,
        url=st.text(alphabet="abcdefgh", min_size=1, max_size=3),
        clicks=st.integers(1, 12),
        net_micros=st.integers(0, 30) | st.integers(0, 10**13),
    ),
    max_size=12,
    unique_by=lambda earned: earned.url,
)


@given(EARNED, st.integers(1, 5))
def test_a_plan_divides_back_to_the_report(earned: list[Earned], most: int) -> None:
    purses = plan_month(earned, max_clicks_per_purse=most)
    check(tuple(earned), purses)
    assert all(len(purse.urls) <= most for purse in purses)


@given(EARNED)
def test_a_plan_has_as_few_purses_as_its_worths_allow(earned: list[Earned]) -> None:
    most: Counter[int] = Counter()
    for content in earned:
        for worth, clicks in clicks_worth(content).items():
            most[worth] = max(most[worth], clicks)
    assert len(plan_month(earned)) == most.total()


def _row(url: str, clicks: int, net: int, line: int = 2) -> ReportRow:
    return ReportRow("2015-10", "1", "https://o.example/1", url, "t", clicks, net, clicks, line)


def test_rows_of_one_content_are_added_up() -> None:
    rows = (_row("https://A.example/", 1, 5), _row("https://b.example/", 1, 2))
    report = Report("2015-10", (*rows, _row("https://a.example/", 2, 7)))
    assert earned_by_content(report, identity=str.lower) == (
        Earned("https://a.example/", 3, 12),
        Earned("https://b.example/", 1, 2),
    )
    assert len(earned_by_content(report)) == 3


def test_a_month_of_too_many_clicks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(replay_plan, "MAX_CLICKS", 3)
    report = Report("2015-10", (_row("https://a.example/", 2, 5), _row("u", 2, 2, line=3)), "x.csv")
    with pytest.raises(InvalidReport, match=r"x\.csv, line 3: more than 3 clicks in one month"):
        earned_by_content(report)


def test_our_own_reports_divide_back() -> None:
    for path in sorted(OURS.glob("*.csv")):
        earned = earned_by_content(parse_report(path.read_bytes(), name=path.name))
        check(earned, plan_month(earned))


@needs_real_reports
def test_the_real_reports_divide_back_with_at_most_64_purses() -> None:
    purses = {}
    for path in sorted(REAL_REPORTS.glob("*.csv")):
        report = parse_report(path.read_bytes(), name=path.name)
        earned = earned_by_content(report)
        purses[report.period_key] = plan_month(earned)
        check(earned, purses[report.period_key])
    assert max(len(month) for month in purses.values()) == len(purses["2014-09"]) == 64
    assert sum(len(purse.urls) for month in purses.values() for purse in month) == 658
    assert max(len(purse.urls) for purse in purses["2013-09"]) == 7
    (nothing,) = (purse for purse in purses["2014-01"] if purse.worth_micros == 0)
    assert (nothing.budget_micros, len(nothing.urls)) == (1, 4)

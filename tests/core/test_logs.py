"""Logs go to standard error, whatever that is at the moment, and never to standard output."""

import pytest
import structlog

from app.core.logs import log_to_stderr


def test_an_event_is_a_line_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    log_to_stderr()
    structlog.get_logger().info("period_settled", period="2026-11")
    said = capsys.readouterr()
    assert said.out == ""
    assert "period_settled" in said.err and "2026-11" in said.err


def test_a_traceback_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    def fails(password: str) -> None:
        raise RuntimeError("failed")

    log_to_stderr()
    try:
        fails("correct" + " horse")
    except RuntimeError:
        structlog.get_logger().exception("it_failed")
    said = capsys.readouterr().err
    assert "in fails" in said and "correct horse" not in said

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

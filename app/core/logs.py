"""Logs: one line of key=value for each event, on standard error."""

import logging
import sys

import structlog


def log_to_stderr() -> None:
    """Send what is logged to standard error, as it is at that moment: stdout is for results.

    Tracebacks are plain: with the values of local variables, passwords would be logged.
    """
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=_printer,
    )


def _printer(*_: object) -> structlog.PrintLogger:
    return structlog.PrintLogger(sys.stderr)

"""The real reports, where they lie beside this checkout: they are not ours to give away."""

from pathlib import Path

import pytest

REAL_REPORTS = Path(__file__).parents[2] / "shared" / "data" / "flattr-reports"
needs_real_reports = pytest.mark.skipif(
    not REAL_REPORTS.is_dir(),
    reason="KonScience's nineteen reports are not beside this checkout (../shared/data)",
)
"""A stranger has none, on their own machine as under CI: skipped there, with this reason."""

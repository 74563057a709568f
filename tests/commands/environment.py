"""An environment in which neither a replay nor a demo could run, if they relied on it."""

from typing import Any

HOSTILE: dict[str, Any] = {
    "sandbox_deposits": False,
    "sign_ups_per_hour": 1,
    "sign_ins_per_minute": 1,
    "clicks_per_minute": 1,
    "max_wallet_micros": 1,
    "max_clicks_per_period": 1,
    "session_days": 1,
    "settle_wait_s": 0.0,
    "operation_timeout_s": 0.001,
}
"""For `use_settings`."""

"""Settings that a replay and the demo rely on, whatever the operator's environment says.

Both live in months of their own, in a database of their own: a shop that takes no play money, or
lets nobody sign up for an hour, must not change what comes out.
"""

from typing import Any

from app.core.settings import Settings

DEFAULTS = (
    "sandbox_deposits",
    "sign_ups_per_hour",
    "sign_ins_per_minute",
    "clicks_per_minute",
    "max_wallet_micros",
    "max_clicks_per_period",
    "session_days",
)
PATIENCE_S = 600.0
"""How long one month's settlement may take, in seconds."""
PINNED: dict[str, Any] = {
    **{name: Settings.model_fields[name].default for name in DEFAULTS},
    "settle_wait_s": PATIENCE_S,
    "operation_timeout_s": PATIENCE_S + 60,
    "argon2_memory_kib": 8,
    "argon2_time_cost": 1,
}
"""For `use_settings`; hashes are cheap, for passwords that everybody knows."""
MAX_WALLET_MICROS: int = PINNED["max_wallet_micros"]
"""What a wallet may hold there, in micro-units."""

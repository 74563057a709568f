"""What a replay and the demo rely on is pinned, name by name, to what a new installation has."""

from app.commands.pinned import MAX_WALLET_MICROS, PATIENCE_S, PINNED
from app.core.settings import Settings
from tests.commands.environment import HOSTILE


def test_what_could_stop_them_is_pinned() -> None:
    assert set(HOSTILE) <= set(PINNED) <= set(Settings.model_fields)
    assert all(PINNED[name] != value for name, value in HOSTILE.items())


def test_a_settlement_is_waited_for_within_its_operation() -> None:
    assert PINNED["settle_wait_s"] == PATIENCE_S < PINNED["operation_timeout_s"]
    assert MAX_WALLET_MICROS == 10**13

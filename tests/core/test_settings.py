"""Settings: each described, each in docs/settings.md as it is, each refused by name when wrong."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.core.errors import SettingsError
from app.core.settings import Settings, get_settings, read_settings, use_settings
from app.settlement.engines import ENGINES

DOCS = Path(__file__).parents[2] / "docs" / "settings.md"
ROW = re.compile(r"\| `([A-Z0-9_]+)` \| `([^`]*)` \| (.+) \|")

WRONG = [
    ("DATABASE_URL", "mysql://localhost/x"),
    ("DATABASE_URL", ""),
    ("REDIS_URL", "localhost:6379"),
    ("REDIS_URL", ""),
    ("OBOLE_PUBLIC_URL", "obole.example"),
    ("OBOLE_PUBLIC_URL", "https://obole.example/path"),
    ("OBOLE_PUBLIC_URL", "https://user@obole.example"),
    ("OBOLE_MAX_WALLET_MICROS", "0"),
    ("OBOLE_MAX_WALLET_MICROS", "9007199254740992"),
    ("OBOLE_MAX_WALLET_MICROS", "1.5"),
    ("OBOLE_MAX_CLICKS_PER_PERIOD", "-1"),
    ("OBOLE_SESSION_DAYS", "0"),
    ("OBOLE_SESSION_DAYS", "many"),
    ("OBOLE_CLICKS_PER_MINUTE", "0"),
    ("OBOLE_SIGN_INS_PER_MINUTE", "0"),
    ("OBOLE_SIGN_UPS_PER_HOUR", ""),
    ("OBOLE_SETTLE_BATCH_SIZE", "1000001"),
    ("OBOLE_SETTLE_ENGINE", "spreadsheet"),
    ("OBOLE_SETTLE_WAIT_S", "-1"),
    ("OBOLE_SETTLE_WAIT_S", "nan"),
    ("OBOLE_SCHEDULER_INTERVAL_S", "inf"),
    ("OBOLE_MAX_CONCURRENT_WRITES", "0"),
    ("OBOLE_POOL_SIZE", "1"),
    ("OBOLE_OPERATION_TIMEOUT_S", "0"),
    ("OBOLE_MAX_SOCKETS", "0"),
    ("OBOLE_MAX_SUBSCRIPTIONS_PER_SOCKET", "none"),
    ("OBOLE_MAX_MESSAGE_BYTES", "1023"),
    ("OBOLE_CONNECTION_INIT_TIMEOUT_S", "0"),
    ("OBOLE_KEEPALIVE_S", "-1"),
    ("OBOLE_ARGON2_MEMORY_KIB", "7"),
    ("OBOLE_ARGON2_TIME_COST", "0"),
    ("OBOLE_SANDBOX_DEPOSITS", "perhaps"),
]


def variable(name: str) -> str:
    """A setting's name in the environment."""
    alias = Settings.model_fields[name].validation_alias
    return alias if isinstance(alias, str) else f"OBOLE_{name.upper()}"


def expected_rows() -> list[tuple[str, str, str]]:
    """The table as it must be: variable, default, meaning, in the order of the class."""
    return [
        (variable(name), shown(field.default), field.description or "")
        for name, field in Settings.model_fields.items()
    ]


def shown(default: Any) -> str:
    return str(default).lower() if default is None or isinstance(default, bool) else str(default)


def table() -> str:
    """docs/settings.md's table, to be pasted where a test finds it stale."""
    return "\n".join(
        f"| `{name}` | `{default}` | {said} |" for name, default, said in expected_rows()
    )


def test_every_setting_is_described() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description and field.description.endswith("."), name
        assert "|" not in field.description and "\n" not in field.description, name


def test_the_documented_table_is_the_settings() -> None:
    documented = [row for line in DOCS.read_text().splitlines() for row in ROW.findall(line)]
    assert documented == expected_rows(), f"docs/settings.md wants this table:\n{table()}"


def test_the_defaults_are_taken_and_taken_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(variable(name), raising=False)
    settings = read_settings()
    assert {n: getattr(settings, n) for n in Settings.model_fields} == {
        n: field.default for n, field in Settings.model_fields.items()
    }


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_value_is_refused_by_name(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert str(refused.value).startswith(f"{name}: ")


def test_no_setting_goes_without_a_wrong_value() -> None:
    assert {name for name, _ in WRONG} == {variable(name) for name in Settings.model_fields}


def test_all_wrong_values_are_named_and_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://me:sesame@localhost/x")
    monkeypatch.setenv("REDIS_URL", "http://me:sesame@localhost")
    monkeypatch.setenv("OBOLE_POOL_SIZE", "0")
    with pytest.raises(SettingsError) as refused:
        read_settings()
    assert "DATABASE_URL" in str(refused.value) and "OBOLE_POOL_SIZE" in str(refused.value)
    assert "sesame" not in str(refused.value)


@pytest.mark.parametrize("value", ["https://obole.example", "https://obole.example/"])
def test_our_own_origin_ends_without_a_slash(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBOLE_PUBLIC_URL", value)
    assert read_settings().public_url == "https://obole.example"


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_may_be_chosen(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OBOLE_SETTLE_ENGINE", engine)
    assert read_settings().settle_engine == engine


def test_settings_change_for_a_block_and_not_otherwise() -> None:
    before = get_settings()
    with pytest.raises(RuntimeError), use_settings(session_days=1):
        assert get_settings().session_days == 1
        raise RuntimeError
    assert get_settings() == before
    with pytest.raises(Exception, match="frozen"):
        before.session_days = 1  # type: ignore[misc]

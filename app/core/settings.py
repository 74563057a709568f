"""Settings from the environment, each documented in docs/settings.md (a test sees to it)."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.core.errors import SettingsError

Seconds = Annotated[float, Field(allow_inf_nan=False)]
_ORIGIN = re.compile(r"https?://[^\s/?#@]+")


class Settings(BaseSettings):
    """What an operator may choose. Names in the environment are upper case with `OBOLE_`."""

    model_config = SettingsConfigDict(env_prefix="OBOLE_", frozen=True, extra="ignore")

    database_url: str = Field(
        "sqlite://obole.db",
        validation_alias="DATABASE_URL",
        description="Where everything is kept: `sqlite://FILE` or `postgresql://…`.",
    )
    redis_url: str | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="What joins several server processes: `redis://…`, `rediss://…` or `unix://…`; "
        "none: there is one process.",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        description="Our own origin as browsers see it: for links and the cookie's origin check.",
    )
    max_wallet_micros: int = Field(
        10**13, gt=0, lt=2**53, description="The most a wallet may hold, in micro-units."
    )
    max_clicks_per_period: int = Field(
        1000, gt=0, description="The most contents a wallet may click in one period."
    )
    session_days: int = Field(30, gt=0, le=3650, description="How long a sign-in lasts, in days.")
    clicks_per_minute: int = Field(
        120, gt=0, description="Clicks and withdrawals an account may send a minute."
    )
    sign_ins_per_minute: int = Field(
        10,
        gt=0,
        description="Sign-in attempts for one e-mail a minute; for one network address (of IPv6 "
        "its /64), ten times.",
    )
    sign_ups_per_hour: int = Field(
        100, gt=0, description="Accounts one network address may open an hour."
    )
    settle_batch_size: int = Field(
        10_000, gt=0, le=1_000_000, description="Frozen rows the settlement posts in one entry."
    )
    settle_engine: Literal["polars", "duckdb", "reference"] = Field(
        "polars", description="Who allocates: `polars`, `duckdb` or `reference`."
    )
    settle_wait_s: Seconds = Field(
        20.0, ge=0, description="How long `settlePeriod` waits for the end before it answers, in s."
    )
    scheduler_interval_s: Seconds = Field(
        30.0,
        ge=0,
        description="How often the server looks for a period to close or settle, in s; 0: never.",
    )
    max_concurrent_writes: int = Field(
        64, gt=0, description="Writes one process takes at once; more are told OVERLOADED."
    )
    pool_size: int = Field(10, gt=1, description="PostgreSQL connections of one process.")
    operation_timeout_s: Seconds = Field(
        10.0, gt=0, description="How long one GraphQL operation may take, in s."
    )
    max_sockets: int = Field(
        20_000, gt=0, description="Sockets and event streams one process holds; more are sent away."
    )
    max_subscriptions_per_socket: int = Field(
        100, gt=0, description="Operations one socket may have running at a time."
    )
    max_message_bytes: int = Field(
        65_536, ge=1_024, description="The largest message a socket may send, in bytes."
    )
    connection_init_timeout_s: Seconds = Field(
        10.0, gt=0, description="How long a socket may be open before it says who it is, in s."
    )
    keepalive_s: Seconds = Field(
        25.0, gt=0, description="After how long a silence a live connection is asked or told, in s."
    )
    argon2_memory_kib: int = Field(65_536, ge=8, description="Memory of one password hash, in KiB.")
    argon2_time_cost: int = Field(3, ge=1, description="Passes of one password hash.")
    sandbox_deposits: bool = Field(
        True, description="Whether the `sandbox` payment provider may fill wallets with play money."
    )

    @field_validator("database_url")
    @classmethod
    def _known_scheme(cls, value: str) -> str:
        if not value.startswith(("sqlite://", "postgres://", "postgresql://")):
            raise ValueError("starts with sqlite:// or postgresql://")
        return value

    @field_validator("redis_url")
    @classmethod
    def _known_redis_scheme(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("starts with redis://, rediss:// or unix://")
        return value

    @field_validator("public_url")
    @classmethod
    def _an_origin(cls, value: str) -> str:
        if not _ORIGIN.fullmatch(origin := value.removesuffix("/")):
            raise ValueError("is an origin, such as https://obole.example")
        return origin


_override: Settings | None = None
_from_environment: Settings | None = None


def get_settings() -> Settings:
    """The settings in force, read from the environment once. Raises SettingsError."""
    global _from_environment
    if _override is not None:
        return _override
    if _from_environment is None:
        _from_environment = read_settings()
    return _from_environment


def read_settings() -> Settings:
    """Read the environment now. Raises SettingsError with one line per wrong variable."""
    try:
        return Settings()
    except ValidationError as error:
        lines = (f"{_variable(e['loc'])}: {e['msg']}" for e in error.errors())
        raise SettingsError("; ".join(lines)) from None


def _variable(loc: tuple[int | str, ...]) -> str:
    name = str(loc[0])
    return name if name.isupper() else f"OBOLE_{name.upper()}"


@contextmanager
def use_settings(**changes: object) -> Iterator[Settings]:
    """The settings in force with some changed, until the block ends."""
    global _override
    before = _override
    _override = get_settings().model_copy(update=changes)
    try:
        yield _override
    finally:
        _override = before

"""The option --engine: a name that there is, looked at before anything else."""

from app.core.errors import InvalidInput
from app.settlement.engines import ENGINES

NAMES = ", ".join(sorted(ENGINES))


def known_engine(name: str | None) -> str | None:
    """The name as given, also none. Raises InvalidInput where there is no such engine."""
    if name is not None and name not in ENGINES:
        raise InvalidInput(f"There is no engine {name!r}. Choose one of {NAMES}.", field="engine")
    return name

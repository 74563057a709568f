"""What every mutation does around its own work, and every root field with text in its input."""

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, get_args

from strawberry.extensions import FieldExtension

from app.core.errors import DomainError, InvalidInput
from app.resolvers.writes import one_write
from app.schema.failure import failure_of
from app.schema.fields import Info

Next = Callable[..., Awaitable[Any]]


class Checked(FieldExtension):
    """Refuses text no database can hold (NUL, lone surrogates), naming the field."""

    async def resolve_async(self, next_: Next, source: Any, info: Info, **arguments: Any) -> Any:
        check_text(arguments)
        return await next_(source, info, **arguments)


class Answers(FieldExtension):
    """Lets one write through the gate, and turns what it raises into a member of `result`.

    result: the mutation's union. A DomainError that has no member there goes on as an error.
    hashes: whether it waits for a password's hash; then it takes no room from other writes.
    """

    def __init__(self, result: Any, *, hashes: bool = False) -> None:
        self._members = get_args(get_args(result)[0])
        self._counted = not hashes

    async def resolve_async(self, next_: Next, source: Any, info: Info, **arguments: Any) -> Any:
        try:
            async with one_write(info.context, counted=self._counted):
                check_text(arguments)
                return await next_(source, info, **arguments)
        except DomainError as error:
            failure = failure_of(error, self._members)
            if failure is None:
                raise
            return failure


def check_text(arguments: object) -> None:
    """Raise InvalidInput for text with a NUL or half a surrogate pair, anywhere in the input."""
    for name, text in _texts("", arguments):
        if "\x00" in text or any("\ud800" <= char <= "\udfff" for char in text):
            raise InvalidInput("This has a character that cannot be kept.", field=name)


def _texts(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(_camel(str(key)), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(name, inner)
    elif is_dataclass(value) and not isinstance(value, type):
        for inner_field in fields(value):
            yield from _texts(_camel(inner_field.name), getattr(value, inner_field.name))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)

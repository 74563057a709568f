"""A Strawberry schema that refuses, before execution, what is malformed, wrong or too large.

The guard is a schema extension, so that it holds on every transport: `execute` and `stream`
alike. Documents that passed are remembered; a page that sends one query a thousand times has it
parsed and validated once.
"""

from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    parse,
    specified_rules,
    validate,
)
from strawberry.extensions import SchemaExtension
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule
from strawberry.types import ExecutionContext

from app.api.cost import check_cost
from app.api.limits import Limits, check_shape
from app.api.timely import TimelyExecutor

MAX_REMEMBERED = 512
MAX_REMEMBERED_CHARACTERS = 4_000
MAX_CHARACTERS_IN_ALL = 400_000
"""A parsed document takes some ninety times its text: this is at most 40 MB."""
MAX_VALIDATION_ERRORS = 20
_RULES = (*specified_rules, MaybeNullValidationRule, OneOfInputValidationRule)


class GuardedSchema(strawberry.Schema):
    """`strawberry.Schema` with limits, and without its habit of logging whole queries."""

    def __init__(self, query: type, *, limits: Limits | None = None, **options: Any) -> None:
        self.limits = limits or Limits()
        self.documents = Documents()
        options["extensions"] = [*options.get("extensions", ()), lambda: Guard(self)]
        super().__init__(query, execution_context_class=TimelyExecutor, **options)

    @property
    def core(self) -> GraphQLSchema:
        """The schema as graphql-core knows it; Strawberry gives it no public name."""
        return self._schema

    def read(self, query: str) -> DocumentNode | None:
        """The parsed document, or None if it is refused; whoever executes it is told why."""
        document = self.documents.get(query)
        if document is not None:
            return document
        try:
            document = parse(query, max_tokens=self.limits.max_tokens)
            if self.check_document(document):
                return None
        except (GraphQLError, ValueError, RecursionError):
            return None
        self.documents.add(query, document)
        return document

    def check_document(self, document: DocumentNode) -> list[GraphQLError]:
        """What is wrong with a document, whatever the variables. Raises LimitExceeded."""
        check_shape(document, self.limits)
        return validate(self.core, document, _RULES, MAX_VALIDATION_ERRORS, hide_suggestions=True)

    def process_errors(
        self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None
    ) -> None:
        """Log nothing here: `app.api.errors` logs what is unexpected, and only that."""


class Documents:
    """The documents that passed, by their text; the longest unused are forgotten first."""

    def __init__(self) -> None:
        self._passed: OrderedDict[str, DocumentNode] = OrderedDict()
        self.characters = 0

    def get(self, query: str) -> DocumentNode | None:
        """The parsed document, if it passed before."""
        document = self._passed.get(query)
        if document is not None:
            self._passed.move_to_end(query)
        return document

    def add(self, query: str, document: DocumentNode) -> None:
        """Remember a document that passed."""
        if len(query) > MAX_REMEMBERED_CHARACTERS or query in self._passed:
            return
        self._passed[query] = document
        self.characters += len(query)
        while len(self._passed) > MAX_REMEMBERED or self.characters > MAX_CHARACTERS_IN_ALL:
            forgotten, _ = self._passed.popitem(last=False)
            self.characters -= len(forgotten)


class Guard(SchemaExtension):
    """One operation's way through the limits."""

    def __init__(self, schema: GuardedSchema) -> None:
        self._schema = schema
        self._passed_before = False

    def on_parse(self) -> Iterator[None]:
        """Bound the parser, or spare it."""
        context = self.execution_context
        context.parse_options["max_tokens"] = self._schema.limits.max_tokens
        known = self._schema.documents.get(context.query or "")
        if known is not None:
            context.graphql_document = known
            self._passed_before = True
        yield

    def on_validate(self) -> Iterator[None]:
        """Validate in Strawberry's place: shape first, then the rules, then the cost."""
        context = self.execution_context
        context.validation_rules = ()
        context.pre_execution_errors = self._errors(context) or None
        yield

    def _errors(self, context: ExecutionContext) -> list[GraphQLError]:
        assert context.graphql_document is not None
        try:
            if not self._passed_before:
                errors = self._schema.check_document(context.graphql_document)
                if errors:
                    return errors
            self._check_operation(context, context.graphql_document)
            if not self._passed_before:
                self._schema.documents.add(context.query or "", context.graphql_document)
        except GraphQLError as error:
            return [error]
        except (ValueError, RecursionError):
            return [GraphQLError("A value in the document cannot be read.")]
        return []

    def _check_operation(self, context: ExecutionContext, document: DocumentNode) -> None:
        operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
        if len(operations) > 1:
            named = context._provided_operation_name
            if named is None:
                raise GraphQLError(
                    "The document holds several operations. Say which in `operationName`.",
                    extensions={"code": "OPERATION_NAME_REQUIRED"},
                )
            operations = [d for d in operations if d.name is not None and d.name.value == named]
        check_cost(
            self._schema.core,
            document,
            operations[0],
            context.variables or {},
            self._schema.limits,
        )

"""How large an operation may be, decided from its text alone, before anything is executed.

A query of 500 bytes can ask for more values than there are atoms: size is what is asked for,
not what is sent. `cost.py` counts that; here is the shape: tokens, depth, aliases, root fields.
"""

from dataclasses import dataclass

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from app.api.merging import MergeWork, TooMuchMerging

INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest operation that is served.

    max_tokens: words and signs of the document, comments included.
    max_depth: fields within fields; introspection has its own measure (`cost.py`).
    max_nesting: fields and fragments within each other, which bounds every recursion below.
    max_aliases, max_fragments: of the document. max_root_fields: of one operation.
    max_merging: fields, fragments spread out, and pairs of fields that merge, of one operation.
    max_cost: values the answer may hold, estimated. default_list_size: for a list of no stated
    size. max_page: for a connection whose `first` is not stated and has no default.
    """

    max_tokens: int = 2_000
    max_depth: int = 15
    max_nesting: int = 60
    max_aliases: int = 30
    max_fragments: int = 50
    max_root_fields: int = 20
    max_merging: int = 3_000
    max_cost: int = 20_000
    default_list_size: int = 10
    max_page: int = 100


class LimitExceeded(GraphQLError):
    """The operation asks for too much; `extensions.code` says of what."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message, extensions={"code": code})


def check_shape(document: DocumentNode, limits: Limits) -> None:
    """Raise LimitExceeded if an operation of the document is too deep, wide or repetitive.

    Runs before validation, whose own rules take quadratic time on hostile documents, so it
    knows no schema, and bears unknown and cyclic fragments (validation reports them).
    """
    shape = _Shape(document, limits)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            shape.check(definition)


class _Shape:
    """Measures each fragment once, however often it is spread."""

    def __init__(self, document: DocumentNode, limits: Limits) -> None:
        self._limits = limits
        self._fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self._refuse_if(
            len(self._fragments) > limits.max_fragments,
            "TOO_MANY_FRAGMENTS",
            f"A document may define {limits.max_fragments} fragments. Send less at once.",
        )
        self._measured: dict[str, tuple[int, int, int]] = {}
        self._open: set[str] = set()
        self._aliases = 0

    def check(self, operation: OperationDefinitionNode) -> None:
        depth, nesting, root_fields = self._measure(operation.selection_set, 1)
        self._refuse_if(nesting > self._limits.max_nesting, *self._too_deep())
        self._refuse_if(depth > self._limits.max_depth, *self._too_deep())
        self._refuse_if(
            root_fields > self._limits.max_root_fields,
            "TOO_MANY_ROOT_FIELDS",
            f"An operation may ask for {self._limits.max_root_fields} fields at its root, "
            f"not {root_fields}. Send several operations.",
        )
        self._check_merging(operation)

    def _check_merging(self, operation: OperationDefinitionNode) -> None:
        try:
            MergeWork(self._fragments, bound=self._limits.max_merging).add(
                [operation.selection_set]
            )
        except TooMuchMerging:
            raise LimitExceeded(
                "TOO_REPETITIVE",
                "The operation names too many fields, or the same ones too often. Name each field "
                "once, and ask for less at once.",
            ) from None

    def _measure(self, selection_set: SelectionSetNode, level: int) -> tuple[int, int, int]:
        """Depth in fields, nesting in fields and fragments, and number of fields on top."""
        self._refuse_if(level > self._limits.max_nesting, *self._too_deep())
        depth = nesting = fields = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                below = self._measure_field(selection, level)
            elif isinstance(selection, InlineFragmentNode):
                below = self._measure(selection.selection_set, level + 1)
            else:
                assert isinstance(selection, FragmentSpreadNode)
                below = self._measure_fragment(selection.name.value, level)
            depth, nesting = max(depth, below[0]), max(nesting, below[1] + 1)
            fields += below[2]
        return depth, nesting, fields

    def _measure_field(self, field: FieldNode, level: int) -> tuple[int, int, int]:
        if field.alias is not None and field.alias.value != field.name.value:
            self._count_alias()
        if field.selection_set is None:
            return 1, 0, 1
        depth, nesting, _ = self._measure(field.selection_set, level + 1)
        return (1 if field.name.value in INTROSPECTION_FIELDS else depth + 1), nesting, 1

    def _measure_fragment(self, name: str, level: int) -> tuple[int, int, int]:
        fragment = self._fragments.get(name)
        if fragment is None or name in self._open:
            return 0, 0, 0
        if name not in self._measured:
            self._open.add(name)
            self._measured[name] = self._measure(fragment.selection_set, level + 1)
            self._open.discard(name)
        return self._measured[name]

    def _count_alias(self) -> None:
        self._aliases += 1
        self._refuse_if(
            self._aliases > self._limits.max_aliases,
            "TOO_MANY_ALIASES",
            f"A document may hold {self._limits.max_aliases} aliases. Ask for lists "
            "(`contents`, `counters(ids:)`) instead of one aliased field each.",
        )

    def _too_deep(self) -> tuple[str, str]:
        return (
            "TOO_DEEP",
            f"An operation may nest fields {self._limits.max_depth} deep, and fields and fragments "
            f"together {self._limits.max_nesting} deep. Ask for less at once.",
        )

    @staticmethod
    def _refuse_if(refused: bool, code: str, message: str) -> None:
        if refused:
            raise LimitExceeded(code, message)

"""How many values an operation asks for, estimated from its document, variables and schema.

Every field counts one, times the sizes of the lists it stands in. A list's size is what is asked
for (`first`, `last`, the number of `ids`), else the most it may hold where that is known, else a
default. The estimate is an upper bound for connections and known lists, and a guess for the other
plain lists; it needs no database and takes linear time.
"""

from collections.abc import Mapping
from functools import lru_cache

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLArgument,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Undefined,
    ValueNode,
    VariableNode,
    get_introspection_query,
    get_named_type,
    parse,
)

from app.api.limits import INTROSPECTION_FIELDS, LimitExceeded, Limits

_TYPES_PER_INTROSPECTION_LIST = 4
_SIZE_ARGUMENTS = ("first", "last", "limit")
_CONNECTION_LISTS = frozenset({"edges", "nodes"})
_MOST = {("Account", "wallets"): 20, ("Content", "creators"): 50}
"""Lists that take no size, by type and field, and the most items the domain lets them have."""


def check_cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, object],
    limits: Limits,
) -> int:
    """The estimated cost of a validated operation. Raises LimitExceeded if it is too much."""
    estimate = _Estimate(schema, document, operation, variables, limits)
    cost = estimate.of_operation()
    if cost > limits.max_cost:
        raise LimitExceeded(
            "TOO_COSTLY",
            f"The operation asks for about {_about(cost)} values; at most {limits.max_cost} are "
            "served at once. Ask for fewer items (`first`, `ids`) or fewer fields within lists.",
        )
    if estimate.introspection > 1.5 * standard_introspection_cost(schema):
        raise LimitExceeded(
            "TOO_COSTLY", "The operation asks for more of the schema than the usual introspection."
        )
    return cost


@lru_cache(maxsize=8)
def standard_introspection_cost(schema: GraphQLSchema) -> int:
    """The cost of what GraphiQL and other tools ask of this schema, in every detail."""
    document = parse(get_introspection_query(True, True, True, True, True))
    operation = document.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    estimate = _Estimate(schema, document, operation, {}, Limits())
    estimate.of_operation()
    return estimate.introspection


def _about(cost: int) -> str:
    return str(cost) if cost < 10**9 else "a thousand million or more"


class _Estimate:
    def __init__(
        self,
        schema: GraphQLSchema,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        variables: Mapping[str, object],
        limits: Limits,
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._variables = {**_defaults(operation), **variables}
        self._limits = limits
        self._fragments = {
            d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
        }
        self._known: dict[tuple[str, int], int] = {}
        self.introspection = 0

    def of_operation(self) -> int:
        root = self._schema.get_root_type(self._operation.operation)
        return self._of(self._operation.selection_set, root, self._limits.default_list_size)

    def _of(self, selection_set: SelectionSetNode, parent: object, page: int) -> int:
        """The cost of a selection on `parent`; `page` is the size of the connection it is in."""
        total = 0
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                total += self._of_field(selection, parent, page)
            elif isinstance(selection, InlineFragmentNode):
                condition = selection.type_condition
                within = self._schema.type_map.get(condition.name.value) if condition else parent
                total += self._of(selection.selection_set, within, page)
            else:
                assert isinstance(selection, FragmentSpreadNode)
                total += self._of_fragment(selection.name.value, page)
        return total

    def _of_fragment(self, name: str, page: int) -> int:
        if (name, page) not in self._known:
            fragment = self._fragments[name]
            parent = self._schema.type_map.get(fragment.type_condition.name.value)
            self._known[name, page] = self._of(fragment.selection_set, parent, page)
        return self._known[name, page]

    def _of_field(self, node: FieldNode, parent: object, page: int) -> int:
        name = node.name.value
        if name in INTROSPECTION_FIELDS:
            self.introspection += self._of_introspection(node)
            return 1
        field = _field_of(parent, name)
        if field is None or node.selection_set is None:
            return 1
        asked = self._asked_size(node, field)
        inner_page = self._limits.default_list_size if asked is None else asked
        size = 1
        for level in range(_list_levels(field.type)):
            if level == 0 and name in _CONNECTION_LISTS:
                size *= page
            elif level == 0 and asked is not None:
                size *= asked
            else:
                size *= self._list_size(parent, name)
        return size * (1 + self._of(node.selection_set, get_named_type(field.type), inner_page))

    def _of_introspection(self, node: FieldNode) -> int:
        kind = "__Schema" if node.name.value == "__schema" else "__Type"
        assert node.selection_set is not None
        return 1 + self._of(node.selection_set, self._schema.type_map.get(kind), 0)

    def _list_size(self, parent: object, name: str) -> int:
        parent_name = getattr(parent, "name", "")
        if parent_name == "__Schema" and name == "types":
            return len(self._schema.type_map)
        if parent_name.startswith("__"):
            return _TYPES_PER_INTROSPECTION_LIST
        return _MOST.get((parent_name, name), self._limits.default_list_size)

    def _asked_size(self, node: FieldNode, field: GraphQLField) -> int | None:
        """How many items the arguments ask for; None if no argument speaks of it."""
        given = {argument.name.value: argument.value for argument in node.arguments or ()}
        for name, argument in field.args.items():
            if name in _SIZE_ARGUMENTS:
                size = self._int(given.get(name), argument)
                if size is not None or name == "first":
                    return self._limits.max_page if size is None else max(0, size)
            if name in ("ids", "keys", "urls") and name in given:
                return self._length(given[name])
        return None

    def _int(self, value: ValueNode | None, argument: GraphQLArgument) -> int | None:
        found: object = None
        if isinstance(value, IntValueNode):
            found = int(value.value)
        elif isinstance(value, VariableNode):
            found = self._variables.get(value.name.value)
        if value is None or found is None:
            found = _argument_default(argument)
        if isinstance(found, float) and found.is_integer():
            found = int(found)
        return found if isinstance(found, int) else None

    def _length(self, value: ValueNode) -> int:
        if isinstance(value, ListValueNode):
            return len(value.values)
        if isinstance(value, VariableNode):
            found = self._variables.get(value.name.value)
            return len(found) if isinstance(found, list) else 1
        return 1


def _field_of(parent: object, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        fields: dict[str, GraphQLField] = parent.fields
        return fields.get(name)
    return None


def _list_levels(type_: GraphQLOutputType) -> int:
    levels = 0
    while isinstance(type_, GraphQLNonNull | GraphQLList):
        levels += isinstance(type_, GraphQLList)
        type_ = type_.of_type
    return levels


def _argument_default(argument: GraphQLArgument) -> object:
    if argument.default_value is not Undefined and argument.default_value is not None:
        return argument.default_value
    return argument.default.value if argument.default is not None else None


def _defaults(operation: OperationDefinitionNode) -> dict[str, object]:
    """The operation's own defaults for its variables, of the two kinds that speak of sizes."""
    found: dict[str, object] = {}
    for definition in operation.variable_definitions or ():
        default = definition.default_value
        if isinstance(default, IntValueNode):
            found[definition.variable.name.value] = int(default.value)
        elif isinstance(default, ListValueNode):
            found[definition.variable.name.value] = list(default.values)
    return found

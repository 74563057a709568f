"""Whether an operation says the same to everybody, so that it may run once for all of them."""

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
)

from app.api.guarded import GuardedSchema
from app.schema.fields import is_viewer_bound

Selected = tuple[SelectionSetNode, GraphQLNamedType | None]


def is_public(
    schema: GuardedSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> bool:
    """Whether nothing the operation selects depends on who asks; a mutation always does.

    document: any that was parsed; a field the schema does not know is not public.
    """
    if operation.operation is OperationType.MUTATION:
        return False
    fragments = {
        d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)
    }
    root = schema.core.get_root_type(operation.operation)
    waiting: list[Selected] = [(operation.selection_set, root)]
    while waiting:
        selections, parent = waiting.pop()
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                if selection.name.value.startswith("__"):
                    continue  # of the schema itself, the same for everybody
                field = _field_of(parent, selection.name.value)
                if field is None or is_viewer_bound(field):
                    return False
                if selection.selection_set is not None:
                    waiting.append((selection.selection_set, get_named_type(field.type)))
            elif isinstance(selection, InlineFragmentNode):
                on = selection.type_condition
                within = parent if on is None else schema.core.get_type(on.name.value)
                waiting.append((selection.selection_set, within))
            elif isinstance(selection, FragmentSpreadNode):
                # Taken out of the fragments: each is looked at once, and none twice in a circle.
                waiting += _spread(schema.core, fragments.pop(selection.name.value, None))
    return True


def _spread(schema: GraphQLSchema, fragment: FragmentDefinitionNode | None) -> list[Selected]:
    if fragment is None:
        return []
    return [(fragment.selection_set, schema.get_type(fragment.type_condition.name.value))]


def _field_of(parent: GraphQLNamedType | None, name: str) -> GraphQLField | None:
    if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType):
        fields: dict[str, GraphQLField] = parent.fields
        return fields.get(name)
    return None

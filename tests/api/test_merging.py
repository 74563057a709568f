"""Counting the work of merging fields."""

import pytest
from graphql import FragmentDefinitionNode, OperationDefinitionNode, parse

from app.api.merging import MergeWork, TooMuchMerging


def work(query: str, bound: int) -> None:
    definitions = parse(query).definitions
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    operation = next(d for d in definitions if isinstance(d, OperationDefinitionNode))
    MergeWork(fragments, bound=bound).add([operation.selection_set])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ a }", 1),
        ("{ a b }", 2),
        ("{ a a }", 1 + 2),
        ("{ a b: a }", 2),
        ("{ b { a } b { a } }", (1 + 2) + (1 + 2)),
        ("{ ...F ...F } fragment F on Q { a }", 1),
        ("{ ... { a } ... { a } }", 1 + 2),
        ("{ b { ...F } c { ...F } } fragment F on Q { a }", 4),
    ],
)
def test_fields_and_pairs_are_counted(query: str, expected: int) -> None:
    work(query, expected)
    with pytest.raises(TooMuchMerging):
        work(query, expected - 1)

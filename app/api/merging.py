"""How much work it is to merge an operation's fields, bounded before the validator does it.

GraphQL merges fields of one response name, and its validation compares every two of them, at
every level, through every fragment: `{b{a} b{a} …}` in 2,000 tokens kept a core busy for a
second. This walks the merged tree in the same way, but only counts, and stops at a bound.
"""

from collections.abc import Iterable

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, SelectionSetNode

MAX_LEVELS = 100


class TooMuchMerging(Exception):
    """The bound is reached."""


class MergeWork:
    """Counts fields visited and pairs compared. `add` raises TooMuchMerging beyond `bound`."""

    def __init__(self, fragments: dict[str, FragmentDefinitionNode], *, bound: int) -> None:
        self._fragments = fragments
        self._left = bound

    def add(self, selection_sets: Iterable[SelectionSetNode], *, level: int = 1) -> None:
        """Count one merged level, and all below it.

        `check_shape` bounds the nesting of all but cyclic fragments; those end here at MAX_LEVELS,
        and validation reports them.
        """
        if level > MAX_LEVELS:
            return
        groups: dict[str, list[SelectionSetNode]] = {}
        sizes: dict[str, int] = {}
        seen: set[str] = set()
        for selection_set in selection_sets:
            for field in self._fields(selection_set, seen):
                name = (field.alias or field.name).value
                sizes[name] = sizes.get(name, 0) + 1
                self._spend(sizes[name])
                if field.selection_set is not None:
                    groups.setdefault(name, []).append(field.selection_set)
        for group in groups.values():
            self.add(group, level=level + 1)

    def _fields(self, selection_set: SelectionSetNode, seen: set[str]) -> Iterable[FieldNode]:
        """The fields of one level, each fragment entered once."""
        for selection in selection_set.selections:
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in seen and name in self._fragments:
                    seen.add(name)
                    yield from self._fields(self._fragments[name].selection_set, seen)
            else:
                yield from self._fields(selection.selection_set, seen)  # type: ignore[attr-defined]

    def _spend(self, work: int) -> None:
        self._left -= work
        if self._left < 0:
            raise TooMuchMerging

"""What was meant by the name of an argument that nothing has: so that one slip is one mistake."""

from __future__ import annotations

from typing import TypeAlias

from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.elaborate import errors
from resnet_dsl.syntax import tree

Meant: TypeAlias = dict[str, str | None]
"""For each unknown name of an argument the parameter that was meant, None where none is near that is not given.

Another tool's word stands for what it means here, or for nothing (an empty name).
"""


def meant_parameters(arguments: tree.Arguments | None, known: list[str]) -> Meant:
    """What was meant by the arguments of a call that has the parameters ``known``."""
    if arguments is None:
        return {}
    items = arguments.items
    unknown = [item.name.text for item in items if isinstance(item, tree.Argument) and item.name.text not in known]
    return _all_meant(items, unknown, known) if unknown else {}


def _all_meant(items: tuple[tree.SyntaxNode, ...], unknown: list[str], known: list[str]) -> Meant:
    named = [item.name.text for item in items if isinstance(item, tree.Argument)]
    given = {*named, *known[: len(items) - len(named)]}
    found: Meant = {}
    for name in unknown:
        found[name] = _meant(name, known, given)
        given |= {found[name] or name}
    return found


def _meant(name: str, known: list[str], given: set[str]) -> str | None:
    if errors.is_foreign(name):
        return next(iter(errors.meant_by(name, known, given)), "")
    near = nearest(name, known)
    return None if near in given else near


def is_followed(item: tree.SyntaxNode, meant: Meant) -> bool:
    """Whether an argument's value is looked at: a word for an argument that nothing has is part of that mistake, and
    what is given for another tool's is theirs as well."""
    if not isinstance(item, tree.Argument) or item.name.text not in meant:
        return True
    is_lost = isinstance(item.value, tree.Name) and meant[item.name.text] is None
    return not (is_lost or errors.is_foreign(item.name.text))

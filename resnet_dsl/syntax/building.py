"""From a rule and its children to the tree class of the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resnet_dsl.source import Span
from resnet_dsl.syntax import tree
from resnet_dsl.syntax.comments import doc_above

_Make = Callable[[Span, list[Any]], tree.Node]


def maker(rule: str) -> _Make:
    """What makes the node of a rule of its span and its children."""
    return _MAKERS[rule]


def _fields(cls: Any) -> _Make:
    """The children are the fields."""
    return lambda span, children: cls(span, *children)


def _row(cls: Any) -> _Make:
    """The children are the items of the only field."""
    return lambda span, children: cls(span, tuple(children))


def _documented(cls: Any) -> _Make:
    return lambda span, children: cls(span, *children, doc_above(span))


def _parameters(span: Span, children: list[Any]) -> tree.Node:
    """Lark stands None for the first of none."""
    return tree.Parameters(span, tuple(child for child in children if child is not None))


def _attribute(span: Span, children: list[Any]) -> tree.Node:
    return tree.Attribute(span, children[0], tuple(children[1:]))


def _parameter(span: Span, children: list[Any]) -> tree.Node:
    name, *default = children
    return tree.Parameter(span, name, default[0] if default else None)


def _skip(span: Span, children: list[Any]) -> tree.Node:
    """A source, which is not always among the children, is told from the rest by its class."""
    sources = [child for child in children if isinstance(child, tree.Name | tree.Indexed | tree.Entry)]
    always, via, merge = (child for child in children if child not in sources)
    return tree.Skip(span, always, sources[0] if sources else None, via, merge)


def _skips(span: Span, children: list[Any]) -> tree.Node:
    policy, *chain = children
    return tree.Skips(span, policy, chain[0] if chain else None)


_MAKERS: dict[str, _Make] = {
    "file": _row(tree.File),
    "import_file": _fields(tree.ImportFile),
    "let": _fields(tree.Let),
    "slot": _documented(tree.Slot),
    "block": _documented(tree.Block),
    "network": _documented(tree.Network),
    "base": _fields(tree.Base),
    "parameters": _parameters,
    "parameter": _parameter,
    "members": _row(tree.Members),
    "input": _fields(tree.Input),
    "stem": _fields(tree.Stem),
    "stage": _fields(tree.Stage),
    "head": _fields(tree.Head),
    "expect": _fields(tree.Expect),
    "use": _fields(tree.Use),
    "default": _fields(tree.Default),
    "skips": _skips,
    "body": _row(tree.Body),
    "named": _fields(tree.Named),
    "chain": _row(tree.Chain),
    "times": _fields(tree.Times),
    "step": _fields(tree.Step),
    "skip": _skip,
    "repeat": _fields(tree.Repeat),
    "condition": _fields(tree.Condition),
    "indexed": _fields(tree.Indexed),
    "entry": _fields(tree.Entry),
    "call": _fields(tree.Call),
    "arguments": _row(tree.Arguments),
    "argument": _fields(tree.Argument),
    "either": _row(tree.Either),
    "both": _row(tree.Both),
    "negation": _fields(tree.Negation),
    "comparison": _fields(tree.Comparison),
    "size": _row(tree.Size),
    "sum": _row(tree.Sum),
    "product": _row(tree.Product),
    "sign": _fields(tree.Sign),
    "attribute": _attribute,
    "list": _row(tree.List),
    "number": _fields(tree.Number),
    "extent": _fields(tree.Extent),
    "text": _fields(tree.Text),
    "truth": _fields(tree.Truth),
    "unknown": _fields(tree.Unknown),
    "name": _fields(tree.Name),
}

"""Names, checked over a whole file without running it: blocks that nothing calls and branches not taken, too.

Running a network finds the same mistakes in what it runs, with the same code at the same place; each is shown once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.order import MOST_FOUND
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.elaborate.names.calls import CallCheck
from resnet_dsl.elaborate.names.circles import check_derivations, check_recursions
from resnet_dsl.elaborate.names.expressions import ExpressionCheck
from resnet_dsl.elaborate.names.known import Known, OwnNames
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


def check_names(module: Module) -> tuple[Diagnostic, ...]:
    """The mistakes of names in a file's own definitions."""
    found: list[Diagnostic] = []
    given: dict[tree.SyntaxNode, OwnNames] = {}
    for definition in module.own.values():
        found += _Names(Known(module, definition.tree, given)).run()
        if len(found) > MOST_FOUND:
            break
    else:
        found += check_recursions(module)
    return (*found, *check_derivations(module))


class _Enough(Exception):
    """More mistakes were found than are looked for."""


class _Names:
    """The check of one definition."""

    def __init__(self, known: Known) -> None:
        self.found: list[Diagnostic] = []
        self.module = known.module
        self.definition = known.definition
        self.known = known
        self.expressions = ExpressionCheck(known, self._tell)
        self.calls = CallCheck(known, self.expressions, self._tell)

    def run(self) -> list[Diagnostic]:
        with suppress(_Enough):
            self._check_twice("the parameter", [one.name for one in tree.parameters(self.definition)])
            for node in tree.walk(self.definition):
                self._visit(node)
        return self.found

    def _tell(self, diagnostic: Diagnostic) -> None:
        self.found.append(diagnostic)
        if len(self.found) > MOST_FOUND:
            raise _Enough

    def _visit(self, node: tree.SyntaxNode) -> None:
        kind = type(node)
        if kind in _VISITS:
            _VISITS[kind](self, node)
        if kind in _EXPRESSIONS:
            for expression in _EXPRESSIONS[kind](node):
                self.expressions.check(expression)

    def _entry(self, node: tree.Entry) -> None:
        """A file's `let` is worked out once, where nothing flows."""
        if isinstance(self.definition, tree.Let):
            word = node.keyword.text
            self._tell(errors.no_entry(node.span) if word == "in" else errors.no_part(word, node.span))

    def _call(self, node: tree.Call) -> None:
        """A bracket that opens a line is still read as that of a call."""
        if "\n" in node.span.text[len(node.name.text) : node.arguments.span.start - node.span.start]:
            self._tell(_bracket_on_next_line(node))

    def _progress(self, node: tree.Name) -> None:
        """As above."""
        if isinstance(self.definition, tree.Let) and node.token.text == "progress":
            self._tell(errors.no_progress(node.span))

    def _stage(self, stage: tree.Stage) -> None:
        for item in tree.items(stage.arguments):
            self.calls.argument(f"stage {stage.name.text}", None, item, ["stride"])

    def _let(self, statement: tree.Let) -> None:
        value = statement.value
        called = value.name if isinstance(value, tree.Call) else value.token if isinstance(value, tree.Name) else None
        if called is None or not self.module.is_step(called.text) or called.text in FUNCTIONS:
            self.expressions.check(value)
        elif isinstance(value, tree.Call) or not self.known.holds(called.text):
            from resnet_dsl.elaborate.names import unseen

            self._tell(unseen.step_in_let(statement, called, statement is self.definition))

    def _default(self, statement: tree.Default) -> None:
        is_slot = self.module.is_slot(statement.name.text)
        if is_slot:
            from resnet_dsl.elaborate.names import unseen

            self._tell(unseen.slot_as_step(statement, self.module))
        elif self.calls.parameters_of(statement.name) is not None:
            self.calls.given(statement.name, statement.arguments)
        if is_slot or self.module.parameters_of(statement.name.text) is None:
            for expression in _arguments(statement.arguments):
                self.expressions.check(expression)

    def _slot(self, statement: tree.Use) -> None:
        name = statement.slot.text
        if not self.module.is_slot(name) and not self.module.may_hold(name):
            from resnet_dsl.elaborate.names import unseen

            self._tell(unseen.not_a_slot(statement, self.module))

    def _skip(self, statement: tree.Skip) -> None:
        if statement.via is not None:
            self.calls.adapters.add(statement.via)
        self.expressions.reference(statement.source)

    def _statements(self, statements: Iterable[tree.SyntaxNode]) -> None:
        """Names given twice in one list of statements. A value may be given anew from itself: `a = a -> conv(…)`."""
        lets = [one.name for one in statements if isinstance(one, tree.Let)]
        self._check_twice("the `let`", lets)
        first: dict[str, Span] = {}
        for one in statements:
            if not isinstance(one, tree.Named) or not isinstance(one.target, tree.Name):
                continue
            name = one.target.token.text
            if name in first and not _is_from(one.chain, name):
                self._tell(errors.defined_twice("the value", name, one.target.span, first[name]))
            first.setdefault(name, one.target.span)

    def _check_twice(self, what: str, tokens: list[tree.Token]) -> None:
        first: dict[str, Span] = {}
        for token in tokens:
            if token.text in first:
                self._tell(errors.defined_twice(what, token.text, token.span, first[token.text]))
            first.setdefault(token.text, token.span)


def _bracket_on_next_line(call: tree.Call) -> Diagnostic:
    bracket = Span(call.span.source, call.arguments.span.start, call.arguments.span.start + 1)
    return Diagnostic(
        "W0230",
        f"the bracket of `{call.name.text}` opens a line; from the next version on it begins an expression there",
        Label(bracket),
        help=f"write it on the line of `{call.name.text}`, as `resnet-dsl fmt` does",
    )


def _is_from(chain: tree.Chain, name: str) -> bool:
    return any(isinstance(below, tree.Name) and below.token.text == name for below in tree.walk(chain))


_VISITS: dict[type, Callable[[_Names, Any], object]] = {
    tree.Chain: lambda names, node: names.calls.chain(node),
    tree.Step: lambda names, node: names.calls.step(node),
    tree.Default: _Names._default,
    tree.Use: _Names._slot,
    tree.Skip: _Names._skip,
    tree.Skips: lambda names, node: names.calls.adapters.add(node.chain),
    tree.Let: _Names._let,
    tree.Stage: _Names._stage,
    tree.Body: lambda names, node: names._statements(node.statements),
    tree.Members: lambda names, node: names._statements(node.items),
    tree.Call: _Names._call,
    tree.Entry: _Names._entry,
    tree.Input: lambda names, node: names.expressions.size_of_input(node),
    tree.Name: _Names._progress,
}


def _arguments(arguments: tree.Arguments | None) -> Iterator[tree.SyntaxNode]:
    for item in tree.items(arguments):
        yield item.value if isinstance(item, tree.Argument) else item


_EXPRESSIONS: dict[type, Callable[[Any], Iterable[tree.SyntaxNode | None]]] = {
    tree.ParameterNode: lambda node: (node.default,),
    tree.NamedInput: lambda node: (node.size,),
    tree.OutputNode: lambda node: node.values,
    tree.Expect: lambda node: (node.value,) if isinstance(node.quantity, tree.Name | tree.Attribute) else (),
    tree.Repeat: lambda node: (node.count,),
    tree.Condition: lambda node: (node.test,),
    tree.Times: lambda node: (node.count,),
    tree.Base: lambda node: _arguments(node.arguments),
}
"""The expressions that stand directly in a node which is itself none."""

"""Names in expressions, and the values that skip connections and merges read."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.elaborate.names.known import Known
from resnet_dsl.ir.operations import WORDS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

if TYPE_CHECKING:
    from resnet_dsl.elaborate.names import unseen


class ExpressionCheck:
    """The check of a definition's expressions; ``tell`` takes each mistake."""

    def __init__(self, known: Known, tell: Callable[[Diagnostic], None]) -> None:
        self.known = known
        self.tell = tell

    def check(self, expression: tree.SyntaxNode | None) -> None:
        """Names in an expression that nothing defines, and steps that have no place in one."""
        if isinstance(expression, tree.Chain):
            self.tell(errors.chain_as_argument(expression.span))
        for node in tree.walk(expression, tree.Chain):
            if isinstance(node, tree.Call) and node.name.text not in FUNCTIONS:
                from resnet_dsl.elaborate.names import unseen

                self.tell(unseen.unknown_function(node, self.known.module, self.known.holds(node.name.text)))
            if isinstance(node, tree.Name) and not self.known.holds(node.token.text):
                known = [
                    *self.known.constants,
                    *self.known.values,
                    *self.known.module.lets(),
                    *sorted(WORDS),
                    "progress",
                ]
                self.tell(self._unknown_name(node.token.text, node.span, known))

    def reference(self, source: tree.SyntaxNode | None) -> None:
        """The value that a skip connection starts from, or that a merge reads."""
        if not isinstance(source, tree.Name) or self.known.holds(source.token.text):
            return
        from resnet_dsl.elaborate.names import unseen

        name, known = source.token.text, [*self.known.values, *self.known.constants]
        if isinstance(self.known.definition, tree.Block) and name in self.known.module.values_of_networks:
            self.tell(unseen.hidden_value(name, source.span, self.known.definition))
        else:
            self.tell(unseen.unknown_result(name, source.span, known, self._preceding.result(source.span)))

    def size_of_input(self, node: tree.Input) -> None:
        """A name in the place of a size is told as such."""
        size = node.size
        if not isinstance(size, tree.Name) or self.known.holds(size.token.text):
            self.check(size)
        else:
            self.tell(
                errors.unknown_size(size.token.text, size.span, [*self.known.constants, *self.known.module.lets()])
            )

    def _unknown_name(self, name: str, span: Span, known: list[str]) -> Diagnostic:
        from resnet_dsl.elaborate.names import unseen

        flows = self._preceding.flows(span)
        return unseen.unknown_name(name, span, known, self.known.module, self.known.definition, flows)

    @cached_property
    def _preceding(self) -> unseen.Preceding:
        from resnet_dsl.elaborate.names import unseen

        return unseen.Preceding(self.known.definition)

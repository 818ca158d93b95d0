"""Calls: whether there is a step of that name, and whether its arguments are its own."""

from __future__ import annotations

from collections.abc import Callable

from resnet_dsl.diagnostics.diagnostic import Diagnostic
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.merging import called, chain_of, compared_parameter, has_step_in_front, is_steps
from resnet_dsl.elaborate.names.expressions import ExpressionCheck
from resnet_dsl.elaborate.names.intended import is_followed, meant_parameters
from resnet_dsl.elaborate.names.known import Known
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class CallCheck:
    """The check of a definition's calls; ``tell`` takes each mistake. adapters: what skips go through."""

    def __init__(self, known: Known, expressions: ExpressionCheck, tell: Callable[[Diagnostic], None]) -> None:
        self.known = known
        self.module = known.module
        self.expressions = expressions
        self.tell = tell
        self.adapters: set[tree.Chain] = set()

    def chain(self, written: tree.Chain) -> None:
        for position, item in enumerate(written.items):
            step = item.step if isinstance(item, tree.Times) else item
            if isinstance(step.subject, tree.Call):
                self._callee(step.subject.name, step.subject.arguments, item if isinstance(item, tree.Times) else None)
            elif step.callee is not None and not (position == 0 and self.known.may_be_value(step.callee.text)):
                self._bare(step.callee, written, position == 0)

    def _bare(self, name: tree.Token, written: tree.Chain, first: bool) -> None:
        """A step without arguments; what is none may be meant for a value at the chain's start, or for an adapter."""
        if self.module.is_step(name.text) or name.text in self.known.values or self.module.may_hold(name.text):
            self._callee(name, None)
        elif written in self.adapters:
            from resnet_dsl.elaborate.names import unseen

            self.tell(unseen.unknown_adapter(name.text, name.span, self.module))
        elif first and isinstance(self.known.definition, tree.Block) and name.text in self.module.values_of_networks:
            from resnet_dsl.elaborate.names import unseen

            self.tell(unseen.hidden_value(name.text, name.span, self.known.definition)._replace(code="E0201"))
        else:
            steps = [*OPERATIONS, *self.module.names(tree.Block, tree.Slot)]
            values = [*self.known.values] if first else []
            self.tell(errors.unknown_step(name.text, name.span, [*values, *steps]))

    def step(self, step: tree.Step) -> None:
        """The arguments of a call. Those of a merge are values, and steps where they are calls."""
        for one in (step, *called(step, self.module)):
            if not isinstance(one.subject, tree.Call):
                continue
            if one is not step:
                self._callee(one.subject.name, one.subject.arguments)
            if not self._merges(one.subject.name):
                self.given(one.subject.name, one.subject.arguments)
                continue
            for item in one.subject.arguments.items:
                if not isinstance(item, tree.Name) or not self.module.is_step(item.token.text):
                    self.expressions.reference(item)

    def _callee(self, name: tree.Token, arguments: tree.Arguments | None, times: tree.Times | None = None) -> None:
        """A call; ``times``: with its count, if it has one."""
        known = self.parameters_of(name)
        if arguments is not None and has_step_in_front(name, arguments, self.module):
            from resnet_dsl.elaborate.names import meant

            misplaced = meant.step_as_argument(name, arguments, self.module)
            self.tell(misplaced if times is None else meant.repeated(misplaced, times))
            return
        if known is None:
            return
        many = self._merges(name)
        names = set(known)
        first: dict[str, Span] = {}
        for position, item in enumerate(tree.items(arguments)):
            if isinstance(item, tree.Argument):
                if item.name.text not in names:
                    self.tell(errors.unknown_argument(name.text, item.name.text, item.name.span, known))
                elif item.name.text in first:
                    self.tell(errors.given_twice(name.text, item.name.text, item.span, first[item.name.text]))
                first.setdefault(item.name.text, item.value.span)
            elif position >= len(known) and not many:
                from resnet_dsl.elaborate.names import meant

                self.tell(meant.too_many(name.text, item, known))
                break
            elif not many:
                first[known[position]] = item.span

    def parameters_of(self, name: tree.Token) -> list[str] | None:
        """The parameters of an operation or block; what is neither is a mistake, unless it is a slot or a value."""
        known = self.module.parameters_of(name.text)
        definition = self.module.find(name.text)
        if known is not None and name.text != "input":
            return known
        is_slot = definition is not None and isinstance(definition.tree, tree.Slot)
        if not is_slot and name.text not in self.known.values and not self.module.may_hold(name.text):
            callable_names = [*OPERATIONS, *self.module.names(tree.Block, tree.Slot), *self.known.values]
            self.tell(errors.unknown_step(name.text, name.span, callable_names))
        return None

    def _merges(self, name: tree.Token) -> bool:
        operation = self.module.operation(name.text)
        return operation is not None and operation.many

    def given(self, callee: tree.Token, arguments: tree.Arguments) -> None:
        """What arguments are made of. A step in front of the others was told of already.

        A word for an unknown argument is part of that mistake; of a step that is unknown chains may be arguments.
        """
        if self.known.is_unknown_step(callee.text) and errors.is_foreign_step(callee.span):
            return
        is_unknown = self.module.parameters_of(callee.text) is None
        known = self.module.parameters_of(callee.text) or []
        meant = meant_parameters(arguments, known) if known else {}
        for position, item in enumerate(arguments.items):
            if is_unknown and chain_of(item.value if isinstance(item, tree.Argument) else item) is not None:
                continue
            if (position or not is_steps(item, self.module)) and (not meant or is_followed(item, meant)):
                name = known[position] if position < len(known) else None
                self.argument(callee.text, name, item, known)

    def argument(self, callee: str, name: str | None, item: tree.SyntaxNode, known: list[str]) -> None:
        """``name``: of the parameter that stands at its position."""
        name, value = (item.name.text, item.value) if isinstance(item, tree.Argument) else (name, item)
        compared = compared_parameter(item, known) if isinstance(item, tree.Comparison) else None
        if isinstance(item, tree.Comparison) and compared is not None and not self.known.holds(compared.text):
            from resnet_dsl.elaborate.names import meant

            self.tell(meant.compared_for_given(item))
            self.expressions.check(item.right)
        elif not self._is_no_word(callee, name, value):
            self.expressions.check(value)

    def _is_valueless(self, callee: str, name: str | None, value: tree.Name) -> bool:
        """Whether a value is the name of another parameter, and of nothing else; then it is told."""
        known = self.module.parameters_of(callee) or []
        is_name = value.token.text in known and value.token.text != name and not self.known.holds(value.token.text)
        if is_name:
            from resnet_dsl.elaborate.names import meant

            self.tell(meant.without_value(callee, value))
        return is_name

    def _is_no_word(self, callee: str, name: str | None, value: tree.SyntaxNode) -> bool:
        """Whether an unknown name stands where a word is taken; then it is told."""
        operation = self.module.operation(callee)
        if isinstance(value, tree.Name) and self._is_valueless(callee, name, value):
            return True
        if operation is None or name is None or not isinstance(value, tree.Name) or self.known.holds(value.token.text):
            return False
        from resnet_dsl.elaborate.names import meant

        known = [*self.known.constants, *self.known.values, *self.module.lets()]
        mistake = meant.no_word(callee, operation.parameter(name), value.token.text, value.span, known)
        if mistake is not None:
            self.tell(mistake)
        return mistake is not None

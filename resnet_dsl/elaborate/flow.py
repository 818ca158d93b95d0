"""Flow: runs bodies, statements and steps, and lets the builder make a node of each operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import NoReturn, TypeAlias

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Mistake
from resnet_dsl.diagnostics.order import MOST_FOUND, Fresh
from resnet_dsl.elaborate import errors, flow_errors, limits, settings
from resnet_dsl.elaborate.applying import apply_operation
from resnet_dsl.elaborate.blocks import call_block
from resnet_dsl.elaborate.builder import BlockKind, Builder, TooMuch
from resnet_dsl.elaborate.calls import Call, Wanted
from resnet_dsl.elaborate.expressions import Expressions, refuse, value_of
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.residual import Blocks
from resnet_dsl.elaborate.slots import fill_slot
from resnet_dsl.elaborate.statements import run_statement
from resnet_dsl.elaborate.values import POISON, Constant, Frame, Poisoned, Settings, Value, file_frame
from resnet_dsl.elaborate.wording import located
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

Current: TypeAlias = Value | None
"""What flows; None behind a mistake: nothing that follows from it is reported again."""


class Flow(Expressions):
    """The elaboration of one network. Mistakes are collected in ``diagnostics``."""

    def __init__(self, builder: Builder, blocks_in_all: Counter[BlockKind]) -> None:
        super().__init__(limits.Budget())
        self.builder = builder
        self.diagnostics: list[Diagnostic] = []
        self._fresh = Fresh()
        self.blocks = Blocks(blocks_in_all)
        self.progress_asked = False
        self.used: set[int] = set()
        self.called: set[int] = set()
        self.ran: set[int] = set()
        self.excused: set[int] = set()
        self.named: dict[int, tree.Token] = {}
        self.says_settings: dict[int, bool] = {}
        self.stated: dict[tuple[int, ...], Settings] = {}
        self.active: list[tuple[tree.Block, Span]] = []
        self._asking: list[tuple[tree.Let, Span]] = []
        self.filling: list[tuple[str, int]] = []
        self._siblings: dict[tuple[int, str], int] = {}
        self._constants: dict[int, Constant] = {}
        self._told: set[int] = set()

    # Names of a file

    def file_constant(self, definition: Definition, token: tree.Token, frame: Frame) -> Constant:
        """A file's `let`, evaluated when it is first asked for, by ``token``."""
        let = definition.tree
        assert isinstance(let, tree.Let)
        key = id(let)
        self._check_circle(let, token)
        if key not in self._constants:
            self._asking.append((let, token.span))
            try:
                with self.deeper(limits.IN_A_LET, let.span), self.blocks.nowhere():
                    self._constants[key] = self.attempt(let.value, file_frame(definition.module, frame.settings))
            finally:
                self._asking.pop()
        if self._constants[key] is POISON:
            raise Poisoned
        return self._constants[key]

    def _check_circle(self, let: tree.Let, token: tree.Token) -> None:
        """Raises Mistake where a `let` is asked for that is being worked out."""
        position = next((i for i, (asked, _) in enumerate(self._asking) if asked is let), None)
        if position is None:
            return
        spans = [*(span for _, span in self._asking[position + 1 :]), token.span]
        names = [asked.name.text for asked, _ in self._asking[position:]]
        refuse(errors.let_circle(list(zip(names, spans, strict=True))))

    def progress(self, token: tree.Token, frame: Frame) -> float:
        """The current block's place in the network, 0 to 1. Raises Mistake where nothing flows."""
        if self.blocks.part is None:
            refuse(flow_errors.no_progress(token.span))
        self.progress_asked = True
        if self.blocks.adrift:
            told = flow_errors.progress_adrift(self.blocks.in_all, self.blocks.progress, token.span)
            self.report(located(told, frame.caller))
        return self.blocks.progress

    def report(self, diagnostic: Diagnostic) -> None:
        """Takes a diagnostic down, once: a block's mistake comes up in each of its calls. Raises TooMuch."""
        if self._fresh(diagnostic):
            self.diagnostics.append(diagnostic)
            if len(self.diagnostics) == MOST_FOUND:
                raise TooMuch(diagnostic)

    def attempt(self, expression: tree.Expression, frame: Frame) -> Constant:
        """An expression's worth, or POISON behind a mistake, which is reported."""
        try:
            return self.evaluate(expression, frame)
        except Mistake as mistake:
            self.report(located(mistake.diagnostic, frame.caller))
        except Poisoned:
            pass
        return POISON

    def reporter(self, frame: Frame) -> Callable[[Diagnostic], None]:
        """Takes diagnostics down with the chain of calls that led to a frame."""
        return lambda diagnostic: self.report(located(diagnostic, frame.caller))

    # Statements

    def body(self, body: tree.Body, frame: Frame, current: Current) -> Current:
        """What flows out of braces. Their settings hold for all of them."""
        within = settings.gather(self, body.statements, frame)
        for statement in body.statements:
            self.budget.spend(statement.span, limits.TERMS_OF_A_STATEMENT)
            try:
                current = run_statement(self, statement, within, current)
            except Mistake as mistake:
                self.report(located(mistake.diagnostic, within.caller))
                current = None
            except TooMuch as too_much:
                raise TooMuch(located(too_much.diagnostic, within.caller)) from None
            except Poisoned:
                current = None
        return current

    def branch(self, condition: tree.Condition, frame: Frame) -> tree.Body | None:
        """The braces that an `if` chooses. Raises Mistake or Poisoned."""
        chosen: tree.Body | tree.Condition | None = condition
        while isinstance(chosen, tree.Condition):
            chosen = chosen.then if self.truth(chosen.test, frame) else chosen.otherwise
        return chosen

    def chain(self, chain: tree.Chain, frame: Frame, current: Current, wanted: Wanted | None = None) -> Current:
        """What flows out of `a -> b -> c`; behind a mistake the rest is looked through for others."""
        for position, item in enumerate(chain.items):
            try:
                if isinstance(item, tree.Times):
                    current = self._times(item, frame, current, wanted)
                else:
                    current = self.step(item, frame, current, position == 0, wanted)
            except Mistake as mistake:
                self.report(located(mistake.diagnostic, frame.caller))
                current = None
            except Poisoned:
                current = None
        return current

    def _times(self, item: tree.Times, frame: Frame, current: Current, wanted: Wanted | None) -> Current:
        count = self.integer(item.count, frame, "a whole number of repeats")
        with self.budget.repeating(count, item.count.span):
            self.budget.foresee("this repeat", item.step, frame.module, item.count.span, count)
            for _ in range(count):
                current = self.step(item.step, frame, current, False, wanted)
        return current

    def step(
        self, step: tree.Step, frame: Frame, current: Current, first: bool = True, wanted: Wanted | None = None
    ) -> Current:
        """One step: a value to start from, or something to apply to what flows."""
        subject = step.subject
        if isinstance(subject, tree.Call):
            return self.call(subject.name, Call(subject.arguments, frame, current, step, wanted))
        if isinstance(subject, tree.Name) and subject.token.text not in frame.values:
            return self.call(subject.token, Call(None, frame, current, step, wanted))
        if not first:
            refuse(flow_errors.mid_chain(subject.span.text, subject.span))
        return value_of(self, subject, frame)

    # Calls

    def call(self, name: tree.Token, call: Call) -> Current:
        """Applies an operation, a block or a slot to what flows. Raises Mistake or Poisoned."""
        self.budget.spend(call.step.span)
        operation = OPERATIONS.get(name.text)
        if operation is not None and operation.role != "input":
            return apply_operation(self, operation, call)
        definition = call.frame.module.find(name.text)
        if definition is not None and isinstance(definition.tree, tree.Block):
            return call_block(self, definition, call)
        if definition is not None and isinstance(definition.tree, tree.Slot):
            return fill_slot(self, definition, call)
        self._refuse_call(name, call)

    def _refuse_call(self, name: tree.Token, call: Call) -> NoReturn:
        """There is nothing of that name; the arguments are looked through all the same. Told once a place."""
        frame = call.frame
        for item in call.arguments.items if call.arguments is not None else ():
            self.attempt(item.value if isinstance(item, tree.Argument) else item, frame)
        self.unless_lost(name.text, frame)
        if id(name) in self._told:
            raise Poisoned
        self._told.add(id(name))
        known = [*OPERATIONS, *frame.module.names(tree.Block, tree.Slot)]
        known += [one for one in frame.values if isinstance(one, str)]
        refuse(errors.unknown_step(name.text, name.span, known))

    # Where blocks stand

    def count_sibling(self, scope: int, name: str) -> int:
        """The how-manieth block of a name in a scope this is, counted from 1."""
        key = (scope, name)
        self._siblings[key] = number = self._siblings.get(key, 0) + 1
        return number

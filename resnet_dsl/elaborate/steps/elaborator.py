"""The elaborator: runs bodies, statements and steps, and lets the builder make a node of each operation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, NoReturn

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.building.assuming import any_shape
from resnet_dsl.elaborate.building.builder import BlockKind, Builder
from resnet_dsl.elaborate.building.residual import Blocks
from resnet_dsl.elaborate.building.sharing import Sharing
from resnet_dsl.elaborate.expressions import Evaluator
from resnet_dsl.elaborate.findings import Findings
from resnet_dsl.elaborate.frames import Frame, Invocation, Wanted
from resnet_dsl.elaborate.merging import chain_of, has_step_in_front
from resnet_dsl.elaborate.steps.applying import apply_operation
from resnet_dsl.elaborate.steps.blocks import call_block
from resnet_dsl.elaborate.steps.settings import branch, gather
from resnet_dsl.elaborate.steps.skips import merge_skip
from resnet_dsl.elaborate.steps.slots import fill_slot
from resnet_dsl.elaborate.unused import Used
from resnet_dsl.elaborate.values import POISON, Constant, Current, PoisonedError, TooLargeError, Value
from resnet_dsl.elaborate.wording import located
from resnet_dsl.ir.operation import RESERVED
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Elaborator:
    """The elaboration of one network. See Context for what it holds, and for what it does for those below."""

    def __init__(self, name: str, blocks_in_all: Counter[BlockKind], most_steps: int) -> None:
        self.builder = Builder(name)
        self.budget = limits.Budget(most_steps)
        self.findings = Findings()
        self.used = Used()
        self.blocks = Blocks(blocks_in_all)
        self.sharing = Sharing()
        self.evaluator = Evaluator(self.budget, self.findings, self.blocks, self.sharing)
        self._unknown: dict[tree.Token, str | None] = {}  # for each unknown step what was meant

    # Statements

    def body(self, body: tree.Body, frame: Frame, current: Current) -> Current:
        """See Context."""
        within = gather(self, body.statements, frame)
        for statement in body.statements:
            self.budget.spend(statement.span, limits.TERMS_OF_A_STATEMENT)
            before, current = current, None
            try:
                current = _STATEMENTS[type(statement)](self, statement, within, before)
            except (DiagnosticError, PoisonedError) as raised:
                self.findings.take(raised, within.caller)
                current = before and any_shape(before)
            except TooLargeError as too_much:
                raise TooLargeError(located(too_much.diagnostic, within.caller)) from None
        return current

    def _named(self, statement: tree.Named, frame: Frame, current: Current) -> Current:
        target = statement.target
        token = target.token if isinstance(target, tree.Name) else target.name
        name: str | tuple[str, int] = token.text
        try:
            check_value_name(token, frame)
        except DiagnosticError as mistake:
            self.findings.refused.add((frame.scope, token.text))
            self.findings.take(mistake, frame.caller)
            return self.chain(statement.chain, frame, current)
        if isinstance(target, tree.Indexed):
            frame.values.setdefault(token.text, None)  # where its index has a mistake
            name = (token.text, self.evaluator.integer(target.index, frame, "a whole number as index"))
            frame.values.pop(token.text)
        result = frame.values[name] = self.chain(statement.chain, frame, current)
        if result is not None:
            self.builder.named.setdefault(result.node, token)
        return result

    def _let(self, statement: tree.Let, frame: Frame, current: Current) -> Current:
        frame.constants[statement.name.text] = self.evaluator.attempt(statement.value, frame)
        return current

    def _skip(self, statement: tree.Skip, frame: Frame, current: Current) -> Current:
        self.used.skips.add(statement)
        with self.budget.deeper(limits.IN_A_SKIP, statement.span):
            return merge_skip(self, statement, frame, current)

    def _repeat(self, statement: tree.Repeat, frame: Frame, current: Current) -> Current:
        if statement.holds_settings_alone:
            return current
        try:
            count = self.evaluator.integer(statement.count, frame, "a whole number of repeats")
        except (DiagnosticError, PoisonedError):
            self._round(statement, frame, current, POISON)
            raise
        with self.budget.repeating(count, statement.count.span):
            if count > 1:  # a hundred repeats of one round, in one another, would look through the innermost each
                self.budget.foresee("this repeat", statement.body, frame.module, statement.count.span, count)
            self._doubt_scope(statement.body, frame)
            for index in range(count):
                current = self._round(statement, frame, current, index)
        return current

    def _round(self, statement: tree.Repeat, frame: Frame, current: Current, index: Constant) -> Current:
        if statement.index is not None:
            frame.constants[statement.index.text] = index
        self.budget.spend(statement.span)
        with self.budget.deeper(limits.IN_BRACES, statement.span):
            return self.body(statement.body, frame, current)

    def _condition(self, statement: tree.Condition, frame: Frame, current: Current) -> Current:
        try:
            chosen = branch(self, statement, frame)
        except (DiagnosticError, PoisonedError):
            _forget(statement, frame)
            raise
        if chosen is None or statement.holds_settings_alone:
            return current
        self._doubt_scope(chosen, frame)
        with self.budget.deeper(limits.IN_BRACES, statement.span):
            return self.body(chosen, frame, current)

    def _doubt_scope(self, body: tree.Body, frame: Frame) -> None:
        """Settings beside steps in the braces of an `if` or a `repeat` hold for these alone, in this version."""
        setting = next((one for one in body.statements if isinstance(one, tree.Setting)), None)
        if setting is not None:
            self.findings.report(_scope_that_ends(setting.span), frame.caller)

    def _setting(self, statement: tree.Setting, frame: Frame, current: Current) -> Current:
        """Gathered before the braces were entered."""
        return current

    # Steps

    def chain(self, chain: tree.Chain, frame: Frame, current: Current, wanted: Wanted | None = None) -> Current:
        """See Context."""
        for item in chain.items:
            before, current = current, None
            try:
                if isinstance(item, tree.Times):
                    current = self._times(item, frame, before, wanted)
                else:
                    current = self._step(item, frame, before, wanted, item is chain.items[0])
            except (DiagnosticError, PoisonedError) as raised:
                self.findings.take(raised, frame.caller)
                current = before and any_shape(before)
        return current

    def _times(self, item: tree.Times, frame: Frame, current: Current, wanted: Wanted | None) -> Current:
        try:
            count = self.evaluator.integer(item.count, frame, "a whole number of repeats")
        except (DiagnosticError, PoisonedError):
            self._step(item.step, frame, current, wanted)
            raise
        with self.budget.repeating(count, item.count.span):
            self.budget.foresee("this repeat", item.step, frame.module, item.count.span, count)
            for _ in range(count):
                current = self._step(item.step, frame, current, wanted)
        return current

    def _step(
        self, step: tree.Step, frame: Frame, current: Current, wanted: Wanted | None, first: bool = False
    ) -> Current:
        """One step: a value to start from, or something to apply to what flows."""
        subject = step.subject
        if isinstance(subject, tree.Call):
            return self.call(subject.name, Invocation(subject.arguments, frame, current, step, wanted))
        if isinstance(subject, tree.Name) and not _is_value(subject.token.text, frame):
            return self.call(subject.token, Invocation(None, frame, current, step, wanted))
        if not first:
            raise DiagnosticError(_mid_chain(subject.span.text, subject.span))
        return self.evaluator.flowing(subject, frame)

    def call(self, name: tree.Token, call: Invocation) -> Current:
        """See Context."""
        self.budget.spend(call.step.span)
        if has_step_in_front(name, call.arguments, call.frame.module):
            self._refuse_step(name, call)
        operation = call.frame.module.operation(name.text)
        if operation is not None and operation.role != "input":
            return apply_operation(self, operation, call)
        definition = call.frame.module.find(name.text)
        if definition is not None and isinstance(definition.tree, tree.Block):
            return call_block(self, definition, call)
        if definition is not None and isinstance(definition.tree, tree.Slot):
            return fill_slot(self, definition, call)
        return self._guessed(name, call)

    def _refuse_step(self, name: tree.Token, call: Invocation) -> NoReturn:
        """A step as an argument of another one."""
        from resnet_dsl.elaborate.names import meant

        assert call.arguments is not None
        raise DiagnosticError(meant.step_as_argument(name, call.arguments, call.frame.module))

    def _guessed(self, name: tree.Token, call: Invocation) -> Current:
        """There is nothing of that name, which is told once a place: what flows out of the one that was meant.

        The arguments are looked through all the same. Raises PoisonedError where none is near, or it does not fit.
        """
        frame = call.frame
        for item in tree.items(call.arguments) if not errors.is_foreign_step(name.span) else ():
            self._look_through(item.value if isinstance(item, tree.Argument) else item, call)
        self.findings.unless_lost(name.text, frame)
        if call.arguments is None and name.text in frame.constants:
            raise DiagnosticError(errors.no_flow(frame.constants[name.text], name.span))
        if call.arguments is None and (found := self._given_later(name, frame)):
            raise DiagnosticError(found)
        if name not in self._unknown:
            known = [*OPERATIONS, *frame.module.names(tree.Block, tree.Slot)]
            known += [one for one in frame.values if isinstance(one, str)]
            self._unknown[name] = nearest(name.text, [*known, *errors.STATEMENTS], _SURE)
            self.findings.report(errors.unknown_step(name.text, name.span, known), frame.caller)
        meant = self._unknown[name]
        if meant is None or not (meant in frame.values or frame.module.is_step(meant)):
            raise PoisonedError
        return self._tried(name._replace(text=meant), call)

    def _given_later(self, name: tree.Token, frame: Frame) -> Diagnostic | None:
        from resnet_dsl.elaborate.names import unseen  # read where a mistake needs it

        return unseen.given_later(name, frame.module)

    def _look_through(self, item: tree.Expression | tree.Chain, call: Invocation) -> None:
        """For mistakes in an argument of a step that is unknown: it may be one that merges."""
        chain = chain_of(item)
        if chain is not None:
            self.chain(chain, call.frame, call.current, call.wanted)
        elif not isinstance(item, tree.Name) or (item.token.text, 0) not in call.frame.values:
            self.evaluator.attempt(item, call.frame)

    def _tried(self, meant: tree.Token, call: Invocation) -> Current:
        """What flows out of a value or a step. Raises PoisonedError where something is wrong with it."""
        troubles = self.findings.troubles
        if meant.text in call.frame.values:
            return self.evaluator.flowing(tree.Name(meant.span, meant), call.frame)
        try:
            with self.findings.muted():
                result = self.call(meant, call)
        except DiagnosticError:
            raise PoisonedError from None
        if self.findings.troubles > troubles:
            raise PoisonedError
        return result


_SURE = 5  # letters for each slip, where what is near is gone on with


_STATEMENTS: dict[type, Callable[[Elaborator, Any, Frame, Current], Current]] = {
    tree.Chain: Elaborator.chain,
    tree.Named: Elaborator._named,
    tree.Let: Elaborator._let,
    tree.Skip: Elaborator._skip,
    tree.Repeat: Elaborator._repeat,
    tree.Condition: Elaborator._condition,
    tree.Use: Elaborator._setting,
    tree.Default: Elaborator._setting,
    tree.Skips: Elaborator._setting,
}


def _forget(braces: tree.SyntaxNode, frame: Frame) -> None:
    """The names that are given in braces of which it is not known whether they run: nothing is known of them."""
    for node in tree.walk(braces):
        if isinstance(node, tree.Let):
            frame.constants[node.name.text] = POISON
        elif isinstance(node, tree.Named):
            name = node.target.token.text if isinstance(node.target, tree.Name) else node.target.name.text
            frame.values[name] = None


def check_value_name(token: tree.Token, frame: Frame) -> None:
    """A value may not be called like a reserved operation, a block, a slot or a constant. Raises DiagnosticError."""
    name = token.text
    definition = frame.module.find(name)
    if name in RESERVED:
        raise DiagnosticError(_taken_name(name, "an operation", token.span))
    if definition is not None and isinstance(definition.tree, tree.Block | tree.Slot):
        kind = "a block" if isinstance(definition.tree, tree.Block) else "a slot"
        raise DiagnosticError(_taken_name(name, kind, token.span))
    if name in frame.constants:
        raise DiagnosticError(_taken_name(name, "a parameter or `let`", token.span))


def _taken_name(name: str, what: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0210",
        f"a value cannot be called `{name}`: that is {what}",
        Label(span),
        help=f"call it something else, `{name}_out` for one"
        + (f"; `use {name} = …` fills the slot" if what == "a slot" else ""),
    )


def _mid_chain(name: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "E0226",
        f"`{name}` is a value, and a chain can only start from a value",
        Label(span, "what was computed before it would be lost"),
        help=f"merge the two: `add(…, {name})`, `concat(…, {name})`, or `skip from {name}`",
    )


def _is_value(name: str, frame: Frame) -> bool:
    """Whether a bare name among steps is a value: of this flow, or passed to the block, unless a step is called so."""
    passed = frame.constants.get(name)
    return name in frame.values or ((isinstance(passed, Value) or passed is POISON) and not frame.module.is_step(name))


def _scope_that_ends(span: Span) -> Diagnostic:
    return Diagnostic(
        "W0206",
        "this setting holds for what stands beside it; from the next version on it holds for the braces around, too",
        Label(span, "the braces of an `if` or a `repeat` are no scope"),
        help="let it stand alone in these braces, and it holds for those around; or call a block of it and its steps",
    )

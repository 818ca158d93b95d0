"""Flow: runs bodies, statements and steps, and lets the builder make a node of each operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label, Mistake
from resnet_dsl.diagnostics.order import MOST_FOUND, Fresh
from resnet_dsl.elaborate import errors, flow_errors, limits, settings
from resnet_dsl.elaborate.builder import Builder, TooMuch
from resnet_dsl.elaborate.calls import Given, assign, check_all
from resnet_dsl.elaborate.expressions import Expressions, refuse, value_of
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.skips import merge_skip
from resnet_dsl.elaborate.values import (
    POISON,
    Binding,
    Caller,
    Constant,
    Frame,
    Origin,
    Poisoned,
    Settings,
    Value,
)
from resnet_dsl.elaborate.wording import located
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.operation import Operation, Unfit
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

Current = Value | None
"""What flows; None behind a mistake: nothing that follows from it is reported again."""

Wanted = Callable[[Value, tuple[str, ...]], Mapping[str, Given]]
"""What an adapter's step is given on top of its own arguments, of the parameters that it has."""


class Flow(Expressions):
    """The elaboration of one network. Mistakes are collected in ``diagnostics``."""

    def __init__(self, builder: Builder, blocks_in_all: int) -> None:
        super().__init__()
        self.builder = builder
        self.diagnostics: list[Diagnostic] = []
        self._fresh = Fresh()
        self.blocks_in_all = blocks_in_all
        self.blocks = 0
        self.used: set[int] = set()
        self.called: set[int] = set()
        self.ran: set[int] = set()
        self.excused: set[int] = set()
        self.named: dict[int, tree.Token] = {}
        self.stated: list[Settings] = []
        self.budget = limits.Budget()
        self._active: list[tuple[tree.Block, Span]] = []
        self._filling: list[tuple[str, int]] = []
        self._siblings: dict[tuple[int, str], int] = {}
        self._constants: dict[int, Constant] = {}
        self._told: set[int] = set()

    # Names of a file

    def file_constant(self, definition: Definition, frame: Frame) -> Constant:
        """A file's `let`, evaluated when it is first asked for."""
        let = definition.tree
        assert isinstance(let, tree.Let)
        key = id(let)
        if key not in self._constants:
            self._constants[key] = POISON
            with self.deeper(limits.IN_A_LET, let.span):
                self._constants[key] = self.attempt(let.value, file_frame(definition.module, frame.settings))
        if self._constants[key] is POISON:
            raise Poisoned
        return self._constants[key]

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

    # Statements

    def body(self, body: tree.Body, frame: Frame, current: Current) -> Current:
        """What flows out of braces. Their settings hold for all of them."""
        within = settings.gather(self, body.statements, frame)
        for statement in body.statements:
            try:
                current = _STATEMENTS[type(statement)](self, statement, within, current)
            except Mistake as mistake:
                self.report(located(mistake.diagnostic, within.caller))
                current = None
            except TooMuch as too_much:
                raise TooMuch(located(too_much.diagnostic, within.caller)) from None
            except Poisoned:
                current = None
        return current

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
            return self.call(subject.name, subject.arguments, frame, current, step, wanted)
        if isinstance(subject, tree.Name) and subject.token.text not in frame.values:
            return self.call(subject.token, None, frame, current, step, wanted)
        if not first:
            refuse(flow_errors.mid_chain(subject.span.text, subject.span))
        return value_of(self, subject, frame)

    # Calls

    def call(
        self,
        name: tree.Token,
        arguments: tree.Arguments | None,
        frame: Frame,
        current: Current,
        step: tree.Step,
        wanted: Wanted | None = None,
        extra: Mapping[str, Given] | None = None,
    ) -> Current:
        """Applies an operation, a block or a slot to what flows."""
        self.budget.spend(step.span)
        operation = OPERATIONS.get(name.text)
        if operation is not None and operation.role != "input":
            return self._operation(operation, arguments, frame, current, step, wanted, extra or {})
        definition = frame.module.find(name.text)
        if definition is not None and isinstance(definition.tree, tree.Block):
            return self._block(definition, arguments, frame, current, step, wanted, extra or {})
        if definition is not None and isinstance(definition.tree, tree.Slot):
            return self._slot(definition, arguments, frame, current, step, wanted)
        for item in arguments.items if arguments is not None else ():
            self.attempt(item.value if isinstance(item, tree.Argument) else item, frame)
        self.unless_lost(name.text, frame)
        if id(name) in self._told:
            raise Poisoned
        self._told.add(id(name))
        known = [*OPERATIONS, *frame.module.names(tree.Block, tree.Slot)]
        known += [one for one in frame.values if isinstance(one, str)]
        refuse(errors.unknown_step(name.text, name.span, known))

    def _given(
        self,
        callee: str,
        known: tuple[str, ...],
        arguments: tree.Arguments | None,
        frame: Frame,
        current: Current,
        wanted: Wanted | None,
        extra: Mapping[str, Given],
    ) -> dict[str, Given]:
        """The arguments of a call: written, from the stage's stride, from an adapter's needs, from `default`."""
        report = self.reporter(frame)
        given = assign(callee, list(known), arguments, lambda one: self.attempt(one, frame), report)
        for name, one in extra.items():
            if name in known:
                given[name] = one
            else:
                report(errors.unknown_argument(callee, name, one.span, list(known)))
        if frame.stride is not None and not frame.stride.taken and "stride" in known:
            self._take_stride(callee, frame, given)
        if wanted is not None and current is not None:
            for name, one in wanted(current, known).items():
                given.setdefault(name, one)
        for name in known:
            deferred = None if name in given else frame.settings.default(callee, name)
            if deferred is not None:
                self.used.add(id(deferred.statement))
                given[name] = Given(self.attempt(deferred.expression, deferred.frame), deferred.expression.span)
        return given

    def reporter(self, frame: Frame) -> Callable[[Diagnostic], None]:
        return lambda diagnostic: self.report(located(diagnostic, frame.caller))

    def _take_stride(self, callee: str, frame: Frame, given: dict[str, Given]) -> None:
        pending = frame.stride
        assert pending is not None
        pending.taken = True
        if "stride" in given:
            self.reporter(frame)(errors.stride_given_twice(callee, given["stride"].span, pending.span))
        given["stride"] = Given(pending.value, pending.span)

    def _operation(
        self,
        operation: Operation,
        arguments: tree.Arguments | None,
        frame: Frame,
        current: Current,
        step: tree.Step,
        wanted: Wanted | None,
        extra: Mapping[str, Given],
    ) -> Current:
        if operation.many:
            return self._merge(operation, arguments, frame, step)
        known = tuple(parameter.name for parameter in operation.parameters)
        given = self._given(operation.name, known, arguments, frame, current, wanted, extra) if known else {}
        if not known and arguments is not None and arguments.items:
            refuse(errors.too_many(operation.name, arguments.items[0].span, []))
        sound = check_all(operation, given, step.span, self.reporter(frame))
        if not sound or current is None:
            return None
        values = {parameter.name: parameter.default for parameter in operation.parameters}
        values.update((name, one.value) for name, one in given.items())
        if step.label is None and _does_nothing(operation, values):
            return current
        return self.place(operation, tuple(values.items()), (current,), frame, step)

    def _merge(self, operation: Operation, arguments: tree.Arguments | None, frame: Frame, step: tree.Step) -> Value:
        values: list[Value] = []
        for item in arguments.items if arguments is not None else ():
            if isinstance(item, tree.Argument):
                refuse(errors.unknown_argument(operation.name, item.name.text, item.name.span, []))
            values.extend(self._merged_values(item, frame))
        if len(values) < 2:
            refuse(flow_errors.few_values(operation.name, len(values), step.span))
        return self.place(operation, (), tuple(values), frame, step)

    def _merged_values(self, item: tree.Expression, frame: Frame) -> list[Value]:
        """The value that an argument names, or all of a family: `concat(branch)` merges `branch[0]`, `branch[1]`, …"""
        if isinstance(item, tree.Name) and item.token.text not in frame.values:
            family = sorted(key for key in frame.values if isinstance(key, tuple) and key[0] == item.token.text)
            if family:
                found = [frame.values[key] for key in family]
                if None in found:
                    raise Poisoned
                return [one for one in found if one is not None]
        value = self.evaluate(item, frame)
        if not isinstance(value, Value):
            refuse(flow_errors.not_a("a value that flows", value, item.span, "name a result first: `a = conv(…)`"))
        return [value]

    def place(
        self,
        operation: Operation,
        arguments: tuple[tuple[str, Any], ...],
        inputs: tuple[Value, ...],
        frame: Frame,
        step: tree.Step,
    ) -> Value:
        """A node of the graph; what does not fit is a Mistake at the step."""
        label = None if step.label is None else step.label.text[1:-1]
        origin = Origin(step.span, frame.caller)
        try:
            return self.builder.place(operation, arguments, inputs, frame.scope, origin, label)
        except Unfit as unfit:
            flowing = Label(step.span, f"what flows in is {' and '.join(show(one.shape) for one in inputs)}")
            refuse(Diagnostic(unfit.code, unfit.message, flowing, help=unfit.remedy))

    def _slot(
        self,
        definition: Definition,
        arguments: tree.Arguments | None,
        frame: Frame,
        current: Current,
        step: tree.Step,
        wanted: Wanted | None,
    ) -> Current:
        slot = definition.tree
        assert isinstance(slot, tree.Slot)
        name = slot.name.text
        binding = frame.settings.slot(name)
        if binding is None:
            binding = Binding(slot.chain, file_frame(definition.module, frame.settings), slot)
        self.used.add(id(binding.statement))
        key = (name, id(binding.statement))
        if key in self._filling:
            refuse(errors.slot_circle(name, binding.statement.span))
        self._filling.append(key)
        try:
            with self.deeper(limits.IN_A_SLOT, step.span):
                return self._fill(name, binding, arguments, frame, current, step, wanted)
        except Mistake as mistake:
            caller = Caller(f"slot `{name}`", step.span, frame.caller)
            raise Mistake(located(mistake.diagnostic, caller)) from None
        finally:
            self._filling.pop()

    def _fill(
        self,
        name: str,
        binding: Binding,
        arguments: tree.Arguments | None,
        frame: Frame,
        current: Current,
        step: tree.Step,
        wanted: Wanted | None,
    ) -> Current:
        """Runs the steps that fill a slot: their names are those of where they were written, all else is from here."""
        within = Frame(
            binding.frame.module, binding.frame.constants, binding.frame.values, binding.frame.entry, frame.settings,
            frame.scope, Caller(f"slot `{name}`", step.span, frame.caller), binding.frame.kind, frame.stride,
        )  # fmt: skip
        items = binding.chain.items
        single = items[0] if len(items) == 1 else None
        if arguments is None and step.label is None:
            return self.chain(binding.chain, within, current, wanted)
        if not isinstance(single, tree.Step) or not isinstance(single.subject, tree.Name | tree.Call):
            refuse(errors.chain_in_slot(name, step.span))
        extra = self._extra(name, arguments, frame)
        subject = single.subject
        token, written = (subject.token, None) if isinstance(subject, tree.Name) else (subject.name, subject.arguments)
        labelled = tree.Step(single.span, subject, step.label or single.label)
        return self.call(token, written, within, current, labelled, wanted, extra)

    def _extra(self, slot: str, arguments: tree.Arguments | None, frame: Frame) -> dict[str, Given]:
        """Arguments that a slot is called with; they belong to whatever fills it, so they must be named."""
        extra = {}
        for item in arguments.items if arguments is not None else ():
            if not isinstance(item, tree.Argument):
                refuse(errors.unnamed_for_slot(slot, item.span))
            extra[item.name.text] = Given(self.attempt(item.value, frame), item.span)
        return extra

    def _block(
        self,
        definition: Definition,
        arguments: tree.Arguments | None,
        frame: Frame,
        current: Current,
        step: tree.Step,
        wanted: Wanted | None,
        extra: Mapping[str, Given],
    ) -> Current:
        block = definition.tree
        assert isinstance(block, tree.Block)
        name = block.name.text
        self._check_recursion(block, step)
        self.budget.foresee(f"block `{name}`", block.body, definition.module, step.span)
        parameters = block.parameters.items if block.parameters is not None else ()
        known = tuple(parameter.name.text for parameter in parameters)
        given = self._given(name, known, arguments, frame, current, wanted, extra)
        self.called.add(id(block))
        self._active.append((block, _callee(step)))
        try:
            with self.deeper(limits.IN_A_BLOCK, step.span):
                return self._run_block(definition, given, frame, current, step)
        finally:
            self._active.pop()

    def _check_recursion(self, block: tree.Block, step: tree.Step) -> None:
        """Raises Mistake where a block is called that is being run."""
        position = next((i for i, (active, _) in enumerate(self._active) if active is block), None)
        if position is None:
            return
        calls = [*(span for _, span in self._active[position + 1 :]), _callee(step)]
        names = [active.name.text for active, _ in self._active[position:]]
        refuse(errors.recursion(list(zip(names, calls, strict=True))))

    def _run_block(
        self, definition: Definition, given: dict[str, Given], frame: Frame, current: Current, step: tree.Step
    ) -> Current:
        block = definition.tree
        assert isinstance(block, tree.Block)
        name = block.name.text
        scope = self._open_scope(name, frame, current, given)
        where = f"block `{name}`, called from {_where(self, frame)}"
        caller = Caller(where, step.span, frame.caller)
        inner = Frame(definition.module, {}, {}, current, frame.settings, scope, caller)
        absent = self._bind(block, given, inner)
        if absent:
            self.reporter(frame)(errors.missing(name, absent, step.span, bool(given)))
        result = self.body(block.body, inner, current)
        if result is not None:
            self.builder.close(scope, result.node)
        return result

    def _bind(self, block: tree.Block, given: dict[str, Given], inner: Frame) -> list[str]:
        """Fills a block's parameters; a default may use the parameters before it and `in`. Those that lack a value."""
        absent = []
        for parameter in block.parameters.items if block.parameters is not None else ():
            name = parameter.name.text
            if name in given:
                inner.constants[name] = given[name].value
            elif parameter.default is not None:
                inner.constants[name] = self.attempt(parameter.default, inner)
            else:
                inner.constants[name] = POISON
                absent.append(name)
        return absent

    def _open_scope(self, name: str, frame: Frame, current: Current, given: dict[str, Given]) -> int:
        """The scope of a block: `block3` in a stage, the block's own name elsewhere, numbered from the second on."""
        parent = self.builder.scopes[frame.scope]
        in_stage = parent.kind == "stage"
        if in_stage:
            self.blocks += 1
            last = max(self.blocks_in_all - 1, 1)
            self.progress = min((self.blocks - 1) / last, 1.0)
        key = (frame.scope, "block" if in_stage else name)
        self._siblings[key] = number = self._siblings.get(key, 0) + 1
        shown = f"block{number}" if in_stage else name if number == 1 else f"{name}{number}"
        entry = current.node if current is not None else 0
        scope = self.builder.open("block", shown, frame.scope, entry)
        opened = self.builder.scopes[scope]
        opened.block = name
        opened.args = {key: one.value for key, one in given.items() if _is_plain(one.value)}
        return scope

    # Control

    def _named(self, statement: tree.Named, frame: Frame, current: Current) -> Current:
        target = statement.target
        token = target.token if isinstance(target, tree.Name) else target.name
        name: str | tuple[str, int] = token.text
        try:
            check_value_name(token, frame)
        except Mistake:
            self.refused.add((frame.scope, token.text))
            raise
        if isinstance(target, tree.Indexed):
            name = (token.text, self.integer(target.index, frame, "a whole number as index"))
        result = frame.values[name] = self.chain(statement.chain, frame, current)
        if result is not None:
            self.named.setdefault(result.node, token)
        return result

    def _let(self, statement: tree.Let, frame: Frame, current: Current) -> Current:
        frame.constants[statement.name.text] = self.attempt(statement.value, frame)
        return current

    def _skip(self, statement: tree.Skip, frame: Frame, current: Current) -> Current:
        self.ran.add(id(statement))
        with self.deeper(limits.IN_A_SKIP, statement.span):
            return merge_skip(self, statement, frame, current)

    def _repeat(self, statement: tree.Repeat, frame: Frame, current: Current) -> Current:
        count = self.integer(statement.count, frame, "a whole number of repeats")
        with self.budget.repeating(count, statement.count.span):
            self.budget.foresee("this repeat", statement.body, frame.module, statement.count.span, count)
            for index in range(count):
                if statement.index is not None:
                    frame.constants[statement.index.text] = index
                self.budget.spend(statement.span)
                with self.deeper(limits.IN_BRACES, statement.span):
                    current = self.body(statement.body, frame, current)
        return current

    def _condition(self, statement: tree.Condition, frame: Frame, current: Current) -> Current:
        chosen: tree.Body | tree.Condition | None = statement
        while isinstance(chosen, tree.Condition):
            chosen = chosen.then if self.truth(chosen.test, frame) else chosen.otherwise
        if chosen is None:
            return current
        with self.deeper(limits.IN_BRACES, statement.span):
            return self.body(chosen, frame, current)

    def _setting(self, statement: tree.Setting, frame: Frame, current: Current) -> Current:
        """Gathered before the braces were entered."""
        return current


_STATEMENTS: dict[type, Callable[[Flow, Any, Frame, Current], Current]] = {
    tree.Chain: lambda self, statement, frame, current: self.chain(statement, frame, current),
    tree.Named: Flow._named,
    tree.Let: Flow._let,
    tree.Skip: Flow._skip,
    tree.Repeat: Flow._repeat,
    tree.Condition: Flow._condition,
    tree.Use: Flow._setting,
    tree.Default: Flow._setting,
    tree.Skips: Flow._setting,
}


def _callee(step: tree.Step) -> Span:
    """Where the name of what a step calls stands."""
    return step.subject.name.span if isinstance(step.subject, tree.Call) else step.subject.span


def check_value_name(token: tree.Token, frame: Frame) -> None:
    """A value may not be called like an operation, a block, a slot or a constant. Raises Mistake."""
    name = token.text
    definition = frame.module.find(name)
    if name in OPERATIONS:
        refuse(errors.taken_name(name, "an operation", token.span))
    if definition is not None and isinstance(definition.tree, tree.Block | tree.Slot):
        kind = "a block" if isinstance(definition.tree, tree.Block) else "a slot"
        refuse(errors.taken_name(name, kind, token.span))
    if name in frame.constants:
        refuse(errors.taken_name(name, "a parameter or `let`", token.span))


def file_frame(module: Any, outer: Settings) -> Frame:
    """The frame of what stands directly in a file: its definitions, and nothing that flows."""
    return Frame(module, {}, {}, None, outer, 0, None, "file")


def _does_nothing(operation: Operation, values: Mapping[str, Any]) -> bool:
    """`identity`, and noise that never strikes, need no node."""
    return operation.name == "identity" or (operation.role == "noise" and values.get("rate") == 0)


def _is_plain(value: Constant) -> bool:
    return value is not POISON and not isinstance(value, Value)


def _where(flow: Flow, frame: Frame) -> str:
    """The place of a call in words: the stage, or the block that it stands in."""
    scope = flow.builder.scopes[frame.scope]
    if scope.kind in ("stage", "network"):
        return f"{scope.kind} `{scope.name}`"
    if scope.kind in ("stem", "head"):
        return f"the {scope.kind}"
    return f"block `{scope.block}`" if scope.block else "a skip connection"

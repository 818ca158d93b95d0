"""What was probably meant by a name that nothing has at its place, from the text alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from functools import lru_cache

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.diagnostics.nearest import respelt, suggestion
from resnet_dsl.elaborate import errors, notation
from resnet_dsl.elaborate.attributes import ATTRIBUTES
from resnet_dsl.elaborate.functions import FUNCTIONS
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.elaborate.wording import in_place_of, spelled
from resnet_dsl.ir.operation import Operation
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

_ELSEWHERE = {
    "pow": "a power is written `a ** b`",
    "exp": "a power is written `2.718 ** a`",
    "log": "`log2(a)` is the logarithm to base 2",
    "ln": "`log2(a) / 1.4427` is the natural logarithm",
    "int": "`floor(a)` rounds down, `round(a)` to the nearest, and `a // b` divides so",
    "abs": "`max(a, -a)` is `a` without its sign",
    "sum": "add the items one by one: `a[0] + a[1]`",
    "mean": "a mean is written out: `(a + b) / 2`",
    "clip": "`max(low, min(a, high))` keeps `a` between two numbers",
    "clamp": "`max(low, min(a, high))` keeps `a` between two numbers",
    "range": "rounds are counted by `repeat n as i { … }`, from 0",
}
"""Functions of other languages, and how the same is written here."""


class Preceding:
    """What stands in front of a place in a definition: the statement before the one that it is in."""

    def __init__(self, definition: tree.SyntaxNode) -> None:
        self._definition = definition
        self._found: list[tuple[int, int, tree.SyntaxNode | None]] | None = None

    def flows(self, span: Span) -> bool:
        """Whether a place is in braces in which something flows."""
        before = self._before(span)
        return before is not None and span.start < before[1]

    def result(self, span: Span) -> tree.Chain | tree.Named | None:
        """The steps right above the statement of a place, with the name of their result or without one."""
        found = self._before(span)
        before = found[2] if found is not None else None
        return before if isinstance(before, tree.Chain | tree.Named) else None

    def _before(self, span: Span) -> tuple[int, int, tree.SyntaxNode | None] | None:
        """The innermost statement that begins last in front of a place: from where to where, and the one before it."""
        if self._found is None:
            self._found = sorted(_preceding(self._definition), key=lambda one: one[0])
        position = bisect_right(self._found, span.start, key=lambda one: one[0]) - 1
        return self._found[position] if position >= 0 else None


def _preceding(definition: tree.SyntaxNode) -> Iterator[tuple[int, int, tree.SyntaxNode | None]]:
    for body in tree.walk(definition):
        if isinstance(body, tree.Body):
            for before, statement in zip((None, *body.statements), body.statements, strict=False):
                yield statement.span.start, statement.span.end, before


_ENTRIES = ("in", "input", "stem", "head")
"""What names a value wherever something flows."""


def unknown_result(name: str, span: Span, known: list[str], before: tree.Chain | tree.Named | None) -> Diagnostic:
    """A value that a merge or a skip is to read; ``before``: the steps above, whose result may be meant."""
    found = errors.unknown_name(name, span, [*known, *_ENTRIES])
    if suggestion(name, [*known, *_ENTRIES]) is not None:
        return found
    if name in OPERATIONS:
        return found._replace(help=f"`{name}` is a step: name its result, `{name}_out = …`, and write `{name}_out`")
    if before is None:
        return found._replace(help=f"name the result of a step above: `{name} = …`")
    if isinstance(before, tree.Named):
        return found._replace(help=f"did you mean `{spelled(before.target.span)}`, the result right above?")
    edit = Edit(Span(before.span.source, before.span.start, before.span.start), f"{name} = ")
    return found._replace(help=f"name the result of the steps above: `{name} = {spelled(before.span)}`", edits=(edit,))


def given_later(token: tree.Token, module: Module) -> Diagnostic | None:
    """A name that its definition gives, though only at this statement or behind it."""
    span, giving = token.span, module.giving.get(token.text, [])
    position = bisect_right(giving, span.start, key=lambda one: one.span.end)
    definition = next((one.tree for one in module.own.values() if span.within(one.tree.span)), None)
    if definition is None or position == len(giving) or not giving[position].span.within(definition.span):
        return None
    given = giving[position].span
    told = Diagnostic("E0208", f"`{token.text}` is not known yet", Label(span))
    if span.within(given):
        return _given_here(
            told._replace(place=Label(span, "this statement is what gives it")), giving[position], definition
        )
    return told._replace(others=(Label(given, "it is given here"),), help=f"write `{spelled(given)}` in front of this")


def _given_here(told: Diagnostic, statement: tree.Named | tree.Let, definition: tree.SyntaxNode) -> Diagnostic:
    """A name that the statement asks for by which it is given."""
    if isinstance(statement, tree.Let):
        return told._replace(help="write what it starts from: a number, a parameter or another `let`")
    before = _preceding_in(definition).result(statement.target.span)
    if not isinstance(before, tree.Chain):
        return told._replace(help="write another value's name: `in` is what entered these braces")
    name, start = spelled(statement.target.span), before.span.start
    edit = Edit(Span(before.span.source, start, start), f"{name} = ")
    return told._replace(help=f"name the result of the steps above: `{name} = {spelled(before.span)}`", edits=(edit,))


@lru_cache(maxsize=2)
def _preceding_in(definition: tree.SyntaxNode) -> Preceding:
    return Preceding(definition)


def hidden_value(name: str, span: Span, block: tree.Block) -> Diagnostic:
    """A value of the network, asked for inside a block."""
    own = [spelled(one.span) for one in tree.parameters(block)]
    passed = f"{name}_in" if name in ("input", "stem", "head") else name
    return Diagnostic(
        "E0208",
        f"a block does not see the network's values, and so no `{name}`",
        Label(span, f"in block `{block.name.text}`"),
        help=f"pass it as an argument: `block {block.name.text}({', '.join([*own, passed])})`, called with "
        f"`{passed} = {name}`",
    )


def unknown_name(
    name: str, span: Span, known: list[str], module: Module, block: tree.SyntaxNode | None, flows: bool
) -> Diagnostic:
    """A name in an expression. ``block``: the block that it stands in, if any; ``flows``: whether something does."""
    if isinstance(block, tree.Block) and name in module.values_of_networks:
        return hidden_value(name, span, block)
    found = errors.unknown_name(name, span, known)
    if flows and name in ATTRIBUTES:
        edit = Edit(span, f"in.{name}")
        return found._replace(help=f"`in.{name}` is that of the value that entered these braces", edits=(edit,))
    return _step_as_value(found, name) if module.is_step(name) else found


def _step_as_value(found: Diagnostic, name: str) -> Diagnostic:
    """`conv(16, 3, 1, relu)`: a step among the arguments of one."""
    from resnet_dsl.vocabulary import hints

    hint = hints.of_activation(found.place.span) if found.place else None
    remedy = f"`{name}` is a step, and stands behind another: `… -> {name}`"
    return found._replace(help=remedy, edits=()) if hint is None else hint.diagnostic


def _misread(call: tree.Call, module: Module) -> Diagnostic | None:
    """A call that is written as elsewhere: a value of another tool, an input's name, a bracket behind a step."""
    from resnet_dsl.vocabulary import hints

    if hint := hints.of_function(call.span):
        return hint.diagnostic
    span = call.name.span
    return notation.named_input(span) or (notation.bracket_behind(span) if module.is_step(span.text) else None)


def unknown_function(call: tree.Call, module: Module, is_value: bool) -> Diagnostic:
    """A call in an expression, of what is no function. ``is_value``: but a parameter, a `let` or a value."""
    name, span = call.name.text, call.name.span
    if misread := (notation.broken_off(span) if module.is_step(name) else None) or _misread(call, module):
        return misread
    found = Diagnostic("E0208", f"there is no function called `{name}`", Label(span))
    if module.is_step(name):
        remedy = (
            f"`{name}` is a step: name its result to pass it on, `side = {name}(…)`; counts stand in front of steps"
        )
        return found._replace(help=remedy)
    if is_value:
        return found._replace(help=f"`{name}` is a value: an item of a list stands in square brackets, `{name}[0]`")
    if name in _ELSEWHERE:
        return found._replace(help=_ELSEWHERE[name])
    if suggestion(name, FUNCTIONS) is None and (near := suggestion(name, OPERATIONS)):
        remedy = f"{near} A step is no argument: what flows into another one stands in front of it"
        return found._replace(help=remedy)
    remedy = f"expressions have {listed(FUNCTIONS)}; steps stand outside of expressions"
    return respelt(found._replace(help=remedy), name, FUNCTIONS)


def step_in_let(let: tree.Let, called: tree.Token, in_file: bool) -> Diagnostic:
    """A step's result that is named with `let`, which is for numbers and the like."""
    if broken := notation.broken_off(called.span):
        return broken
    name, steps = let.name.text, spelled(let.value.span)
    edit = Edit(Span(let.span.source, let.span.start, let.name.span.start), "")
    told = Diagnostic("E0208", f"`let` names numbers, and `{called.text}` is a step", Label(called.span))
    if in_file:
        return told._replace(help=f"steps get a name as a block: `block {name} {{ {steps} }}`")
    return told._replace(help=f"write it without `let`: `{name} = {steps}`", edits=(edit,), sure=True)


def unknown_adapter(name: str, span: Span, module: Module) -> Diagnostic:
    """What a skip connection is to go through, which is a step that takes `channels` or `stride`."""
    steps = [*module.names(tree.Block), *OPERATIONS]
    known = [one for one in steps if {"channels", "stride"} & {*(module.parameters_of(one) or ())}]
    found = errors.unknown_step(name, span, known)
    if found.edits or suggestion(name, known) is not None:
        return found
    if suggestion(name, others := [*steps, *module.names(tree.Slot)]) is not None:
        return errors.unknown_step(name, span, others)
    return found._replace(help="`skips via project` is the default; `skips off` leaves skip connections out")


def slot_as_step(statement: tree.Default, module: Module) -> Diagnostic:
    """`default norm(…)`: a slot has no arguments of its own, what fills it has."""
    slot = statement.name.text
    filler = _filler(slot, module)
    span, arguments = statement.span, spelled(statement.arguments.span)
    told = Diagnostic(
        "E0126",
        f"`{slot}` is a slot: `default` is for steps, `use` for slots",
        Label(statement.name.span),
    )
    if not _takes(filler, statement.arguments, module):
        return told._replace(help=f"write `use {slot} = STEP{arguments}`, with the step that is to fill it")
    written = f"use {slot} = {filler}{arguments}"
    return told._replace(help=f"write `{written}`", edits=in_place_of(span, written))


def _takes(step: str, arguments: tree.Arguments, module: Module) -> bool:
    """Whether a step has these arguments, which are named."""
    known = module.parameters_of(step) or []
    return all(isinstance(item, tree.Argument) and item.name.text in known for item in arguments.items)


def _filler(slot: str, module: Module) -> str:
    """The step that a file fills a slot with, slots looked through; "" where that is no single one."""
    name = slot
    for _ in range(len(module.seen)):
        found = module.find(name)
        if found is None or not isinstance(found.tree, tree.Slot):
            return name
        items = found.tree.chain.items
        name = items[0].callee.text if len(items) == 1 and isinstance(items[0], tree.Step) and items[0].callee else ""
    return ""


def not_a_slot(statement: tree.Use, module: Module) -> Diagnostic:
    """`use` of what is no slot: of an operation, that of the slot which it, or one of its kind, fills."""
    token, slots = statement.slot, module.names(tree.Slot)
    operation = module.operation(token.text)
    told = errors.unknown_slot(token.text, token.span, slots, operation is not None)
    slot = told.edits[0].text if told.edits else _slot_of(operation, slots, module)
    if slot is not None:
        written = f"write `use {slot} = {spelled(statement.chain.span)}`"
        words = written if told.edits else f"`{token.text}` is an operation, and stands in the slot `{slot}`: {written}"
        return told._replace(help=words, edits=told.edits or (Edit(token.span, slot),))
    if operation is None and module.is_step(token.text):
        return told._replace(help=_block_instead(token.text, spelled(statement.chain.span), module))
    return told


def _slot_of(operation: Operation | None, slots: list[str], module: Module) -> str | None:
    """The first slot that a file fills with the operation, or with one of its kind."""
    if operation is None:
        return None
    fillers = ((slot, module.operation(_filler(slot, module))) for slot in slots)
    return next((slot for slot, one in fillers if one is not None and one.role == operation.role), None)


def _block_instead(name: str, steps: str, module: Module) -> str:
    """What to write where something is to stand in a block's place."""
    if "channels" in (module.parameters_of(name) or ()):
        return f"`{name}` is a block: what skip connections pass through is said by `skips via {steps}`"
    slots = listed(module.names(tree.Slot))
    return f"`{name}` is a block; the slots are {slots}. A block `{name}` of this file takes the place of the prelude's"

"""What was probably meant by a name that nothing has at its place, from the text alone."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Edit, Label
from resnet_dsl.diagnostics.nearest import suggestion
from resnet_dsl.elaborate import errors
from resnet_dsl.elaborate.arithmetic import FUNCTIONS
from resnet_dsl.elaborate.meant import spelled
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

ATTRIBUTES = ("channels", "shape", "rank")
"""What a value has: `in.channels`."""

_ELSEWHERE = {
    "pow": "a power is written `a ** b`",
    "exp": "a power is written `2.718 ** a`",
    "log": "`log2(a)` is the logarithm to base 2",
    "ln": "`log2(a) / 1.4427` is the natural logarithm",
    "int": "`floor(a)` rounds down, `round(a)` to the nearest, and `a // b` divides so",
    "abs": "`max(a, -a)` is `a` without its sign",
    "sum": "add the items one by one: `a[0] + a[1]`",
    "range": "rounds are counted by `repeat n as i { … }`, from 0",
}
"""Functions of other languages, and how the same is written here."""


class Preceding:
    """What stands in front of a place in a definition: the statement before the one that it is in."""

    def __init__(self, definition: tree.Node) -> None:
        self._definition = definition
        self._found: list[tuple[int, tree.Node | None]] | None = None

    def chain(self, span: Span) -> tree.Chain | None:
        """The steps without a name right above the statement of a place."""
        if self._found is None:
            self._found = sorted(_preceding(self._definition), key=lambda one: one[0])
        position = bisect_right(self._found, span.start, key=lambda one: one[0]) - 1
        before = self._found[position][1] if position >= 0 else None
        return before if isinstance(before, tree.Chain) else None


def _preceding(definition: tree.Node) -> Iterator[tuple[int, tree.Node | None]]:
    for body in tree.walk(definition):
        if isinstance(body, tree.Body):
            for before, statement in zip((None, *body.statements), body.statements, strict=False):
                yield statement.span.start, before


def unknown_result(name: str, span: Span, known: list[str], before: tree.Chain | None) -> Diagnostic:
    """A value that a merge or a skip is to read; ``before``: the steps above, whose result has no name yet."""
    found = errors.unknown_name(name, span, known)
    if suggestion(name, known) is not None:
        return found
    if before is None:
        return found._replace(help=f"name the result of a step above: `{name} = …`")
    edit = Edit(Span(before.span.source, before.span.start, before.span.start), f"{name} = ")
    return found._replace(help=f"name the result of the steps above: `{name} = {spelled(before.span)}`", edits=(edit,))


def hidden_value(name: str, span: Span, block: tree.Block) -> Diagnostic:
    """A value of the network, asked for inside a block."""
    own = [one.name.text for one in tree.parameters(block)]
    passed = f"{name}_in" if name in ("input", "stem", "head") else name
    return Diagnostic(
        "E0208",
        f"a block does not see the network's values, and so no `{name}`",
        Label(span, f"in block `{block.name.text}`"),
        help=f"pass it as an argument: `block {block.name.text}({', '.join([*own, passed])})`, called with "
        f"`{passed} = {name}`",
    )


def unknown_name(name: str, span: Span, known: list[str], module: Module, block: tree.Node | None) -> Diagnostic:
    """A name in an expression. ``block``: the block that it stands in, if it does."""
    if isinstance(block, tree.Block) and name in module.values_of_networks:
        return hidden_value(name, span, block)
    found = errors.unknown_name(name, span, known)
    if isinstance(block, tree.Block) and name in ATTRIBUTES:
        edit = Edit(span, f"in.{name}")
        return found._replace(help=f"`in.{name}` is that of the value that entered the block", edits=(edit,))
    return found


def unknown_function(call: tree.Call, module: Module) -> Diagnostic:
    """A call in an expression, of what is no function."""
    name = call.name.text
    remedy = _ELSEWHERE.get(name) or suggestion(name, FUNCTIONS)
    if module.is_step(name):
        remedy = f"`{name}` is a step, and gives no number: a count stands in front of its step, as in `3 x {name}`"
    elif remedy is None:
        remedy = f"expressions have {listed(FUNCTIONS)}; steps stand outside of expressions"
    return Diagnostic("E0208", f"there is no function called `{name}`", Label(call.name.span), help=remedy)


def step_in_let(let: tree.Let, module: Module, in_file: bool) -> Diagnostic | None:
    """A step's result that is named with `let`, which is for numbers and the like."""
    called = let.value.name if isinstance(let.value, tree.Call) else None
    if called is None or called.text in FUNCTIONS or not module.is_step(called.text):
        return None
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
    if suggestion(name, known) is not None:
        return found
    return found._replace(help="`skips via project` is the default; `skips off` leaves skip connections out")


def slot_as_step(statement: tree.Default, module: Module) -> Diagnostic | None:
    """`default norm(…)`: a slot has no arguments of its own, what fills it has."""
    slot = statement.name.text
    filler = _filler(slot, module)
    if filler is None:
        return None
    span, arguments = statement.span, spelled(statement.arguments.span)
    written = f"use {slot} = {filler}{arguments}" if filler else f"use {slot} = …"
    return Diagnostic(
        "E0126",
        f"`{slot}` is a slot: `default` is for steps, `use` for slots",
        Label(statement.name.span),
        help=f"write `{written}`",
        edits=(Edit(span, written),) if filler else (),
    )


def _filler(slot: str, module: Module) -> str | None:
    """The step that a file fills a slot with, slots looked through; "" where it is several; None for no slot."""
    name: str | None = slot
    for _ in range(len(module.seen)):
        found = module.find(name) if name is not None else None
        if found is None or not isinstance(found.tree, tree.Slot):
            break
        items = found.tree.chain.items
        name = items[0].callee.text if len(items) == 1 and isinstance(items[0], tree.Step) and items[0].callee else None
    return None if name == slot else name or ""


def not_a_slot(statement: tree.Use, module: Module) -> Diagnostic:
    """`use` of what is no slot: of an operation, that of the slot which it, or one of its kind, fills."""
    token, slots = statement.slot, module.names(tree.Slot)
    operation = module.operation(token.text)
    told = errors.unknown_slot(token.text, token.span, slots, operation is not None)
    fillers = {slot: module.operation(_filler(slot, module) or "") for slot in slots}
    fitting = [slot for slot, one in fillers.items() if operation is not None and one and one.role == operation.role]
    if not fitting:
        return told
    written = f"use {fitting[0]} = {spelled(statement.chain.span)}"
    words = f"`{token.text}` is an operation, and stands in the slot `{fitting[0]}`: write `{written}`"
    return told._replace(help=words, edits=(Edit(token.span, fitting[0]),))

"""Expressions: from their tree to a constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.diagnostics.nearest import nearest
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.arithmetic import FUNCTIONS, LARGEST, calculate, compare, extent, number, too_large
from resnet_dsl.elaborate.circles import let_circle
from resnet_dsl.elaborate.findings import Findings
from resnet_dsl.elaborate.frames import Frame, file_frame
from resnet_dsl.elaborate.modules import Definition
from resnet_dsl.elaborate.residual import Blocks
from resnet_dsl.elaborate.sharing import Sharing
from resnet_dsl.elaborate.values import POISON, Constant, Items, PoisonedError, Value
from resnet_dsl.elaborate.wording import sort_of
from resnet_dsl.ir.lengths import channels
from resnet_dsl.ir.operations import WORDS
from resnet_dsl.ir.parameters import is_integer, is_number
from resnet_dsl.ir.sizes import SIDES, is_open, open_length, written_size
from resnet_dsl.sentences import listed
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Evaluator:
    """Evaluates the expressions of one run over a network; the `let`s of files once."""

    def __init__(self, budget: limits.Budget, findings: Findings, blocks: Blocks, sharing: Sharing) -> None:
        self.budget = budget
        self.findings = findings
        self.blocks = blocks
        self.sharing = sharing
        self._lets: dict[tree.Let, Constant] = {}
        self._asking: list[tuple[tree.Let, Span]] = []
        self._told: set[tree.Entry] = set()

    def evaluate(self, expression: tree.Operand | tree.Lengths | tree.Chain, frame: Frame) -> Constant:
        """The constant that an expression is worth in a frame. Raises DiagnosticError or PoisonedError."""
        kind = type(expression)
        self.budget.spend(expression.span, 1)
        if kind in _LEAVES:
            return _EVALUATORS[kind](self, expression, frame)
        with self.budget.deeper(limits.IN_AN_EXPRESSION, expression.span):
            return _EVALUATORS[kind](self, expression, frame)

    def attempt(self, expression: tree.Expression | tree.Chain, frame: Frame) -> Constant:
        """An expression's worth, or POISON behind a mistake, which is reported."""
        try:
            return self.evaluate(expression, frame)
        except (DiagnosticError, PoisonedError) as raised:
            self.findings.take(raised, frame.caller)
            return POISON

    def argument(self, callee: str, name: str, expression: tree.Expression | tree.Chain, frame: Frame) -> Constant:
        """What is given for a parameter, or POISON behind a mistake, which is reported."""
        try:
            return self.evaluate(expression, frame)
        except (DiagnosticError, PoisonedError) as raised:
            self.findings.take(_as_word(raised, callee, name, expression, frame), frame.caller)
            return POISON

    def knows(self, name: str, frame: Frame) -> bool:
        """Whether a bare name is worth something here, or may be, for all that could be read."""
        module = frame.module
        here = name in frame.constants or name in frame.values or name in WORDS or name == "progress"
        return here or module.find_let(name) is not None or module.may_hold(name)

    def integer(self, expression: tree.Operand, frame: Frame, wanted: str) -> int:
        value = self.evaluate(expression, frame)
        if not is_integer(value):
            raise DiagnosticError(errors.not_a(wanted, value, expression.span, _whole(value, expression.span.text)))
        return int(value)

    def truth(self, expression: tree.Expression, frame: Frame) -> bool:
        value = self.evaluate(expression, frame)
        if not isinstance(value, bool):
            remedy = f"compare it, as in `{expression.span.text} > 1`" if is_number(value) else None
            wanted = "a truth value (a comparison, `true`, `false`)"
            raise DiagnosticError(errors.not_a(wanted, value, expression.span, remedy))
        return value

    def flowing(self, expression: tree.Expression, frame: Frame) -> Value:
        """The value that an expression names. Raises DiagnosticError where it names none."""
        found = self.evaluate(expression, frame)
        if not isinstance(found, Value):
            remedy = "name a result first: `a = conv(…)`"
            raise DiagnosticError(errors.not_a("a value that flows", found, expression.span, remedy))
        return found

    # Names

    def _named(self, token: tree.Token, frame: Frame) -> Constant:
        """What a bare name means: the frame's constants and values first, the file's, then words."""
        text = token.text
        if text in frame.constants:
            return _sound(frame.constants[text])
        if text in frame.values:
            return _known(frame.values[text])
        if text == "progress":
            return self._progress(token, frame)
        let = frame.module.find_let(text)
        if let is not None:
            return self._let(let, token, frame)
        if text in WORDS and text not in frame.module.lost:
            return text
        self.findings.unless_lost(text, frame)
        known = [*_names(frame), *FUNCTIONS, *sorted(WORDS), "progress"]
        from resnet_dsl.elaborate import unseen

        raise DiagnosticError(
            unseen.unknown_name(text, token.span, known, frame.module, running_block(frame), frame.entry is not None)
        )

    def _let(self, definition: Definition, token: tree.Token, frame: Frame) -> Constant:
        """A file's `let`, evaluated when it is first asked for, by ``token``."""
        let = definition.tree
        assert isinstance(let, tree.Let)
        self._check_circle(let, token)
        if let not in self._lets:
            self._asking.append((let, token.span))
            try:
                with self.budget.deeper(limits.IN_A_LET, let.span), self.blocks.nowhere():
                    self._lets[let] = self.attempt(let.value, file_frame(definition.module, frame.settings))
            finally:
                self._asking.pop()
        return _sound(self._lets[let])

    def _check_circle(self, let: tree.Let, token: tree.Token) -> None:
        """Raises DiagnosticError where a `let` is asked for that is being worked out."""
        position = next((i for i, (asked, _) in enumerate(self._asking) if asked is let), None)
        if position is not None:
            spans = [*(span for _, span in self._asking[position + 1 :]), token.span]
            names = [asked.name.text for asked, _ in self._asking[position:]]
            raise DiagnosticError(let_circle(list(zip(names, spans, strict=True))))

    def _progress(self, token: tree.Token, frame: Frame) -> float:
        """The current block's place in the network, 0 to 1. Raises DiagnosticError where nothing flows."""
        blocks = self.blocks
        if blocks.part is None:
            raise DiagnosticError(errors.no_progress(token.span))
        blocks.asked = True
        if blocks.adrift:
            self.findings.report(_progress_adrift(blocks.in_all, blocks.progress, token.span), frame.caller)
        self.sharing.ask("progress", (0, blocks.progress))
        return blocks.progress

    def _name(self, node: tree.Name, frame: Frame) -> Constant:
        return self._named(node.token, frame)

    def _entry(self, node: tree.Entry, frame: Frame) -> Value:
        word = node.keyword.text
        if word == "in":
            return self._entered(node, frame)
        if word not in frame.values:
            raise DiagnosticError(_no_part(word, node.span, frame))
        return _known(frame.values[word])

    def _entered(self, node: tree.Entry, frame: Frame) -> Value:
        """What entered the block or part; in a part it was the network's input before."""
        if frame.kind in ("file", "network"):
            raise DiagnosticError(errors.no_entry(node.span))
        if frame.kind != "block" and frame.entry != frame.values["input"] and len(self._told) < _MOST_TOLD:
            self._told.add(node)
            self.findings.report(_meant_the_input(frame.kind, node.span), frame.caller)
        return _known(frame.entry)

    def _indexed(self, node: tree.Indexed, frame: Frame) -> Constant:
        name = node.name.text
        index = self.integer(node.index, frame, "a whole number as index")
        if (name, index) in frame.values:
            return _known(frame.values[(name, index)])
        known = sorted(key[1] for key in frame.values if isinstance(key, tuple) and key[0] == name)
        if known:
            raise DiagnosticError(_no_index(name, index, node.span, known))
        items = self._named(node.name, frame)
        if not isinstance(items, Items | tuple) or isinstance(items, Value):
            remedy = f"it is one number: write `{name}`" if is_number(items) else None
            raise DiagnosticError(errors.not_a("a list", items, node.name.span, remedy))
        if not 0 <= index < len(items):
            raise DiagnosticError(_no_index(name, index, node.index.span, list(range(len(items)))))
        return items[index]

    def _attribute(self, node: tree.Attribute, frame: Frame) -> Constant:
        value = self.evaluate(node.subject, frame)
        for token in node.names:
            if not isinstance(value, Value) or token.text not in _ATTRIBUTES:
                raise DiagnosticError(_unknown_attribute(token.text, value, token.span))
            value = _certain(_ATTRIBUTES[token.text], value)
        return value

    # What is made of others

    def _either(self, node: tree.Either, frame: Frame) -> bool:
        return any(self.truth(operand, frame) for operand in node.operands)

    def _both(self, node: tree.Both, frame: Frame) -> bool:
        return all(self.truth(operand, frame) for operand in node.operands)

    def _negation(self, node: tree.Negation, frame: Frame) -> bool:
        return not self.truth(node.operand, frame)

    def _comparison(self, node: tree.Comparison, frame: Frame) -> bool:
        left, right = self.evaluate(node.left, frame), self.evaluate(node.right, frame)
        if isinstance(left, Items):
            self.budget.spend(node.span, limits.check_list(left, node.span))
        operator = node.operator
        return compare(left, said(operator), right, operator.span if operator.text == "~=" else node.span)

    def _number(self, node: tree.Number, frame: Frame) -> int | float:
        value = number(said(node.token))
        if value >= LARGEST:
            raise DiagnosticError(too_large(node.span))
        return value

    def _size(self, node: tree.Size | tree.Lengths, frame: Frame) -> Constant:
        lengths: list[int | str | None] = []
        for part in node.lengths:
            value = self.evaluate(part, frame)
            if isinstance(value, tuple) and not isinstance(value, Items | Value):
                lengths.extend(value)
            elif is_open(value) or is_integer(value):
                lengths.append(value)
            else:
                raise DiagnosticError(errors.not_a("a whole number", value, part.span))
            limits.check_size(tuple(lengths), node.span)
        return tuple(lengths)

    def _arithmetic(self, node: tree.Sum | tree.Product, frame: Frame) -> Constant:
        items = node.items
        result = self.evaluate(items[0], frame)  # type: ignore[arg-type]
        for position in range(1, len(items), 2):
            right = self.evaluate(items[position + 1], frame)  # type: ignore[arg-type]
            said(items[position])  # type: ignore[arg-type]
            result = calculate(result, items[position], right)  # type: ignore[arg-type]
        return result

    def _power(self, node: tree.Power, frame: Frame) -> Constant:
        return calculate(self.evaluate(node.base, frame), node.operator, self.evaluate(node.exponent, frame))

    def _sign(self, node: tree.Sign, frame: Frame) -> Constant:
        value = self.evaluate(node.operand, frame)
        said(node.sign)
        if not is_number(value):
            raise DiagnosticError(errors.not_a("a number", value, node.operand.span))
        return -value if node.sign.text == "-" else value

    def _chain(self, node: tree.Chain, frame: Frame) -> Constant:
        """A merge runs the chains among its arguments; nothing else has a place for one."""
        raise DiagnosticError(errors.chain_as_argument(node.span))

    def _choice(self, node: tree.Choice, frame: Frame) -> Constant:
        """Only what is chosen is worked out."""
        return self.evaluate(node.then if self.truth(node.test, frame) else node.otherwise, frame)

    def _list(self, node: tree.List, frame: Frame) -> Items:
        items = Items(self.evaluate(item, frame) for item in node.items)
        self.budget.spend(node.span, limits.check_list(items, node.span))
        return items

    def _call(self, node: tree.Call, frame: Frame) -> Constant:
        name, written = node.name.text, node.arguments
        if name not in FUNCTIONS:
            from resnet_dsl.elaborate import unseen

            is_value = name in frame.constants or name in frame.values or frame.module.find_let(name) is not None
            raise DiagnosticError(unseen.unknown_function(node, frame.module, is_value))
        least, most, function = FUNCTIONS[name]
        for item in written.items:
            if isinstance(item, tree.Argument):
                raise DiagnosticError(errors.unknown_argument(name, item.name.text, item.name.span, []))
        values = [self.evaluate(item, frame) for item in written.items]  # type: ignore[arg-type]
        if len(values) > most:
            raise DiagnosticError(errors.too_many(name, written.span, ["value"] * most))
        if len(values) < least:
            raise DiagnosticError(errors.missing(name, ["value"], node.span, bool(values)))
        if name != "len" and len(values) == 1 and isinstance(values[0], Items):
            values = list(values[0]) if name in ("min", "max") and values[0] else values
            self.budget.spend(node.span, len(values))
        for value in values:
            if not (isinstance(value, tuple) and not isinstance(value, Value) if name == "len" else is_number(value)):
                raise DiagnosticError(errors.not_a("a list" if name == "len" else "a number", value, written.span))
        if name in _POSITIVE and not values[0] > 0:
            raise DiagnosticError(errors.not_a("a number above 0", values[0], written.span))
        return function(*values)


_MOST_TOLD = 20  # places of `in` in a network: what compiled before is not refused for many warnings

_POSITIVE = ("sqrt", "log2")

_ATTRIBUTES: dict[str, Callable[[Value], Constant]] = {
    "channels": lambda value: channels(value.shape),
    "shape": lambda value: written_size(value.shape),
    "rank": lambda value: len(value.shape) - 1,
}


def said(token: tree.Token) -> str:
    """What a word says. Raises PoisonedError where it stands for one that could not be read."""
    if not token.text:
        raise PoisonedError
    return token.text


def _certain(attribute: Callable[[Value], Constant], value: Value) -> Constant:
    """What a value says of itself. Raises PoisonedError where that is not known behind a mistake."""
    found = attribute(value)
    if any(attribute(value._replace(shape=other)) != found for other in value.others):
        raise PoisonedError
    return found


_LEAVES = (tree.Name, tree.Number, tree.Text, tree.Truth, tree.Extent, tree.Entry)

_EVALUATORS: dict[type, Callable[[Evaluator, Any, Frame], Constant]] = {
    tree.Name: Evaluator._name,
    tree.Entry: Evaluator._entry,
    tree.Indexed: Evaluator._indexed,
    tree.Either: Evaluator._either,
    tree.Both: Evaluator._both,
    tree.Negation: Evaluator._negation,
    tree.Comparison: Evaluator._comparison,
    tree.Size: Evaluator._size,
    tree.Lengths: Evaluator._size,
    tree.Sum: Evaluator._arithmetic,
    tree.Product: Evaluator._arithmetic,
    tree.Power: Evaluator._power,
    tree.Bracketed: lambda self, node, frame: self.evaluate(node.inside, frame),
    tree.Sign: Evaluator._sign,
    tree.Attribute: Evaluator._attribute,
    tree.Choice: Evaluator._choice,
    tree.Chain: Evaluator._chain,
    tree.List: Evaluator._list,
    tree.Call: Evaluator._call,
    tree.Unknown: lambda self, node, frame: open_length(said(node.token)),
    tree.Number: Evaluator._number,
    tree.Extent: lambda self, node, frame: extent(said(node.token)),
    tree.Text: lambda self, node, frame: said(node.token)[1:-1],
    tree.Truth: lambda self, node, frame: said(node.token) == "true",
}


def running_block(frame: Frame) -> tree.Node | None:
    """The block whose braces a place stands in."""
    return frame.caller.runs if frame.kind == "block" and frame.caller is not None else None


def _no_part(word: str, span: Span, frame: Frame) -> Diagnostic:
    from resnet_dsl.elaborate import unseen

    block = running_block(frame)
    if isinstance(block, tree.Block):
        return unseen.hidden_value(word, span, block)
    return errors.no_part(word, span) if frame.kind == "file" else errors.no_such_part(word, span, frame.kind)


def _names(frame: Frame) -> list[str]:
    """The names that are known in a frame, families left out."""
    values = (name for name in frame.values if isinstance(name, str))
    return [*frame.constants, *values, *frame.module.lets()]


def _as_word(
    raised: DiagnosticError | PoisonedError, callee: str, name: str, expression: tree.Node, frame: Frame
) -> DiagnosticError | PoisonedError:
    """The same mistake, or, of an unknown name where a word is taken, which words there are."""
    operation = frame.module.operation(callee)
    if operation is None or not isinstance(expression, tree.Name) or isinstance(raised, PoisonedError):
        return raised
    parameter, span = operation.parameter(name), expression.span
    if raised.diagnostic.code != "E0208" or raised.diagnostic.place is None or raised.diagnostic.place.span != span:
        return raised
    from resnet_dsl.elaborate import meant

    mistake = meant.no_word(callee, parameter, expression.token.text, span, _names(frame))
    return raised if mistake is None else DiagnosticError(mistake)


def _sound(constant: Constant) -> Constant:
    """A constant itself. Raises PoisonedError where a mistake has left none."""
    if constant is POISON:
        raise PoisonedError
    return constant


def _known(value: Value | None) -> Value:
    """A value itself. Raises PoisonedError where a mistake has left none."""
    if value is None:
        raise PoisonedError
    return value


def _meant_the_input(part: str, span: Span) -> Diagnostic:
    return Diagnostic(
        "W0231",
        f"`in` is what entered the {part}; before this version it was the network's input",
        Label(span),
        help="write `input` where the network's input is meant; this warning goes with the next version",
    )


def _progress_adrift(blocks: int, progress: float, span: Span) -> Diagnostic:
    """``blocks``: how many the network has."""
    if blocks:
        why = "it goes on from block to block: calls of what has a `skip`"
        remedy = "give what asks for it a `skip` of its own, or use a number in its stage: `use drop = drop_path(0.1)`"
    else:
        why = "it goes on from block to block, and this network has none"
        remedy = "put the steps into a block, and call it: `block NAME { … }`, `4 x NAME`"
    message = f"`progress` is asked for outside of a residual block, and is {progress:.3g} here"
    return Diagnostic("W0205", message, Label(span, why), help=remedy)


def _whole(value: Constant, text: str) -> str | None:
    """What to write for a whole number."""
    if is_number(value) and text.count("/") == 1:
        return f"write `{text.replace('/', '//')}`, which rounds down"
    if is_number(value):
        return "round it: `round(…)`, `floor(…)`, `ceil(…)`, or divide with `//`"
    if isinstance(value, Items):
        return f"`len({text})` is how many it holds: `repeat len({text}) as i {{ … }}`, where `{text}[i]` is the item"
    return f"write one number: `{text}[0]`" if isinstance(value, tuple) and not isinstance(value, Value) else None


def _unknown_attribute(name: str, value: Constant, span: Span) -> Diagnostic:
    sort = sort_of(value)
    if isinstance(value, Value):
        return Diagnostic("E0219", f"{sort} has no `{name}`", Label(span), help=_attribute_meant(name, value))
    remedy = "only values that flow (`in`, a named result) have attributes"
    sides = SIDES.get(len(value) - 1, ()) if isinstance(value, tuple) and not isinstance(value, Items) else ()
    if name in sides:
        remedy = f"write `[{sides.index(name)}]` behind its name for its {name}"
    elif isinstance(value, tuple):
        remedy = "`len(a)` is how many numbers it holds, `a[0]` the first one"
    return Diagnostic("E0219", f"{sort} has no `{name}`", Label(span), help=remedy)


_ALIKE = {
    **dict.fromkeys(("depth", "filters", "features", "planes", "width_of_channels", "c"), "channels"),
    **dict.fromkeys(("size", "dims", "dim", "output", "shape_of"), "shape"),
    **dict.fromkeys(("ndim", "ndims", "axes", "dimensions"), "rank"),
}
"""What other tools call what a value has."""


def _attribute_meant(name: str, value: Value) -> str:
    near = _ALIKE.get(name) or nearest(name, _ATTRIBUTES)
    if near is not None:
        return f"did you mean `{near}`?"
    sides = SIDES.get(len(value.shape) - 1, ())
    position = sides.index(name) if name in sides else 0
    side = f"its {name}" if name in sides else "the first length"
    return f"it has {listed(_ATTRIBUTES)}: after `let size = in.shape`, `size[{position}]` is {side}"


def _no_index(name: str, index: int, span: Span, known: list[int]) -> Diagnostic:
    if index < 0 and -index <= len(known):
        last = f"{name}[len({name}) - {-index}]"
        has: str | None = f"items are counted from 0, and not from behind: `{last}`"
    else:
        has = f"there are {listed(f'{name}[{one}]' for one in known[:8])}" if known else None
    return Diagnostic("E0230", f"there is no `{name}[{index}]`", Label(span, "counted from 0"), help=has)

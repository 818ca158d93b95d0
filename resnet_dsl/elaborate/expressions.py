"""Expressions: from their tree to a constant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resnet_dsl.diagnostics.diagnostic import DiagnosticError
from resnet_dsl.elaborate import errors, limits
from resnet_dsl.elaborate.arithmetic import LARGEST, calculate, compare, extent, number, too_large
from resnet_dsl.elaborate.attributes import attribute_of
from resnet_dsl.elaborate.building.residual import Blocks
from resnet_dsl.elaborate.building.sharing import Sharing
from resnet_dsl.elaborate.findings import Findings
from resnet_dsl.elaborate.frames import Frame
from resnet_dsl.elaborate.functions import FUNCTIONS, apply_function, check_unnamed, listed_apart
from resnet_dsl.elaborate.lets import Lets
from resnet_dsl.elaborate.values import POISON, Constant, Items, PoisonedError, Value
from resnet_dsl.ir.operations import WORDS
from resnet_dsl.ir.parameters import is_integer, is_number
from resnet_dsl.ir.sizes import is_open, open_length
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree


class Evaluator:
    """Evaluates the expressions of one run over a network; the `let`s of files once."""

    def __init__(self, budget: limits.Budget, findings: Findings, blocks: Blocks, sharing: Sharing) -> None:
        self.budget = budget
        self.findings = findings
        self.blocks = blocks
        self.sharing = sharing
        self._lets = Lets(self._let)
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
            from resnet_dsl.elaborate import unvalued

            self.findings.take(unvalued.as_word(raised, callee, name, expression, frame), frame.caller)
            return POISON

    def knows(self, name: str, frame: Frame) -> bool:
        """Whether a bare name is worth something here, or may be, for all that could be read."""
        module = frame.module
        here = name in frame.constants or name in frame.values or name in WORDS or name == "progress"
        return here or module.find_let(name) is not None or module.may_hold(name)

    def integer(self, expression: tree.Operand, frame: Frame, wanted: str) -> int:
        value = self.evaluate(expression, frame)
        if not is_integer(value):
            from resnet_dsl.elaborate import unvalued

            remedy = unvalued.repeats(value, expression.span)
            raise DiagnosticError(errors.not_a(wanted, value, expression.span, remedy))
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
            return _sound(self._lets.worth(let, token, frame.settings))
        if text in WORDS and text not in frame.module.lost:
            return text
        self.findings.unless_lost(text, frame)
        from resnet_dsl.elaborate import unvalued

        raise DiagnosticError(unvalued.unknown_name(token, frame, [*FUNCTIONS, *sorted(WORDS), "progress"]))

    def _let(self, let: tree.Let, frame: Frame) -> Constant:
        """What the `let` of a file is worth, in the frame of its file."""
        with self.budget.deeper(limits.IN_A_LET, let.span), self.blocks.nowhere():
            return self.attempt(let.value, frame)

    def _progress(self, token: tree.Token, frame: Frame) -> float:
        """The current block's place in the network, 0 to 1. Raises DiagnosticError where nothing flows."""
        blocks = self.blocks
        if blocks.part is None:
            raise DiagnosticError(errors.no_progress(token.span))
        blocks.asked = True
        if blocks.adrift:
            from resnet_dsl.elaborate import unvalued

            adrift = unvalued.progress_adrift(blocks.in_all, blocks.progress, token.span)
            self.findings.report(adrift, frame.caller)
        self.sharing.ask("progress", (0, blocks.progress))
        return blocks.progress

    def _name(self, node: tree.Name, frame: Frame) -> Constant:
        return self._named(node.token, frame)

    def _entry(self, node: tree.Entry, frame: Frame) -> Value:
        word = node.keyword.text
        if word == "in":
            return self._entered(node, frame)
        if word not in frame.values:
            from resnet_dsl.elaborate import unvalued

            raise DiagnosticError(unvalued.no_part(word, node.span, frame))
        return _known(frame.values[word])

    def _entered(self, node: tree.Entry, frame: Frame) -> Value:
        """What entered the block or part; in a part it was the network's input before."""
        if frame.kind in ("file", "network"):
            raise DiagnosticError(errors.no_entry(node.span))
        if frame.kind != "block" and frame.entry != frame.values["input"] and len(self._told) < _MOST_TOLD:
            from resnet_dsl.elaborate import unvalued

            self._told.add(node)
            self.findings.report(unvalued.meant_the_input(frame.kind, node.span), frame.caller)
        return _known(frame.entry)

    def _indexed(self, node: tree.Indexed, frame: Frame) -> Constant:
        name = node.name.text
        index = self.integer(node.index, frame, "a whole number as index")
        if (name, index) in frame.values:
            return _known(frame.values[(name, index)])
        known = sorted(key[1] for key in frame.values if isinstance(key, tuple) and key[0] == name)
        if known:
            raise _no_index(name, index, node.span, known)
        items = self._named(node.name, frame)
        if not isinstance(items, Items | tuple) or isinstance(items, Value):
            remedy = f"it is one number: write `{name}`" if is_number(items) else None
            raise DiagnosticError(errors.not_a("a list", items, node.name.span, remedy))
        if not 0 <= index < len(items):
            raise _no_index(name, index, node.index.span, [*range(len(items))])
        return items[index]

    def _attribute(self, node: tree.Attribute, frame: Frame) -> Constant:
        value = self.evaluate(node.subject, frame)
        for token in node.names:
            value = attribute_of(value, token)
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
        name = node.name.text
        if name not in FUNCTIONS:
            from resnet_dsl.elaborate.names import unseen

            is_value = name in frame.constants or name in frame.values or frame.module.find_let(name) is not None
            raise DiagnosticError(unseen.unknown_function(node, frame.module, is_value))
        check_unnamed(node)
        given: list[Constant] = [self.evaluate(item, frame) for item in node.arguments.items]  # type: ignore[arg-type]
        values = listed_apart(node, given)
        if name != "len" and len(given) == 1 and isinstance(given[0], Items):
            self.budget.spend(node.span, len(values))
        return apply_function(node, values)


_MOST_TOLD = 20  # places of `in` in a network: what compiled before is not refused for many warnings


def said(token: tree.Token) -> str:
    """What a word says. Raises PoisonedError where it stands for one that could not be read."""
    if not token.text:
        raise PoisonedError
    return token.text


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


def _no_index(name: str, index: int, span: Span, known: list[int]) -> DiagnosticError:
    from resnet_dsl.elaborate import unvalued

    return DiagnosticError(unvalued.no_index(name, index, span, known))


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

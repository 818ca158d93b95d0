"""How each class of the tree is written: its words in order, and what it leaves to the printer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from resnet_dsl.syntax import tree
from resnet_dsl.syntax.printer import ATOM, COMPARED, NEGATED, SIGNED, Printer, Spelling


def _import_file(to: Printer, node: tree.ImportFile) -> None:
    to.words("import", node.path.text)


def _let(to: Printer, node: tree.Let) -> None:
    to.words("let", node.name.text, "=")
    to.gap()
    to.expression(node.value)


def _slot(to: Printer, node: tree.Slot) -> None:
    to.words("slot", node.name.text, "=")
    to.gap()
    to.chain(node.chain)


def _block(to: Printer, node: tree.Block) -> int:
    to.words("block", node.name.text)
    _parameters(to, node.parameters)
    return to.braced(node.body.statements)


def _network(to: Printer, node: tree.Network) -> int:
    to.words("network", node.name.text)
    _parameters(to, node.parameters)
    if node.base:
        to.gap()
        to.words("from", node.base.name.text)
        _arguments(to, node.base.arguments)
    return to.braced(node.members.items)


def _parameters(to: Printer, node: tree.Parameters | None) -> None:
    if node:
        to.row("(", node.items, ")", _parameter)


def _parameter(to: Printer, node: tree.Parameter) -> None:
    to.word(node.name.text)
    if node.default is not None:
        to.gap()
        to.word("=")
        to.gap()
        to.expression(node.default)


def _arguments(to: Printer, node: tree.Arguments | None) -> None:
    if node:
        to.row("(", node.items, ")", _argument)


def _argument(to: Printer, node: tree.Argument | tree.Expression) -> None:
    if not isinstance(node, tree.Argument):
        to.expression(node)
        return
    to.words(node.name.text, "=")
    to.gap()
    to.expression(node.value)


def _input(to: Printer, node: tree.Input) -> None:
    to.word("input")
    to.gap()
    to.expression(node.size)


def _stem(to: Printer, node: tree.Stem) -> int:
    to.word("stem")
    return to.braced(node.body.statements)


def _stage(to: Printer, node: tree.Stage) -> int:
    to.words("stage", node.name.text)
    _arguments(to, node.arguments)
    return to.braced(node.body.statements)


def _head(to: Printer, node: tree.Head) -> int:
    to.word("head")
    return to.braced(node.body.statements)


def _expect(to: Printer, node: tree.Expect) -> None:
    to.word("expect")
    to.gap()
    to.expression(node.quantity, COMPARED)
    to.gap()
    to.word(node.comparison.text)
    to.gap()
    to.expression(node.value, COMPARED)


def _use(to: Printer, node: tree.Use) -> None:
    to.words("use", node.slot.text, "=")
    to.gap()
    to.chain(node.chain)


def _default(to: Printer, node: tree.Default) -> None:
    to.words("default", node.name.text)
    _arguments(to, node.arguments)


def _skips(to: Printer, node: tree.Skips) -> None:
    to.word("skips")
    if node.policy:
        to.gap()
        to.word(node.policy.text)
    if node.chain:
        to.gap()
        to.word("via")
        to.gap()
        to.chain(node.chain)


def _named(to: Printer, node: tree.Named) -> None:
    to.expression(node.target)
    to.gap()
    to.word("=")
    to.gap()
    to.chain(node.chain)


def _times(to: Printer, node: tree.Times) -> None:
    to.expression(node.count)
    to.gap()
    to.word("x")
    to.gap()
    _step(to, node.step)


def _step(to: Printer, node: tree.Step) -> None:
    to.expression(node.subject)
    if node.label:
        to.gap()
        to.words("as", node.label.text)


def _skip(to: Printer, node: tree.Skip) -> None:
    to.word("skip")
    if node.always:
        to.gap()
        to.word("always")
    if node.source:
        to.gap()
        to.word("from")
        to.gap()
        to.expression(node.source)
    if node.via:
        to.gap()
        to.word("via")
        to.gap()
        to.chain(node.via)
    if node.merge:
        to.gap()
        to.words("by", node.merge.text)


def _repeat(to: Printer, node: tree.Repeat) -> int:
    to.word("repeat")
    to.gap()
    to.expression(node.count)
    if node.index:
        to.gap()
        to.words("as", node.index.text)
    return to.braced(node.body.statements)


def _condition(to: Printer, node: tree.Condition) -> int:
    return to.condition(node)


def _indexed(to: Printer, node: tree.Indexed) -> None:
    to.word(node.name.text)
    to.index(node.index)


def _call(to: Printer, node: tree.Call) -> None:
    to.word(node.name.text)
    _arguments(to, node.arguments)


def _list(to: Printer, node: tree.List) -> None:
    to.row("[", node.items, "]", Printer.expression)


def _joined(operator: str, binding: int) -> Callable[[Printer, Any], None]:
    """Operands with the same word between them."""

    def printer(to: Printer, node: Any) -> None:
        items = getattr(node, node.fields[1])
        to.operands([part for item in items for part in (operator, item)][1:], binding)

    return printer


def _comparison(to: Printer, node: tree.Comparison) -> None:
    to.operands([node.left, node.operator.text, node.right], COMPARED)


def _signs(binding: int) -> Callable[[Printer, Any], None]:
    """Operands with tokens between them."""

    def printer(to: Printer, node: tree.Sum | tree.Product) -> None:
        to.operands([item.text if isinstance(item, tree.Token) else item for item in node.items], binding)

    return printer


def _negation(to: Printer, node: tree.Negation) -> None:
    to.word("not")
    to.gap()
    to.expression(node.operand, NEGATED)


def _sign(to: Printer, node: tree.Sign) -> None:
    to.word(node.sign.text)
    to.expression(node.operand, SIGNED)


def _attribute(to: Printer, node: tree.Attribute) -> None:
    to.expression(node.subject, ATOM)
    if isinstance(node.subject, tree.Number):
        to.gap()  # a point right behind digits would be the number's own
    for name in node.names:
        to.word(".")
        to.word(name.text)


def _token(to: Printer, node: Any) -> None:
    to.word(node.token.text)


def _entry(to: Printer, node: tree.Entry) -> None:
    to.word(node.keyword.text)


def _unknown(to: Printer, node: tree.Unknown) -> None:
    to.word("?")


SPELLINGS: dict[type, Spelling] = {
    tree.ImportFile: _import_file,
    tree.Let: _let,
    tree.Slot: _slot,
    tree.Block: _block,
    tree.Network: _network,
    tree.Input: _input,
    tree.Stem: _stem,
    tree.Stage: _stage,
    tree.Head: _head,
    tree.Expect: _expect,
    tree.Use: _use,
    tree.Default: _default,
    tree.Skips: _skips,
    tree.Named: _named,
    tree.Chain: Printer.chain,
    tree.Times: _times,
    tree.Step: _step,
    tree.Skip: _skip,
    tree.Repeat: _repeat,
    tree.Condition: _condition,
    tree.Indexed: _indexed,
    tree.Call: _call,
    tree.List: _list,
    tree.Either: _joined("or", 2),
    tree.Both: _joined("and", 3),
    tree.Negation: _negation,
    tree.Comparison: _comparison,
    tree.Size: _joined("x", 6),
    tree.Sum: _signs(7),
    tree.Product: _signs(8),
    tree.Sign: _sign,
    tree.Attribute: _attribute,
    tree.Number: _token,
    tree.Extent: _token,
    tree.Text: _token,
    tree.Truth: _token,
    tree.Name: _token,
    tree.Entry: _entry,
    tree.Unknown: _unknown,
}

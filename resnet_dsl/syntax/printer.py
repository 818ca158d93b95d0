"""From a tree back to text: the words of each class, in order, with the places where a line may end.

The tree holds no comments and no brackets of mere grouping. So the printer walks along the words of the text: where
it prints a word, the comments that stood at it go along. What it passes over is only what the tree does not need:
superfluous brackets, and commas at the end of a list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from resnet_dsl.syntax import tree
from resnet_dsl.syntax.comments import Comments
from resnet_dsl.syntax.layout import CLOSE, COMMA, FILL, HARD, IN, LINE, NOTE, OPEN, OUT, SPACE, TEXT, Piece
from resnet_dsl.syntax.words import Words

_MOST_BRACES = 2  # braces in braces on one line

# How tightly the classes bind; what binds less than its place demands stands in brackets.
_LOOSEST, _NEGATED, _COMPARED, _SIGNED, _ATOM = 1, 3, 5, 8, 10
_BINDING: dict[type, int] = {
    tree.Either: 1,
    tree.Both: 2,
    tree.Negation: 3,
    tree.Comparison: 4,
    tree.Size: 5,
    tree.Sum: 6,
    tree.Product: 7,
    tree.Sign: 8,
    tree.Attribute: 9,
}


class Printer:
    """Prints one definition after another; ``pieces`` is what came of the last one."""

    def __init__(self, words: Words, comments: Comments) -> None:
        self.pieces: list[Piece] = []
        self.has_moved = False  # a comment from one word to another, where the layout would be another
        self._words = words
        self._comments = comments
        self._position = 0
        self._pending: list[tuple[str, bool]] = []  # comments to come, each with whether it stood on its own line

    def definition(self, node: tree.Definition) -> list[Piece]:
        self.pieces = []
        self.statement(node)
        self._flush()
        return self.pieces

    def comments_above(self) -> tuple[list[tuple[str, bool]], bool]:
        """Those in front of the next word, which are then done, and whether a blank line stands below them."""
        return self._comments.above.pop(self._position, []), self._position in self._comments.blank

    # Words and what stands between them.

    def word(self, text: str) -> None:
        self._advance(text)
        above = self._comments.above.pop(self._position, [])
        self._pending += [(comment, True) for comment, _ in above]
        if text not in (",", "{"):  # which stay on the line of the word before them
            self._flush()
        self._add(TEXT, text)
        self._take_behind()
        self._position += 1

    def words(self, *texts: str) -> None:
        """Several, with a space between."""
        for index, text in enumerate(texts):
            if index:
                self._add(SPACE)
            self.word(text)

    def gap(self) -> None:
        """A space."""
        self._add(SPACE)

    def _advance(self, text: str) -> None:
        """To the word of the text that is printed next, past what the tree does not need."""
        while (passed := self._words.text(self._position)) != text:
            assert passed in ("(", ")", ","), f"{passed!r} stands where {text!r} is printed"
            self._pass_over()

    def _pass_over(self) -> None:
        """A superfluous word, whose comments then stand at its neighbours."""
        before = len(self._pending)
        self._take_all()
        self.has_moved |= len(self._pending) > before and self._words.text(self._position) != ","
        self._position += 1

    def _take_all(self) -> None:
        above = self._comments.above.pop(self._position, [])
        self._pending += [(comment, True) for comment, _ in above]
        self._take_behind()

    def _take_behind(self) -> None:
        behind = self._comments.behind.pop(self._position, None)
        if behind:
            self._pending.append((behind, False))

    def _flush(self) -> None:
        self.pieces += [Piece(NOTE, comment, own) for comment, own in self._pending]
        self._pending = []

    def _add(self, kind: int, text: str = "", blank: bool = False) -> None:
        """Of the comments to come, only one can stand in front of a line end."""
        late = []
        if kind in (LINE, FILL, HARD):
            late = self._pending if self._pending and self._pending[0][1] else self._pending[1:]
            self._pending = self._pending[: len(self._pending) - len(late)]
            self._flush()
        self.pieces.append(Piece(kind, text, blank))
        self.pieces += [Piece(NOTE, comment, True) for comment, _ in late]

    # Rows in brackets, and braces.

    def row(self, opening: str, items: Sequence[Any], closing: str, item: Callable[[Printer, Any], None]) -> None:
        self._flush()
        self._add(OPEN)
        self.word(opening)
        self._add(IN)
        for index, one in enumerate(items):
            self._add(LINE, " " if index else "")
            item(self, one)
            if index < len(items) - 1:
                self.word(",")
        if items:
            self._add(COMMA)
        self._above_closing(closing)
        self._add(OUT)
        if items or self.pieces[-2].kind == NOTE or self._pending:
            self._add(LINE)
        self.word(closing)
        self._add(CLOSE)

    def index(self, node: tree.Expression) -> None:
        """Like a row of one, but no comma may follow it."""
        self._flush()
        self._add(OPEN)
        self.word("[")
        self._add(IN)
        self._add(LINE)
        self.expression(node)
        self._above_closing("]")
        self._add(OUT)
        self._add(LINE)
        self.word("]")
        self._add(CLOSE)

    def _above_closing(self, closing: str) -> None:
        self._advance(closing)
        self._leave_to_next(is_apart=False)
        for comment, _ in self._comments.above.pop(self._position, []):
            self._add(HARD)
            self.pieces.append(Piece(NOTE, comment, True))

    def braces(self, items: Sequence[tree.Node]) -> int:
        """Returns how many braces stand in each other here; OPEN and CLOSE around are the caller's."""
        self.word("{")
        self._leave_to_next(is_apart=False)
        self._flush()
        self._add(IN)
        first = len(self.pieces)
        height = 0
        for index, one in enumerate(items):
            self._statement_break(is_first=index == 0)
            height = max(height, self.statement(one))
        self._lines_above_closing(bool(items))
        self._add(OUT)
        if len(self.pieces) == first + 1 and not self._pending:
            self.pieces.pop()  # neither IN nor OUT: `{}`
            self.pieces.pop()
        else:
            self._add(LINE, " ")
        if len(items) > 1 or height >= _MOST_BRACES:
            self.pieces[first] = self.pieces[first]._replace(kind=HARD)
        self.word("}")
        return height + 1

    def _statement_break(self, is_first: bool) -> None:
        """The line end in front of a statement, and the comments above it."""
        above, blank = self.comments_above()
        for comment, has_blank in above:
            self._add(HARD, blank=has_blank and not is_first)
            self.pieces.append(Piece(NOTE, comment, True))
            is_first = False
        if is_first and not above:
            self._add(LINE, " ")
        else:
            self._add(HARD, blank=blank)

    def _lines_above_closing(self, has_items: bool) -> None:
        for comment, blank in self._comments.above.pop(self._position, []):
            self._add(HARD, blank=blank and has_items)
            self.pieces.append(Piece(NOTE, comment, True))
            has_items = True

    # Classes.

    def statement(self, node: Any) -> int:
        """A statement, member or definition. Returns how many braces stand in each other in it."""
        height = _PRINTERS[type(node)](self, node) or 0
        while self._words.text(self._position) in (")", ","):
            self._pass_over()
        self._leave_to_next(is_apart=True)
        return height

    def _leave_to_next(self, is_apart: bool) -> None:
        """Comments to come, but for one on this line, stand above the next word.

        An empty line parts those of one statement from the next: they are not its documentation.
        """
        keep = 1 if self._pending and not self._pending[0][1] else 0
        left = [(comment, False) for comment, _ in self._pending[keep:]]
        self._pending = self._pending[:keep]
        if not left:
            return
        above = self._comments.above.get(self._position, [])
        if above and is_apart:
            above[0] = (above[0][0], True)
        elif is_apart:
            self._comments.blank.add(self._position)
        self._comments.above[self._position] = left + above

    def expression(self, node: Any, binding: int = _LOOSEST) -> None:
        """In brackets where it binds less tightly than its place demands."""
        bracketed = _BINDING.get(type(node), _ATOM) < binding
        if bracketed:
            self.word("(")
        _PRINTERS[type(node)](self, node)
        if bracketed:
            self.word(")")

    def operands(self, items: Sequence[Any], binding: int) -> None:
        """Operands and the operators between them, which begin a line where they do not fit."""
        self._flush()
        self._add(OPEN)
        for index, item in enumerate(items):
            if index == 1:
                self._add(IN)
            if isinstance(item, str):
                self._add(FILL)
                self.word(item)
                self._add(SPACE)
            else:
                self.expression(item, binding)
        if len(items) > 1:
            self._add(OUT)
        self._add(CLOSE)

    def chain(self, node: tree.Chain) -> None:
        """Broken in front of steps with arguments, so that ``conv(64, 3) -> norm -> act`` stays together."""
        segments = _segments(node.items)
        self._flush()
        self._add(OPEN)
        for index, segment in enumerate(segments):
            if index:
                self._arrow(is_first=index == 1 and len(segments[0]) == 1)
            self._add(OPEN)
            for number, item in enumerate(segment):
                if number:
                    self._arrow(is_first=index == 0 and number == 1)
                _PRINTERS[type(item)](self, item)
            self._add(CLOSE)
        if len(node.items) > 1:
            self._add(OUT)
        self._add(CLOSE)

    def braced(self, items: Sequence[tree.Node]) -> int:
        """Braces behind a header: on its line where they fit."""
        self._add(SPACE)
        self._add(OPEN)
        height = self.braces(items)
        self._add(CLOSE)
        return height

    def condition(self, node: tree.Condition) -> int:
        """All its braces stand on one line, or none."""
        self.word("if")
        self._add(SPACE)
        self.expression(node.test)
        self._add(SPACE)
        self._add(OPEN)
        height = self.braces(node.then.statements)
        otherwise = node.otherwise
        while otherwise is not None:
            self._else()
            if isinstance(otherwise, tree.Condition):
                self._add(SPACE)
                self.word("if")
                self._add(SPACE)
                self.expression(otherwise.test)
            self._add(SPACE)
            body = otherwise.then if isinstance(otherwise, tree.Condition) else otherwise
            height = max(height, self.braces(body.statements))
            otherwise = otherwise.otherwise if isinstance(otherwise, tree.Condition) else None
        self._add(CLOSE)
        return height

    def _else(self) -> None:
        """On the line of the brace before it, unless comments stand between."""
        above = self._comments.above.pop(self._position, [])
        commented = above or self._pending
        for comment, _ in above:
            self._add(HARD)
            self.pieces.append(Piece(NOTE, comment, True))
        self._add(HARD if commented else SPACE)
        self.word("else")

    def _arrow(self, is_first: bool) -> None:
        """Comments that stood behind the arrow stand in front of it."""
        if is_first:
            self._add(IN)
        self._advance("->")
        self._take_all()
        self._add(FILL)
        self.word("->")
        self._add(SPACE)


def _segments(items: tuple[tree.Step | tree.Times, ...]) -> list[list[tree.Step | tree.Times]]:
    """The items in groups, each of which a step with arguments begins."""
    segments: list[list[tree.Step | tree.Times]] = []
    for item in items:
        if not segments or isinstance(item, tree.Times) or isinstance(item.subject, tree.Call):
            segments.append([])
        segments[-1].append(item)
    return segments


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
    to.expression(node.quantity, _COMPARED)
    to.gap()
    to.word(node.comparison.text)
    to.gap()
    to.expression(node.value, _COMPARED)


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
    to.operands([node.left, node.operator.text, node.right], _COMPARED)


def _signs(binding: int) -> Callable[[Printer, Any], None]:
    """Operands with tokens between them."""

    def printer(to: Printer, node: tree.Sum | tree.Product) -> None:
        to.operands([item.text if isinstance(item, tree.Token) else item for item in node.items], binding)

    return printer


def _negation(to: Printer, node: tree.Negation) -> None:
    to.word("not")
    to.gap()
    to.expression(node.operand, _NEGATED)


def _sign(to: Printer, node: tree.Sign) -> None:
    to.word(node.sign.text)
    to.expression(node.operand, _SIGNED)


def _attribute(to: Printer, node: tree.Attribute) -> None:
    to.expression(node.subject, _ATOM)
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


_PRINTERS: dict[type, Callable[[Printer, Any], int | None]] = {
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

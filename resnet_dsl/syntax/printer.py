"""What a tree is made of, printed: braces, rows in brackets, chains, operands, with the places where a line may end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from resnet_dsl.syntax import tree
from resnet_dsl.syntax.comments import Comments
from resnet_dsl.syntax.layout import CLOSE, COMMA, FILL, HARD, IN, LINE, NOTE, OPEN, OUT, SPACE, Piece
from resnet_dsl.syntax.pen import Pen
from resnet_dsl.syntax.words import Words

_MOST_BRACES = 2  # braces in braces on one line

# How tightly the classes bind; what binds less than its place demands stands in brackets.
LOOSEST, NEGATED, COMPARED, SIGNED, ATOM = 1, 3, 5, 8, 10
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


class Printer(Pen):
    """Prints one definition after another. ``spellings`` say how each class is written with the printer's means.

    They return how many braces stand in each other in what they wrote, None for none.
    """

    def __init__(self, words: Words, comments: Comments, spellings: Mapping[type, Spelling]) -> None:
        super().__init__(words, comments)
        self._spellings = spellings

    def definition(self, node: tree.Definition) -> list[Piece]:
        self.pieces = []
        self.statement(node)
        self._flush()
        return self.pieces

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

    def statement(self, node: Any) -> int:
        """A statement, member or definition. Returns how many braces stand in each other in it."""
        height = self._spellings[type(node)](self, node) or 0
        while self._words.text(self._position) in (")", ","):
            self._pass_over()
        self._leave_to_next(is_apart=True)
        return height

    def expression(self, node: Any, binding: int = LOOSEST) -> None:
        """In brackets where it binds less tightly than its place demands."""
        bracketed = _BINDING.get(type(node), ATOM) < binding
        if bracketed:
            self.word("(")
        self._spellings[type(node)](self, node)
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
                self._spellings[type(item)](self, item)
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


Spelling: TypeAlias = Callable[[Printer, Any], int | None]

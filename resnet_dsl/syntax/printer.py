"""A tree printed: the words of each node as they stand in the text, with spaces or places where a line may end between.

A node's own words are those of the text between its children, so no rule is spelt here. A rule whose words stand apart
by a single space needs nothing; what breaks otherwise is in the table at the end.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from functools import cache
from typing import Any, TypeAlias

from resnet_dsl.syntax import productions, tables, tree
from resnet_dsl.syntax.layout import (
    COMMA,
    COMMENT,
    DEDENT,
    FILL,
    GROUP,
    GROUP_END,
    HARDLINE,
    INDENT,
    LINE,
    SOFTLINE,
    SPACE,
    Piece,
)
from resnet_dsl.syntax.pen import Pen

_MOST_BRACES = 2  # braces in braces on one line

_Part: TypeAlias = tuple[str | tree.SyntaxNode, bool]  # a word or a child of a node, and whether it needs brackets


class Printer(Pen):
    """Prints one definition after another. Whatever is printed returns how many braces stand in each other in it."""

    def definition(self, node: tree.Definition) -> list[Piece]:
        self.pieces = []
        self._statement(node)
        self._flush()
        return self.pieces

    def _statement(self, node: tree.SyntaxNode) -> int:
        """A statement, member or definition."""
        height = self._print(node)
        while self._words.text(self._position) in (")", ","):
            self._pass_over()
        self._leave_to_next(is_apart=True)
        return height

    def _print(self, part: str | tree.SyntaxNode, is_bracketed: bool = False) -> int:
        if isinstance(part, str):
            self.word(part)
            return 0
        if is_bracketed:
            self.word("(")
        height = _BREAKS.get(type(part), Printer._spaced)(self, part)
        if is_bracketed:
            self.word(")")
        return height

    def _parts(self, node: tree.SyntaxNode) -> list[_Part]:
        """A node's words and children in order; brackets of mere grouping are not among them."""
        parts: list[_Part] = []
        bare = _bare()[type(node)]
        end = node.span.start
        for place, child in node.children():
            parts += self._between(end, child.span.start)
            if isinstance(child, tree.Token):
                parts.append((child.text, False))
            else:
                parts.append((child, type(child) not in bare[place]))
            end = child.span.end
        return parts + self._between(end, node.span.end)

    def _between(self, start: int, end: int) -> list[_Part]:
        """The words from one place of the text to another."""
        if start == end:
            return []
        first, behind = (bisect_left(self._words.starts, offset) for offset in (start, end))
        words = map(self._words.text, range(first, behind))
        return [(word, False) for word in words if word not in ("(", ")")]

    def _children(self, node: tree.SyntaxNode) -> list[tuple[tree.SyntaxNode, bool]]:
        return [(part, is_bracketed) for part, is_bracketed in self._parts(node) if isinstance(part, tree.SyntaxNode)]

    def _spaced(self, node: tree.SyntaxNode) -> int:
        """With spaces, but for what stands in brackets behind a name."""
        height = 0
        for index, (part, is_bracketed) in enumerate(self._parts(node)):
            if index and not isinstance(part, tree.Parameters | tree.Arguments):
                self._add(SPACE)
            height = max(height, self._print(part, is_bracketed))
        return height

    def _tight(self, node: tree.Sign | tree.Attribute) -> int:
        """Without spaces, but for a point right behind digits, which would be the number's own."""
        before: str | tree.SyntaxNode = ""
        for part, is_bracketed in self._parts(node):
            if part == "." and isinstance(before, tree.Number):
                self._add(SPACE)
            self._print(part, is_bracketed)
            before = part
        return 0

    def _choice(self, node: tree.Choice) -> int:
        """A value that is chosen: on one line, or with its `else`s on lines of their own."""
        self._flush()
        self._add(GROUP)
        self._add(INDENT)
        for index, (part, is_bracketed) in enumerate(self._parts(node)):
            if index:
                self._add(LINE if part == "else" else SPACE)
            self._print(part, is_bracketed)
        self._add(DEDENT)
        self._add(GROUP_END)
        return 0

    def _bracketed(self, node: tree.Bracketed) -> int:
        return self._print(node.inside, is_bracketed=True)

    def _row(self, node: tree.SyntaxNode) -> int:
        """All in brackets on one line, or an item a line, with a comma behind the last, too."""
        text = node.span.text
        return self._enclosed(text[0], self._children(node), text[-1])

    def _indexed(self, node: tree.Indexed) -> int:
        self.word(node.name.text)
        return self._enclosed("[", self._children(node), "]", comma=False)

    def _enclosed(
        self, opening: str, items: list[tuple[tree.SyntaxNode, bool]], closing: str, comma: bool = True
    ) -> int:
        self._flush()
        self._add(GROUP)
        self.word(opening)
        self._add(INDENT)
        for index, item in enumerate(items):
            if index:
                self.word(",")
            self._add(LINE if index else SOFTLINE)
            self._print(*item)
        if items and comma:
            self._add(COMMA)
        self._advance(closing)
        self._leave_to_next(is_apart=False)
        self._comment_lines([(comment, False) for comment, _ in self.comments_above()[0]])
        self._add(DEDENT)
        if items or self.pieces[-2].kind == COMMENT or self._pending:
            self._add(SOFTLINE)
        self.word(closing)
        self._add(GROUP_END)
        return 0

    def _listed(self, node: tree.OutputNode) -> int:
        """A word and what it lists: all on one line, or an item a line."""
        self._flush()
        self._add(GROUP)
        self.word("output")
        for index, item in enumerate(self._children(node)):
            if index:
                self.word(",")
            self._add(LINE if index else SPACE)
            if not index:
                self._add(INDENT)
            self._print(*item)
        self._add(DEDENT)
        self._add(GROUP_END)
        return 0

    def _comment_lines(self, above: list[tuple[str, bool]]) -> None:
        """Comments, each on a line of its own, with an empty line above where that is told."""
        for comment, blank in above:
            self._add(HARDLINE, blank=blank)
            self.pieces.append(Piece(COMMENT, comment, True))

    def _body(self, node: tree.Body | tree.Members) -> int:
        """On the line of what stands in front of it where it fits."""
        self._add(GROUP)
        height = self._braces(node)
        self._add(GROUP_END)
        return height

    def _braces(self, node: tree.SyntaxNode) -> int:
        """Braces and what stands in them; the group around is the caller's."""
        items = [part for part, _ in self._children(node)]
        self.word("{")
        self._leave_to_next(is_apart=False)
        self._flush()
        self._add(INDENT)
        first = len(self.pieces)
        height = 0
        for index, one in enumerate(items):
            has_comments, blank = self._comments_between(is_first=index == 0)
            self._add(HARDLINE if index or has_comments else LINE, blank=blank and (index > 0 or has_comments))
            height = max(height, self._statement(one))
        self._comments_between(is_first=not items)
        self._add(DEDENT)
        if len(self.pieces) == first + 1 and not self._pending:
            del self.pieces[-2:]  # neither INDENT nor DEDENT: `{}`
        else:
            self._add(LINE)
        if len(items) > 1 or height >= _MOST_BRACES:
            self.pieces[first] = self.pieces[first]._replace(kind=HARDLINE)
        self.word("}")
        return height + 1

    def _comments_between(self, is_first: bool) -> tuple[bool, bool]:
        """The comments above what comes next in braces: whether there are any, and an empty line below them."""
        above, blank = self.comments_above()
        self._comment_lines(
            [(comment, has_blank and not (is_first and index == 0)) for index, (comment, has_blank) in enumerate(above)]
        )
        return bool(above), blank

    def _operands(self, node: tree.SyntaxNode) -> int:
        """Operands and the operators between them, which begin a line where they do not fit."""
        self._flush()
        self._add(GROUP)
        for index, (part, is_bracketed) in enumerate(self._parts(node)):
            if index == 1:
                self._add(INDENT)
            if isinstance(part, str):
                self._add(FILL)
                self.word(part)
                self._add(SPACE)
            else:
                self._print(part, is_bracketed)
        self._add(DEDENT)
        self._add(GROUP_END)
        return 0

    def _chain(self, node: tree.Chain) -> int:
        """Broken in front of steps with arguments, so that ``conv(64, 3) -> norm -> act`` stays together."""
        segments = _segments(node.items)
        self._flush()
        self._add(GROUP)
        for index, segment in enumerate(segments):
            if index:
                self._arrow(is_first=index == 1 and len(segments[0]) == 1)
            self._add(GROUP)
            for number, item in enumerate(segment):
                if number:
                    self._arrow(is_first=index == 0 and number == 1)
                self._print(item)
            self._add(GROUP_END)
        if len(node.items) > 1:
            self._add(DEDENT)
        self._add(GROUP_END)
        return 0

    def _arrow(self, is_first: bool) -> None:
        """Comments that stood behind the arrow stand in front of it."""
        if is_first:
            self._add(INDENT)
        self._advance("->")
        self._take_above()
        self._take_behind()
        self._add(FILL)
        self.word("->")
        self._add(SPACE)

    def _condition(self, node: tree.Condition) -> int:
        """All its braces stand on one line, or none."""
        self._test(node)
        self._add(GROUP)
        height = self._branches(node)
        self._add(GROUP_END)
        return height

    def _test(self, node: tree.Condition) -> None:
        self.word("if")
        self._add(SPACE)
        self._print(node.test)
        self._add(SPACE)

    def _branches(self, node: tree.Condition) -> int:
        height = self._braces(node.then)
        if node.otherwise is None:
            return height
        self._else()
        if isinstance(node.otherwise, tree.Body):
            return max(height, self._braces(node.otherwise))
        self._test(node.otherwise)
        return max(height, self._branches(node.otherwise))

    def _else(self) -> None:
        """On the line of the brace before it, unless comments stand between."""
        above, _ = self.comments_above()
        is_commented = above or self._pending
        self._comment_lines([(comment, False) for comment, _ in above])
        self._add(HARDLINE if is_commented else SPACE)
        self.word("else")
        self._add(SPACE)


def _segments(items: tuple[tree.Step | tree.Times, ...]) -> list[list[tree.Step | tree.Times]]:
    """The items in groups, each of which a step with arguments begins."""
    segments: list[list[tree.Step | tree.Times]] = []
    for item in items:
        if not segments or isinstance(item, tree.Times) or isinstance(item.subject, tree.Call):
            segments.append([])
        segments[-1].append(item)
    return segments


@cache
def _bare() -> dict[type[tree.SyntaxNode], list[set[type[tree.SyntaxNode]]]]:
    """For each field of each class, the classes that the grammar takes there without brackets."""
    return {tree.class_of(rule.node): _bare_in(rule.node) for rule in tables.load().rules if rule.does == tables.BUILD}


def _bare_in(rule: str) -> list[set[type[tree.SyntaxNode]]]:
    cls = tree.class_of(rule)
    fields = productions.fields(rule, len(cls.fields) - 1, cls.has_row, is_bare=True)
    return [{tree.class_of(name) for name in field if name and productions.of(name)} for field in fields]


_BREAKS: dict[type[tree.SyntaxNode], Callable[[Printer, Any], int]] = {
    tree.Parameters: Printer._row,
    tree.Arguments: Printer._row,
    tree.List: Printer._row,
    tree.Indexed: Printer._indexed,
    tree.OutputNode: Printer._listed,
    tree.Members: Printer._body,
    tree.Body: Printer._body,
    tree.Condition: Printer._condition,
    tree.Chain: Printer._chain,
    tree.Either: Printer._operands,
    tree.Both: Printer._operands,
    tree.Comparison: Printer._operands,
    tree.Size: Printer._operands,
    tree.Lengths: Printer._operands,
    tree.Sum: Printer._operands,
    tree.Product: Printer._operands,
    tree.Power: Printer._operands,
    tree.Sign: Printer._tight,
    tree.Attribute: Printer._tight,
    tree.Choice: Printer._choice,
    tree.Bracketed: Printer._bracketed,
}

"""The words of a text written anew, in order, each with the comments that stood at it.

A tree holds no comments and no brackets of mere grouping. So the pen walks along the words of the text: where it
writes a word, the comments that stood at it go along. What it passes over is only what a tree does not need:
superfluous brackets, and commas at the end of a list.
"""

from __future__ import annotations

from resnet_dsl.syntax.comments import Comments
from resnet_dsl.syntax.layout import COMMENT, ENDING, TEXT, Piece
from resnet_dsl.syntax.words import Words


class Pen:
    """Writes the words of a text, in order, and takes their comments along; ``pieces`` is what has been written."""

    def __init__(self, words: Words, comments: Comments) -> None:
        self.pieces: list[Piece] = []
        self.has_moved = False  # a comment from one word to another, where the layout would be another
        self._words = words
        self._comments = comments
        self._position = 0
        self._pending: list[tuple[str, bool]] = []  # comments to come, each with whether it stood on its own line

    def comments_above(self) -> tuple[list[tuple[str, bool]], bool]:
        """Those in front of the next word, which are then done, and whether a blank line stands below them."""
        return self._comments.above.pop(self._position, []), self._position in self._comments.blank

    def word(self, text: str) -> None:
        self._advance(text)
        self._take_above()
        if text not in (",", "{"):  # which stay on the line of the word before them
            self._flush()
        self._add(TEXT, text)
        self._take_behind()
        self._position += 1

    def _advance(self, text: str) -> None:
        """To the word of the text that is printed next, past what the tree does not need."""
        while (passed := self._words.text(self._position)) != text:
            assert passed in ("(", ")", ","), f"{passed!r} stands where {text!r} is printed"
            self._pass_over()

    def _pass_over(self) -> None:
        """A superfluous word, whose comments then stand at its neighbours."""
        before = len(self._pending)
        self._take_above()
        self._take_behind()
        self.has_moved |= len(self._pending) > before and self._words.text(self._position) != ","
        self._position += 1

    def _take_above(self) -> None:
        self._pending += [(comment, True) for comment, _ in self._comments.above.pop(self._position, [])]

    def _take_behind(self) -> None:
        if behind := self._comments.behind.pop(self._position, None):
            self._pending.append((behind, False))

    def _flush(self) -> None:
        self.pieces += [Piece(COMMENT, comment, own) for comment, own in self._pending]
        self._pending = []

    def _add(self, kind: int, text: str = "", blank: bool = False) -> None:
        """Of the comments to come, only one can stand in front of a line end."""
        late = []
        if kind in ENDING:
            late = self._pending if self._pending and self._pending[0][1] else self._pending[1:]
            self._pending = self._pending[: len(self._pending) - len(late)]
            self._flush()
        self.pieces.append(Piece(kind, text, blank))
        self.pieces += [Piece(COMMENT, comment, True) for comment, _ in late]

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

"""From text to tree."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from resnet_dsl.diagnostics.diagnostic import Diagnostic, Label
from resnet_dsl.diagnostics.order import in_order
from resnet_dsl.memory import uncollected
from resnet_dsl.source import Source, Span
from resnet_dsl.syntax import limits, tables, tree
from resnet_dsl.syntax.brackets import CLOSING
from resnet_dsl.syntax.driver import Machine
from resnet_dsl.syntax.words import END, Words, split

if TYPE_CHECKING:
    from resnet_dsl.syntax.recovery import Hole
    from resnet_dsl.syntax.slips import Repair, Slip

_MOST_MISTAKES = 100  # nobody reads more
_SAYING = {"NAME", "NUMBER"}
_MOST_WALKED = 2_000_000  # words that are looked through for what to say: a mistake costs a walk through its definition


class Parsed(NamedTuple):
    """What could be read of a text, with what was meant in place of mistakes of form, and the mistakes.

    mendings: where in the text something else was read than is written. lost: names that may be given where nothing
    could be read. mended: names of definitions with a mistake; unsound: of those whose braces end nobody knows where.
    blurred: places of mistakes where all can be read, and what it means is not known.
    """

    file: tree.File
    mistakes: tuple[Diagnostic, ...] = ()
    mendings: tuple[int, ...] = ()
    lost: frozenset[str] = frozenset()
    mended: frozenset[str] = frozenset()
    unsound: frozenset[str] = frozenset()
    blurred: tuple[Span, ...] = ()


def parse(source: Source) -> tuple[tree.File, tuple[Diagnostic, ...]]:
    """The definitions of a text that are well formed, and the mistakes of form in the rest, in the text's order."""
    parsed = parse_mended(source)
    whole = [one for one in parsed.file.definitions if not any(_holds(one, at) for at in parsed.mendings)]
    return tree.File(parsed.file.span, tuple(whole)), parsed.mistakes


def parse_mended(source: Source) -> Parsed:
    """All definitions of a text that can be read, with what was meant in place of mistakes of form."""
    span = Span(source, 0, len(source.text))
    if mistakes := tuple(limits.check_text(source)):
        return Parsed(tree.File(span, ()), mistakes)
    words = split(source, tables.load())
    if mistakes := tuple(limits.check_words(words)):
        return Parsed(tree.File(span, ()), mistakes)
    with uncollected():
        return _Reading(words).read(span)


def expected(source: Source, end: int) -> frozenset[str]:
    """The kinds of words that have a place behind the text up to an offset; none where that is not known.

    Mistakes in front of it are gone on behind as ever. What stands at the offset is a sign that no text holds, so that
    nothing is read as if the text ended there.
    """
    cut = Source(source.name, f"{source.text[:end]} {_NOWHERE}")
    words = split(cut, tables.load())
    if any(limits.check_words(words)) or len(cut.text) > limits.MAX_BYTES:
        return frozenset()
    with uncollected():
        return _Reading(words).expected()


_NOWHERE = "¤"


def _holds(definition: tree.SyntaxNode, place: int) -> bool:
    """Whether a place is in a definition; where braces are missing it is the end."""
    return definition.span.start <= place <= definition.span.end


class _Reading:
    """One text: goes on behind each mistake, with what was meant where that is sure, else without the statement."""

    def __init__(self, words: Words) -> None:
        self._machine = Machine(tables.load(), words, tree.maker, self._leaf)
        self._definitions: list[tree.Definition] = []
        self._mistakes: list[Diagnostic] = []
        self._first = 0  # the word from which on is read
        self._mended = -1  # the last word of a repair: a mistake there follows from it
        self._mendings: dict[tuple[int, int], None] = {}  # from where to where in the text
        self._lost: set[str] = set()
        self._unclosed: list[int] = []
        self._blurred: list[Span] = []
        self._walked = 0

    def expected(self) -> frozenset[str]:
        """The kinds of words that have a place where the last word stands; none where reading never comes there."""
        words, machine = self._machine.words, self._machine
        while not machine.run(limits.MAX_DEPTH) and not self._has_enough:
            if machine.position == len(words.kinds) - 2:
                kinds = {kind for row in machine.tables.actions for kind in row}
                return frozenset(kind for kind in kinds if machine.accepts(kind))
            self._go_on()
        return frozenset()

    @property
    def _has_enough(self) -> bool:
        return len(self._mistakes) >= _MOST_MISTAKES or self._walked > _MOST_WALKED

    def read(self, span: Span) -> Parsed:
        while not self._machine.run(limits.MAX_DEPTH):
            if self._has_enough:
                break
            self._go_on()
        self._definitions += _finished(self._machine)
        mendings = tuple(start for start, _ in self._mendings)
        return Parsed(
            tree.File(span, tuple(self._definitions)),
            tuple(in_order(self._mistakes)),
            mendings,
            frozenset(self._lost),
            self._named_around(mendings),
            self._named_around(self._unclosed),
            tuple(self._blurred),
        )

    def _named_around(self, places: Sequence[int]) -> frozenset[str]:
        """The names of the definitions that hold places of the text, or end there."""
        ends = sorted(places)
        named = (one for one in self._definitions if not isinstance(one, tree.ImportFile))
        return frozenset(
            one.name.text for one in named if bisect_left(ends, one.span.start) < bisect_right(ends, one.span.end)
        )

    def _go_on(self) -> None:
        """Words the mistake at which the machine stopped, and mends it, leaves the statement out, or the definition."""
        if self._machine.position <= self._mended:
            self._leave_out()
            return
        slip = self._slip()
        if not self._is_told(slip.diagnostic):
            self._mistakes.append(slip.diagnostic)
        if slip.repair is not None and not _adds_word(slip.repair):
            is_sure = _is_sure(slip.repair, slip.diagnostic, self._machine.words)
            was_read = not is_sure and self._blur(slip.diagnostic)
            self._mend(slip.repair)
            if was_read or slip.repair.at < self._machine.position:
                self._machine.restart(self._first)
        else:
            self._leave_out(slip.diagnostic.place)

    def _slip(self) -> Slip:
        from resnet_dsl.syntax.slips import Slip, diagnose  # a text without mistakes is read without their words

        if self._machine.depth > limits.MAX_DEPTH:
            return Slip(limits.too_deep(self._machine.words.span(self._machine.position)))
        self._walked += self._machine.position - self._first
        return diagnose(self._machine, self._first)

    def _is_told(self, found: Diagnostic) -> bool:
        """Whether this is the same word of the language as a name, once more."""
        return found.code == "E0108" and any(one[:2] == found[:2] for one in self._mistakes)

    def _mend(self, repair: Repair) -> None:
        at, remove, insert, also = repair
        for other in reversed(also):
            self._put(other)
        self._put(repair)
        self._mended = at + (max(len(insert) - 1, 0) if remove else len(insert))

    def _blur(self, found: Diagnostic) -> bool:
        """Lets the words at a mistake say nothing, though all can be read there; whether some of them were read."""
        spans = [*((found.place.span,) if found.place else ()), *(one.span for one in found.edits)]
        words, start, end = self._machine.words, min(one.start for one in spans), max(one.end for one in spans)
        first, last = bisect_left(words.starts, start), bisect_left(words.starts, end)
        self._lost.update(words.text(one) for one in range(first, last) if words.kinds[one] == "NAME")
        self._blurred.append(Span(words.source, start, end))
        return first < self._machine.position

    def _put(self, repair: Repair) -> None:
        at, remove, insert, _ = repair
        words = self._machine.words
        start = words.starts[at] if remove else words.ends[at - 1]
        self._mendings[start, start] = None
        words.replace(at, remove, insert)
        for index in range(at, at + len(insert)):
            self._mendings[words.starts[index], words.ends[index]] = None

    def _leave_out(self, place: Label | None = None) -> None:
        """Reads on without the statement; without the definition where none can be told."""
        from resnet_dsl.syntax.recovery import hole

        if self._machine.depth > limits.MAX_DEPTH:
            self._skip()
        elif not self._close():
            found = hole(self._machine, self._first, place)
            if found is None:
                self._skip()
            else:
                self._fill(found)

    def _fill(self, found: Hole) -> None:
        """Reads on behind a statement, with what stands for it."""
        from resnet_dsl.syntax.recovery import begins_definition, names_given

        words = self._machine.words
        self._lost.update(names_given(words, found.begin, found.end))
        self._machine.rewind(found.level, found.begin)
        self._machine.drop_behind(words.starts[found.begin])
        at = found.begin + found.kept
        words.replace(at, found.end - at, ())
        self._insert(at, found.insert)
        if begins_definition(words, self._mended + 1):
            self._mended += 1  # that the braces are not closed follows

    def _insert(self, at: int, kinds: tuple[str, ...]) -> None:
        """Words that stand nowhere in the text."""
        words = self._machine.words
        words.replace(at, 0, kinds)
        self._mendings[words.ends[at - 1], words.ends[at - 1]] = None
        self._mended = at + len(kinds) - 1

    def _close(self) -> bool:
        """Closes all braces where a definition begins, or the text ends; whether that is possible."""
        from resnet_dsl.syntax.recovery import unclosed

        braces = unclosed(self._machine, self._first)
        if braces:
            self._unclosed.append(self._machine.words.ends[self._machine.position - 1])
            self._insert(self._machine.position, ("RBRACE",) * braces)
        return braces > 0

    def _skip(self) -> None:
        from resnet_dsl.syntax.recovery import defined_otherwise

        self._lost.update(defined_otherwise(self._machine.words, self._first))
        position = self._machine.position
        self._definitions += _finished(self._machine)
        self._first = _next_definition(self._machine.words, max(position, self._first + 1))
        self._machine.restart(self._first)

    def _leaf(self, kind: str, text: str, span: Span) -> tree.Token:
        """A word; one that was put in another's place says what was meant, or nothing."""
        if not self._mendings and not self._blurred:
            return tree.Token(kind, text, span)
        if (span.start, span.end) in self._mendings:
            from resnet_dsl.syntax.recovery import meant

            return tree.Token(kind, meant(kind, text), span)
        if any(one.start <= span.start < one.end for one in self._blurred):
            return tree.Token(kind, "", span)
        return tree.Token(kind, text, span)


def _is_sure(repair: Repair, diagnostic: Diagnostic, words: Words) -> bool:
    """Whether a repair reads what was meant: signs alone, or what the remedy writes."""
    if repair.also or len(repair.insert) > 1:
        return False
    if repair.insert:
        return repair.remove == 1 or repair.insert[0] not in CLOSING | _SAYING
    if diagnostic.edits:
        return all(one.text[:1] in ("", "#") for one in diagnostic.edits)
    return not _SAYING & {*words.kinds[repair.at : repair.at + repair.remove]}


def _adds_word(repair: Repair) -> bool:
    """Whether a repair adds a name or a number, of which nothing is known."""
    return repair.remove == 0 and not _SAYING.isdisjoint(repair.insert)


def _finished(machine: Machine) -> list[tree.Definition]:
    """The definitions that were read to their end."""
    if machine.accepts(END):
        machine.words.kinds[machine.position] = END
        machine.run(limits.MAX_DEPTH)
    first = machine.values[0] if machine.values else None
    if isinstance(first, tree.File):
        return list(first.definitions)
    return first if isinstance(first, list) else []


def _next_definition(words: Words, position: int) -> int:
    """The first word from ``position`` on that begins a definition: such a keyword, first on a line, not indented."""
    text = words.source.text
    defining = {*tables.load().actions[tables.load().start]} - {END}
    for index in range(position, len(words.kinds)):
        start = words.starts[index]
        if words.kinds[index] in defining and (start == 0 or text[start - 1] == "\n"):
            return index
    return len(words.kinds) - 1

"""A block in the symbols of the ResNet paper's Figure 2: ``F(x) + x``, ``x + 0.1 F(x)``, ``F(x) · G(F(x)) + x``.

Sums, products, concats and numbers that scale are written out; what stands between two of them, or between values that
are read several times, is a function with a letter. A projection is ``Wx``, as in the paper. Noise is left out: the
formula is the one of inference.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.notation import signed
from resnet_dsl.ir.operation import Arguments
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.scopes import Scopes

LETTERS, NAMES = "FGHKLMNPQRTUV", "yzuvst"
"""Of functions, and of merges whose formula is long; a block that needs more has no formula."""
_LONGEST, _SHORT = 24, 8
_Form: TypeAlias = Literal["symbol", "product", "sum"]


class Term(NamedTuple):
    """A part of a formula: what it is without the numbers that scale it, and these (``learned``: how many γ)."""

    base: str
    form: _Form = "symbol"
    number: float = 1.0
    learned: int = 0

    @property
    def is_scaled(self) -> bool:
        return self.number != 1 or self.learned > 0

    @property
    def text(self) -> str:
        if not self.is_scaled:
            return self.base
        signs = "" if self.number == 1 else "−" if self.number == -1 else f"{signed(self.number)} "
        return f"{signs}{'γ ' * self.learned}{f'({self.base})' if self.form == 'sum' else self.base}"

    def negated(self) -> Term:
        """As it stands where it is taken away."""
        return self._replace(number=-self.number)

    def factor(self) -> str:
        """As it stands in a product."""
        return f"({self.text})" if (self.form == "sum" and not self.is_scaled) or self.number < 0 else self.text


@dataclass(frozen=True)
class Formula:
    """values: the symbol of each value that has one. merges: what to write beside each merge.

    functions: the nodes that each letter stands for, in order. applied: each function with what it is applied to.
    """

    values: Mapping[int, str]
    merges: Mapping[int, str]
    functions: Mapping[str, tuple[int, ...]]
    applied: Mapping[str, str]


def formula_of(graph: Graph, scopes: Scopes, entries: Sequence[int], inside: Iterable[int]) -> Formula | None:
    """The formula of the nodes ``inside``; None where it has more functions than there are letters."""
    try:
        return _Writer(graph, scopes, entries, sorted(inside)).write()
    except _TooManyPartsError:
        return None


class _TooManyPartsError(Exception):
    """The letters have run out."""


class _Writer:
    def __init__(self, graph: Graph, scopes: Scopes, entries: Sequence[int], inside: Sequence[int]) -> None:
        self.graph = graph
        self.scopes = scopes
        self.inside = inside
        symbols = ["x"] if len(entries) == 1 else [f"x{number}" for number in range(1, len(entries) + 1)]
        self.terms = {entry: Term(symbol) for entry, symbol in zip(entries, symbols, strict=True)}
        self.readers = Counter(other for index in inside for other in graph.nodes[index].reads)
        self.merges: dict[int, str] = {}
        self.functions: dict[str, tuple[int, ...]] = {}
        self.applied: dict[str, str] = {}
        self.names = iter(NAMES)
        self.last = max((index for index in inside if OPERATIONS[graph.nodes[index].op].many), default=-1)

    def write(self) -> Formula:
        """Value by value, in the order of execution, so that nothing recurses."""
        for index in self.inside:
            node = self.graph.nodes[index]
            if OPERATIONS[node.op].many:
                self._merge(index, _merged(node, [self._term(other) for other in node.reads]))
            elif self.readers[index] > 1:
                self._term(index)
        values = {index: term.text for index, term in self.terms.items()}
        return Formula(values, self.merges, self.functions, self.applied)

    def _merge(self, index: int, term: Term) -> None:
        self.merges[index] = term.text
        if index != self.last and (self.readers[index] > 1 or len(term.text) > _LONGEST):
            name = next(self.names, None)
            if name is None:
                raise _TooManyPartsError
            self.merges[index] = f"{name} = {term.text}"
            term = Term(name)
        self.terms[index] = term

    def _term(self, index: int) -> Term:
        """What a value is: of the steps behind a known one, those before numbers that scale, and noise, are one
        function."""
        behind: list[int] = []
        while index not in self.terms:
            behind.append(index)
            index = self.graph.nodes[index].reads[0]
        term, steps = self.terms[index], behind[::-1]
        written = len(steps)
        while written and _is_written_out(self.graph.nodes[steps[written - 1]]):
            written -= 1
        chain = steps[:written]
        if chain:
            term = self._applied(chain, term)
        for node in (self.graph.nodes[step] for step in steps[written:]):
            if not OPERATIONS[node.op].idle(node.args):
                term = _SCALED[node.op](node.args, term)
        if steps and self.readers[steps[-1]] > 1:
            term = self.terms[steps[-1]] = self._named(term, chain)
        return term

    def _named(self, term: Term, chain: list[int]) -> Term:
        """A long value that is read several times gets a name."""
        letter = next((letter for letter, nodes in self.functions.items() if nodes == tuple(chain)), None)
        name = next(self.names, None) if letter and len(term.text) > _SHORT and not term.is_scaled else None
        if letter is None or name is None:
            return term
        self.applied[letter] = f"{name} = {term.text}"
        return Term(name)

    def _applied(self, chain: list[int], term: Term) -> Term:
        adapts = all(self.scopes.adapter[self.graph.nodes[step].scope] is not None for step in chain)
        matrix = adapts and all(OPERATIONS[self.graph.nodes[step].op].affine for step in chain)
        letters = (letter for letter in ("W" * matrix + LETTERS) if letter not in self.functions)
        letter = next(letters, None)
        if letter is None:
            raise _TooManyPartsError
        self.functions[letter] = tuple(chain)
        bare = letter == "W" and len(term.text) == 1
        self.applied[letter] = f"{letter}{term.text}" if bare else f"{letter}({term.text})"
        return Term(self.applied[letter])


def _is_written_out(node: Node) -> bool:
    return node.op in _SCALED or OPERATIONS[node.op].idle(node.args)


def _times(args: Arguments, term: Term) -> Term:
    if args["learned"]:
        return term._replace(learned=term.learned + 1)
    return term._replace(number=term.number * args["value"])


def _plus(args: Arguments, term: Term) -> Term:
    offset = Term("β") if args["learned"] else Term(signed(args["value"]))
    return Term(_sum([term, offset]), "sum")


_SCALED: Mapping[str, Callable[[Arguments, Term], Term]] = {
    "scale": _times,
    "shift": _plus,
    "channel_scale": lambda args, term: term._replace(learned=term.learned + 1),
}
"""What a number that scales makes of a term; an operation that is not here is part of a function."""


def _merged(node: Node, terms: list[Term]) -> Term:
    match OPERATIONS[node.op].merge:
        case "join":
            return Term(f"[{', '.join(term.text for term in terms)}]")
        case "product":
            return Term(" · ".join(term.factor() for term in terms), "product")
        case "sum":
            return Term(_sum(sorted(terms, key=lambda term: term.is_scaled)), "sum")
        case "difference":
            return Term(_sum([terms[0], terms[1].negated()]), "sum")
        case None:
            raise AssertionError(f"{node.op} merges nothing")


def _sum(terms: list[Term]) -> str:
    first, *rest = (term.text for term in terms)
    return first + "".join(f" − {text[1:]}" if text.startswith("−") else f" + {text}" for text in rest)

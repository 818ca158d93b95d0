"""What an expansion may cost. Checked before it is paid."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from resnet_dsl.diagnostics.diagnostic import Diagnostic, DiagnosticError, Label
from resnet_dsl.elaborate.expansion import Expansion
from resnet_dsl.elaborate.modules import Module
from resnet_dsl.elaborate.values import Items, TooLargeError
from resnet_dsl.ir.sizes import Size
from resnet_dsl.source import Span
from resnet_dsl.syntax import tree

MOST_REPEATS = 100_000
"""Rounds of one repeat, or of nested repeats together."""

MOST_STEPS = 400_000
"""Steps run for one network: ten thousand blocks of the prelude take about 200,000."""

MOST_STEPS_OF_A_FILE = 460_000
"""Steps run for all networks of a file that is checked, and for reading it: more than one network may take alone."""

CHARACTERS_OF_A_STEP = 4
"""Of a file's text: what reading so many costs."""

STEPS_OF_A_NETWORK = 100
"""What a network costs beside its steps."""

TERMS_OF_A_STEP = 8
"""Terms of expressions, items of lists, merged values and copied names that cost as much as a step."""

TERMS_OF_A_STATEMENT = 2
"""What a statement costs beside its steps."""

TERMS_OF_AN_ANSWER = 4
"""What it costs to compare an answer, or a node, of a shared block's call with those of earlier calls."""

DEEPEST_DERIVATION = 50
"""Networks that one derives from, directly and through others."""

MOST_ITEMS = 1_000
"""Items of a list, those of the lists in it included."""

MOST_NUMBERS = 8
"""Numbers of a size."""

MOST_INPUTS = 32
"""Inputs of a network."""

MOST_SEEN = 250_000
"""Operations of a network of several inputs, for each of them: what each sees of each is worked out."""

MOST_OUTPUTS = 1_000
"""Values that a network returns."""

IN_A_BLOCK, IN_A_SLOT, IN_BRACES, IN_A_SKIP, IN_A_MERGE, IN_A_LET, IN_AN_EXPRESSION = 8, 6, 3, 6, 8, 6, 4
"""How many calls deeper each leads the compiler at most; Python ends at a thousand."""

_DEEPEST = 600
_DEEPEST_LIST = 20


class Budget:
    """Counts the steps, rounds and calls in one another of one run over a network."""

    def __init__(self, most: int = MOST_STEPS) -> None:
        self.depth = 0
        self._most = most
        self._terms = 0
        self._rounds = 1
        self._expansion = Expansion(MOST_REPEATS, lambda _: True)

    @property
    def steps(self) -> int:
        return self._terms // TERMS_OF_A_STEP

    def spend(self, span: Span, terms: int = TERMS_OF_A_STEP) -> None:
        """One step, or what costs as much as so many terms of an expression. Raises TooLargeError."""
        self._terms += terms
        if self._terms > self._most * TERMS_OF_A_STEP:
            label = Label(span, "the first one too many")
            message = f"the network expands to more than {self._most:,} steps"
            raise TooLargeError(Diagnostic("E0502", message, label, help="repeat less, or call fewer blocks"))

    def foresee(self, what: str, node: tree.Body | tree.Step, module: Module, span: Span, times: int = 1) -> None:
        """Raises TooLargeError where ``times`` runs of a body or step cannot end within the budget."""
        least = times * self._expansion.least(node, module)
        if least > self._most:
            message = f"{what} expands to {least:,} steps or more: the most is {self._most:,}"
            remedy = "each call of a block runs all that the block calls: repeat less, or call fewer blocks"
            raise TooLargeError(Diagnostic("E0502", message, Label(span), help=remedy))

    def deeper(self, calls: int, span: Span) -> _Deeper:
        """Around what leads the compiler so many calls deeper. Raises DiagnosticError where that is too deep."""
        if self.depth + calls > _DEEPEST:
            raise DiagnosticError(_too_deep(span))
        return _Deeper(self, calls)

    @contextmanager
    def repeating(self, count: int, span: Span) -> Iterator[None]:
        """Around a repeat. Raises DiagnosticError where its rounds, times those around it, are too many."""
        if count < 0:
            raise DiagnosticError(_negative(count, span))
        before = self._rounds
        if before * count > MOST_REPEATS:
            raise DiagnosticError(_too_many_rounds(count, before, span))
        self._rounds = before * max(count, 1)
        try:
            yield
        finally:
            self._rounds = before


class _Deeper:
    """So many calls more while the braces of a `with` last: made too often for a generator to be quick enough."""

    __slots__ = ("budget", "calls")

    def __init__(self, budget: Budget, calls: int) -> None:
        self.budget = budget
        self.calls = calls

    def __enter__(self) -> None:
        self.budget.depth += self.calls

    def __exit__(self, *raised: object) -> None:
        self.budget.depth -= self.calls


def _negative(count: int, span: Span) -> Diagnostic:
    remedy = "none or more are needed: `max(0, …)` ends at none"
    return Diagnostic("E0505", f"steps cannot be repeated {count} times", Label(span, f"this is {count}"), help=remedy)


def _too_many_rounds(count: int, outer: int, span: Span) -> Diagnostic:
    inside = f" inside repeats of {outer:,} rounds together" if outer > 1 else ""
    return Diagnostic(
        "E0501",
        f"{count:,} repeats{inside} are too many: the most is {MOST_REPEATS:,} in all",
        Label(span, f"this is {count:,}"),
        help="repeat less: the deepest residual networks that were ever trained have a few thousand blocks",
    )


def file_too_large(span: Span) -> Diagnostic:
    """What the networks of a file get together; those behind ``span`` are not looked at."""
    return Diagnostic(
        "E0502",
        f"the networks of this file expand to more than {MOST_STEPS_OF_A_FILE:,} steps together",
        Label(span, "from here on they are not checked"),
        help="put them into several files",
    )


def _too_deep(span: Span) -> Diagnostic:
    return Diagnostic(
        "E0504",
        "this is nested too deep: blocks in blocks, slots in slots, braces in braces",
        Label(span),
        help=f"more than {_DEEPEST // IN_A_BLOCK} blocks in one another are too many: call them one behind the other",
    )


def check_list(items: Items, span: Span) -> int:
    """The items of a list, those of the lists in it included. Raises DiagnosticError where it holds too many."""
    pending: list[tuple[object, int]] = [(items, 1)]
    count = 0
    while pending:
        item, depth = pending.pop()
        count += 1
        if count > MOST_ITEMS or depth > _DEEPEST_LIST:
            raise DiagnosticError(_too_long("list", f"{MOST_ITEMS:,} items, at most {_DEEPEST_LIST} lists deep", span))
        if isinstance(item, Items):
            pending.extend((below, depth + 1) for below in item[: MOST_ITEMS + 1])
    return count


def check_size(size: Size, span: Span) -> None:
    if len(size) > MOST_NUMBERS:
        raise DiagnosticError(_too_long("size", f"{MOST_NUMBERS} numbers", span))


def _too_long(what: str, most: str, span: Span) -> Diagnostic:
    return Diagnostic("E0507", f"this {what} is too long: it may have {most}", Label(span), help="make it shorter")

"""What a call computes: it is compiled by itself, and read back as a program."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from resnet_dsl.diagnostics.refusal import Refusal
from resnet_dsl.importing.mining.expanding import digest_of
from resnet_dsl.importing.mining.padding import with_same
from resnet_dsl.importing.mining.reading import program_of
from resnet_dsl.importing.words import size
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.pipeline import load_text


class Prober:
    """Compiles calls under a network's settings. ``same``: whether its convolutions pad so where they can."""

    def __init__(self, settings: Sequence[str], unsaid: frozenset[str], same: bool = False) -> None:
        self.settings = tuple(settings)
        self.unsaid = unsaid
        self.same = same

    def digest(self, shape: Shape, call: str) -> bytes | None:
        """Of what a chain of calls makes of a value; None where it does not compile."""
        return _digest(_network(shape, "\n".join(self.settings), call), self.unsaid, self.same)


def _network(shape: Shape, lines: str, call: str) -> str:
    """With a stage beside it that uses every setting, since one that changes nothing is refused."""
    used = f"{' -> '.join(_USED)} {' '.join(_called(lines))}"
    stages = f"stage only {{ {call} }}\nstage used {{ input -> {used} }}"
    return f"network probe {{\ninput {size(shape)}\n{lines}\n{stages}\noutput used, only\n}}\n"


def _called(lines: str) -> list[str]:
    """Calls of the operations whose defaults are set."""
    return [call for name, call in _CALLS.items() if f"default {name}(" in lines]


_USED = ("basic(96)", "preact_basic(192)", "conv(96, 1)")
"""What asks for each of the prelude's slots and adapters."""

_CALLS = {"conv_transpose": "conv_transpose(96, 2)", "dense": "avgpool(global) -> dense(1)"}


@lru_cache(maxsize=4096)
def _digest(text: str, unsaid: frozenset[str], same: bool) -> bytes | None:
    try:
        compiled = load_text(text).compile()
    except Refusal:
        return None
    program = program_of(compiled.graph, compiled.shapes, unsaid)
    return digest_of(with_same(program) if same else program)

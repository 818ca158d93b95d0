"""Which shipped network a graph is, but for its size, its classes and the numbers of its normalisation.

``python -m resnet_dsl.importing.known`` writes the table of their fingerprints, and a test compares it with what is
compiled. A fingerprint only suggests: the text that follows from it is proven like any other.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Sequence

from resnet_dsl.importing.normal import Normal, NormalStep, digest
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.operations import OPERATIONS

UNSAID = frozenset({"init", "momentum", "gamma"})
"""Arguments of which the files of other tools say nothing."""

_FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "known.json")


def names_like(graph: Graph, shapes: Sequence[Shape]) -> list[str]:
    """The shipped networks that have a graph's fingerprint, in the order of their families."""
    with open(_FILE, encoding="utf-8") as file:
        known: dict[str, list[str]] = json.load(file)
    return known.get(fingerprint(graph, shapes), [])


def fingerprint(graph: Graph, shapes: Sequence[Shape]) -> str:
    """Equal for two graphs that compute alike, but for what a derived network says in a line."""
    normal = Normal(graph, shapes, UNSAID)
    ends = [_before_activation(normal, one) for one in normal.outputs]
    found: list[bytes] = []
    for index, step in enumerate(normal.steps):
        before = [found[one] for one in step.inputs]
        found.append(_digest(step, before, is_end=index in ends))
    return digest(*(found[one] for one in ends)).hex()


def _before_activation(normal: Normal, index: int) -> int:
    """The value in front of what makes probabilities of it."""
    while OPERATIONS[normal.steps[index].op].role == "activation" and len(normal.steps[index].inputs) == 1:
        index = normal.steps[index].inputs[0]
    return index


def _digest(step: NormalStep, before: list[bytes], is_end: bool) -> bytes:
    operation = OPERATIONS[step.op]
    if operation.role == "noise":
        return before[0]
    args = dict(step.args)
    if step.op == "input":
        return digest("input", len(args["shape"]), args["shape"][-1])
    left_out = args if operation.role == "norm" else {"units"} if is_end else ()
    kept = [(name, one) for name, one in step.args if name not in left_out]
    return digest(step.op, kept, *(sorted(before) if step.commutes else before))


def table() -> str:
    """The table as it is to be now, as JSON: the names of each fingerprint."""
    from resnet_dsl.pipeline import load
    from resnet_dsl.shipped import shipped_files

    found: defaultdict[str, list[str]] = defaultdict(list)
    for file in shipped_files():
        spec = load(file.path)
        for name in file.networks:
            compiled = spec.compile(name)
            found[fingerprint(compiled.graph, compiled.shapes)].append(name)
    return json.dumps(found, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    with open(_FILE, "w", encoding="utf-8", newline="\n") as file:
        file.write(table())

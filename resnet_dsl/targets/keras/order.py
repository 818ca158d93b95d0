"""The order in which a Functional model has its layers: that of its configuration, its weights and its seed.

Keras sorts by how far a layer stands before the outputs, and layers of one distance as a walk from the outputs meets
them (``map_graph``). Here the same is worked out from the calls, without Keras.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from resnet_dsl.targets.keras.calls import Calls


def owner(calls: Calls, index: int) -> int:
    """The call whose layer a call calls: itself, or the one that it shares."""
    shares = calls.calls[index].shares
    return index if shares is None else shares


def layers_in_order(calls: Calls) -> list[int]:
    """The calls that make the model's layers and operations, in its order; what reaches no output is not among them."""
    finished, seen = _walk(calls)
    by_depth: dict[int, list[int]] = defaultdict(list)
    for layer, depth in _depths(calls, finished).items():
        by_depth[depth].append(layer)
    return [one for depth in sorted(by_depth, reverse=True) for one in sorted(by_depth[depth], key=seen.__getitem__)]


def nodes_of_layers(calls: Calls) -> dict[int, list[int]]:
    """From the call that makes a layer to all calls of it that reach an output, in order."""
    found: dict[int, list[int]] = defaultdict(list)
    for index in sorted(_walk(calls)[0]):
        found[owner(calls, index)].append(index)
    return found


def _walk(calls: Calls) -> tuple[list[int], dict[int, int]]:
    """(calls, those that are read first; when each layer was seen first), by a walk into the depth from each output."""
    finished: list[int] = []
    seen: dict[int, int] = {}
    started: set[int] = set()

    def enter(index: int) -> tuple[int, Iterator[int]]:
        started.add(index)
        seen.setdefault(owner(calls, index), len(seen))
        return index, iter(calls.calls[index].inputs)

    for name in sorted(calls.outputs):  # as Keras sorts them
        last = calls.outputs[name]
        stack = [] if last in started else [enter(last)]
        while stack:
            before = next((one for one in stack[-1][1] if one not in started), None)
            if before is None:
                finished.append(stack.pop()[0])
            else:
                stack.append(enter(before))
    return finished, seen


def _depths(calls: Calls, finished: list[int]) -> dict[int, int]:
    """How many layers lie between each layer and the outputs, on the longest way."""
    of_calls: dict[int, int] = {}
    of_layers: dict[int, int] = {}
    for index in reversed(finished):
        layer = owner(calls, index)
        depth = max(of_calls.get(index, 0), of_layers.get(layer, 0))
        of_layers[layer] = depth
        for before in calls.calls[index].inputs:
            of_calls[before] = max(depth + 1, of_calls.get(before, 0))
    return of_layers

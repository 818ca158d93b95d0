"""How fine the map is that each node makes, beside the input: what two values share that lie in one lane of a figure.

It follows from what operations do (their strides and factors), not from lengths, which borders make a little smaller.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import TypeAlias

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.lengths import Length, Shape
from resnet_dsl.ir.nodes import Node
from resnet_dsl.ir.operations import OPERATIONS
from resnet_dsl.targets.figure.outline.words import size

Resolution: TypeAlias = tuple[Fraction, ...]
"""Positions of the largest input for each position, axis by axis; empty where there is no map left."""


def resolutions_of(subject: Facts) -> tuple[Resolution, ...]:
    """Of each node."""
    graph = subject.graph
    finest = max(subject.shapes[: graph.inputs], key=_extent)
    found = [_beside(shape, finest) for shape in subject.shapes[: graph.inputs]]
    known = {shape[:-1]: one for shape, one in zip(subject.shapes, found, strict=False)}
    for node, shape in zip(graph.nodes[graph.inputs :], subject.shapes[graph.inputs :], strict=True):
        own = _behind(node, shape, subject.shapes, found) or known.get(shape[:-1]) or _beside(shape, finest)
        found.append(own if _is_map(shape) else ())
        known.setdefault(shape[:-1], found[-1])
    return tuple(found)


def _extent(shape: Shape) -> int:
    """For comparing inputs: an open length counts as much as any."""
    lengths = [length for length in shape[:-1] if isinstance(length, int)]
    return max(lengths, default=1)


def _is_map(shape: Shape) -> bool:
    """Whether there are positions: behind global pooling there are none, or one."""
    return any(length != 1 for length in shape[:-1])


def _beside(shape: Shape, finest: Shape) -> Resolution:
    """Of a value by its lengths alone, beside the largest input's."""
    if not _is_map(shape):
        return ()
    if len(shape) != len(finest):
        return (Fraction(1),) * (len(shape) - 1)
    return tuple(_ratio(whole, own) for whole, own in zip(finest[:-1], shape[:-1], strict=True))


def _ratio(whole: Length, own: Length) -> Fraction:
    """A whole number, or one part of it, which two lengths are nearest to."""
    if not (isinstance(whole, int) and isinstance(own, int)):
        return Fraction(1)
    return Fraction(round(whole / own)) if whole >= own else 1 / Fraction(round(own / whole))


def _behind(node: Node, shape: Shape, shapes: Sequence[Shape], found: Sequence[Resolution]) -> Resolution:
    """Of a node that makes a map, from what it reads; empty where that does not tell."""
    if node.args.get("like"):
        return found[node.inputs[-1]]
    read = next((one for one in node.reads if shapes[one][:-1] == shape[:-1] and found[one]), node.reads[0])
    if shapes[read][:-1] == shape[:-1] or None is not _positions(shape) == _positions(shapes[read]):
        return found[read]
    window = OPERATIONS[node.op].window(node.args, shapes[read])
    if node.op == "resize" or isinstance(window, str) or len(window.stride) != len(found[read]):
        return ()
    each = zip(found[read], window.stride, window.factor, strict=True)
    return tuple(before * Fraction(stride, factor) for before, stride, factor in each)


def _positions(shape: Shape) -> int | None:
    """None where a length is open."""
    lengths = [length for length in shape[:-1] if isinstance(length, int)]
    return prod(lengths) if len(lengths) == len(shape) - 1 else None


def coarseness(resolution: Resolution) -> tuple[bool, Fraction, Resolution]:
    """For sorting: the finest maps first, what is no map last."""
    return not resolution, prod(resolution, start=Fraction(1)), resolution


def lane_words(resolution: Resolution, shapes: Sequence[Shape]) -> tuple[str, ...]:
    """The name of a lane, ``1/4``, and the sizes of its maps, ``56×56``."""
    sizes = list(dict.fromkeys(map(size, shapes)))
    if not resolution:
        return ("1×1",) if any(len(shape) > 1 for shape in shapes) else ("vector",)
    ratios = [1 / one for one in (dict.fromkeys(resolution) if len(set(resolution)) == 1 else resolution)]
    name = "×".join(str(one) if one <= 1 else f"{one}:1" for one in ratios)
    told = [one for one in sizes if any(letter.isdigit() for letter in one)]
    return (name, *told) if len(told) < 2 else (name, told[0], f"to {told[-1]}")

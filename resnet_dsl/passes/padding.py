"""Merges explicit padding into strided convolutions where ``same`` pads just so: one layer less, no copy of the map.

Without strides the Keras target sees to it for any length; with them it depends on the length, which must be known.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_dsl.ir.lengths import Length
from resnet_dsl.ir.windows import content, reach
from resnet_dsl.passes.rewriting import Done, WeightedGraph, calls_of, rewrite
from resnet_dsl.sentences import counted


def merge_padding(network: WeightedGraph) -> Done:
    """The network with ``pad = same`` for the convolutions that it does not change."""
    changed: dict[int, Mapping[str, Any]] = {}
    for owner, calls in calls_of(network.graph).items():
        node = network.graph.nodes[owner]
        if node.op == "conv" and all(_is_what_same_adds(network, one) for one in calls):
            changed |= {one: {**node.args, "pad": "same"} for one in calls}
    said = f"merged the padding of {counted(len(changed), 'convolution')}"
    return Done(rewrite(network, changed, {}), said)


def _is_what_same_adds(network: WeightedGraph, index: int) -> bool:
    node = network.graph.nodes[index]
    args, entering, leaving = node.args, network.shapes[node.inputs[0]], network.shapes[index]
    if args["pad"] == "same" or content(args) != "zeros" or not any(map(any, args["pad"])):
        return False
    if max(args["stride"]) == 1 or max(args["dilation"]) > 1:
        return False
    axes = zip(entering, leaving, args["kernel"], args["dilation"], args["stride"], args["pad"], strict=False)
    return all(_on_one_axis(*axis) for axis in axes)


def _on_one_axis(
    entering: Length, leaving: Length, kernel: int, dilation: int, stride: int, pad: tuple[int, int]
) -> bool:
    """Same: as many places as strides begin in the length, the border halved with the smaller half before."""
    if not (isinstance(entering, int) and isinstance(leaving, int)) or leaving != -(-entering // stride):
        return False
    border = max((leaving - 1) * stride + reach(kernel, dilation) - entering, 0)
    return pad[0] == border // 2

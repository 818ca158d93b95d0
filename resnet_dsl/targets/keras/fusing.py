"""Fuses an activation into the convolution or dense layer before it, where nobody else reads that layer's result."""

from __future__ import annotations

from resnet_dsl.targets.keras.calls import Calls, LayerCall

_TAKE_AN_ACTIVATION = ("Conv1D", "Conv2D", "Conv3D", "DepthwiseConv1D", "DepthwiseConv2D", "Dense")


def fuse_activations(calls: Calls) -> tuple[Calls, int]:
    """(the calls with activations fused, how many). The layer keeps its own name; the activation's goes."""
    readers = [0] * len(calls.calls)
    for call in calls.calls:
        for one in call.inputs:
            readers[one] += 1
    readers[calls.result[calls.graph.output]] += 1
    place: list[int] = []
    kept: list[LayerCall] = []
    for call in calls.calls:
        if _fuses(call, calls, readers):
            before = place[call.inputs[0]]
            kept[before] = kept[before]._replace(args={**kept[before].args, "activation": call.args["activation"]})
            place.append(before)
            continue
        place.append(len(kept))
        kept.append(call._replace(inputs=tuple(place[one] for one in call.inputs)))
    result = tuple(place[one] for one in calls.result)
    return Calls(calls.graph, tuple(kept), result), len(calls.calls) - len(kept)


def _fuses(call: LayerCall, calls: Calls, readers: list[int]) -> bool:
    if call.kind != "Activation":
        return False
    before = calls.calls[call.inputs[0]]
    return before.kind in _TAKE_AN_ACTIVATION and readers[call.inputs[0]] == 1 and "activation" not in before.args

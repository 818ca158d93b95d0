"""Operations: the reference's entry, and one of each at work: shapes, weights, and the layers of Keras."""

from __future__ import annotations

from resnet_dsl.explain import pages
from resnet_dsl.explain.sample import Sample, compiled, sentence
from resnet_dsl.ir.lengths import show
from resnet_dsl.ir.operation import OperationName
from resnet_dsl.ir.operations import OPERATIONS, complete
from resnet_dsl.ir.reference import describe
from resnet_dsl.pipeline import Compiled
from resnet_dsl.sentences import listed
from resnet_dsl.targets.keras.calls import Calls
from resnet_dsl.targets.keras.lower import lower

_VECTOR = "64"

_A_WORD: tuple[OperationName, ...] = ("input",)
"""What is no step: words.md has it."""

_TABLE: dict[OperationName, Sample] = {
    "conv": Sample("conv(128, 3, stride = 2)"),
    "conv_transpose": Sample("conv_transpose(32, 2)"),
    "dense": Sample("dense(10)", _VECTOR),
    "attention": Sample("attention(heads = 4, key = 4)", "14x14x48"),
    "evonorm": Sample("evonorm(8)"),
    "maxpool": Sample("maxpool(3, stride = 2)"),
    "avgpool": Sample("avgpool(global)"),
    "add": Sample("side = conv(64, 1) add(in, side)"),
    "sub": Sample("side = conv(64, 1) sub(in, side)"),
    "mul": Sample("gate = avgpool(global, keepdims = true) -> sigmoid mul(in, gate)"),
    "concat": Sample("side = conv(16, 1) concat(in, side)"),
    "normalize": Sample("normalize([123.7, 116.3, 103.5], [58.4, 57.1, 57.4])", "32x32x3"),
    "scale": Sample("scale(0.1)"),
    "shift": Sample("shift(0.1)"),
    "dropout": Sample("dropout(0.5)", _VECTOR),
    "drop_path": Sample("drop_path(0.2)"),
    "dropblock": Sample("dropblock(0.1)"),
    "reshape": Sample("reshape(8x8)", _VECTOR),
    "channels": Sample("channels(0, 16)"),
    "pad_channels": Sample("pad_channels(128)"),
    "subsample": Sample("subsample(2)"),
    "upsample": Sample("upsample(2)"),
    "zero_pad": Sample("zero_pad(2)"),
    "crop": Sample("crop(2)"),
    "resize": Sample("resize(64x64)"),
    "depth_to_space": Sample("depth_to_space(2)"),
    "space_to_depth": Sample("space_to_depth(2)"),
}
_PLAIN: dict[OperationName, Sample] = {
    one.name: Sample(one.name)
    for one in OPERATIONS.values()
    if one.name not in _A_WORD and not one.many and not any(parameter.required for parameter in one.parameters)
}

SAMPLES = complete("resnet_dsl/explain/operations.py", {**_PLAIN, **_TABLE}, but=_A_WORD)


def names() -> list[str]:
    return [*SAMPLES]


def tell(name: str) -> str:
    """The entry of docs/operations.md, one of it at work, and what the reference says."""
    sample = SAMPLES[name]
    network = compiled(sample)
    shown = [describe(OPERATIONS[name]), "", sentence(sample), *_weights(name, network), *_layers(network)]
    return "\n".join([*shown, *pages.quoted("3. Operations", name)])


def _weights(name: str, network: Compiled) -> list[str]:
    graph = network.graph
    node = next((one for one in reversed(graph.nodes) if one.op == name), None)
    shapes = tuple(network.shapes[one] for one in node.inputs) if node is not None else ()
    found = OPERATIONS[name].weights(node.args, shapes) if node is not None else ()
    shown = ", ".join(f"`{one.name}` {show(one.shape)}{'' if one.trainable else ' (does not train)'}" for one in found)
    return [f"Its weights: {shown}."] if found else []


def _layers(network: Compiled) -> list[str]:
    calls: Calls = lower(network.graph, network.shapes)
    kinds = dict.fromkeys(call.kind for call in calls.calls if call.inputs)
    return [f"In Keras that is made of {listed(kinds)}."] if kinds else []

"""Graphs by hand, for tests of the Keras target."""

from __future__ import annotations

from typing import Any

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node, Output, Scope
from resnet_dsl.ir.operations import OPERATIONS


class Sketch:
    """A graph that grows: ``add`` settles the arguments and infers the shape, as elaboration does."""

    def __init__(self, *size: int | None) -> None:
        self.nodes: list[Node] = []
        self.shapes: list[Shape] = []
        self.add("input", shape=size)

    def add(self, op: str, *inputs: int, name: str | None = None, **given: Any) -> int:
        """Adds a node that reads ``inputs`` (default: the last node); returns its index."""
        operation = OPERATIONS[op]
        read = inputs or ((len(self.nodes) - 1,) if self.nodes else ())
        entering = tuple(self.shapes[one] for one in read)
        args = {one.name: given.pop(one.name, one.default) for one in operation.parameters}
        assert not given, given
        args = dict(operation.settle(args, entering))
        self.shapes.append(operation.infer(args, entering))
        numbered = f"{op}{'_' if op[-1].isdigit() else ''}{len(self.nodes)}"  # relu61 is no other than relu6 and 1
        self.nodes.append(Node(name=name or numbered, op=op, args=args, inputs=read, scope=0))
        return len(self.nodes) - 1

    def graph(self, name: str = "net") -> tuple[Graph, tuple[Shape, ...]]:
        last = len(self.nodes) - 1
        scope = Scope(kind="network", name=name, args={}, exit=last)
        return Graph(
            name=name, nodes=tuple(self.nodes), scopes=(scope,), outputs=(Output(name="head", node=last),)
        ), tuple(self.shapes)


def one_op(size: tuple[int | None, ...], op: str, /, **args: Any) -> tuple[Graph, tuple[Shape, ...]]:
    """A network of one operation, called ``it``."""
    sketch = Sketch(*size)
    sketch.add(op, name="it", **args)
    return sketch.graph()


def residual(blocks: int, width: int = 16, size: tuple[int | None, ...] = (32, 32, 3), option: str = "A") -> Sketch:
    """The CIFAR ResNet of the paper's section 4.2 with ``blocks`` basic blocks in three stages."""
    net = Sketch(*size)
    net.add("conv", name="stem_conv", channels=width, kernel=3)
    net.add("batchnorm", name="stem_norm")
    value = net.add("relu", name="stem_act")
    for stage in range(3):
        for block in range(blocks // 3):
            value = _basic(net, value, width * 2**stage, 2 if stage and not block else 1, f"s{stage}b{block}", option)
    net.add("avgpool", kernel="global", name="pool")
    net.add("dense", units=10, name="fc")
    net.add("softmax", name="probabilities")
    return net


def _basic(net: Sketch, entry: int, width: int, stride: int, name: str, option: str) -> int:
    net.add("conv", entry, name=f"{name}_conv1", channels=width, kernel=3, stride=stride)
    net.add("batchnorm", name=f"{name}_norm1")
    net.add("relu", name=f"{name}_act1")
    net.add("conv", name=f"{name}_conv2", channels=width, kernel=3)
    main = net.add("batchnorm", name=f"{name}_norm2")
    skip = entry
    if stride > 1 and option == "A":
        net.add("subsample", entry, name=f"{name}_every", stride=stride)
        skip = net.add("pad_channels", name=f"{name}_zeros", channels=width)
    elif stride > 1:
        net.add("conv", entry, name=f"{name}_project", channels=width, kernel=1, stride=stride)
        skip = net.add("batchnorm", name=f"{name}_project_norm")
    net.add("add", main, skip, name=f"{name}_add")
    return net.add("relu", name=f"{name}_act2")


def bottlenecks(depths: tuple[int, ...], size: tuple[int | None, ...] = (224, 224, 3), width: int = 64) -> Sketch:
    """The ImageNet ResNet of the paper's table 1 with these stages of bottlenecks (stride on the 3x3)."""
    net = Sketch(*size)
    net.add("conv", name="stem_conv", channels=width, kernel=7, stride=2)
    net.add("batchnorm", name="stem_norm")
    net.add("relu", name="stem_act")
    value = net.add("maxpool", name="stem_pool", kernel=3, stride=2)
    for stage, depth in enumerate(depths):
        for block in range(depth):
            stride = 2 if stage and not block else 1
            value = _bottleneck(net, value, width * 2**stage, stride, f"s{stage}b{block}", project=not block)
    net.add("avgpool", kernel="global", name="pool")
    net.add("dense", units=1000, name="fc")
    net.add("softmax", name="probabilities")
    return net


def _bottleneck(net: Sketch, entry: int, width: int, stride: int, name: str, project: bool) -> int:
    skip = entry
    if project:
        net.add("conv", entry, name=f"{name}_project", channels=4 * width, kernel=1, stride=stride)
        skip = net.add("batchnorm", name=f"{name}_project_norm")
    net.add("conv", entry, name=f"{name}_conv1", channels=width, kernel=1)
    net.add("batchnorm", name=f"{name}_norm1")
    net.add("relu", name=f"{name}_act1")
    net.add("conv", name=f"{name}_conv2", channels=width, kernel=3, stride=stride)
    net.add("batchnorm", name=f"{name}_norm2")
    net.add("relu", name=f"{name}_act2")
    net.add("conv", name=f"{name}_conv3", channels=4 * width, kernel=1)
    main = net.add("batchnorm", name=f"{name}_norm3")
    net.add("add", main, skip, name=f"{name}_add")
    return net.add("relu", name=f"{name}_act3")

"""Graphs written by hand for the tests of the signal: the CIFAR networks of He et al. 2015, section 4.2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.lengths import Shape
from resnet_dsl.ir.nodes import Node, Output, Scope
from resnet_dsl.ir.operations import OPERATIONS

Current = int


class Builder:
    """Adds operations one by one; arguments that are not given have the registry's defaults."""

    def __init__(self, *size: int) -> None:
        self.nodes = [Node(name="input", op="input", args={"shape": size}, inputs=(), scope=0)]
        self.shapes: list[Shape] = [size]
        self.scopes = [Scope(kind="network", name="net", args={})]

    def stage(self, name: str, kind: str = "stage") -> None:
        self.scopes.append(Scope(kind=kind, name=name, parent=0, args={}))  # type: ignore[arg-type]

    def add(self, op: str, *inputs: Current, skip: str | None = None, **given: Any) -> Current:
        operation = OPERATIONS[op]
        shapes = tuple(self.shapes[one] for one in inputs)
        args: Mapping[str, Any] = {one.name: one.default for one in operation.parameters} | given
        args = operation.settle(args, shapes)
        self.shapes.append(operation.infer(args, shapes))
        self.nodes.append(
            Node(
                name=f"{op}{len(self.nodes)}",
                op=op,
                args=args,
                inputs=inputs,
                scope=len(self.scopes) - 1,
                skip=skip,  # type: ignore[arg-type]
            )
        )
        return len(self.nodes) - 1

    def chain(self, current: Current, *steps: str | tuple[str, dict[str, Any]]) -> Current:
        for step in steps:
            op, given = (step, {}) if isinstance(step, str) else step
            current = self.add(op, current, **given)
        return current

    def build(self, name: str = "net") -> tuple[Graph, tuple[Shape, ...]]:
        outputs = (Output(name="head", node=len(self.nodes) - 1),)
        graph = Graph(name=name, nodes=tuple(self.nodes), scopes=tuple(self.scopes), outputs=outputs)
        return graph, tuple(self.shapes)


def cifar(
    depth: int,
    residual: bool,
    norm: str | None = "batchnorm",
    init: str = "he_normal",
    size: int = 32,
    widths: tuple[int, ...] = (16, 32, 64),
    classes: int = 10,
    channels: int = 3,
) -> tuple[Graph, tuple[Shape, ...]]:
    """The networks of section 4.2, 6n + 2 layers deep, option A shortcuts; plain ones are the same without."""
    net = Builder(size, size, channels)
    norms = [norm] if norm else []

    def conv(current: Current, width: int, stride: int = 1, act: bool = True) -> Current:
        step = ("conv", {"channels": width, "kernel": 3, "stride": stride, "init": init})
        return net.chain(current, step, *norms, *(["relu"] if act else []))

    net.stage("stem", "stem")
    current = conv(0, widths[0])
    for number, width in enumerate(widths):
        net.stage(f"stage{number + 1}")
        for block in range((depth - 2) // 6):
            stride = 2 if number and not block else 1
            branch = conv(conv(current, width, stride), width, act=False)
            if residual:
                skip = current
                if stride > 1:
                    skip = net.chain(skip, ("subsample", {"stride": 2}), ("pad_channels", {"channels": width}))
                branch = net.add("add", branch, skip, skip="identity" if skip == current else "adapted")
            current = net.add("relu", branch)
    net.stage("head", "head")
    net.chain(current, ("avgpool", {"kernel": "global"}), ("dense", {"units": classes, "init": init}), "softmax")
    kind = "residual" if residual else "plain"
    return net.build(f"{kind}{depth}{'' if norm else '_bare'}{'_glorot' if init.startswith('glorot') else ''}")

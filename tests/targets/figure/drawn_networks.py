"""Networks built by hand, so that figures are tested without the language."""

from __future__ import annotations

from dataclasses import dataclass, field

from resnet_dsl.analyses.network import Facts
from resnet_dsl.ir.graph import Graph
from resnet_dsl.ir.nodes import Node, Output, Scope
from resnet_dsl.ir.operations import OPERATIONS


@dataclass
class Hand:
    """Adds nodes and scopes in order; ``now`` is the current value."""

    name: str
    size: tuple = (224, 224, 3)
    nodes: list = field(default_factory=list)
    scopes: list = field(default_factory=list)
    shapes: list = field(default_factory=list)
    stack: list = field(default_factory=lambda: [0])
    now: int = 0

    def __post_init__(self):
        self.scopes.append({"kind": "network", "name": self.name, "args": {}})
        self.add("input", shape=self.size)

    def add(self, op, *inputs, skip=None, name=None, **given):
        operation = OPERATIONS[op]
        args = {p.name: p.default for p in operation.parameters} | given
        inputs = inputs or ((self.now,) if self.nodes else ())
        shapes = tuple(self.shapes[i] for i in inputs)
        args = dict(operation.settle(args, shapes))
        path = "_".join(self.scopes[s]["name"] for s in self.stack[1:])
        node = Node(
            name=name or f"{path}_{op}{len(self.nodes)}",
            op=op,
            args=args,
            inputs=inputs,
            scope=self.stack[-1],
            skip=skip,
        )
        self.nodes.append(node)
        self.shapes.append(operation.infer(args, shapes))
        self.now = len(self.nodes) - 1
        return self.now

    def open(self, kind, name, block=None, **args):
        self.scopes.append(
            {"kind": kind, "name": name, "block": block, "args": args, "parent": self.stack[-1], "entry": self.now}
        )
        self.stack.append(len(self.scopes) - 1)

    def close(self):
        self.scopes[self.stack.pop()]["exit"] = self.now

    def unit(self, channels, kernel, act=True, **given):
        self.add("conv", channels=channels, kernel=kernel, **given)
        self.add("batchnorm")
        if act:
            self.add("relu")

    def skip(self, start, by="add"):
        """The skip connection: from ``start`` into the current value, projected where it must be."""
        main = self.now
        same = self.shapes[start] == self.shapes[main]
        if by == "add" and not same:
            self.now = start
            self.open("skip", "skip", "project")
            stride = -(-self.shapes[start][0] // self.shapes[main][0])
            self.unit(self.shapes[main][-1], 1, act=False, stride=stride)
            self.close()
            start = self.now
        self.add(by, main, start, skip="identity" if same or by == "concat" else "adapted")

    @property
    def graph(self):
        scopes = tuple(Scope(**scope) for scope in self.scopes)
        return Graph(
            name=self.name, nodes=tuple(self.nodes), scopes=scopes, outputs=(Output(name="head", node=self.now),)
        )

    def facts(self):
        return Facts(self.graph, self.shapes)


def basic(hand, width, stride, skips, name, attention=None):
    hand.open("block", name, "basic", width=width, stride=stride)
    start = hand.now
    hand.unit(width, 3, stride=stride)
    hand.unit(width, 3, act=False)
    if skips:
        hand.skip(start)
    hand.add("relu")
    hand.close()


def bottleneck(hand, width, stride, skips, name, attention=None):
    hand.open("block", name, "bottleneck", width=width, stride=stride)
    start = hand.now
    hand.unit(width, 1)
    hand.unit(width, 3, stride=stride)
    hand.unit(width * 4, 1, act=False)
    if attention:
        squeeze(hand, attention)
    if skips:
        hand.skip(start)
    hand.add("relu")
    hand.close()


def squeeze(hand, ratio):
    hand.open("block", "se", "se", ratio=ratio)
    entry = hand.now
    channels = hand.shapes[entry][-1]
    hand.add("avgpool", kernel="global", keepdims=True)
    hand.add("conv", channels=channels // ratio, kernel=1, bias=True)
    hand.add("relu")
    hand.add("conv", channels=channels, kernel=1, bias=True)
    gate = hand.add("sigmoid")
    hand.add("mul", entry, gate)
    hand.close()


def residual(name, depths, block=bottleneck, skips=True, attention=None):
    hand = Hand(name)
    hand.open("stem", "stem")
    hand.unit(64, 7, stride=2)
    hand.add("maxpool", kernel=3, stride=2)
    hand.close()
    for stage, depth in enumerate(depths):
        hand.open("stage", f"conv{stage + 2}")
        for number in range(depth):
            stride = 2 if stage and not number else 1
            block(hand, 64 * 2**stage, stride, skips, f"block{number + 1}", attention)
        hand.close()
    hand.open("head", "head")
    hand.add("avgpool", kernel="global")
    hand.add("dense", units=1000)
    hand.add("softmax")
    hand.close()
    return hand.facts()


def cifar(name, depth):
    hand = Hand(name, (32, 32, 3))
    hand.open("stem", "stem")
    hand.unit(16, 3)
    hand.close()
    for stage in range(3):
        hand.open("stage", f"conv{stage + 2}")
        for number in range((depth - 2) // 6):
            basic(hand, 16 * 2**stage, 2 if stage and not number else 1, True, f"block{number + 1}")
        hand.close()
    hand.open("head", "head")
    hand.add("avgpool", kernel="global")
    hand.add("dense", units=10)
    hand.add("softmax")
    hand.close()
    return hand.facts()


def unet(name="unet", widths=(32, 64, 128)):
    hand = Hand(name, (128, 128, 3))
    ends = []
    for level, width in enumerate(widths):
        hand.open("stage", f"down{level + 1}")
        if level:
            hand.add("maxpool", kernel=2)
        basic(hand, width, 1, True, "block1")
        ends.append(hand.now)
        hand.close()
    for level, width in reversed(list(enumerate(widths[:-1]))):
        hand.open("stage", f"up{level + 1}")
        hand.add("conv_transpose", channels=width, kernel=2)
        hand.skip(ends[level], "concat")
        hand.unit(width, 3)
        hand.unit(width, 3)
        hand.close()
    hand.open("head", "head")
    hand.add("conv", channels=2, kernel=1)
    hand.add("softmax")
    hand.close()
    return hand.facts()


def dense_block(name="dense", layers=4, growth=32):
    """Every layer reads all layers before it, by one concat of all (DenseNet's definition, Huang et al. 2017)."""
    hand = Hand(name, (56, 56, 64))
    hand.open("stage", "dense1")
    made = [0]
    for number in range(layers):
        hand.open("block", f"layer{number + 1}", "layer", growth=growth)
        if number:
            hand.add("concat", *made)
        hand.add("batchnorm")
        hand.add("relu")
        hand.add("conv", channels=growth, kernel=3)
        made.append(hand.now)
        hand.close()
    hand.add("concat", *made)
    hand.close()
    return hand.facts()


def densenet(name="densenet", depths=(6, 12), growth=32):
    hand = Hand(name)
    hand.open("stem", "stem")
    hand.unit(64, 7, stride=2)
    hand.add("maxpool", kernel=3, stride=2)
    hand.close()
    for stage, depth in enumerate(depths):
        hand.open("stage", f"dense{stage + 1}")
        for number in range(depth):
            hand.open("block", f"layer{number + 1}", "dense_layer", growth=growth)
            start = hand.now
            hand.add("batchnorm")
            hand.add("relu")
            hand.unit(4 * growth, 1)
            hand.add("conv", channels=growth, kernel=3)
            hand.skip(start, "concat")
            hand.close()
        hand.add("conv", channels=128, kernel=1)
        hand.add("avgpool", kernel=2)
        hand.close()
    hand.open("head", "head")
    hand.add("avgpool", kernel="global")
    hand.add("dense", units=1000)
    hand.close()
    return hand.facts()


def inception(name="inception"):
    """Four branches side by side."""
    hand = Hand(name, (28, 28, 192))
    hand.open("stage", "mixed")
    hand.open("block", "block1", "inception")
    start = hand.now
    ends = []
    for kernels in ((1,), (1, 3), (1, 3, 3)):
        hand.now = start
        for kernel in kernels:
            hand.unit(64, kernel)
        ends.append(hand.now)
    hand.now = start
    hand.add("maxpool", kernel=3, stride=1)
    hand.unit(32, 1)
    ends.append(hand.now)
    hand.add("concat", *ends)
    hand.close()
    hand.close()
    return hand.facts()


NETWORKS = {
    "plain34": lambda: residual("plain34", (3, 4, 6, 3), basic, skips=False),
    "resnet34": lambda: residual("resnet34", (3, 4, 6, 3), basic),
    "resnet50": lambda: residual("resnet50", (3, 4, 6, 3)),
    "resnet152": lambda: residual("resnet152", (3, 8, 36, 3)),
    "seresnet50": lambda: residual("seresnet50", (3, 4, 6, 3), attention=16),
    "unet": unet,
    "dense": dense_block,
    "densenet": densenet,
    "inception": inception,
}

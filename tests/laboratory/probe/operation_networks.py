"""Small networks around each operation, for the comparison of prediction and probe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeAlias

from tests.analyses.signal_networks import Builder

Step: TypeAlias = str | tuple[str, dict[str, Any]]


class Case(NamedTuple):
    """size: the input's. build: adds the network to a builder. within: by what factor sizes may differ (1.2: 20 %)."""

    size: tuple[int, ...]
    build: Callable[[Builder], object]
    within: float


def conv(channels: int = 64, kernel: int | tuple[int, ...] = 3, **given: Any) -> Step:
    return ("conv", {"channels": channels, "kernel": kernel, **given})


def head(net: Builder, current: int) -> None:
    net.chain(current, ("avgpool", {"kernel": "global"}), ("dense", {"units": 10}), "softmax")


CASES: dict[str, Case] = {}


def chain(name: str, *steps: Step, size: tuple[int, ...] = (16, 16, 3), within: float = 1.2) -> None:
    """conv, norm, relu; the steps; conv, norm, relu; the classifier."""

    def build(net: Builder) -> None:
        first = net.chain(0, conv(), "batchnorm", "relu", *steps)
        head(net, net.chain(first, conv(), "batchnorm", "relu"))

    CASES[name] = Case(size, build, within)


def case(
    name: str, size: tuple[int, ...] = (16, 16, 3), within: float = 1.2
) -> Callable[[Callable[[Builder], Any]], None]:
    def keep(build: Callable[[Builder], Any]) -> None:
        CASES[name] = Case(size, build, within)

    return keep


for one in (
    "relu",
    "relu6",
    "tlu",
    "prelu",
    "leaky_relu",
    "elu",
    "gelu",
    "silu",
    "mish",
    "softplus",
    "hard_swish",
    "tanh",
    "abs",
    "selu",
):
    chain(one, conv(), one, conv(), one)
for one in ("sigmoid", "hard_sigmoid"):
    chain(one, conv(), one, conv(), one, within=1.6)
for one in ("he_normal_out", "he_uniform", "glorot_normal", "lecun_normal", "lecun_uniform", "truncated_normal"):
    chain(one, conv(96, init=one), "relu", conv(init=one), "relu")
for norm in (("batchnorm", {}), ("layernorm", {}), ("groupnorm", {"groups": 8}), ("groupnorm", {"groups": 64})):
    called = "_".join(map(str, (norm[0], *norm[1].values())))
    chain(called, conv(), norm, "relu", conv(), norm, "relu", within=1.25)
    # One channel of one image by itself: some are nearly constant behind a ReLU, and their gradient is large.
    alone = norm[1].get("groups") == 64
    chain(f"{called} behind relu", conv(), "relu", norm, conv(), "relu", norm, within=1.6 if alone else 1.25)
chain("instancenorm", conv(), "instancenorm", "relu", conv(), "instancenorm", "relu", within=1.25)
chain("frn", conv(), "frn", "tlu", conv(), "frn", "tlu")
chain("evonorm", conv(), ("evonorm", {"groups": 8}), conv(), ("evonorm", {"groups": 8}))
chain("gamma zeros", conv(), ("batchnorm", {"gamma": "zeros"}), "relu")
chain("softmax", conv(), "softmax", conv())
chain("groups", conv(groups=4), "batchnorm", "relu", conv(groups=4), "relu")
chain("depthwise", conv(groups=64), "batchnorm", "relu", conv(kernel=1))
chain("stride", conv(stride=2), "batchnorm", "relu", conv(stride=2), "relu")
chain("stride, same", conv(stride=2, pad="same"), "relu", conv(stride=2, pad="same"), "relu")
chain("valid", conv(pad="valid"), "relu", conv(kernel=5, pad="valid"), "relu")
chain("reflect", conv(kernel=5, fill="reflect"), "relu", conv(stride=2, fill="reflect"), "relu", size=(8, 8, 3))
chain("edge", conv(kernel=5, pad=((4, 0),), fill="edge"), "relu", conv(fill="edge"), "relu", size=(8, 8, 3))
chain("causal", conv(pad="causal"), "relu", conv(pad="causal", dilation=2), "relu", size=(64, 4), within=1.35)
chain("avgpool reflect", ("avgpool", {"kernel": 3, "stride": 1, "fill": "reflect"}), conv(), "relu", within=1.3)
chain("dilation", conv(dilation=2), "batchnorm", "relu", conv(dilation=3), "relu")
chain("1x7", conv(kernel=(1, 7)), "relu", conv(kernel=(7, 1)), "relu")
chain(
    "standardize plain", conv(standardize="plain"), "batchnorm", "relu", conv(standardize="plain"), "batchnorm", "relu"
)
chain(
    "standardize scaled", conv(standardize="scaled", gamma=1.7), "relu", conv(standardize="scaled", gamma=1.7), "relu"
)
chain("conv_transpose 2", ("conv_transpose", {"channels": 32, "kernel": 2}), "relu", conv(), "relu")
chain(
    "conv_transpose 3",
    ("conv_transpose", {"channels": 32, "kernel": 3, "stride": 2}),
    "batchnorm",
    "relu",
    conv(),
    "relu",
)
chain("maxpool 2", ("maxpool", {"kernel": 2}), conv(), "relu")
chain("maxpool 3", ("maxpool", {"kernel": 3, "stride": 2}), conv(), "relu")
chain(
    "maxpool of signed", conv(), "batchnorm", ("maxpool", {"kernel": 3, "stride": 2, "fill": "zeros"}), conv(), "relu"
)
chain("avgpool 2", ("avgpool", {"kernel": 2}), conv(), "relu", within=1.25)
chain("avgpool 3", ("avgpool", {"kernel": 3, "stride": 2}), conv(), "batchnorm", "relu", within=1.25)
chain("avgpool, border out", ("avgpool", {"kernel": 3, "stride": 1, "count_border": False}), conv(), "relu", within=1.3)
chain("blurpool", ("blurpool", {"kernel": 3}), conv(), "batchnorm", "relu", within=1.25)
chain("zero_pad", ("zero_pad", {"amounts": ((3, 1), (0, 2))}), conv(), "relu", size=(8, 8, 3))
chain("crop", ("crop", {"amounts": ((3, 1), (0, 2))}), conv(), "relu", size=(12, 12, 3))
for order in ("tensorflow", "pytorch"):
    chain(f"depth_to_space {order}", ("depth_to_space", {"order": order}), conv(), "relu", size=(8, 8, 3), within=1.35)
    chain(f"space_to_depth {order}", ("space_to_depth", {"order": order}), conv(), "batchnorm", "relu", within=1.35)
chain("subsample", ("subsample", {"stride": 2}), conv(), "relu")
chain("upsample", conv(), ("upsample", {"factor": 2}), conv(), "relu", within=1.35)
chain("upsample bilinear", conv(), ("upsample", {"factor": 2, "method": "bilinear"}), conv(), "relu", within=1.3)
chain("normalize", ("normalize", {"mean": 0.4, "std": 2.5}), conv(), "relu")
chain("scale", ("scale", {"value": 0.3}), conv(), "relu")
chain("shift", ("shift", {"value": 0.7}), conv(), "batchnorm", "relu")
chain("channel_scale", ("channel_scale", {"init": 0.1}), conv(), "relu")
chain("dropout", ("dropout", {"rate": 0.4}), conv(), "relu", ("dropout", {"rate": 0.4}))
chain("dropblock", ("dropblock", {"rate": 0.2, "size": 3}), conv(), "relu")
chain("drop_path", ("drop_path", {"rate": 0.3}), conv(), "relu", within=1.4)
chain("channels", ("channels", {"start": 16, "count": 20}), conv(), "relu")
chain("pad_channels", ("pad_channels", {"channels": 100, "side": "both"}), "batchnorm", conv(), "relu")
chain("identity", "identity", conv(), "identity")
chain("rank 1", conv(), "batchnorm", "relu", conv(stride=2), "relu", size=(64, 4), within=1.35)
chain("rank 3", conv(32), "batchnorm", "relu", conv(32, stride=2), "relu", size=(8, 8, 8, 2))


@case("perceptron", (64,))
def _(net: Builder) -> None:
    net.chain(0, *[("dense", {"units": 128}), "relu"] * 4, ("dense", {"units": 10}), "softmax")


@case("without softmax", (64,))
def _(net: Builder) -> None:
    net.chain(0, *[("dense", {"units": 128}), "tanh"] * 4, ("dense", {"units": 10}))


@case("normalize by channel", within=1.25)
def _(net: Builder) -> None:
    current = net.chain(
        0, ("normalize", {"mean": (0.4, -1.0, 2.0), "std": (0.5, 1.0, 3.0)}), conv(), "relu", conv(), "relu"
    )
    head(net, current)


@case("sub", within=1.25)
def _(net: Builder) -> None:
    """Of two values that share no weights, one of them of positive numbers."""
    first = net.chain(0, conv(), "batchnorm")
    second = net.chain(0, conv(), "batchnorm", "relu")
    head(net, net.chain(net.add("sub", first, second), "relu", conv(), "relu"))


@case("flatten", within=1.25)
def _(net: Builder) -> None:
    current = net.chain(0, conv(), "batchnorm", "relu", ("maxpool", {"kernel": 2}), conv(), "relu", "flatten")
    net.chain(current, ("dense", {"units": 64}), "relu", ("dense", {"units": 10}), "softmax")


@case("global maxpool", within=1.35)
def _(net: Builder) -> None:
    current = net.chain(0, conv(), "batchnorm", "relu", conv(), "relu", ("maxpool", {"kernel": "global"}))
    net.chain(current, ("dense", {"units": 10}), "softmax")


@case("concat")
def _(net: Builder) -> None:
    """A dense block."""
    current = net.chain(0, conv(24), "batchnorm", "relu")
    for _ in range(4):
        current = net.add("concat", net.chain(current, "batchnorm", "relu", conv(12)), current, skip="identity")
    head(net, net.chain(current, "batchnorm", "relu"))


@case("groups of several kinds")
def _(net: Builder) -> None:
    sides = net.chain(0, conv(32), "batchnorm", "relu"), net.chain(0, conv(64), "relu")
    joined = net.chain(net.add("concat", *sides), ("groupnorm", {"groups": 2}), conv(48, groups=3), "relu")
    head(net, net.chain(joined, conv(), "batchnorm", "relu"))


@case("pre-activation")
def _(net: Builder) -> None:
    current = net.chain(0, conv())
    for _ in range(4):
        branch = net.chain(current, "batchnorm", "relu", conv(), "batchnorm", "relu", conv())
        current = net.add("add", branch, current, skip="identity")
    head(net, net.chain(current, "batchnorm", "relu"))


@case("bottleneck, pooled projection")
def _(net: Builder) -> None:
    current = net.chain(0, conv(32), "batchnorm", "relu")
    for stride in (1, 2, 1):
        middle = net.chain(current, conv(16, 1), "batchnorm", "relu", conv(16, 3, stride=stride), "batchnorm", "relu")
        branch, skip = net.chain(middle, conv(64, 1), "batchnorm"), current
        if stride > 1:
            skip = net.add("avgpool", skip, kernel=2, pad=0)
        if stride > 1 or current == 3:
            skip = net.chain(skip, conv(64, 1), "batchnorm")
        current = net.chain(net.add("add", branch, skip, skip="adapted"), "relu")
    head(net, current)


@case("squeeze and excitation", within=1.8)
def _(net: Builder) -> None:
    current = net.chain(0, conv(), "batchnorm", "relu")
    for _ in range(3):
        branch = net.chain(current, conv(), "batchnorm", "relu", conv(), "batchnorm")
        squeeze = ("avgpool", {"kernel": "global", "keepdims": True})
        gate = net.chain(branch, squeeze, conv(16, 1), "relu", conv(64, 1), "sigmoid")
        scaled = net.add("mul", branch, gate)
        current = net.chain(net.add("add", scaled, current, skip="identity"), "relu")
    head(net, current)


@case("channel attention through reshape", within=1.3)
def _(net: Builder) -> None:
    current = net.chain(0, conv(), "batchnorm", "relu")
    row = net.chain(current, ("avgpool", {"kernel": "global"}), ("reshape", {"size": (64, 1)}), conv(1, 5), "sigmoid")
    gated = net.add("mul", current, net.add("reshape", row, size=(1, 1, 64)))
    head(net, net.chain(gated, conv(), "relu"))


@case("spatial attention", within=1.6)
def _(net: Builder) -> None:
    current = net.chain(0, conv(), "batchnorm", "relu")
    pools = [net.add("channel_pool", current, by=by) for by in ("mean", "max")]
    gate = net.chain(net.add("concat", *pools), conv(1, 7), "batchnorm", "sigmoid")
    head(net, net.chain(net.add("mul", current, gate), conv(), "relu"))


@case("convnext")
def _(net: Builder) -> None:
    current = net.chain(0, conv(), "layernorm")
    for _ in range(3):
        inner = net.chain(current, conv(kernel=7, groups=64), "layernorm", conv(256, 1), "gelu", conv(64, 1))
        branch = net.chain(inner, ("channel_scale", {"init": 0.5}), ("drop_path", {"rate": 0.1}))
        current = net.add("add", branch, current, skip="identity")
    pooled = net.chain(current, ("avgpool", {"kernel": "global"}), "layernorm")
    net.chain(pooled, ("dense", {"units": 10}), "softmax")


@case("u-net, a loss at each position")
def _(net: Builder) -> None:
    high = net.chain(0, conv(16), "batchnorm", "relu")
    low = net.chain(high, ("maxpool", {"kernel": 2}), conv(32), "batchnorm", "relu")
    up = net.add("conv_transpose", low, channels=16, kernel=2)
    net.chain(net.add("concat", up, high, skip="identity"), conv(16), "batchnorm", "relu", conv(4, 1), "softmax")

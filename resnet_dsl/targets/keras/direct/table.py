"""How Keras describes each of its layers, operations and initialisers: a table made ahead, by the oldest Keras allowed.

What that one writes, every later one loads; the other way round it is not so. Made again by

    python -m resnet_dsl.targets.keras.direct.table

where ``keras`` is the oldest one that ``pyproject.toml`` allows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from resnet_dsl.targets.keras.calls import SLICE

PATH = Path(__file__).with_name("table.json")

_AXES = {1: (8, 2), 2: (8, 8, 2), 3: (8, 8, 8, 2)}
"""An example of what enters a layer, by the number of its spatial axes."""
_VECTOR = (2,)
_ONE = {"filters": 1, "kernel_size": 1}

_LAYERS: Mapping[str, Mapping[str, Any]] = {
    "Activation": {"activation": "relu"},
    "BatchNormalization": {},
    "Dense": {"units": 1},
    "Dropout": {"rate": 0.5},
    "EinsumDense": {"equation": "ak,kr->ar", "output_shape": (1,)},
    "Flatten": {},
    "GroupNormalization": {"groups": 1},
    "Identity": {},
    "LayerNormalization": {},
    "LeakyReLU": {},
    "Normalization": {"mean": (0.0, 0.0), "variance": (1.0, 1.0)},
    "PReLU": {},
    "Permute": {"dims": (1,)},
    "Rescaling": {"scale": 1.0},
    "Reshape": {"target_shape": (1, 2)},
    "Softmax": {},
}
_OF_AXES: Mapping[str, Mapping[str, Any]] = {
    **{f"{what}Pooling{{}}D": {"pool_size": 1} for what in ("Average", "Max")},
    **{f"Global{what}Pooling{{}}D": {} for what in ("Average", "Max")},
    **{f"{what}{{}}D": {} for what in ("Cropping", "UpSampling", "ZeroPadding")},
    **{f"{what}{{}}D": _ONE for what in ("Conv", "own.StandardizedConv")},
    "Conv{}DTranspose": _ONE,
}
_OF_TWO_AXES: Mapping[str, Mapping[str, Any]] = {
    "Resizing": {"height": 1, "width": 1},
    "own.DepthToSpace": {"factor": (1, 1), "order": "tensorflow"},
    "own.SpaceToDepth": {"factor": (1, 1), "order": "tensorflow"},
    "DepthwiseConv2D": {"kernel_size": 1},
}
_OF_SEVERAL: Mapping[str, Mapping[str, Any]] = {
    **{name: {} for name in ("Add", "Subtract", "Multiply", "Concatenate")},
    **{f"ops.{name}": {} for name in ("add", "subtract", "divide", "maximum")},
}
_FUNCTIONS: Mapping[str, Mapping[str, Any]] = {
    **{f"ops.{name}": {} for name in ("abs", "exp", "square", "rsqrt", "ones_like", "gelu", "leaky_relu")},
    **{f"ops.{name}": {} for name in ("max", "mean", "flip")},
    "ops.cast": {"dtype": "float32"},
    "ops.equal": {"x2": 0.0},
    "ops.pad": {"pad_width": ((0, 0), (0, 0))},
    "ops.repeat": {"repeats": 1},
    SLICE: {"key": ((None, None, None),) * 2},
}
_INITIALIZERS: Mapping[str, Mapping[str, Any]] = {
    **{f"{who}{how}": {} for who in ("He", "Glorot", "Lecun") for how in ("Normal", "Uniform")},
    **{name: {} for name in ("Zeros", "Ones", "Constant", "TruncatedNormal", "VarianceScaling")},
}


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """Layers and initialisers by their kinds (resnet_dsl.targets.keras.calls), the ``model`` and its ``version``."""
    read: dict[str, dict[str, Any]] = json.loads(PATH.read_text(encoding="utf-8"))
    return read


def _examples() -> Iterator[tuple[str, Mapping[str, Any], tuple[tuple[int, ...], ...]]]:
    """A kind of call, arguments for it, and the shapes of what it is called with."""
    yield from ((kind, args, (_VECTOR,)) for kind, args in {**_LAYERS, **_FUNCTIONS}.items())
    yield from ((kind, args, (_VECTOR, _VECTOR)) for kind, args in _OF_SEVERAL.items())
    yield from ((kind, args, (_AXES[2],)) for kind, args in _OF_TWO_AXES.items())
    for axes, shape in _AXES.items():
        yield from ((kind.format(axes), args, (shape,)) for kind, args in _OF_AXES.items())
    yield "DepthwiseConv1D", {"kernel_size": 1}, (_AXES[1],)
    yield "own.Crop", {}, (_AXES[2], _AXES[2])
    yield "own.Resize", {}, (_AXES[2], _AXES[2])
    yield "ops.matmul", {}, ((2, 2), (2, 2))


def made() -> dict[str, Any]:
    """The table as the Keras that is installed would have it."""
    from resnet_dsl.targets.keras.backend import import_keras

    keras = import_keras()
    layers = {kind: _described(kind, args, shapes) for kind, args, shapes in _examples()}
    initializers = {
        kind: keras.saving.serialize_keras_object(getattr(keras.initializers, kind)(**args))
        for kind, args in _INITIALIZERS.items()
    }
    value = keras.Input((1,), name="input")
    model = json.loads(keras.Model(value, keras.layers.Identity(name="it")(value), name="model").to_json())
    model["config"]["layers"], found = [], model["config"]["layers"]
    layers["Input"] = {**_without_names(found[0]), "gives": value.dtype}
    return {"version": keras.__version__, "model": model, "layers": layers, "initializers": initializers}


def _described(kind: str, args: Mapping[str, Any], shapes: tuple[tuple[int, ...], ...]) -> dict[str, Any]:
    from resnet_dsl.targets.keras.building import Making
    from resnet_dsl.targets.keras.calls import LayerCall

    making = Making(None)
    given = [making.keras.Input(shape) for shape in shapes]
    call = LayerCall("it", kind, args, tuple(range(len(given))), (), 0)
    result = making.applied(call, given)
    *_, described = json.loads(making.keras.Model(given, result).to_json())["config"]["layers"]
    return {**_without_names(described), "gives": result.dtype}


def _without_names(described: dict[str, Any]) -> dict[str, Any]:
    nodes = described.pop("inbound_nodes")
    del described["name"], described["config"]["name"]
    return {**described, "kwargs": nodes[0]["kwargs"] if nodes else {}}


if __name__ == "__main__":
    PATH.write_text(json.dumps(made(), indent=1, sort_keys=True) + "\n", encoding="utf-8")

"""Descriptions of models as Keras writes them, made without Keras; and changed by chance."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

from resnet_dsl.pipeline import load_text
from resnet_dsl.targets.keras.direct.configuration import configuration
from resnet_dsl.targets.keras.lower import lower

TEXT = """
network composites {
  input 16x16x6
  stem { conv(8, 3, fill = reflect) -> frn -> tlu -> blurpool }
  stage one {
    conv(12, 1) -> attention(heads = 2, key = 2, position = relative)
    conv(8, 1) -> conv(8, 3, groups = 8) -> evonorm(groups = 2) -> dropblock(0.1, size = 2)
    scale(learned = true) -> shift(learned = true) -> channel_scale
    space_to_depth(2) -> depth_to_space(2) -> softmax(splits = 2)
  }
  head {
    conv(8, 3, fill = edge) -> avgpool(3, 2, count_border = false) -> maxpool(3, 2) -> avgpool(global)
    dense(3) -> softmax
  }
}
network layers {
  input 16x16x3
  stem { conv(8, 3, standardize = scaled) -> batchnorm -> relu }
  stage two { 2 x basic(8) }
  stage four {
    conv(8, 3, 2) -> groupnorm(groups = 2) -> resize(8x8, method = bilinear) -> crop(1) -> upsample(2)
    channels(0, 4) -> pad_channels(8) -> prelu
  }
  head { avgpool(global) -> dense(3) -> softmax }
}
"""


@cache
def _texts() -> dict[str, str]:
    spec = load_text(TEXT)
    compiled = {name: spec.compile(name) for name in spec.networks}
    return {name: "".join(configuration(lower(one.graph, one.shapes), None)) for name, one in compiled.items()}


def description(name: str = "layers") -> Any:
    """A fresh copy."""
    return json.loads(_texts()[name])


def layer(described: Any, kind: str) -> Any:
    """The first layer of a class."""
    return next(one for one in described["config"]["layers"] if one["class_name"] == kind)


_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2**31, 2**64, 10**400, 1e308, float("nan"), float("inf"), -0.5),
    *("", "x", "\x1b[31m", "channels_first", "conv", [], {}, [[]], [1, 2, 3, 4, 5, 6], [None], ["input", 0, 0]),
    *({"class_name": "Lambda"}, [[1, 1], [1, 1]]),
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in children:
        yield from _places(one, (*path, key))


def _at(value: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        value = value[key]
    return value


def changed(seed: int) -> Any:
    """A description with something in it replaced, taken out, doubled, or put where it does not belong."""
    chance = random.Random(seed)
    described = description(chance.choice([*_texts()]))
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        paths = [path for path in _places(described) if path]
        path = chance.choice(paths)
        holder, key = _at(described, path[:-1]), path[-1]
        how = chance.randrange(4)
        if how == 0:
            holder[key] = deepcopy(chance.choice(_ODD))
        elif how == 1 and isinstance(holder, dict):
            del holder[key]
        elif how == 1:
            holder.insert(key, deepcopy(holder[key]))
        elif how == 2:
            holder[key] = deepcopy(_at(described, chance.choice(paths)))
        elif isinstance(holder[key], int | float):
            holder[key] += chance.choice([-1, 1, 7])
    return described

"""Maps brought to another size."""

from __future__ import annotations

from typing import Any

import numpy as np

from resnet_dsl.importing.onnx.folding import row
from resnet_dsl.importing.onnx.place import Place, Rules, Tensor
from resnet_dsl.importing.onnx.symbols import LengthSymbol
from resnet_dsl.ir.lengths import Shape, factor_between, stretch

_MIDDLES = ("half_pixel", "pytorch_half_pixel", "tf_half_pixel_for_nn")


def _resize(at: Place) -> Any:
    """Version 10 has (value, scales), later ones (value, region, scales, sizes)."""
    places = (2, 3) if at.opset >= 11 else (1, 4)
    scales = at.given(places[0])
    if at.attribute("axes") is not None:
        raise at.refuse("resizes axes that it names", "export it with a scale or a size for every axis")
    value = at.map()
    shape = at.reader.shapes[value]
    if isinstance(scales, np.ndarray) and scales.size:
        return _by_scales(at, value, [float(one) for one in row(scales)])
    wanted = row(at.array(places[1], "size"))[2:]
    lengths = [one.length if isinstance(one, LengthSymbol) else int(one) for one in wanted]
    return _to_size(at, value, lengths, shape, _same_node(wanted))


def _same_node(lengths: list[Any]) -> int | None:
    """The node of which all of the lengths are."""
    nodes = {one.node for one in lengths if isinstance(one, LengthSymbol)}
    return nodes.pop() if len(nodes) == 1 else None


def _by_scales(at: Place, value: int, scales: list[float]) -> Tensor:
    shape = at.reader.shapes[value]
    if scales[:2] != [1, 1] or len(scales) != len(shape) + 1:
        raise at.refuse("resizes the batch or the channels")
    if all(one == int(one) >= 1 for one in scales):
        return _enlarged(at, value, tuple(int(one) for one in scales[2:]))
    if not all(isinstance(one, int) for one in shape):
        raise at.refuse("resizes a length that is open by a factor that is not whole")
    size = [int(length * one) for length, one in zip(shape, scales[2:], strict=False)]  # type: ignore[operator]
    if any(length * one != new for length, one, new in zip(shape, scales[2:], size, strict=False)):  # type: ignore[operator]
        raise at.refuse("resizes by a factor under which a length is not whole")
    return _to_size(at, value, size, shape)


def _to_size(at: Place, value: int, size: list[Any], shape: Shape, like: int | None = None) -> Tensor:
    factors = [factor_between(old, new) for old, new in zip(shape, size, strict=False)]
    if all(one is not None for one in factors) and at.operator.of[1] != "resize":
        return _enlarged(at, value, tuple(one for one in factors if one is not None))
    return _resized(at, value, size, like, _method(at, whole=False))


def _resized(at: Place, value: int, size: list[Any], like: int | None, method: str) -> Tensor:
    if all(isinstance(one, int) for one in size):
        return at.first(at.node("resize", [value], size=tuple(size), method=method))
    like = at.as_long(size, like)
    if like is None:
        raise at.refuse("resizes to a length that is open, and that no value has")
    return at.first(at.node("resize", [value, like], like=True, method=method))


def _enlarged(at: Place, value: int, factor: tuple[int, ...]) -> Tensor:
    if set(factor) == {1}:
        return at.first(value)
    method = _method(at, whole=True)
    if at.operator.of[1] != "resize":
        return at.first(at.node("upsample", [value], factor=factor, method=method))
    size = [stretch(*axis) for axis in zip(at.reader.shapes[value], factor, strict=False)]
    return _resized(at, value, size, None, method)


def _method(at: Place, whole: bool) -> str:
    """``whole``: by a whole factor, where the floor and the middle say the same of the nearest cell."""
    mode, places = at.attribute("mode", "nearest"), at.attribute("coordinate_transformation_mode", "half_pixel")
    if at.operator.kind == "Upsample" or at.opset < 11:
        places = "asymmetric"
    nearest = at.attribute("nearest_mode", "round_prefer_floor" if at.opset >= 11 else "floor")
    if mode == "nearest" and whole and (places, nearest) == ("asymmetric", "floor"):
        return "nearest"
    if mode == "nearest" and whole and places in _MIDDLES and nearest.startswith("round"):
        return "nearest"
    if mode == "linear" and places in _MIDDLES[:2] and not at.attribute("antialias", 0):
        return "bilinear"
    raise at.refuse(
        f"resizes by `{mode}` with places that are `{places}`, and here the middles of cells stay in place",
        "export it with `align_corners=False`, by `bilinear`, or by a whole factor",
    )


def _upsample(at: Place) -> Tensor:
    scales = at.attribute("scales") or row(at.array(1, "scales"))
    return _by_scales(at, at.map(), [float(one) for one in scales])


RULES: Rules = {"Resize": _resize, "Upsample": _upsample}
